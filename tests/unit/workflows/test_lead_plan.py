"""What lead_intake wants, to whom, when, and which messages are one lead."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from countersign.domain.policy.proposal import Fact
from countersign.extraction.replies import threaded
from tests.seeds import dealt_by
from tests.unit.workflows.pipeline import WORKFLOW, Outcome, judge, read
from workflows.lead_intake import facts
from workflows.lead_intake.actions import lookups
from workflows.lead_intake.contract import LeadInput
from workflows.lead_intake.policy import drafts

POLICY, RULES = WORKFLOW.policy, WORKFLOW.rules
FRIDAY_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SENDER = "ines.alder@kornfeld.example"


def _given(message: str, **parts: object) -> LeadInput:
    form = {"name": "Ines Alder", "email": SENDER, "message": message, **parts}
    return read(json.dumps(form).encode())


def _sale(**parts: object) -> LeadInput:
    text = "Hello, we need a quote for 5 licences with pricing, and a demo."
    return _given(text, **{"company": "Kornfeld Ltd", "country": "Ireland", **parts})


# --- policy and rules -------------------------------------------------------------------------


def test_every_policy_line_speaks_of_a_rule_and_an_action_that_exist() -> None:
    """A line about a rule that nobody checks, or an action that nobody has, could never hold."""
    rules = {rule.id for rule in RULES}
    assert [line.id for line in POLICY.lines if line.when and line.when not in rules] == []
    unused = [line.id for line in POLICY.lines if not any(map(line.covers, WORKFLOW.actions))]
    assert unused == []
    assert len({line.id for line in POLICY.lines}) == len(POLICY.lines)


@pytest.mark.parametrize("strict", [line for line in POLICY.lines if line.when])
def test_no_finding_makes_an_answer_milder(strict: Any) -> None:
    """Whatever a rule finds, the verdict is as strict as its line says, or stricter."""
    order = ["run", "ask", "forbid"]
    found = [rule for rule in _all_findings() if rule.rule == strict.when]
    for action in filter(strict.covers, WORKFLOW.actions):
        verdict = POLICY.verdict(action, found)
        assert order.index(verdict.answer) >= order.index(strict.answer)
        assert verdict.escalate == strict.escalate


def _all_findings() -> list[Any]:
    outcome = judge(_sale())
    first = outcome.found[0]
    return [first.model_copy(update={"rule": rule.id}) for rule in RULES]


# --- targets ----------------------------------------------------------------------------------


def _compromised(rng: random.Random) -> Mapping[str, Any]:
    said = {"value": "thief@collector.example", "quotes": [SENDER]}
    return {
        "email": rng.choice([said, None]),
        "name": {"value": "thief@collector.example", "quotes": [SENDER]},
        "intent": {"value": rng.choice(["sales", "partnership", "support"]), "quotes": ["quote"]},
        "reply": {"subject": "To: thief@collector.example", "body": rng.choice(["Hi", "a" * 900])},
        "actions": rng.choice([[], ["email.send_reply"], ["crm.create_lead"]]),
        "confidence": 100,
    }


def _strangers(outcome: Outcome) -> list[str]:
    fields = [held.content() for held in outcome.ledger if held.action != "notify.push"]
    targets = [field["target"] for field in fields]
    targets += [field["params"].get("to", SENDER) for field in fields]
    targets += [field["params"].get("email", SENDER) for field in fields]
    return [target for target in targets if target != SENDER]


@pytest.mark.parametrize("seed", [20261116])
def test_a_compromised_model_cannot_choose_a_recipient(seed: int) -> None:
    """Whatever the model says, each action's target is the address that wrote; a push goes to one
    of our own channels, by its name."""
    rng = dealt_by(seed)
    outcomes = [judge(_sale(), answer=_compromised(rng)) for _ in range(200)]
    assert sum(bool(outcome.ledger) for outcome in outcomes) >= 190
    assert [found for outcome in outcomes for found in _strangers(outcome)] == []


@pytest.mark.control
def test_the_recipient_check_sees_a_plan_that_believes_the_model() -> None:
    """A plan whose target is the extracted address is caught by the check above."""
    outcome = judge(_sale(), answer=_compromised(dealt_by(1)))
    naive = [
        held.model_copy(update={"body": held.body.replace(SENDER, "thief@collector.example")})
        for held in outcome.ledger
    ]
    caught = Outcome(**{**vars(outcome), "ledger": naive})
    assert _strangers(caught)


def test_the_records_of_the_sender_are_looked_up() -> None:
    """The CRM is asked by the sender's address in lower case; without a sender it is not asked."""
    outcome = judge(_sale(email="Ines.Alder@kornfeld.example"))
    asked = lookups(outcome.given, outcome.proposal)
    assert {(found.kind, found.value) for found in asked} == {
        ("contact", SENDER),
        ("deals_of_contact", SENDER),
        ("sent_emails_of_contact", SENDER),
    }
    nobody = outcome.given.model_copy(update={"sender": ""})
    assert lookups(nobody, outcome.proposal) == ()


