"""What refund_request wants, with whose money, to whom, and when it runs, asks or stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from countersign.actions import mail
from countersign.actions.payments import Refund
from countersign.domain.approvals.codes import ABOVE
from countersign.domain.contract import Contract
from countersign.domain.limits.caps import REACHED
from countersign.domain.money import Money
from countersign.domain.planning.plan import reconsider
from countersign.domain.policy.policy import Policy, PolicyLine
from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.rules import Finding, findings
from countersign.extraction.replies import RECEIVED
from tests.unit.workflows.bench import Rows
from tests.unit.workflows.refunds import (
    BENCH,
    ORDER,
    SENDER,
    WORKFLOW,
    Outcome,
    asked,
    judge,
    mailed,
    records,
)
from workflows.refund_request.actions import claim, joins, lookups
from workflows.refund_request.facts import proposed
from workflows.refund_request.replies import CONFIRMATIONS, CONSIDERED

POLICY, RULES = WORKFLOW.policy, WORKFLOW.rules
LIMITS = WORKFLOW.release.limits
_SILENT = {"safety.masked", "facts.shown"}
"""Rules that only inform."""


# --- policy -----------------------------------------------------------------------------------


def test_every_line_speaks_of_a_rule_and_every_rule_has_its_lines() -> None:
    """A line about a rule that nobody checks never holds; a rule without a line never objects."""
    spoken = {line.when for line in POLICY.lines if line.when}
    assert spoken == {rule.id for rule in RULES} - _SILENT | {REACHED}
    assert len({line.id for line in POLICY.lines}) == len(POLICY.lines)
    assert [line.id for line in POLICY.lines if not any(map(line.covers, WORKFLOW.actions))] == []


_ABOUT_MONEY = ("payments.refund", "email.send_reply")


def _unseen(policy: Policy) -> list[str]:
    """Rules that hold the refund back and let the reply leave by itself."""
    loose = []
    for rule in (*(one.id for one in RULES), REACHED):
        found = [Finding(rule=rule, sentence="")]
        verdicts = [policy.verdict(action, found) for action in _ABOUT_MONEY]
        if [str(verdict.answer) for verdict in verdicts] not in (["run", "run"], ["ask", "ask"]):
            loose += [rule] if verdicts[1].answer == "run" else []
    return loose


def test_no_reply_runs_where_the_refund_does_not() -> None:
    """The confirmation says that money was sent, so it runs only with the refund."""
    assert _unseen(POLICY) == []


@pytest.mark.control
@pytest.mark.parametrize(
    "line",
    [
        line
        for line in POLICY.lines
        if line.actions == ("email.send_reply",) and line.answer == "ask"
    ],
)
def test_the_check_sees_a_policy_without_one_of_its_reply_lines(line: PolicyLine) -> None:
    """Control: whichever line about the reply is missing, the check above names its rule."""
    naive = replace(POLICY, lines=tuple(one for one in POLICY.lines if one != line))
    assert _unseen(naive) == [line.when]


def test_the_strictest_of_many_findings_holds() -> None:
    """Above what one may sign, two sign; what forbids, forbids, whatever else was found."""
    found = [Finding(rule=rule.id, sentence=rule.sentence) for rule in RULES]
    two = [one for one in found if one.rule.startswith("refund.over_")]
    assert str(POLICY.verdict("payments.refund", two).quorum) == "two"
    assert str(POLICY.verdict("payments.refund", found).answer) == "forbid"
    assert str(POLICY.verdict("email.send_reply", found).answer) == "forbid"


def test_every_currency_has_all_its_limits_in_order() -> None:
    """What heuristics may let run < what runs ≤ what a customer gets in a day ≤ what one signs; the
    day's sum is above both."""
    amounts = WORKFLOW.release.limits.amounts
    assert set(amounts) == {
        "auto.max",
        "offline.max",
        "single.max",
        ABOVE,
        "cap.daily",
        "cap.customer",
    }
    for limit in amounts["auto.max"]:
        held = {name: WORKFLOW.release.limits.amount(name, limit.currency) for name in amounts}
        values = {name: money.amount for name, money in held.items() if money}
        assert (
            values["offline.max"]
            < values["auto.max"]
            <= values["cap.customer"]
            <= values["single.max"]
        )
        assert values["single.max"] <= values[ABOVE] <= values["cap.daily"]


