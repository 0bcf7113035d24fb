"""The demo's approvers: five people, two tiers, one of them away with a deputy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Away, Member, SigningLimit
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.money import Money
from countersign.domain.ports import People
from infra.local.cloud.mail_outcomes import DOMAIN

_ALWAYS = Hours(days=tuple(range(7)), opens=0, closes=24 * 60)
"""The demo decides at any hour; a real directory has real ones."""


def demo(now: datetime) -> tuple[Member, ...]:
    """Two sellers (one away, with a deputy), the deputy, the sales lead and the head of support.

    Mira and Sam hold the roles that answer for the two policies, and so sign nothing under them.
    """
    away = Away(since=now - timedelta(days=1), until=now + timedelta(days=14), deputy="jonas")
    return (
        _member("robin", "Robin Doyle", "sales", "refunds", limit="500"),
        _member("mira", "Mira Sommer", "sales", "payments-ops", limit="200").model_copy(
            update={"away": (away,)}
        ),
        _member("jonas", "Jonas Adler", "refunds", "support", limit="200"),
        _lead("ines", "Inês Prado"),
        _lead("sam", "Sam Okafor", "operations", "sales-ops"),
    )


def _lead(key: str, name: str, *more: str) -> Member:
    """Leads may also sign refunds in a currency for which the workflow has no limit."""
    lead = _member(key, name, "sales-lead", "refunds-lead", *more, limit="5000")
    most = Money(amount=Decimal(10_000), currency="SEK")
    return lead.model_copy(
        update={"limits": (*lead.limits, SigningLimit(actions="payments.*", most=most))}
    )


def _member(key: str, name: str, *roles: str, limit: str) -> Member:
    amounts = [Money(amount=Decimal(limit), currency=code) for code in ("EUR", "USD", "GBP")]
    return Member(
        person=Person(id=key, name=name, address=f"{key}@example.com"),
        roles=roles,
        limits=tuple(
            SigningLimit(actions=of, most=most)
            for of in ("payments.*", "shop.*")
            for most in amounts
        ),
        hours=_ALWAYS,
    )


def since_now() -> tuple[Member, ...]:
    """The demo's people as of this moment."""
    return demo(datetime.now(UTC))


@contextmanager
def unreachable(directory: People, ids: Iterable[str]) -> Iterator[None]:
    """Mail to these people bounces within the block: the directory has such addresses of theirs."""
    known = directory.directory()
    members = [member for one in ids if (member := known.member(one))]
    try:
        for member in members:
            gone = member.person.model_copy(update={"address": _bouncing(member)})
            directory.save(member.model_copy(update={"person": gone}))
        yield
    finally:
        for member in members:
            directory.save(member)


def addresses(members: Iterable[Member]) -> Iterator[str]:
    """Where mail to these people may go: their own addresses, and those that bounce."""
    for member in members:
        yield member.person.address
        yield _bouncing(member)


def _bouncing(member: Member) -> str:
    return f"bounce+{member.person.id}@{DOMAIN}"
