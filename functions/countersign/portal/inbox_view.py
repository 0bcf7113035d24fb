"""What waits for one person: requests grouped by like risk, and cases, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.approvals.approval import Approval
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import OPERATIONS, open_case
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.policy.policy import Reason
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow, Workflows
from countersign.portal.risk import alone_because, like, together, undoable
from countersign.web.headline import headline
from countersign.web.paths import BACK, Way, case_path, path
from countersign.web.text import (
    UTC,
    Pieces,
    counted,
    foreign_letters,
    label,
    moment,
    one_line,
    span,
    visible,
)
from countersign.web.wording import in_words


@dataclass(frozen=True)
class WaitingRequest:
    """One request that waits."""

    path: str
    approval_id: str
    value: str
    """What the form sends for it: the job, and the digest of each action as shown here."""
    words: tuple[Pieces, ...]
    who: str
    letters: str
    found: tuple[str, ...]
    since: str
    since_at: str
    waits: str
    until: str
    until_at: str
    left: str
    late: bool
    """Whether less than an hour is left."""
    confidence: str
    offline: bool


@dataclass(frozen=True)
class Group:
    """Requests of like risk: one workflow, the same actions, the same rules behind them."""

    key: str
    workflow: str
    actions: str
    why: tuple[str, ...]
    undoable: bool
    days: int
    """For how long each of them can be undone."""
    together: bool
    """Whether they may be decided together: all of it can be undone, one signature is enough, and
    no target has letters that could be look-alikes."""
    alone: str
    """Why each is decided by itself; empty when they may be decided together."""
    lines: tuple[WaitingRequest, ...]

    @property
    def listed(self) -> str:
        """What the form says it showed: approval, job and digests, one request a line."""
        return "\n".join(f"{line.approval_id} {line.value}" for line in self.lines)


@dataclass(frozen=True)
class CaseLine:
    """One case that somebody must take up."""

    path: str
    workflow: str
    about: str
    reason: str
    owner: str
    waits: str
    due: str
    due_at: str
    overdue: bool


@dataclass(frozen=True)
class Inbox:
    """The page. `unreadable` are requests that must not be signed, as paths with a job id."""

    person: str
    groups: tuple[Group, ...]
    cases: tuple[CaseLine, ...]
    unreadable: tuple[tuple[str, str], ...]
    requests: int
    more: bool


MOST = 100
"""Requests on one page, and cases: as many as one answer can decide."""
_SOON = timedelta(hours=1)
_REASON = 200


def inbox(
    person: str,
    requests: Iterable[tuple[JobRecord, Approval]],
    cases: Iterable[JobRecord],
    workflows: Workflows,
    now: datetime,
    *,
    more: bool,
    zone: str = UTC,
    named: Callable[[str], str] = str,
) -> Inbox:
    """The view, from what is stored under each job; `more` waits than is shown; `zone` is the
    person's own; `named` says a role in the company's words."""
    groups: dict[str, list[tuple[JobRecord, Approval]]] = {}
    unreadable = []
    for record, approval in sorted(requests, key=lambda one: one[1].requested_at):
        key = like(record, approval, workflows.get(record.job.workflow), now)
        if key is None:
            unreadable.append((path(approval), record.job.job_id))
        else:
            groups.setdefault(key, []).append((record, approval))
    return Inbox(
        person=person,
        groups=tuple(_group(key, held, workflows, now, zone) for key, held in groups.items()),
        cases=tuple(_case(one, workflows.get(one.job.workflow), now, zone, named) for one in cases),
        unreadable=tuple(unreadable),
        requests=sum(len(members) for members in groups.values()),
        more=more,
    )


def shown(approval: Approval) -> str:
    """What a line of the form is about: the job and every digest, in order."""
    return " ".join((approval.job_id, *approval.digests))


def _group(
    key: str,
    members: Sequence[tuple[JobRecord, Approval]],
    workflows: Workflows,
    now: datetime,
    zone: str,
) -> Group:
    record, approval = members[0]
    workflow = workflows[record.job.workflow]
    entries = signable_entries(record, approval, now)
    reasons = {reason.rule: reason for held in entries for reason in held.verdict.reasons}
    return Group(
        key=key,
        workflow=workflow.title,
        actions=", ".join(dict.fromkeys(label(h.action.rpartition(".")[2]) for h in entries)),
        why=tuple(f"{reason.bare[:1].upper()}{reason.bare[1:]}." for reason in reasons.values()),
        undoable=undoable(entries, workflow),
        days=KEPT_DAYS,
        together=together(record, approval, workflow, now),
        alone=alone_because(approval, entries, workflow),
        lines=tuple(_line(*member, workflow, now, zone) for member in members),
    )


def _line(
    record: JobRecord, approval: Approval, workflow: Workflow[Any], now: datetime, zone: str
) -> WaitingRequest:
    entries = signable_entries(record, approval, now)
    proposal = record.result("proposal", Proposal)
    targets = [held.content()["target"] for held in entries]
    left = approval.deadline - now
    return WaitingRequest(
        path=path(approval),
        approval_id=approval.approval_id,
        value=shown(approval),
        words=tuple(visible(in_words(held, workflow)) for held in entries),
        who=headline(record, workflow) or workflow.title,
        letters="; ".join(filter(None, (foreign_letters(one) for one in targets))),
        found=tuple(dict.fromkeys(_found(r) for h in entries for r in h.verdict.reasons)),
        since=moment(approval.requested_at, zone),
        since_at=approval.requested_at.isoformat(),
        waits=span(now - approval.requested_at),
        until=moment(approval.deadline, zone),
        until_at=approval.deadline.isoformat(),
        left=span(left),
        late=left < _SOON,
        confidence=f"{proposal.confidence * 100:.0f} %",
        offline=proposal.offline,
    )


def _found(reason: Reason) -> str:
    return one_line(reason.told, _REASON).rstrip(".")


def _case(
    record: JobRecord,
    workflow: Workflow[Any] | None,
    now: datetime,
    zone: str,
    named: Callable[[str], str],
) -> CaseLine:
    case, job = open_case(record), record.job
    opened = case.opened_at if case else job.updated_at
    due = case.due_at if case else job.updated_at
    return CaseLine(
        path=case_path(job.job_id),
        workflow=workflow.title if workflow else job.workflow,
        about=headline(record, workflow),
        reason=one_line(case.reason if case else job.reason, _REASON),
        owner=named(case.owner if case else OPERATIONS),
        waits=span(now - opened),
        due=moment(due, zone),
        due_at=due.isoformat(),
        overdue=now >= due,
    )


def heading(requests: int, cases: int) -> str:
    """`3 requests and 1 case wait for you`."""
    parts = [counted(n, noun) for n, noun in ((requests, "request"), (cases, "case")) if n]
    return f"{' and '.join(parts)} {'waits' if requests + cases == 1 else 'wait'} for you"


def way_on(waits: int, path: str) -> Way:
    """From a decision to what waits next, at `path`."""
    if not waits:
        return Way(f"{BACK.words}: nothing else waits for you")
    more = f"more than {MOST}" if waits > MOST else str(waits)
    return Way(f"Next: {more} more {'waits' if waits == 1 else 'wait'} for you", path)
