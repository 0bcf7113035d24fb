"""Word of a decision to who was asked too: their mail's link decides nothing any more.

Sent by `tick` from a due row, in the thread of the request's mail; a mark under the job follows
each mail. Who decided last has seen it on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from countersign import observability
from countersign.approvals import mails
from countersign.approvals.views.signatures import signed
from countersign.domain.approvals.approval import Approval, Decision, Person, rejections
from countersign.domain.errors import Ambiguous, NotAuthorised, Refused
from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.mail import Email, of_job
from countersign.domain.planning.resume import AGAIN
from countersign.domain.workflow import Workflow
from countersign.jobs.resume import settled
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post
from countersign.web.paths import HOME
from countersign.web.rendering import render
from countersign.web.text import UTC, moment, one_line
from countersign.web.wording import in_words

_MOVING = frozenset({Status.PROCESSING, Status.RETRYING})
_NAME, _LINE, _SUBJECT = 40, 300, 140


def owed(deps: Deps, record: JobRecord, approval: Approval) -> tuple[Due, ...]:
    """The row by which they are told, with the change that decides; none where nobody else has a
    mail."""
    told = _untold(record, approval)
    return (Due(kind="decided", at=deps.clock.now() + AGAIN),) if told else ()


def mail_decisions(deps: Deps, record: JobRecord) -> None:
    """Tell whoever has a mail of a request that was decided, and settle the row. While it is being
    carried out the row stays as it is, so that no step finds the job changed. Raises Throttled and
    Unavailable: nothing was sent to that person or to those after them."""
    if record.job.status in _MOVING:
        return
    for approval in record.approvals.values():
        for person in mails.today(deps, _untold(record, approval)):
            _tell(deps, record, approval, person)
    settled(deps, record, "decided")


def _untold(record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    if approval.decision is None:
        return ()
    gone = {approval.decision.by, *approval.unreachable}
    return tuple(
        one
        for one in mails.mailed(record, approval)
        if one.id not in gone and _mark(approval, one) not in record.notes
    )


def _mark(approval: Approval, person: Person) -> str:
    return f"{approval.approval_id}.{person.id}.decided"


def _tell(deps: Deps, record: JobRecord, approval: Approval, person: Person) -> None:
    workflow = deps.workflows[record.job.workflow]
    zone = deps.people.directory().zone(person)
    inbox = f"{deps.settings.public_base_url}{HOME}"
    email = decided(record, approval, workflow, person, inbox, zone=zone)
    threaded = replace(email, in_reply_to=mails.thread(deps, approval))
    try:
        post(deps).send(of_job(threaded, record.job.job_id))
    except (Refused, Ambiguous):
        # What they should know stands on the page too, and no other mail follows from it.
        observability.count("ApprovalMailsUnknown")
    deps.store.note(record.job.job_id, _mark(approval, person))


@dataclass(frozen=True)
class _Decided:
    subject: str
    person: str
    first: str
    actions: tuple[str, ...]
    inbox: str


def decided(
    record: JobRecord,
    approval: Approval,
    workflow: Workflow[Any],
    person: Person,
    inbox: str,
    *,
    zone: str = UTC,
) -> Email:
    """To one person who was asked, with times in their `zone`. Raises UnknownVersion, and
    NotAuthorised for a request that nobody has decided."""
    decision = approval.decision
    if decision is None:
        raise NotAuthorised("nobody has decided it")
    outcome = _outcome(approval, decision)
    it = _Decided(
        subject=one_line(f"[{outcome}] {mails.subject(record, approval, workflow)}", _SUBJECT),
        person=one_line(person.name, _NAME),
        first=_first(approval, decision, outcome, zone),
        actions=tuple(_told(record, approval, decision, workflow)),
        inbox=inbox,
    )
    html = render("mail_decided.html.j2", it=asdict(it))
    return Email(to=person.address, subject=it.subject, text=_text(it), html=html)


def _outcome(approval: Approval, decision: Decision) -> str:
    said = {decision.approves(one) for one in approval.digests}
    if said == {True}:
        return "Approved"
    by_people = any(rejections(approval, one) for one in approval.digests)
    return "Decided" if True in said else ("Rejected" if by_people else "Not approved")


def _first(approval: Approval, decision: Decision, outcome: str, zone: str) -> str:
    """Who decided what, and when."""
    if outcome == "Not approved":
        return f"Not approved: {decision.reason}. Nothing of it runs."
    names = [p.name for one in signed(approval) if (p := approval.person(one.by))]
    who = one_line(" and ".join(dict.fromkeys(names)), _LINE)
    return f"{outcome} by {who} on {moment(decision.at, zone)}."


def _told(
    record: JobRecord, approval: Approval, decision: Decision, workflow: Workflow[Any]
) -> Iterator[str]:
    """Each action with what was said to it, in the order in which it was asked."""
    held = {entry.digest: entry for entry in record.ledger}
    for one in approval.digests:
        if one in held:
            words = one_line(in_words(held[one], workflow), _LINE).rstrip(".")
            yield f"{words}: {_said(approval, decision, one)}"


def _said(approval: Approval, decision: Decision, action_digest: str) -> str:
    if decision.approves(action_digest):
        return "approved."
    why = "; ".join(dict.fromkeys(one.words for one in rejections(approval, action_digest)))
    rejected = f"rejected ({one_line(why, _LINE)})" if why else "not approved"
    return f"{rejected}; it does not run."


def _text(it: _Decided) -> str:
    return "\n".join(
        (
            it.first,
            "",
            f"Hello {it.person},",
            "",
            "you were asked too. There is nothing left for you to do.",
            *(f"  {number}. {line}" for number, line in enumerate(it.actions, 1)),
            "",
            f"What still waits for you: {it.inbox}",
            "",
        )
    )
