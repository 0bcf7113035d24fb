"""The HubSpot adapter on refusals, unique values and lists that come in parts."""

from __future__ import annotations

import json

import httpx
import pytest

from countersign.domain.errors import NotFound, Refused, Unavailable
from tests.fakes.hubspot_answers import KEYED, WHO, answers, deals_of, hubspot
from tests.looking import looked


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"code": "INVALID_EMAIL", "context": {"propertyName": ["dealname"]}}]},
        {
            "message": "Property values were not valid: "
            + json.dumps([{"error": "INVALID_EMAIL", "name": "dealname", "message": WHO}])
        },
    ],
)
def test_a_refusal_names_the_property_in_either_shape(body: dict[str, object]) -> None:
    """HubSpot has two shapes of the same complaint; values in it are not repeated."""
    with pytest.raises(Refused, match="dealname INVALID_EMAIL") as refused:
        hubspot(answers(400, {**body, "category": "VALIDATION_ERROR"})).create("deals", KEYED)
    assert WHO not in str(refused.value)


def test_names_and_codes_from_outside_are_not_repeated() -> None:
    """Only our own property names and plain codes reach the message, whatever the server says."""
    evil = {"code": f"X {WHO}", "context": {"propertyName": [f"evil\n{WHO}", "dealname"]}}
    body = {"category": f"\u202e{WHO}", "errors": [evil, "x", 7], "message": WHO, "context": []}
    with pytest.raises(Refused) as refused:
        hubspot(answers(400, body)).create("deals", KEYED)
    assert WHO not in str(refused.value)
    assert "dealname" in str(refused.value)


def test_a_custom_property_s_conflict_is_the_existing_object() -> None:
    """A unique value of our own is answered with 400 and its own code: the object is fetched."""
    fault = {"error": "CONFLICTING_UNIQUE_VALUE", "name": "countersign_action_key"}
    refusal = {"message": "Property values were not valid: " + json.dumps([fault])}
    held = {"id": "9", "properties": {"hs_lastmodifieddate": "2026-01-01T00:00:00Z", **KEYED}}

    def handler(request: httpx.Request) -> httpx.Response:
        wrote = request.method == "POST"
        return httpx.Response(400 if wrote else 200, json=refusal if wrote else held)

    assert hubspot(handler).create("deals", KEYED).id == "9"


def test_a_conflict_names_the_contact_by_its_id() -> None:
    """A second address is not found by e-mail; the 409 tells the id of the contact that has it."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            message = "Contact already exists. Existing ID: 77"
            return httpx.Response(409, json={"category": "CONFLICT", "message": message})
        if request.url.path.endswith("/77"):
            return httpx.Response(200, json={"id": "77", "properties": {}, "updatedAt": "x"})
        return httpx.Response(404)

    assert hubspot(handler).create("contacts", {"email": WHO}).id == "77"


def test_a_conflict_without_an_object_is_tried_again() -> None:
    """Somebody else's write is not visible yet: nothing of ours was applied."""
    crm = hubspot(lambda r: httpx.Response(409 if r.method == "POST" else 404))
    with pytest.raises(Unavailable, match="does not show"):
        crm.create("contacts", {"email": WHO})


CONTACT = {"id": "7", "properties": {}, "updatedAt": "x"}


def with_deals(**page: object) -> dict[str, object]:
    """The contact, with what came of its deals."""
    return {**CONTACT, "associations": {"deals": page}}


def test_a_missing_part_of_a_batch_is_not_passed_over() -> None:
    """Two deals asked for, one given: that is no answer."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=with_deals(results=[{"id": "1"}, {"id": "2"}]))
        return httpx.Response(207, json={"results": [CONTACT]})

    with pytest.raises(Unavailable, match="all 2 deals"):
        looked(hubspot(handler), deals_of(WHO))


def test_all_pages_of_associations_are_read() -> None:
    """Not all came with the contact: HubSpot pages its associations; each deal is read once."""

    def handler(request: httpx.Request) -> httpx.Response:
        paging = {"next": {"after": "500"}}
        if "associations" in request.url.path:
            if request.url.params.get("after") == "500":
                return httpx.Response(200, json={"results": [{"toObjectId": 2}, {"toObjectId": 1}]})
            return httpx.Response(200, json={"results": [{"toObjectId": 1}], "paging": paging})
        if request.method == "GET":
            return httpx.Response(200, json=with_deals(results=[{"id": "1"}], paging=paging))
        wanted = json.loads(request.content)["inputs"]
        found = [{"id": one["id"], "properties": {}, "updatedAt": "x"} for one in wanted]
        return httpx.Response(200, json={"results": found})

    assert [deal.id for deal in looked(hubspot(handler), deals_of(WHO))] == ["1", "2"]


def test_a_missing_object_is_not_changed() -> None:
    """404 to a change is NotFound."""
    with pytest.raises(NotFound):
        hubspot(answers(404, {})).update("deals", "1", KEYED)


@pytest.mark.parametrize("page", [{"results": 7}, {"results": [{}]}, {"paging": 7}])
def test_an_unreadable_page_is_not_an_empty_one(page: dict[str, object]) -> None:
    """What cannot be read is asked again; it does not count as no deals."""

    def handler(request: httpx.Request) -> httpx.Response:
        more = with_deals(results=[], paging={"next": {"after": "1"}})
        return httpx.Response(200, json=page if "associations" in request.url.path else more)

    with pytest.raises(Unavailable, match="associations"):
        looked(hubspot(handler), deals_of(WHO))


@pytest.mark.parametrize("came", [7, {"deals": {"results": 7}}, {"deals": {"results": [{}]}}])
def test_unreadable_links_are_not_none(came: object) -> None:
    """The same of what comes with the contact."""
    crm = hubspot(answers(200, {**CONTACT, "associations": came}))
    with pytest.raises(Unavailable, match="associations"):
        looked(crm, deals_of(WHO))
