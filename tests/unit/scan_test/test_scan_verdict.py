"""From two looks at a page to a verdict, and when there is none to be had."""

from __future__ import annotations

import pytest

from infra.scan_test.verdict import Baseline, Verdict, first_contact, judge, settled
from infra.scan_test.visitor import Exchange

ASKS = "<h1>Refund of 120 EUR</h1><p>Please decide.</p><form method=post><button>OK</button></form>"
URL = "https://a.example/approve/1"


def look(html: str = ASKS, status: int = 200, location: str = "") -> Exchange:
    """A fresh GET of the page."""
    return Exchange("GET", URL, status, html, location)


def sent(status: int, html: str = "") -> Exchange:
    """A POST of a scanner, and its answer."""
    return Exchange("POST", URL, status, html)


BEFORE = Baseline.of(look(), look())


@pytest.mark.parametrize(
    ("exchanges", "after", "verdict"),
    [
        ([], look(), Verdict.DID_NOT),
        ([sent(422, "<p>Already decided.</p>")], look(), Verdict.DID_NOT),
        ([sent(200, "<p>The code is missing.</p>")], look(), Verdict.DID_NOT),
        ([], look("<h1>Approved</h1><p>by Ana</p>"), Verdict.DECIDED),
        ([], look("<p>This was already answered and confirmed.</p>", 410), Verdict.DECIDED),
        ([sent(303)], look("<h1>Genehmigt</h1>"), Verdict.DECIDED),
        ([], look("<h1>Genehmigt</h1>"), Verdict.UNKNOWN),
        ([sent(403)], look("<h1>Genehmigt</h1>"), Verdict.UNKNOWN),
        ([], look("<p>This link is not valid. Nothing was decided.</p>", 404), Verdict.UNKNOWN),
        ([], look("<p>Too many requests</p>", 429), Verdict.UNKNOWN),
        ([], look(ASKS.replace("120", "130")), Verdict.UNKNOWN),
        ([], look("", 302, "https://sso.example/login"), Verdict.UNKNOWN),
        ([sent(200, "<p>Thank you, approved.</p>")], look(), Verdict.UNKNOWN),
    ],
)
def test_the_verdict_follows_what_a_fresh_look_shows(
    exchanges: list[Exchange], after: Exchange, verdict: Verdict
) -> None:
    """Decided only where the page says so, or a POST was taken and the page asks less; an
    unchanged page did not decide; every other change cannot be told."""
    judged = judge(BEFORE, exchanges, after)
    assert judged.verdict is verdict
    assert judged.how


def test_a_code_that_is_new_on_every_look_is_noise() -> None:
    """What differs between two looks at rest is no change, and hides none beside it."""
    pages = [
        ASKS.replace("<form", f"<p>Type {code} to sign</p><form") for code in ("A7", "B8", "C")
    ]
    before = Baseline.of(look(pages[0]), look(pages[1]))
    assert judge(before, [], look(pages[2])).verdict is Verdict.DID_NOT
    swapped = pages[2].replace("Type", "Approved")
    assert judge(before, [], look(swapped)).verdict is Verdict.DECIDED


def test_the_first_look_is_judged_by_the_second() -> None:
    """A link that decides on GET answers otherwise when it is opened again."""
    used = look("TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'", 400)
    away = look("{}", 302, "https://console.example/")
    assert first_contact(away, used, used).verdict is Verdict.DECIDED
    assert first_contact(look(), look(), look()).verdict is Verdict.DID_NOT


def test_a_page_that_was_decided_at_first_sight_cannot_be_told() -> None:
    """Whether it was so before, or by this very GET, is said to be open."""
    done = look("<h1>Approved. Thank you!</h1>")
    judged = first_contact(done, done, done)
    assert judged.verdict is Verdict.UNKNOWN
    assert "may have decided it" in judged.how


def test_a_page_that_never_stands_still_does_not_alarm_by_itself() -> None:
    """Words that differ on each look are no sign of a decision."""
    one, two, three = (look(ASKS.replace("Please", f"{n}x Please")) for n in range(3))
    assert first_contact(one, two, three).verdict is Verdict.DID_NOT


@pytest.mark.parametrize(
    ("sentence", "speaks"),
    [
        ("Your decision was recorded", True),
        ("This cannot be changed: it was already approved.", True),
        ("Thank you!", True),
        ("Nothing was decided here.", False),
        ("It is not approved yet.", False),
        ("It wasn\u2019t approved.", False),
        ("Nothing runs unless it is approved by 10:00.", False),
        ("Already have an account?", False),
        ("Approve or reject", False),
    ],
)
def test_which_sentences_speak_of_a_decision(sentence: str, speaks: bool) -> None:
    """A denial, a condition or an invitation is none."""
    assert settled(sentence) is speaks
