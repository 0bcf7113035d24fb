"""Links: secrets stored hashed, and cookies and typed values that cannot be made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.approvals.links import (
    CODE_ALPHABET,
    CODE_LENGTH,
    NONCE_FOR,
    code,
    hashed,
    matches,
    nonce,
    opened_at,
    same_code,
    well_formed,
)
from tests.builders import AT

KEY = "page-key"
SALT = "5" * 32
COOKIE = nonce(KEY, "link-1", AT, SALT)
anything = st.text(st.characters())
"""Any text, lone surrogates too: what a hostile client and a lax decoder can come up with."""


@given(st.text(), st.text())
def test_a_secret_matches_its_own_hash_only(secret: str, other: str) -> None:
    """The stored hash does not hold the secret, and only the secret meets it."""
    assert matches(secret, hashed(secret))
    assert matches(other, hashed(secret)) == (other == secret)
    assert len(hashed(secret)) == 64


def test_a_secret_is_stored_as_its_hash() -> None:
    """The link's own secret meets it, and no other."""
    stored = hashed("a secret")
    assert "a secret" not in stored
    assert matches("a secret", stored)
    assert not matches("another", stored)


@given(anything)
def test_hostile_secrets_only_differ(secret: str) -> None:
    """Whatever comes in a path is compared, not raised about."""
    assert not matches(secret, hashed("the real one, 192 bits of it"))


@given(st.integers(0, int(NONCE_FOR.total_seconds())))
def test_a_page_knows_when_it_was_opened(seconds: int) -> None:
    """While it holds, a cookie tells the second at which its page was opened."""
    assert opened_at(KEY, "link-1", COOKIE, AT + timedelta(seconds=seconds)) == AT


def test_cookies_age() -> None:
    """A cookie from before twelve hours, or from the future, is none."""
    late = NONCE_FOR + timedelta(seconds=1)
    for now in (AT + late, AT - timedelta(seconds=1), AT + timedelta(days=400)):
        assert opened_at(KEY, "link-1", COOKIE, now) is None


def test_the_second_is_cut_not_rounded() -> None:
    """A page opened within a second holds at once."""
    now = datetime(2026, 3, 2, 9, 0, 0, 999_999, tzinfo=UTC)
    assert opened_at(KEY, "link-1", nonce(KEY, "link-1", now, SALT), now) == AT


@pytest.mark.parametrize(("key", "link"), [("another-key", "link-1"), (KEY, "link-2"), (KEY, "")])
def test_foreign_cookies_are_none(key: str, link: str) -> None:
    """A cookie holds for its own link and key."""
    assert opened_at(key, link, COOKIE, AT) is None


@given(st.integers(0, len(COOKIE) - 1), st.characters())
def test_a_cookie_with_another_letter_is_none(at: int, letter: str) -> None:
    """Neither the time nor the salt nor the signature can be changed."""
    forged = COOKIE[:at] + letter + COOKIE[at + 1 :]
    assert (opened_at(KEY, "link-1", forged, AT) is None) == (forged != COOKIE)


@given(anything)
def test_made_up_cookies_are_none(cookie: str) -> None:
    """Random text is no cookie, and raises nothing."""
    assert opened_at(KEY, "link-1", cookie, AT) is None


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        ".",
        "...",
        "ü.ñ.é",
        "\ud800.\udfff",
        "\x00",
        f"{10**400}.{SALT}.{'0' * 64}",
        f"-1.{SALT}.{'0' * 64}",
        f"nan.{SALT}.{'0' * 64}",
        COOKIE.upper(),
        COOKIE + " ",
        COOKIE.replace(".", "", 1),
        COOKIE * 1000,
    ],
)
def test_malformed_cookies_are_none(cookie: str) -> None:
    """Empty, huge, non-ASCII and cut cookies give None, never an error."""
    assert opened_at(KEY, "link-1", cookie, AT) is None


def test_codes_are_bound_to_cookie_and_key() -> None:
    """The value on one page is of no use on another."""
    values = {
        code(KEY, COOKIE),
        code(KEY, nonce(KEY, "link-2", AT, SALT)),
        code(KEY, nonce(KEY, "link-1", AT, "6" * 32)),
        code(KEY, nonce(KEY, "link-1", AT + timedelta(seconds=1), SALT)),
        code("another-key", COOKIE),
    }
    assert len(values) == 5
    assert code(KEY, COOKIE) == code(KEY, COOKIE)


@given(anything)
def test_codes_can_be_typed(cookie: str) -> None:
    """Five letters and digits, none of which looks like another."""
    value = code(KEY, cookie)
    assert len(value) == CODE_LENGTH
    assert set(value) <= set(CODE_ALPHABET)
    assert not set("IO01") & set(CODE_ALPHABET)
    assert same_code(f" {value[:2].lower()} {value[2:]}\n", value)


@pytest.mark.parametrize(
    ("typed", "same"), [("ABCDE", True), (" ab cde\n", True), ("ABCDF", False), ("", False)]
)
def test_case_and_spaces_do_not_matter(typed: str, same: bool) -> None:
    """A person types from a phone's screen."""
    assert same_code(typed, "ABCDE") is same


@given(anything)
def test_typed_values_are_compared_not_raised_about(typed: str) -> None:
    """Any other text is simply another value."""
    value = code(KEY, COOKIE)
    assert same_code(typed, value) == ("".join(typed.split()).upper() == value)


def test_a_cookie_is_not_its_own_code() -> None:
    """The code does not follow from what the browser holds without the key."""
    assert code("", COOKIE) != code(KEY, COOKIE)
    assert code(KEY, COOKIE) not in COOKIE.upper()


@pytest.mark.control
def test_an_unsigned_cookie_can_be_made_up() -> None:
    """Control: a cookie that only tells the time is accepted from anybody, for any link."""

    def naive(cookie: str, now: datetime) -> bool:
        opened = datetime.fromtimestamp(int(cookie.partition(".")[0]), UTC)
        return opened <= now <= opened + NONCE_FOR

    made_up = f"{int(AT.timestamp())}.x.y"
    assert naive(made_up, AT)
    assert opened_at(KEY, "link-1", made_up, AT) is None


@pytest.mark.parametrize(
    ("typed", "could_be"),
    [
        ("A7K2M", True),
        (" a7 k2m\n", True),
        ("test", False),
        ("a7k2m9", False),
        ("a7k2!", False),
        ("а7к2м", False),
    ],
)
def test_what_could_not_be_the_pages_code_is_no_guess(typed: str, could_be: bool) -> None:
    """As many ASCII letters and digits as it has, however they are spaced and written."""
    assert well_formed(typed) is could_be
