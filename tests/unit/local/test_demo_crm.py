"""The demo CRM answers as HubSpot does, keeps its journal, and fails when a test says so."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from infra.local.crm import crm_app
from infra.local.crm_seed import OWNERS, seed

# The test client's event loop makes a pair of local sockets; nothing is reached through them.
pytestmark = pytest.mark.enable_socket

START = 1_772_355_600.0  # 2026-03-01T09:00:00Z
WRITING, READING = {"Authorization": "Bearer writing"}, {"Authorization": "Bearer reading"}
TASK = {"hs_timestamp": "1772442000000"}


@dataclass
class Demo:
    """The CRM, a client with the writing token, and a clock that a test moves."""

    now: list[float] = field(default_factory=lambda: [START])
    client: TestClient = field(init=False)
    app: Any = field(init=False)

    def create(self, kind: str, properties: dict[str, Any], **more: Any) -> Any:
        """Create an object; its body."""
        body = {"properties": properties, **more}
        answer = self.client.post(f"/crm/v3/objects/{kind}", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def search(self, kind: str, name: str, value: str) -> list[str]:
        """The ids that a search for one value gives."""
        only = {"propertyName": name, "operator": "EQ", "value": value}
        body = {"filterGroups": [{"filters": [only]}]}
        answer = self.client.post(f"/crm/v3/objects/{kind}/search", json=body)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["results"]]

    def journal(self) -> list[dict[str, Any]]:
        """The applied writes."""
        entries: list[dict[str, Any]] = self.client.get("/crm/journal.json").json()["entries"]
        return entries


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded CRM."""
    made = Demo()
    seed(tmp_path / "crm.db", clock=lambda: made.now[0])
    made.app = crm_app(
        tmp_path / "crm.db",
        token_write="writing",
        token_read="reading",
        clock=lambda: made.now[0],
    )
    client = ("127.0.0.1", 50000)
    with TestClient(made.app, headers=WRITING, client=client) as made.client:
        yield made


def test_the_first_records_make_the_rules_speak(demo: Demo) -> None:
    """Another seller's contact, an opted-out one and a lost lead are there; no journal yet."""
    wanted = "email,country,hubspot_owner_id,hs_email_optout"
    people = {}
    for email in (
        "jonas.brandt@example.com",
        "noor.visser@example.org",
        "carla.moretti@example.org",
    ):
        query = {"idProperty": "email", "properties": wanted}
        answer = demo.client.get(f"/crm/v3/objects/contacts/{email}", params=query)
        people[email.split(".")[0]] = answer.json()
    assert people["jonas"]["properties"]["hubspot_owner_id"] == "1002"
    assert people["noor"]["properties"]["hs_email_optout"] == "true"
    path = f"/crm/v4/objects/contacts/{people['carla']['id']}/associations/deals"
    (lost,) = demo.client.get(path).json()["results"]
    assert lost["associationTypes"][0]["typeId"] == 4
    inputs = {"inputs": [{"id": lost["toObjectId"]}], "properties": ["dealstage", "closedate"]}
    (deal,) = demo.client.post("/crm/v3/objects/deals/batch/read", json=inputs).json()["results"]
    assert deal["properties"]["dealstage"] == "closedlost"
    assert deal["properties"]["closedate"] == "2026-02-17T09:00:00.000Z"
    assert demo.journal() == []


def test_seeding_twice_adds_nothing(tmp_path: Path) -> None:
    """A CRM that has records stays as it is."""
    seed(tmp_path / "crm.db")
    size = (tmp_path / "crm.db").stat().st_size
    seed(tmp_path / "crm.db")
    assert (tmp_path / "crm.db").stat().st_size == size


