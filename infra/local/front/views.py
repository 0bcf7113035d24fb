"""The view models of the front's pages: pure functions over jobs, mails and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from countersign.domain.approvals.approval import Person
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import case_owner
from countersign.domain.jobs.job import JobSummary, Status
from countersign.portal.timeline import Moment, timeline
from countersign.web.paths import case_path
from infra.cli.job_view import age, as_dict, ended
from infra.local.front.mailbox import Mail
from infra.local.front.samples import Sample
from workflows import WORKFLOWS

FIRST = "01-web-form-complete"
STATUS_LABELS = {status: status.value.replace("_", " ").capitalize() for status in Status}


@dataclass(frozen=True)
class Index:
    """The first page: the steps of a first visit, and how far this visit is."""

    first: Sample | None
    others: tuple[Sample, ...]
    jobs: int
    working: int
    waiting: int
    mails: int
    links: int
    ended: int
    people: tuple[Person, ...]
    """Who can sign in to the inbox."""


@dataclass(frozen=True)
class Line:
    """One job in the console."""

    job_id: str
    title: str
    about: str
    status: str
    label: str
    waits_for: str
    reason: str
    door: str
    age: str
    changed: str


@dataclass(frozen=True)
class Console:
    """The list of jobs. `filters`: value, label, count, whether it is the chosen one."""

    lines: tuple[Line, ...]
    filters: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class JobPage:
    """One job: its data, its story, and the links that wait in its mails."""

    data: Mapping[str, Any]
    label: str
    moments: tuple[Moment, ...]
    links: tuple[str, ...]
    case: str
    """Where its case is taken up by who is signed in; empty when it has none."""
    age: str
    ended: bool


def index(
    jobs: Sequence[JobSummary],
    mails: Sequence[Mail],
    known: Sequence[Sample],
    people: Sequence[Person],
) -> Index:
    """The first page from what there is."""
    by_status = Counter(job.status for job in jobs)
    first = next((one for one in known if one.name == FIRST), next(iter(known), None))
    waiting = by_status[Status.WAITING_FOR_REVIEW]
    finished = sum(by_status[s] for s in (Status.COMPLETED, Status.REJECTED, Status.ESCALATED))
    return Index(
        first=first,
        others=tuple(one for one in known if one is not first),
        jobs=len(jobs),
        working=len(jobs) - waiting - finished,
        waiting=waiting,
        mails=len(mails),
        links=sum(bool(mail.links) for mail in mails),
        ended=finished,
        people=tuple(people),
    )


def console(jobs: Sequence[Mapping[str, Any]], chosen: Status | None, now: datetime) -> Console:
    """The list of jobs, latest change first."""
    return Console(
        lines=tuple(_line(job, now) for job in jobs),
        filters=(("", "All"), *((s.value, STATUS_LABELS[s]) for s in Status)),
        chosen=chosen.value if chosen else "",
    )


def job(record: JobRecord, links: Sequence[str], now: datetime) -> JobPage:
    """One job's page, with the approval `links` that lead to its decision."""
    return JobPage(
        data=as_dict(record, WORKFLOWS),
        label=STATUS_LABELS[record.job.status],
        moments=timeline(record),
        links=tuple(links),
        case=case_path(record.job.job_id) if case_owner(record) else "",
        age=age(record.job.created_at, now),
        ended=ended(record),
    )


def _line(job: Mapping[str, Any], now: datetime) -> Line:
    return Line(
        job_id=job["job_id"],
        title=titled(job["workflow"]),
        about=job["about"],
        status=job["status"],
        label=STATUS_LABELS[Status(job["status"])],
        waits_for=job["waits_for"],
        reason=job["reason"],
        door=job["door"],
        age=age(datetime.fromisoformat(job["created_at"]), now),
        changed=age(datetime.fromisoformat(job["updated_at"]), now),
    )


def titled(workflow: str) -> str:
    """A workflow in words; its id when this code does not know it."""
    known = WORKFLOWS.get(workflow)
    return known.title if known else workflow
