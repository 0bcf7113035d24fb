"""The door for agents: what it takes, what it refuses, and what a caller reads afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.entrypoints.tick import tick
from countersign.jobs.rollback import roll_back
from tests.fakes.agents import Agent, refund, with_an_order
from tests.fakes.deliveries import Delivery
from tests.fakes.world import SHOP_SECRET, World


@pytest.fixture
def place() -> tuple[World, Agent, str]:
    world, charge = with_an_order()
    return world, Agent(world), charge


def test_within_its_limits_an_agent_s_refund_runs_by_itself(
    place: tuple[World, Agent, str],
) -> None:
    """202 with an address, and there the receipt once it is done; its system is told, signed."""
    world, agent, charge = place
    answer = agent.proposes(refund(charge, 15))
    assert agent.reads(answer)["state"] == "waiting"
    agent.goes(answer)
    said = agent.reads(answer)
    (action,) = said["actions"]
    assert (said["state"], said["ended"], action["edited"]) == ("done", True, False)
    assert action["receipt"].startswith("re_")
    assert [one.amount for one in world.payments.journal] == [1_500]
    tick(world.deps)
    told = json.loads(world.callbacks.told[0].body)
    assert told["data"]["event_id"] == "k-1"
    assert told["data"]["actions"] == [
        {"number": 0, "action": "payments.refund", "status": "verified"}
    ]


def test_above_its_limit_a_person_decides_and_the_caller_reads_cause_and_words(
    place: tuple[World, Agent, str],
) -> None:
    """It waits; rejected it says why, approved it runs; nobody's name is told."""
    world, agent, charge = place
    no, yes = (agent.proposes(refund(charge, 100 + n), key=f"k{n}") for n in range(2))
    journeys = agent.goes(no), agent.goes(yes)
    assert agent.reads(no)["state"] == "waiting"
    assert agent.reads(no)["actions"][0]["policy"]["rules"][0]["rule"] == "caller.over_alone"
    journeys[0].is_decided(Choice.REJECT, reason="he has it back already")
    journeys[1].is_decided(Choice.APPROVE)
    assert agent.reads(yes)["state"] == "approved"
    for one in journeys:
        one.answered()
    said = agent.reads(no)
    assert said["state"] == "rejected"
    assert said["actions"][0]["rejected"] == {"cause": "", "words": "he has it back already"}
    assert "ana" not in json.dumps([said, agent.reads(yes)])
    assert agent.reads(yes)["state"] == "done"
    assert [one.amount for one in world.payments.journal] == [10_100]


BEYOND: dict[str, tuple[dict[str, Any], str]] = {
    "more than its most": ({"euros": 301}, "caller.over_most"),
    "another customer": ({"euros": 10, "customer": "cus_Other"}, "order.unknown"),
    "another charge": ({"euros": 10, "charge": "ch_none"}, "order.unknown"),
    "another order": ({"euros": 10, "order": "9"}, "order.unknown"),
}


def test_beyond_its_limits_nothing_is_done_and_the_rule_is_named() -> None:
    """Refused at once, by policy, with the rule's id; no person is asked."""
    wrong = []
    for what, (how, rule) in BEYOND.items():
        world, charge = with_an_order()
        agent = Agent(world)
        answer = agent.proposes(refund(how.pop("charge", charge), how.pop("euros"), **how))
        agent.goes(answer)
        said = agent.reads(answer)
        causes = said["actions"][0].get("rejected", {}).get("cause", "")
        if (said["state"], said["ended"], world.payments.journal) != ("rejected", True, []):
            wrong.append((what, said))
        if rule not in causes:
            wrong.append((what, causes))
    assert wrong == []


def test_what_a_row_does_not_name_or_was_due_before_is_refused(
    place: tuple[World, Agent, str],
) -> None:
    """An action without a row, a passed deadline, more than is left: each by its rule."""
    world, agent, charge = place
    world.settings = world.settings.model_copy(
        update={
            "senders": tuple(
                one.model_copy(update={"proposes": one.proposes[:1]})
                for one in world.settings.senders
            )
        }
    )
    world.deps = world.deps_again()
    note = {
        "action": "crm.add_note",
        "params": {"email": "ada@x.example", "text": "hi", "at": "2026-03-02T09:00:00Z"},
    }
    world.payments.has_refund(charge, 39_000)
    asked = {
        "caller.action": agent.proposes(note),
        "proposal.late": agent.proposes(
            refund(charge, 5), key="k2", deadline="2026-03-02T08:59:00Z"
        ),
        "order.left": agent.proposes(refund(charge, 11), key="k3"),
    }
    for rule, answer in asked.items():
        agent.goes(answer)
        said = agent.reads(answer)
        assert said["state"] == "rejected", rule
        assert said["actions"][0]["rejected"]["cause"] == rule


def test_the_sum_of_what_runs_alone_in_a_day_is_bounded(place: tuple[World, Agent, str]) -> None:
    """Three of 20 EUR run, the fourth asks; so does the same proposal under another key."""
    world, agent, charge = place
    states = []
    for n in range(4):
        other = world.payments.has_order(f"2{n}", 9_000, "eur", customer="cus_AdaQuill")
        answer = agent.proposes(refund(other, 20, order=f"2{n}"), key=f"k{n}")
        agent.goes(answer)
        states.append(agent.reads(answer)["state"])
    assert states == ["done", "done", "done", "waiting"]
    first, second = (agent.proposes(refund(charge, 1), key=key) for key in ("a", "b"))
    agent.goes(first)
    agent.goes(second)
    rules = agent.reads(second)["actions"][0]["policy"]["rules"]
    assert [one["rule"] for one in rules] == ["proposal.again"]


