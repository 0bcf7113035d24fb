"""An action made of one row: what it asks and believes, how it is found, read and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from countersign.actions.http_request import Asked, Request, System
from countersign.actions.http_request.template import Method
from countersign.domain.errors import Ambiguous, ContractBroken, DefinitionBroken, Refused
from countersign.domain.ledger.action import Action
from countersign.domain.money import Money
from infra.build.contract_lock import described
from tests.fakes.shop import FakeShop
from workflows.agent_actions.contract import BY_ID

MOVE_DELIVERY, SEND_PART = BY_ID["shop.move_delivery"], BY_ID["shop.send_part"]
MOVE = MOVE_DELIVERY.params(order="1061", day=date(2026, 12, 18))
PART = SEND_PART.params(order="1061", part="hinge, left", pieces=2)


class Writes:
    """A system that is only written to."""

    def read(self, asked: Asked) -> Any:
        """Nothing is read of it."""
        raise AssertionError(asked)


@pytest.fixture
def shop() -> FakeShop:
    """One order, which is delivered on the 14th."""
    made = FakeShop()
    made.has_order("1061", "2026-12-14")
    return made


def test_a_change_is_asked_for_with_its_values_and_its_key(shop: FakeShop) -> None:
    """Parameters stand in path and body with their types; the key in the system's own header."""
    receipt = MOVE_DELIVERY.do(shop, MOVE, "cs-1")
    (asked,) = shop.asked
    assert (asked.method, asked.path) == ("PUT", "/v1/orders/1061/delivery")
    assert asked.body == {"day": "2026-12-18"}
    assert asked.keyed == ("Idempotency-Key", "cs-1")
    assert MOVE_DELIVERY.read_back
    assert MOVE_DELIVERY.read_back(shop, MOVE, receipt) == MOVE_DELIVERY.expected(MOVE)
    assert MOVE_DELIVERY.words(MOVE) == "Deliver order 1061 on 2026-12-18."


def test_what_is_made_is_known_by_the_system_s_id(shop: FakeShop) -> None:
    """A whole number stays one in the body; the answer says the id, and it is read back by it."""
    receipt = SEND_PART.do(shop, PART, "cs-2")
    assert shop.asked[0].body == {
        "order": "1061",
        "part": "hinge, left",
        "pieces": 2,
        "reference": "cs-2",
    }
    assert SEND_PART.read_back
    assert SEND_PART.read_back(shop, PART, receipt) == SEND_PART.expected(PART)
    assert shop.asked[-1].path == f"/v1/shipments/{receipt.id}"


@pytest.mark.parametrize(("row", "params"), [(MOVE_DELIVERY, MOVE), (SEND_PART, PART)])
def test_an_interrupted_attempt_is_found_by_what_it_left(
    row: Action[Any, Any], params: Any, shop: FakeShop
) -> None:
    """Nothing there: it may be made again; what is there is not made twice."""
    assert row.find
    assert row.find(shop, params, "cs-3") is None
    shop.loses_the_answer()
    with pytest.raises(Ambiguous):
        row.do(shop, params, "cs-3")
    found = row.find(shop, params, "cs-3")
    assert found
    assert row.read_back
    assert row.read_back(shop, params, found) == row.expected(params)
    assert len(shop.journal) == 1


def test_what_keeps_no_keys_and_cannot_be_found_is_never_sent_twice() -> None:
    """A POST or a PATCH without a key ends as unknown; a PUT may be repeated (RFC 9110)."""
    plain = System("plain")
    params = {"order": str, "day": str}
    methods: Mapping[Method, bool] = {"POST": False, "PATCH": False, "PUT": True, "DELETE": True}
    for method, may in methods.items():
        row = plain.action(
            "plain.set", words="x", params=params, do=Request(method, "/v1/orders/{order}")
        )
        assert bool(row.find) is may, method


def test_undo_writes_what_stood_there(shop: FakeShop) -> None:
    """The day of before comes back; what was made is cancelled by its own id and is gone."""
    undo = MOVE_DELIVERY.undo
    assert undo
    before = undo.state(shop, MOVE, "cs-4", "")
    MOVE_DELIVERY.do(shop, MOVE, "cs-4")
    left = undo.state(shop, MOVE, "cs-4", "")
    assert (before["delivery.day"], left["delivery.day"]) == ("2026-12-14", "2026-12-18")
    undo.restore(shop, MOVE, "cs-4", left["id"], {"delivery.day": before["delivery.day"]})
    assert shop.day_of("1061") == "2026-12-14"
    made = SEND_PART.do(shop, PART, "cs-5")
    assert SEND_PART.undo
    state = SEND_PART.undo.state(shop, PART, "cs-5", "")
    assert state["id"] == made.id, "found by the key, right after"
    SEND_PART.undo.restore(shop, PART, "cs-5", made.id, {})
    assert SEND_PART.undo.state(shop, PART, "cs-5", made.id) == {}


