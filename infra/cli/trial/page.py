"""The approval page of a job that was never stored, as the first of those asked would see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from countersign.approvals.access import LinkHolder
from countersign.approvals.handlers import show
from countersign.approvals.service import request
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.jobs.change import JobRecord, Link
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from countersign.web.page_cookie import Opened
from infra.local.people import demo


@dataclass(frozen=True)
class Page:
    """The page, and whose eyes it is for."""

    html: str
    person: str
    deadline: datetime
    record: JobRecord
    """The job, with what is asked about it."""


@dataclass(frozen=True)
class _Clock:
    at: datetime

    def now(self) -> datetime:
        """Time stands."""
        return self.at


@dataclass(frozen=True)
class _People:
    members: tuple[Member, ...]

    def directory(self) -> Directory:
        """The same at every look."""
        return Directory(members=self.members)


def page_of(workflow: Workflow[Any], record: JobRecord, now: datetime) -> Page:
    """The page over everything in `record` that waits for a signature, asked of the demo's people.
    Raises NeedsPerson when none of them may decide, or too few."""
    members = (*demo(now), *_stand_ins(workflow, demo(now)))
    deps = Deps(
        Settings(), clock=_Clock(now), people=_People(members), workflows={workflow.id: workflow}
    )
    approval = request(deps, record)
    asked = approval.approvers[0]
    link = Link(
        link_id="trial",
        secret_hash="",
        job_id=record.job.job_id,
        approval_id=approval.approval_id,
        person_id=asked.id,
    )
    waits = replace(record, approvals={approval.approval_id: approval})
    here = LinkHolder(
        member=next(one for one in members if one.person.id == asked.id),
        record=waits,
        approval=approval,
        workflow=workflow,
        now=now,
        link=link,
        secret="",
    )
    html = show(deps, here, Opened(now, "none, on trial")).body
    return Page(html, asked.name, approval.deadline, waits)


def _stand_ins(workflow: Workflow[Any], members: tuple[Member, ...]) -> Iterator[Member]:
    """Somebody for each role that none of the demo's people has."""
    held = {role for member in members for role in member.roles}
    for role in (tier.role for tier in workflow.tiers if tier.role not in held):
        person = Person(id=f"of-{role}", name=f"Somebody of {role}", address=f"{role}@example.com")
        always = Hours(days=tuple(range(7)), opens=0, closes=24 * 60)
        yield Member(person=person, roles=(role,), hours=always)
