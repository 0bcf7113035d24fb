"""What operators look for, and the rows by which it is found: beside those of contacts and mails in
the index of matters, under the same kind of key. A job has at most eight rows there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from countersign.domain.contract import Value
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.matters import (
    RELEASE_SHOWN,
    Matter,
    contact_key,
    order_key,
    release_key,
    rule_key,
)
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Proposal

ORDER = "order"
"""The name of the fact that is looked for as an order."""
MOST_RULES = 2
"""Rules of one plan by which its job is found: the first that stopped something of it."""
_KEYED = ("contact", "order", "rule", "release")
_NAMES = ("job", *_KEYED, "workflow", "status", "day")
_WORDS = (
    "Jobs are found by job, contact, order, rule or release, one of them at a time, and by "
    "workflow, status and day"
)


class Search(Value):
    """A filter, as its address has it. Whatever is empty does not count; days are UTC's."""

    job: str = ""
    contact: str = ""
    order: str = ""
    rule: str = ""
    release: str = ""
    workflow: str = ""
    status: Status | None = None
    day: date | None = None

    @property
    def key(self) -> str:
        """The key of the index that leads there; empty where none does."""
        keys = (
            contact_key(self.contact) if self.contact else "",
            order_key(self.order) if self.order else "",
            rule_key(self.rule) if self.rule else "",
            release_key(self.release) if self.release else "",
        )
        return "".join(keys)

    @property
    def until(self) -> datetime | None:
        """The end of its day; None where it has none."""
        return _midnight(self.day) + timedelta(days=1) if self.day else None

    @property
    def since(self) -> datetime | None:
        """The beginning of its day; None where it has none."""
        return _midnight(self.day) if self.day else None

    def fits(self, record: JobRecord) -> bool:
        """Whether a job that its key leads to is of this workflow, status and day."""
        job = record.job
        return (
            self.workflow in {"", job.workflow}
            and self.status in {None, job.status}
            and self.day in {None, job.created_at.astimezone(UTC).date()}
        )


def searched(said: Mapping[str, str]) -> Search:
    """The filter that names and values spell. Raises ContractBroken, with the words for what can be
    looked for, for anything else."""
    given = {name: value.strip() for name, value in said.items() if value.strip()}
    unknown = sorted(set(given) - set(_NAMES))
    if unknown:
        raise ContractBroken(f"nothing is stored by {', '.join(unknown)}. {_WORDS}")
    if sum(name in given for name in ("job", *_KEYED)) > 1:
        raise ContractBroken(f"that is more than one thing to look for. {_WORDS}")
    if 0 < len(given.get("release", "")) < RELEASE_SHOWN:
        raise ContractBroken(f"a release is found by the first {RELEASE_SHOWN} letters of its id")
    if "contact" in given and "@" not in given["contact"]:
        raise ContractBroken("a contact is found by the mail address, and by no name")
    status, day = given.pop("status", ""), given.pop("day", "")
    if status and status not in Status.__members__:
        raise ContractBroken(f"no job has the status {status}. There are {', '.join(Status)}")
    return Search(status=Status(status) if status else None, day=_day(day), **given)


def findable(record: JobRecord, change: Change) -> Change:
    """`change` with the rows by which operators find its job: nobody can forget them."""
    rows = tuple(
        Matter(key=key, job_id=record.job.job_id, since=record.job.created_at)
        for key in dict.fromkeys(_keys(record, change))
    )
    return replace(change, matters=(*change.matters, *rows)) if rows else change


def _keys(record: JobRecord, change: Change) -> Iterator[str]:
    if "input" in change.results:
        yield release_key(record.job.release)
    proposal = change.results.get("proposal")
    order = proposal.value(ORDER) if isinstance(proposal, Proposal) else None
    if order:
        yield order_key(order)
    if "findings" in change.results:
        yield from [rule_key(one) for one in dict.fromkeys(_stopped_by(change))][:MOST_RULES]


def _stopped_by(change: Change) -> Iterator[str]:
    for held in change.ledger:
        if held.verdict.answer is not Answer.RUN:
            yield from (reason.rule for reason in held.verdict.reasons)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ContractBroken(f"{text} is no day: write it as 2026-11-30") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
