"""smoke_test: a stage is tried from end to end, on one contact that is nobody's.

`countersign smoke` sends its form, signs on its page, and takes back what was done. It is live in
every stage, so that trying a stage needs no workflow of the business, and touches none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from countersign.actions import crm
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.rules import Situation
from countersign.extraction.forms import FormInput
from countersign.extraction.messages import Optional
from countersign.workflow import Answer, Form, Quoted, ask, forbid, workflow

CONTACT = "success+countersign-smoke-test@simulator.amazonses.com"
"""The one contact that it touches: an address of SES's mailbox simulator, which nobody reads
(docs.aws.amazon.com/ses, “Using the mailbox simulator”)."""


class Asked(Form):
    """What `countersign smoke` sends: a word, which stands in the message too."""

    CONTRACT: ClassVar[str] = "smoke_test.form"
    VERSION: ClassVar[int] = 1

    word: Optional | None = None


class Says(Answer):
    """What the model must answer: so that the stage's own model is tried too."""

    VERSION: ClassVar[int] = 1

    word: Quoted | None


def propose(s: Situation[FormInput]) -> Iterator[ProposedAction]:
    """The contact, whose company is the word that was read."""
    yield crm.UPSERT_CONTACT.proposed(
        target=CONTACT, email=CONTACT, name="Smoke Test", company=s.proposal.value("word") or ""
    )


def misread(s: Situation[FormInput]) -> tuple[str, str] | None:
    """The model read another word than the form states: the model, or its prompt, is wrong."""
    read, stated = s.proposal.value("word") or "nothing", s.input.stated.get("word", "a word")
    return (read, stated) if read != stated else None


def somebody(s: Situation[FormInput]) -> tuple[str, str] | None:
    """The form is about somebody."""
    return (s.input.sender, CONTACT) if s.input.sender != CONTACT else None


WORKFLOW = workflow(
    "smoke_test",
    title="Smoke test",
    owner="operations",
    tiers=["sales-lead"],
    form=Asked,
    answer=Says,
    actions=[crm.UPSERT_CONTACT],
    lookups=[("crm", "contact")],
    propose=propose,
    policy=[
        ask(crm.UPSERT_CONTACT, "This tries the system: nobody is touched, and it is taken back."),
        forbid(
            crm.UPSERT_CONTACT, "the model read {value} where the form says {threshold}", misread
        ),
        forbid(
            crm.UPSERT_CONTACT, "{value} may be somebody: this touches {threshold} only", somebody
        ),
    ],
)
