"""The suppression list's rows: whose, and what makes one."""

from __future__ import annotations

import pytest

from countersign.domain.jobs.suppression import heard, recipients, suppressed
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.policy.rules import Finding
from tests.builders import AT, held

ADA = "ada@example.com"


def finding(rule: str) -> Finding:
    return Finding(rule=rule, sentence="because", value="stop", threshold="")


def test_a_contact_is_one_however_it_is_spelled_and_the_row_has_no_address() -> None:
    """The digest alone is stored: the list cannot be read for addresses."""
    row = suppressed(" Ada@Example.COM", "by hand", AT, "kim")
    assert row == suppressed(ADA, "by hand", AT, "kim")
    assert "ada" not in row.model_dump_json().lower().replace(row.key, "")


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (("text.opt_out",), ["opt-out"]),
        (("text.erasure",), ["erasure"]),
        (("text.erasure", "text.opt_out"), ["opt-out"]),
        (("text.fraud",), []),
    ],
)
def test_what_is_heard_in_words_makes_a_row(rules: tuple[str, ...], why: list[str]) -> None:
    """An opt-out or an erasure, one row for whoever wrote; nobody wrote: no row."""
    found = [finding(rule) for rule in rules]
    assert [one.why for one in heard(found, ADA, AT, "j-1")] == why
    assert heard(found, "", AT, "j-1") == ()


def test_only_a_claimed_mail_has_somebody_who_must_want_it() -> None:
    """Neither another connector's action, nor a mail that is being undone, asks the list."""
    mail = held(0, "mail.memo", status=ActionStatus.CLAIMED)
    assert recipients(mail) == (suppressed("contact/7", "by hand", AT, "").key,)
    assert recipients(held(0, "crm.memo", status=ActionStatus.CLAIMED)) == ()
    assert recipients(held(0, "mail.memo", status=ActionStatus.UNDOING)) == ()
