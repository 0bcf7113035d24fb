"""Asking the model: in its turn, for as long as its workflow waits, and not while it is down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from countersign import observability, tracing
from countersign.domain.errors import (
    ConnectorResting,
    CountersignError,
    ModelDown,
    NotYourTurn,
    Paused,
    Unavailable,
)
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import IN_VAIN, Usage
from countersign.domain.policy.release import Release, Size
from countersign.domain.ports import Model, ModelAnswer, ModelRequest
from countersign.runtime.breaker import taken
from countersign.runtime.budgets import DayBudget, amount_of, check_job, most_of
from countersign.runtime.connectors import MODEL, MODEL_KEY
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.retry import watched
from countersign.runtime.step import Call, committed
from countersign.runtime.visits import PacedVisit, paced, waiting

SPARE_SECONDS = 5.0
"""Left to store what came of it."""
LONGEST = 60.0
"""Seconds for one answer: more than the longest takes that a workflow asks for."""
WORTH_ASKING = 30.0
"""With fewer seconds left, silence was what used them up: nobody enters the state again for it."""

Answers = Callable[[ModelRequest], ModelAnswer]


@contextmanager
def asking(
    deps: Deps,
    record: JobRecord,
    call: Call,
    release: Release,
    *,
    size: Size,
    requests: Sequence[ModelRequest],
) -> Iterator[Answers]:
    """What answers these requests, one after the other or side by side, within the budgets.

    Raises NotYourTurn while the job keeps its turn and the machine waits for it, Unavailable while
    asking again is worth it, ModelDown when neither is within the release's patience; BudgetSpent,
    JobBudgetSpent, Misconfigured, ConnectorResting and Refused."""
    key, secret = Paced(deps, MODEL), MODEL_KEY if deps.settings.model_secret else None
    worst = [most_of(one, size) for one in requests]
    tokens, kind = max(one.tokens for one in worst), (MODEL, release.workflow)
    visit = PacedVisit(key, record, call, kind, tokens=tokens)
    check_job(deps, record, worst)
    try:
        with taken(key, secret):
            model = _Counted(deps, _Timed(deps, call, deps.model), release.workflow, size)
        with _outages(deps, call), paced(visit, len(requests)):
            yield watched(key, visit, secret, model).answer
    except NotYourTurn as later:
        patience = timedelta(seconds=release.patience_seconds)
        if _waited(deps, record) + timedelta(seconds=later.seconds) > patience:
            raise ModelDown(f"the model asks to wait for longer than {patience}") from None
        committed(deps, call, *waiting(deps, call, MODEL, later))
        raise


@contextmanager
def _outages(deps: Deps, call: Call) -> Iterator[None]:
    """What tells that the model is down is that, and no trouble of a moment."""
    try:
        yield
    except ConnectorResting as rests:
        if rests.misconfigured or isinstance(rests, Paused):
            raise
        raise ModelDown(str(rests)) from None
    except Unavailable as away:
        if call.seconds_left(deps.clock.now()) >= WORTH_ASKING:
            raise
        raise ModelDown(str(away)) from None


def _waited(deps: Deps, record: JobRecord) -> timedelta:
    """Since another state last wrote the job."""
    others = [entry.at for entry in record.audit if entry.actor != "state:Propose"]
    return deps.clock.now() - max(others)


class _Timed:
    """The model, asked for no longer than the function has."""

    def __init__(self, deps: Deps, call: Call, model: Model) -> None:
        self._deps = deps
        self._call = call
        self._model = model

    def answer(self, request: ModelRequest) -> ModelAnswer:
        left = self._call.seconds_left(self._deps.clock.now()) - SPARE_SECONDS
        return self._model.answer(request, max(1.0, min(LONGEST, left)))


class _Counted:
    """The model, each call of which is reserved in the day's budgets, settled there, and told as a
    number."""

    def __init__(self, deps: Deps, model: _Timed, workflow: str, size: Size) -> None:
        self._clock = deps.clock
        self._model = model
        self._budget = DayBudget(deps, workflow)
        self._size = size

    def answer(self, request: ModelRequest) -> ModelAnswer:
        most = most_of(request, self._size)
        held, began = self._budget.reserves(most), self._clock.now()
        try:
            with tracing.span("model"):
                answer = self._model.answer(request)
        except CountersignError as trouble:
            if held:  # without an answer nobody knows what it cost
                held.settles(most if isinstance(trouble, Unavailable) else None)
            raise
        spent = self._size.price.priced(answer.usage, offline=answer.offline)
        _tell_of(self._size.model, spent, self._clock.now() - began)
        _tell_how(self._budget.workflow, request, answer)
        if held:
            held.settles(amount_of(spent))
        return answer


def _tell_of(model: str, spent: Usage, took: timedelta) -> None:
    """By the model's name in our table: what a gateway calls it is no closed set."""
    tokens = spent.input_tokens + spent.output_tokens
    observability.count("ModelTokens", tokens, model=model)
    observability.count("ModelUsd", float(spent.usd), model=model)
    observability.gauge_seconds("ModelSeconds", took.total_seconds(), model=model)


def _tell_how(workflow: str, request: ModelRequest, answer: ModelAnswer) -> None:
    """A repair shows the model its own answer."""
    if any(role == "assistant" for role, _ in request.messages):
        observability.count("ModelRepairs", workflow=workflow)
    if answer.ended in IN_VAIN:
        observability.count("ModelRefusals", workflow=workflow)
