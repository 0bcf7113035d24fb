"""The suppression list: who wants no mail from us, for all workflows together.

A row stands under the digest of the contact, as in the index of matters: the table can be asked
whether it knows an address, and cannot be read for the addresses that it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Literal

from countersign.domain.contract import Contract
from countersign.domain.jobs.matters import contact_key
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.rules import Finding

Why = Literal["opt-out", "erasure", "complaint", "bounce", "by hand"]
HEARD: Mapping[str, Why] = {"text.opt_out": "opt-out", "text.erasure": "erasure"}
"""Rules that hear it in somebody's own words, in every workflow that has them."""


class Suppressed(Contract):
    """One contact that no mail is sent to, since when, and by which job or person."""

    CONTRACT: ClassVar[str] = "suppressed"
    VERSION: ClassVar[int] = 1

    key: str
    why: Why
    since: datetime
    by: str


def suppressed(address: str, why: Why, since: datetime, by: str) -> Suppressed:
    """The row of an address, however it is spelled."""
    return Suppressed(key=contact_key(address), why=why, since=since, by=by)


def heard(
    found: Iterable[Finding], address: str, since: datetime, by: str
) -> tuple[Suppressed, ...]:
    """The row for whoever wrote, if what is found says that they want no mail; an opt-out first."""
    whys = {HEARD[one.rule] for one in found if one.rule in HEARD}
    return tuple(suppressed(address, why, since, by) for why in sorted(whys)[-1:] if address)


def recipients(claim: LedgerEntry) -> tuple[str, ...]:
    """The contacts whom a claimed mail is for; none for any other action and for an undo."""
    is_mail = claim.connector == "mail" and claim.status is ActionStatus.CLAIMED
    return (contact_key(str(claim.content()["target"])),) if is_mail else ()
