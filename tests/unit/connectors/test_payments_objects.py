"""The Stripe adapter asks for charges and refunds as Stripe wants to be asked, and reads them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from countersign.actions.payments import OrderPlace
from countersign.connectors.stripe.client import API_VERSION, MOST_PAGES
from countersign.domain.errors import Ambiguous, Refused, Unavailable
from tests.fakes.payments_answers import (
    CHARGE,
    KEY,
    Handler,
    asked,
    charge,
    give_back,
    page,
    payments,
    refund,
)
from tests.looking import looked

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
        return httpx.Response(200, json=refund())

    give_back(payments(handler))
    (post,) = seen
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

    (order,) = looked(payments(_server(answer)), asked("order"))
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
    (order,) = looked(account, asked("order", "A-7"))
    assert (order.id, order.fields["refunded_minor"]) == ("ch_a", "4990")
    looked(account, asked("order", "it's a \\ number"))
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

    found = looked(payments(_server(answer)), asked("refunds_of_order_customer"))
    assert [one.id for one in found] == ["re_1", "re_2", "re_3", "re_4"]


def test_a_list_without_end_is_for_a_person() -> None:
    """Half a list is no answer: beyond the limit of pages it is refused."""
    given = [page(charge(), more=True)] * (MOST_PAGES + 1)
    with pytest.raises(Refused, match="2000 objects"):
        looked(payments(_server(lambda *_: given.pop())), asked("order"))
    assert len(given) == 1
    with pytest.raises(Unavailable, match="not readable"):
        looked(payments(_server(lambda *_: page(more=True))), asked("order"))


def test_what_was_never_captured_cannot_be_given_back() -> None:
    """An authorisation is not a payment; a part of it counts with what was taken."""
    held = {"amount_captured": 0, "captured": False}

    more = {"billing_details": None, "receipt_email": "b@example.com"}
    account = payments(_server(lambda *_: page(charge(**held, **more))))
    (order,) = looked(account, asked("order"))
    assert (order.fields["paid"], order.fields["amount_minor"]) == ("false", "0")
    assert order.fields["email"] == "b@example.com"
    held |= {"amount_captured": 3000, "captured": True}
    (order,) = looked(account, asked("order"))
    assert (order.fields["paid"], order.fields["amount_minor"]) == ("true", "3000")


def test_more_hits_than_a_page_are_for_a_person() -> None:
    """An order that a hundred charges name is not one that a machine should refund."""
    hits = [page(), page(charge(), more=True)]
    with pytest.raises(Refused, match="more than 100 charges"):
        looked(payments(_server(lambda *_: hits.pop(0))), asked("order"))


@pytest.mark.parametrize(
    "broken",
    [
        {"amount_captured": "4990"},
        {"amount_captured": -1},
        {"amount_captured": True},
        {"amount_captured": 550, "currency": "isk"},
        {"paid": "yes"},
        {"currency": None},
        {"currency": "€"},
        {"disputed": None},
        {"created": "today"},
        {"created": 10**20},
        {"id": None},
        {"metadata": [1]},
        {"customer": 7},
        {"billing_details": "x"},
    ],
)
def test_a_charge_that_is_not_as_documented_is_not_guessed_at(broken: dict[str, Any]) -> None:
    """What bounds a refund is read exactly or not at all."""
    account = payments(_server(lambda *_: page(charge(**broken))))
    with pytest.raises(Unavailable, match="not readable"):
        looked(account, asked("order"))


@pytest.mark.parametrize("broken", [{"data": {}}, {"data": [7]}, {"data": None}])
def test_a_list_that_is_none_is_not_read_as_empty(broken: dict[str, Any]) -> None:
    """“No refund yet” must never come out of an answer that says nothing."""
    account = payments(_server(lambda *_: {**page(), **broken}))
    asks: tuple[Callable[[], object], ...] = (
        lambda: account.refunds_of(CHARGE),
        lambda: looked(account, asked("order")),
    )
    for ask in asks:
        with pytest.raises(Unavailable):
            ask()


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, b"x" * 9_000_000),
        ({}, b"\xff\xfe"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"{}", mtime=0)),
    ],
)
def test_an_answer_too_large_packed_or_not_text_is_lost(
    headers: dict[str, str], content: bytes
) -> None:
    """It is not read to its end, and says nothing about the refund."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=charge())
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(content))

    with pytest.raises(Ambiguous, match="lost"):
        give_back(payments(handler))


def test_an_answer_that_drips_is_cut_off() -> None:
    """Each byte in time is not the whole in time: the deadline is for the call."""

    class Dripping(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" "

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=charge())
        return httpx.Response(200, stream=Dripping())

    with pytest.raises(Ambiguous, match="ReadTimeout"):
        give_back(payments(handler, seconds=0.05))


def test_a_shop_with_a_name_of_its_own_is_searched_by_it() -> None:
    """The order's number stands where the stage's field map says; ours would find nothing."""
    held = charge(id="ch_a", metadata={"order_no": "A-7"}, transfer_group=None)
    queries: list[str] = []

    def answer(path: str, query: Query) -> object:
        if path == "/charges/search":
            queries.append(query["query"])
            return page(held)
        return held if path != "/charges" else page()

    (order,) = looked(payments(_server(answer), order="order_no"), asked("order", "A-7"))
    assert (order.id, queries) == ("ch_a", ["metadata['order_no']:'A-7'"])
    assert looked(payments(_server(answer)), asked("order", "A-7")) == ()


@pytest.mark.parametrize(
    ("places", "asked_of", "held"),
    [
        (("transfer_group",), "transfer_group=A7", charge(transfer_group="A7")),
        (("charge",), "/charges/search", charge(metadata={"order_id": "A7"})),
        (
            ("payment_intent",),
            "/payment_intents/search",
            charge(payment_intent={"id": "pi_1", "metadata": {"order_id": "A7"}}),
        ),
        (("receipt_number",), "/charges?", charge(receipt_number="A7")),
        (("charge", "receipt_number"), "/charges?", charge(receipt_number="A7")),
    ],
)
def test_an_order_is_found_where_the_stage_says(
    places: tuple[OrderPlace, ...], asked_of: str, held: dict[str, Any]
) -> None:
    """Each place is asked in its own way, in turn, and a charge counts only if it says the number
    there itself; other places of the same charge say nothing."""
    asked_for: list[str] = []
    found: list[dict[str, Any]] = [charge(metadata={}, transfer_group=None), held]
    hits = [{"id": CHARGE}] if "order_id" in str(held) else []

    def answer(request: httpx.Request) -> httpx.Response:
        url = str(request.url).removeprefix("https://pay.example/payments/v1")
        asked_for.append(url)
        if request.url.path.endswith(CHARGE):
            return httpx.Response(200, json=held)
        if "/search" in url:
            return httpx.Response(200, json=page(*hits))
        return httpx.Response(200, json=page(*found))

    account = payments(answer, orders_in=places, order="order_id")
    (looked,) = account.look([asked("order", "A7")]).values()
    assert [one.fields["number"] for one in looked] == ["A7"]
    assert any(asked_of in url for url in asked_for), asked_for


@pytest.mark.control
def test_control_a_receipt_says_nothing_where_the_stage_does_not_name_it() -> None:
    """Control: a number that stands at another place of the charge is not this order."""
    held = charge(metadata={}, transfer_group=None, receipt_number="A7")
    account = payments(lambda _: httpx.Response(200, json=page(held)))
    assert account.look([asked("order", "A7")]) == {"x": ()}
