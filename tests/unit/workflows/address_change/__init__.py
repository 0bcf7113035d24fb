"""A workflow on one page: what a business writes to have a customer's new address in the CRM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from countersign.actions import crm
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.rules import Situation
from countersign.extraction.forms import FormInput
from countersign.extraction.messages import Optional
from countersign.workflow import Answer, Derived, Form, Quoted, ask, forbid, run, said, workflow

Move = Situation[FormInput]


class Address(Form):
    """What enters; e-mail and message come with Form."""

    country: Optional | None = None


class Says(Answer):
    """What the model must answer."""

    VERSION: ClassVar[int] = 1

    address: Quoted | None
    country: Derived | None


def propose(s: Move) -> Iterator[ProposedAction]:
    """The address goes to the contact that wrote, whatever the message says about others."""
    contact = s.records.first("contact")
    if s.proposal.value("address"):
        params = {"address": said(s, "address"), "country": said(s, "country")}
        email = contact.fields.get("email", "") if contact else s.input.sender
        yield crm.SET_ADDRESS.proposed(target=email, email=email, **params)


def unknown_sender(s: Move) -> bool:
    """Nobody in the CRM has this address."""
    return s.records.first("contact") is None


def other_country(s: Move) -> tuple[str, str] | None:
    """The new country is not the one that the CRM holds."""
    contact = s.records.first("contact")
    held = contact.fields.get("country", "") if contact else ""
    now = said(s, "country")
    return (now, held or "none") if now and now != held else None


WORKFLOW = workflow(
    "address_change",
    title="Address change",
    owner="sales-ops",
    tiers=["sales"],
    form=Address,
    answer=Says,
    actions=[crm.SET_ADDRESS],
    lookups=[("crm", "contact")],
    needs=["address"],
    propose=propose,
    policy=[
        run(crm.SET_ADDRESS, "a change within the country runs by itself"),
        forbid(crm.SET_ADDRESS, "the CRM does not know the sender", unknown_sender),
        ask(crm.SET_ADDRESS, "the new address is in another country", other_country),
    ],
)
