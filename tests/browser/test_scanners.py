"""`countersign scan-test` as it is typed: it catches unsafe links, and clears ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from infra.cli.main import run
from infra.cli.target import chosen
from infra.scan_test.browser import BrowserMissingError, chromium, with_browser
from infra.scan_test.link import Link
from infra.scan_test.visitor import Deadline
from tests.browser.serving import CHROMIUM, served
from tests.browser.unsafe_links import (
    TASK_TOKEN,
    DrawnByScript,
    PlainButton,
    Product,
    ScriptOnLoad,
    TokenInLink,
    online,
)
from tests.unit.web.visitor import Browser
from tests.unit.web.waiting import SECRETS, approval

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]


@pytest.fixture
def browser() -> Iterator[Chromium]:
    """For one test at a time: the command starts its own, and one thread drives only one."""
    with chromium() as started:
        yield started


@dataclass(frozen=True)
class Told:
    """How the command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON."""
        told: dict[str, Any] = json.loads(self.out)
        return told

    def kinds(self, verdict: str) -> set[str]:
        """The kinds with that verdict."""
        rows = self.report["scanners"]
        return {row["kind"] for row in rows if row["verdict"] == verdict}


@dataclass(frozen=True)
class Terminal:
    """A person at a terminal that is not interactive."""

    capsys: pytest.CaptureFixture[str]

    def types(self, *words: str) -> Told:
        """One `scan-test`."""
        with pytest.raises(SystemExit) as ended:
            run(["scan-test", *words], chosen)
        assert isinstance(ended.value.code, int)
        return Told(ended.value.code, *self.capsys.readouterr())


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_nothing_decides_on_our_page_and_a_person_still_can(terminal: Terminal) -> None:
    """Every kind is played, none decides, nothing is written, the secret is not printed."""
    with served() as (world, base):
        told = terminal.types(f"{base}/approvals/link-ana/{SECRETS['ana']}", "--yes", "--json")
        assert told.code == 0
        assert told.kinds("did not decide") == {row["kind"] for row in told.report["scanners"]}
        assert len(told.report["scanners"]) == 10
        assert SECRETS["ana"] not in told.out + told.err
        assert (world.store.writes, world.store.link("link-ana").tries) == (0, 0)
        person = Browser(world)
        person.opens()
        assert person.posts(person.filled()).status == 303
        assert approval(world).decision is not None


@pytest.mark.control
@pytest.mark.parametrize(
    ("product", "culprit", "words"),
    [
        pytest.param(TokenInLink, "plain GET", (), marks=pytest.mark.soak),
        (ScriptOnLoad, "headless browser", ()),
        pytest.param(DrawnByScript, "headless browser", (), marks=pytest.mark.soak),
        (PlainButton, "form poster", ("--no-browser", "--yes")),
    ],
)
def test_unsafe_links_are_caught(
    terminal: Terminal, product: type[Product], culprit: str, words: tuple[str, ...]
) -> None:
    """Control: exit code 1 and the kind that decided, for each unsafe way to build a link."""
    shop = product()
    with online(shop) as url:
        told = terminal.types(url, "--json", *words)
    assert (told.code, shop.decisions, told.kinds("decided")) == (1, ["approve"], {culprit})
    assert TASK_TOKEN not in told.out + told.err


@pytest.mark.soak
def test_nothing_is_pressed_or_sent_without_consent(terminal: Terminal) -> None:
    """Where nobody can be asked, the kinds that act are left out, and the report says so."""
    shop = PlainButton()
    with online(shop) as url:
        told = terminal.types(url)
    assert (told.code, shop.decisions) == (0, [])
    assert "MAY DECIDE" in told.err
    assert "Not run: form poster, button clicker." in " ".join(told.out.split())


def test_without_a_browser_the_rest_is_played(terminal: Terminal) -> None:
    """`--no-browser` starts none, and the report names what is missing."""
    with online(ScriptOnLoad()) as url:
        told = terminal.types(url, "--no-browser", "--json", "--rounds", "2")
    assert told.code == 0
    assert told.kinds("not run") == {"headless browser", "button clicker", "form poster"}


def test_nothing_there_is_two(terminal: Terminal) -> None:
    """When nothing answers, the command ends with 2 and a line without the link."""
    told = terminal.types("http://127.0.0.1:1/approve/secret-of-nobody", "--no-browser")
    assert (told.code, told.out) == (2, "")
    assert "nothing answers" in told.err
    assert "secret-of-nobody" not in told.err


@pytest.mark.soak
@pytest.mark.parametrize("kind", [0, 1], ids=["headless", "clicker"])
def test_the_browser_never_follows_to_another_host(browser: Chromium, kind: int) -> None:
    """A redirect, a form and a link in a new window that lead to another host do not reach it."""
    elsewhere = PlainButton()
    with online(elsewhere) as other:

        class Leads(Product):
            def get(self, url: str) -> tuple[int, str, str]:
                if url.endswith("/go"):
                    return 302, "", other
                away = f'<form method="post" action="{other}"><button>A</button></form>'
                window = '<a href="/go" target="_blank" role="button">B</a>'
                frame = '<iframe src="/go"></iframe>'
                script = f"<button onclick=\"window.open('{other}')\">C</button>"
                return 200, f"{away}{window}{script}{frame}", ""

            def post(self) -> tuple[int, str, str]:
                return 302, "", other

        with online(Leads()) as url:
            scanner = with_browser(browser, 0.1)[kind]
            sent = scanner.play(Link.of(url), Deadline.within(60))
    assert sent
    assert (elsewhere.decisions, elsewhere.opened) == ([], 0)


@pytest.mark.soak
@pytest.mark.control
def test_a_visit_elsewhere_would_be_seen(browser: Chromium) -> None:
    """Control: the same scanner on that host itself is counted there."""
    elsewhere = PlainButton()
    with online(elsewhere) as other:
        with_browser(browser, 0.1)[0].play(Link.of(other), Deadline.within(60))
    assert elsewhere.opened == 1


def test_a_missing_browser_says_what_to_install() -> None:
    """The message names the package, Playwright's own command, and the way around."""
    with (
        pytest.raises(BrowserMissingError, match=r"apt-get install chromium.*--no-browser"),
        chromium("/nonexistent/chromium"),
    ):
        pass