def test_what_an_undo_writes_has_the_type_that_stood_there() -> None:
    """A flag and a number of before are no texts in the body that writes them back."""
    row = System("plain").action(
        "plain.set",
        words="x",
        params={"order": str, "gift": bool, "rank": int},
        do=Request("PUT", "/o/{order}", body={"gift": "{gift}", "rank": "{rank}"}),
        reads=Request("GET", "/o/{order}"),
        shows={"gift": "{gift}", "rank": "{rank}"},
        undo=Request("PUT", "/o/{order}", body={"g": "{before.gift}", "r": "{before.rank}"}),
        undo_words="x",
    )
    asked: list[Asked] = []

    class Keeps(Writes):
        """Takes everything."""

        def write(self, one: Asked) -> Any:
            asked.append(one)

    params = row.params(order="1", gift=True, rank=3)
    assert row.undo
    row.undo.restore(Keeps(), params, "cs-1", "", {"gift": "false", "rank": "7"})
    row.undo.restore(Keeps(), params, "cs-1", "", {"rank": ""})
    assert [one.body for one in asked] == [{"g": False, "r": 7}, {"g": True, "r": None}]


@pytest.mark.parametrize(
    "value",
    [
        *("..", ".", "...", "", "a/b", "../admin", "a\\b", "..%2fadmin", "%2e%2e", "1061%00"),
        *("a\nb", "a\x00", "\x7f", "x" * 201, "/", "//evil.example/"),
    ],
)
def test_a_value_stays_one_segment_of_its_path(value: str) -> None:
    """What a server could read as more than a segment is no parameter, and named at the door."""
    with pytest.raises(ContractBroken, match="order"):
        MOVE_DELIVERY.params.read({"order": value, "day": "2026-12-18"})
    inner = MOVE_DELIVERY.params.model_construct(order=value, day=date(2026, 12, 18))
    with pytest.raises(Refused, match="cannot stand in a path"):
        MOVE_DELIVERY.do(FakeShop(), inner, "cs-1")


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a b", "a%20b"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("a;b@c:d", "a%3Bb%40c%3Ad"),
        ("Łódź", "%C5%81%C3%B3d%C5%BA"),
        ("a.b", "a.b"),
    ],
)
def test_a_value_is_encoded_for_its_segment(value: str, encoded: str, shop: FakeShop) -> None:
    """Everything that has a meaning in an address loses it."""
    params = MOVE_DELIVERY.params(order=value, day=date(2026, 12, 18))
    with pytest.raises(Refused):  # the fake decodes nothing: it has no such order
        MOVE_DELIVERY.do(shop, params, "cs-1")
    assert shop.asked[-1].path == f"/v1/orders/{encoded}/delivery"


def test_an_id_of_the_system_that_leads_elsewhere_is_not_asked_for(shop: FakeShop) -> None:
    """What an answer says is content from outside: it stands in a path or nowhere."""
    receipt = SEND_PART.do(shop, PART, "cs-6").model_copy(update={"id": "../orders/1061"})
    assert SEND_PART.read_back
    with pytest.raises(Refused, match="cannot stand in a path"):
        SEND_PART.read_back(shop, PART, receipt)


def test_a_success_that_says_otherwise_is_a_refusal() -> None:
    """200 with `ok: false` is what many systems mean by no."""
    row = System("plain").action(
        "plain.set",
        words="x",
        params={"order": str},
        do=Request("POST", "/o/{order}", says={"ok": True}),
    )

    class Says(Writes):
        """Answers with one word."""

        def __init__(self, **said: Any) -> None:
            self.said = said

        def write(self, _: Asked) -> Any:
            return self.said

    row.do(Says(ok=True), row.params(order="1"), "cs-1")
    for wrong in (Says(ok=False), Says(), Says(ok="no")):
        with pytest.raises(Refused, match="does not say ok=True"):
            row.do(wrong, row.params(order="1"), "cs-1")


def test_an_accepted_action_whose_id_is_not_said_is_not_known() -> None:
    """It was made, under an id that nobody told."""

    class Silent(Writes):
        """Answers with nothing."""

        def write(self, _: Asked) -> Any:
            return None

    with pytest.raises(Ambiguous, match=r"no shipment\.id"):
        SEND_PART.do(Silent(), PART, "cs-1")


def test_money_stands_in_a_body_by_its_parts() -> None:
    """In minor units and its currency; it is the action's amount, for caps and approvers."""
    row = System("plain").action(
        "plain.credit",
        words="Credit {sum} to {customer}.",
        params={"customer": str, "sum": Money},
        do=Request(
            "PUT", "/c/{customer}", body={"cents": "{sum.minor}", "currency": "{sum.currency}"}
        ),
        amount="sum",
    )
    params = row.params.read({"customer": "7", "sum": {"minor": 1250, "currency": "EUR"}})
    asked: list[Asked] = []

    class Keeps(Writes):
        """Takes everything."""

        def write(self, one: Asked) -> Any:
            asked.append(one)

    row.do(Keeps(), params, "cs-1")
    assert asked[0].body == {"cents": 1250, "currency": "EUR"}
    assert row.amount
    assert str(row.amount(params)) == "12.50 EUR"
    assert row.words(params) == "Credit 12.50 EUR to 7."


