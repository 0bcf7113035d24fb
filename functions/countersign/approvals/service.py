"""Asking for signatures: who is asked when, with which links and mails. Used by Ask and by tick."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.directory import Member, kept_from
from countersign.domain.approvals.links import LINK_BITS, SECRET_BITS, hashed
from countersign.domain.approvals.questions import Question
from countersign.domain.approvals.routing import (
    contact,
    nobody,
    stand_ins,
    still_contact,
    too_few,
    who,
)
from countersign.domain.approvals.working_hours import worked
from countersign.domain.canonical import canonical, digest
from countersign.domain.errors import NeedsPerson
from countersign.domain.jobs.change import Due, JobRecord, Link
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, params_of
from countersign.domain.money import Money
from countersign.domain.planning import edits
from countersign.domain.policy.policy import Quorum, strictest
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.release import OWN_WORDS, SIGN_IN
from countersign.domain.workflow import Workflow, action_for
from countersign.runtime.deps import Deps
from countersign.web.paths import link_path


@dataclass(frozen=True)
class Minted:
    """A link for one person. The secret is in its mail and nowhere else."""

    link: Link
    secret: str = field(repr=False)
    person: Person


def request(deps: Deps, record: JobRecord) -> Approval:
    """A new request over everything that waits for a signature, to the first tier with anybody; to
    the next ones too while fewer people are asked than must sign.

    Raises NeedsPerson when nobody in the directory may decide, or too few.
    """
    workflow = deps.workflows[record.job.workflow]
    blank = _blank(record, workflow, deps.clock.now())
    first = escalated(deps, blank, workflow)
    if first is None:
        raise NeedsPerson(nobody(deps.people.directory(), blank, workflow))
    asked = _by_enough(deps, first, workflow)
    return with_roles(deps, asked, workflow.cosigners(_input(record, workflow)))


def with_roles(deps: Deps, approval: Approval, roles: Iterable[str]) -> Approval:
    """The request, of whoever has one of these roles too. Raises NeedsPerson where nobody may sign
    for one."""
    people, now = deps.people.directory(), deps.clock.now()
    for role in roles:
        present = [one for one, _ in people.present(role, now) if not kept_from(one, approval)]
        if not present:
            raise NeedsPerson(f"nobody may sign for {role}: give that role to somebody else too")
        known = {person.id for person in approval.approvers}
        new = (one.person for one in present if one.person.id not in known)
        ids = tuple(one.person.id for one in present)
        update = {"approvers": (*approval.approvers, *new), "roles": {**approval.roles, role: ids}}
        approval = approval.model_copy(update=update)
    return approval


def _blank(record: JobRecord, workflow: Workflow[Any], now: datetime) -> Approval:
    """What is asked, before anybody is."""
    asked = [held for held in record.ledger if held.status is ActionStatus.PLANNED]
    digests = tuple(held.digest for held in asked)
    identity = canonical([record.job.job_id, digests, len(record.approvals)])
    return Approval(
        approval_id="a-" + digest(identity)[:24],
        job_id=record.job.job_id,
        digests=digests,
        actions={held.digest: held.action for held in asked},
        amounts=_amounts(workflow, asked),
        approvers=(),
        quorum=strictest(held.verdict.quorum for held in asked),
        requester=workflow.requester(_input(record, workflow)),
        author=workflow.policy.author,
        editors=_editors(record, asked),
        own_words=_own_words(record, workflow, asked),
        sign_in=not {*_listed(workflow, SIGN_IN)}.isdisjoint(held.action for held in asked),
        requested_at=now,
        deadline=now,
        tier=-1,
    )


def _input(record: JobRecord, workflow: Workflow[Any]) -> Any:
    return record.results["input"].as_(workflow.input)


def _by_enough(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> Approval:
    while len(approval.approvers) < approval.needed:
        further = escalated(deps, approval, workflow)
        if further is None:
            raise NeedsPerson(too_few(approval, workflow))
        approval = further
    return approval


def _editors(record: JobRecord, asked: Iterable[LedgerEntry]) -> dict[str, tuple[str, ...]]:
    """Who changed what is asked: each action's own editors, and who corrected facts that the whole
    plan was made of."""
    held = record.results.get("proposal")
    facts = held.as_(Proposal).correctors if held else ()
    found = {one.digest: tuple(dict.fromkeys((*edits.editors(one), *facts))) for one in asked}
    return {one: editors for one, editors in found.items() if editors}


def _own_words(
    record: JobRecord, workflow: Workflow[Any], asked: Iterable[LedgerEntry]
) -> tuple[str, ...]:
    """The actions whose editors may sign them alone: words, where the stage says so, and no fact of
    the plan was corrected."""
    held = record.results.get("proposal")
    if not _listed(workflow, OWN_WORDS) or (held and held.as_(Proposal).correctors):
        return ()
    return tuple(one.digest for one in asked if edits.words_only(workflow, one))


def _listed(workflow: Workflow[Any], name: str) -> tuple[str, ...]:
    return workflow.release.limits.lists.get(name, ())


def escalated(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> Approval | None:
    """The request with the next tier asked too, and its deadline; None when no tier is left."""
    people, now = deps.people.directory(), deps.clock.now()
    for number in range(approval.tier + 1, len(workflow.tiers)):
        tier = workflow.tiers[number]
        present = who(people, approval, tier, now)
        if present:
            return _asked(deps, approval, workflow, number, present)
    return None


def with_deputies(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> Approval:
    """The request with the deputies of those who went away after they were asked. No deadline
    moves; where all must sign, a deputy signs in the place of the absent."""
    people, now = deps.people.directory(), deps.clock.now()
    found = stand_ins(people, approval, workflow, now)
    instead = {member.person.id: of for member, of in found}
    all_sign = approval.quorum is Quorum.ALL
    gone = set(instead.values()) - {one.by for one in approval.signatures} if all_sign else set()
    kept = (person for person in approval.approvers if person.id not in gone)
    update = {
        "approvers": (*kept, *(member.person for member, _ in found)),
        "instead_of": {**approval.instead_of, **instead},
    }
    return approval.model_copy(update=update) if found else approval


def dues(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> tuple[Due, ...]:
    """The present tier's deadline, and a reminder at half of its time."""
    now = deps.clock.now()
    half = now + (approval.deadline - now) / 2
    if not deps.settings.approval_seconds:
        people = deps.people.directory()
        members = [m for p in approval.approvers if (m := people.member(p.id))]
        half = _end(now, workflow.tiers[approval.tier].within / 2, members, workflow.holidays)
    return (Due(kind="approval", at=approval.deadline), Due(kind="reminder", at=half))


