"""Everything that is no live link gets one and the same answer, and guesses lock nobody out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.jobs.change import Link
from countersign.web.http import Request
from tests.fakes.store import FakeStore
from tests.fakes.world import World
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import SECRETS, waiting

FORM = "application/x-www-form-urlencoded"


def refused(world: World) -> dict[str, Request]:
    """Requests that must all look like a link which never was."""
    ana = Browser(world).params
    links = {
        "unknown": {**ana, "link": "link-nobody"},
        "wrong secret": {**ana, "secret": "guess"},
        "another's secret": {**ana, "secret": SECRETS["ben"]},
        "no id at all": {
            "link": "../../jobs",
            "secret": "\udc80".encode("utf-8", "replace").decode(),
        },
        "empty": {},
    }
    return {name: Request("GET", params) for name, params in links.items()}


def test_refusals_are_alike_to_the_byte() -> None:
    """Unknown, wrong, foreign and tried-out links answer the same bytes, GET and POST."""
    world = waiting()
    answers = [answer(world.deps, request) for request in refused(world).values()]
    answers += [
        answer(world.deps, replace(request, method="POST", headers={"content-type": FORM}))
        for request in refused(world).values()
    ]
    dead = Browser(world, "ben")
    _wrong_codes(dead, 5)
    answers.append(dead.opens())
    assert {(a.status, a.body, str(a.headers), a.cookies) for a in answers} == {
        (404, answers[0].body, str(answers[0].headers), ())
    }
    assert "the inbox shows whatever waits for you, without any link" in answers[0].body


class Counting(FakeStore):
    """Counts what is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def link(self, link_id: str) -> Link:
        """As the port."""
        self.reads.append("link")
        return super().link(link_id)


def test_refusals_cost_alike() -> None:
    """An unknown link and a wrong secret take the same reads: one."""
    store = Counting()
    world = waiting(store=store)
    for request in refused(world).values():
        store.reads.clear()
        answer(world.deps, request)
        assert store.reads == ["link"]


@pytest.mark.control
def test_a_genuine_link_is_not_refused() -> None:
    """Control: the refusal that the tests above compare is not simply every answer."""
    world = waiting()
    assert Browser(world).opens().body != answer(world.deps, refused(world)["unknown"]).body


def _wrong_codes(browser: Browser, times: int) -> list[int]:
    browser.opens()
    return [browser.posts(browser.filled(code="XXXXX")).status for _ in range(times)]


def test_wrong_codes_count_and_kill_the_link() -> None:
    """Five wrong codes end in a dead link; the form and what was typed stay until then."""
    world = waiting()
    ana = Browser(world)
    assert _wrong_codes(ana, 4) == [422] * 4
    assert "1 try is left" in ana.page
    assert 'value="XXXXX"' in ana.page
    assert ana.page.count("required checked") == 2
    assert ana.posts(ana.filled(code="XXXXX")).status == 422
    assert "This link is closed now" in ana.page
    assert (ana.opens().status, ana.posts(ana.filled()).status) == (404, 404)
    assert world.store.link("link-ana").tries == 5
    ben = Browser(world, "ben")
    ben.opens()
    assert ben.posts(ben.filled()).status == 303


def test_guesses_without_the_secret_lock_nobody_out() -> None:
    """A thousand POSTs with a wrong secret count nothing and leave the genuine link alive."""
    world = waiting()
    guesser = Browser(world)
    guesser.params = {**guesser.params, "secret": "guess"}
    for _ in range(1_000):
        assert guesser.posts({"code": "XXXXX"}).status == 404
    assert (world.store.writes, world.store.link("link-ana").tries) == (0, 0)
