"""The approval door: who may look, who may decide, and that looking never decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.approvals.approval import Choice, Decision, apply_decision, decide, expire
from countersign.domain.jobs.change import Change
from countersign.domain.jobs.job import Status
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from tests.unit.web.plot import Plot
from tests.unit.web.visitor import Browser, Door
from tests.unit.web.waiting import APPROVAL, JOB, SECRETS, TOKEN, approval, job, tampered, waiting


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
        settled = apply_decision(made, held.ledger)
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
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == base.startswith("https")


def test_second_tab_keeps_the_code() -> None:
    """Opening the link again in the same browser keeps cookie and code: both tabs can submit."""
    ana = Browser(waiting())
    ana.opens()
    first = ana.filled()
    assert ana.opens().cookies == ()
    assert ana.code() == first["code"]
    assert ana.posts(first).status == 303


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
