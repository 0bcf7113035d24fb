"""lead_intake: an inbound message becomes a qualified lead, a callback and a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.workflow import workflow
from workflows.lead_intake.actions import ACTIONS, DESTINATIONS, claim, joins, lookups, want
from workflows.lead_intake.contract import HEEDS, LeadAnswer, LeadInput, form_shown, read
from workflows.lead_intake.facts import confidence, history
from workflows.lead_intake.policy import POLICY


def _offline(prompt: str) -> Mapping[str, Any]:
    # Loaded here: its tables and numbering plans take 60 ms that no other step should pay.
    from workflows.lead_intake.offline.answer import offline  # noqa: PLC0415 - as said above

    return offline(prompt)


WORKFLOW = workflow(
    "lead_intake",
    title="Lead intake",
    owner="sales-ops",
    tiers=("sales", "sales-lead"),
    destinations=DESTINATIONS,
    source=LeadInput,
    read=read,
    form_shown=form_shown,
    answer=LeadAnswer,
    actions=ACTIONS,
    lookups=lookups,
    connectors=("crm",),
    propose=want,
    policy=POLICY,
    policy_version="lead_intake/2026-11-29",
    after_failure="replan",
    confidence=confidence,
    offline=_offline,
    claim=claim,
    joins=joins,
    history=history,
    heeds=HEEDS,
)