OK: Mapping[str, Any] = {
    "words": "Set {day}.",
    "params": {"order": str, "day": str},
    "do": Request("PUT", "/o/{order}", body={"day": "{day}"}),
    "reads": Request("GET", "/o/{order}"),
    "shows": {"day": "{day}"},
    "undo": Request("PUT", "/o/{order}", body={"day": "{before.day}"}),
    "undo_words": "Back.",
}
MAKES: Mapping[str, Any] = {
    "words": "Make {order}.",
    "params": {"order": str},
    "do": Request("POST", "/o", body={"of": "{order}", "ref": "{key}"}),
    "made": "id",
}


def test_a_row_is_a_contract_of_its_own() -> None:
    """Id, version and all that the row says are in the lock: another path under the same version
    is seen."""
    row = System("plain").action("plain.set", **OK)
    again = System("plain").action("plain.set", **OK)
    assert described(row) == described(again)
    assert (row.params.CONTRACT, row.params.VERSION, row.connector) == (
        "plain.set",
        1,
        "http-plain",
    )
    other = {**OK, "do": Request("PUT", "/admin/{order}", body={"day": "{day}"})}
    assert described(System("plain").action("plain.set", **other)) != described(row)
    assert described(replace(row, declared=None)) != described(row)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"params": {"order": str, "day": float}}, "no text, whole number"),
        ({"params": {"order": str, "key": str, "day": str}}, "cannot be called key"),
        ({"params": {"order": str, "Day": str}}, "cannot be called Day"),
        ({"words": "Set {days}."}, "nothing is called {days}"),
        ({"do": Request("GET", "/o/{order}")}, "is no GET"),
        ({"do": Request("PUT", "o/{order}")}, "no path of plain segments"),
        ({"do": Request("PUT", "//evil.example/{order}")}, "no path of plain segments"),
        ({"do": Request("PUT", "/o/../{order}")}, "no path of plain segments"),
        ({"do": Request("PUT", "/o/{order}?admin=1")}, "no path of plain segments"),
        ({"do": Request("PUT", "/o/{id}")}, "nothing is called {id}"),
        ({"do": Request("PUT", "/o/{order.minor}")}, "nothing is called {order.minor}"),
        ({"reads": Request("POST", "/o/{order}")}, "what only reads is a GET"),
        ({"reads": Request("GET", "/o/{order}", body={})}, "a GET has no body"),
        ({"shows": {}}, "both or none"),
        ({"undo_words": ""}, "both or none"),
        ({"undo": Request("PUT", "/o", body={"x": "{before.x}"})}, "nothing is called {before.x}"),
        ({"finds": Request("GET", "/o"), "found": "id"}, "`finds` is for what was `made`"),
        ({"editable": ("dya",)}, "dya is no parameter"),
        ({"amount": "sum"}, "sum is no parameter"),
    ],
)
def test_a_row_that_could_be_no_contract_is_refused(wrong: Mapping[str, Any], why: str) -> None:
    """Where it is written, with what is wrong, before anything runs."""
    with pytest.raises(DefinitionBroken) as broken:
        System("plain").action("plain.set", **{**OK, **wrong})
    assert why in str(broken.value)


def test_what_cannot_be_found_or_read_cannot_be_undone() -> None:
    """A row that makes something says how it is found before it may say how it goes."""
    gone: Mapping[str, Any] = {"undo": Request("DELETE", "/o/{id}"), "undo_words": "Away."}
    with pytest.raises(DefinitionBroken, match="cannot be read back cannot be taken back"):
        System("plain").action("plain.make", **MAKES, **gone)
    read: Mapping[str, Any] = {"reads": Request("GET", "/o/{id}"), "shows": {"of": "{order}"}}
    with pytest.raises(DefinitionBroken, match="say `finds`"):
        System("plain").action("plain.make", **MAKES, **gone, **read)
    for name in ("Plain", "plain_x", ""):
        with pytest.raises(DefinitionBroken, match="a system is called as"):
            System(name).action("plain.make", **MAKES)
    with pytest.raises(DefinitionBroken, match="an action is called as"):
        System("plain").action("make", **MAKES)


def test_what_was_not_there_before_is_not_written_back() -> None:
    """A PUT that made something has nothing to write back, and no row says how it goes."""
    row = System("plain").action("plain.set", **OK)
    assert row.undo
    with pytest.raises(Refused, match="was not there before"):
        row.undo.restore(FakeShop(), row.params(order="1", day="x"), "cs-1", "", {})
