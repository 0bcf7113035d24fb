"""Answers that jobs of one workflow share: the first valid one that was stored is everybody's."""

from __future__ import annotations

from pydantic import ValidationError

from countersign.domain.canonical import canonical
from countersign.domain.errors import NotFound, Refused
from countersign.domain.jobs.job import Pointer
from countersign.domain.policy.proposal import ModelReply, Usage
from countersign.domain.ports import ModelAnswer
from countersign.runtime.deps import Deps


def shared(deps: Deps, key: str) -> ModelAnswer | None:
    """The answer that was stored, which costs nothing any more; None where there is none that this
    code can read."""
    try:
        held = ModelReply.model_validate_json(deps.payloads.get(Pointer(bucket="", key=key)))
    except (NotFound, Refused, ValidationError):
        return None
    return ModelAnswer(held.content, held.model, held.offline, Usage(), held.ended)


def share(deps: Deps, key: str, answer: ModelAnswer) -> ModelAnswer:
    """Store it for the next job, unless another one was first: then its answer is this one's too,
    at what was paid here."""
    reply = ModelReply(
        content=answer.content,
        model=answer.model,
        offline=answer.offline,
        usage=answer.usage,
        ended=answer.ended,
    )
    if deps.payloads.put_first(key, canonical(reply)):
        return answer
    first = shared(deps, key)
    if first is None:
        return answer
    return ModelAnswer(first.content, first.model, first.offline, answer.usage, first.ended)
