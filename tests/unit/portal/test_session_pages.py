"""Who is signed in: forged, foreign and old cookies, leavers, other sites, other people's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from countersign.domain.approvals.session import sealed
from countersign.domain.errors import DefinitionBroken
from countersign.domain.workflow import Workflow
from countersign.entrypoints.pages import PAGES
from tests.fakes.world import ANA, BEN, CLEO, PAGE_KEY, World
from tests.unit.web.many import escalated, many, waits
from tests.unit.web.member import MemberBrowser, mailed, readings, wrote
from tests.unit.web.waiting import APPROVAL, JOB, waiting

NAME = "__Host-cs-session"
REQUEST = f"/approvals/requests/{JOB}/{APPROVAL}"
CASE = "/approvals/cases/j-case"
READ = ("/approvals", REQUEST, CASE, "/approvals/jobs/j-case")


def world() -> World:
    """Ana holds a case's role; two like requests wait for her beside the first."""
    made = waiting()
    many(made, 2)
    made.store.put(escalated())
    made.people.becomes(ANA, roles=("sales", "sales-ops"))
    return made


def bulk(ana: MemberBrowser) -> dict[str, str]:
    ana.opens()
    return {**ana.hidden(), "all": "yes", "choice": "approve", "reason": "", "code": ana.code()}


def one(ana: MemberBrowser) -> dict[str, str]:
    ana.opens(REQUEST)
    names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', ana.page), "approve")
    return {**ana.hidden(), "cause": "", "reason": "", "code": ana.code(), **names}


def case(ana: MemberBrowser) -> dict[str, str]:
    ana.opens(CASE)
    return {**ana.hidden(), "way": "close", "words": "a test", "code": ana.code()}


FORMS: dict[str, Callable[[MemberBrowser], dict[str, str]]] = {
    "/approvals": bulk,
    REQUEST: one,
    CASE: case,
}
"""Every form that changes a job, filled in by somebody who may."""


@pytest.mark.parametrize("path", FORMS)
def test_each_form_works_for_whom_it_is_for(path: str) -> None:
    """Control for the tests below: the same forms do change something when sent as they should."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    assert ana.posts(path, FORMS[path](ana)).status in (200, 303)
    assert wrote(made) > 0


@pytest.mark.parametrize("path", [*READ, "/approvals/sign-in", "/approvals/sign-out"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_looking_writes_nothing(path: str, method: str) -> None:
    """Signed in or not, no method but POST changes anything; HEAD has no body. Who reads a job
    stands in its trail, and that is all."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    writes = made.sign_ins.writes
    for browser in (ana, MemberBrowser(made)):
        response = browser.opens(path, method)
        assert response.status == {"OPTIONS": 204, "PUT": 405, "DELETE": 405}.get(
            method, response.status
        )
        assert method != "HEAD" or not response.body
    assert (wrote(made), made.sign_ins.writes) == (0, writes)
    of_a_job = path.startswith(("/approvals/jobs/", REQUEST, CASE))
    assert len(readings(made)) == (of_a_job and method in {"GET", "HEAD"})


def cookies(made: World) -> dict[str, str]:
    """Cookies that are nobody's session."""
    now = made.clock.now()
    good = sealed(PAGE_KEY, "ana", now, "salt")
    person, stamp, salt, seal = good.split(".")
    other = sealed(PAGE_KEY, "cleo", now, "salt").split(".")[0]
    return {
        "empty": "",
        "no seal": f"{person}.{stamp}.{salt}",
        "another person": f"{other}.{stamp}.{salt}.{seal}",
        "a later time": f"{person}.{int(stamp) + 60}.{salt}.{seal}",
        "another key": sealed("guessed", "ana", now, "salt"),
        "somebody unknown": sealed(PAGE_KEY, "mallory", now, "salt"),
    }


