"""The CRM's actions do what their words say, once, and what they wrote is read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from countersign.actions.crm import (
    CREATE_LEAD,
    REQUEST_CALLBACK,
    UPSERT_CONTACT,
    Callback,
    Contact,
    Lead,
)
from countersign.actions.crm_text import (
    first_and_last,
    html_notes,
    instant_ms,
    money_words,
    phone_digits,
    plain_notes,
    same_instant,
)
from countersign.domain.actions import Action, Receipt
from countersign.domain.errors import Ambiguous, Refused
from countersign.domain.money import Money
from tests.fakes.crm import FakeCrm

ADA = "ada.quill@example.com"
CONTACT = Contact(
    email="Ada.Quill@Example.com",
    name="Ada Maria Quill",
    phone="+15550100",
    company="Quill & Sons",
    country="GB",
    language="en",
    owner="1001",
)
LEAD = Lead(
    email=ADA,
    title="Forty scanners",
    need="Forty handheld scanners",
    owner="1001",
    budget=Money(amount=Decimal("1250.00"), currency="EUR"),
    timeline="by June",
    source="web form",
)
CALLBACK = Callback(
    email=ADA,
    title="Call Ada back",
    notes="Prefers mornings\n<b>urgent</b> & new",
    owner="1002",
    due_at=datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1))),
)
CASES: tuple[tuple[Action[Any, Any], Any], ...] = (
    (UPSERT_CONTACT, CONTACT),
    (CREATE_LEAD, LEAD),
    (REQUEST_CALLBACK, CALLBACK),
)
each = pytest.mark.parametrize(("action", "params"), CASES, ids=[a.id for a, _ in CASES])


def crm_for(params: Any) -> FakeCrm:
    """A CRM in which the action can run: a lead or a callback needs its contact."""
    crm = FakeCrm()
    if not isinstance(params, Contact):
        crm.has_contact(ADA)
    return crm


def found(action: Action[Any, Any], crm: FakeCrm, params: Any, key: str) -> Receipt | None:
    """What the action finds of an interrupted attempt."""
    assert action.find
    return action.find(crm, params, key)


def read(action: Action[Any, Any], crm: FakeCrm, params: Any, receipt: Receipt) -> dict[str, str]:
    """What the action reads back."""
    assert action.read_back
    return dict(action.read_back(crm, params, receipt))


@each
def test_what_was_done_is_read_back(action: Action[Any, Any], params: Any) -> None:
    """After `do` the CRM holds exactly what is expected, by one write."""
    crm = crm_for(params)
    receipt = action.do(crm, params, "cs-1")
    assert read(action, crm, params, receipt) == dict(action.expected(params))
    assert [write.id for write in crm.journal] == [receipt.id]


@each
def test_doing_it_twice_is_one_effect(action: Action[Any, Any], params: Any) -> None:
    """The same key, or the same contact, never makes a second object or a second write."""
    crm = crm_for(params)
    first = action.do(crm, params, "cs-1")
    assert action.do(crm, params, "cs-1").id == first.id
    assert len(crm.journal) == 1


@each
def test_an_interrupted_attempt_is_found(action: Action[Any, Any], params: Any) -> None:
    """The answer was lost: nothing is found before, the effect is found after."""
    crm = crm_for(params)
    assert found(action, crm, params, "cs-1") is None
    crm.loses_the_answer()
    with pytest.raises(Ambiguous):
        action.do(crm, params, "cs-1")
    receipt = found(action, crm, params, "cs-1")
    assert receipt
    assert read(action, crm, params, receipt) == dict(action.expected(params))


@each
@pytest.mark.control
def test_a_lie_is_seen_by_reading_back(action: Action[Any, Any], params: Any) -> None:
    """Control: `do` alone believes the CRM's answer; reading back does not."""
    crm = crm_for(params)
    crm.lies()
    receipt = action.do(crm, params, "cs-1")
    assert receipt.id
    assert read(action, crm, params, receipt) != dict(action.expected(params))


@each
def test_a_deleted_object_reads_back_as_nothing(action: Action[Any, Any], params: Any) -> None:
    """That it is gone is an answer, not an error."""
    crm = crm_for(params)
    receipt = action.do(crm, params, "cs-1")
    crm.somebody_deletes(receipt.id)
    assert read(action, crm, params, receipt) == {}


