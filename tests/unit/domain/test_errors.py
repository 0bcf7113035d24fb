"""Errors: the tree whose class names are the retry policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from countersign.domain import errors
from countersign.domain.limits.pace import Turn
from tests.builders import AT


def test_families_name_every_class_below() -> None:
    """A family is the class itself and everything under it, each once."""
    everything = errors.family(errors.CountersignError)
    assert everything[0] == "CountersignError"
    assert len(set(everything)) == len(everything)
    assert set(errors.family(errors.Transient)) == {
        *("Transient", "Throttled", "Unavailable", "TurnNotBooked"),
        *("StoreConflict", "ClaimHeld"),
    }
    assert errors.family(errors.Refused) == ("Refused",)
    assert set(errors.family(errors.NeedsPerson)) < set(everything)


def test_a_turn_that_is_not_yet_is_told_in_whole_seconds() -> None:
    """The state machine waits for what stands between the two signs; less than one is one."""
    turn = Turn(at=AT, requests=3)
    told = {
        wait: str(errors.NotYourTurn("crm", turn, timedelta(seconds=wait))).split("#")[1]
        for wait in (0.2, 1.0, 2.9, 75.0)
    }
    assert told == {0.2: "1", 1.0: "1", 2.9: "2", 75.0: "75"}


def test_a_busy_connector_says_when_the_turn_comes() -> None:
    """A job that waits in the table for it shows the sentence to people."""
    told = str(errors.ConnectorBusy("crm", AT))
    assert told == f"its turn at crm comes at {AT:%H:%M:%S} UTC"


def test_throttling_may_say_for_how_long() -> None:
    """The seconds that the other side asked for travel with the error, when it gave any."""
    assert errors.Throttled("later").retry_after is None
    assert errors.Throttled("later", 2.5).retry_after == 2.5
    assert str(errors.Throttled("later", 2.5)) == "later"


def test_a_lost_answer_may_be_settled() -> None:
    """Not settled unless said so: asking again may still tell what happened."""
    assert not errors.Ambiguous("no answer").settled
    assert errors.Ambiguous("the same answer again", settled=True).settled
    assert str(errors.Ambiguous("no answer", settled=True)) == "no answer"


def test_a_resting_connector_says_until_when_if_that_is_known() -> None:
    """The sentence names connector and time of day; the time itself travels with the error."""
    known = errors.ConnectorResting("crm", AT)
    assert str(known) == "crm rests until 09:00:00 UTC: it failed too often or asked for a pause"
    assert known.until == AT
    unknown = errors.ConnectorResting("crm")
    assert str(unknown) == "crm rests: it failed too often or asked for a pause"
    assert unknown.until is None


def test_a_refusal_may_name_its_fields() -> None:
    """What the other side would not take, with its code for why; a copy, and empty if unsaid."""
    given = {"email": "INVALID"}
    refused = errors.Refused("the CRM said no", given)
    given.clear()
    assert refused.fields == {"email": "INVALID"}
    assert errors.Refused("the CRM said no").fields == {}


@pytest.mark.parametrize(
    ("given_", "sentence"),
    [
        ({}, ""),
        ({"error": None}, ""),
        ({"error": "text"}, ""),
        ({"error": {"Error": "Refused", "Cause": '{"errorMessage": "the CRM said no"}'}},
         "the CRM said no"),
        ({"error": {"Error": "Refused", "Cause": '{"errorMessage": ""}'}}, "Refused"),
        ({"error": {"Error": "Refused", "Cause": "not JSON"}}, "Refused"),
        ({"error": {"Error": "Refused", "Cause": "[1]"}}, "Refused"),
        ({"error": {"Error": "Refused", "Cause": None}}, "Refused"),
        ({"error": {"Error": "Refused"}}, "Refused"),
        ({"error": {"Error": "KeyError", "Cause": '{"errorMessage": "\'Ana\'"}'}},
         "KeyError in a step"),
        ({"error": {"Error": "States.Timeout", "Cause": ""}}, "States.Timeout in a step"),
        ({"error": {}}, "? in a step"),
    ],
)  # fmt: skip
def test_failures_are_told_by_our_own_sentences(given_: dict[str, Any], sentence: str) -> None:
    """Messages of our own errors are repeated; those of others may hold content and are not."""
    assert errors.failure(given_) == sentence


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        ({"error": {"Error": "ConnectorResting", "Cause": "{}"}}, "ConnectorResting"),
        ({"error": {}}, ""),
        ({"error": "ConnectorResting"}, ""),
        ({}, ""),
    ],
)
def test_the_class_of_a_caught_error_is_read_from_where_a_catch_puts_it(
    given_: dict[str, Any], name: str
) -> None:
    """Anything but an error as Step Functions hands it on has no class."""
    assert errors.failed_with(given_) == name
