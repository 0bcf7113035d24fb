"""Subsegments tell what an invocation spent its time on, and nothing of what it was about."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from countersign import tracing
from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.json_api import JsonApi
from countersign.connectors.aws.signed import Answer
from countersign.connectors.http import Client

ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
SAMPLED = f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a:0"


class Daemon:
    """X-Ray's, beside this process."""

    def __init__(self) -> None:
        self._heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._heard.bind(("127.0.0.1", 0))
        self._heard.setblocking(False)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._heard.getsockname()[1]}"

    def told(self) -> list[dict[str, Any]]:
        """All that came, as X-Ray reads it."""
        found = []
        try:
            while True:
                head, _, body = self._heard.recv(65_536).partition(b"\n")
                assert json.loads(head) == {"format": "json", "version": 1}
                found.append(json.loads(body))
        except BlockingIOError:
            return found

    def ends(self) -> None:
        self._heard.close()


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    """One that is told of no later test's invocations."""
    made = Daemon()
    yield made
    tracing.begins("", "")
    made.ends()


def works() -> int:
    """A step that reads the table and asks a CRM; what the CRM answers."""
    place = Place("eu-central-1", Credentials("key", "secret", ""))
    table: Any = JsonApi("dynamodb", place, send=lambda *_: Answer(200, b"{}", {}))
    crm = Client(httpx.MockTransport(lambda _: httpx.Response(200)))
    with tracing.span("Look"):
        table.get_item(TableName="jobs")
        with crm.asked("GET", "https://crm.example/contacts/7?name=Ada", 1.0) as answer:
            return answer.status_code


def test_step_table_and_connector_are_subsegments_with_the_job(daemon: Daemon) -> None:
    """Each within the one that is open, under the invocation's own; of an address its host."""
    tracing.begins(SAMPLED, daemon.address, job_id="j-1")
    works()
    told = {one["name"]: one for one in daemon.told()}
    step = told["Look"]
    assert {name: one["parent_id"] for name, one in told.items()} == {
        "Look": PARENT,
        "dynamodb GetItem": step["id"],
        "crm.example": step["id"],
    }
    for one in told.values():
        assert (one["trace_id"], one["annotations"]) == (ROOT, {"job_id": "j-1"})
        assert (one["type"], one["fault"]) == ("subsegment", False)
        assert step["start_time"] <= one["start_time"] <= one["end_time"] <= step["end_time"]


def test_a_span_that_fails_is_a_fault_and_raises_what_it_did(daemon: Daemon) -> None:
    """The span after it stands beside it."""
    tracing.begins(SAMPLED, daemon.address, job_id="j-1")
    with pytest.raises(ValueError, match="as it was"), tracing.span("Act"):
        raise ValueError("as it was")
    with tracing.span("Close"):
        pass
    assert [(one["fault"], one["parent_id"]) for one in daemon.told()] == [
        (True, PARENT),
        (False, PARENT),
    ]


@pytest.mark.parametrize("header", ["", SAMPLED.replace("Sampled=1", "Sampled=0")])
def test_what_is_not_sampled_is_not_told(daemon: Daemon, header: str) -> None:
    """Nor is anything of the invocation after a sampled one."""
    tracing.begins(SAMPLED, daemon.address, job_id="j-1")
    tracing.begins(header, daemon.address, job_id="j-2")
    works()
    assert daemon.told() == []


def test_a_daemon_that_takes_nothing_costs_no_job(daemon: Daemon) -> None:
    """The rest of the invocation is not traced."""
    tracing.begins(SAMPLED, "127.0.0.1:0", job_id="j-1")
    assert (works(), works(), daemon.told()) == (200, 200, [])
