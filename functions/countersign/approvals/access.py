"""Who comes to the approval page: somebody with a live link of their own, or nobody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self, TypeVar

from countersign.domain.approvals import links
from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.codes import TRIES, count_wrong
from countersign.domain.approvals.directory import Member
from countersign.domain.approvals.links import ClosedLink, may_have_new
from countersign.domain.errors import ContractBroken, NotFound, StoreConflict, UnknownVersion
from countersign.domain.jobs.change import Change, Due, JobRecord, Link
from countersign.domain.jobs.job import Status
from countersign.domain.workflow import Workflow
from countersign.runtime.deps import Deps
from countersign.web import codes, notices
from countersign.web.forms import Fault, HttpRefusal
from countersign.web.http import Request
from countersign.web.notices import Notice
from countersign.web.page_cookie import Opened, opened
from countersign.web.paths import is_id, link_path, path

Standing = Literal["open", "signed", "decided", "expired", "replaced", "moved on"]
"""`signed`: this person has said what they have to say, and others must sign too. `replaced`: a
newer request, or none, is in this one's place."""
_NO_LINK = Link(link_id="-", secret_hash="0" * 64, job_id="-", approval_id="-", person_id="-")


@dataclass(frozen=True)
class Addressee:
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

    def at(self, record: JobRecord) -> Self:
        """The same visit, with the job as it is stored meanwhile."""
        return replace(self, record=record, approval=record.approvals[self.approval.approval_id])

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


AskedT = TypeVar("AskedT", bound=Addressee)


@dataclass(frozen=True)
class LinkHolder(Addressee):
    """Somebody with a link of their own."""

    link: Link
    """Of somebody signed in: their page of this request; it has no secret, closes after no number
    of tries, and no other session has it."""
    secret: str = field(repr=False)

    @property
    def signed_in(self) -> bool:
        """Whether they come by their session."""
        return not self.link.secret_hash

    @property
    def path(self) -> str:
        """Where they read the request."""
        if self.signed_in:
            return path(self.approval)
        return link_path(self.link.link_id, self.secret)


def genuine(deps: Deps, request: Request) -> Link:
    """The link of this request. Raises HttpRefusal, with the one refusal, for one that is unknown,
    has another secret, or was tried too often.

    An unknown link and a wrong secret cost the same: one read and one comparison.
    """
    link = _link(deps, request.params.get("link", ""))
    same = links.matches(request.params.get("secret", ""), link.secret_hash)
    if not same or link.tries >= TRIES:
        raise HttpRefusal(notices.REFUSED)
    return link


def visit(deps: Deps, request: Request, link: Link) -> LinkHolder:
    """The visit of somebody with a genuine link. Raises HttpRefusal, with the one refusal, when it
    leads to nothing that they may decide; UnknownVersion as `arrived`."""
    if link.question:
        raise HttpRefusal(notices.REFUSED)
    here = arrived(deps, link.job_id, link.approval_id, link.person_id)
    return LinkHolder(**vars(here), link=link, secret=request.params.get("secret", ""))


def arrived(deps: Deps, job_id: str, approval_id: str, person_id: str) -> Addressee:
    """A person at a request. Raises HttpRefusal, with the one refusal, when it is not there, did
    not ask them, or they left; UnknownVersion for a workflow that this code does not have."""
    record = record_of(deps, job_id)
    approval = record.approvals.get(approval_id)
    person = approval.person(person_id) if approval else None
    if approval is None or person is None:
        raise HttpRefusal(notices.REFUSED)
    member = deps.people.directory().member(person.id)
    if member is None:
        raise HttpRefusal(notices.REFUSED)
    return Addressee(member, record, approval, workflow_of(deps, record), deps.clock.now())


def record_of(deps: Deps, job_id: str) -> JobRecord:
    """The job. Raises HttpRefusal when it is gone."""
    try:
        return deps.store.load(job_id)
    except NotFound:
        raise HttpRefusal(notices.REFUSED) from None


