"""The demo CRM refuses what HubSpot refuses, in HubSpot's words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.demo_crm import READING, START, WRITING, Demo, demo_crm

# The test client's event loop makes a pair of local sockets; nothing is reached through them.
pytestmark = pytest.mark.enable_socket


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded CRM."""
    with demo_crm(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("call", "status", "category"),
    [
        (("GET", "/crm/v3/owners", {"Authorization": ""}, ""), 401, "INVALID_AUTHENTICATION"),
        (
            ("GET", "/crm/v3/owners", {"Authorization": "Bearer x"}, ""),
            401,
            "INVALID_AUTHENTICATION",
        ),
        (("POST", "/crm/v3/objects/contacts", READING, "{}"), 403, "MISSING_SCOPES"),
        (("PATCH", "/crm/v3/objects/contacts/50001", READING, "{}"), 403, "MISSING_SCOPES"),
        (("DELETE", "/crm/v3/objects/contacts/50001", READING, ""), 403, "MISSING_SCOPES"),
        (("POST", "/crm/_faults", READING, "{}"), 403, "MISSING_SCOPES"),
        (("POST", "/crm/_faults", WRITING, '{"fault": []}'), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/contacts", WRITING, "{"), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/contacts", WRITING, "[]"), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/contacts", WRITING, "[" * 99_999), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/contacts", WRITING, "{}"), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/contacts", WRITING, " " * 1_048_577), 413, "PAYLOAD_TOO_LARGE"),
        (("POST", "/crm/v3/objects/robots", WRITING, "{}"), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/deals/batch/read", READING, "{}"), 400, "VALIDATION_ERROR"),
        (("POST", "/crm/v3/objects/deals/search", READING, '{"filterGroups": 7}'), 400, None),
        (("POST", "/crm/v3/objects/deals/search", READING, '{"limit": 201}'), 400, None),
        (("POST", "/crm/v3/objects/deals/search", READING, '{"after": "x"}'), 400, None),
        (("GET", "/crm/v3/objects/contacts/1", READING, ""), 404, "OBJECT_NOT_FOUND"),
        (("GET", "/crm/v3/objects/contacts/" + "9" * 99, READING, ""), 404, "OBJECT_NOT_FOUND"),
        (("GET", "/crm/v3/objects/contacts/x?idProperty=phone", READING, ""), 400, None),
    ],
)
def test_errors_have_hubspots_body(
    demo: Demo, call: tuple[str, str, dict[str, str], str], status: int, category: str | None
) -> None:
    """Each has status, message, correlation id and category; never a 500; nothing is applied."""
    method, path, headers, body = call
    answer = demo.client.request(method, path, headers=headers, content=body)
    assert answer.status_code == status
    told = answer.json()
    assert told["status"] == "error"
    assert told["message"]
    assert len(told["correlationId"]) == 36
    assert told["category"] == (category or "VALIDATION_ERROR")
    assert demo.journal() == []


@pytest.mark.parametrize(
    "body",
    [
        {"properties": {"email": {"x": 1}}},
        {"properties": {"email": "a@example.com"}, "associations": 7},
        {"properties": {"email": "a@example.com"}, "associations": [{"to": 7}]},
        {
            "properties": {"email": "a@example.com"},
            "associations": [{"to": {"id": "1"}, "types": [{"associationTypeId": 4}]}],
        },
        {
            "properties": {"email": "a@example.com"},
            "associations": [{"to": {"id": "50001"}, "types": [{"associationTypeId": 3}]}],
        },
        {"properties": {"email": "a@example.com", "company": "x" * 65_537}},
        {"properties": {"email": "a@example.com", "hs_object_id": "1"}},
    ],
)
def test_a_half_right_request_leaves_nothing(demo: Demo, body: dict[str, Any]) -> None:
    """A refused association or value takes the whole object with it."""
    assert demo.client.post("/crm/v3/objects/contacts", json=body).status_code == 400
    assert demo.journal() == []
    query = {"idProperty": "email"}
    found = demo.client.get("/crm/v3/objects/contacts/a@example.com", params=query)
    assert found.status_code == 404


def test_unknown_properties_and_conflicts_are_named(demo: Demo) -> None:
    """PROPERTY_DOESNT_EXIST with the name; 409 with the existing id, on creating and changing."""
    path = "/crm/v3/objects/contacts"
    unknown = demo.client.post(path, json={"properties": {"email": "a@b.org", "foo": "1"}}).json()
    assert unknown["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    assert unknown["errors"][0]["context"] == {"propertyName": ["foo"]}
    made = demo.create("contacts", {"email": "ada@example.com"})
    for taken in (
        demo.client.post(path, json={"properties": {"email": "ADA@example.com"}}),
        demo.client.patch(f"{path}/50001", json={"properties": {"email": "ada@example.com"}}),
    ):
        assert (taken.status_code, taken.json()["category"]) == (409, "CONFLICT")
        assert f"Existing ID: {made['id']}" in taken.json()["message"]


def test_too_many_requests_are_told_to_wait(demo: Demo) -> None:
    """The 101st request within ten seconds gets 429 with the headers, and a later one passes."""
    for left in range(99, -1, -1):
        answer = demo.client.get("/crm/v3/owners", headers=READING)
        assert answer.headers["X-HubSpot-RateLimit-Remaining"] == str(left)
    demo.now[0] = START + 7.5
    refused = demo.client.get("/crm/v3/owners", headers=READING)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3"
    assert refused.headers["X-HubSpot-RateLimit-Max"] == "100"
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert demo.client.get("/crm/v3/owners").status_code == 200
    demo.now[0] = START + 10
    assert demo.client.get("/crm/v3/owners", headers=READING).status_code == 200


def test_a_batch_says_what_it_did_not_find(demo: Demo) -> None:
    """207 with the ids that are missing."""
    body = {"inputs": [{"id": "50001"}, {"id": "1"}]}
    answer = demo.client.post("/crm/v3/objects/contacts/batch/read", json=body)
    assert answer.status_code == 207
    assert len(answer.json()["results"]) == 1
    assert answer.json()["errors"][0]["context"] == {"ids": ["1"]}
