"""The form: complete, from our page, in our shape; anything else decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from countersign.domain.approvals.approval import RejectionReason
from countersign.web.http import Response
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import JOB, approval, waiting


def test_reject_needs_a_reason_and_keeps_what_was_typed() -> None:
    """A rejection without a reason is sent back with its choices, and decides nothing."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    back = ana.posts(ana.filled("reject", cause="", reason="Not our customer."))
    assert (back.status, world.store.writes) == (422, 0)
    assert "A rejection needs a reason" in back.body
    assert back.body.count('value="reject" required checked') == 2
    assert "Not our customer." in back.body
    assert f'value="{ana.code()}"' in back.body
    assert ana.posts(ana.filled("reject", reason="Not our customer.")).status == 303
    statuses = [h.status for h in world.store.load(JOB).ledger]
    assert statuses == ["verified", "rejected", "rejected"]


def test_every_action_needs_a_choice() -> None:
    """A form without a choice for one action is sent back and names the action."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    fields = ana.filled()
    fields.pop(next(name for name in fields if name.startswith("choice-")))
    back = ana.posts(fields)
    assert (back.status, world.store.writes) == (422, 0)
    assert "Choose approve or reject for action 1" in back.body


def test_cause_and_words_are_kept_together() -> None:
    """The reason from the list and the free text stand in decision, audit, ledger and page."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    ana.posts(ana.filled("reject", cause="wrong tone", reason="Too formal for them."))
    made = approval(world).decision
    assert made is not None
    assert (made.cause, made.words) == (RejectionReason.TONE, "wrong tone: Too formal for them.")
    held = world.store.load(JOB)
    assert held.audit[-1].fields["cause"].value == "wrong tone"
    assert held.ledger[2].note == made.words
    assert "wrong tone: Too formal for them." in ana.opens().body


def test_a_cause_counts_only_for_a_rejection() -> None:
    """Who chose a reason and then approved has approved, without a reason."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    assert ana.posts(ana.filled(cause="duplicate")).status == 303
    made = approval(world).decision
    assert made is not None
    assert made.cause is None


Spoil = Callable[[Browser], Response]


def _body(browser: Browser, body: bytes, **headers: str) -> Response:
    return browser.send(browser.post(body, **headers))


def _with(**headers: str) -> Spoil:
    return lambda browser: browser.posts(browser.filled(), **headers)


def _without_cookie(browser: Browser) -> Response:
    fields = browser.filled()
    browser.cookies = {}
    return browser.posts(fields)


def _with_foreign_cookie(browser: Browser) -> Response:
    other = Browser(browser.world, "ben")
    other.opens()
    fields = {**browser.filled(), "code": other.code()}
    browser.cookies = dict.fromkeys(browser.cookies, *other.cookies.values())
    return browser.posts(fields)


def _with_forged_cookie(browser: Browser) -> Response:
    fields = browser.filled()
    browser.cookies = {name: value[:-1] + "x" for name, value in browser.cookies.items()}
    return browser.posts(fields)


def _after_13_hours(browser: Browser) -> Response:
    browser.world.clock.passes(hours=13)
    return browser.posts(browser.filled())


def _twice(browser: Browser) -> Response:
    fields = browser.filled()
    return _body(browser, urlencode([*fields.items(), ("code", fields["code"])]).encode())


def _foreign_digest(browser: Browser) -> Response:
    return browser.posts({**browser.filled(), "choice-" + "0" * 64: "approve"})


SPOILED: dict[str, tuple[int, Spoil]] = {
    "no cookie": (403, _without_cookie),
    "a cookie of another link": (403, _with_foreign_cookie),
    "a forged cookie": (403, _with_forged_cookie),
    "an old cookie": (403, _after_13_hours),
    "another origin": (403, _with(origin="https://evil.example")),
    "a look-alike origin": (403, _with(origin="https://countersign.example.evil.example")),
    "cross-site": (403, _with(sec_fetch_site="cross-site")),
    "same-site": (403, _with(sec_fetch_site="same-site")),
    "plain text": (415, _with(content_type="text/plain")),
    "JSON": (415, _with(content_type="application/json")),
    "multipart": (415, _with(content_type="multipart/form-data; boundary=x")),
    "too large": (413, lambda b: b.posts({**b.filled(), "reason": "x" * 65_536})),
    "a field twice": (400, _twice),
    "an unknown field": (400, lambda b: b.posts({**b.filled(), "approver": "ben"})),
    "not UTF-8": (400, lambda b: _body(b, b"shown=%FF&code=x&reason=")),
    "raw bytes": (400, lambda b: _body(b, b"\xff\x00")),
    "no form": (400, lambda b: _body(b, b"")),
    "other digests shown": (409, lambda b: b.posts({**b.filled(), "shown": "0" * 64})),
    "a foreign digest": (409, _foreign_digest),
    "an unknown cause": (409, lambda b: b.posts(b.filled("reject", cause="whim"))),
    "other without words": (422, lambda b: b.posts(b.filled("reject", cause="other"))),
    "another word": (409, lambda b: b.posts(b.filled("maybe"))),
    "a reason too long": (422, lambda b: b.posts({**b.filled(), "reason": "x" * 2_001})),
}


@pytest.mark.parametrize("name", SPOILED)
def test_nothing_but_our_own_form_decides(name: str) -> None:
    """Each spoiled request is turned away with its status, and nothing is written."""
    status, spoil = SPOILED[name]
    world = waiting()
    ana = Browser(world)
    ana.opens()
    assert spoil(ana).status == status
    assert (world.store.writes, approval(world).decision) == (0, None)


@pytest.mark.control
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://countersign.example", "sec_fetch_site": "same-origin"},
        {"content_type": "application/x-www-form-urlencoded; charset=UTF-8"},
    ],
)
def test_our_own_form_decides(headers: dict[str, str]) -> None:
    """Control: the same request, not spoiled, is accepted."""
    ana = Browser(waiting())
    ana.opens()
    assert ana.posts(ana.filled(), **headers).status == 303
