"""An account with names of its own: sent under those, read back under ours; and its schema."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from countersign.actions.field_map import Names, Property, Schema
from countersign.connectors.hubspot.client import HubSpot
from countersign.domain.errors import CountersignError, Misconfigured, Refused, Unavailable
from tests.fakes.hubspot_answers import answers, deals_of, hubspot
from tests.looking import looked

NAMES = Names(
    {
        "deals.countersign_action_key": "cs_key",
        "contacts.company": "firma",
        "contacts.hs_language.pt": "pt-br",
    },
    {"deals.lead_source": "Website", "contacts.stage": "new"},
)
UPDATED = "2026-03-01T09:00:00Z"


class Account:
    """Answers every request with one object, and keeps what was asked."""

    def __init__(self, status: int = 200, **properties: str) -> None:
        self.asked: list[httpx.Request] = []
        self._status = status
        self._object = {
            "id": "7",
            "properties": properties,
            "updatedAt": UPDATED,
            "associations": {"deals": {"results": [{"id": "7"}]}},
        }
        transport = httpx.MockTransport(self._answer)
        self.crm = HubSpot(
            "https://crm.example", "t", timeout=lambda: 5.0, names=NAMES, transport=transport
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path.endswith("/batch/read"):
            return httpx.Response(200, json={"results": [self._object]})
        return httpx.Response(self._status, json=self._object)

    def sent(self) -> Any:
        """The properties in the body of the last request."""
        return json.loads(self.asked[-1].content)["properties"]


def test_what_is_written_has_the_accounts_names() -> None:
    """Created and changed under its names; what came back is told under ours."""
    account = Account(cs_key="cs-1", dealname="A")
    made = account.crm.create("deals", {"dealname": "A", "countersign_action_key": "cs-1"})
    assert account.sent() == {"dealname": "A", "cs_key": "cs-1", "lead_source": "Website"}
    assert made.fields == {"dealname": "A", "countersign_action_key": "cs-1"}
    account.crm.update("deals", "7", {"countersign_action_key": "cs-2"})
    assert account.sent() == {"cs_key": "cs-2"}


def test_what_every_new_object_gets_goes_with_its_creation_alone() -> None:
    """Beside what we know, in the account's words; a change leaves it as it is."""
    account = Account(hs_language="pt-br", firma="Quill")
    made = account.crm.create("contacts", {"email": "ada@example.com", "hs_language": "pt"})
    assert account.sent() == {"email": "ada@example.com", "hs_language": "pt-br", "stage": "new"}
    assert made.fields["hs_language"] == "pt"
    account.crm.update("contacts", "7", {"hs_language": "de"})
    assert account.sent() == {"hs_language": "de"}


def test_what_is_read_is_asked_for_by_the_accounts_names() -> None:
    """By its unique property, by id and in a batch."""
    account = Account(cs_key="cs-1")
    found = account.crm.find("deals", "countersign_action_key", "cs-1")
    assert found
    assert found.fields == {"countersign_action_key": "cs-1"}
    query = account.asked[-1].url.params
    assert query["idProperty"] == "cs_key"
    assert {"cs_key", "dealname"} <= set(query["properties"].split(","))
    assert "countersign_action_key" not in query["properties"]
    looked(account.crm, deals_of("ada@example.com"))
    assert "cs_key" in account.sent()


def test_a_name_of_one_kind_is_not_that_of_another() -> None:
    """Deals and tasks have a key each; only the one of deals is called otherwise here."""
    account = Account(countersign_action_key="cs-1")
    account.crm.find("tasks", "countersign_action_key", "cs-1")
    assert account.asked[-1].url.params["idProperty"] == "countersign_action_key"


@pytest.mark.control
def test_without_the_map_the_accounts_property_is_not_seen() -> None:
    """Control: the same answer, read without names, holds no key that anything is found by."""
    answer = {"id": "7", "properties": {"cs_key": "cs-1"}, "updatedAt": UPDATED}
    found = hubspot(answers(200, answer)).find("deals", "countersign_action_key", "cs-1")
    assert found
    assert "countersign_action_key" not in found.fields


def test_a_refusal_names_the_accounts_property() -> None:
    """Whoever has to correct it finds it under that name."""
    refused = {
        "category": "VALIDATION_ERROR",
        "errors": [{"code": "INVALID_OPTION", "context": {"propertyName": ["firma"]}}],
    }
    transport = httpx.MockTransport(answers(400, refused))
    crm = HubSpot("https://crm.example", "t", timeout=lambda: 5.0, names=NAMES, transport=transport)
    with pytest.raises(Refused, match="firma INVALID_OPTION"):
        crm.create("contacts", {"company": "Quill"})


# --- the schema -------------------------------------------------------------------------------

LISTED = {
    "results": [
        {
            "name": "stage",
            "type": "enumeration",
            "options": [{"value": "first", "label": "First"}],
            "hasUniqueValue": False,
            "modificationMetadata": {"readOnlyValue": True},
        },
        {"name": "key", "type": "string", "hasUniqueValue": True},
    ]
}


def _describing(listed: object, whole: object, status: int = 200) -> HubSpot:
    def handler(request: httpx.Request) -> httpx.Response:
        is_list = "/properties/" in request.url.path
        return httpx.Response(status, json=listed if is_list else whole)

    return hubspot(handler)


def test_the_schema_is_what_the_account_says() -> None:
    """Types, options, uniqueness, rights and what is required; what is left out is false."""
    assert _describing(LISTED, {"requiredProperties": ["stage"]}).schema("deals") == Schema(
        properties=(
            Property(name="stage", type="enumeration", read_only=True, options=("first",)),
            Property(name="key", type="string", unique=True),
        ),
        required=("stage",),
    )


def test_a_kind_without_a_schema_of_its_own_requires_nothing_that_is_known() -> None:
    """An engagement has properties all the same, and those are compared."""

    def handler(request: httpx.Request) -> httpx.Response:
        listed = "/properties/" in request.url.path
        return httpx.Response(200 if listed else 404, json=LISTED if listed else {})

    found = hubspot(handler).schema("tasks")
    assert [one.name for one in found.properties] == ["stage", "key"]
    assert found.required == ()


@pytest.mark.parametrize(
    ("listed", "whole", "status", "error"),
    [
        (LISTED, {"requiredProperties": []}, 403, Misconfigured),
        (LISTED, {"requiredProperties": []}, 404, Refused),
        (LISTED, {"requiredProperties": []}, 500, Unavailable),
        (LISTED, {}, 200, Unavailable),
        (LISTED, {"requiredProperties": [{}]}, 200, Unavailable),
        ({"results": "x"}, {"requiredProperties": []}, 200, Unavailable),
        ({"results": [{"name": 1, "type": "x"}]}, {"requiredProperties": []}, 200, Unavailable),
        ({"results": [{"name": "a"}]}, {"requiredProperties": []}, 200, Unavailable),
    ],
)
def test_a_schema_that_cannot_be_read_is_an_error(
    listed: object, whole: object, status: int, error: type[CountersignError]
) -> None:
    """Never an empty schema, which would name every field, or none."""
    with pytest.raises(error):
        _describing(listed, whole, status).schema("deals")
