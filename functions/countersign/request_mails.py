"""Mailing requests: to today's addresses, marked as sent. Used by Ask and by tick.

What is owed can be read from the job: whoever was asked and has no mark. So whoever mails late, or
again after a crash, finds out whom; a mail may come twice rather than never.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from countersign import observability
from countersign.asking import Minted, address
from countersign.deps import Deps
from countersign.domain import delivery
from countersign.domain.approvals import Approval, Person
from countersign.domain.change import JobRecord
from countersign.domain.closed_links import times_closed
from countersign.domain.errors import Ambiguous, Refused, StoreConflict
from countersign.domain.ports import Email
from countersign.mailing import LINK, of_job
from countersign.pages.mails import Occasion, approval_request

REFUSED = "refused by the provider"
WRITES = 4
"""How often a refused address is noted while others write the job."""


def today(deps: Deps, people: Iterable[Person]) -> tuple[Person, ...]:
    """`people` as the directory has them at this moment: whoever left is not among them, and the
    address is the present one."""
    directory = deps.people.directory()
    found = (directory.member(person.id) for person in people)
    return tuple(member.person for member in found if member)


def unmailed(deps: Deps, record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    """Who was asked and has no mail yet, or none since their link was closed."""
    owed = (p for p in _missing(approval) if _mark(approval, p) not in record.notes)
    return today(deps, owed)


def unreminded(deps: Deps, record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    """Who has a mail, has not signed, and was not reminded of the present tier's deadline."""
    mailed = [p for p in _missing(approval) if _mark(approval, p) in record.notes]
    owed = (p for p in mailed if _mark(approval, p, "reminder") not in record.notes)
    return today(deps, owed)


def mail(
    deps: Deps,
    record: JobRecord,
    approval: Approval,
    minted: Iterable[Minted],
    occasion: Occasion = "request",
) -> JobRecord:
    """Mail each link to its person and mark that; the job afterwards.

    An answer that was lost counts as sent. Whoever's address is refused is out of reach, as by a
    bounce: `tick` asks further at once. Raises Throttled or Unavailable: nothing was sent to that
    person or to those after them.
    """
    for one in minted:
        try:
            deps.mail.send(_email(deps, record, approval, one, occasion))
        except Refused:
            observability.count("ApprovalMailsRefused", workflow=record.job.workflow)
            record = _out_of_reach(deps, record, approval, one.person)
            continue
        except Ambiguous:
            observability.count("ApprovalMailsUnknown", workflow=record.job.workflow)
        deps.store.note(record.job.job_id, _mark(approval, one.person, occasion))
    return record


def _email(
    deps: Deps, record: JobRecord, approval: Approval, one: Minted, occasion: Occasion
) -> Email:
    if occasion == "request" and times_closed(approval.closed, one.person.id):
        occasion = "new link"
    zone = deps.people.directory().zone(one.person)
    email = approval_request(record, approval, one.person, address(deps, one), occasion, zone=zone)
    threaded = replace(email, in_reply_to=_thread(deps, approval))
    return of_job(threaded, record.job.job_id, LINK + one.link.link_id)


def _thread(deps: Deps, approval: Approval) -> str:
    """The Message-ID to which all mails of one request answer. No mail has it, since SES sets its
    own: mail programs put together what refers to the same one."""
    domain = deps.settings.mail_from.rpartition("@")[2].strip("> ")
    return f"<{approval.approval_id}@{domain or 'countersign.invalid'}>"


def _out_of_reach(deps: Deps, record: JobRecord, approval: Approval, person: Person) -> JobRecord:
    for _ in range(WRITES):
        now = deps.clock.now()
        change = delivery.unreached(record, approval.approval_id, person.id, REFUSED, now)
        if change is None:
            return record
        try:
            return deps.commit(record, change)
        except StoreConflict:
            record = deps.store.load(record.job.job_id)
    raise StoreConflict("the job kept changing; a refused address is not noted")


def _missing(approval: Approval) -> list[Person]:
    """Who can still be reached and has not signed."""
    done = {*(one.by for one in approval.signatures), *approval.unreachable}
    return [person for person in approval.approvers if person.id not in done]


def _mark(approval: Approval, person: Person, occasion: Occasion = "request") -> str:
    mark = f"{approval.approval_id}.{person.id}"
    if occasion == "reminder":
        return f"{mark}.reminder-{approval.tier}"
    closed = times_closed(approval.closed, person.id)
    return f"{mark}.new-{closed}" if closed else mark
