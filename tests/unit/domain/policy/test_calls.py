"""The trace of a model's calls: found by name among a job's results, in order; and its bounds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from countersign.domain.contract import Stored
from countersign.domain.policy.calls import ModelCall, calls_of, every_call, spent_by
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelRequest
from tests.builders import AT
from tests.flows import size


def call(plan: int, number: int) -> ModelCall:
    """A call of one plan."""
    return ModelCall(
        plan=plan,
        number=number,
        size="small",
        why="nothing unusual",
        asked=(("user", "x"),),
        request="0",
        model="m",
        offline=False,
        ended="completed",
        content="{}",
        usage=Usage(calls=1),
        milliseconds=5,
        at=AT,
    )


def test_the_calls_of_a_job_come_in_order() -> None:
    """By plan and number, whatever else is stored."""
    made = [call(1, 0), call(0, 1), call(0, 0)]
    results = {one.name: Stored.of(one) for one in made} | {"other": Stored.of(made[0])}
    assert [one.name for one in calls_of(results)] == ["call.0.0", "call.0.1", "call.1.0"]


def test_the_most_that_a_call_can_use_is_its_bytes_and_its_limit() -> None:
    """No text has more tokens than bytes."""
    messages = (("user", "Grüße"),)
    request = ModelRequest(size().model, messages, "s", {}, "", max_output_tokens=9)
    assert request.most == Usage(calls=1, input_tokens=7 + 1 + 2, output_tokens=9)


def test_what_a_job_s_calls_cost_is_read_from_its_own_record() -> None:
    """Those about segments of its input too, which come first, in the order of time."""
    usage = Usage(calls=1, input_tokens=1_000, output_tokens=10, usd=Decimal("0.5"))
    whole = call(0, 0).model_copy(update={"usage": usage})
    parts = [
        whole.model_copy(update={"segment": "lines 1 to 9", "request": name, "at": AT + later})
        for name, later in (("aa", timedelta(seconds=2)), ("bb", timedelta(seconds=1)))
    ]
    held = {one.name: Stored.of(one) for one in (whole, *parts)} | {"input": Stored.of(whole)}
    assert [one.name for one in every_call(held)] == ["answer.bb", "answer.aa", "call.0.0"]
    assert spent_by(held) == Usage(
        calls=3, input_tokens=3_000, output_tokens=30, usd=Decimal("1.5")
    )
