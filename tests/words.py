"""A workflow over files of many items, for tests: every line of a file is a word, which is counted.

A line `skip` is skipped, `bad` fails, `lost` nobody can tell of, `boom` is a defect of the worker,
and one that begins with `?` cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import TextIOWrapper
from typing import Any, ClassVar

from countersign.actions import bulk
from countersign.domain.contract import Contract
from countersign.domain.errors import Ambiguous
from countersign.domain.lane.lane import (
    Asking,
    Document,
    Done,
    Failed,
    Figure,
    Filed,
    Lane,
    Open,
    Pinned,
    Settled,
    Skipped,
    Told,
    Unreadable,
    Worked,
)
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.policy.release import Release
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Draft, Workflow
from tests import flows
from tests.builders import fact
from tests.flows import Letter

WORDS = "words"


def read(opening: Open) -> Iterator[str | Unreadable]:
    """Every line."""
    with TextIOWrapper(opening(), "utf-8") as lines:
        for line in lines:
            word = line.rstrip("\n")
            yield Unreadable("the line begins with a question mark") if word[:1] == "?" else word


def describe(filed: Filed, _: Release) -> Letter:
    """What is known of the file, as text."""
    known = filed.model_dump(include={"rows", "quarantined", "digest"})
    return Letter(text=json.dumps(known))


def work(_: Pinned[Letter], word: str, told: Told) -> Worked:
    """The word's length, and what the model said of it."""
    if word == "lost":
        raise Ambiguous("nobody can tell")
    if word == "boom":
        raise KeyError(word)
    ends: dict[str, Worked] = {"skip": Skipped("words.skip"), "bad": Failed("the word is bad")}
    said = {"said": told.answer.said} if told.answer else {"why": told.why} if told.why else {}
    return ends.get(word, Done({"length": len(word), **said}))


def finish(
    _: Pinned[Letter], _open: Open, settled: Iterable[Settled]
) -> Iterator[Document | Figure]:
    """One line for each row, and how many there are."""
    lines = [f"{one.number} {one.state} {json.dumps(one.result)}\n" for one in settled]
    yield "words.txt", "".join(lines).encode()
    yield Figure("lines", str(len(lines)))


class Said(Contract):
    """What the model says of a word."""

    CONTRACT: ClassVar[str] = "words.said"
    VERSION: ClassVar[int] = 1

    said: str


ASKS: Asking[Letter] = Asking(
    answer=Said,
    shown=lambda _of, word: "" if word == "skip" else f"the word {word}",
    faults=lambda _of, word, answer: () if word in answer.said else (f"it is about {word}",),
    offline=lambda shown: {"said": shown},
)
"""The model says of each word but `skip` something with the word in it."""


def want(s: Situation[Letter]) -> list[ProposedAction]:
    """The run; and once it is over, nothing more."""
    return [bulk.RUN.proposed(target=WORDS, file="words.txt", **_order(s.input))]


def _order(given: Letter) -> dict[str, Any]:
    return {**json.loads(given.text), "failed_at_most": Decimal("0.3")}


def workflow(batch: int = 10, **lane: Any) -> Workflow[Letter]:
    """The workflow, with so many items in a batch."""
    runs = PolicyLine("counting", ("*",), Answer.RUN, sentence="counting runs by itself")
    usual: dict[str, Any] = {
        "read": read,
        "describe": describe,
        "work": work,
        "finish": finish,
        "batch": batch,
    }
    signs = Draft(facts={"text": fact("words")}, wishes=(), drafts={}, confidence=Decimal(1))
    return replace(
        flows.workflow([runs]),
        id=WORDS,
        title="Words",
        actions={bulk.RUN.id: bulk.RUN},
        want=want,
        signs=lambda _given, _limits: signs,
        lane=Lane(**usual | lane),
    )
