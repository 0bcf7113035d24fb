"""The whole test of a link without a browser, on products in memory; and how the command ends."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from infra.cli.main import run
from infra.cli.scan import as_data, as_table
from infra.cli.target import chosen
from infra.scan_test.browser import missing
from infra.scan_test.link import Link
from infra.scan_test.run import Row, exit_code, scan, without_browser
from infra.scan_test.verdict import Verdict
from infra.scan_test.visitor import Deadline, UnreachableError, Visitor
from tests.browser.unsafe_links import (
    ASKS,
    FORM,
    TASK_TOKEN,
    LinkOnPage,
    PlainButton,
    Product,
    ScriptOnLoad,
    TokenInLink,
)

BASE = "https://product.example"
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Seconds that pass with each look at it."""

    def __init__(self, step: float = 0.0) -> None:
        self._now, self._step = 0.0, step

    def __call__(self) -> float:
        self._now += self._step
        return self._now


def of(product: Product) -> Answer:
    """`product` as an HTTP server in memory."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method in {"HEAD", "OPTIONS"}:
            return httpx.Response(200)
        asked = product.post() if request.method == "POST" else product.get(str(request.url))
        status, body, to = asked
        return httpx.Response(status, html=body, headers={"location": to} if to else {})

    return answer


def report(answer: Answer, path: str = "/approve/secret-0123456789", rounds: int = 1) -> list[Row]:
    """The report on a link whose server answers with `answer`."""
    transport = httpx.MockTransport(answer)
    link = Link.of(BASE + path)
    deadline = Deadline.within(60, Clock())
    return list(scan(link, without_browser(transport), deadline, rounds, transport))


def verdicts(rows: list[Row]) -> dict[str, Verdict]:
    """By kind."""
    return {row.kind: row.judged.verdict for row in rows}


@pytest.mark.parametrize(
    ("product", "culprit"),
    [(TokenInLink, "plain GET"), (LinkOnPage, "link extractor"), (PlainButton, "form poster")],
)
def test_each_unsafe_link_is_caught_by_its_kind(product: type[Product], culprit: str) -> None:
    """That kind decided, exit code 1, and what would come after it is not run."""
    shop = product()
    found = verdicts(rows := report(of(shop), product.link))
    assert [kind for kind, one in found.items() if one is Verdict.DECIDED] == [culprit]
    after = list(found)[list(found).index(culprit) + 1 :]
    assert all(found[kind] is Verdict.NOT_RUN for kind in after)
    assert (shop.decisions, exit_code(rows)) == (["approve"], 1)
    assert TASK_TOKEN not in repr(rows)


def test_a_page_that_is_safe_without_scripts_decides_nothing() -> None:
    """No kind decided where only a script would; the link's POST is held back by the caller."""
    shop = ScriptOnLoad()
    looking = {kind for kind, one in verdicts(report(of(shop))).items() if one is Verdict.DID_NOT}
    assert looking >= {"plain GET", "HEAD", "OPTIONS", "prefetch", "link extractor"}


def test_nothing_is_asked_of_another_host() -> None:
    """Redirects, links and forms that lead elsewhere are reported and not followed."""
    hosts: set[str] = set()

    def elsewhere(request: httpx.Request) -> httpx.Response:
        hosts.add(request.url.host)
        if request.method == "GET" and "go" in request.url.path:
            return httpx.Response(302, headers={"location": "https://other.example/x"})
        form = '<form method="post" action="https://other.example/decide"><button></button></form>'
        return httpx.Response(
            200, html=f'<a href="/go">x</a><a href="//other.example/y"></a>{form}'
        )

    rows = report(elsewhere)
    assert hosts == {"product.example"}
    extracted = next(row for row in rows if row.kind == "link extractor")
    assert extracted.answered == "200 (1), 302 (1); leads to other.example, not followed"


