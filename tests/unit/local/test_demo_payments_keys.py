"""The demo payments server keeps one answer per idempotency key, refuses, and fails on demand."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from infra.local.payments.store import KEPT
from tests.fakes.payments_demo import READING, V1, WRITING, Demo, demo_payments

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded account."""
    with demo_payments(tmp_path) as made:
        yield made


@pytest.fixture
def form(demo: Demo) -> dict[str, str]:
    """Ten euros of order 1042."""
    return {"charge": demo.charge("1042")["id"], "amount": "1000"}


def test_a_key_keeps_its_answer_for_a_day(demo: Demo, form: dict[str, str]) -> None:
    """The same bytes come back and say so, with one effect; after a day the key is new again."""
    first = demo.refund(form, "cs-1")
    again = demo.refund(form, "cs-1")
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert len(demo.journal()) == 1
    demo.now[0] += KEPT + 1
    assert demo.refund(form, "cs-1").json()["id"] != first.json()["id"]
    assert len(demo.journal()) == 2


def test_a_key_is_for_one_question(demo: Demo, form: dict[str, str]) -> None:
    """Other parameters under the key are refused; their order does not matter."""
    demo.refund(form, "cs-1")
    other = demo.refund({**form, "amount": "1001"}, "cs-1")
    assert demo.error(other) == (400, "idempotency_error", "")
    turned = dict(reversed(form.items()))
    assert demo.refund(turned, "cs-1").headers["idempotent-replayed"] == "true"
    assert len(demo.journal()) == 1


def test_a_key_keeps_refusals_of_the_call_but_not_of_the_door(
    demo: Demo, form: dict[str, str]
) -> None:
    """What the endpoint refused is kept; bad parameters, rights and rate are not."""
    full = {"charge": demo.charge("1048")["id"]}
    assert demo.error(demo.refund(full, "cs-1"))[2] == "charge_already_refunded"
    assert demo.refund(full, "cs-1").headers["idempotent-replayed"] == "true"
    assert demo.refund({**form, "amount": "x"}, "cs-2").status_code == 400
    assert demo.refund(form, "cs-2", **READING).status_code == 403
    demo.app.state.faults.next("throttle")
    assert demo.refund(form, "cs-2").status_code == 429
    assert demo.refund(form, "cs-2").status_code == 200


@pytest.mark.parametrize(("fault", "effects"), [("error_before", 0), ("error_after", 1)])
def test_a_key_keeps_a_500_whether_or_not_money_moved(
    demo: Demo, form: dict[str, str], fault: Any, effects: int
) -> None:
    """Nothing in the answer tells which it was; the list of refunds does."""
    demo.app.state.faults.next(fault)
    first, again = demo.refund(form, "cs-1"), demo.refund(form, "cs-1")
    assert (first.status_code, again.status_code) == (500, 500)
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json()["error"]["type"] == "api_error"
    assert len(demo.get("/refunds", charge=form["charge"])["data"]) == effects
    assert len(demo.journal()) == effects


def test_a_key_is_used_by_one_request_at_a_time(demo: Demo, form: dict[str, str]) -> None:
    """While the first is still being answered, the second gets 409 and applies nothing."""
    demo.app.state.faults.next("slow", seconds=0.5)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: demo.refund(form, "cs-1"), range(2)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    refused = next(one for one in answers if one.status_code == 409)
    assert demo.error(refused) == (409, "idempotency_error", "idempotency_key_in_use")
    assert len(demo.journal()) == 1


def test_a_lie_applies_nothing_and_a_503_keeps_nothing(demo: Demo, form: dict[str, str]) -> None:
    """The lie's refund is nowhere, and the key goes on telling it; a 503 was never there."""
    demo.app.state.faults.next("lie")
    lied = demo.refund(form, "cs-1").json()
    assert demo.client.get(f"{V1}/refunds/{lied['id']}").status_code == 404
    assert demo.charge("1042")["amount_refunded"] == 0
    assert demo.refund(form, "cs-1").json() == lied
    demo.app.state.faults.next("unavailable")
    assert demo.refund(form, "cs-2").status_code == 503
    assert demo.refund(form, "cs-2").json()["id"] != lied["id"]
    assert len(demo.journal()) == 1


