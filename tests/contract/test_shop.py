"""The contract on a business's own system, the same for the fake and for the adapter with the demo
shop; and what only the adapter can meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import pytest

from countersign.actions.http_request import Asked
from countersign.connectors.http_request import HttpRequests
from countersign.domain.errors import (
    Ambiguous,
    Misconfigured,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from tests.contract.shop_sides import TARGET, FakeSide, ServerSide, Side, server_side
from workflows.agent_actions.contract import BY_ID

pytestmark = pytest.mark.enable_socket
_numbers = itertools.count(1)
MOVE_DELIVERY, SEND_PART = BY_ID["shop.move_delivery"], BY_ID["shop.send_part"]
MOVE = MOVE_DELIVERY.params(order="1061", day=date(2026, 12, 18))
PART = SEND_PART.params(order="1062", part="hinge, left", pieces=2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """One demo shop for all tests of this module."""
    with server_side(tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.fixture(params=["fake", "server"])
def side(request: pytest.FixtureRequest) -> Side:
    """Each test runs on both sides, on the demo's orders."""
    if request.param == "fake":
        return FakeSide()
    running: ServerSide = request.getfixturevalue("server")
    running.empty()
    return running


@pytest.fixture
def key() -> str:
    """A key that nobody has used: the shop keeps them for good."""
    return f"cs-{next(_numbers)}"


def test_a_change_is_made_once_shown_and_taken_back(side: Side, key: str) -> None:
    """Under one key it is one change; read back it is there, undone it is as before."""
    undo = MOVE_DELIVERY.undo
    assert undo
    assert MOVE_DELIVERY.read_back
    before = undo.state(side.shop, MOVE, key, "")
    for _ in range(2):
        receipt = MOVE_DELIVERY.do(side.shop, MOVE, key)
    assert MOVE_DELIVERY.read_back(side.shop, MOVE, receipt) == MOVE_DELIVERY.expected(MOVE)
    left = undo.state(side.shop, MOVE, key, "")
    undo.restore(side.shop, MOVE, key, left["id"], {"delivery.day": before["delivery.day"]})
    assert undo.state(side.shop, MOVE, key, left["id"]) == before
    assert side.done() == [(key, "1061", ("2026-12-18",)), (f"{key}-undo", "1061", ("2026-12-14",))]


def test_what_is_made_is_found_by_its_key_and_goes_by_its_id(side: Side, key: str) -> None:
    """A lost answer leaves one shipment, which is found; undone, nothing is there."""
    assert SEND_PART.find
    assert SEND_PART.read_back
    assert SEND_PART.undo
    assert SEND_PART.find(side.shop, PART, key) is None
    side.loses_the_answer()
    with pytest.raises(Ambiguous, match="the answer of shop was lost"):
        SEND_PART.do(side.shop, PART, key)
    found = SEND_PART.find(side.shop, PART, key)
    assert found
    assert SEND_PART.do(side.shop, PART, key).id == found.id, "the key gives the same shipment"
    assert SEND_PART.read_back(side.shop, PART, found) == SEND_PART.expected(PART)
    SEND_PART.undo.restore(side.shop, PART, key, found.id, {})
    SEND_PART.undo.restore(side.shop, PART, f"{key}-again", found.id, {})  # gone stays gone
    assert SEND_PART.undo.state(side.shop, PART, key, found.id) == {}
    assert [one[0] for one in side.done()] == [key, f"{key}-undo"]


def test_what_the_shop_refuses_is_refused_for_good(side: Side, key: str) -> None:
    """A delivered order, and one that is not there: nothing is applied."""
    late = MOVE_DELIVERY.params(order="1063", day=date(2026, 12, 18))
    with pytest.raises(Refused, match="409"):
        MOVE_DELIVERY.do(side.shop, late, key)
    nobody = MOVE_DELIVERY.params(order="9999", day=date(2026, 12, 18))
    with pytest.raises(Refused, match="404"):
        MOVE_DELIVERY.do(side.shop, nobody, key)
    with pytest.raises(Refused, match="422"):
        SEND_PART.do(side.shop, PART.model_copy(update={"order": "9999"}), key)
    assert side.done() == []


def test_a_wait_is_told_with_its_seconds(side: Side, key: str) -> None:
    """429 applies nothing, and says when to come back."""
    side.throttles()
    with pytest.raises(Throttled) as told:
        MOVE_DELIVERY.do(side.shop, MOVE, key)
    assert told.value.retry_after == 3.0
    assert side.done() == []


def test_an_answer_without_an_effect_is_seen(side: Side, key: str) -> None:
    """200 is no proof: what is read back is what was there."""
    side.lies()
    receipt = MOVE_DELIVERY.do(side.shop, MOVE, key)
    assert MOVE_DELIVERY.read_back
    shown = MOVE_DELIVERY.read_back(side.shop, MOVE, receipt)
    assert shown == {"delivery.day": "2026-12-14"}


READ = Asked("GET", "/v1/orders/1061")
WRITE = Asked("PUT", "/v1/orders/1061/delivery", body={"day": "2026-12-18"})


@pytest.mark.parametrize("token", ["another-token-of-somebody", "token-of-the-test"])
def test_a_key_that_is_not_taken_is_the_operators_to_mend(server: ServerSide, token: str) -> None:
    """401 is about the account, whatever the job: nothing was applied, and it says what is not
    taken; no secret is in the words."""
    server.empty()
    adapter = server.opened(token)
    for asks, what in ((adapter.read, READ), (adapter.write, WRITE)):
        with pytest.raises(Misconfigured, match=r"shop does not take our key \(401\)") as told:
            asks(what)
        assert token not in str(told.value)
    adapter.close()
    assert server.done() == []
    assert token not in repr(adapter)


@pytest.mark.parametrize("secret", ["two\r\nX-Other: 1", "with\nline", "ümlaut", "nul\x00"])
def test_a_secret_that_would_split_a_header_is_not_sent(secret: str) -> None:
    """It stands in one header or nowhere."""
    with pytest.raises(Misconfigured, match="the secret http-shop cannot stand in a header"):
        HttpRequests(TARGET, secret, timeout=lambda: 1.0)


def test_a_500_after_a_write_does_not_tell_the_outcome(server: ServerSide, key: str) -> None:
    """It may have been applied, and here it was; of a read it tells that nobody answered."""
    server.empty()
    server.app.state.faults.next("error_after", which="writes")
    with pytest.raises(Ambiguous, match="500"):
        MOVE_DELIVERY.do(server.shop, MOVE, key)
    assert len(server.done()) == 1
    server.app.state.faults.next("unavailable", which="reads")
    with pytest.raises(Unavailable, match="503"):
        server.shop.read(READ)
    with pytest.raises(NotFound):
        server.shop.read(Asked("GET", "/v1/orders/9999"))


def test_what_nobody_answers_was_not_sent(server: ServerSide) -> None:
    """A connection that is not made has applied nothing."""
    server.empty()
    nobody = server.opened("token-of-the-tests")
    with server.sockets.cut(), nobody_answers(r"was not reached \(ConnectError\)"):
        nobody.write(WRITE)
    with server.sockets.cut(), nobody_answers("did not answer"):
        nobody.read(READ)
    assert server.done() == []


def nobody_answers(match: str) -> pytest.RaisesExc[Unavailable]:
    """Unavailable, with these words."""
    return pytest.raises(Unavailable, match=match)