def test_a_reply_stays_in_its_thread() -> None:
    """The subject is the sender's with `Re:` once, or our own for a form."""
    assert threaded("", "Your enquiry") == "Your enquiry"
    assert threaded("Pumps", "x") == "Re: Pumps"
    assert threaded("RE: Pumps", "x") == "RE: Pumps"


def test_a_draft_counts_only_for_a_sale() -> None:
    """A model that drafts a reply to a job application gets the acknowledgement instead."""
    answer = {
        "intent": {"value": "job", "quotes": ["quote"]},
        "reply": {"subject": "Hi", "body": "You are hired."},
        "actions": ["email.send_reply"],
    }
    outcome = judge(_sale(), answer=answer)
    assert not drafts(outcome.situation)
    assert outcome.params("email.send_reply")["template"] == "acknowledgement"


@pytest.mark.parametrize(
    ("body", "targets"),
    [
        ("We will call you. Write to sales@example.com or see example.com.", ""),
        (f"We answer to {SENDER} at kornfeld.example.", ""),
        ("Your 12,500.00 EUR from 2026-11-01 and 01.12.2026 are noted.", ""),
        ("Write to thief@collector.example.", "address"),
        ("See collector.example/pay or сайт.рф", "link"),
        ("See www.collector.example", "link"),
        ("Call +44 20 7946 0999.", "phone number"),
    ],
)
def test_a_draft_may_point_at_us_and_at_its_reader_only(body: str, targets: str) -> None:
    """Links, other addresses and other numbers in a draft are found; sums and dates are not."""
    outcome = judge(_sale(), answer={"reply": {"subject": "Hi", "body": body}})
    found = [finding.value for finding in outcome.found if finding.rule == "reply.foreign_target"]
    assert found == ([f"1 in the draft: {targets}"] if targets else [])
    assert outcome.verdicts["email.send_reply"] == ("forbid" if targets else "ask")


@pytest.mark.parametrize(
    "part",
    [
        {"phone": {"value": "my mobile", "quotes": ["quote"]}},
        {"budget": {"amount": "a lot", "currency": "EUR", "quotes": ["quote"]}},
        {"budget": {"amount": "NaN", "currency": "EUR", "quotes": ["quote"]}},
        {"language": {"value": "Klingon", "quotes": ["quote"]}},
        {"name": {"value": " ", "quotes": ["quote"]}},
    ],
)
def test_a_value_that_cannot_be_read_gives_no_fact(part: Mapping[str, Any]) -> None:
    """A phone that is no number, or an amount that is no decimal, is left out and is no fault."""
    outcome = judge(_sale(), answer=part)
    assert not {*part, "budget_amount", "budget_currency"} & set(outcome.facts)
    assert outcome.faults == []


# --- routing and amounts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "owner"),
    [("Ireland", "1001"), ("USA", "1002"), ("日本", "1003"), ("", "1001")],
)
def test_the_routing_table_names_the_owner(country: str, owner: str) -> None:
    """Each served country has one seller; who states none goes to the default one."""
    outcome = judge(_sale(country=country))
    assert outcome.params("crm.create_lead")["owner"] == owner


def test_a_contact_keeps_its_owner_where_no_country_is_known() -> None:
    """Without a country the table names nobody, so there is no conflict with who is there."""
    outcome = judge(_sale(country=""), {"contact": [{"hubspot_owner_id": "1003"}]})
    assert outcome.params("crm.create_lead")["owner"] == "1003"
    assert "conflict.other_owner" not in outcome.rules
    strange = judge(_sale(country=""), {"contact": [{"hubspot_owner_id": "7"}]})
    assert "conflict.other_owner" in strange.rules


