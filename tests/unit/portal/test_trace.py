"""The trace of a job's calls in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import JobRecord
from countersign.domain.policy.proposal import Usage
from countersign.portal.trace import Trace, trace
from countersign.web.text import UTC
from tests.builders import proposal, record
from tests.unit.domain.policy.test_calls import call

USED = Usage(
    calls=1, input_tokens=1_200, cached_tokens=200, output_tokens=30, usd=Decimal("0.0012000")
)


def stored(**what: object) -> JobRecord:
    """A job with one call."""
    one = call(0, 0).model_copy(update=what)
    return record(results={one.name: Stored.of(one)})


def told(**what: object) -> Trace:
    """Its trace."""
    found = trace(stored(**what), proposal(dropped={"budget": "<i>9 EUR"}), UTC)
    assert found
    return found


def test_a_call_is_told_with_what_it_used_and_how_it_ended() -> None:
    """Tokens with those of the cache, the exact cost, seconds, and what is wrong with it."""
    (one,) = told(
        ended="truncated", usage=USED, milliseconds=1_500, faults=("the answer was cut",)
    ).calls
    assert one.used == "1,200 tokens in, 200 of them cached, 30 out, US$ 0.0012"
    assert (one.ended, one.took) == ("cut at its limit", "1.5 s")
    assert [fault[0].text for fault in one.faults] == ["the answer was cut"]


def test_what_stands_nowhere_is_told_as_left_out() -> None:
    """By the fact's name, as text and not as markup."""
    ((name, said),) = told().dropped
    assert name == "Budget"
    assert "".join(piece.text for piece in said) == "<i>9 EUR"


def test_a_job_without_calls_has_no_trace() -> None:
    """A form that says all asks no model."""
    assert trace(record(), proposal(), UTC) is None


@pytest.mark.control
def test_control_calls_of_an_older_kind_are_left_out_and_the_page_is_there() -> None:
    """A version that this code does not read would else cost the whole page."""
    held = stored()
    older = {name: one.model_copy(update={"version": 0}) for name, one in held.results.items()}
    assert trace(replace(held, results=older), None, UTC) is None
