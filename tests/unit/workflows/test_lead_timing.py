"""When a callback of lead_intake is due, which messages are one lead, and how sure we are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.workflows.pipeline import judge, read
from workflows.lead_intake.actions import claim, due_at, joins
from workflows.lead_intake.contract import LeadInput

FRIDAY_NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SUMMER_AFTERNOON = datetime(2026, 7, 15, 13, 30, tzinfo=UTC)
SENDER = "ines.alder@kornfeld.example"


def _given(message: str, **parts: object) -> LeadInput:
    form = {"name": "Ines Alder", "email": SENDER, "message": message, **parts}
    return read(json.dumps(form).encode())


def _sale(**parts: object) -> LeadInput:
    text = "Hello, we need a quote for 5 licences with pricing, and a demo."
    return _given(text, **{"company": "Kornfeld Ltd", "country": "Ireland", **parts})


# --- due times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "hours", "zone", "due"),
    [
        (FRIDAY_NOON, 2, "Europe/Berlin", "2026-11-20T14:00:00+00:00"),
        (FRIDAY_NOON, 8, "Europe/Berlin", "2026-11-23T12:00:00+00:00"),
        (FRIDAY_NOON, 24, "Europe/Berlin", "2026-11-25T12:00:00+00:00"),
        (FRIDAY_NOON + timedelta(days=1), 2, "Europe/Berlin", "2026-11-23T10:00:00+00:00"),
        (FRIDAY_NOON, 2, "America/New_York", "2026-11-20T16:00:00+00:00"),
        (FRIDAY_NOON, 2, "Asia/Singapore", "2026-11-23T03:00:00+00:00"),
        (FRIDAY_NOON + timedelta(minutes=7), 2, "Europe/Berlin", "2026-11-20T14:15:00+00:00"),
        # In summer Berlin is two hours ahead: half an hour is left for the next morning.
        (
            datetime(2026, 7, 15, 13, 30, tzinfo=UTC),
            2,
            "Europe/Berlin",
            "2026-07-16T07:30:00+00:00",
        ),
    ],
)
def test_a_callback_is_due_in_the_owners_business_hours(
    now: datetime, hours: int, zone: str, due: str
) -> None:
    """Hours count from 9 to 17 on weekdays of the owner's zone, to the next quarter."""
    assert due_at(now, hours, zone).isoformat() == due


def test_nobody_is_called_on_a_holiday() -> None:
    """A day that the company's stage file names is no working day."""
    due = due_at(FRIDAY_NOON, 8, "Europe/Berlin", ["2026-11-23"])
    assert due.isoformat() == "2026-11-24T12:00:00+00:00"


def test_urgency_moves_the_due_time() -> None:
    """An urgent message is due in two business hours, a relaxed one in three days."""
    urgent = judge(_given("We urgently need a quote with pricing for 5 licences.", country="IE"))
    denied = judge(_given("Nicht dringend: wir benötigen ein Angebot mit Preisen.", country="DE"))
    assert denied.params("crm.request_callback")["due_at"] == "2026-11-17T10:00:00.000000Z"
    calm = judge(_given("No rush: we need a quote with pricing for 5 licences.", country="IE"))
    assert urgent.params("crm.request_callback")["due_at"] == "2026-11-16T12:00:00.000000Z"
    assert calm.params("crm.request_callback")["due_at"] == "2026-11-19T10:00:00.000000Z"


# --- duplicates -------------------------------------------------------------------------------


def _claimed(message: str) -> Any:
    outcome = judge(_given(message))
    return claim(outcome.given, outcome.proposal, outcome.situation.limits)


def test_the_same_need_in_other_words_joins() -> None:
    """Half of the smaller set of word stems in common is one need."""
    first = _claimed("We need a quote for 40 licences of your dispatch software for two teams.")
    again = _claimed("Any news? We still need that quote for the dispatch software licences.")
    assert first.key == again.key
    assert first.days == 30
    assert joins(again.body, first.body, hours=20)


def test_another_need_of_the_same_contact_is_another_lead() -> None:
    """Desks and scanners are two leads, unless both were written within ten minutes."""
    desks = _claimed("We need a quote for 60 height-adjustable desks for the London office.")
    scanners = _claimed("Please send pricing for handheld barcode scanners in our warehouse.")
    assert not joins(scanners.body, desks.body, hours=20)
    assert joins(scanners.body, desks.body, hours=0.1)


def test_needs_without_spaces_between_words_are_compared_too() -> None:
    """Japanese has no spaces: pairs of characters take the place of words."""
    first = _claimed("倉庫管理システムの見積をお願いいたします。")
    again = _claimed("倉庫管理システムの見積はいつ届きますか。")
    assert joins(again.body, first.body, hours=20)
    assert not joins("", first.body, hours=20)


def test_a_claim_keeps_no_address_and_no_text() -> None:
    """The row outlives the message, so it holds a digest and word stems."""
    held = _claimed("We need a quote for 40 licences of your dispatch software for two teams.")
    assert SENDER not in held.key + held.body
    assert "dispatch software" not in held.body


def test_only_a_sale_claims() -> None:
    """Who asks for help is not late for a lead."""
    assert _claimed("The scanner does not work, it shows an error.") is None


# --- confidence -------------------------------------------------------------------------------


def test_confidence_rises_with_evidence_and_has_a_ceiling() -> None:
    """A clear form is sure, a thin one is not, and nothing that read free text is above 0.95."""
    clear = judge(_sale(phone="+353 1 555 0123")).proposal.confidence
    thin = judge(_given("how much?")).proposal.confidence
    assert Decimal("0.80") <= clear <= Decimal("0.95")
    assert thin < Decimal("0.80")


def test_a_model_that_contradicts_the_form_is_less_sure() -> None:
    """Form fields that the facts do not repeat take confidence away."""
    wrong = {"name": {"value": "Bo", "quotes": ["Bo"]}, "company": None, "country": None}
    contradicted = judge(_sale(), answer=wrong).proposal.confidence
    assert contradicted < judge(_sale()).proposal.confidence


def test_an_answer_without_facts_is_worth_little() -> None:
    """A model that says nothing but that it is sure does not pass the limit."""
    nothing = dict.fromkeys(
        ("name", "email", "phone", "company", "country", "intent", "need", "budget", "timeline")
    )
    empty = {**nothing, "urgency": None, "language": None, "summary": None, "confidence": 100}
    outcome = judge(_sale(), answer=empty)
    assert outcome.draft.facts == {}
    assert outcome.proposal.confidence < Decimal("0.5")