# --- money ------------------------------------------------------------------------------------


def test_a_persons_correction_goes_before_form_and_text() -> None:
    """Order, amount and reason that a person set are the ones of the plan."""
    outcome = judge(asked(reason="damaged"))
    said = {"order": "1043", "asked_amount": "20.00", "asked_currency": "EUR", "reason": "fraud"}
    facts = {name: Fact(value=value, quotes=(), by="ana") for name, value in said.items()}
    proposal = outcome.proposal.model_copy(update={"facts": {**outcome.proposal.facts, **facts}})
    situation = BENCH.situated(outcome.given, proposal, records(number="1043"))
    refund, *_ = WORKFLOW.want(situation)
    assert refund.params.model_dump()["amount"] == {"minor": 2000, "currency": "EUR"}
    assert {"order": "1043", "reason": "fraudulent"}.items() <= refund.params.model_dump().items()
    rules = {found.rule for found in findings(RULES, situation)}
    assert "amount.contradicts" not in rules


def test_a_corrected_dollar_is_the_one_that_the_person_named() -> None:
    """A person who writes USD means it, also for an order in Canadian dollars."""
    outcome = judge(mailed("Order #1042 is broken, please refund $45."), records(currency="CAD"))
    fact = Fact(value="USD", quotes=(), by="ana")
    facts = {**outcome.proposal.facts, "asked_currency": fact}
    proposal = outcome.proposal.model_copy(update={"facts": facts})
    situation = BENCH.situated(outcome.given, proposal, records(currency="CAD"))
    assert "currency.differs" in {found.rule for found in findings(RULES, situation)}


@pytest.mark.parametrize(
    ("said", "minor"),
    [("10", 1000), ("10.999", 1099), ("49.90", 4990), ("50", 4990), ("0.004", None)],
)
def test_the_amount_is_bounded_and_never_rounded_up(said: str, minor: int | None) -> None:
    """At most what is left, in whole minor units, rounded down; less than one is none."""
    outcome = judge(mailed("Order #1042 is broken, please refund 45.90 EUR."))
    facts = {**outcome.proposal.facts, "asked_amount": Fact(value=said, quotes=("x",))}
    proposal = outcome.proposal.model_copy(update={"facts": facts})
    amount = proposed(BENCH.situated(outcome.given, proposal, records()))
    assert (amount.minor if amount else None) == minor


# --- what changes while it waits --------------------------------------------------------------


def _again(outcome: Outcome, held: Rows) -> dict[str, str]:
    """The status of every entry that policy judges more strictly with these records."""
    situation = BENCH.situated(outcome.given, outcome.proposal, held)
    changed = reconsider(WORKFLOW, outcome.ledger, findings(RULES, situation))
    return {entry.action: str(entry.status) for entry in changed}


def test_a_refund_by_a_colleague_while_it_waits_stops_what_was_signed() -> None:
    """Somebody else's refund leaves less than was signed: forbidden, and the reply asks anew."""
    outcome = judge(asked(amount=None))
    assert outcome.verdicts["payments.refund"] == "ask"
    whole = _again(outcome, records(refunded_minor="4990"))
    assert whole == {"payments.refund": "forbidden", "email.send_reply": "planned"}
    stated = judge(asked(amount={"minor": 4500, "currency": "EUR"}))
    assert _again(stated, records(refunded_minor="1000"))["payments.refund"] == "forbidden"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"disputed": "true"}, "forbidden"),
        ({"refunded_minor": "10"}, "planned"),
        ({"email": "sam.reed@example.com"}, "forbidden"),
        ({}, None),
    ],
)
def test_a_changed_record_is_judged_again(change: Mapping[str, str], status: str | None) -> None:
    """A dispute, a refund in part or a new owner while it waits is never passed over."""
    outcome = judge(asked(amount={"minor": 4900, "currency": "EUR"}))
    assert outcome.verdicts["payments.refund"] == "run"
    assert _again(outcome, records(**change)).get("payments.refund") == status


