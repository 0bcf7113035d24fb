"""Senders: who may post where, whose event ids are whose, and the secrets of each."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from countersign.domain.errors import ContractBroken, NotFound
from countersign.domain.jobs import senders
from countersign.domain.jobs.job import job_id_of
from countersign.domain.jobs.senders import (
    DEFAULT,
    MayPropose,
    Sender,
    calling,
    has_any,
    hashed,
    lets_in,
    new_token,
    renewed,
    retired,
    token_of,
)

SHOP = Sender(id="shop", workflows=("refund_request",))
ANY = Sender(id=DEFAULT, workflows=("*",))


def test_a_sender_posts_where_its_row_says() -> None:
    """The workflows that are named, or all of them; nobody is found by a name that is no row's."""
    assert [SHOP.may_post_to(one) for one in ("refund_request", "lead_intake")] == [True, False]
    assert ANY.may_post_to("lead_intake")
    assert senders.named((ANY, SHOP), "shop") == SHOP
    assert senders.named((ANY, SHOP), "stranger") is None


def test_the_default_sender_keeps_its_jobs_and_nobody_else_meets_them() -> None:
    """Its identity is the workflow's id, as before there were others; theirs can never be one."""
    assert ANY.identity("lead_intake") == "lead_intake"
    theirs = Sender(id="leads", workflows=("*",)).identity("leads")
    of_default = ANY.identity("leads")
    assert job_id_of("webhook", "leads", theirs, "1") != job_id_of(
        "webhook", "leads", of_default, "1"
    )


@pytest.mark.parametrize("name", ["", "Shop", "web shop", "a/b", "current", "previous", "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """It stands in a path and beside the words of the secrets."""
    with pytest.raises(ValidationError):
        Sender(id=name, workflows=("*",))


def test_each_sender_has_secrets_of_its_own() -> None:
    """Rotated, revoked and retired without touching anybody else's; bare as stored, whole as
    used."""
    held = senders.held('{"current": "A"}')
    held = senders.renewed(held, "shop", "whsec_B")
    held = senders.renewed(held, "shop", "whsec_C")
    held = senders.renewed(held, DEFAULT, "whsec_D")
    assert held == {
        "current": "D",
        "previous": "A",
        "shop": {"current": "C", "previous": "B"},
    }
    assert senders.keys(held, "shop") == ("whsec_C", "whsec_B")
    with pytest.raises(ContractBroken, match="two secrets of shop"):
        senders.renewed(held, "shop", "whsec_E")
    held = senders.revoked(held, "shop")
    with pytest.raises(ContractBroken, match="only one secret of shop"):
        senders.revoked(held, "shop")
    held = senders.retired(held, "shop")
    assert held == {"current": "D", "previous": "A"}
    with pytest.raises(NotFound):
        senders.retired(held, "shop")
    assert senders.retired(held, DEFAULT) == {}


def test_who_has_no_secret_has_no_keys() -> None:
    """Neither a stranger, nor one who borrows the name of a secret, nor an empty text."""
    held = senders.held('{"current": "A"}')
    assert senders.keys(held, "stranger") == ()
    assert senders.keys(held, "current") == ()
    assert senders.keys(senders.held(""), DEFAULT) == ()


def test_a_row_says_something_and_says_it_once() -> None:
    """A sender posts or proposes; an action has one row, and an amount is above zero."""
    twice = (MayPropose(action="a"), MayPropose(action="a"))
    for proposes in ((), twice):
        with pytest.raises(ValidationError):
            Sender(id="agent", proposes=proposes)
    with pytest.raises(ValidationError):
        MayPropose(action="a", most={"EUR": Decimal(0)})
    assert Sender(id="agent", proposes=twice[:1]).workflows == ()


def test_a_caller_takes_verdicts_for_what_it_does_itself() -> None:
    """One such row of its actions is enough; what is done here needs no verdict."""
    here, itself = MayPropose(action="a"), MayPropose(action="b", by_caller=True)
    assert not Sender(id="agent", proposes=(here,)).takes_verdicts
    assert Sender(id="agent", proposes=(here, itself)).takes_verdicts


def test_a_token_says_whose_it_is_and_only_its_hash_lets_in() -> None:
    """Two at a time; a third is made once the older one has ended."""
    first, second = (new_token("agent", one * 43) for one in "ab")
    kept = renewed(renewed({}, "agent", hashed(first)), "agent", hashed(second), "token")
    assert [lets_in(kept, one) for one in (first, second, hashed(first), "")] == [True, True] + [
        False
    ] * 2
    assert [token_of(one) for one in (first, "agent.a", "cst_agent")] == ["agent", "", ""]
    with pytest.raises(ContractBroken, match="senders token agent --revoke"):
        renewed(kept, "agent", hashed("x"), "token")
    assert [has_any(one, "agent") for one in (kept, retired(kept, "agent"))] == [True, False]


def test_an_execution_comes_by_the_function_of_its_row_and_is_answered_where_it_is() -> None:
    """Of the stage's own account by name; a function of another one by its ARN, a machine never."""
    refund = (MayPropose(action="a"),)
    theirs = "arn:aws:lambda:eu-central-1:123456789012:function:orders:live"
    one = Sender(id="the-machine", proposes=refund, answers="stateMachine:billing")
    other = Sender(id="orders", proposes=refund, answers=theirs)
    senders = (Sender(id="shop", workflows=("*",)), one, other)
    assert [calling(senders, f"countersign-dev-{n}") for n in ("CallsTheMachine", "CallsShop")] == [
        one,
        None,
    ]
    assert (one.account, other.account) == ("", "123456789012")
    itself = (MayPropose(action="b", by_caller=True),)
    machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:billing"
    for wrong in (
        {"proposes": itself, "answers": "function:x"},
        {"workflows": ("*",), "answers": "function:x"},
        {"proposes": refund, "answers": machine},
        {"proposes": refund, "by_queue": True},
    ):
        with pytest.raises(ValidationError):
            Sender.model_validate({"id": "x", **wrong})


def test_the_function_and_the_queue_of_a_caller_are_its_own() -> None:
    """By its name, as the stack and its queues spell names; no two callers share one."""
    callers = ("the-machine", "orders")
    assert [senders.function_of(one) for one in callers] == ["CallsTheMachine", "CallsOrders"]
    assert [senders.queue_of(one) for one in callers] == ["calls-the-machine", "calls-orders"]