def test_a_redirect_without_end_ends() -> None:
    """Five hops at most."""
    count = 0

    def loop(_: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return httpx.Response(302, headers={"location": "/again"})

    link = Link.of(f"{BASE}/x")
    with Visitor(link, Deadline.within(60), httpx.MockTransport(loop)) as visitor:
        visitor.follow(visitor.send("GET", link.url))
    assert count == 6


def test_a_body_without_end_is_cut() -> None:
    """A megabyte is read, not more."""
    huge = httpx.MockTransport(lambda _: httpx.Response(200, text="a" * 3_000_000))
    link = Link.of(f"{BASE}/x")
    with Visitor(link, Deadline.within(60), huge) as visitor:
        assert len(visitor.send("GET", link.url).html) == 1_000_000


def test_when_the_time_is_up_the_rest_is_not_run() -> None:
    """The report says so instead of going on."""
    transport = httpx.MockTransport(of(ScriptOnLoad()))
    deadline = Deadline.within(10, Clock(step=0.8))
    rows = list(scan(Link.of(f"{BASE}/x"), without_browser(transport), deadline, 1, transport))
    assert rows[-1].judged.verdict is Verdict.NOT_RUN
    assert "--timeout" in rows[-1].judged.how


def test_an_answer_that_fails_half_way_is_not_taken_for_safe() -> None:
    """A kind whose visit broke off cannot be told, and the exit code says so."""

    def breaks(request: httpx.Request) -> httpx.Response:
        if request.method == "OPTIONS":
            raise httpx.ReadTimeout("slow")
        return httpx.Response(200, html=ASKS + FORM)

    rows = report(breaks)
    assert verdicts(rows)["OPTIONS"] is Verdict.UNKNOWN
    assert exit_code(rows) == 3


def test_a_silent_server_is_no_verdict() -> None:
    """When nothing answers the first GET there is nothing to report."""

    def silent(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(UnreachableError):
        report(silent)


def test_a_changed_page_without_a_decision_becomes_the_new_basis() -> None:
    """One kind that changes words does not put the blame on those after it."""
    state = {"words": "before"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "HEAD":
            state["words"] = "after"
        return httpx.Response(200, html=f"<p>{state['words']}</p>{FORM}")

    found = verdicts(report(answer))
    assert found["HEAD"] is Verdict.UNKNOWN
    assert found["OPTIONS"] is Verdict.DID_NOT


def test_the_report_never_holds_the_secret() -> None:
    """Neither as JSON nor as a table, even if the page repeats it."""
    secret = "secret-0123456789"
    shop = PlainButton()

    def echo(request: httpx.Request) -> httpx.Response:
        answered = of(shop)(request)
        said = f"<p>Approved {secret}\x1b[2J.</p>" if shop.decisions else ""
        return httpx.Response(answered.status_code, html=said + answered.text)

    link = Link.of(f"{BASE}/approve/{secret}")
    rows = report(echo)
    told = json.dumps(as_data(link, rows)) + repr([list(c.cells) for c in as_table(rows).columns])
    assert "Approved …" in told or "Approved \\u2026" in told
    assert secret not in told
    assert "\x1b" not in told


def test_kinds_that_need_a_browser_say_why_they_were_not_run() -> None:
    """Without a browser they stand in the report all the same."""
    transport = httpx.MockTransport(of(ScriptOnLoad()))
    scanners = [*without_browser(transport)[:2], *missing("--no-browser was given.")]
    rows = list(scan(Link.of(f"{BASE}/x"), scanners, Deadline.within(60), 1, transport))
    assert verdicts(rows)["headless browser"] is Verdict.NOT_RUN
    assert exit_code(rows) == 0


@pytest.mark.parametrize(
    "words", [("ftp://example.com/x",), (), ("http://a.example", "--rounds=0")]
)
def test_wrong_use_of_the_command_is_two(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """No link, another scheme or a wrong number ends with 2 and a complaint."""
    with pytest.raises(SystemExit) as ended:
        run(["scan-test", *words], chosen)
    assert ended.value.code == 2
    assert capsys.readouterr().err
