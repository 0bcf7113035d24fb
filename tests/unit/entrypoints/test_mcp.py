"""The door for agents that speak MCP, tried by the official client on both of its roads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.jobs.senders import hashed, lets_in, new_token, token_of
from countersign.entrypoints.mcp import A_MINUTE, answered
from countersign.web.http import Response
from tests.fakes.agents import Agent, refund, with_an_order
from tests.fakes.journey import Journey
from tests.fakes.world import AGENT_TOKEN, World

pytest.importorskip("mcp", reason="the group `mcp` is not installed")
from tests.fakes.mcp import ROADS, Mcp


def asked(charge: str, euros: float, key: str = "k-1") -> dict[str, Any]:
    """The arguments of a refund's tool."""
    return {"key": key, "reason": "it broke", "params": dict(refund(charge, euros)["params"])}


def posts(
    world: World, token: str = AGENT_TOKEN, method: str = "POST", body: str = "{}"
) -> Response:
    """One request, as the gateway hands it over."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    event = {"requestContext": {"http": {"method": method}}, "headers": headers, "body": body}
    return answered(lambda: world.deps, event)


@pytest.mark.parametrize("road", ROADS)
def test_an_agent_proposes_goes_on_and_asks_again(road: str) -> None:
    """One tool for each action of its row; what waits for a person is answered at once, and later
    with the parameters as they were signed."""
    world, charge = with_an_order()
    there = Mcp(world, road)
    tools = {one.name: one for one in there.tools()}
    of_shop = {f"shop_{name}" for name in ("move_delivery", "send_part", "give_credit")}
    own = {"payments_refund", "crm_add_note", *of_shop}
    assert set(tools) == {*own, "status", "withdraw"}
    said = {name: one.annotations for name, one in tools.items()}
    hints = {n: (one.read_only_hint, one.destructive_hint) for n, one in said.items()}
    assert hints == {
        "payments_refund": (False, True),
        **dict.fromkeys(own - {"payments_refund"}, (False, False)),
        "status": (True, False),
        "withdraw": (False, False),
    }
    asks = there.calls("payments_refund", **asked(charge, 100))
    assert (asks.is_error, asks.structured_content["state"]) == (False, "waiting")
    journey = Journey(world, asks.structured_content["job_id"])
    journey.goes()
    journey.is_decided(Choice.APPROVE)
    journey.answered()
    done = there.calls("status", key="k-1").structured_content
    assert (done["state"], done["actions"][0]["params"]["amount"]["minor"]) == ("done", 10_000)
    assert [one.amount for one in world.payments.journal] == [10_000]


def test_it_is_the_same_door_as_the_signed_one() -> None:
    """One key is one proposal whichever door it came by, another body under it is refused, and so
    is what breaks a contract; a caller reads its own proposals alone."""
    world, charge = with_an_order()
    there, signed = Mcp(world), Agent(world)
    first = there.calls("payments_refund", **asked(charge, 15))
    assert there.calls("payments_refund", **asked(charge, 15)).structured_content == (
        first.structured_content
    )
    assert len(set(world.queue.sent)) == 1
    assert signed.proposes(refund(charge, 16), key="k-1").status == 409
    other = there.calls("payments_refund", **asked(charge, 16))
    assert (other.is_error, "another body" in other.content[0].text) == (True, True)
    without = {**asked(charge, 15, "k-2"), "params": {"order": "1"}}
    broken = there.calls("payments_refund", **without)
    assert broken.is_error
    assert "actions.0.params" in broken.content[0].text
    for tool in ("status", "withdraw"):
        strange = there.calls(tool, key="k-9", words="why")
        assert strange.is_error
        assert "nothing under this key" in strange.content[0].text
    assert there.calls("status").is_error
    assert there.calls("shell_run", key="k").is_error


def test_what_it_withdraws_nobody_can_sign() -> None:
    """Its own words come back; before its first step it is to come again."""
    world, charge = with_an_order()
    there = Mcp(world)
    job = there.calls("payments_refund", **asked(charge, 100)).structured_content["job_id"]
    assert there.calls("withdraw", key="k-1", words="found").is_error
    Journey(world, job).goes()
    said = there.calls("withdraw", key="k-1", words="found").structured_content
    assert said["actions"][0]["rejected"] == {"cause": "withdrawn", "words": "found"}
    assert world.store.load(job).pending is None


def test_who_acts_itself_gets_a_verdict_and_reports() -> None:
    """The one more tool of such a caller; the report is taken once."""
    world, charge = with_an_order()
    token = new_token("advised", "u" * 43)
    world.secrets.held["callers"] = json.dumps({"advised": {"current": hashed(token)}})
    there = Mcp(world, token=token)
    job = there.calls("payments_refund", **asked(charge, 15)).structured_content["job_id"]
    Journey(world, job).goes()
    assert there.calls("status", key="k-1").structured_content["actions"][0]["verdict"]
    told = there.calls("report", key="k-1", done=True, receipt="re_9").structured_content
    assert (told["state"], told["actions"][0]["receipt"]) == ("done", "re_9")
    assert there.calls("report", key="k-1", done=False).is_error


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_no_stream_and_no_session(method: str) -> None:
    """In front of the package, which would open one; whoever asks, and without a token."""
    said = posts(with_an_order()[0], "", method)
    assert (said.status, said.headers["allow"]) == (405, "POST")


def test_only_a_token_that_is_good_lets_in() -> None:
    """Unknown, another's, of a caller that proposes nothing, under another scheme: the same words.
    Two are good during a rotation, and what is stored lets nobody in."""
    world = with_an_order()[0]
    new, shop = new_token("agent", "n" * 43), new_token("shop", "s" * 43)
    kept = {"agent": {"current": hashed(new), "previous": hashed(AGENT_TOKEN)}}
    world.secrets.held["callers"] = json.dumps({**kept, "shop": {"current": hashed(shop)}})
    guessed = [new_token(one, "x" * 43) for one in ("agent", "nobody")]
    wrong = ("", "x", *guessed, shop, hashed(new))
    answers = {(posts(world, one).status, posts(world, one).body) for one in wrong}
    assert len(answers) == 1
    assert answers.pop()[0] == 401
    assert posts(world, "").headers["www-authenticate"] == "Bearer"
    assert {posts(world, one, body="?" * 1_000_001).status for one in (new, AGENT_TOKEN)} == {413}
    good = json.loads(world.secrets.held["callers"])
    assert [lets_in(good, one) for one in (new, AGENT_TOKEN, shop)] == [True] * 3
    assert not any(lets_in(good, one) for one in (*wrong[:4], hashed(new)))
    assert [token_of(one) for one in (new, "cst_agent", "agent.x", "")] == ["agent", "", "", ""]


def test_its_calls_are_counted_apart_from_what_it_signs() -> None:
    """Over the limit it is told when to come again, before the package is loaded."""
    world, charge = with_an_order()
    for _ in range(A_MINUTE):
        world.sender_limits.counts("mcp/agent", A_MINUTE, world.clock.now())
    over = posts(world)
    assert (over.status, 0 < int(over.headers["retry-after"]) <= 60) == (429, True)
    assert Agent(world).proposes(refund(charge, 15)).status == 202
    world.clock.passes(minutes=1)
    assert Mcp(world).calls("status", key="k-1").is_error is False


def test_a_failure_of_ours_is_told_as_one() -> None:
    """Nothing of its words leaves; the same key may come again."""
    world, charge = with_an_order()
    del world.secrets.held["callers"]
    assert posts(world).status == 503
    world, charge = with_an_order()
    world.payloads.put = None  # type: ignore[method-assign, assignment]
    said = Mcp(world).calls("payments_refund", **asked(charge, 15))
    assert (said.is_error, "we failed" in said.content[0].text) == (True, True)
