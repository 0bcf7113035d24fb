"""refund_request: a customer asks for money back; money leaves, so it is bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.actions.payments import changes
from countersign.workflow import workflow
from workflows.refund_request.actions import ACTIONS, caps, claim, joins, lookups, want
from workflows.refund_request.contract import RefundAnswer, RefundInput, form_shown, read
from workflows.refund_request.facts import confidence, evidence, history
from workflows.refund_request.policy import POLICY, WITHOUT


def _offline(prompt: str) -> Mapping[str, Any]:
    # Loaded here: its tables of words are for the one step that asks no model.
    from workflows.refund_request.offline.answer import offline  # noqa: PLC0415 - as said above

    return offline(prompt)


WORKFLOW = workflow(
    "refund_request",
    title="Refund request",
    owner="payments-ops",
    tiers=("refunds", "refunds-lead"),
    destinations=("large_refund",),
    source=RefundInput,
    read=read,
    form_shown=form_shown,
    answer=RefundAnswer,
    actions=ACTIONS,
    lookups=lookups,
    connectors=("payments",),
    propose=want,
    policy=POLICY,
    without=WITHOUT,
    policy_version="refund_request/2026-11-29",
    confidence=confidence,
    offline=_offline,
    claim=claim,
    joins=joins,
    caps=caps,
    history=history,
    shows={"payments.refund": changes},
    evidence={"payments.refund": evidence},
    passing=frozenset({"also asked", "refunded before"}),
)
