"""What the model was asked for a job and what came of it, for the job's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.calls import ModelCall, every_call
from countersign.domain.policy.proposal import Ended, Proposal, Usage
from countersign.web.text import Pieces, label, second, visible

ENDED: dict[Ended, str] = {
    "completed": "answered",
    "refused": "refused",
    "truncated": "cut at its limit",
    "filtered": "held back by the provider's filter",
    "empty": "an empty answer",
    "tool_call": "called a tool that nobody offered",
}
_SHOWN = 12
"""Characters of a digest."""


@dataclass(frozen=True)
class Call:
    """One call, in words; `told` is what it was shown, by who says it."""

    why: str
    model: str
    ended: str
    used: str
    took: str
    when: str
    digest: str
    faults: tuple[Pieces, ...]
    told: tuple[tuple[str, Pieces], ...]
    answer: Pieces


@dataclass(frozen=True)
class Trace:
    """All calls, and what the last answer said that stands nowhere in the source."""

    release: str
    calls: tuple[Call, ...]
    dropped: tuple[tuple[str, Pieces], ...]
    total: str


def trace(record: JobRecord, proposal: Proposal | None, zone: str) -> Trace | None:
    """The trace, for somebody in `zone`; None where no call of this code's kind is kept."""
    try:
        calls = tuple(_call(one, zone) for one in every_call(record.results))
    except UnknownVersion:
        return None
    if not calls:
        return None
    left = proposal.dropped if proposal else {}
    return Trace(
        # Who decides is not to know which arm of a canary the job is in.
        release="" if "trial" in record.due else record.job.release[:_SHOWN],
        calls=calls,
        dropped=tuple((label(name), visible(said)) for name, said in left.items()),
        total=_used(proposal.usage) if proposal else "",
    )


def _call(one: ModelCall, zone: str) -> Call:
    offline = " (offline model)" if one.offline else ""
    return Call(
        why=one.why,
        model=f"{one.model}{offline}, {one.size}",
        ended=ENDED[one.ended],
        used=_used(one.usage),
        took=f"{one.milliseconds / 1000:.1f} s",
        when=second(one.at, zone),
        digest=one.request[:_SHOWN],
        faults=tuple(visible(fault) for fault in one.faults),
        told=tuple((role, visible(text)) for role, text in one.asked),
        answer=visible(one.content),
    )


def _used(usage: Usage) -> str:
    return ", ".join(_counts(usage))


def _counts(usage: Usage) -> Iterator[str]:
    cached = f", {usage.cached_tokens:,} of them cached" if usage.cached_tokens else ""
    yield f"{usage.input_tokens:,} tokens in{cached}"
    yield f"{usage.output_tokens:,} out"
    yield f"US$ {usage.usd.normalize():f}"
