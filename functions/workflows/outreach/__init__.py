"""outreach: a list of contacts and a brief become one message for each who may get it, by a plan
that is signed once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from countersign.actions.campaigns import SEND
from countersign.domain.campaigns.campaign import CampaignLane
from countersign.domain.campaigns.contacts import Contact
from countersign.domain.campaigns.groups import GROUPS, group_of
from countersign.domain.errors import InternalError
from countersign.domain.lane.lane import Filed
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.release import Limits, Release
from countersign.domain.workflow import Draft
from countersign.workflow import Answer, Situation, Summary, ask, forbid, workflow
from workflows.outreach.plan import (
    CampaignInput,
    Survey,
    brief_of,
    campaign_of,
    glanced,
    quotes,
    rows,
    shown,
)
from workflows.outreach.report import finish


class Says(Answer):
    """Nothing that a model would add."""

    CONTRACT: ClassVar[str] = "outreach.answer"
    VERSION: ClassVar[int] = 1

    why: Summary | None


def describe(_filed: Filed, _release: Release) -> CampaignInput:
    """The survey does."""
    raise InternalError("a campaign is described by who surveyed its list")


def group(text: str) -> str:
    """The group that a batch is of: a large provider's, or all others together."""
    found = group_of(Contact.model_validate_json(text).address)
    return found if found in GROUPS else ""


def signs(given: CampaignInput, _limits: Limits) -> Draft:
    """All is said by brief and list themselves."""
    facts = {"title": Fact(value=given.title, quotes=(given.title,))}
    return Draft(facts=facts, wishes=(), drafts={}, confidence=Decimal(1))


def propose(s: Situation[CampaignInput]) -> Iterator[ProposedAction]:
    """The plan, once; what came of it wants nothing more."""
    if int(s.input.known["messages"]) > 0:
        said = shown(s.input, s.limits)
        yield SEND.proposed(target=said["sender"], **said)


def nobody(s: Situation[CampaignInput]) -> tuple[str, str] | None:
    """Nobody of the list may be written to."""
    said = s.input.known
    return (said["rows"], "0") if said["messages"] == "0" else None


def unheard(s: Situation[CampaignInput]) -> tuple[str, str] | None:
    """The brief asks for what no campaign does: whoever signs should know that it is not done."""
    lines = brief_of(s.input).unheard
    return ("; ".join(lines)[:300], "") if lines else None


def unreadable(s: Situation[CampaignInput]) -> tuple[str, str] | None:
    """Part of the list is left out."""
    lost = s.input.known["unreadable"]
    return None if lost == "0" else (lost, "0")


WORKFLOW = workflow(
    "outreach",
    title="Campaign",
    owner="sales-ops",
    tiers=["sales-lead"],
    source=CampaignInput,
    read=glanced,
    answer=Says,
    actions=[SEND],
    propose=propose,
    signs=signs,
    # Who uploads a list is one of ours: it has no sender. It is as long as it is.
    without=["sender.unauthenticated", "size.over_limit", "customer.unsure"],
    policy=[
        ask(SEND, "every campaign is signed once, by its plan"),
        forbid(SEND, "nobody of the {value|listed} rows may be written to", nobody, escalate=True),
        ask(SEND, "the brief says what no campaign does: {value}", unheard),
        ask(SEND, "rows of the list that cannot be read, and are left out: {value}", unreadable),
    ],
    lane=CampaignLane(
        read=rows,
        describe=describe,
        finish=finish,
        survey=Survey,
        group=group,
        campaign=campaign_of,
        quotes=quotes,
        batch=50,
        most_rows=500_000,
    ),
)
