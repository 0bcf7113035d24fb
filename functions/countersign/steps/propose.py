"""Propose: ask the model, validate its answer, ground every fact in the source, repair once.

What is too long for one answer is asked about in segments, some side by side. Every answer is
stored as it comes: a visit that ends loses at most those that are under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial, reduce
from typing import Any

from countersign import observability
from countersign.domain.contract import Contract
from countersign.domain.errors import (
    ConnectorResting,
    ContractBroken,
    CountersignError,
    MoreToRead,
    NeedsPerson,
    Ungrounded,
)
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Status
from countersign.domain.planning.replan import is_stale, observed
from countersign.domain.policy.calls import ModelCall, calls_of, segment_name
from countersign.domain.policy.proposal import Proposal, Usage
from countersign.domain.policy.release import CAP, Release
from countersign.domain.workflow import Joined, Segmented, Workflow
from countersign.jobs.matters import went
from countersign.model import segments
from countersign.model.feedback import apply, describe
from countersign.model.proposals import by_signs, proposal_of
from countersign.model.rounds import Question, Rounds
from countersign.model.segments import Part, Reading
from countersign.runtime.asking import Answers, asking
from countersign.runtime.connectors import MODEL
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.releases import release_at
from countersign.runtime.shared_answers import share, shared
from countersign.runtime.step import Call, Continued, step
from countersign.runtime.visits import kept_as

Proposed = tuple[JobRecord, Proposal, ModelCall]
"""With the last call, which is stored together with what was made of it."""
About = tuple[Workflow[Any], Release, Any]
"""Workflow, pinned release, input."""

AT_ONCE = 4
"""So many segments are asked about side by side."""
FEW_SECONDS = 40.0
"""What a visit must have left to ask about a few more."""


def propose(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Raises Ungrounded when the answer stays none, MoreToRead, what `asking` raises, and in the
    state Fallback what the workflow declared for a model that is down."""
    if not is_stale(record):
        return Continued(record, _kept(call, deps.workflows[record.job.workflow].reads))
    workflow = deps.workflows[record.job.workflow]
    release = release_at(deps, record.job.release)
    given = record.results["input"].as_(workflow.input)
    signs = by_signs(workflow, given, release.limits, went(deps, record))
    trace = dict[str, Contract]()
    if signs:
        proposal = signs
    elif call.state == "Fallback":
        observability.count("ModelFallbacks", workflow=workflow.id)
        proposal = _without_model(deps, record, (workflow, release, given))
    else:
        record, proposal, last = _from_model(deps, record, call, (workflow, release, given))
        trace[last.name] = last
    done = _proposed(call, _after(record, proposal), release, workflow.reads)
    return Continued(record, replace(done, results={**done.results, **trace}))


def _kept(call: Call, reads: str) -> Change:
    return Change(
        event="proposal kept",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        move=Move("Look", connector=reads),
    )


def _after(record: JobRecord, proposal: Proposal) -> Proposal:
    """The proposal as the job's next one: which plan it is for, what all of them cost, and with
    every fact that a person corrected as that person left it."""
    stored, plan = record.results.get("proposal"), len(observed(record).rounds)
    held = stored.as_(Proposal) if stored else None
    spent = held.usage if held else Usage()
    theirs = {name: fact for name, fact in held.facts.items() if fact.by} if held else {}
    more = {"facts": {**proposal.facts, **theirs}, "usage": spent.plus(proposal.usage)}
    return proposal.model_copy(update=more | {"plan": plan})


def _proposed(call: Call, proposal: Proposal, release: Release, reads: str) -> Change:
    return Change(
        event="proposed",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        fields={"model": proposal.model, "confidence": str(proposal.confidence)},
        results={"proposal": proposal, "limits": release.limits},
        turns={kept_as(MODEL, "Propose"): None},
        move=Move("Look", connector=reads),
    )


def _without_model(deps: Deps, record: JobRecord, about: About) -> Proposal:
    """What the workflow declared for a model that is down. Raises ConnectorResting where it waits
    until the model is back, and NeedsPerson where it does nothing without one."""
    workflow, release, given = about
    if release.when_down == "park":
        raise ConnectorResting(MODEL, Paced(deps, MODEL).read().breaker.open_until)
    if release.when_down == "escalate":
        raise NeedsPerson("the model is down, and this workflow does nothing without it")
    return _from_heuristics(workflow, given, describe(observed(record)))


def _from_heuristics(workflow: Workflow[Any], given: Contract, seen: str) -> Proposal:
    try:
        shown, joined = segments.shown(workflow, given)
        answer = workflow.answer.read(apply(workflow.offline(shown), seen, workflow.heeds))
    except ContractBroken as broken:
        raise Ungrounded(f"the heuristics' answer breaks its contract: {broken}") from None
    draft = workflow.draft(given, answer)
    model = "heuristics, because the model is down"
    alone = proposal_of(workflow, given, draft, model=model, offline=True, cap=CAP)
    return segments.together(alone, joined)


def _from_model(deps: Deps, record: JobRecord, call: Call, about: About) -> Proposed:
    workflow, _, given = about
    if workflow.segmented is None:
        return _from_answer(deps, record, call, about, workflow.prompt_text(given))
    record, joined, usage = _from_segments(deps, record, call, about, workflow.segmented)
    record, alone, last = _from_answer(deps, record, call, about, joined.text)
    whole = segments.together(alone, joined)
    return record, whole.model_copy(update={"usage": whole.usage.plus(usage)}), last


