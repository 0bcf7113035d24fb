"""How long a request is on a phone: two screens for a reply, less for a refund, four for three."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FloatRect, Page, ViewportSize

from countersign.domain.jobs.change import JobRecord
from countersign.web.forms import Form
from countersign.web.rendering import render
from tests.browser.places import link, several
from tests.browser.serving import CHROMIUM, chromium, online
from tests.fakes.world import World
from tests.unit.approvals.test_refund_page import view as refund_view
from tests.unit.approvals.test_refund_page import waiting as refund_waiting
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import APPROVAL, JOB, waiting
from tests.unit.workflows.test_reading import NAMES, event
from tests.unit.workflows.test_reading import page as event_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}"),
]
PHONE: ViewportSize = {"width": 390, "height": 844}
_SENTENCE = "We plan tours for vans like yours every day and would be glad to show you how. "


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One Chromium for this file."""
    with chromium() as started:
        yield started


def of(characters: int) -> Plot:
    """A reply of so many characters."""
    return replace(Plot(), reply=(_SENTENCE * 20)[:characters])


def only(base: str, plot: Plot) -> World:
    """A request about the reply of the waiting job."""
    world = waiting(plot, base_url=base)
    held: JobRecord = world.store.load(JOB)
    asked = held.approvals[APPROVAL]
    changed = asked.model_copy(update={"digests": asked.digests[-1:]})
    world.store.put(replace(held, approvals={APPROVAL: changed}))
    return world


def height(page: Page) -> int:
    """Of the whole page, in px."""
    found: int = page.evaluate("document.documentElement.scrollHeight")
    return found


def test_a_reply_is_read_and_decided_on_two_screens(browser: Chromium) -> None:
    """At most 1,800 px for a text of 900 characters, which begins on the first screen; what is
    longer adds its own lines and nothing else."""
    tall = []
    for characters in (900, 1_300):
        with online(partial(only, plot=of(characters))) as (_, base):
            page = browser.new_page(viewport=PHONE)
            link(page, base)
            block = page.locator("dd.block").first.bounding_box()
            assert block
            assert block["y"] < PHONE["height"] - 200
            tall.append((height(page), block["height"]))
            page.close()
    (short, text), (longer, more) = tall
    print(f"a reply of 900 characters: {short} px")  # noqa: T201 - the measured figure
    assert short <= 1_800
    assert longer - short == pytest.approx(more - text, abs=1)


@pytest.mark.soak
def test_a_refund_is_shorter_still(browser: Chromium) -> None:
    """At most 1,600 px, with what was bought, paid and refunded before, and what changes."""
    made, journey = refund_waiting()
    it = refund_view(made, journey)
    alone = replace(it, actions=it.actions[:1])
    page = browser.new_page(viewport=PHONE)
    page.set_content(render("approval.html.j2", it=alone, form=Form(shown="", code="ABCDE")))
    assert page.locator("dl.rows").inner_text().startswith("Bought")
    print(f"one refund: {height(page)} px")  # noqa: T201 - the measured figure
    assert height(page) <= 1_600
    page.close()


@pytest.mark.soak
def test_three_actions_are_no_more_than_four_screens(browser: Chromium) -> None:
    """At most 3,000 px with texts of 400 characters."""
    with online(partial(only, plot=of(400))) as (world, base):
        page = browser.new_page(viewport=PHONE)
        several(world, 3)
        link(page, base)
        assert page.locator("fieldset").count() == 3
        text = page.locator("dd.block").first.bounding_box()
        assert text
        assert text["y"] < PHONE["height"] - 200
        print(f"three actions: {height(page)} px")  # noqa: T201 - the measured figure
        assert height(page) <= 3_000
        page.close()


HEAD, EACH = 1_200, 600
"""px of a request, and of each of its actions: 1,800 for one, 3,000 for three."""


@pytest.mark.soak
@pytest.mark.parametrize("names", [NAMES])
def test_every_request_of_the_sample_events_stays_within_its_screens(
    browser: Chromium, names: Sequence[str]
) -> None:
    """With texts of 900 characters, of 400 where several are signed: whatever reasons, values and
    names it has; what is to be signed begins on the first screen, and a refund by itself is one of
    1,600 px."""
    page = browser.new_page(viewport=PHONE)
    seen = {name: measured(page, page_of(name)) for name in names}
    page.close()
    wrong = {name: one for name, one in seen.items() if one}
    assert wrong == {}


def page_of(name: str) -> str:
    """A sample event's request, with a code as long as they are."""
    return event_page(*event(name)).replace("none, on trial", "K7PQX")


def measured(page: Page, body: str) -> list[str]:
    """What is longer or lower than it may be."""
    page.set_content(body)
    number = page.locator("form > section[id^=action-]").count()
    page.evaluate(_FILL, (_SENTENCE * 20)[: 900 if number == 1 else 400])
    begins = page.evaluate(_BEGINS)
    most = HEAD + EACH * number
    found = {
        "request": (height(page) - page.evaluate(_LONGER), most),
        "signed text": (begins, PHONE["height"] - 144),
    }
    found["row"] = (page.locator(".todo").bounding_box() or {"height": 0})["height"], 64
    if page.locator("form h2").first.inner_text().startswith("1. Refund"):
        page.evaluate(_ALONE)
        found["refund alone"] = height(page), 1_600
    return [f"{what}: {px} px" for what, (px, most) in found.items() if px > most]