def test_faults_are_planned_by_a_form_with_the_writing_key(
    demo: Demo, form: dict[str, str]
) -> None:
    """A test in another process can switch them on; the reading key cannot."""
    path = "/payments/_faults"
    plan = {"fault": "throttle", "times": "2", "which": "writes", "seconds": "2.5"}
    assert demo.client.post(path, data=plan, headers=READING).status_code == 403
    assert demo.client.post(path, data=plan).status_code == 204
    assert demo.charge("1042")
    assert demo.refund(form).headers["retry-after"] == "3"
    assert demo.client.post(path, data={"fault": "none"}).status_code == 204
    assert demo.refund(form).status_code == 200
    for wrong in ({"fault": "rain"}, {"fault": "slow", "times": "-1"}, {}):
        assert demo.client.post(path, data=wrong).status_code == 400
    elsewhere = TestClient(demo.app, headers=WRITING, client=("192.0.2.1", 50000))
    assert elsewhere.post(path, data=plan).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"charge": "ch_none"}, 404, "resource_missing"),
        ({"charge": ""}, 400, "parameter_missing"),
        ({"amount": "0"}, 400, "parameter_invalid_integer"),
        ({"amount": "-1"}, 400, "parameter_invalid_integer"),
        ({"amount": "10.5"}, 400, "parameter_invalid_integer"),
        ({"amount": "९"}, 400, "parameter_invalid_integer"),
        ({"amount": "99999999999"}, 400, "parameter_invalid_integer"),
        ({"amount": "4991"}, 400, "amount_too_large"),
        ({"reason": "because"}, 400, ""),
        ({"reason[x]": "duplicate"}, 400, "parameter_invalid_string"),
        ({"currency": "eur"}, 400, "parameter_unknown"),
        ({"metadata": "x"}, 400, ""),
        ({"metadata[a]": "x" * 501}, 400, ""),
        ({"metadata[a][b]": "x"}, 400, ""),
        ({"metadata[a": "x"}, 400, ""),
        ({"amount[a]": "1"}, 400, ""),
    ],
)
def test_what_stripe_rejects_is_rejected(
    demo: Demo, form: dict[str, str], change: dict[str, str], status: int, code: str
) -> None:
    """With Stripe's status and code, and nothing is applied."""
    assert demo.error(demo.refund({**form, **change}, "cs-1"))[::2] == (status, code)
    assert demo.journal() == []


@pytest.mark.parametrize(
    ("order", "amount", "code"),
    [
        ("1049", "100", "charge_disputed"),
        ("1054", "100", "charge_not_refundable"),
        ("1046", "1005", "invalid_charge_amount_no_decimal_compatible"),
    ],
)
def test_a_charge_that_cannot_be_refunded_so_is_refused(
    demo: Demo, order: str, amount: str, code: str
) -> None:
    """Disputed, not paid, or a fraction that Stripe does not move."""
    refused = demo.refund({"charge": demo.charge(order)["id"], "amount": amount})
    assert demo.error(refused) == (400, "invalid_request_error", code)
    assert demo.journal() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/charges?limit=0", 400),
        ("/charges?limit=101", 400),
        ("/charges?colour=red", 400),
        ("/charges?customer[x]=1", 400),
        ("/charges?limit=1&limit=2", 400),
        ("/charges?starting_after=ch_none", 400),
        ("/charges/ch_none", 404),
        ("/refunds/re_none", 404),
        ("/charges/search", 400),
        ("/charges/search?query=colour:'red'", 400),
        ("/charges/search?query=metadata['order']:'1", 400),
        ("/charges/search?query=customer:'a'%20OR%20customer:'b'", 400),
    ],
)
def test_a_question_that_stripe_does_not_understand_is_refused(
    demo: Demo, path: str, status: int
) -> None:
    """In the same error shape, never with a 500."""
    answer = demo.client.get(V1 + path)
    assert demo.error(answer)[:2] == (status, "invalid_request_error")


def test_what_is_too_large_or_no_form_is_refused(demo: Demo) -> None:
    """A body of a megabyte, a key of 256 characters, bytes that are no form."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, status in ((b"a=" + b"x" * 1_048_576, 413), (b"\xff=1", 400), (b"charge", 400)):
        answer = demo.client.post(f"{V1}/refunds", content=body, headers=kind)
        assert answer.status_code == status
    assert demo.refund({}, "k" * 256).status_code == 400
    assert demo.journal() == []