def _from_segments(
    deps: Deps, record: JobRecord, call: Call, about: About, segmented: Segmented[Any]
) -> tuple[JobRecord, Joined, Usage]:
    """What the valid answers are together, and what all of them cost: round by round, each segment
    has its next question until it has none. Raises MoreToRead."""
    _, release, given = about
    made = [
        (Reading(segmented, release, given, one), list[ModelCall]())
        for one in segmented.split(given)
    ]
    while asked := [(part, calls) for one, calls in made if (part := one.next(calls))]:
        record = _answers(deps, record, call, release, [part for part, _ in asked])
        for part, calls in asked:
            calls.append(record.results[_name(record, part)].as_(ModelCall))
    answers = {one.segment.name: one.answer(calls) for one, calls in made}
    valid = {name: answer for name, answer in answers.items() if answer is not None}
    usage = reduce(Usage.plus, (one.usage for _, calls in made for one in calls), Usage())
    return record, segmented.join(given, valid), usage


def _answers(
    deps: Deps, record: JobRecord, call: Call, release: Release, parts: Sequence[Part]
) -> JobRecord:
    """The record with the answers to all parts. Raises MoreToRead when the visit has no time for
    more of them."""
    open_ = [one for one in parts if _name(record, one) not in record.results]
    if len(open_) < len(parts):
        reused = len(parts) - len(open_)
        observability.count("AnswersReused", reused, workflow=record.job.workflow)
    left = len(open_)
    for few in _side_by_side(open_):
        if call.seconds_left(deps.clock.now()) < FEW_SECONDS:
            raise MoreToRead(f"{left} segments are still to be read")
        record = _asked(deps, record, call, release, few)
        left -= len(few)
    return record


def _side_by_side(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    """A few at once, of one size of model."""
    for name in dict.fromkeys(one.size.name for one in parts):
        alike = [one for one in parts if one.size.name == name]
        yield from (alike[at : at + AT_ONCE] for at in range(0, len(alike), AT_ONCE))


def _asked(
    deps: Deps, record: JobRecord, call: Call, release: Release, few: Sequence[Part]
) -> JobRecord:
    """The record with the answers to a few parts, asked side by side. Raises what one of them
    raised, once the others are stored."""
    requests, size = [one.request for one in few], few[0].size
    if size.name != release.sizes[0].name:
        observability.count("ModelSizeUps", len(few), workflow=record.job.workflow)
    with (
        asking(deps, record, call, release, size=size, requests=requests) as answer,
        ThreadPoolExecutor(len(few)) as pool,
    ):
        ended = list(pool.map(partial(_ended, deps, answer, record.job.release), few))
        for made in ended:
            if isinstance(made, ModelCall):
                record = deps.commit(record, _answer_kept(call, {made.name: made}))
        trouble = next((one for one in ended if isinstance(one, CountersignError)), None)
        if trouble:
            raise trouble
    return record


def _ended(deps: Deps, answer: Answers, pinned: str, part: Part) -> ModelCall | CountersignError:
    """The call, or what kept its answer from coming: one that failed costs no other its answer."""
    began = deps.clock.now()
    try:
        said = answer(part.request)
    except CountersignError as trouble:
        return trouble
    times = (began, deps.clock.now())
    return part.of.called(part, part.digest(pinned), said, times)


def _name(record: JobRecord, part: Part) -> str:
    return segment_name(part.digest(record.job.release))


def _from_answer(deps: Deps, record: JobRecord, call: Call, about: About, shown: str) -> Proposed:
    seen = observed(record)
    rounds = Rounds(*about, shown, describe(seen), len(seen.rounds))
    calls = tuple(one for one in calls_of(record.results) if one.plan == rounds.failed)
    if calls:
        observability.count("AnswersReused", len(calls), workflow=rounds.workflow.id)
    while isinstance(turn := rounds.next(calls), Question):
        if calls and calls[-1].size != turn.size.name:
            observability.count("ModelSizeUps", workflow=rounds.workflow.id)
        called = _called(deps, record, call, rounds, replace(turn, number=len(calls)))
        calls = (*calls, called)
        # Before the next one is asked for: a retry reads it instead of paying.
        if called.faults or isinstance(rounds.next(calls), Question):
            record = deps.commit(record, _answer_kept(call, {called.name: called}))
    last = rounds.counts(calls)
    usage = reduce(Usage.plus, (one.usage for one in calls), Usage())
    made, by = (rounds.workflow, rounds.given, turn), (last.model, last.offline)
    return record, proposal_of(*made, model=by[0], offline=by[1], usage=usage), last


def _called(deps: Deps, record: JobRecord, call: Call, rounds: Rounds, turn: Question) -> ModelCall:
    """One call, with what it cost and what is wrong with its answer; or what another job of the
    workflow was answered, where they share that."""
    request, began = rounds.digest(turn, record.job.release), deps.clock.now()
    key, told = rounds.shared_key(turn, request), partial(rounds.called, turn, request)
    held = shared(deps, key) if key else None
    made = told(held, (began, began)) if held else None
    if made and not made.faults:
        observability.count("AnswersReused", workflow=rounds.workflow.id)
        return made
    with asking(
        deps, record, call, rounds.release, size=turn.size, requests=[turn.request]
    ) as answers:
        answer = answers(turn.request)
    made = told(answer, (began, deps.clock.now()))
    if not key or made.faults:
        return made
    first = told(share(deps, key, answer), (began, deps.clock.now()))
    return made if first.faults else first


def _answer_kept(call: Call, results: Mapping[str, Contract]) -> Change:
    return Change(
        event="answer kept",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        results=results,
    )


handler = step(propose)
