"""The link under test: which are refused, what is on its host, and that its secret never shows."""

from __future__ import annotations

import pytest

from infra.scan_test.link import Link, LinkError

SECRET = "Zm9vYmFyLXNlY3JldC1vZi10aGUtbGluaw"


@pytest.mark.parametrize(
    "text",
    [
        *("", "example.com/a", "ftp://example.com/a", "file:///etc/passwd", "javascript:alert(1)"),
        *("http://", "https://[::1", "http://example.com:99999999/", "http://ana:pw@example.com/"),
    ],
)
def test_only_plain_web_addresses_are_links(text: str) -> None:
    """Everything else is refused, in words that do not repeat it."""
    with pytest.raises(LinkError) as refused:
        Link.of(text)
    assert not text or text not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        (f"https://a.example/approvals/l-1/{SECRET}", "https://a.example/approvals/l-1/…"),
        (f"https://a.example/approvals/{SECRET}/yes", "https://a.example/approvals/…/…"),
        (f"https://a.example/{SECRET}/", "https://a.example/…"),
        (f"https://a.example/run?act=ok&t={SECRET}", "https://a.example/…?act=…&t=…"),
        (f"https://a.example/?{SECRET}", "https://a.example?…"),
        (f"https://a.example/app#/{SECRET}", "https://a.example/…#…"),
        ("https://a.example", "https://a.example"),
    ],
)
def test_the_link_is_shown_without_its_secret(url: str, masked: str) -> None:
    """The path's last part, long parts, values of the query and the fragment are masked."""
    link = Link.of(url)
    assert link.masked == masked
    assert SECRET not in link.masked + repr(link)


def test_a_page_that_repeats_the_secret_is_scrubbed() -> None:
    """Neither the secret, plain or percent-encoded, nor a control character reaches a terminal."""
    link = Link.of("https://a.example/ok?token=abc%2Fdef%2Fghi")
    assert link.scrub("used abc/def/ghi and abc%2Fdef%2Fghi\x1b[2J") == "used … and … [2J"


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://a.example/other", True),
        ("http://a.example/", True),
        ("https://a.example:443/", True),
        ("https://a.example:8443/", False),
        ("https://b.example/", False),
        ("https://a.example.evil.example/", False),
        ("https://a.example@evil.example/", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
    ],
)
def test_only_the_links_own_host_is_visited(url: str, home: bool) -> None:
    """Host and port count, http or https does not, and look-alikes are elsewhere."""
    link = Link.of("https://a.example/approve/1")
    assert link.at_home(url) is home
    assert (link.beside(url, link.url) is not None) is home


def test_links_are_read_relative_to_their_page() -> None:
    """A relative address is one of the same host, without its fragment."""
    link = Link.of("https://a.example/approve/1")
    assert link.beside("../yes#top", link.url) == "https://a.example/yes"
    assert link.beside("//b.example/x", link.url) is None