@pytest.mark.parametrize(
    ("action", "params", "edit", "name"),
    [
        (UPSERT_CONTACT, CONTACT, {"firstname": "Bob"}, "name"),
        (UPSERT_CONTACT, CONTACT, {"phone": "+15550199"}, "phone"),
        (UPSERT_CONTACT, CONTACT, {"company": "Other"}, "company"),
        (UPSERT_CONTACT, CONTACT, {"country": "US"}, "country"),
        (UPSERT_CONTACT, CONTACT, {"hs_language": "de"}, "language"),
        (UPSERT_CONTACT, CONTACT, {"hubspot_owner_id": "1003"}, "owner"),
        (UPSERT_CONTACT, CONTACT, {"email": "other@example.com"}, "email"),
        (CREATE_LEAD, LEAD, {"dealname": "Other"}, "title"),
        (CREATE_LEAD, LEAD, {"description": "Other"}, "description"),
        (CREATE_LEAD, LEAD, {"amount": "12500.00"}, "budget"),
        (CREATE_LEAD, LEAD, {"deal_currency_code": "USD"}, "budget"),
        (CREATE_LEAD, LEAD, {"amount": "many"}, "budget"),
        (CREATE_LEAD, LEAD, {"hubspot_owner_id": "1003"}, "owner"),
        (REQUEST_CALLBACK, CALLBACK, {"hs_task_subject": "Other"}, "title"),
        (REQUEST_CALLBACK, CALLBACK, {"hs_task_body": "Other"}, "notes"),
        (REQUEST_CALLBACK, CALLBACK, {"hs_timestamp": "2026-03-05T09:30:00.000Z"}, "due"),
        (REQUEST_CALLBACK, CALLBACK, {"hs_timestamp": ""}, "due"),
        (REQUEST_CALLBACK, CALLBACK, {"hubspot_owner_id": "1001"}, "owner"),
    ],
)
def test_any_other_value_is_seen(
    action: Action[Any, Any], params: Any, edit: dict[str, str], name: str
) -> None:
    """Every field that the signer saw is compared: a different value is named."""
    crm = crm_for(params)
    receipt = action.do(crm, params, "cs-1")
    crm.somebody_edits(receipt.id, **edit)
    held, wanted = read(action, crm, params, receipt), action.expected(params)
    assert {field for field in wanted if held[field] != wanted[field]} == {name}


@pytest.mark.parametrize(("action", "params"), CASES[1:], ids=["lead", "callback"])
def test_an_object_of_another_contact_is_seen(action: Action[Any, Any], params: Any) -> None:
    """The association is part of what is verified."""
    crm = crm_for(params)
    receipt = action.do(crm, params, "cs-1")
    (contact,) = crm.all("contacts")
    crm.somebody_edits(contact.id, email="other@example.com")
    assert read(action, crm, params, receipt)["contact"] == "other@example.com"
    crm.somebody_deletes(contact.id)
    assert read(action, crm, params, receipt)["contact"] == ""


@pytest.mark.parametrize(
    "alike",
    [
        {"phone": "+1 555-0100", "company": " Quill &  Sons "},
        {"firstname": "ADA MARIA", "lastname": "QUILL"},
        {"firstname": "Ada Maria", "lastname": "Quill van Dyck"},
        {"email": "first@example.com", "hs_additional_emails": f"x@example.com;{ADA}"},
    ],
)
def test_another_spelling_of_the_same_is_the_same(alike: dict[str, str]) -> None:
    """Formatted phones, spaces, case, a fuller name and a second address are no difference."""
    crm = FakeCrm()
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    crm.somebody_edits(receipt.id, **alike)
    assert read(UPSERT_CONTACT, crm, CONTACT, receipt) == dict(UPSERT_CONTACT.expected(CONTACT))


def test_an_existing_contact_is_completed_and_not_taken_over() -> None:
    """Only what is known and different is written; the owner and the opt-out stay."""
    crm = FakeCrm()
    known = {"firstname": "Ada Maria", "lastname": "Quill", "country": "US"}
    there = crm.has_contact(ADA, hubspot_owner_id="1003", hs_email_optout="true", **known)
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    (write,) = crm.journal
    assert (write.method, write.id) == ("PATCH", there)
    assert write.fields == {
        "phone": "+15550100",
        "company": "Quill & Sons",
        "country": "GB",
        "hs_language": "en",
    }
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1003"
    assert crm.holds("contacts", there)["hs_email_optout"] == "true"
    assert read(UPSERT_CONTACT, crm, CONTACT, receipt) == dict(UPSERT_CONTACT.expected(CONTACT))


def test_a_contact_without_an_owner_gets_one() -> None:
    """Nobody owns it: the routed seller does from now on."""
    crm = FakeCrm()
    there = crm.has_contact(ADA)
    UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1001"


