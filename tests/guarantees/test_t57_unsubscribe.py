"""T57: whoever wants no more mail is heard, nobody who is scanned is, and a flood at that page
keeps no approval waiting.

The scanners without a browser play in tests/unit/entrypoints/test_unsubscribe.py.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from countersign.connectors.http import certificates
from countersign.domain.campaigns.sent import Event
from infra.build.code import SOURCE
from infra.local.cloud import deployer
from infra.local.front.samples import samples
from infra.local.player.play import play
from infra.local.stand import Plan, Stand, stand
from infra.scan_test.link import Link
from infra.scan_test.run import exit_code, scan, without_browser
from infra.scan_test.visitor import Deadline
from tests.rights.campaigns import link, posts, sends, token_of
from tests.rights.until import until

Figure = Any
A_SECOND = 50
REFUND = "32-refund-four-eyes"
WORDS = ("ann", "bounce", "complaint", "twice", "late", "ooto", "lost")
pytestmark = [
    pytest.mark.guarantee("T57"),
    pytest.mark.cloud,
    pytest.mark.soak,
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def running() -> Iterator[Stand]:
    """The whole of it on this machine."""
    with stand(Plan(port=0, code=SOURCE), lambda _: None) as whole:
        yield whole


@pytest.fixture(scope="module")
def job(running: Stand) -> str:
    """A campaign's mails, one to each mailbox of the simulator; all is heard that ever will be."""
    job = sends(running, WORDS)
    heard = {
        Event.SENT: 6,
        Event.DELIVERED: 4,
        Event.BOUNCED: 1,
        Event.COMPLAINED: 1,
        Event.DELAYED: 1,
    }
    until(lambda: running.deps.campaign_events.counts(job) == heard)
    return job


class Flood:
    """So many people a second open a page, each with a connection of their own."""

    def __init__(self, url: str, most: int) -> None:
        self.told: Counter[str] = Counter()
        """What they were answered."""
        self._url, self._most = url, most
        self._over, self._lock = threading.Event(), threading.Lock()
        self._began = time.monotonic()
        self._people = [threading.Thread(target=self._opens, args=(one,)) for one in range(most)]

    def __enter__(self) -> Flood:
        for one in self._people:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for one in self._people:
            one.join()

    def _opens(self, turn: int) -> None:
        """One of them: every second once."""
        with httpx.Client(timeout=30, verify=certificates()) as browser:
            while not self._over.wait(self._until(turn)):
                told = _opened(browser, self._url)
                with self._lock:
                    self.told[told] += 1
                turn += self._most

    def _until(self, turn: int) -> float:
        return max(0.0, self._began + turn / self._most - time.monotonic())


def _opened(browser: httpx.Client, url: str) -> str:
    """The status, or what went wrong on the way."""
    try:
        return str(browser.get(url).status_code)
    except httpx.HTTPError as error:
        return type(error).__name__


def refunded(running: Stand, folder: Path) -> float:
    """A refund comes in, two people sign it on its page, and it is paid; the seconds."""
    said, began = StringIO(), time.monotonic()
    some = [one for one in samples() if one.name == REFUND]
    play(running, Console(file=said, width=200), some, folder / "run.json")
    assert f"✓ {REFUND} COMPLETED" in said.getvalue(), said.getvalue()
    assert not [one for one in said.getvalue().splitlines() if _wrong(one)], said.getvalue()
    return time.monotonic() - began


def _wrong(line: str) -> bool:
    """What the player finds; the mails that this test sends itself are no job's that tells them."""
    return line.startswith("effects: ") and "a campaign's mail of" not in line


def test_scanners_unsubscribe_nobody_and_a_receiver_s_server_does(
    running: Stand, job: str, figure: Figure
) -> None:
    """`countersign scan-test` on the very link; then one POST, twice: one opt-out, and its contact
    is on the list."""
    deadline = Deadline.within(300)
    rows = [*scan(Link.of(link(running, job, 1)), without_browser(), deadline, 3)]
    assert exit_code(rows) == 0, rows
    counts = running.deps.campaign_events.counts
    assert Event.OPTED_OUT not in counts(job)
    for _ in range(2):
        posts(running, job, 1)
    posts(running, "j-nobody", 1)
    assert counts(job)[Event.OPTED_OUT] == 1
    why = Counter(row.why for row in running.deps.suppression.rows() if row.by == job)
    assert why == {"bounce": 1, "complaint": 1, "opt-out": 1}
    figure(f"{len(rows)} kinds of scanner, 0 opt-outs; then {dict(why)}", len(rows))


def test_fifty_people_a_second_at_the_page_keep_no_refund_waiting(
    running: Stand, job: str, tmp_path: Path, figure: Figure
) -> None:
    """Two sign it on its page, and it is paid meanwhile; whoever opens the other page reads it or
    is asked to wait by the limit of its route, so that no more of them reach a function than that
    lets through; and nobody is unsubscribed by looking."""
    from infra.stack import campaigns  # noqa: PLC0415 - CDK starts Node

    before = running.deps.campaign_events.counts(job)
    began = time.monotonic()
    with Flood(link(running, job, 1), A_SECOND) as flood:
        beside = refunded(running, tmp_path)
    told, lasted = flood.told, time.monotonic() - began
    assert running.deps.campaign_events.counts(job) == before
    assert set(told) == {"200", "429"}, told
    assert told["200"] <= campaigns.A_SECOND * (2 + lasted)
    figure(f"a refund in {beside:.1f} s beside {dict(told)}", told.total())


def test_no_log_has_the_address(running: Stand, job: str) -> None:
    """Neither of a function nor of the API."""
    logs = deployer.client("logs", running.cloud.endpoint)
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        text = "\n".join(one["message"] for one in events)
        assert token_of(job, 1) not in text, group["logGroupName"]
