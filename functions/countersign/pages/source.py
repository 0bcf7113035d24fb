"""The message in its parts, each under its name, with the supporting quotes highlighted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Workflow
from countersign.pages.text import Pieces, highlighted, label

_LONG = 120
"""Characters above which a part gets a block of its own."""


@dataclass(frozen=True)
class Part:
    """One part: a field of a form, a mail's subject, its text."""

    label: str
    text: Pieces
    long: bool


def source(
    given: Contract, workflow: Workflow[Any], proposal: Proposal | None = None
) -> tuple[Part, ...]:
    """The parts of an input, quotes of the proposal's facts highlighted."""
    quotes = [q for fact in proposal.facts.values() for q in fact.quotes] if proposal else []
    return tuple(_parts(workflow.source_parts(given), quotes))


def _parts(parts: Iterable[tuple[str, str]], quotes: list[str]) -> Iterable[Part]:
    for name, text in parts:
        yield Part(label(name), highlighted(text, quotes), len(text) > _LONG or "\n" in text)
