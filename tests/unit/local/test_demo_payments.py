"""The demo payments server keeps charges and refunds as Stripe does, and a journal of effects."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.payments.store import DAY, ORDERS, seed
from tests.fakes.payments import START
from tests.fakes.payments_demo import READING, V1, Demo, demo_payments

# The test client's event loop makes a pair of local sockets; nothing is reached through them.
pytestmark = pytest.mark.enable_socket


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A seeded account."""
    with demo_payments(tmp_path) as made:
        yield made


def test_the_first_orders_make_the_rules_speak(demo: Demo) -> None:
    """Small, large, in part, whole, disputed, late, unpaid, of a guest; no journal yet."""
    charges = demo.get("/charges", limit="100")["data"]
    assert len(charges) == len(ORDERS)
    assert {one["currency"] for one in charges} >= {"eur", "usd", "jpy", "gbp", "kwd"}
    late = demo.charge("1029")["created"] < START - 30 * DAY
    part, whole = demo.charge("1047"), demo.charge("1048")
    assert (late, part["refunded"], whole["refunded"]) == (True, False, True)
    assert (part["amount_refunded"], whole["amount_refunded"]) == (4000, 8900)
    assert demo.charge("1049")["disputed"]
    assert demo.charge("1052")["customer"] is None
    assert not demo.charge("1054")["paid"]
    assert demo.journal() == []


def test_one_customer_had_three_refunds_within_thirty_days(demo: Demo) -> None:
    """The rule on refunds per customer has somebody to speak about."""
    customer = demo.charge("1040")["customer"]
    charges = demo.get("/charges", customer=customer, **{"expand[0]": "data.refunds"})["data"]
    refunds = [refund for one in charges for refund in one["refunds"]["data"]]
    assert [one["created"] > START - 30 * DAY for one in refunds] == [True, True, True]


def test_seeding_twice_adds_nothing(tmp_path: Path) -> None:
    """An account that has charges stays as it is."""
    seed(tmp_path / "p.db")
    size = (tmp_path / "p.db").stat().st_size
    seed(tmp_path / "p.db")
    assert (tmp_path / "p.db").stat().st_size == size


def test_a_refund_has_stripes_shape_and_is_journalled_once(demo: Demo) -> None:
    """Form in, refund out; the charge knows it, and the journal has key and metadata."""
    charge = demo.charge("1042")
    form = {
        "charge": charge["id"],
        "amount": "990",
        "reason": "duplicate",
        "metadata[order]": "1042",
        "metadata[action_key]": "cs-1",
    }
    answer = demo.refund(form, "cs-1")
    made = answer.json()
    assert (answer.status_code, made["object"], made["status"]) == (200, "refund", "succeeded")
    assert (made["amount"], made["currency"], made["charge"]) == (990, "eur", charge["id"])
    assert made["metadata"] == {"order": "1042", "action_key": "cs-1"}
    assert answer.headers["request-id"].startswith("req_")
    assert demo.get(f"/refunds/{made['id']}") == made
    assert demo.charge("1042")["amount_refunded"] == 990
    (entry,) = demo.journal()
    assert (entry["n"], entry["id"], entry["order"], entry["amount"]) == (
        1,
        made["id"],
        "1042",
        990,
    )
    assert (entry["key"], entry["metadata"]["action_key"]) == ("cs-1", "cs-1")
    assert demo.client.get("/payments/journal.json?after=1").json() == {"entries": []}


def test_without_an_amount_all_that_is_left_goes_back(demo: Demo) -> None:
    """As Stripe's default; afterwards there is nothing left."""
    charge = demo.charge("1047")
    assert demo.refund({"charge": charge["id"]}).json()["amount"] == 8900
    again = demo.refund({"charge": charge["id"]})
    assert demo.error(again) == (400, "invalid_request_error", "charge_already_refunded")


def test_keys_admit_by_bearer_and_basic_and_only_one_writes(demo: Demo) -> None:
    """A restricted key that reads has no right to refund; another key has none at all."""
    form = {"charge": demo.charge("1042")["id"]}
    assert demo.error(demo.refund(form, Authorization="Bearer other"))[0] == 401
    assert demo.error(demo.refund(form, Authorization="Basic !"))[0] == 401
    assert demo.error(demo.refund(form, Authorization=READING["Authorization"]))[0] == 403
    assert demo.journal() == []
    basic = "Basic " + b64encode(b"writing:").decode()
    assert demo.refund(form, Authorization=basic).status_code == 200
    assert demo.client.get(f"{V1}/refunds", headers=READING).status_code == 200


def test_lists_come_in_pages_newest_first(demo: Demo) -> None:
    """`limit`, `starting_after` and `has_more` walk through all objects once."""
    seen: list[str] = []
    after: dict[str, str] = {}
    more = True
    while more:
        page = demo.get("/charges", limit="7", **after)
        seen += [one["id"] for one in page["data"]]
        more, after = page["has_more"], {"starting_after": seen[-1]}
    assert len(seen) == len(set(seen)) == len(ORDERS)
    created = [demo.get(f"/charges/{one}")["metadata"]["order"] for one in seen]
    assert created == [order.number for order in reversed(ORDERS)]
    refunds = demo.get("/refunds", charge=demo.charge("1048")["id"])["data"]
    assert [one["amount"] for one in refunds] == [8900]


def test_search_lags_behind_what_it_shows(demo: Demo) -> None:
    """A refund is seen by the list at once and by the search seconds later."""
    query = {"query": "metadata['order']:'1042' AND currency:'eur'"}
    charge = demo.charge("1042")
    demo.refund({"charge": charge["id"], "amount": "100"})
    (late,) = demo.get("/charges/search", **query)["data"]
    assert (late["id"], late["amount_refunded"]) == (charge["id"], 0)
    demo.now[0] += 11
    assert demo.get("/charges/search", **query)["data"][0]["amount_refunded"] == 100


@pytest.mark.parametrize(
    ("query", "orders"),
    [
        ("metadata['order']:'1053'", ["1053"]),
        ('metadata["order"]:"1053"', ["1053"]),
        ("customer:'CUS_adaquill'", ["1042"]),
        ("customer:'cus_AdaQuill' AND metadata['order']:'1043'", []),
        ("metadata['order']:'10\\'53'", []),
        ("metadata['size']:'1053'", []),
    ],
)
def test_search_understands_stripes_clauses(demo: Demo, query: str, orders: list[str]) -> None:
    """Exact without case, joined by AND, quotes escaped by a backslash."""
    found = demo.get("/charges/search", query=query)["data"]
    assert [one["metadata"]["order"] for one in found] == orders


def test_the_page_shows_amounts_and_escapes_what_it_shows(demo: Demo) -> None:
    """Orders, refunds and effects as text, in the currency's own decimals; nothing may run."""
    charge = demo.charge("1044")
    metadata = {"metadata[action_key]": "<script>alert(1)</script>"}
    demo.refund({"charge": charge["id"], "amount": "800", **metadata}, "<b>key</b>")
    page = demo.client.get("/payments")
    assert '<a href="/">Start</a>' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for shown in ("4,800 JPY", "24.500 KWD", "799.00 GBP", "800 JPY", "disputed", "pending"):
        assert shown in page.text
    assert "<script" not in page.text
    assert "&lt;b&gt;key&lt;/b&gt;" in page.text