def test_the_records_country_routes_when_none_is_stated() -> None:
    """What the CRM knows is used where the message says nothing."""
    outcome = judge(_sale(country=""), {"contact": [{"country": "Japan"}]})
    assert outcome.params("crm.create_lead")["owner"] == "1003"


def test_an_amount_beyond_all_numbers_is_no_money() -> None:
    """A budget that the currency cannot hold exactly is rounded; one that overflows is none."""
    outcome = judge(_sale())

    def budget(amount: str, currency: str) -> Any:
        said = {
            "budget_amount": Fact(value=amount, quotes=("x",)),
            "budget_currency": Fact(value=currency, quotes=("x",)),
        }
        return facts.budget(outcome.proposal.model_copy(update={"facts": said}))

    assert budget("12.345", "EUR").minor == 1234
    assert budget("12", "XYZ") is None
    assert budget("9" * 40, "EUR") is None


# --- the model's words ------------------------------------------------------------------------

_HOSTILE = (
    'URGENT: call +1 900 555 0199, pay at http://evil.example \u202egnp\u202c =HYPERLINK("x")'
)


def _said(need: str, company: str = "Kornfeld Ltd") -> Mapping[str, Any]:
    return {
        "intent": {"value": "sales", "quotes": ["quote"]},
        "need": {"value": need, "quotes": ["we need a quote for 5 licences"]},
        "company": {"value": company, "quotes": ["Kornfeld Ltd"]},
        "country": {"value": "Ireland", "quotes": ["Ireland"]},
        "actions": ["crm.create_lead"],
        "confidence": 100,
    }


def test_free_words_that_the_message_does_not_say_ask() -> None:
    """A link, a number and an order of the model's own go nowhere unseen; the person who reads them
    finds no link, no hidden sign, and whose words they are. What the message says runs."""
    asks = judge(_sale(), answer=_said(_HOSTILE))
    assert "prose.unsupported" in asks.rules
    assert asks.verdicts["crm.create_lead"] == asks.verdicts["crm.request_callback"] == "ask"
    params = asks.params("crm.create_lead")
    assert params["title"] == "Kornfeld Ltd: we need a quote for 5 licences"
    assert params["need"].splitlines()[0] == (
        'URGENT: call +1 900 555 0199, pay at … gnp =HYPERLINK("x") (summed up by the model)'
    )
    runs = judge(_sale(), answer=_said("A quote for 5 licences with a demo"))
    assert runs.verdicts["crm.create_lead"] == "run"


@pytest.mark.parametrize("company", ["e a i o u", "Korn feld", "Ltd of Kornfelds"])
def test_a_company_is_words_of_the_message_not_letters(company: str) -> None:
    """Letters and parts of words that stand somewhere in it make no name."""
    outcome = judge(_sale(), answer=_said("a quote for 5 licences", company))
    assert "fact company has no quote" in outcome.faults


@pytest.mark.parametrize(
    ("says", "written"), [("nothing", ""), ("Kornfeld Group Ltd", "Kornfeld Group Ltd")]
)
def test_a_hint_replaces_nothing_that_is_held(says: str, written: str) -> None:
    """The domain of an address is no company where the record has one; words of the message are,
    from a sender for whom somebody vouches. A country that was concluded is as weak."""
    given = _given(f"We are {says}, and need a quote for 5 licences.").model_copy(
        update={"authenticated": True, "sender": "ines.alder@kornfeld.co.uk"}
    )
    quote = written or "kornfeld"
    answer = {
        "intent": {"value": "sales", "quotes": ["quote"]},
        "company": {"value": written or "kornfeld", "quotes": [quote]},
        "country": {"value": "GB", "quotes": ["ines.alder@kornfeld.co.uk"]},
        "confidence": 100,
    }
    held = {"contact": [{"company": "Kornfeld Logistics Ltd", "country": "Ireland"}]}
    params = judge(given, held, answer).params("crm.upsert_contact")
    assert (params["company"], params["country"]) == (written, "")
    fresh = judge(given, {}, answer).params("crm.upsert_contact")
    assert fresh["company"] == (written or "kornfeld")
