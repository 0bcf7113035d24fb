"""refund_request against an account that keeps books: what is planned is what moves, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from countersign.actions.payments import REFUND
from countersign.domain.errors import Ambiguous
from countersign.domain.ledger.entry import params_of
from countersign.domain.planning.plan import build
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import findings
from tests.fakes.payments import FakePayments
from tests.looking import looked
from tests.unit.workflows.bench import NOW
from tests.unit.workflows.refunds import SENDER, WORKFLOW, Outcome, asked, judge

_DAYS = 86_400


def _account(**more: Any) -> FakePayments:
    """An account with order 1042: 49.90 EUR, six days ago."""
    account = FakePayments()
    created = int(NOW.timestamp()) - 6 * _DAYS
    account.has_order(
        "1042", 4990, "eur", **{"customer": "cus_Ada", "email": SENDER, "created": created, **more}
    )
    return account


def _looked(account: FakePayments, **form: object) -> Outcome:
    """The outcome of the shop's request, with the account's own records."""
    outcome = judge(asked(**form))
    asked_for = WORKFLOW.lookups(outcome.given, outcome.proposal)
    found = {lookup.name: looked(account, lookup) for lookup in asked_for}
    situation = replace(outcome.situation, records=Records(read_at=NOW, found=found))
    rules = findings(WORKFLOW.rules, situation)
    return replace(
        outcome, situation=situation, found=rules, ledger=build(WORKFLOW, situation, rules, NOW)
    )


def _refund(account: FakePayments, outcome: Outcome) -> dict[str, str]:
    """The first entry, done and read back; an answer that was lost is looked for."""
    held = outcome.ledger[0]
    params = params_of(held, REFUND)
    assert REFUND.find
    assert REFUND.read_back
    try:
        receipt = REFUND.do(account, params, held.key)
    except Ambiguous:
        found = REFUND.find(account, params, held.key)
        assert found
        receipt = found
    return dict(REFUND.read_back(account, params, receipt))


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_small_refund_moves_exactly_once(is_lost: bool) -> None:
    """The planned bytes are what the account applied, also when its answer was lost."""
    account = _account()
    outcome = _looked(account)
    assert outcome.verdicts == {"payments.refund": "run", "email.send_reply": "run"}
    if is_lost:
        account.loses_the_answer()
    params = params_of(outcome.ledger[0], REFUND)
    assert _refund(account, outcome) == dict(REFUND.expected(params))
    assert [(one.amount, one.currency, one.order) for one in account.journal] == [
        (4990, "eur", "1042")
    ]


def test_a_refund_that_was_only_answered_is_not_verified() -> None:
    """A 200 that did nothing reads back as nothing."""
    account = _account()
    account.lies()
    outcome = _looked(account)
    params = params_of(outcome.ledger[0], REFUND)
    assert _refund(account, outcome) != dict(REFUND.expected(params))
    assert account.journal == []


def test_a_second_request_sees_what_the_first_one_moved() -> None:
    """After a refund of all there is nothing left to plan, whatever is asked."""
    account = _account()
    _refund(account, _looked(account))
    again = _looked(account, amount=None)
    assert again.verdicts == {"email.send_reply": "ask"}
    assert {"order.refunded_before", "refund.none"} <= again.rules


def test_a_payment_that_failed_before_the_one_that_paid_is_no_second_order() -> None:
    """The account names the charge that took money, and that one is refunded."""
    account = _account()
    account.has_order("1042", 4990, "eur", status="failed", email=SENDER)
    assert _looked(account).verdicts["payments.refund"] == "run"


def test_a_dispute_stops_and_an_open_payment_leaves_nothing_to_refund() -> None:
    """Money that the bank takes back, or that never came, does not go out again."""
    assert _looked(_account(disputed=True)).verdicts["payments.refund"] == "forbid"
    assert _looked(_account(status="pending")).verdicts == {"email.send_reply": "ask"}


def test_minor_units_survive_the_way_there_and_back() -> None:
    """Yen have none and dinars three; what is read back is what was planned."""
    for code, amount in (("jpy", 4800), ("kwd", 24_500)):
        account = FakePayments()
        account.has_order("1042", amount, code, customer="cus_Ada", email=SENDER)
        outcome = _looked(account, amount={"minor": amount, "currency": code.upper()})
        params = params_of(outcome.ledger[0], REFUND)
        assert _refund(account, outcome) == dict(REFUND.expected(params))
