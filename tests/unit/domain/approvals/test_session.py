"""Sessions: a cookie that only we can make, for eight hours; links that sign in once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from countersign.domain.approvals import links
from countersign.domain.approvals.codes import TRIES
from countersign.domain.approvals.session import (
    SESSION_FOR,
    SignIn,
    recent,
    sealed,
    unsealed,
)
from tests.fakes.world import START

KEY = "key-of-the-tests"
LINK = SignIn(
    link_id="l", secret_hash="h", person_id="ana", expires_at=START + timedelta(minutes=15)
)


@pytest.mark.parametrize("person", ["ana", "zoë kim", "a.b/c", "", "j" * 300])
def test_a_session_is_read_back_as_it_was_sealed(person: str) -> None:
    """Whatever the person's id is made of, the cookie carries it, and only safe characters."""
    cookie = sealed(KEY, person, START, "salt")
    held = unsealed(KEY, cookie, START)
    assert held
    assert (held.person_id, held.since, held.id) == (person, START, "salt")
    assert cookie.replace("_", "").replace("-", "").replace(".", "").isalnum()


def test_a_session_lasts_eight_hours_and_not_before_its_beginning() -> None:
    """At the last moment it is alive, then it is over; one from the future never was."""
    cookie = sealed(KEY, "ana", START, "salt")
    assert unsealed(KEY, cookie, START + SESSION_FOR - timedelta(seconds=1))
    assert unsealed(KEY, cookie, START + SESSION_FOR) is None
    assert unsealed(KEY, cookie, START - timedelta(seconds=1)) is None


def test_every_changed_character_breaks_the_seal() -> None:
    """No single character of the cookie can be another one."""
    cookie = sealed(KEY, "ana", START, "salt")
    for at in range(len(cookie)):
        other = "x" if cookie[at] != "x" else "y"
        assert unsealed(KEY, cookie[:at] + other + cookie[at + 1 :], START) is None
    assert unsealed("another key", cookie, START) is None


@pytest.mark.parametrize("cookie", ["", ".", "...", "a.b.c.d", "\udc80", "é.1.2.3", "x" * 9_999])
def test_what_is_no_cookie_of_ours_is_none(cookie: str) -> None:
    """Text of any kind is refused, never raised at."""
    assert unsealed(KEY, cookie, START) is None


@pytest.mark.control
def test_the_seal_of_a_page_is_not_the_seal_of_a_session() -> None:
    """Control: a nonce is sealed with the same key, and is still no session."""
    assert unsealed(KEY, links.nonce(KEY, "session", START, "salt"), START) is None


@pytest.mark.parametrize(
    ("update", "live"),
    [
        ({}, True),
        ({"person_id": ""}, False),
        ({"used": "s"}, False),
        ({"tries": TRIES - 1}, True),
        ({"tries": TRIES}, False),
        ({"expires_at": START}, False),
    ],
)
def test_a_link_is_live_until_used_tried_out_or_old(update: dict[str, object], live: bool) -> None:
    """Each reason ends it by itself."""
    assert LINK.model_copy(update=update).live(START) is live


def test_only_the_last_hour_counts() -> None:
    """A mail of an hour ago counts no more."""
    sent = [START - timedelta(minutes=60), START - timedelta(minutes=59), START]
    assert recent(sent, START) == tuple(sent[1:])
