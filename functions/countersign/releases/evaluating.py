"""Evaluating a release: inputs understood by its model and judged by this code, acting on nothing.

Each question is asked once ever: its answer is kept in the payload bucket, with what it cost and
how long it took, so that a repeat costs nothing and reports the same. The calls have a budget of
their own, which holds their worst case back before each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from threading import Lock
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Value
from countersign.domain.errors import (
    ContractBroken,
    NotFound,
    Refused,
    Ungrounded,
    UnknownVersion,
)
from countersign.domain.jobs.job import Pointer
from countersign.domain.policy.proposal import ModelReply, Proposal
from countersign.domain.policy.release import Release, Size
from countersign.domain.ports import Model, ModelAnswer, ModelRequest, Payloads
from countersign.domain.releases.comparing import Compared, Judged, Subject, judged
from countersign.domain.workflow import Workflow
from countersign.model.understanding import by_heuristics, understood

SECONDS = 60.0
"""For one answer."""
Proposes = Callable[[Workflow[Any], Subject], tuple[Proposal, int]]
"""(workflow with its release, input) → the proposal, and the milliseconds that the model took.
Raises Ungrounded for none."""


Asks = Callable[[ModelRequest, Size], tuple[ModelAnswer, int]]
"""One question → its answer, and the milliseconds that it took."""


class OverBudget(Exception):  # noqa: N818 - no fault of an input: it is left out
    """The next call may cost more than what is left."""


class _Kept(Value):
    """An answer with what it took."""

    reply: ModelReply
    milliseconds: int


@dataclass
class Spent:
    """What an evaluation has cost so far, in USD and calls that were not kept from before."""

    most: Decimal
    usd: Decimal = Decimal(0)
    calls: int = 0
    held: Decimal = Decimal(0)
    """The worst case of the calls that are under way."""


class Asker:
    """The model of an evaluation, asked side by side."""

    def __init__(self, model: Model, payloads: Payloads, most: Decimal) -> None:
        self.spent = Spent(most)
        self._model = model
        self._payloads = payloads
        self._lock = Lock()

    def proposal(self, workflow: Workflow[Any], subject: Subject) -> tuple[Proposal, int]:
        """Proposes. Raises OverBudget besides, and what a model raises."""
        return proposed(workflow, subject, self._answer)

    def anew(self, workflow: Workflow[Any], subject: Subject) -> tuple[Proposal, int]:
        """The same by new answers, which are kept instead of the old ones."""
        return proposed(workflow, subject, self._new)

    def _answer(self, request: ModelRequest, size: Size) -> tuple[ModelAnswer, int]:
        """Kept or new, and the milliseconds that it took when it was new."""
        kept = self._kept(_key(request))
        return _read(kept) if kept else self._new(request, size)

    def _new(self, request: ModelRequest, size: Size) -> tuple[ModelAnswer, int]:
        kept = self._asked(request, size)
        self._payloads.put(_key(request), canonical(kept))
        return _read(kept)

    def _kept(self, key: str) -> _Kept | None:
        try:
            return _Kept.model_validate_json(self._payloads.get(Pointer(bucket="", key=key)))
        except (NotFound, Refused, ValidationError):
            return None

    def _asked(self, request: ModelRequest, size: Size) -> _Kept:
        worst = size.price.most(request.most)
        with self._lock:
            if self.spent.usd + self.spent.held + worst > self.spent.most:
                raise OverBudget
            self.spent.held += worst
        cost, began = worst, perf_counter()
        try:
            answer = self._model.answer(request, SECONDS)
            cost = size.price.priced(answer.usage, offline=answer.offline).usd
        finally:  # without an answer nobody knows what it cost: the worst
            with self._lock:
                self.spent.held -= worst
                self.spent.usd += cost
                self.spent.calls += 1
        took = round((perf_counter() - began) * 1_000)
        reply = ModelReply(
            content=answer.content,
            model=answer.model,
            offline=answer.offline,
            usage=answer.usage,
            ended=answer.ended,
        )
        return _Kept(reply=reply, milliseconds=took)


def _key(request: ModelRequest) -> str:
    return f"answers/evaluate/{digest(canonical(vars(request)))}.json"


def _read(kept: _Kept) -> tuple[ModelAnswer, int]:
    held = kept.reply
    answer = ModelAnswer(held.content, held.model, held.offline, held.usage, held.ended)
    return answer, kept.milliseconds


def proposed(workflow: Workflow[Any], subject: Subject, ask: Asks) -> tuple[Proposal, int]:
    """What the workflow's release proposes, by these answers, and how long they took. Raises
    Ungrounded for none, and what `ask` does."""
    took = 0

    def answers(request: ModelRequest, size: Size) -> ModelAnswer:
        nonlocal took
        answer, milliseconds = ask(request, size)
        took += milliseconds
        return answer

    given = subject.past.record.results["input"].as_(workflow.input)
    return understood(workflow, workflow.release, given, answers), took


def heuristics(workflow: Workflow[Any], subject: Subject) -> tuple[Proposal, int]:
    """What the workflow's heuristics propose, and the subject's own script: no model is asked."""
    given = subject.past.record.results["input"].as_(workflow.input)
    proposal, faults = by_heuristics(workflow, given, subject.scripted, offline=False)
    if proposal is None:
        raise Ungrounded("; ".join(faults))
    return proposal, 0


def compared(
    workflow: Workflow[Any],
    subject: Subject,
    releases: tuple[Release | None, Release],
    proposes: tuple[Proposes, Proposes],
) -> Compared:
    """The subject by the current release, where there is one, and by the candidate, each by its
    own answers. Raises OverBudget, and what a model raises that says nothing of the input."""
    (current, candidate), (kept, anew) = releases, proposes
    before = _stored(workflow, subject, current) if kept == anew else None
    if before is None and current is not None:
        before = made(replace(workflow, release=current), subject, kept)
    return Compared(subject, before, made(replace(workflow, release=candidate), subject, anew))


def made(workflow: Workflow[Any], subject: Subject, proposes: Proposes) -> Judged:
    """What the workflow's release makes of the subject. Raises as `compared`."""
    try:
        proposal, took = proposes(workflow, subject)
        return judged(workflow, subject, proposal).model_copy(update={"milliseconds": took})
    except (Ungrounded, Refused, ContractBroken, UnknownVersion) as trouble:
        return Judged(trouble=str(trouble))


def _stored(workflow: Workflow[Any], subject: Subject, current: Release | None) -> Judged | None:
    """What is stored of a job of the current release needs no answer; nor does one of any release
    where none is named. What people corrected in it is not what a model said."""
    record = subject.past.record
    held = record.results.get("proposal")
    if held is None or (current is not None and record.job.release != current.digest):
        return None
    proposal = held.as_(Proposal)
    if proposal.correctors:
        return None
    release = current or workflow.release
    return judged(replace(workflow, release=release), subject, proposal)
