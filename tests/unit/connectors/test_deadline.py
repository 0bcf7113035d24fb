"""How long an outside system is waited for: never into the function's own time-out."""

from __future__ import annotations

from countersign.connectors.clock import CONNECTOR_SECONDS, LEAST_SECONDS, Deadline


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_a_call_may_take_a_third_of_what_is_left() -> None:
    """Never more than the usual time, and never nothing."""
    hands = Hands()
    deadline = Deadline(hands)
    deadline.begins(60.0)
    shares = []
    for passed in (0, 30, 15, 14):
        hands.at += passed
        shares.append(deadline.share())
    assert shares == [CONNECTOR_SECONDS, CONNECTOR_SECONDS, 5.0, LEAST_SECONDS]


def test_outside_an_invocation_it_is_the_usual_time() -> None:
    """A command of an operator has no time-out of its own."""
    assert Deadline(Hands()).share() == CONNECTOR_SECONDS


def test_each_invocation_begins_anew() -> None:
    """A warm process does not carry over the end of the one before."""
    hands = Hands()
    deadline = Deadline(hands)
    deadline.begins(3.0)
    hands.at += 100
    deadline.begins(90.0)
    assert deadline.share() == CONNECTOR_SECONDS
