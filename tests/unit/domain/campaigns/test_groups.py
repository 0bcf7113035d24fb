"""Groups of receiving domains: who judges a sender as one."""

from __future__ import annotations

import pytest

from countersign.domain.campaigns.groups import GROUPS, domain_of, group_of, rows_for
from countersign.domain.campaigns.limits import OTHER, RATES


class Servers:
    """groups.Exchanges. `asked` are the domains that were looked up."""

    def __init__(self, **of: str) -> None:
        self._of = of
        self.asked: list[str] = []

    def of(self, domain: str) -> str:
        self.asked.append(domain)
        return self._of.get(domain.partition(".")[0], "")


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("ada@gmail.com", "gmail"),
        ("Ada@GoogleMail.com", "gmail"),
        ("ada@outlook.com", "microsoft"),
        ("ada@hotmail.com", "microsoft"),
        ("ada@live.com.", "microsoft"),
        ("ada@web.de", "gmx"),
        ("ada@company.example", "company.example"),
        ("company.example", "company.example"),
    ],
)
def test_one_providers_domains_are_one_group(address: str, group: str) -> None:
    """And any other domain is one of its own."""
    assert group_of(address) == group


def test_no_domain_is_in_two_groups() -> None:
    """Its mails would count in one of them only; and each provider with a rate has domains."""
    every = [domain for domains in GROUPS.values() for domain in domains]
    assert len(every) == len(set(every))
    assert all(domain == domain_of(f"a@{domain}") for domain in every)
    assert RATES.keys() <= GROUPS.keys()


def test_a_stage_that_asks_learns_who_takes_a_companys_mail() -> None:
    """Off unless it hands a resolver in; a large provider's own domain is never looked up."""
    servers = Servers(a="ASPMX.L.GOOGLE.com.", b="b.mail.protection.outlook.com", c="notgoogle.com")
    assert group_of("x@a.example", servers) == "gmail"
    assert group_of("x@b.example", servers) == "microsoft"
    assert group_of("x@c.example", servers) == "c.example"
    assert group_of("x@d.example", servers) == "d.example"
    assert group_of("x@gmail.com", servers) == "gmail"
    assert servers.asked == ["a.example", "b.example", "c.example", "d.example"]


def test_only_a_group_that_could_exceed_its_rate_takes_turns() -> None:
    """With as many contacts as a second allows it cannot, however fast they go."""
    contacts = {"gmail": 51, "apple": RATES["apple"], "a.example": OTHER, "b.example": OTHER + 1}
    assert rows_for(contacts, RATES, OTHER) == {"gmail", "b.example"}
