"""The approval door: who may look, who may decide, and that looking never decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from countersign.domain.approvals import Choice, Decision, decide, expire, settle
from countersign.domain.change import Change, Link
from countersign.domain.job import Status
from countersign.doors.approvals import answer
from countersign.doors.http import Request, Response
from countersign.runtime import Deps
from tests.fakes.store import FakeStore
from tests.fakes.world import World
from tests.unit.pages.waiting import (
    APPROVAL,
    JOB,
    SECRETS,
    TOKEN,
    Browser,
    Door,
    Plot,
    approval,
    job,
    tampered,
    waiting,
)

FORM = "application/x-www-form-urlencoded"


def scanned(door: Door) -> tuple[int, bool]:
    """What mail scanners do to both links, 50 times each: writes, and whether it was decided."""
    world = waiting()
    for person in SECRETS:
        scanner = Browser(world, person, door)
        for _ in range(50):
            for method in ("GET", "HEAD", "OPTIONS"):
                scanner.opens(method)
            scanner.posts({"code": ""})
            scanner.posts({**scanner.filled(), "code": ""})
    return world.store.writes, approval(world).decision is not None


def decides_on_get(deps: Deps, request: Request) -> Response:
    """The naive door of most published samples: opening the link approves."""
    held = deps.store.load(JOB)
    asked = held.approvals[APPROVAL]
    if request.method == "GET" and asked.decision is None:
        choices = dict.fromkeys(asked.digests, Choice.APPROVE)
        made = decide(asked, Decision(by="ana", at=deps.clock.now(), choices=choices))
        settled = settle(made, held.ledger)
        deps.commit(held, Change("decided", "person:ana", approvals=(made,), ledger=settled))
    return answer(deps, request)


def test_scanners_change_nothing() -> None:
    """GET, HEAD, OPTIONS and a button clicker leave no write, and the link still works after."""
    assert scanned(answer) == (0, False)


@pytest.mark.control
def test_scanners_see_a_door_that_decides_on_get() -> None:
    """Control: the same scan finds the writes of a door that decides on GET."""
    writes, decided = scanned(decides_on_get)
    assert writes > 0
    assert decided


def test_approval_decides_once_and_lets_the_execution_go_on() -> None:
    """One write holds decision, ledger and due row; then the token is used; then GET shows it."""
    world = waiting()
    ana = Browser(world)
    assert ana.opens().status == 200
    world.clock.passes(seconds=90)
    response = ana.posts(ana.filled())
    assert (response.status, response.headers["location"]) == (303, _path(ana))
    held = world.store.load(JOB)
    made = held.approvals[APPROVAL].decision
    assert made is not None
    assert (made.by, set(made.choices.values())) == ("ana", {Choice.APPROVE})
    assert [h.status for h in held.ledger] == ["verified", "authorised", "authorised"]
    assert (set(held.due), held.job.status) == ({"callback"}, Status.WAITING_FOR_REVIEW)
    assert (world.store.writes, world.executions.succeeded) == (1, [TOKEN])
    entry = held.audit[-1]
    assert (entry.event, entry.actor) == ("decided by a person", "person:ana")
    assert entry.fields["seconds"].value == "90"
    page = ana.opens()
    assert (page.status, "Your decision is recorded" in page.body) == (200, True)


def test_head_is_get_without_body_and_options_names_the_methods() -> None:
    """HEAD has the headers of GET; OPTIONS lists what is allowed; other methods get 405."""
    ana = Browser(waiting())
    head, get = ana.opens("HEAD"), ana.opens("GET")
    assert (head.status, head.body, head.headers) == (200, "", get.headers)
    options = ana.opens("OPTIONS")
    assert (options.status, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert ana.opens("DELETE").status == 405


def test_headers_allow_nothing_else() -> None:
    """Every page forbids scripts, frames, referrers, caches and sniffing."""
    headers = Browser(waiting()).opens().headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    for part in ("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-robots-tag"].startswith("noindex")


@pytest.mark.parametrize(
    ("base", "start", "flags"),
    [
        ("https://countersign.example", "__Host-cs-", "Path=/; Max-Age=43200; HttpOnly"),
        ("http://127.0.0.1:8400", "cs-", "Path=/approvals/link-ana; Max-Age=43200; HttpOnly"),
    ],
)
def test_cookie_flags_follow_the_scheme(base: str, start: str, flags: str) -> None:
    """On https the cookie is `__Host-` and Secure; on http plain and limited to the link."""
    (cookie,) = Browser(waiting(base_url=base)).opens().cookies
    assert cookie.startswith(start)
    assert flags in cookie
    assert "SameSite=Strict" in cookie
    assert ("Secure" in cookie) == base.startswith("https")


def test_second_tab_keeps_the_code() -> None:
    """Opening the link again in the same browser keeps cookie and code: both tabs can submit."""
    ana = Browser(waiting())
    ana.opens()
    first = ana.filled()
    assert ana.opens().cookies == ()
    assert ana.code() == first["code"]
    assert ana.posts(first).status == 303


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
    """Unknown, wrong, foreign, replaced and tried-out links answer the same bytes, GET and POST."""
    world = waiting()
    answers = [answer(world.deps, request) for request in refused(world).values()]
    answers += [
        answer(world.deps, replace(request, method="POST", headers={"content-type": FORM}))
        for request in refused(world).values()
    ]
    dead = Browser(world, "ben")
    _wrong_codes(dead, 5)
    answers.append(dead.opens())
    held = world.store.load(JOB)
    replaced = approval(world).model_copy(update={"superseded": True})
    world.store.put(replace(held, approvals={APPROVAL: replaced}))
    answers.append(Browser(world).opens())
    assert {(a.status, a.body, str(a.headers), a.cookies) for a in answers} == {
        (404, answers[0].body, str(answers[0].headers), ())
    }
    assert "ask the person who runs this workflow for a new link" in answers[0].body


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


def test_reject_needs_a_reason_and_keeps_what_was_typed() -> None:
    """A rejection without a reason is sent back with its choices, and decides nothing."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    back = ana.posts(ana.filled("reject", reason="   "))
    assert (back.status, world.store.writes) == (422, 0)
    assert "A rejection needs a reason" in back.body
    assert back.body.count('value="reject" required checked') == 2
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


