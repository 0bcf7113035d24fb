"""The client: what it sends is what the door takes, it comes again, and it waits no longer than it
may."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any
from urllib.error import URLError
from urllib.request import Request

import pytest

from countersign import client
from countersign.client import Client, NotAccepted, NotVerified, action, verify
from countersign.entrypoints.webhook import answered
from tests.fakes.agents import refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import AGENT_SECRET, World


class Line:
    """The way between a client and the doors, which may be away."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.troubles: list[int | None] = []
        self.asked = 0

    def ask(self, request: Request) -> tuple[int, bytes]:
        """What the doors of this world answer."""
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else 0
        if trouble is None:
            raise URLError("nobody there")
        if trouble:
            return trouble, b"<html>"
        kind, _, name = request.selector.removeprefix("/").partition("/")
        param = {"propose": "caller", "proposals": "proposal"}[kind]
        body = request.data if isinstance(request.data, bytes) else b""
        event = {
            "requestContext": {"http": {"method": request.get_method()}},
            "pathParameters": {param: name},
            "headers": dict(request.header_items()),
            "body": body.decode(),
        }
        answer = answered(lambda: self.world.deps, event)
        return answer.status, answer.body.encode()

    def client(self) -> Client:
        """A caller at the end of it."""
        clock = self.world.clock
        url = self.world.settings.public_base_url
        return Client(
            url, "agent", AGENT_SECRET, self.ask, clock.pauses, lambda: clock.now().timestamp()
        )


def test_an_agent_proposes_waits_and_reads() -> None:
    """Through a door that is away at first; under its key it is one proposal."""
    world, charge = with_an_order()
    line = Line(world)
    there = line.client()
    line.troubles = [None, 503]
    sent = [action("payments.refund", **refund(charge, 15)["params"])]
    asked = there.propose(sent, "broken", key="t-7")
    assert there.propose(sent, "broken", key="t-7") == asked
    assert line.asked == 4
    assert there.wait(asked["status_url"], seconds=60)["state"] == "waiting"
    Journey(world, asked["job_id"]).goes()
    said = there.wait(asked["status_url"], seconds=60)
    assert (said["state"], said["actions"][0]["params"]["amount"]["minor"]) == ("done", 1500)


class Killed(BaseException):
    """The caller's process is gone."""


def killed_on(line: Line, sent: list[Any], key: str) -> None:
    """A caller dies after the door has taken its proposal in, before it hears so."""

    def ask(request: Request) -> tuple[int, bytes]:
        line.ask(request)
        raise Killed

    with pytest.raises(Killed):
        replace(line.client(), ask=ask).propose(sent, "broken", key=key)


def test_a_killed_caller_goes_on_with_the_same_proposal() -> None:
    """Another process sends the same under the matter's own key: one job, one refund."""
    world, charge = with_an_order()
    line, sent = Line(world), [action("payments.refund", **refund(charge, 15)["params"])]
    for _ in range(3):
        killed_on(line, sent, "t-8")
    asked = line.client().propose(sent, "broken", key="t-8")
    Journey(world, asked["job_id"]).goes()
    assert line.client().wait(asked["status_url"], seconds=60)["state"] == "done"
    assert set(world.queue.sent) == {asked["job_id"]}
    assert [one.amount for one in world.payments.journal] == [1_500]


@pytest.mark.control
def test_control_a_key_that_each_process_draws_is_another_proposal() -> None:
    """Two jobs; that the second is not paid too is policy's doing: it asks, the same was proposed
    before."""
    world, charge = with_an_order()
    line, sent = Line(world), [action("payments.refund", **refund(charge, 15)["params"])]
    killed_on(line, sent, "drawn-1")
    asked = line.client().propose(sent, "broken", key="drawn-2")
    jobs = set(world.queue.sent)
    assert len(jobs) == 2
    for job in sorted(jobs, key=lambda one: one == asked["job_id"]):
        Journey(world, job).goes()
    assert line.client().read(asked["status_url"])["state"] == "waiting"
    assert [one.amount for one in world.payments.journal] == [1_500]


def test_a_refusal_is_raised_with_what_it_says() -> None:
    """What the caller can mend is not tried again; what stays away is tried six times."""
    world, charge = with_an_order()
    line = Line(world)
    there = line.client()
    with pytest.raises(NotAccepted, match=r"422.*actions\.0\.action") as refused:
        there.propose([action("shell.run")], "why", key="t-1")
    assert (refused.value.status, line.asked) == (422, 1)
    for troubles, raised in (([503] * 6, NotAccepted), ([None] * 6, URLError)):
        line.troubles, line.asked = list(troubles), 0
        with pytest.raises(raised):
            there.propose([refund(charge, 1)], "why", key="t-2")
        assert line.asked == 6


def test_an_agent_takes_back_what_is_open() -> None:
    """A door that is busy is asked again; what was withdrawn is settled."""
    world, charge = with_an_order()
    line = Line(world)
    there = line.client()
    asked = there.propose([refund(charge, 100)], "broken", key="t-8")
    Journey(world, asked["job_id"]).goes()
    line.troubles = [503]
    assert there.withdraw(asked["status_url"], "found it")["state"] == "rejected"
    assert there.wait(asked["status_url"], seconds=0)["ended"] is True


def test_it_is_one_file_of_the_standard_library() -> None:
    """It runs where nothing of ours is installed, and is no part of what functions load."""
    with_nothing = subprocess.run(
        [sys.executable, "-I", "-S", client.__file__], check=False, capture_output=True, text=True
    )
    assert (with_nothing.returncode, with_nothing.stderr) == (0, "")


def test_an_agent_acts_by_a_verdict_and_reports() -> None:
    """It waits until there is one, checks it by the keys at their address, and says what it did."""
    world, charge = with_an_order()
    there = replace(Line(world).client(), caller="advised")
    asked = there.propose([refund(charge, 15)], "broken", key="t-9")
    Journey(world, asked["job_id"]).goes()
    said = there.wait(asked["status_url"], seconds=60)
    allowed = there.verdict(said["actions"][0])
    assert json.loads(allowed["params"])["amount"] == {"currency": "EUR", "minor": 1500}
    there.report(asked["status_url"], {"number": 0, "done": True, "receipt": "re_1"})
    assert there.read(asked["status_url"])["state"] == "done"


def test_what_is_no_token_verifies_never() -> None:
    """Nothing, too few parts, other spellings and points that are not on the curve."""
    key = {"kid": "k", "x": "AQ", "y": "AQ"}
    head, said = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ", "eyJhdWQiOiJhIiwiaWF0IjowLCJleHAiOjF9"
    for token in (
        "",
        "a.b",
        "a.b.c.d",
        f"{head}.{said}.AA",
        f"{head}=.{said}.AA",
        f"{head}.e30.AA",
    ):
        with pytest.raises(NotVerified):
            verify(token, [key], "a", 0)
