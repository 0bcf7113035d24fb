"""`crm.create_lead`: a deal in the first stage, found again by its action key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from countersign.actions.crm.shared import (
    ACTION_KEY,
    SETTLE,
    amount_of,
    by_key,
    contact_of,
    create_for,
    money_words,
    or_none,
    tidy,
)
from countersign.actions.crm.undo import archived
from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt
from countersign.domain.money import Money
from countersign.domain.ports import Crm


class Lead(Contract):
    """A deal in the pipeline's first stage, associated with the contact of that e-mail."""

    CONTRACT: ClassVar[str] = "crm.create_lead"
    VERSION: ClassVar[int] = 1

    email: str
    title: str
    need: Prose
    owner: str
    budget: Money | None = None
    timeline: str = ""
    source: str = ""


PIPELINE = "default"
FIRST_STAGE = "appointmentscheduled"
"""HubSpot's own names of the first pipeline and its first stage."""


def words(lead: Lead) -> str:
    """The deal in one sentence."""
    budget = f", budget {lead.budget}" if lead.budget else ""
    timeline = f", timeline {lead.timeline}" if lead.timeline else ""
    owner = f"owner {lead.owner}"
    return tidy(f"Open the lead “{lead.title}” for {lead.email}{budget}{timeline}, {owner}.")


def _description(lead: Lead) -> str:
    lines = [lead.need]
    lines += [f"Timeline: {lead.timeline}"] if lead.timeline else []
    lines += [f"Source: {lead.source}"] if lead.source else []
    return "\n".join(lines)


def do(crm: Crm, lead: Lead, key: str) -> Receipt:
    """Create the deal under `key`. Raises Refused when the contact does not exist."""
    fields = {
        "dealname": lead.title,
        "pipeline": PIPELINE,
        "dealstage": FIRST_STAGE,
        "description": _description(lead),
        "hubspot_owner_id": lead.owner,
        ACTION_KEY: key,
    }
    if lead.budget:
        fields["amount"] = amount_of(lead.budget)
        fields["deal_currency_code"] = lead.budget.currency
    return create_for(crm, "deals", lead.email, fields)


def find(crm: Crm, lead: Lead, key: str) -> Receipt | None:  # noqa: ARG001 - the key says it
    """The deal of an interrupted attempt."""
    return by_key(crm, "deals", key)


def read_back(crm: Crm, lead: Lead, receipt: Receipt) -> Mapping[str, str]:
    """What the CRM holds, by the names of `expected`; nothing when the deal is gone."""
    record = or_none(crm, "deals", receipt.id)
    if record is None:
        return {}
    held = record.fields.get
    view = {
        "contact": contact_of(crm, record, lead.email, receipt),
        "title": tidy(held("dealname", "")),
        "description": tidy(held("description", "")),
        "owner": held("hubspot_owner_id", ""),
        "budget": money_words(held("amount", ""), held("deal_currency_code", "")),
    }
    return {name: view[name] for name in expected(lead)}


def expected(lead: Lead) -> Mapping[str, str]:
    """What the CRM must hold. The stage is left out: sellers move a deal on at once."""
    budget = {"budget": str(lead.budget)} if lead.budget else {}
    return {
        "contact": lead.email.lower(),
        "title": tidy(lead.title),
        "description": tidy(_description(lead)),
        "owner": lead.owner,
        **budget,
    }


def _undo_words(lead: Lead) -> str:
    return f"Archive the lead “{lead.title}” of {lead.email}."


CREATE_LEAD: Action[Lead, Crm] = Action(
    id="crm.create_lead",
    version=1,
    connector="crm",
    params=Lead,
    words=words,
    do=do,
    find=find,
    read_back=read_back,
    expected=expected,
    inner=("owner", "source"),
    editable=("title", "need", "timeline"),
    wording=("title", "need", "timeline"),
    undo=archived("deals", _undo_words),
    settle=SETTLE,
)
