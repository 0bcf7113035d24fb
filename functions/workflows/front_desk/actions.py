"""The plan: each matter for whoever takes it, a destination once."""

from __future__ import annotations

from collections.abc import Iterator

from countersign.actions.desk import HAND_OVER, HandOver
from countersign.domain.ledger.action import ProposedAction
from workflows.front_desk import facts
from workflows.front_desk.facts import Desk

_MOST_QUOTES, _LONGEST = 4, 300


def came_from(situation: Desk, _: HandOver) -> tuple[tuple[str, str], ...]:
    """What who says where it belongs should know."""
    given = situation.input
    return (("From", given.sender or given.sender_name), ("Subject", given.subject))


def propose(situation: Desk) -> Iterator[ProposedAction]:
    """Nothing of what is surely spam. The numbers name the children: the first plan begins at one,
    and nothing is planned anew once a child is there."""
    if facts.is_surely_spam(situation):
        return
    for number, share in enumerate(facts.shares(situation), 1):
        yield HAND_OVER.proposed(
            target=f"matter {number}",
            number=number,
            destination=share.destination,
            about=share.about,
            quotes=tuple(quote[:_LONGEST] for quote in share.quotes[:_MOST_QUOTES]),
            choices=situation.limits.list("desk.destinations"),
        )
