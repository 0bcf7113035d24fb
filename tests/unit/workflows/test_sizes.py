"""Which size of model every case is asked of, why, and what that costs beside always the large one.
`pytest -s` prints the table of all cases; docs/operating.md has their sums."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest

from countersign.domain.errors import CountersignError
from countersign.domain.policy.proposal import Usage
from countersign.domain.policy.release import Size
from countersign.domain.workflow import Workflow
from countersign.model import segments
from countersign.model.proposals import by_signs
from countersign.model.rounds import Question, Rounds
from infra.cli.evaluate.inputs import cases_of
from infra.settings import ROOT
from tests.unit.workflows.bench import Bench
from workflows import WORKFLOWS

LETTERS_PER_TOKEN = 4
GUIDE = ROOT / "docs" / "operating.md"
HEAD = "| workflow | asked | of the large model, because | US$ | always large | saved |"


@dataclass(frozen=True)
class Row:
    """One case: the size that it is asked of first, why, and what its answer costs in US$."""

    workflow: str
    case: str
    size: str
    why: str
    usd: Decimal
    always_large: Decimal


Choose = Callable[[Question, Workflow[Any]], Size]


def routed(question: Question, _: Workflow[Any]) -> Size:
    """The product."""
    return question.size


def rows(choose: Choose = routed) -> Iterator[Row]:
    """Every case that a model is asked about."""
    for workflow in WORKFLOWS.values():
        bench = Bench(workflow)
        for name, case in cases_of(f"workflows.{workflow.id}").items():
            try:
                given = bench.read(*case.bytes())
            except CountersignError:
                continue
            if workflow.dismiss(given) or by_signs(workflow, given, workflow.release.limits):
                continue
            yield _row(workflow, name, given, choose)


def _row(workflow: Workflow[Any], name: str, given: Any, choose: Choose) -> Row:
    shown, _ = segments.shown(workflow, given)
    question = Rounds(workflow, workflow.release, given, shown).next(())
    assert isinstance(question, Question)
    size, (small, large) = choose(question, workflow), workflow.release.sizes
    asked = "".join(text for _, text in question.request.messages)
    whole = _usage(asked, workflow.offline(shown))
    parts = list(_segments(workflow, given))
    return Row(
        workflow=workflow.id,
        case=name,
        size=size.name,
        why=question.why,
        usd=size.price.cost(whole) + sum(small.price.cost(one) for one in parts),
        always_large=sum((large.price.cost(one) for one in (whole, *parts)), Decimal(0)),
    )


def _segments(workflow: Workflow[Any], given: Any) -> Iterator[Usage]:
    """What is asked about the segments of a long input, whose size is always the small one."""
    about = workflow.segmented
    for one in about.split(given) if about else ():
        yield _usage(workflow.release.prompt + one.text, about.offline(one.text) if about else {})


def _usage(asked: str, said: Any) -> Usage:
    answer = json.dumps(said, ensure_ascii=False)
    sent, came = (len(text) // LETTERS_PER_TOKEN for text in (asked, answer))
    return Usage(calls=1, input_tokens=sent, output_tokens=came)


@lru_cache(maxsize=1)
def all_rows() -> tuple[Row, ...]:
    """The product's."""
    return tuple(rows())


def asked(found: tuple[Row, ...]) -> list[str]:
    """The workflows that ask a model, in the order of the registry."""
    return [name for name in WORKFLOWS if any(one.workflow == name for one in found)]


def summed(found: tuple[Row, ...]) -> str:
    """The table of the guide: a line for each workflow that asks."""
    lines = [HEAD, "|---|---|---|---|---|---|"]
    for name in asked(found):
        own = [one for one in found if one.workflow == name]
        usd = sum((one.usd for one in own), Decimal(0))
        large = sum((one.always_large for one in own), Decimal(0))
        whys = Counter(_kind(one.why) for one in own if one.size == "large")
        said = ", ".join(f"{why} {count}" for why, count in sorted(whys.items())) or "none"
        lines.append(
            f"| {name} | {len(own)} | {said} | {usd:.4f} | {large:.4f} | {_share(usd, large)} |"
        )
    return "\n".join(lines)


def _kind(why: str) -> str:
    """The feature without its figures."""
    kinds = {"letters": "long", "nobody here reads": "language", "files": "files", "odd": "odd"}
    return next((kind for word, kind in kinds.items() if word in why), "nothing")


def _share(usd: Decimal, large: Decimal) -> str:
    return f"{100 * (1 - usd / large):.0f} %"


def test_the_guide_has_the_sums_of_all_cases() -> None:
    """As they are now: a changed price, prompt or limit changes the guide."""
    for one in all_rows():
        figures = f"{one.usd:.6f} of {one.always_large:.6f}"
        print(f"{one.workflow} · {one.case} · {one.size} · {one.why} · {figures}")  # noqa: T201 - the table
    table = summed(all_rows())
    assert table in GUIDE.read_text(encoding="utf-8"), table


def test_routing_costs_a_part_of_the_large_model() -> None:
    """In every workflow less than half, though what nobody here reads is asked of it."""
    found = all_rows()
    assert len(asked(found)) >= 4
    for name in asked(found):
        own = [one for one in found if one.workflow == name]
        assert sum(one.usd for one in own) < sum(one.always_large for one in own) / 2, name
    assert {_kind(one.why) for one in found if one.size == "large"}


@pytest.mark.control
def test_control_a_constant_choice_saves_nothing_or_reads_nothing_well() -> None:
    """Always the large one costs as much as it does; always the small one is asked about what is
    long or foreign, which the table shows."""
    large = tuple(rows(lambda _, flow: flow.release.sizes[-1]))
    whole = [one for one in large if one.workflow != "transcript_summary"]
    assert sum(one.usd for one in whole) == sum(one.always_large for one in whole)
    small = tuple(rows(lambda _, flow: flow.release.sizes[0]))
    assert summed(large) != summed(all_rows()) != summed(small)
