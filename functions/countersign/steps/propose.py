"""Propose: ask the model, validate its answer, ground every fact in the source, repair once.

What is too long for one answer is asked about in segments, some side by side. Every answer is
stored as it comes: a visit that ends loses at most those that are under way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial, reduce
from typing import Any

from pydantic import ValidationError

from countersign import observability
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.errors import (
    ConnectorResting,
    ContractBroken,
    CountersignError,
    MoreToRead,
    NeedsPerson,
    Ungrounded,
    UnknownVersion,
)
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Pointer, Status
from countersign.domain.planning.replan import is_stale, observed
from countersign.domain.policy.calls import SEGMENT, ModelCall, calls_of
from countersign.domain.policy.proposal import ModelReply, Proposal, Usage
from countersign.domain.policy.release import CAP, Release, release_key
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Joined, Segment, Segmented, Workflow
from countersign.model import segments
from countersign.model.feedback import apply, describe
from countersign.model.proposals import by_signs, proposal_of
from countersign.model.rounds import Question, Rounds, about_segment, repaired
from countersign.runtime.asking import Answers, asking
from countersign.runtime.connectors import MODEL
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
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
MOST_RELEASES = 8
"""Kept in a process; a prompt with its examples may be 100 kB."""


def propose(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Raises Ungrounded when the answer stays none, MoreToRead, what `asking` raises, and in the
    state Fallback what the workflow declared for a model that is down."""
    if not is_stale(record):
        return Continued(record, _kept(call, deps.workflows[record.job.workflow].reads))
    workflow = deps.workflows[record.job.workflow]
    release = _release(deps, record)
    given = record.results["input"].as_(workflow.input)
    signs, trace = by_signs(workflow, given, release.limits), dict[str, Contract]()
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


def _release(deps: Deps, record: JobRecord) -> Release:
    """The release that the job is pinned to, read by its address; its content must match it. A
    process reads each once."""
    pinned = record.job.release
    if pinned in deps.releases:
        return deps.releases[pinned]
    body = deps.payloads.get(Pointer(bucket="", key=release_key(pinned)))
    try:
        release = Release.model_validate_json(body)
    except ValidationError:
        raise UnknownVersion("the job's release was written by code that is gone") from None
    if release.digest != pinned:
        raise Ungrounded("the release in the bucket is not the one the job is pinned to")
    if len(deps.releases) >= MOST_RELEASES:
        deps.releases.clear()
    deps.releases[pinned] = release
    return release


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
    """What the valid answers are together, each repaired once, and what all of them cost. Raises
    MoreToRead."""
    _, release, given = about
    asked = {one: about_segment(segmented, release, one) for one in segmented.split(given)}
    record, replies = _answers(deps, record, call, release, list(asked.values()))
    answers = dict[str, Any]()
    again = dict[Segment, ModelRequest]()
    for (segment, request), reply in zip(asked.items(), replies, strict=True):
        answers[segment.name], faults = segments.answered(segmented, given, segment, reply.content)
        if faults:
            shown = repaired(request.messages, reply.content, faults)
            again[segment] = replace(request, messages=shown)
    record, mends = _answers(deps, record, call, release, list(again.values()))
    for segment, reply in zip(again, mends, strict=True):
        mended, _ = segments.answered(segmented, given, segment, reply.content)
        answers[segment.name] = mended or answers[segment.name]
    valid = {name: answer for name, answer in answers.items() if answer is not None}
    usage = _spent([*replies, *mends], release)
    return record, segmented.join(given, valid), usage


def _answers(
    deps: Deps, record: JobRecord, call: Call, release: Release, requests: Sequence[ModelRequest]
) -> tuple[JobRecord, list[ModelReply]]:
    """The answers to all requests, in their order. Raises MoreToRead when the visit has no time for
    more of them."""
    open_ = [one for one in requests if _stored(record, one) is None]
    if len(open_) < len(requests):
        reused = len(requests) - len(open_)
        observability.count("AnswersReused", reused, workflow=record.job.workflow)
    for start in range(0, len(open_), AT_ONCE):
        if call.seconds_left(deps.clock.now()) < FEW_SECONDS:
            raise MoreToRead(f"{len(open_) - start} segments are still to be read")
        record = _asked(deps, record, call, release, open_[start : start + AT_ONCE])
    return record, [record.results[_name(record, one)].as_(ModelReply) for one in requests]


def _asked(
    deps: Deps, record: JobRecord, call: Call, release: Release, few: Sequence[ModelRequest]
) -> JobRecord:
    """The record with the answers to a few requests, asked side by side. Raises what one of them
    raised, once the others are stored."""
    with (
        asking(deps, record, call, release, size=release.sizes[0], requests=few) as answer,
        ThreadPoolExecutor(len(few)) as pool,
    ):
        ended = list(pool.map(partial(_ended, answer), few))
        for request, reply in zip(few, ended, strict=True):
            if isinstance(reply, ModelReply):
                record = _keep(deps, record, call, request, reply)
        trouble = next((one for one in ended if isinstance(one, CountersignError)), None)
        if trouble:
            raise trouble
    return record


def _ended(answer: Answers, request: ModelRequest) -> ModelReply | CountersignError:
    """The answer, or what kept it from coming: one that failed costs no other its answer."""
    try:
        return _reply(answer(request))
    except CountersignError as trouble:
        return trouble


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
        if called.faults:  # before the next one is asked for: a retry reads it instead of paying
            record = deps.commit(record, _answer_kept(call, {called.name: called}))
    last = calls[-1]
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


def _keep(
    deps: Deps, record: JobRecord, call: Call, request: ModelRequest, reply: ModelReply
) -> JobRecord:
    """Store an answer before the next one is asked for: a retry reads it instead of paying."""
    if _stored(record, request):
        return record
    return deps.commit(record, _answer_kept(call, {_name(record, request): reply}))


def _stored(record: JobRecord, request: ModelRequest) -> ModelReply | None:
    if not any(name.startswith(SEGMENT) for name in record.results):
        return None  # a request is 20 kB of canonical text: mostly nobody needs its name
    stored = record.results.get(_name(record, request))
    return stored.as_(ModelReply) if stored else None


def _name(record: JobRecord, request: ModelRequest) -> str:
    return SEGMENT + digest(canonical([record.job.release, vars(request)]))[:32]


def _reply(answer: ModelAnswer) -> ModelReply:
    return ModelReply(
        content=answer.content,
        model=answer.model,
        offline=answer.offline,
        usage=answer.usage,
        ended=answer.ended,
    )


def _spent(replies: Sequence[ModelReply], release: Release) -> Usage:
    """What answers about segments cost, all of the smallest size."""
    price = release.sizes[0].price
    each = (price.priced(one.usage, offline=one.offline) for one in replies)
    return reduce(Usage.plus, each, Usage())


handler = step(propose)
