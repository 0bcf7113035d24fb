"""Who comes to the approval page: somebody with a live link of their own, or nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from countersign.deps import Deps
from countersign.domain import links
from countersign.domain.approvals import Approval, Person
from countersign.domain.change import JobRecord, Link
from countersign.domain.errors import NotFound, UnknownVersion
from countersign.domain.job import Status
from countersign.domain.people import Member
from countersign.domain.workflow import Workflow
from countersign.doors.approval_form import TurnedAway
from countersign.doors.http import Request
from countersign.pages import notices
from countersign.workflows import WORKFLOWS

TRIES = 5
"""Wrong codes after which a link is dead."""

Standing = Literal["open", "signed", "decided", "expired", "replaced", "moved on"]
"""`signed`: this person has said what they have to say, and others must sign too. `replaced`: a
newer request, or none, is in this one's place."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NO_LINK = Link(link_id="-", secret_hash="0" * 64, job_id="-", approval_id="-", person_id="-")


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked, and what about, whichever way they come."""

    member: Member
    record: JobRecord
    approval: Approval
    workflow: Workflow[Any]
    now: datetime

    @property
    def person(self) -> Person:
        """Who comes."""
        return self.member.person

    @property
    def zone(self) -> str:
        """Their time zone."""
        return self.member.hours.zone

    @property
    def standing(self) -> Standing:
        """Whether there is something to decide, and if not, why."""
        if self.approval.decision is not None:
            return "decided"
        if self.approval.superseded:
            return "replaced"
        if any(one.by == self.person.id for one in self.approval.signatures):
            return "signed"
        if self.now >= self.approval.deadline:
            return "expired"
        waits = self.record.job.status is Status.WAITING_FOR_REVIEW
        return "open" if waits else "moved on"


AskedT = TypeVar("AskedT", bound=Asked)


@dataclass(frozen=True)
class Visit(Asked):
    """Somebody with a link of their own."""

    link: Link
    secret: str = field(repr=False)


def genuine(deps: Deps, request: Request) -> Link:
    """The link of this request. Raises TurnedAway, with the one refusal, for one that is unknown,
    has another secret, or was tried too often.

    An unknown link and a wrong secret cost the same: one read and one comparison.
    """
    link = _link(deps, request.params.get("link", ""))
    same = links.matches(request.params.get("secret", ""), link.secret_hash)
    if not same or link.tries >= TRIES:
        raise TurnedAway(notices.REFUSED)
    return link


def visit(deps: Deps, request: Request, link: Link) -> Visit:
    """The visit of somebody with a genuine link. Raises TurnedAway, with the one refusal, when it
    leads to nothing that they may decide; UnknownVersion as `arrived`."""
    if link.question:
        raise TurnedAway(notices.REFUSED)
    here = arrived(deps, link.job_id, link.approval_id, link.person_id)
    return Visit(**vars(here), link=link, secret=request.params.get("secret", ""))


def arrived(deps: Deps, job_id: str, approval_id: str, person_id: str) -> Asked:
    """A person at a request. Raises TurnedAway, with the one refusal, when it is not there, did
    not ask them, or they left; UnknownVersion for a workflow that this code does not have."""
    record = record_of(deps, job_id)
    approval = record.approvals.get(approval_id)
    person = approval.person(person_id) if approval else None
    if approval is None or person is None:
        raise TurnedAway(notices.REFUSED)
    member = deps.people.directory().member(person.id)
    if member is None:
        raise TurnedAway(notices.REFUSED)
    return Asked(member, record, approval, workflow_of(record), deps.clock.now())


def record_of(deps: Deps, job_id: str) -> JobRecord:
    """The job. Raises TurnedAway when it is gone."""
    try:
        return deps.store.load(job_id)
    except NotFound:
        raise TurnedAway(notices.REFUSED) from None


def workflow_of(record: JobRecord) -> Workflow[Any]:
    """The job's workflow. Raises UnknownVersion."""
    workflow = WORKFLOWS.get(record.job.workflow)
    if workflow is None:
        raise UnknownVersion(f"this code has no workflow {record.job.workflow}")
    return workflow


def _link(deps: Deps, link_id: str) -> Link:
    try:
        return deps.store.link(link_id if _ID.fullmatch(link_id) else _NO_LINK.link_id)
    except NotFound:
        return _NO_LINK
