"""The page at which whoever got a mail wants no more: who looks changes nothing, who says so is
heard, and nobody learns from it who got a mail."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from markupsafe import escape

from countersign.domain.campaigns.events import hashed
from countersign.domain.campaigns.sent import Event, Intent
from countersign.domain.campaigns.templates import FOOTERS
from countersign.domain.errors import Unavailable
from countersign.domain.lane.batches import Head
from countersign.domain.lane.items import Item
from countersign.domain.mail import ONE_CLICK
from countersign.entrypoints import unsubscribe
from countersign.entrypoints.unsubscribe import WORD, answer, handler
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from countersign.web.paths import LANGUAGE, unsubscribe_path
from countersign.web.unsubscribing import WORDS
from infra.scan_test.link import Link
from infra.scan_test.run import exit_code, scan, without_browser
from infra.scan_test.visitor import Deadline
from tests.fakes.world import World

TOKEN, OTHER = "t" * 27, "u" * 27
PATH = f"/unsubscribe/{TOKEN}"
FORM = "application/x-www-form-urlencoded"
CLICK = "=".join(ONE_CLICK).encode()
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
)
Answer = Callable[[Deps, Request], Response]


@pytest.fixture
def world() -> World:
    """One message was sent, with an address for unsubscribing."""
    world = World(lambda _: {})
    world.lanes.keep_head("j-1", 1, None, Head(attempt=1, entry=1))
    item = Item(number=1, entry=1, tries=1)
    sent = Intent("j-1", 1, item, "ana", hashed(TOKEN), world.clock.now(), timedelta(days=7))
    world.campaigns.intend(sent)
    return world


def asked(
    method: str, body: bytes = b"", media: str = FORM, token: str = TOKEN, **headers: str
) -> Request:
    """A request as the function gets it."""
    said = {"content-type": media} if body else {}
    return Request(method, {"token": token}, {**said, **headers}, body=body)


def out(world: World) -> Mapping[str, str]:
    """Who is on the suppression list, and why."""
    return {row.key: row.why for row in world.suppression.rows()}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_who_only_looks_changes_nothing_and_is_told_nothing(world: World, method: str) -> None:
    """The answer is the same for an address that nobody was mailed, and for no address at all."""
    seen = {
        repr((told.status, told.body, told.headers))
        for token in (TOKEN, OTHER, "", "../etc", "x" * 500)
        for told in (answer(world.deps, asked(method, token=token)),)
    }
    assert len(seen) == 1
    assert out(world) == {}


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (CLICK, FORM),
        (CLICK, f"{FORM}; charset=UTF-8"),
        (b"x=1&" + CLICK, FORM),
        (MULTIPART, "multipart/form-data; boundary=b"),
        (b"word=stop", FORM),
        (b"word=+Stop+", FORM),
    ],
)
def test_who_says_so_gets_no_more(world: World, body: bytes, media: str) -> None:
    """A receiver's server for its reader, in both encodings of RFC 8058, without cookies; and a
    person who typed the word. Twice is once, without a redirect."""
    told = [answer(world.deps, asked("POST", body, media)) for _ in range(2)]
    assert [one.status for one in told] == [200, 200]
    assert told[0].body == told[1].body
    assert not told[0].cookies
    assert out(world) == {"ana": "opt-out"}
    assert world.campaigns.counts("j-1") == {Event.OPTED_OUT: 1}


@pytest.mark.parametrize("token", [OTHER, "", "x" * 500, "%00"])
def test_an_address_that_nobody_was_mailed_is_answered_alike(world: World, token: str) -> None:
    """The same status, words and headers; and nobody is suppressed."""
    unknown = answer(world.deps, asked("POST", CLICK, token=token))
    assert out(world) == {}
    known = answer(world.deps, asked("POST", CLICK))
    assert (unknown.status, unknown.body, unknown.headers) == (
        known.status,
        known.body,
        known.headers,
    )


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", FORM),
        (b"word=", FORM),
        (b"word=yes", FORM),
        (b"List-Unsubscribe=", FORM),
        (b"List-Unsubscribe=one-click", FORM),
        (CLICK, "multipart/form-data"),
        (b"\xff\xfe", "multipart/form-data; boundary=b"),
        (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
    ],
)
def test_a_press_without_a_word_changes_nothing(world: World, body: bytes, media: str) -> None:
    """The page again, which says what is missing."""
    told = answer(world.deps, asked("POST", body, media))
    assert told.status == 422
    assert "Nothing was changed yet." in told.body
    assert out(world) == {}


@pytest.mark.parametrize(
    ("said", "accepted", "language"),
    [
        ("de", "fr", "de"),
        ("HE", "", "he"),
        ("pl", "pl, de-AT;q=0.7, nl;q=0.9", "nl"),
        ("", "pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("", "", "en"),
        ("<script>", "*;q=x, ;;,", "en"),
    ],
)
def test_the_page_speaks_the_mail_s_language(
    world: World, said: str, accepted: str, language: str
) -> None:
    """Else the browser's, else English; in the same words for an address that nobody was mailed."""
    for body, status, words in (
        (b"", 200, WORDS[language].title),
        (b"word=x", 422, WORDS[language].wrong.format(word="STOP")),
        (b"word=stop", 200, WORDS[language].done),
    ):
        told = [
            answer(
                world.deps,
                Request(
                    "POST" if body else "GET",
                    {"token": token},
                    {"content-type": FORM, "accept-language": accepted},
                    body=body,
                    query={LANGUAGE: said},
                ),
            )
            for token in (TOKEN, OTHER)
        ]
        assert told[0] == told[1]
        assert told[0].status == status
        assert escape(words) in told[0].body
        wrong = f"<title>{WORDS[language].error}: {WORDS[language].title}"
        assert (wrong in told[0].body) is (status == 422)
        direction = "rtl" if language == "he" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in told[0].body


