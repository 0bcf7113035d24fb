"""Stored releases for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from countersign.domain.releases.rollout import Rollout, Statement
from tests.fakes.world import START

GROUND = "0" * 64


def rollout(digest: str, **what: Any) -> Rollout:
    """A release with a changed prompt, over what ships with the code."""
    usual: dict[str, Any] = {
        "workflow": "refund_request",
        "ground": GROUND,
        "over": GROUND,
        "changes": ("prompt",),
        "author": "ana",
        "owner": "operations",
        "reason": "the letters were too long",
        "at": START,
        "statement": Statement(better="fewer edits", smallest=Decimal("0.05"), told="kim"),
        "closes_hours": 48,
    }
    return Rollout(digest=digest, **{**usual, **what})
