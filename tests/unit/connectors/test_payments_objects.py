"""The Stripe adapter asks for charges and refunds as Stripe wants to be asked, and reads them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

import httpx
import pytest

from countersign.connectors.payments import API_VERSION
from countersign.connectors.payments_pages import MOST_PAGES
from countersign.domain.errors import Ambiguous, Refused, Unavailable
from tests.fakes.payments_answers import (
    CHARGE,
    KEY,
    asked,
    charge,
    give_back,
    page,
    payments,
    refund,
)

Query = dict[str, str]


def _server(answer: Callable[[str, Query], object]) -> Handler:
    def handler(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/payments/v1")
        return httpx.Response(200, json=answer(path, dict(request.url.params)))

    return handler


def test_a_refund_is_asked_for_as_stripe_wants_it() -> None:
    """Below the base's path, form-encoded, under our key, with a pinned version, once."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=charge() if request.method == "GET" else refund())

    give_back(payments(handler))
    _, post = seen
    assert str(post.url) == "https://pay.example/payments/v1/refunds"
    assert post.headers["authorization"] == f"Bearer {KEY}"
    assert post.headers["idempotency-key"] == "cs-1"
    assert post.headers["stripe-version"] == API_VERSION
    assert post.headers["accept-encoding"] == "identity"
    assert "telemetry" not in str(post.headers)
    assert dict(parse_qsl(post.content.decode())) == {
        "charge": CHARGE,
        "amount": "1000",
        "reason": "duplicate",
        "metadata[action_key]": "cs-1",
        "metadata[order]": "1042",
    }


def test_an_order_is_listed_before_it_is_searched() -> None:
    """The list by transfer group sees a charge at once; the search is asked only without one."""
    paths: list[str] = []

    def answer(path: str, query: Query) -> object:
        paths.append(path)
        return page(charge()) if query["transfer_group"] == "1042" else page()

    (order,) = payments(_server(answer)).look(asked("order"))
    assert (order.id, paths) == (CHARGE, ["/charges"])


def test_what_search_shows_is_read_again_and_must_name_the_order() -> None:
    """The index is late and compares without case: its hit is read by id and compared exactly."""
    held = {
        "ch_a": charge(id="ch_a", metadata={"order": "A-7"}, transfer_group=None),
        "ch_b": charge(id="ch_b", metadata={"order": "a-7"}, transfer_group=None),
    }
    queries: list[str] = []

    def answer(path: str, query: Query) -> object:
        if path == "/charges/search":
            queries.append(query["query"])
            return page(*({**one, "amount_refunded": 0} for one in held.values()))
        return held[path.rpartition("/")[2]] if path != "/charges" else page()

    held["ch_a"]["amount_refunded"] = 4990
    account = payments(_server(answer))
    (order,) = account.look(asked("order", "A-7"))
    assert (order.id, order.fields["refunded_minor"]) == ("ch_a", "4990")
    account.look(asked("order", "it's a \\ number"))
    assert queries == ["metadata['order']:'A-7'", "metadata['order']:'it\\'s a \\\\ number'"]


def test_refunds_that_do_not_fit_into_the_charge_are_listed() -> None:
    """A charge shows ten refunds; more than that, or none shown, are read from their own list."""
    charges = [
        charge(id="ch_full", refunds=page(refund(id="re_1"), more=True)),
        charge(id="ch_bare"),
        charge(id="ch_few", refunds=page(refund(id="re_4"))),
    ]
    own = {"ch_full": [refund(id="re_1"), refund(id="re_2")], "ch_bare": [refund(id="re_3")]}

    def answer(path: str, query: Query) -> object:
        return page(*own[query["charge"]]) if path == "/refunds" else page(*charges)

    found = payments(_server(answer)).look(asked("refunds_of_order_customer"))
    assert [one.id for one in found] == ["re_1", "re_2", "re_3", "re_4"]


def test_a_list_without_end_is_for_a_person() -> None:
    """Half a list is no answer: beyond the limit of pages it is refused."""
    given = [page(charge(), more=True)] * (MOST_PAGES + 1)
    with pytest.raises(Refused, match="2000 objects"):
        payments(_server(lambda *_: given.pop())).look(asked("order"))
    assert len(given) == 1
    with pytest.raises(Unavailable, match="not readable"):
        payments(_server(lambda *_: page(more=True))).look(asked("order"))


def test_what_was_never_captured_cannot_be_given_back() -> None:
    """An authorisation is not a payment; a part of it counts with what was taken."""
    held = {"amount_captured": 0, "captured": False}

    more = {"billing_details": None, "receipt_email": "b@example.com"}
    account = payments(_server(lambda *_: page(charge(**held, **more))))
    (order,) = account.look(asked("order"))
    assert (order.fields["paid"], order.fields["amount_minor"]) == ("false", "0")
    assert order.fields["email"] == "b@example.com"
    held |= {"amount_captured": 3000, "captured": True}
    (order,) = account.look(asked("order"))
    assert (order.fields["paid"], order.fields["amount_minor"]) == ("true", "3000")


@pytest.mark.parametrize("slow", [b"x" * 9_000_000, b"\xff\xfe"])
def test_an_answer_too_large_or_not_text_is_lost(slow: bytes) -> None:
    """It is not read to its end, and says nothing about the refund."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=charge())
        return httpx.Response(200, content=slow)

    with pytest.raises(Ambiguous):
        give_back(payments(handler))