def test_whoever_is_mailed_how_to_stop_in_a_language_finds_the_page_in_it() -> None:
    """The page knows the languages of the mails' last line, no more and no fewer."""
    assert WORDS.keys() == FOOTERS.keys()
    assert all(one.wrong.count("{word}") == 1 for one in WORDS.values())


def test_a_mail_is_one_word() -> None:
    """No line ends within the German one: its hyphen does not break."""
    assert not [one for one in vars(WORDS["de"]).values() if "E-Mail" in one]


def test_a_large_body_is_not_read(world: World) -> None:
    """Nobody needs so many bytes to say so."""
    assert answer(world.deps, asked("POST", CLICK + b"&x=" + b"1" * 5_000)).status == 400
    assert out(world) == {}


def test_a_table_that_is_away_is_said_and_not_taken_for_done(world: World) -> None:
    """503 after a few tries: the receiver's server tries again, a person is asked to."""
    tries: list[str] = []

    def away(token: str, _at: object) -> bool:
        tries.append(token)
        raise Unavailable("x")

    world.campaigns.opt_out = away  # type: ignore[method-assign, assignment] # the table is away
    told = answer(world.deps, asked("POST", CLICK))
    assert (told.status, len(tries)) == (503, 4)
    assert "/approvals" not in told.body


def test_the_page_leads_nowhere_and_says_nothing_of_us(world: World) -> None:
    """A stranger's page: whom the mails are from, no inbox, no name of this product, no scripts."""
    told = answer(world.deps, asked("GET"))
    assert "news@news.countersign.example" in told.body
    for word in ("/approvals", "Countersign", "<script", "href="):
        assert word not in told.body.replace("news.countersign", "")
    assert told.headers["cache-control"] == "no-store"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert TOKEN not in told.body


def test_nothing_of_the_address_is_logged(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither in an answer that went well nor in one of a defect of ours."""
    monkeypatch.setattr(unsubscribe, "production", lambda: world.deps)

    def broken(_token: str, _at: object) -> bool:
        raise ZeroDivisionError(TOKEN)

    event: dict[str, Any] = {
        "rawPath": PATH,
        "requestContext": {"http": {"method": "POST", "path": PATH}},
        "pathParameters": {"token": TOKEN},
        "headers": {"content-type": FORM},
        "body": CLICK.decode(),
    }
    assert handler(event, None)["statusCode"] == 200
    world.campaigns.opt_out = broken  # type: ignore[method-assign, assignment] # a defect of ours
    assert handler(event, None)["statusCode"] == 500
    assert handler({**event, "isBase64Encoded": True, "body": "%"}, None)["statusCode"] == 400
    written = capsys.readouterr()
    said = written.out + written.err + repr([vars(one) for one in caplog.records])
    assert "Defects" in said
    assert TOKEN not in said
    assert hashed(TOKEN) not in said


def carried(deps: Deps, answers: Answer) -> httpx.MockTransport:
    """The page behind HTTP, as scanners reach it."""

    def served(asked: httpx.Request) -> httpx.Response:
        token = asked.url.path.rpartition("/")[2]
        told = answers(
            deps,
            Request(asked.method, {"token": token}, dict(asked.headers), body=asked.content),
        )
        return httpx.Response(told.status, headers=dict(told.headers), text=told.body)

    return httpx.MockTransport(served)


def scanned(world: World, answers: Answer) -> int:
    """What the test of mail scanners says of the page, those that press and send among them."""
    transport = carried(world.deps, answers)
    link = Link.of(f"https://countersign.example{unsubscribe_path(TOKEN, 'en')}")
    deadline = Deadline.within(60)
    return exit_code([*scan(link, without_browser(transport), deadline, 3, transport)])


@pytest.mark.guarantee("T57")
def test_scanners_unsubscribe_nobody(world: World) -> None:
    """Every kind, those that tick and press among them: `countersign scan-test` sees nothing
    decided, and nobody is suppressed."""
    assert scanned(world, answer) == 0
    assert out(world) == {}


@pytest.mark.control
@pytest.mark.guarantee("T57")
def test_control_a_page_whose_button_is_enough_unsubscribes_whoever_is_scanned(
    world: World,
) -> None:
    """Control: with the word filled in, as many pages of the kind have it, the swarm opts out."""

    def eager(deps: Deps, request: Request) -> Response:
        body = b"word=" + WORD.encode() if request.method == "POST" else b""
        return answer(deps, Request(request.method, request.params, request.headers, body=body))

    assert scanned(world, eager) != 0
    assert out(world) == {"ana": "opt-out"}


def test_the_event_s_shape_is_lambda_s(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the HTTP API hands over is read, and what it takes back is given."""
    monkeypatch.setattr(unsubscribe, "production", lambda: world.deps)
    event = {
        "requestContext": {"http": {"method": "HEAD"}},
        "pathParameters": {"token": TOKEN},
    }
    told = handler(event, None)
    assert (told["statusCode"], told["body"]) == (200, "")
    json.dumps(told)