def anew(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> Approval:
    """The request with its present tier's whole time from now on."""
    now, seconds = deps.clock.now(), deps.settings.approval_seconds
    people = deps.people.directory()
    members = [m for p in approval.approvers if (m := people.member(p.id))]
    end = _end(now, workflow.tiers[approval.tier].within, members, workflow.holidays)
    later = now + timedelta(seconds=seconds) if seconds else end
    return approval.model_copy(update={"deadline": later})


def extended(deps: Deps, approval: Approval, workflow: Workflow[Any]) -> Approval:
    """The request with half of its tier's time more, the first time that somebody asks back."""
    if approval.extended:
        return approval
    half = workflow.tiers[approval.tier].within / 2
    seconds, people = deps.settings.approval_seconds, deps.people.directory()
    members = [m for p in approval.approvers if (m := people.member(p.id))]
    later = approval.deadline + timedelta(seconds=seconds / 2)
    end = later if seconds else _end(approval.deadline, half, members, workflow.holidays)
    return approval.model_copy(update={"deadline": end, "extended": True})


def mint(deps: Deps, approval: Approval, people: Iterable[Person]) -> tuple[Minted, ...]:
    """A link for each of `people`, to be stored before it is mailed."""
    return tuple(_mint(deps, approval, person) for person in people)


def address(deps: Deps, minted: Minted) -> str:
    """Where the link leads."""
    return f"{deps.settings.public_base_url}{link_path(minted.link.link_id, minted.secret)}"


def mint_question(deps: Deps, record: JobRecord, question: Question) -> Minted:
    """The contact's link to one question."""
    minted = _mint(deps, record.approvals[question.approval_id], question.contact)
    link = minted.link.model_copy(update={"question": question.question_id})
    return replace(minted, link=link)


def _amounts(workflow: Workflow[Any], asked: Iterable[LedgerEntry]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for held in asked:
        action = action_for(workflow, held)
        amount = action.amount(params_of(held, action)) if action.amount else None
        if amount is not None:
            found[held.digest] = amount
    return found


def _asked(
    deps: Deps,
    approval: Approval,
    workflow: Workflow[Any],
    number: int,
    present: tuple[tuple[Member, str], ...],
) -> Approval:
    now, seconds = deps.clock.now(), deps.settings.approval_seconds
    members = [member for member, _ in present]
    end = _end(now, workflow.tiers[number].within, members, workflow.holidays)
    instead = {member.person.id: of for member, of in present if of}
    return approval.model_copy(
        update={
            "approvers": (*approval.approvers, *(member.person for member, _ in present)),
            "instead_of": {**approval.instead_of, **instead},
            "tier": number,
            "deadline": now + timedelta(seconds=seconds) if seconds else end,
        }
    )


def _end(
    now: datetime, within: timedelta, members: Iterable[Member], holidays: Collection[date]
) -> datetime:
    """When everybody has had `within` of their own working time, holidays left out."""
    ends = (worked(now, within, member.hours, holidays) for member in members)
    return max(ends, default=now + within)


def _mint(deps: Deps, approval: Approval, person: Person) -> Minted:
    secret = deps.ids.token(SECRET_BITS)
    link = Link(
        link_id=deps.ids.token(LINK_BITS),
        secret_hash=hashed(secret),
        job_id=approval.job_id,
        approval_id=approval.approval_id,
        person_id=person.id,
    )
    return Minted(link, secret, person)


def contact_for(deps: Deps, workflow: str, asker: Person, now: datetime) -> Person | None:
    """Who answers a question of `asker` about a request of `workflow`, if anybody."""
    people, fallback = deps.people.directory(), deps.settings.case_owner
    return contact(people, deps.workflows[workflow].owner, fallback, asker.id, now)


def contact_today(deps: Deps, workflow: str, asked: Person) -> Person | None:
    """Who was asked, as they are today; None when they left or are no contact any more."""
    people, fallback = deps.people.directory(), deps.settings.case_owner
    return still_contact(people, deps.workflows[workflow].owner, fallback, asked.id)