def test_late_click_learns_who_what_when_and_why() -> None:
    """With a valid secret of their own, the other approver sees the decision: GET 200, POST 409."""
    world = waiting()
    ana, ben = Browser(world), Browser(world, "ben")
    ana.opens()
    ben.opens()
    ana.posts(ana.filled("reject", reason="We met them last week."))
    late, click = ben.posts(ben.filled()), ben.opens()
    assert (late.status, click.status) == (409, 200)
    assert late.body == click.body
    said = ("Already decided by", "Ana Costa", "2 Mar 2026, 09:00 UTC", "We met them last week.")
    assert all(words in click.body for words in said)
    assert world.store.writes == 1


def test_after_the_deadline_nothing_is_approved() -> None:
    """Past the deadline the page says so, before and after `tick` has taken the decision."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    world.clock.passes(hours=48)
    assert (ana.opens().status, ana.posts(ana.filled()).status) == (200, 409)
    assert "not approved" in ana.page
    held = world.store.load(JOB)
    world.store.put(replace(held, approvals={APPROVAL: expire(approval(world), world.clock.now())}))
    assert "Not approved: nobody decided in time" in ana.opens().body
    assert world.store.writes == 0


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.WAITING_FOR_REVIEW])
def test_only_a_waiting_job_can_be_decided(status: Status) -> None:
    """A job in any other status is not decided: the page says that it moved on."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    world.store.put(replace(world.store.load(JOB), job=job(status)))
    assert (ana.posts(ana.filled()).status, ana.opens().status) == (409, 200)
    assert (world.store.writes, "nothing to decide" in ana.page) == (0, True)


@pytest.mark.parametrize(
    "update",
    [
        {"body": "{}"},
        {"body": "not JSON"},
        {"digest": "0" * 64},
        {"action": "crm.upsert_contact"},
        {"action_version": 2},
        {"status": "authorised"},
    ],
)
def test_edited_bytes_cannot_be_signed(update: dict[str, str]) -> None:
    """Whatever field of a stored entry is edited, before or after the page, nothing is signed."""
    world = waiting()
    ana = Browser(world)
    ana.opens()
    tampered(world, 2, **update)
    assert ana.posts(ana.filled()).status == 409
    assert ana.opens().status == 409
    assert "Nothing can be signed here" in ana.page
    assert world.store.writes == 0


def test_edited_text_cannot_be_signed_even_under_its_own_digest() -> None:
    """An entry replaced whole, with a digest that fits, is not the one that was asked about."""
    world = waiting()
    forged = waiting(Plot(reply="Send the money to another account.")).store.load(JOB).ledger[2]
    ana = Browser(world)
    ana.opens()
    tampered(world, 2, body=forged.body, digest=forged.digest)
    assert (ana.posts(ana.filled()).status, ana.opens().status) == (409, 409)
    assert "another account" not in ana.page


def _path(browser: Browser) -> str:
    return f"/approvals/{browser.params['link']}/{browser.params['secret']}"