@pytest.mark.parametrize("path", [*READ])
def test_forged_cookies_are_no_session(path: str) -> None:
    """Each leads to the sign-in page, and a POST with it is refused."""
    made = world()
    for name, value in cookies(made).items():
        mallory = MemberBrowser(made)
        mallory.cookies[NAME] = value
        assert mallory.opens(path).headers["location"].startswith("/approvals/sign-in"), name
        assert mallory.posts(path, {"code": "x"}).status in (403, 405), name
    assert wrote(made) == 0


@pytest.mark.parametrize("path", FORMS)
def test_a_session_ends_after_eight_hours(path: str) -> None:
    """A page that was opened in time is worth nothing after it."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    filled = FORMS[path](ana)
    made.clock.passes(hours=8)
    assert ana.opens(path).headers["location"].startswith("/approvals/sign-in")
    assert (ana.posts(path, filled).status, wrote(made)) == (403, 0)


@pytest.mark.parametrize("path", FORMS)
def test_a_leaver_is_out_at_once(path: str) -> None:
    """Whoever leaves with a page open cannot send it any more."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    filled = FORMS[path](ana)
    made.people.leaves(ANA)
    assert (ana.posts(path, filled).status, wrote(made)) == (403, 0)
    assert ana.opens(path).headers["location"].startswith("/approvals/sign-in")


