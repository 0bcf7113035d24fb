"""The demo CRM keeps records as HubSpot does, and a journal of what it applied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.crm.seed import owners, seed
from tests.fakes.demo_crm import READING, START, Demo, demo_crm

# The test client's event loop makes a pair of local sockets; nothing is reached through them.
pytestmark = pytest.mark.enable_socket

TASK = {"hs_timestamp": "1772442000000"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded CRM."""
    with demo_crm(tmp_path) as made:
        yield made


def test_the_first_records_make_the_rules_speak(demo: Demo) -> None:
    """Another seller's contact, an opted-out one and a lost lead are there; no journal yet."""
    wanted = "email,country,hubspot_owner_id,hs_email_optout"
    people = {}
    for email in (
        "nadia.rahman@northwind.example",
        "omar.haddad@quietriver.example",
        "petra.lindqvist@fjordworks.example",
    ):
        query = {"idProperty": "email", "properties": wanted}
        answer = demo.client.get(f"/crm/v3/objects/contacts/{email}", params=query)
        people[email.split(".")[0]] = answer.json()
    assert people["nadia"]["properties"]["hubspot_owner_id"] == "1002"
    assert people["omar"]["properties"]["hs_email_optout"] == "true"
    path = f"/crm/v4/objects/contacts/{people['petra']['id']}/associations/deals"
    (lost,) = demo.client.get(path).json()["results"]
    assert lost["associationTypes"][0]["typeId"] == 4
    inputs = {"inputs": [{"id": lost["toObjectId"]}], "properties": ["dealstage", "closedate"]}
    (deal,) = demo.client.post("/crm/v3/objects/deals/batch/read", json=inputs).json()["results"]
    assert deal["properties"]["dealstage"] == "closedlost"
    assert deal["properties"]["closedate"] == "2026-02-09T09:00:00.000Z"
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


def test_it_counts_what_it_was_asked_by_each_key(demo: Demo) -> None:
    """Refusals too; its own pages are not counted."""
    demo.create("contacts", {"email": "ada@example.com"})
    demo.client.get("/crm/v3/owners", headers=READING)
    demo.client.post("/crm/v3/objects/contacts", json={"properties": {}}, headers=READING)
    rows = demo.client.get("/crm/asked.json").json()["requests"]
    assert rows == [
        {"side": "writing", "status": 201, "times": 1},
        {"side": "reading", "status": 200, "times": 1},
        {"side": "reading", "status": 403, "times": 1},
    ]


def test_the_schema_and_the_sellers_can_be_read(demo: Demo) -> None:
    """A setup check can see that the unique key property is there, and who sells."""
    deals = demo.client.get("/crm/v3/properties/deals", headers=READING).json()["results"]
    (key,) = [one for one in deals if one["name"] == "countersign_action_key"]
    assert key["hasUniqueValue"] is True
    assert key["hubspotDefined"] is False
    sellers = demo.client.get("/crm/v3/owners", headers=READING).json()["results"]
    assert [one["id"] for one in sellers] == [owner["id"] for owner in owners()]
    one = demo.client.get("/crm/v3/owners", params={"email": owners()[1]["email"]}).json()
    assert [owner["id"] for owner in one["results"]] == ["1002"]


def test_every_write_gives_a_later_version(demo: Demo) -> None:
    """Also within one millisecond, so that a changed record never looks unchanged."""
    made = demo.create("contacts", {"email": "ada@example.com"})
    path = f"/crm/v3/objects/contacts/{made['id']}"
    versions = [made["updatedAt"]]
    for company in ("Quill", "Quill & Sons"):
        answer = demo.client.patch(path, json={"properties": {"company": company}})
        versions.append(answer.json()["properties"]["lastmodifieddate"])
    assert versions == sorted(set(versions))
