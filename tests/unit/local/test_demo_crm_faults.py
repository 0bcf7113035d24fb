"""The demo CRM fails when a test says so, and its page runs nothing."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.fakes.demo_crm import WRITING, Demo, demo_crm

# The test client's event loop makes a pair of local sockets; nothing is reached through them.
pytestmark = pytest.mark.enable_socket

TASK = {"hs_timestamp": "1772442000000"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded CRM."""
    with demo_crm(tmp_path) as made:
        yield made


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
    assert '<a href="/">Start</a>' in page.text
    for forbidden in ("<script", "http://", "https://", "<b>"):
        assert forbidden not in page.text
    for shown in ("Nadia Rahman", "Owen Hart (1002)", "opted out", "closedlost", "Journal"):
        assert shown in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.control
def test_the_same_text_unescaped_would_be_seen(demo: Demo) -> None:
    """Control: the check for a script finds one where text is not escaped."""
    demo.create("contacts", {"email": "ada@example.com", "firstname": "<script>"})
    unescaped = json.dumps(demo.journal())
    assert "<script" in unescaped