def _edited(outcome: Outcome, *edited: Contract) -> dict[str, str]:
    """The verdicts when people have changed parameters."""
    situation = replace(outcome.situation, edited=edited)
    found = findings(RULES, situation)
    return {action: str(POLICY.verdict(action, found).answer) for action in WORKFLOW.actions}


@pytest.mark.parametrize(
    ("minor", "answer"), [(4990, "run"), (5001, "ask"), (50001, "ask"), (80001, "forbid")]
)
def test_an_edited_amount_is_judged_like_an_asked_one(minor: int, answer: str) -> None:
    """A person's amount has a customer's bounds: small, signed, or above what is left."""
    outcome = judge(asked(), records(amount_minor="80000"))
    refund = Refund.model_validate(WORKFLOW.want(outcome.situation)[0].params)
    amount = Money.model_validate({"minor": minor, "currency": "EUR"})
    changed = refund.model_copy(update={"amount": amount})
    assert _edited(outcome, changed)["payments.refund"] == answer
    situation = replace(outcome.situation, edited=(changed,))
    quorum = POLICY.verdict("payments.refund", findings(RULES, situation)).quorum
    assert str(quorum) == ("two" if minor == 50001 else "one")


def test_an_edited_reply_is_searched_like_a_draft() -> None:
    """A link that a person typed is as foreign as a model's; the sender's own subject is not."""
    outcome = judge(mailed("Order #1042 is broken, please refund me.", subject="see shop.xyz"))
    reply = mail.Reply.model_validate(WORKFLOW.want(outcome.situation)[1].params)
    assert reply.subject == "Re: see shop.xyz"
    assert _edited(outcome, reply)["email.send_reply"] == "ask"
    linked = reply.model_copy(update={"text": "Pay at https://pay.collector.example/now."})
    assert _edited(outcome, linked)["email.send_reply"] == "forbid"


# --- look-ups, claims, replies ----------------------------------------------------------------


def test_order_and_refunds_are_looked_up_by_the_number() -> None:
    """Both questions go to the payments account; without a number nothing is asked."""
    outcome = judge(asked(order=" #1042 "))
    found = lookups(outcome.given, outcome.proposal)
    assert {(one.connector, one.name, one.kind, one.field, one.value) for one in found} == {
        ("payments", "order", "order", "number", "1042"),
        ("payments", "refunds", "refunds_of_order_customer", "number", "1042"),
    }
    nothing = judge(mailed("The lamp is broken, please refund me."), {})
    assert lookups(nothing.given, nothing.proposal) == ()


def test_two_requests_about_one_order_meet_whoever_wrote_them() -> None:
    """The claim is on the order, holds no number and no address, and needs an order."""
    first, again = judge(asked()), judge(mailed("Refund order #1042.", "Sam <sam@example.com>"))
    held = [claim(one.given, one.proposal, LIMITS) for one in (first, again)]
    assert held[0]
    assert held[0] == held[1]
    assert joins(held[0].body, held[0].body, hours=700)
    assert "1042" not in held[0].key + held[0].body
    nothing = judge(mailed("The lamp is broken, please refund me."), {})
    assert claim(nothing.given, nothing.proposal, LIMITS) is None


def test_only_a_refund_that_runs_is_confirmed() -> None:
    """What a person may still refuse is answered by a text that is true either way."""
    runs, asks = judge(asked()), judge(asked(amount=None))
    assert "49.90 EUR" in runs.params("email.send_reply")["text"]
    text = asks.params("email.send_reply")["text"]
    assert "49.90" not in text
    assert "refunded" not in text


