"""Whether every link in every mail leads to a page that answers whoever the mail was for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import httpx

from countersign.connectors.http import certificates
from countersign.web.paths import SIGN_IN
from infra.local.player.signer import read

TIMEOUT = 30.0  # seconds
_HREF = re.compile(r'href="([^"]*)"')
_LINE = re.compile(r"(?m)(?:^|\s)((?:https?://\S*)?/approvals\S*)")
_OK = 200
_USED_UP = "This sign-in link does not open anything"


@dataclass(frozen=True)
class Answer:
    """What came at the end of all redirects."""

    status: int
    path: str
    heading: str
    """Of the page; empty where it has none."""


Follow = Callable[[str, str], Answer]
"""A link followed by whoever has an address. Raises CannotSignIn."""


class CannotSignIn(RuntimeError):  # noqa: N818 - says what happened
    """The sign-in mail of somebody did not come, or its link does not sign in."""


def dead(mails: Sequence[Mapping[str, Any]], url: str, follow: Follow) -> list[str]:
    """Links of our own mails, to pages below `url`, that name no host or do not answer everybody
    who was mailed them."""
    found: dict[tuple[str, str], str] = {}
    for mail in mails:
        for link, to in product(_links(mail), mail["to"]):
            found.setdefault((link, str(to)), str(mail["subject"]))
    return [
        f"the mail “{subject}” leads {to} nowhere: {fault}"
        for (link, to), subject in found.items()
        if (fault := _fault(link, url, to, follow))
    ]


def _links(mail: Mapping[str, Any]) -> Iterator[str]:
    """Those to pages of ours: what a mail quotes of others is theirs."""
    for pattern, text in ((_HREF, mail["html"]), (_LINE, mail["text"])):
        yield from (one for one in pattern.findall(text) if "/approvals" in one)


def _fault(link: str, url: str, to: str, follow: Follow) -> str:
    if not link.startswith(f"{url}/"):
        return "a link without its host"
    try:
        came = follow(link, to)
    except (CannotSignIn, httpx.HTTPError) as error:
        return str(error) or type(error).__name__
    if urlsplit(link).path.startswith(f"{SIGN_IN}/") and came.heading == _USED_UP:
        return ""  # it signs in once
    if came.status != _OK:
        return f"it answers {came.status}: {came.heading or 'no page'}"
    return "" if came.heading else "what it answers is no page"


@dataclass
class Reader:
    """People at their mail programs: each opens links as the mail came, and signs in where a page
    asks for it. `mails` is the mailbox, newest first; `members` are the addresses that can sign in:
    for anybody else the page that asks for it is the answer."""

    url: str
    mails: Callable[[], Sequence[Mapping[str, Any]]]
    members: frozenset[str]
    transport: httpx.BaseTransport | None = None
    _browsers: dict[str, httpx.Client] = field(default_factory=dict)

    def follow(self, link: str, to: str) -> Answer:
        """Where `link` leads whoever has the address `to`. Raises CannotSignIn and
        httpx.HTTPError."""
        came = _answer(self._browser(to).get(link))
        asked = urlsplit(link).path.startswith(SIGN_IN)
        if came.path != SIGN_IN or asked or to not in self.members:
            return came
        self._signs_in(to)
        came = _answer(self._browser(to).get(link))
        if came.path == SIGN_IN:
            raise CannotSignIn(f"it asks {to} to sign in again and again")
        return came

    def close(self) -> None:
        """Close their browsers."""
        for browser in self._browsers.values():
            browser.close()

    def _browser(self, to: str) -> httpx.Client:
        if to not in self._browsers:
            self._browsers[to] = httpx.Client(
                timeout=TIMEOUT,
                follow_redirects=True,
                verify=certificates(),
                transport=self.transport,
            )
        return self._browsers[to]

    def _signs_in(self, to: str) -> None:
        browser = self._browser(to)
        browser.post(f"{self.url}{SIGN_IN}", data={"address": to}).raise_for_status()
        link = next(self._mailed(to), "")
        if not link:
            raise CannotSignIn(f"no sign-in mail came to {to}")
        page = read(browser.get(link).text)
        came = _answer(browser.post(link, data={**page.hidden, "code": page.code}))
        if came.status != _OK or came.path.startswith(SIGN_IN):
            raise CannotSignIn(f"the sign-in link of {to} answers {came.status}: {came.heading}")

    def _mailed(self, to: str) -> Iterator[str]:
        """The sign-in links to an address, newest first."""
        for mail in self.mails():
            if to in mail["to"]:
                yield from (one for one in _links(mail) if f"{SIGN_IN}/" in one)


def _answer(came: httpx.Response) -> Answer:
    return Answer(came.status_code, came.url.path, " ".join(read(came.text).heading.split()))