def test_an_object_has_hubspots_shape(demo: Demo) -> None:
    """All values are text, times are ISO in UTC, what was asked for and is not there is null."""
    made = demo.create("contacts", {"email": "Ada@Example.com", "phone": 5550100, "company": None})
    assert made["properties"]["phone"] == "5550100"
    query = {"properties": "email,company,nonsense,lastmodifieddate"}
    held = demo.client.get(f"/crm/v3/objects/contacts/{made['id']}", params=query).json()
    assert held == {
        "id": made["id"],
        "properties": {
            "hs_object_id": made["id"],
            "email": "ada@example.com",
            "company": None,
            "lastmodifieddate": "2026-03-01T09:00:00.000Z",
        },
        "createdAt": "2026-03-01T09:00:00.000Z",
        "updatedAt": "2026-03-01T09:00:00.000Z",
        "archived": False,
    }


def test_search_lags_behind_writes_and_reading_by_key_does_not(demo: Demo) -> None:
    """A write is found by its unique value at once, by search only after 2 to 10 seconds."""
    made = demo.create("contacts", {"email": "ada@example.com"})
    query = {"idProperty": "email"}
    assert demo.client.get("/crm/v3/objects/contacts/ada@example.com", params=query).is_success
    demo.now[0] = START + 1.9
    assert demo.search("contacts", "email", "ada@example.com") == []
    demo.now[0] = START + 10
    assert demo.search("contacts", "email", "ada@example.com") == [made["id"]]
    demo.client.delete(f"/crm/v3/objects/contacts/{made['id']}")
    assert demo.search("contacts", "email", "ada@example.com") == [made["id"]]
    demo.now[0] = START + 20
    assert demo.search("contacts", "email", "ada@example.com") == []


def test_an_archived_object_is_gone_and_frees_its_unique_value(demo: Demo) -> None:
    """204, also the second time; 404 afterwards; the address may be used again."""
    made = demo.create("contacts", {"email": "ada@example.com"})
    path = f"/crm/v3/objects/contacts/{made['id']}"
    assert [demo.client.delete(path).status_code for _ in range(2)] == [204, 204]
    assert demo.client.get(path).status_code == 404
    assert demo.create("contacts", {"email": "ada@example.com"})["id"] != made["id"]
    assert [entry["method"] for entry in demo.journal()] == ["POST", "DELETE", "POST"]


def test_the_journal_has_each_applied_write_and_no_other(demo: Demo) -> None:
    """In order: method, type, id, properties as stored, associations, and the key."""
    contact = demo.create("contacts", {"email": "ada@example.com"})
    link = {
        "to": {"id": contact["id"]},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}],
    }
    task = demo.create("tasks", {**TASK, "countersign_action_key": "k"}, associations=[link])
    demo.client.patch(
        f"/crm/v3/objects/contacts/{contact['id']}",
        json={"properties": {"company": "Quill"}},
        headers={"Idempotency-Key": "header"},
    )
    demo.client.patch(
        f"/crm/v3/objects/contacts/{contact['id']}", json={"properties": {"nonsense": "1"}}
    )
    demo.client.post("/crm/v3/objects/contacts", json={"properties": {"email": "ada@example.com"}})
    entries = demo.journal()
    assert [(e["n"], e["method"], e["type"], e["id"], e["key"]) for e in entries] == [
        (1, "POST", "contacts", contact["id"], ""),
        (2, "POST", "tasks", task["id"], "k"),
        (3, "PATCH", "contacts", contact["id"], "header"),
    ]
    assert entries[1]["associations"] == [contact["id"]]
    assert entries[1]["properties"]["hs_timestamp"] == "2026-03-02T09:00:00.000Z"
    assert entries[2]["properties"] == {"company": "Quill"}
    later = demo.client.get("/crm/journal.json", params={"after": "2"}).json()["entries"]
    assert [entry["n"] for entry in later] == [3]


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


