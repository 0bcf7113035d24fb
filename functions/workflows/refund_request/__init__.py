"""refund_request: a customer asks for money back; money leaves, so it is bounded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from countersign.domain.workflow import Tier, Workflow
from countersign.extraction.messages import dismiss, requester
from workflows.refund_request.actions import ACTIONS, caps, claim, joins, lookups, want
from workflows.refund_request.contract import (
    MONEY,
    RefundAnswer,
    RefundInput,
    prompt_text,
    read,
    schema,
    source_parts,
    source_text,
)
from workflows.refund_request.facts import changes, confidence, draft, history
from workflows.refund_request.policy import POLICY
from workflows.refund_request.release import release
from workflows.refund_request.rules import RULES


@lru_cache(maxsize=1)
def workflow() -> Workflow[RefundInput]:
    """The workflow. A function, because its prompt is a packaged file that is read on first use:
    nothing happens at import."""
    return Workflow(
        id="refund_request",
        title="Refund request",
        owner="payments-ops",
        success=(
            "every request ends as a refund, an answer or a case in one business day",
            "at least 60 % of requests up to the small limit need no signature",
            "no refund is made twice, to somebody else, or above what was paid",
        ),
        thresholds=(
            "more than 10 % of signed refunds are rejected in a week",
            "any refund ends unknown, or differs from what was authorised",
            "refunds that ran by themselves reach the daily cap on two days of a week",
        ),
        input=RefundInput,
        answer=RefundAnswer,
        release=release(),
        rules=RULES,
        policy=POLICY,
        actions=ACTIONS,
        tiers=(
            Tier(role="refunds", within=timedelta(hours=8)),
            Tier(role="refunds-lead", within=timedelta(hours=8)),
        ),
        requester=requester,
        read=read,
        dismiss=dismiss,
        source_text=source_text,
        source_parts=source_parts,
        prompt_text=prompt_text,
        schema=schema,
        draft=draft,
        confidence=confidence,
        offline=_offline,
        reads="payments",
        lookups=lookups,
        claim=claim,
        joins=joins,
        want=want,
        caps=caps,
        money=MONEY,
        history=history,
        shows={"payments.refund": changes},
    )


def _offline(prompt: str) -> Mapping[str, Any]:
    # Loaded here: its tables of words are for the one step that asks no model.
    from workflows.refund_request.offline.answer import offline  # noqa: PLC0415 - as said above

    return offline(prompt)
