"""A small workflow for tests, with the release and the situation that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy import rules
from countersign.domain.policy.policy import Policy, PolicyLine
from countersign.domain.policy.prices import Price, Rates
from countersign.domain.policy.records import Records
from countersign.domain.policy.release import Limits, Release, Size
from countersign.domain.workflow import Draft, Tier, Workflow
from tests.builders import AT, JOB_ID, action, fact, proposal


class Letter(Contract):
    """The input of the workflow in tests."""

    CONTRACT: ClassVar[str] = "test.letter"
    VERSION: ClassVar[int] = 1

    text: str


def limits(**numbers: str) -> Limits:
    """Limits of these numbers."""
    return Limits(numbers={n: Decimal(v) for n, v in numbers.items()}, amounts={}, lists={})


def size(name: str = "small", model: str = "small-1", tokens: int = 500, **more: Any) -> Size:
    """A size of model that costs 1 and 4 USD per million tokens."""
    rates = Rates(
        input=Decimal(1), cached=Decimal("0.1"), written=Decimal("1.25"), output=Decimal(4)
    )
    price = Price(provider="p", model=model, endpoint="api", rates=rates, source="the tests")
    return Size(name=name, max_output_tokens=tokens, price=price, **more)


def release(**parts: Any) -> Release:
    """A release of the workflow in tests."""
    usual: dict[str, Any] = {
        "workflow": "letters",
        "prompt": "Read the letter.",
        "sizes": (size(),),
        "limits": limits(longest="80"),
    }
    return Release(**usual | parts)


def situation(text: str = "hello", **parts: Any) -> rules.Situation[Letter]:
    """What the rules look at."""
    usual = rules.Situation(
        job_id=JOB_ID,
        input=Letter(text=text),
        proposal=proposal(),
        records=Records(read_at=AT, found={}),
        limits=limits(longest="80"),
        now=AT,
    )
    return replace(usual, **parts)


def policy(*lines: PolicyLine) -> Policy:
    """A policy of these lines."""
    return Policy(version="letters/1", author="sales-ops", lines=lines)


def workflow(
    lines: Sequence[PolicyLine] = (),
    wants: Sequence[ProposedAction] = (),
    ids: Sequence[str] = ("crm.memo",),
) -> Workflow[Letter]:
    """A workflow that wants `wants` of every letter."""
    return Workflow(
        id="letters",
        title="Letters",
        owner="sales-ops",
        success=(),
        thresholds=(),
        input=Letter,
        answer=Letter,
        release=release(),
        rules=(),
        policy=policy(*lines),
        actions={action_id: action(action_id) for action_id in ids},
        tiers=(Tier(role="sales", within=timedelta(hours=8)),),
        requester=lambda _: "",
        connectors=("crm",),
        read=lambda raw: Letter(text=raw.body.decode()),
        dismiss=lambda letter: "" if letter.text else "the letter is empty",
        source_text=lambda letter: letter.text,
        source_parts=lambda letter: (("text", letter.text),),
        prompt_text=lambda letter: letter.text,
        schema=lambda _: Letter.model_json_schema(),
        draft=lambda letter, _: Draft(
            facts={"text": fact(letter.text)}, wishes=(), drafts={}, confidence=Decimal(1)
        ),
        confidence=lambda _, draft: draft.confidence,
        offline=lambda text: {"text": text},
        lookups=lambda _, __: (),
        joins=lambda mine, theirs, _: mine == theirs,
        want=lambda _: wants,
    )