FOREIGN = {
    "another origin": {"origin": "https://evil.example"},
    "our name with another port": {"origin": "https://countersign.example:8443"},
    "cross-site": {"sec_fetch_site": "cross-site"},
    "same-site": {"sec_fetch_site": "same-site"},
    "plain text": {"content_type": "text/plain"},
    "JSON": {"content_type": "application/json"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("path", [*FORMS, "/approvals/sign-out", "/approvals/sign-in"])
def test_other_sites_send_nothing(path: str, headers: dict[str, str]) -> None:
    """With the session's cookie and even the right code, a form from elsewhere is refused."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    filled = FORMS[path](ana) if path in FORMS else {"address": BEN.address}
    mails = len(made.mail.sent)
    assert ana.posts(path, filled, **headers).status in (403, 415)
    assert (wrote(made), len(made.mail.sent)) == (0, mails)
    assert ana.opens().status == 200


@pytest.mark.parametrize("path", FORMS)
def test_a_page_of_another_session_is_worth_nothing(path: str) -> None:
    """Neither another person's page nor one's own of an earlier session can be sent."""
    made = world()
    made.people.becomes(BEN, roles=("sales", "sales-ops"))
    ana, ben = MemberBrowser(made).signs_in(ANA.address), MemberBrowser(made).signs_in(BEN.address)
    filled = FORMS[path](ben)
    pages = {name: value for name, value in ben.cookies.items() if name != NAME}
    ana.cookies |= pages
    assert (ana.posts(path, filled).status, wrote(made)) == (403, 0)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("code", ["", "XXXXX"])
def test_the_code_must_be_typed(path: str, code: str) -> None:
    """Without the page's code nothing is recorded, and what was typed is shown again."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    response = ana.posts(path, {**FORMS[path](ana), "code": code})
    assert (response.status, wrote(made)) == (422, 0)


def test_signing_in_replaces_whatever_session_was_there() -> None:
    """A cookie that somebody planted before is not the session afterwards."""
    made = world()
    ana = MemberBrowser(made)
    planted = sealed(PAGE_KEY, "cleo", made.clock.now(), "planted")
    ana.cookies[NAME] = planted
    ana.signs_in(ANA.address)
    assert ana.cookies[NAME] != planted
    assert "Ana Costa" in ana.opens().body


def test_signing_out_takes_the_cookie_away() -> None:
    """Only a POST does; after it the browser is nobody."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    assert ana.opens("/approvals/sign-out").status == 303
    assert ana.opens().status == 200
    (cookie,) = ana.posts("/approvals/sign-out", {}).cookies
    assert "Max-Age=0" in cookie
    assert ana.opens().headers["location"].startswith("/approvals/sign-in")


def test_a_session_that_was_signed_out_of_is_worth_nothing_to_who_kept_its_cookie() -> None:
    """Neither pages nor forms; another session of the same person goes on."""
    made = world()
    ana, elsewhere = (MemberBrowser(made).signs_in(ANA.address) for _ in range(2))
    ana.opens()
    kept, sent = dict(ana.cookies), {**ana.hidden(), "code": ana.code()}
    ana.posts("/approvals/sign-out", {})
    thief = MemberBrowser(made)
    thief.cookies = kept
    assert thief.opens().headers["location"].startswith("/approvals/sign-in")
    assert thief.posts("/approvals", sent).status == 403
    assert thief.posts("/approvals/sign-out", {}).status == 200
    assert elsewhere.opens().status == 200


@pytest.mark.parametrize(
    ("base", "start", "path"),
    [
        ("https://countersign.example", "__Host-cs-session=", "Path=/; "),
        ("http://127.0.0.1:8400", "cs-session=", "Path=/approvals; "),
    ],
)
def test_the_cookie_is_for_this_browser_and_this_site_only(
    base: str, start: str, path: str
) -> None:
    """HttpOnly, SameSite=Lax, eight hours; `__Host-` and Secure on https."""
    made = waiting(base_url=base)
    ana = MemberBrowser(made)
    ana.asks(ANA.address)
    link = mailed(made, ANA.address)
    ana.opens(link)
    (cookie,) = ana.posts(link, {"code": ana.code()}).cookies
    assert cookie.startswith(start)
    assert path in cookie
    for flag in ("HttpOnly", "SameSite=Lax", "Max-Age=28800"):
        assert flag in cookie
    assert ("; Secure" in cookie) == base.startswith("https")


def test_what_is_not_yours_looks_like_what_is_not_there() -> None:
    """A request somebody else was asked and a case of another role are refused as unknown ids."""
    made = world()
    made.store.put(waits(7, people=(ANA, BEN)))
    cleo = MemberBrowser(made).signs_in(CLEO.address)
    asked = (REQUEST, "/approvals/requests/j-007/a-007", "/approvals/requests/j-none/a-none", CASE)
    unknown = ("/approvals/cases/j-none", "/approvals/jobs/j-none", "/approvals/jobs/..%2f..")
    answers = {(r.status, r.body) for r in (cleo.opens(path) for path in (*asked, *unknown))}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert cleo.opens("/approvals/jobs/j-case").status == 200
    assert CASE not in cleo.opens().body


def test_every_page_has_the_guards() -> None:
    """No page of somebody signed in may be framed, cached, scripted or referred from."""
    made = world()
    ana = MemberBrowser(made).signs_in(ANA.address)
    for path in (*READ, "/approvals/sign-in"):
        headers = ana.opens(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "<script" not in ana.page
        assert " style=" not in ana.page
    assert len(PAGES) == 13


class Broken(dict[str, Workflow[Any]]):
    """Workflows whose files have a fault."""

    def __getitem__(self, name: str) -> Workflow[Any]:
        raise DefinitionBroken(f"workflows/{name}/stages/local.toml: limits are wrong")

    def get(self, name: str, *_: object) -> Workflow[Any]:
        return self[name]


@pytest.mark.parametrize("path", [REQUEST, CASE, "/approvals/jobs/j-case"])
def test_a_workflow_that_cannot_be_read_is_said(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The page says that nothing is lost, the log says what to mend, and the next request works."""
    made = world()
    ana = MemberBrowser(made)
    ana.signs_in(ANA.address)
    sound, made.workflows = made.workflows, Broken(made.workflows)
    made.deps = made.deps_again()
    answer = ana.opens(path)
    assert (answer.status, "A workflow cannot be read" in answer.body) == (503, True)
    assert "stages/local.toml: limits are wrong" in caplog.text
    assert "local.toml" not in answer.body
    made.workflows = sound
    made.deps = made.deps_again()
    assert ana.opens(path).status == 200
