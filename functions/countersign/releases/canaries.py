"""Canaries under way: their jobs are counted when all is decided, and what they say is acted on."""

from __future__ import annotations

from decimal import Decimal

from countersign.domain.errors import NotFound, StoreConflict, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.matters import contact_key
from countersign.domain.jobs.reviews import review_id_of
from countersign.domain.mail import Email
from countersign.domain.releases.canary import Conclusion, Verdict
from countersign.domain.releases.rollout import (
    ASSIGNED,
    Assigned,
    Moved,
    Rollout,
    State,
    moved,
    ramped,
)
from countersign.domain.releases.trials import closed, says
from countersign.jobs.handover import send_once
from countersign.jobs.resume import TICK, settled
from countersign.runtime.deps import Deps
from countersign.runtime.intake import shipped

_STOPS = frozenset({Conclusion.HARM, Conclusion.UNSOUND})
SHORT = 12
"""Characters by which people call a release."""


def count(deps: Deps, record: JobRecord) -> None:
    """A job of a canary, in either arm, of which no decision is open any more."""
    canary = record.result(ASSIGNED, Assigned).canary
    deps.rollouts.close(
        canary, closed(record, _unit(deps, record), audited_wrong=_wrong(deps, record))
    )
    settled(deps, record, "trial")


def _unit(deps: Deps, record: JobRecord) -> str:
    """Whose it is: two jobs of one contact are no two trials."""
    workflow, held = deps.workflows.get(record.job.workflow), record.results.get("input")
    try:
        address = workflow.requester(held.as_(workflow.input)) if workflow and held else ""
    except UnknownVersion:
        address = ""
    return contact_key(address) if address else record.job.job_id


def _wrong(deps: Deps, record: JobRecord) -> bool:
    """Whether somebody found it wrong in the audit."""
    try:
        review = deps.reviews.review(review_id_of(record.job.job_id))
    except NotFound:
        return False
    wrong = review.answer is not None and review.answer.verdict == "wrong"
    return wrong and not review.planted


def watch(deps: Deps) -> None:
    """Every canary that alarms of the stage may stop: one that rings does."""
    for held in deps.rollouts.running():
        named = held.statement.alarms
        if held.state is not State.CANARY or not named:
            continue
        rings = deps.alarms.ringing(named)
        if rings:
            try:
                _stopped(deps, held, f"harm: the alarm {', '.join(rings)} rings")
            except StoreConflict:  # a person was quicker
                continue


def look(deps: Deps) -> None:
    """Every canary: stopped, made larger, or left; and who is told of it."""
    for held in deps.rollouts.running():
        try:
            if held.owes_a_mail:
                _tell(deps, held, f"{State.ABORTED}", held.moves[-1].why)
            elif held.state is State.CANARY:
                _looked_at(deps, held)
        except StoreConflict:  # a person was quicker: the next look sees what they did
            continue


def verdict_of(deps: Deps, held: Rollout) -> Verdict:
    """What a canary says now."""
    return says(held, deps.rollouts.closed(held.digest), deps.clock.now())


def _looked_at(deps: Deps, held: Rollout) -> None:
    why = _gone(deps, held)
    found = verdict_of(deps, held)
    if why or found.conclusion in _STOPS:
        _stopped(deps, held, why or f"{found.conclusion}: {'; '.join(found.because)}")
        return
    share = ramped(held, deps.clock.now())
    if share is not None:
        _moves(deps, held, State.CANARY, share, f"{found.conclusion} at {held.share:.0%}")
    elif found.conclusion is Conclusion.NO_HARM and held.told != found.conclusion:
        _tell(deps, held, found.conclusion, "; ".join(found.because))


def _stopped(deps: Deps, held: Rollout, why: str) -> None:
    after = _moves(deps, held, State.ABORTED, Decimal(0), why)
    _tell(deps, after, f"{State.ABORTED}", why)


def _gone(deps: Deps, held: Rollout) -> str:
    """Why it is compared with nothing any more; empty where it is."""
    known = held.workflow in deps.workflows and shipped(deps, held.workflow).digest == held.ground
    return "" if known else "unsound: a deploy ships another release than the one it is over"


def _moves(deps: Deps, held: Rollout, to: State, share: Decimal, why: str) -> Rollout:
    after = moved(held, Moved(at=deps.clock.now(), to=to, share=share, by=TICK, why=why))
    deps.rollouts.change([(held, after)])
    return after


def _tell(deps: Deps, held: Rollout, what: str, why: str) -> None:
    """Mailed first, then marked: who is told twice has lost a minute."""
    member = deps.people.directory().member(held.statement.told)
    if member:
        send_once(deps, _mail(held, member.person.address, member.person.name, what, why))
    told = held.model_copy(update={"told": what, "version": held.version + 1})
    deps.rollouts.change([(held, told)])


def _mail(held: Rollout, to: str, name: str, what: str, why: str) -> Email:
    stopped = what == State.ABORTED
    short = f"{held.workflow} {held.digest[:SHORT]}"
    head = "was stopped" if stopped else "may be promoted"
    then = (
        "New jobs get the release before it within a minute; jobs under way end as they began."
        if stopped
        else f"  countersign release promote {held.digest[:SHORT]} --to live --by PERSON"
    )
    return Email(
        to=to,
        subject=f"Release {short} {head}",
        text="\n".join((f"Hello {name},", "", f"{why}.", "", then, "")),
    )