def test_what_is_not_known_is_not_written() -> None:
    """Empty text means not known: it clears nothing, on a new or on an existing contact."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, firstname="Ada", lastname="Quill", phone="+15550100")
    bare = Contact(email=ADA, name="")
    UPSERT_CONTACT.do(crm, bare, "cs-1")
    UPSERT_CONTACT.do(crm, bare.model_copy(update={"name": "Adi"}), "cs-2")
    assert [write.fields for write in crm.journal] == [{"firstname": "Adi"}]
    assert crm.holds("contacts", there)["lastname"] == "Quill"
    new = UPSERT_CONTACT.do(crm, Contact(email="new@example.com", name=""), "cs-3")
    assert crm.holds("contacts", new.id) == {"email": "new@example.com"}


def test_a_contact_that_another_writer_made_first_is_completed() -> None:
    """Two messages at once: the one who comes second completes the contact of the first."""

    class Raced(FakeCrm):
        def find(self, kind: str, field: str, value: str) -> None:  # noqa: ARG002 - sees nothing
            return None

    crm = Raced()
    there = crm.has_contact(ADA, hubspot_owner_id="1002")
    receipt = UPSERT_CONTACT.do(crm, CONTACT, "cs-1")
    assert receipt.id == there
    assert crm.holds("contacts", there)["company"] == "Quill & Sons"
    assert crm.holds("contacts", there)["hubspot_owner_id"] == "1002"


@pytest.mark.parametrize(("action", "params"), CASES[1:], ids=["lead", "callback"])
def test_without_its_contact_nothing_is_created(action: Action[Any, Any], params: Any) -> None:
    """A lead or a callback of nobody is refused, not left hanging."""
    crm = FakeCrm()
    with pytest.raises(Refused, match="upsert the contact first"):
        action.do(crm, params, "cs-1")
    assert crm.journal == []


def test_what_is_written_for_a_lead_and_a_callback() -> None:
    """The first stage, the amount with its currency, the call's due time, the key, the contact."""
    crm = crm_for(LEAD)
    CREATE_LEAD.do(crm, LEAD, "cs-1")
    REQUEST_CALLBACK.do(crm, CALLBACK, "cs-2")
    (contact,) = crm.all("contacts")
    deal, task = crm.journal
    assert deal.fields == {
        "dealname": "Forty scanners",
        "pipeline": "default",
        "dealstage": "appointmentscheduled",
        "amount": "1250.00",
        "deal_currency_code": "EUR",
        "description": "Forty handheld scanners\nTimeline: by June\nSource: web form",
        "hubspot_owner_id": "1001",
        "countersign_action_key": "cs-1",
    }
    assert task.fields == {
        "hs_task_subject": "Call Ada back",
        "hs_task_body": "Prefers mornings<br>&lt;b&gt;urgent&lt;/b&gt; &amp; new",
        "hs_timestamp": "2026-03-04T09:30:00.000Z",
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "CALL",
        "hubspot_owner_id": "1002",
        "countersign_action_key": "cs-2",
    }
    assert {deal.contact, task.contact} == {contact.id}


def test_a_lead_without_a_budget_has_no_amount() -> None:
    """Not known is not zero."""
    crm = crm_for(LEAD)
    bare = LEAD.model_copy(update={"budget": None, "timeline": "", "source": ""})
    receipt = CREATE_LEAD.do(crm, bare, "cs-1")
    assert not {"amount", "deal_currency_code"} & set(crm.journal[0].fields)
    assert read(CREATE_LEAD, crm, bare, receipt) == dict(CREATE_LEAD.expected(bare))


def test_the_words_say_what_is_signed() -> None:
    """Names, amounts, owner and due time, in one line whatever the text contains."""
    assert UPSERT_CONTACT.words(CONTACT) == (
        "Create or update the contact Ada Maria Quill <Ada.Quill@Example.com>"
        " (+15550100, Quill & Sons, GB, en). Owner 1001 only if nobody owns it yet."
    )
    assert UPSERT_CONTACT.words(Contact(email=ADA, name="Ada\nQuill")) == (
        "Create or update the contact Ada Quill <ada.quill@example.com>."
    )
    assert CREATE_LEAD.words(LEAD) == (
        "Open the lead “Forty scanners” for ada.quill@example.com, budget 1,250.00 EUR,"
        " timeline by June, owner 1001."
    )
    assert REQUEST_CALLBACK.words(CALLBACK) == (
        "Ask owner 1002 to call ada.quill@example.com back by Wed 4 Mar 2026, 09:30 UTC:"
        " “Call Ada back”."
    )


def test_one_spelling_for_each_value() -> None:
    """Names are split at the last word; times, money, phones and notes compare in one spelling."""
    assert first_and_last(" Ada  Maria Quill ") == ("Ada Maria", "Quill")
    assert first_and_last("Ada") == ("Ada", "")
    assert phone_digits(" +1 (555) 01-00") == "+15550100"
    assert phone_digits("555 0100") == "5550100"
    at = datetime(2026, 3, 1, 9, 0, 0, 123_999, tzinfo=UTC)
    assert instant_ms(at) == "2026-03-01T09:00:00.123Z"
    assert same_instant("2026-03-01T10:00:00.123+01:00") == "2026-03-01T09:00:00.123Z"
    assert (same_instant("soon"), same_instant("2026-03-01")) == ("soon", "2026-03-01")
    assert money_words("1250", "EUR") == money_words("1250.00", "EUR") == "1,250.00 EUR"
    assert (money_words("x", "EUR"), money_words("", "")) == ("x EUR", "")
    hostile = "a<br>b & <script>\n&lt;i&gt; 'q' \"q\""
    assert plain_notes(html_notes(hostile)) == hostile
    assert "<script" not in html_notes(hostile)
