"""The CRM's actions do what their words say, once, and what they wrote is read back."""

from __future__ import annotations

from typing import Any

import pytest

from countersign.actions.crm import CREATE_LEAD, REQUEST_CALLBACK, UPSERT_CONTACT, Contact
from countersign.domain.errors import Ambiguous, Refused
from countersign.domain.ledger.action import Action
from tests.fakes.crm import FakeCrm
from tests.fakes.crm_cases import ADA, CALLBACK, CASES, CONTACT, LEAD, crm_for, each, found, read


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


@pytest.mark.parametrize(("action", "params"), CASES[1:], ids=["lead", "callback", "note"])
def test_an_object_of_another_contact_is_seen(action: Action[Any, Any], params: Any) -> None:
    """The association is part of what is verified, whichever way the object was found."""
    crm = crm_for(params)
    done = action.do(crm, params, "cs-1")
    resumed = found(action, crm, params, "cs-1")
    assert resumed
    other = crm.has_contact("other@example.com")
    for contact, address in ((other, "other@example.com"), ("", ""), ("77", "")):
        crm.somebody_links(done.id, contact)
        assert read(action, crm, params, done)["contact"] == address
        assert read(action, crm, params, resumed)["contact"] == address


@pytest.mark.parametrize(("action", "params"), CASES[1:], ids=["lead", "callback", "note"])
def test_without_its_contact_nothing_is_created(action: Action[Any, Any], params: Any) -> None:
    """A lead or a callback of nobody is refused, not left hanging."""
    crm = FakeCrm()
    with pytest.raises(Refused, match="upsert the contact first"):
        action.do(crm, params, "cs-1")
    assert crm.journal == []


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