@pytest.mark.parametrize("language", [*CONFIRMATIONS, "fi"])
def test_the_confirmation_names_number_and_amount_in_each_language(language: str) -> None:
    """Both come from the record; a language without a text gets the English one."""
    said = {"language": {"value": language, "quotes": ["refund me"]}}
    params = judge(asked(), answer=said).params("email.send_reply")
    assert "1042" in params["subject"]
    sign = "." if language in ("en", "fi", "ja") else ","
    assert f"49{sign}90 EUR" in params["text"]
    assert "1042" in params["text"]
    assert "{" not in params["text"] + params["subject"]


@pytest.mark.parametrize("language", [*CONSIDERED, "fi"])
def test_the_reply_beside_a_signed_refund_does_not_contradict_it(language: str) -> None:
    """Signed together with the refund it leaves when money is on its way: it says neither that
    somebody will read the message nor that money goes back; a refund that is forbidden keeps the
    acknowledgement."""
    said = {"language": {"value": language, "quotes": ["refund me"]}, "actions": []}
    over = asked(amount={"minor": 5100, "currency": "EUR"})
    held = records(amount_minor="9990")
    asks = judge(over, held, said)
    assert asks.verdicts["payments.refund"] == "ask"
    text = asks.params("email.send_reply")["text"]
    assert "1042" in text
    assert "51.00" not in text
    assert text != RECEIVED.get(language, RECEIVED["en"])[1]
    forbidden = judge(over, records(amount_minor="9990", disputed="true"), said)
    assert forbidden.verdicts["payments.refund"] == "forbid"
    fixed = RECEIVED.get(language, RECEIVED["en"])[1]
    assert forbidden.params("email.send_reply")["text"] == fixed


def test_the_forms_language_serves_where_the_text_does_not_tell() -> None:
    """Three words tell no language; the shop knows its customer's."""
    outcome = judge(asked(message="Lamp broken: refund", language="de-AT"))
    assert outcome.facts.get("language") == "de"
    silent = judge(asked(message="Lamp broken: refund", language="de"), answer={"language": None})
    assert "Guten Tag" in silent.params("email.send_reply")["text"]


def test_too_many_files_ask() -> None:
    """A request with more files than anybody sends is seen by a person."""
    given = asked()
    files: Sequence[Any] = [{"name": "a.pdf", "content_type": "application/pdf", "size": 1}] * 11
    loaded = type(given).model_validate({**dict(given), "attachments": _attached(given, files)})
    assert "size.over_limit" in judge(loaded).rules


def _attached(given: Any, files: Sequence[Any]) -> Any:
    kind = type(given).model_fields["attachments"].annotation.__args__[0]
    return tuple(kind(**file) for file in files)


def test_a_text_that_was_cut_asks() -> None:
    """Nobody knows what stood in the part that was not read."""
    given = mailed("Order #1042 is broken, please refund 45.90 EUR. " * 600)
    assert "size.over_limit" in judge(given).rules


def test_less_confidence_asks() -> None:
    """Below the limit a person looks, and nothing else need be found."""
    outcome = judge(asked())
    proposal = outcome.proposal.model_copy(update={"confidence": Decimal("0.79")})
    situation = BENCH.situated(outcome.given, proposal, records())
    assert [found.rule for found in findings(RULES, situation)] == ["confidence.low"]


def test_a_model_that_contradicts_the_form_is_less_sure() -> None:
    """Another order or another wish than form and text say takes confidence away."""
    sure = judge(asked(reason="damaged")).proposal.confidence
    other = {"value": "1043", "quotes": ["1043"]}
    assert judge(asked(reason="damaged"), answer={"order": other}).proposal.confidence < sure
    swap = judge(
        asked(message="Please exchange the lamp."),
        answer={"wish": {"value": "refund", "quotes": ["exchange"]}},
    )
    assert swap.proposal.confidence < Decimal("0.80")
    assert "confidence.low" in swap.rules


def test_the_order_of_the_bench_is_one_that_no_rule_objects_to() -> None:
    """What the tests above change is the only thing that is wrong."""
    assert judge(asked()).rules == set()
    assert ORDER["email"] == SENDER