_FILL = "text => document.querySelectorAll('form dd.block').forEach(e => e.innerText = text)"
_LONGER = """[...document.querySelectorAll('form section[id^=action-] dl')]
.reduce((sum, one) => sum + Math.max(0, one.getBoundingClientRect().height - 620), 0)"""
"""px of what is longer than a text of 900 characters: a plan's lists add their own lines."""
_BEGINS = """(document.querySelector('#action-1 dd.block')
|| document.querySelector('#action-1 :is(dl, .why)')).getBoundingClientRect().top"""
"""px down to the first line of the signed text; of an action without one, of its rows."""
_ALONE = """document.querySelectorAll('form section[id^=action-]:not(#action-1), .first li + li')
.forEach(e => e.remove())"""


@pytest.mark.control
def test_control_a_request_with_wide_lines_is_too_long(browser: Chromium) -> None:
    """The same page as it was: larger letters, and each fold on a row of its own."""
    page = browser.new_page(viewport=PHONE)
    before = "<style>body{font-size:1.0625rem;line-height:1.5}.evidence{display:block}</style>"
    assert measured(page, page_of("18-lost-recently") + before)
    page.close()


@pytest.mark.soak
def test_on_a_desk_what_is_signed_stands_left_and_its_evidence_right(browser: Chromium) -> None:
    """Two columns that begin side by side; on a phone the evidence comes below the decision."""
    with online(partial(only, plot=of(900))) as (_, base):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        link(page, base)
        signed, evidence = page.locator("#decide").bounding_box(), evidence_of(page)
        assert signed
        assert signed["x"] + signed["width"] <= evidence["x"]
        assert evidence["y"] == pytest.approx(signed["y"], abs=16)
        page.set_viewport_size(PHONE)
        signed, evidence = page.locator("#decide").bounding_box(), evidence_of(page)
        assert signed
        assert signed["y"] + signed["height"] <= evidence["y"]
        page.close()


def evidence_of(page: Page) -> FloatRect:
    """Where what stands behind the request begins."""
    box = page.locator(".evidence").bounding_box()
    assert box
    return box


def test_one_row_says_what_is_still_to_do(browser: Chromium) -> None:
    """It follows the form without a script, is at most 64 px high, covers no focus, and is not
    there on a low screen; the reasons for a rejection come with it, and are never required."""
    with online(partial(only, plot=of(900))) as (_, base):
        page = browser.new_page(viewport=PHONE)
        link(page, base)
        row, told = page.locator(".todo"), []
        for fill in (nothing, rejects, types):
            fill(page)
            told.append(row.locator("a:visible").all_inner_texts())
        assert told == [["Approve or reject"], ["Type the code"], ["Record my decision"]]
        assert page.locator("#cause").is_visible()
        page.check("[value=approve]")
        assert not page.locator("#cause").is_visible()
        assert page.locator(".rejecting [required]").count() == 0
        box = row.bounding_box()
        assert box
        assert box["height"] <= 64
        assert hidden_by_row(page) == []
        page.set_viewport_size({"width": 844, "height": 390})
        assert not row.is_visible()
        page.close()


def nothing(page: Page) -> None:
    """The page as it came."""


def rejects(page: Page) -> None:
    """The reply is rejected."""
    page.check("[value=reject]")


def types(page: Page) -> None:
    """The code of the page is typed."""
    page.fill("#code", page.inner_text("#code-shown"))


def hidden_by_row(page: Page) -> list[str]:
    """What can have the focus and then lies under the row, going through the page by keyboard."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found: list[str] = []
    for _ in range(page.locator("a, input, select, textarea, button, summary").count()):
        page.keyboard.press("Tab")
        if page.evaluate(_UNDER):
            found.append(page.evaluate("document.activeElement.outerHTML"))
    return found


_UNDER = """() => {
  const row = document.querySelector('.todo'), at = document.activeElement;
  if (row.contains(at) || getComputedStyle(row).display === 'none') return false;
  const a = at.getBoundingClientRect(), b = row.getBoundingClientRect();
  return a.top >= b.top && a.bottom <= b.bottom && a.height > 0;
}"""


@pytest.mark.control
def test_control_a_row_without_room_for_the_focus_is_seen(browser: Chromium) -> None:
    """Without the room at the bottom, and with a row twice as high, something is hidden."""
    with online(partial(only, plot=of(900))) as (_, base):
        page = browser.new_page(viewport=PHONE)
        link(page, base)
        page.evaluate(
            "document.documentElement.style.scrollPaddingBottom = '0';"
            "const row = document.querySelector('.todo').style;"
            "row.maxHeight = 'none'; row.height = '9rem'; row.position = 'fixed'"
        )
        assert hidden_by_row(page)
        page.close()
