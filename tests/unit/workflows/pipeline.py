"""lead_intake on the bench."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.workflows import bench
from tests.unit.workflows.bench import Bench, Rows
from workflows import WORKFLOWS
from workflows.lead_intake.contract import LeadInput

WORKFLOW = WORKFLOWS["lead_intake"]
_BENCH: Bench[LeadInput] = Bench(WORKFLOW)
Outcome = bench.Outcome[LeadInput]


def read(body: bytes, door: str = "webhook") -> LeadInput:
    """The input in the bytes."""
    return _BENCH.read(body, door)


def judge(
    given: LeadInput,
    records: Rows | None = None,
    answer: Mapping[str, Any] | None = None,
    *,
    offline: bool = False,
) -> Outcome:
    """The outcome of `given`, by the heuristics' answer with the parts of `answer` in it."""
    return _BENCH.judge(given, records, answer, offline=offline)