def test_the_schema_and_the_sellers_can_be_read(demo: Demo) -> None:
    """A setup check can see that the unique key property is there, and who sells."""
    deals = demo.client.get("/crm/v3/properties/deals", headers=READING).json()["results"]
    (key,) = [one for one in deals if one["name"] == "countersign_action_key"]
    assert key["hasUniqueValue"] is True
    assert key["hubspotDefined"] is False
    sellers = demo.client.get("/crm/v3/owners", headers=READING).json()["results"]
    assert [one["id"] for one in sellers] == [owner["id"] for owner in OWNERS]
    one = demo.client.get("/crm/v3/owners", params={"email": OWNERS[1]["email"]}).json()
    assert [owner["id"] for owner in one["results"]] == ["1002"]


def test_a_batch_says_what_it_did_not_find(demo: Demo) -> None:
    """207 with the ids that are missing."""
    body = {"inputs": [{"id": "50001"}, {"id": "1"}]}
    answer = demo.client.post("/crm/v3/objects/contacts/batch/read", json=body)
    assert answer.status_code == 207
    assert len(answer.json()["results"]) == 1
    assert answer.json()["errors"][0]["context"] == {"ids": ["1"]}


@pytest.mark.parametrize(
    ("fault", "status", "applied"),
    [
        ("unavailable", 503, False),
        ("throttle", 429, False),
        ("error_after", 500, True),
        ("slow", 201, True),
        ("lie", 201, False),
    ],
)
def test_a_planned_fault_befalls_the_next_request(
    demo: Demo, fault: str, status: int, applied: bool
) -> None:
    """By HTTP with the writing token; once, and then all is well."""
    plan = {"fault": fault, "which": "writes", "seconds": 0.01}
    assert demo.client.post("/crm/_faults", json=plan).status_code == 204
    assert demo.client.get("/crm/v3/owners").status_code == 200
    body = {"properties": {"email": "ada@example.com"}}
    answer = demo.client.post("/crm/v3/objects/contacts", json=body)
    assert answer.status_code == status
    assert bool(demo.journal()) is applied
    again = demo.client.post("/crm/v3/objects/contacts", json=body)
    assert again.status_code == (409 if applied else 201)


def test_faults_last_as_often_as_planned_and_can_be_cleared(demo: Demo) -> None:
    """Three 503, in order with what was planned next, until they are cleared."""
    demo.app.state.faults.next("unavailable", times=3)
    demo.app.state.faults.next("throttle", times=9)
    seen = [demo.client.get("/crm/v3/owners").status_code for _ in range(4)]
    assert seen == [503, 503, 503, 429]
    demo.client.post("/crm/_faults", json={"fault": "none"})
    assert demo.client.get("/crm/v3/owners").status_code == 200


def test_faults_are_for_this_machine_only(demo: Demo) -> None:
    """From elsewhere there is no such page, whatever the token."""
    elsewhere = TestClient(demo.app, headers=WRITING, client=("192.0.2.7", 1))
    assert elsewhere.post("/crm/_faults", json={"fault": "lie"}).status_code == 404


def test_the_page_shows_records_and_journal_and_runs_nothing(demo: Demo) -> None:
    """Hostile text is shown as text; no script, no third party, no frame, nothing cached."""
    hostile = "<script>alert(1)</script>"
    demo.create("contacts", {"email": "ada@example.com", "firstname": hostile})
    demo.create("tasks", {**TASK, "hs_task_body": html.escape("<b>call</b>") + "<br>soon"})
    page = demo.client.get("/crm", headers={"Authorization": ""})
    assert page.status_code == 200
    assert html.escape(hostile) in page.text
    assert "&lt;b&gt;call&lt;/b&gt;\nsoon" in page.text
    for forbidden in ("<script", "http://", "https://", "<b>"):
        assert forbidden not in page.text
    for shown in ("Jonas Brandt", "Owen Hart (1002)", "opted out", "closedlost", "Journal"):
        assert shown in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.control
def test_the_same_text_unescaped_would_be_seen(demo: Demo) -> None:
    """Control: the check for a script finds one where text is not escaped."""
    demo.create("contacts", {"email": "ada@example.com", "firstname": "<script>"})
    unescaped = json.dumps(demo.journal())
    assert "<script" in unescaped