def test_one_key_is_one_proposal(place: tuple[World, Agent, str]) -> None:
    """The same key and body: the same answer, and nothing new; another body: 409."""
    world, agent, charge = place
    first = agent.proposes(refund(charge, 15))
    agent.goes(first)
    writes = world.store.writes
    assert agent.proposes(refund(charge, 15)) == first
    assert agent.proposes(refund(charge, 16)).status == 409
    assert (world.store.writes, len(world.payments.journal)) == (writes, 1)


def test_what_is_no_proposal_is_told_at_once_and_stored_nowhere(
    place: tuple[World, Agent, str],
) -> None:
    """Problems by their field, never with a value; other bytes than JSON; too many."""
    world, agent, charge = place
    odd = {**refund(charge, 15), "params": {"order": "1042", "amount": {"minor": "x"}}}
    for said, status, word in (
        ([odd], 422, "actions.0.params.charge"),
        ([refund(charge, 1), refund(charge, 2)], 422, "twice"),
        ([{"action": "shell.run", "params": {}}], 422, "actions.0.action"),
        ([], 422, "actions"),
    ):
        answer = agent.proposes(*said)
        assert (answer.status, word in answer.body) == (status, True), answer.body
    assert agent.posts(b"{").status == 400
    assert agent.posts(b" " * 1_000_001).status == 413
    assert (world.store.writes, world.payloads.keys()) == (0, set())


def test_only_who_may_propose_and_signs_gets_in(place: tuple[World, Agent, str]) -> None:
    """A stranger, a sender without a row and a wrong secret hear the same; no other door leads to
    the workflow, and no other token opens a proposal."""
    world, agent, charge = place
    mine = agent.proposes(refund(charge, 15))
    others = (
        Agent(world, "nobody"),
        Agent(world, "shop", SHOP_SECRET),
        Agent(world, "agent", SHOP_SECRET),
    )
    heard = {one.proposes(refund(charge, 15)).body for one in others}
    assert len(heard) == 1
    assert {one.proposes(refund(charge, 15)).status for one in others} == {401}
    wrapped = json.dumps({"caller": "agent", "may": [], "proposal": {}}).encode()
    post = Delivery(wrapped, workflow="agent_actions", sender="shop", secret=SHOP_SECRET)
    assert post.arrives(world).status == 404
    token = json.loads(mine.body)["status_url"].rpartition("/")[2]
    assert agent.at(token).status == 200
    assert {agent.at(one).status for one in (token[:-1], token[:-1] + "?", "j-x.y")} == {404}
    webhook = Delivery(
        b'{"email": 7}', workflow="refund_request", sender="shop", secret=SHOP_SECRET
    )
    address = json.loads(webhook.arrives(world).body)["status_url"].rpartition("/")[2]
    assert agent.at(address).status == 404


def test_what_is_undone_says_so(place: tuple[World, Agent, str]) -> None:
    """A note of an agent is taken back like any other effect, and the caller reads it."""
    world, agent, _ = place
    world.crm.has_contact("ada@x.example")
    note = {"email": "ada@x.example", "text": "asked twice", "at": "2026-03-02T09:00:00Z"}
    answer = agent.proposes({"action": "crm.add_note", "params": note})
    journey = agent.goes(answer)
    assert agent.reads(answer)["state"] == "done"
    roll_back(world.deps, journey.job_id, by="kim", reason="wrong contact")
    journey.goes("TakeBack")
    assert agent.reads(answer)["state"] == "undone"


def test_what_its_caller_takes_back_nobody_can_sign_and_they_are_told(
    place: tuple[World, Agent, str],
) -> None:
    """What is open is void from the answer on, its execution is let go, who was asked has a mail;
    the caller reads its own words, and the same again changes nothing."""
    world, agent, charge = place
    answer = agent.proposes(refund(charge, 100))
    journey = agent.goes(answer)
    waits, before = set(world.executions.waiting), len(world.mail.sent)
    assert agent.withdraws(answer, "it was found", by=SHOP_SECRET).status == 401
    assert agent.withdraws(answer, " ").status == 422
    told = [agent.withdraws(answer, "it was found") for _ in range(2)]
    assert [json.loads(one.body)["state"] for one in told] == ["rejected", "rejected"]
    with pytest.raises(AssertionError, match="nothing waits for a decision"):
        journey.is_decided(Choice.APPROVE)
    said = agent.reads(answer)
    assert said["actions"][0]["rejected"] == {"cause": "withdrawn", "words": "it was found"}
    tick(world.deps)
    tick(world.deps)
    mails = [one for one in world.mail.sent[before:] if "Withdrawn" in one.subject]
    assert mails
    assert len({one.to for one in mails}) == len(mails)
    assert "agent cancelled a job" in mails[0].text
    assert not waits & set(world.executions.waiting)
    assert (world.payments.journal, said["ended"]) == ([], True)


def test_what_has_ended_or_runs_is_not_taken_back(place: tuple[World, Agent, str]) -> None:
    """After the end there is nothing to take back; while a step of it runs, or before it has
    begun, the caller is to come again."""
    world, agent, charge = place
    answer = agent.proposes(refund(charge, 15))
    agent.goes(answer)
    late = agent.withdraws(answer, "changed my mind")
    assert (late.status, "COMPLETED" in late.body) == (409, True)
    assert len(world.payments.journal) == 1
    early = agent.proposes(refund(charge, 100), key="k-2")
    assert agent.withdraws(early, "too soon").status == 503
