"""lead_intake: an inbound message becomes a qualified lead, a callback and a reply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any

from countersign.domain.workflow import Tier, Workflow
from countersign.extraction.messages import dismiss, requester
from workflows.lead_intake.actions import ACTIONS, claim, joins, lookups, want
from workflows.lead_intake.contract import (
    HEEDS,
    MONEY,
    LeadAnswer,
    LeadInput,
    prompt_text,
    read,
    schema,
    source_parts,
    source_text,
)
from workflows.lead_intake.facts import confidence, draft, history
from workflows.lead_intake.policy import POLICY
from workflows.lead_intake.release import release
from workflows.lead_intake.rules import RULES


@lru_cache(maxsize=1)
def workflow() -> Workflow[LeadInput]:
    """The workflow. A function, because its prompt is a packaged file that is read on first use:
    nothing happens at import."""
    return Workflow(
        id="lead_intake",
        title="Lead intake",
        owner="sales-ops",
        success=(
            "every message of a person ends as a lead, a reply or a case in one business day",
            "at least 90 % of drafted replies are approved as they are",
            "the callback is due within two business hours for urgent messages",
        ),
        thresholds=(
            "more than 10 % of leads are rejected or escalated in a week",
            "more than 2 % of jobs end without grounded facts",
            "any reply reaches somebody who opted out, or anybody but the sender",
        ),
        input=LeadInput,
        answer=LeadAnswer,
        release=release(),
        rules=RULES,
        policy=POLICY,
        actions=ACTIONS,
        tiers=(
            Tier(role="sales", within=timedelta(hours=8)),
            Tier(role="sales-lead", within=timedelta(hours=8)),
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
        reads="crm",
        lookups=lookups,
        claim=claim,
        joins=joins,
        want=want,
        heeds=HEEDS,
        money=MONEY,
        history=history,
    )


def _offline(prompt: str) -> Mapping[str, Any]:
    # Loaded here: its tables and numbering plans take 60 ms that no other step should pay.
    from workflows.lead_intake.offline.answer import offline  # noqa: PLC0415 - as said above

    return offline(prompt)
