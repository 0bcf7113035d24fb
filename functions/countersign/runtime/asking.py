"""Asking the model: in its turn, for as long as its workflow waits, and not while it is down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

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
from countersign.runtime.budgets import Budget, DayBudget, amount_of, check_job, most_of
from countersign.runtime.connectors import MODEL, MODEL_KEY
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.retry import watched
from countersign.runtime.step import Call, committed
from countersign.runtime.visits import Entered, PacedVisit, paced, waiting

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
    worst = [most_of(one, size) for one in requests]
    tokens, kind = max(one.tokens for one in worst), (MODEL, release.workflow)
    visit = PacedVisit(Paced(deps, MODEL), record.job, call, kind, tokens=tokens)
    check_job(deps, record, worst)
    try:
        asker = Asker(deps, call, visit, DayBudget(deps, release.workflow), release.workflow)
        with outages(deps, call), paced(visit, len(requests)):
            yield partial(asker.answer, size)
    except NotYourTurn as later:
        patience = timedelta(seconds=release.patience_seconds)
        if _waited(deps, record) + timedelta(seconds=later.seconds) > patience:
            raise ModelDown(f"the model asks to wait for longer than {patience}") from None
        committed(deps, call, *waiting(deps, call, MODEL, later))
        raise


class Asker:
    """The model, asked in a visit's turns and within a budget."""

    def __init__(
        self, deps: Deps, call: Entered, visit: PacedVisit, budget: Budget, workflow: str
    ) -> None:
        """Raises Misconfigured for a key that is missing."""
        self._visit = visit
        self._key = Paced(deps, MODEL)
        self._secret = MODEL_KEY if deps.settings.model_secret else None
        with taken(self._key, self._secret):
            model = _Timed(deps, call, deps.model)
        self._model = _Counted(deps, model, budget, workflow)

    def answer(self, size: Size, request: ModelRequest) -> ModelAnswer:
        """Of a model of that size."""
        port = _Sized(self._model, size)
        return watched(self._key, self._visit, self._secret, port).answer(request)


@contextmanager
def outages(deps: Deps, call: Entered) -> Iterator[None]:
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

    def __init__(self, deps: Deps, call: Entered, model: Model) -> None:
        self._deps = deps
        self._call = call
        self._model = model

    def answer(self, request: ModelRequest) -> ModelAnswer:
        left = self._call.seconds_left(self._deps.clock.now()) - SPARE_SECONDS
        return self._model.answer(request, max(1.0, min(LONGEST, left)))


class _Counted:
    """The model, each call of which is reserved in the budgets, settled there, and told as a
    number."""

    def __init__(self, deps: Deps, model: _Timed, budget: Budget, workflow: str) -> None:
        self._clock = deps.clock
        self._model = model
        self._budget = budget
        self._workflow = workflow

    def answer(self, size: Size, request: ModelRequest) -> ModelAnswer:
        most = most_of(request, size)
        held, began = self._budget.reserves(most), self._clock.now()
        try:
            with tracing.span("model"):
                answer = self._model.answer(request)
        except CountersignError as trouble:
            if held:  # without an answer nobody knows what it cost
                held.settles(most if isinstance(trouble, Unavailable) else None)
            raise
        spent = size.price.priced(answer.usage, offline=answer.offline)
        _tell_of(size.model, spent, self._clock.now() - began)
        _tell_how(self._workflow, request, answer)
        if held:
            held.settles(amount_of(spent))
        return answer


class _Sized:
    """The model in one of its sizes."""

    def __init__(self, model: _Counted, size: Size) -> None:
        self._model = model
        self._size = size

    def answer(self, request: ModelRequest) -> ModelAnswer:
        return self._model.answer(self._size, request)


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