def workflow_of(deps: Deps, record: JobRecord) -> Workflow[Any]:
    """The job's workflow. Raises UnknownVersion."""
    workflow = deps.workflows.get(record.job.workflow)
    if workflow is None:
        raise UnknownVersion(f"this code has no workflow {record.job.workflow}")
    return workflow


def _link(deps: Deps, link_id: str) -> Link:
    try:
        return deps.store.link(link_id if is_id(link_id) else _NO_LINK.link_id)
    except NotFound:
        return _NO_LINK


def owe_new_link(deps: Deps, link: Link) -> bool:
    """Whether a new link will be mailed: the request still waits for this person, and they have not
    had too many. What closes a link came with its secret and with a page's nonce."""
    try:
        _, change = deps.update(link.job_id, lambda record: _change(deps, record, link))
    except (NotFound, StoreConflict):
        return False
    return change is not None


def _change(deps: Deps, record: JobRecord, link: Link) -> Change | None:
    approval, now = record.approvals.get(link.approval_id), deps.clock.now()
    waits = record.job.status is Status.WAITING_FOR_REVIEW
    if approval is None or not waits or not _open(approval, link.person_id):
        return None
    if link.question or not may_have_new(approval.closed, link.person_id, now):
        return None
    actor = f"person:{link.person_id}"
    return _new_link(approval, link.person_id, actor, "five wrong codes", now)


def mail_again(deps: Deps, job_id: str, person_id: str, actor: str) -> Person:
    """Whoever was asked gets a new link by mail within a minute, however often theirs was closed.
    Raises NotFound without such a job, ContractBroken when nothing of it waits for this person."""

    def change_of(record: JobRecord) -> Change:
        approval, now = record.pending, deps.clock.now()
        if approval is None or not _open(approval, person_id):
            raise ContractBroken(f"nothing of {job_id} waits for {person_id}")
        return _new_link(approval, person_id, actor, "asked for", now)

    record, _ = deps.update(job_id, change_of)
    asked = record.pending.person(person_id) if record.pending else None
    if asked is None:
        raise ContractBroken(f"nothing of {job_id} waits for {person_id} any more")
    return asked


def _new_link(approval: Approval, person_id: str, actor: str, why: str, now: datetime) -> Change:
    closed = (*approval.closed, ClosedLink(person_id=person_id, at=now))
    return Change(
        event="link closed",
        actor=actor,
        fields={"approval": approval.approval_id, "why": why},
        approvals=(approval.model_copy(update={"closed": closed}),),
        due=(Due(kind="mail", at=now),),
    )


def _open(approval: Approval, person_id: str) -> bool:
    signed = any(one.by == person_id for one in approval.signatures)
    asked = approval.person(person_id) is not None
    return asked and not (signed or approval.decision or approval.superseded)


def opened_here(deps: Deps, request: Request, link: Link) -> Opened:
    """The page from which the form was sent. Raises HttpRefusal when this browser has none open."""
    held = opened(deps, request, link.link_id, deps.clock.now())
    if held is None:
        raise HttpRefusal(notices.OPEN_AGAIN if link.secret_hash else notices.PORTAL_OPEN_AGAIN)
    return held


def code_faults(deps: Deps, link: Link, held: Opened, typed: str) -> tuple[Fault, ...]:
    """What is wrong with the typed code. Raises HttpRefusal at the last try."""
    if not link.secret_hash:
        # A page of somebody signed in: there is no link to close.
        return codes.of_session(deps, link.link_id, typed, held.code)

    def closed(left: int) -> Notice:
        # Only the try that closed it: guesses at the same time bring no second mail.
        mailed = not left and owe_new_link(deps, link)
        return notices.NEW_LINK if mailed else notices.TRIED_OUT

    return codes.faults(typed, held.code, lambda: _counted(deps, link), closed)


def _counted(deps: Deps, link: Link) -> int:
    return count_wrong(link, deps.store.count_try, lambda: deps.store.link(link.link_id))
