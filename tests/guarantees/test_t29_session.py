"""T29 for somebody signed in: no form of another site, session or time decides or signs out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from countersign.domain.approvals import session as sessions
from countersign.web.http import Response
from tests.fakes.world import ANA, BEN, PAGE_KEY
from tests.guarantees.signing import Figure, Waiting, asked
from tests.unit.web.member import MemberBrowser

pytestmark = pytest.mark.guarantee("T29")

FOREIGN: tuple[Mapping[str, str], ...] = (
    {"origin": "https://evil.example"},
    {"origin": "https://evil.countersign.example"},
    {"origin": "http://countersign.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"content_type": "text/plain"},
    {"content_type": "application/json"},
)
SESSION = "__Host-cs-session"


def forms(held: Waiting, member: MemberBrowser) -> dict[str, dict[str, str]]:
    """Every form of somebody signed in that changes something, filled in rightly, by its path."""
    one = held.approval
    request = f"/approvals/requests/{one.job_id}/{one.approval_id}"
    member.opens()
    bulk = {
        **member.hidden(),
        "choice": "approve",
        "all": "yes",
        "reason": "",
        "code": member.code(),
    }
    member.opens(request)
    said = {f"choice-{digest}": "approve" for digest in one.digests}
    single = {**member.hidden(), **said, "cause": "", "reason": "", "code": member.code()}
    return {"/approvals": bulk, request: single, "/approvals/sign-out": {}}


def refused(held: Waiting, response: Response) -> bool:
    """Nothing was decided, and no cookie was set."""
    nothing = held.decision is None and not held.approval.signatures
    return nothing and response.status >= 400 and not response.cookies


@pytest.mark.parametrize("path", [0, 1, 2], ids=["bulk", "request", "sign-out"])
def test_no_foreign_form_counts(figure: Figure, path: int) -> None:
    """Other origins, sites and media types, with the session's own cookies: all refused."""
    held = asked(consent=False)
    member = MemberBrowser(held.world).signs_in(ANA.address)
    where, form = list(forms(held, member).items())[path]
    for headers in FOREIGN:
        assert refused(held, member.posts(where, form, **headers)), headers
    assert member.posts(where, form).status in (200, 303)
    assert path == 2 or held.decision is not None
    figure(f"{len(FOREIGN)} foreign forms refused at {where.split('/')[-1][:8]}", len(FOREIGN))


def _cookies(
    held: Waiting, member: MemberBrowser, other: MemberBrowser
) -> dict[str, dict[str, str]]:
    """Sets of cookies of which none belongs to a session that opened the page."""
    now = held.world.clock.now()
    own, theirs = member.cookies, other.cookies
    later, earlier = now + sessions.SESSION_FOR, now - sessions.SESSION_FOR
    return {
        "none": {},
        "no session": {k: v for k, v in own.items() if k != SESSION},
        "only the session": {SESSION: own[SESSION]},
        "another person's session": {**own, SESSION: theirs[SESSION]},
        "another key": {**own, SESSION: sessions.sealed("another-key", "ana", now, "0" * 32)},
        "another session": {**own, SESSION: sessions.sealed(PAGE_KEY, "ana", now, "0" * 32)},
        "expired": {**own, SESSION: sessions.sealed(PAGE_KEY, "ana", earlier, "0" * 32)},
        "future": {**own, SESSION: sessions.sealed(PAGE_KEY, "ana", later, "0" * 32)},
        "cut": {**own, SESSION: own[SESSION][:-1]},
    }


def test_a_page_counts_only_in_the_session_that_opened_it(figure: Figure) -> None:
    """Without, with another's, forged, expired and with a new session: 0 decided."""
    held = asked(consent=False)
    member = MemberBrowser(held.world).signs_in(ANA.address)
    other = MemberBrowser(held.world).signs_in(BEN.address)
    filled, n = forms(held, member), 0
    jars = _cookies(held, member, other)
    for (name, jar), where in product(jars.items(), [w for w in filled if "sign-out" not in w]):
        thief = MemberBrowser(held.world)
        thief.cookies = dict(jar)
        assert refused(held, thief.posts(where, filled[where])), name
        n += 1
    held.world.people.leaves(ANA)
    for where in filled:
        member.posts(where, filled[where])
        assert (held.decision, held.approval.signatures) == (None, ())
    figure(f"{n} posts without the page's own session: 0 decided", n)


@pytest.mark.control
def test_control_the_right_session_decides() -> None:
    """The refusals above are not simply every answer."""
    held = asked(consent=False)
    member = MemberBrowser(held.world).signs_in(ANA.address)
    where, form = list(forms(held, member).items())[1]
    assert not refused(held, member.posts(where, form))
