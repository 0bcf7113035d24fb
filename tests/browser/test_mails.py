"""Every kind of mail to people of the company, as HTML and as text, on a phone and a desk, in light
and dark: it fits, axe finds nothing, and it is laid down as pictures to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from countersign.domain.mail import Email
from countersign.web.rendering import ROOMS
from infra.settings import ROOT
from tests.browser.serving import CHROMIUM, chromium
from tests.browser.test_axe import violations
from tests.fakes.journey import Journey, accept
from tests.fakes.journey import form as web_form
from tests.fakes.world import ANA, World
from tests.unit.approvals import test_approval_question as questions
from tests.unit.approvals import test_decision_mails as decisions
from tests.unit.approvals import test_mailed_code as codes
from tests.unit.approvals.test_approval_edit import asked_job
from tests.unit.approvals.test_refund_page import asked_anew
from tests.unit.approvals.test_refund_page import waiting as refund
from tests.unit.web.member import MemberBrowser
from tests.unit.web.waiting import waiting
from workflows import WORKFLOWS

PICTURES = ROOT / ".local/mails"
LOOKS: tuple[tuple[Any, int], ...] = (("light", 360), ("dark", 360), ("light", 900), ("dark", 900))


def _question() -> World:
    world, _ = asked_job()
    questions.asks(world)
    questions.answers(world)
    return world


def _code() -> World:
    world, _, ines = codes.asked()
    ines.posts(ines.filled())
    return world


def _decided() -> World:
    world, _ = decisions.decided("reject", cause="other", reason="Not this tone, please.")
    decisions.told(world)
    return world


def _case() -> World:
    world = World(WORKFLOWS["lead_intake"].offline)
    Journey(world, accept(world, web_form(country="Mongolia"))).goes()
    return world


def _sign_in() -> World:
    world = waiting()
    MemberBrowser(world).asks(ANA.address)
    return world


KINDS: Mapping[str, tuple[Callable[[], World], ...]] = {
    "mail_request": (lambda: asked_job()[0], lambda: refund()[0], lambda: asked_anew()[0]),
    "mail_code": (_code,),
    "mail_decided": (_decided,),
    "mail_question": (_question,),
    "mail_case": (_case,),
    "mail_signin": (_sign_in,),
}
"""By template, worlds in which one was sent."""


def sent(kind: str) -> Iterator[Email]:
    """The mails of a kind, each once: what their first words and their button say tells them."""
    seen = set()
    for made in KINDS[kind]:
        for mail in made().mail.sent:
            if mail.html and mail.subject not in seen:
                seen.add(mail.subject)
                yield mail


def test_every_template_of_a_mail_is_among_the_kinds() -> None:
    """A new kind of mail is looked at like the others."""
    rooms = (ROOT / f"functions/countersign/{room}/templates" for room in ROOMS)
    found = {path.name.partition(".")[0] for room in rooms for path in room.glob("mail_*")}
    assert found == KINDS.keys()


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.enable_socket
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"SKIPPED: no Chromium at {CHROMIUM}")
@pytest.mark.parametrize("kind", KINDS)
def test_mails_fit_and_can_be_read_by_everybody(kind: str) -> None:
    """No sideways scroll, no finding of axe; each link of the HTML stands in the text too, no line
    of which is longer than a terminal unless it is a link."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for number, mail in enumerate(sent(kind), 1):
            wrong = [*looked_at(browser, mail, f"{kind}-{number}"), *in_text(mail)]
            assert (mail.subject, wrong) == (mail.subject, [])


def looked_at(browser: Chromium, mail: Email, name: str) -> list[str]:
    """What is wrong with it in one of the looks; a picture of each is kept."""
    plain = f'<body style="font:15px/1.4 monospace;white-space:pre-wrap">{escape(mail.text)}'
    wrong = []
    page = browser.new_page()
    for (scheme, width), (form, body) in (
        (look, one) for look in LOOKS for one in (("html", mail.html), ("text", plain))
    ):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 700})
        page.set_content(body)
        page.screenshot(path=PICTURES / f"{name}-{form}-{scheme}-{width}.png", full_page=True)
        if form == "html":
            wrong += violations(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"wider than {width}")
    page.close()
    return wrong


def in_text(mail: Email) -> list[str]:
    """What the text of a mail lacks."""
    links = {part.partition('"')[0] for part in mail.html.split('href="')[1:]}
    return [f"the text lacks {one}" for one in links if one not in mail.text]
