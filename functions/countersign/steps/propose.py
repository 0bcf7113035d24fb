"""Propose: ask the model, validate its answer, ground every fact in the source, repair once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, Ungrounded
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.job import Move, Pointer, Status
from countersign.domain.planning.replan import is_stale, observed
from countersign.domain.policy.proposal import ModelReply, Proposal, Usage
from countersign.domain.policy.release import Release, release_key
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.workflow import Workflow
from countersign.extraction.feedback import apply, describe
from countersign.extraction.proposals import by_signs, proposal_of, read_reply
from countersign.extraction.release import CAP
from countersign.runtime.breaker import taken
from countersign.runtime.connectors import MODEL, MODEL_KEY
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.retry import unhurried
from countersign.runtime.step import Call, Continued, step

SPARE_SECONDS = 5.0
MOST_RELEASES = 8
"""Kept in a process; a prompt with its examples may be 100 kB."""
_ANSWER = "answer."


def propose(deps: Deps, record: JobRecord, call: Call) -> Continued:
    """Raises Ungrounded when the answer stays none, Throttled or Unavailable from the model."""
    if not is_stale(record):
        return Continued(record, _kept(call, deps.workflows[record.job.workflow].reads))
    workflow = deps.workflows[record.job.workflow]
    release = _release(deps, record)
    given = record.results["input"].as_(workflow.input)
    signs = by_signs(workflow, given, release.limits)
    if signs:
        proposal = signs
    elif call.state == "Fallback":
        proposal = _from_heuristics(workflow, given, describe(observed(record)))
    else:
        record, proposal = _from_model(deps, record, call, (workflow, release, given))
    return Continued(record, _proposed(call, _after(record, proposal), release, workflow.reads))


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
        move=Move("Look", connector=reads),
    )


def _release(deps: Deps, record: JobRecord) -> Release:
    """The release that the job is pinned to, read by its address; its content must match it. A
    process reads each once."""
    pinned = record.job.release
    if pinned in deps.releases:
        return deps.releases[pinned]
    body = deps.payloads.get(Pointer(bucket="", key=release_key(pinned)))
    release = Release.model_validate_json(body)
    if release.digest != pinned:
        raise Ungrounded("the release in the bucket is not the one the job is pinned to")
    if len(deps.releases) >= MOST_RELEASES:
        deps.releases.clear()
    deps.releases[pinned] = release
    return release


def _from_heuristics(workflow: Workflow[Any], given: Contract, seen: str) -> Proposal:
    try:
        said = workflow.offline(workflow.prompt_text(given))
        answer = workflow.answer.read(apply(said, seen, workflow.heeds))
    except ContractBroken as broken:
        raise Ungrounded(f"the heuristics' answer breaks its contract: {broken}") from None
    draft = workflow.draft(given, answer)
    model = "heuristics, because the model is down"
    return proposal_of(workflow, given, draft, model=model, offline=True, cap=CAP)


def _from_model(
    deps: Deps, record: JobRecord, call: Call, about: tuple[Workflow[Any], Release, Any]
) -> tuple[JobRecord, Proposal]:
    workflow, release, given = about
    request = _request(workflow, release, given, describe(observed(record)))
    record, reply = _answer(deps, record, call, request)
    draft, faults = read_reply(workflow, given, reply)
    usage = reply.usage
    if faults:
        record = _keep(deps, record, call, request, reply)
        request = _repair(request, reply, faults)
        record, reply = _answer(deps, record, call, request)
        draft, faults = read_reply(workflow, given, reply)
        usage = usage.plus(reply.usage)
    if draft is None:
        raise Ungrounded(f"the answer stayed wrong after its repair: {'; '.join(faults[:5])}")
    cost = usage if reply.offline else _priced(usage, release)
    model, offline = reply.model, reply.offline
    return record, proposal_of(workflow, given, draft, model=model, offline=offline, usage=cost)


def _request(workflow: Workflow[Any], release: Release, given: Contract, seen: str) -> ModelRequest:
    messages = (("system", release.prompt), ("user", workflow.prompt_text(given)))
    return ModelRequest(
        model=release.model,
        messages=(*messages, ("user", seen)) if seen else messages,
        schema_name=workflow.id,
        schema=workflow.schema(),
        temperature=str(release.temperature),
        max_output_tokens=release.max_output_tokens,
    )


def _repair(request: ModelRequest, reply: ModelReply, faults: list[str]) -> ModelRequest:
    wrong = "Your answer breaks these rules; answer again, whole and corrected:\n- "
    more = (("assistant", reply.content), ("user", wrong + "\n- ".join(faults[:20])))
    return ModelRequest(**{**vars(request), "messages": request.messages + more})


def _answer(
    deps: Deps, record: JobRecord, call: Call, request: ModelRequest
) -> tuple[JobRecord, ModelReply]:
    """The stored answer to exactly this request, or a new one."""
    stored = _stored(record, request)
    if stored:
        return record, stored
    seconds = max(1.0, call.seconds_left(deps.clock.now()) - SPARE_SECONDS)
    with taken(Paced(deps, MODEL), MODEL_KEY):
        answer = unhurried(deps, call, "the model", lambda: deps.model.answer(request, seconds))
    return record, _reply(answer)


def _keep(
    deps: Deps, record: JobRecord, call: Call, request: ModelRequest, reply: ModelReply
) -> JobRecord:
    """Store an answer before the next one is asked for: a retry reads it instead of paying."""
    if _stored(record, request):
        return record
    change = Change(
        event="answer kept",
        actor=f"state:{call.state}",
        status=Status.PROCESSING,
        results={_name(record, request): reply},
    )
    return deps.commit(record, change)


def _stored(record: JobRecord, request: ModelRequest) -> ModelReply | None:
    if not any(name.startswith(_ANSWER) for name in record.results):
        return None  # a request is 20 kB of canonical text: mostly nobody needs its name
    stored = record.results.get(_name(record, request))
    return stored.as_(ModelReply) if stored else None


def _name(record: JobRecord, request: ModelRequest) -> str:
    return _ANSWER + digest(canonical([record.job.release, vars(request)]))[:32]


def _reply(answer: ModelAnswer) -> ModelReply:
    return ModelReply(
        content=answer.content,
        model=answer.model,
        offline=answer.offline,
        usage=answer.usage,
        ended=answer.ended,
    )


def _priced(usage: Usage, release: Release) -> Usage:
    million = Decimal(1_000_000)
    usd = (
        usage.input_tokens * release.usd_per_million_input
        + usage.output_tokens * release.usd_per_million_output
    ) / million
    return usage.model_copy(update={"usd": usd})


handler = step(propose)
