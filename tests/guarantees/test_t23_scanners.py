"""T23: a swarm of mail scanners on each link changes nothing, and the link still works after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
from playwright.sync_api import Browser as Chromium

from countersign.approvals.handlers import answer
from countersign.domain.jobs.change import JobRecord, Link
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from infra.local.player.signer import read
from infra.scan_test import link as scanned
from infra.scan_test.browser import with_browser
from infra.scan_test.run import Scanner, without_browser
from infra.scan_test.visitor import Deadline
from tests.browser.serving import CHROMIUM, chromium, served
from tests.browser.unsafe_links import (
    DrawnByScript,
    LinkOnPage,
    PlainButton,
    Product,
    ScriptOnLoad,
    TokenInLink,
    online,
)
from tests.fakes.world import World
from tests.forms import forms
from tests.unit.web.plot import Plot
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import JOB, SECRETS, TOKEN, approval, waiting

Figure = Callable[[str, int], None]

pytestmark = [pytest.mark.guarantee("T23"), pytest.mark.enable_socket]
no_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"
)
PLOTS = (Plot(), Plot(text="budget " * 500, offline=True))
PEOPLE = ("ana", "ben")
ROUNDS, FEW = 50, 2
LINGER = 0.1
"""Seconds that a browser scanner stays on a page."""


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


@dataclass(frozen=True)
class State:
    """All that a scanner could change."""

    writes: int
    record: JobRecord
    links: Sequence[Link]
    went_on: Sequence[str]


def state(world: World) -> State:
    """How the job and its links stand now."""
    links = [world.store.link(f"link-{person}") for person in PEOPLE]
    return State(
        world.store.writes, world.store.load(JOB), links, tuple(world.executions.succeeded)
    )


def swarm(
    scanners: Sequence[Scanner], urls: Sequence[str], rounds: int, done: Callable[[], bool]
) -> int:
    """Every scanner on every link, `rounds` times, or until `done`; how many requests were sent."""
    deadline, sent = Deadline.within(5_000), 0
    for scanner in scanners:
        for url in urls:
            for _ in range(rounds):
                sent += len(scanner.play(scanned.Link.of(url), deadline))
                if done():
                    return sent
    return sent


@contextmanager
def mailed(people: Sequence[str]) -> Iterator[list[tuple[World, str]]]:
    """Two waiting jobs, and the links of `people` to each."""
    with ExitStack() as stack:
        doors = [stack.enter_context(served(plot)) for plot in PLOTS]
        yield [
            (world, f"{base}/approvals/link-{person}/{SECRETS[person]}")
            for world, base in doors
            for person in people
        ]


def signed(url: str) -> str:
    """A person opens the link, reads the page and approves; the heading that is shown then."""
    with httpx.Client(timeout=30.0, follow_redirects=True) as person:
        page = read(person.get(url).text)
        return read(person.post(url, data=page.form("approve", "")).text).heading


def unharmed(scanners: Sequence[Scanner], rounds: int, people: Sequence[str] = PEOPLE) -> int:
    """Play the swarm and assert that it changed nothing: how many requests were sent."""
    with mailed(people) as links:
        worlds = list({id(world): world for world, _ in links}.values())
        before = [state(world) for world in worlds]
        sent = swarm(scanners, [url for _, url in links], rounds, lambda: False)
        assert [state(world) for world in worlds] == before
        assert [one.writes for one in before] == [0, 0]
        for world, url in (links[0], links[-1]):
            assert signed(url) == "Your decision is recorded"
            assert (approval(world).decision is not None, world.executions.succeeded) == (
                True,
                [TOKEN],
            )
    return sent


@pytest.mark.parametrize("rounds", forms(FEW, ROUNDS))
def test_scanners_without_a_browser_change_nothing(figure: Figure, rounds: int) -> None:
    """So many of each kind on each of four links: no write; a person then decides by the link."""
    scanners = without_browser()
    sent = unharmed(scanners, rounds)
    visits = len(scanners) * rounds * 4
    figure(f"{visits:,} HTTP visits ({sent:,} requests) on 4 links: 0 state changes", visits)


@pytest.mark.browser
@no_chromium
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("rounds", "people"),
    [(1, PEOPLE[:1]), pytest.param(ROUNDS, PEOPLE, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
@pytest.mark.parametrize("kind", [0, 1], ids=["headless", "clicker"])
def test_scanners_with_a_browser_change_nothing(
    chrome: Chromium, figure: Figure, kind: int, rounds: int, people: Sequence[str]
) -> None:
    """Scripts run, buttons are pressed and forms sent: no write; the link works after it."""
    scanner = with_browser(chrome, LINGER)[kind]
    visits = rounds * len(PLOTS) * len(people)
    sent = unharmed([scanner], rounds, people)
    figure(f"{visits} visits of the {scanner.name} ({sent} requests): 0 state changes", visits)


def test_only_a_wrong_value_counts_as_a_try() -> None:
    """A form that is sent without a value changes nothing; a wrong one counts on its link only."""
    world = waiting()
    person = Browser(world)
    person.opens()
    before = state(world)
    for _ in range(ROUNDS):
        assert person.posts(person.filled(code="")).status == 422
    assert state(world) == before
    assert person.posts(person.filled(code="WRONG")).status == 422
    counted = [before.links[0].model_copy(update={"tries": 1}), before.links[1]]
    assert state(world) == replace(before, writes=1, links=counted)
    assert person.posts(person.filled()).status == 303


@pytest.mark.control
def test_control_a_door_that_decides_on_get_is_caught() -> None:
    """The same swarm on the same page, behind a door that takes opening for approving."""
    world = waiting()

    def naive(deps: Deps, request: Request) -> Response:
        if request.method == "GET":
            person = Browser(world)
            person.opens()
            person.posts(person.filled())
        return answer(deps, request)

    def served_by(asked: httpx.Request) -> httpx.Response:
        _, _, link, secret = asked.url.path.split("/")
        request = Request(asked.method, {"link": link, "secret": secret})
        reply = naive(world.deps, request)
        return httpx.Response(reply.status, html=reply.body)

    before = state(world)
    scanners = without_browser(httpx.MockTransport(served_by))
    url = f"https://countersign.example/approvals/link-ana/{SECRETS['ana']}"
    swarm(scanners, [url], 1, lambda: state(world) != before)
    assert state(world).writes == 1


@pytest.mark.control
@pytest.mark.parametrize("product", [TokenInLink, LinkOnPage, PlainButton])
def test_control_the_swarm_decides_on_unsafe_links(product: type[Product]) -> None:
    """AWS's tutorial, a link that decides and a button with nothing to type are each caught."""
    shop = product()
    with online(shop) as url:
        swarm(without_browser(), [url], 1, lambda: bool(shop.decisions))
    assert shop.decisions == ["approve"]


@pytest.mark.browser
@no_chromium
@pytest.mark.control
@pytest.mark.parametrize(
    ("product", "kind"), [(ScriptOnLoad, 0), (DrawnByScript, 0), (PlainButton, 1)]
)
def test_control_the_browser_decides_on_unsafe_links(
    chrome: Chromium, product: type[Product], kind: int
) -> None:
    """A script on load and a button are each caught by the browser's kinds."""
    shop = product()
    with online(shop) as url:
        swarm([with_browser(chrome, LINGER)[kind]], [url], 1, lambda: bool(shop.decisions))
    assert shop.decisions == ["approve"]
