"""The mail scanners that need no browser: each one is a function over a visitor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from infra.scan_test.page import Field, Form, Submit
from infra.scan_test.visitor import Exchange, Visitor

LINKS = 20
FORMS = 5
SUBMITS = 10
"""At most so many of a page are tried."""
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Edg/120.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.23.20 A",
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)",
    "python-requests/2.31.0",
    "curl/8.5.0",
)
"""Gateways that hide as a browser, link previews, and plain tools."""
_NEVER_SENT = frozenset({"reset", "button", "file", "image", "submit"})
_TICKED = frozenset({"radio", "checkbox"})

Play = Callable[[Visitor], None]


@dataclass(frozen=True)
class Kind:
    """A kind of scanner. `acts`: it presses and sends, so it is only played when allowed."""

    name: str
    play: Play
    acts: bool = False


def plain_get(visitor: Visitor) -> None:
    """Open the link once."""
    visitor.send("GET", visitor.link.url)


def head(visitor: Visitor) -> None:
    """Ask for the headers only."""
    visitor.send("HEAD", visitor.link.url)


def options(visitor: Visitor) -> None:
    """Ask what is allowed, as a gateway and as a browser before a cross-site POST."""
    visitor.send("OPTIONS", visitor.link.url)
    asked = {"origin": "https://mail.example", "access-control-request-method": "POST"}
    visitor.send("OPTIONS", visitor.link.url, headers=asked)


def user_agents(visitor: Visitor) -> None:
    """Open the link as each known kind of scanner."""
    for agent in AGENTS:
        visitor.send("GET", visitor.link.url, headers={"user-agent": agent})


def prefetch(visitor: Visitor) -> None:
    """Open the link as browsers and mail clients do ahead of a click."""
    for headers in (
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender", "purpose": "prefetch"},
        {"x-moz": "prefetch"},
        {"x-purpose": "preview"},
    ):
        visitor.send("GET", visitor.link.url, headers=headers)


def redirects(visitor: Visitor) -> None:
    """Open the link and go where it leads on the same host, keeping cookies, twice."""
    for _ in range(2):
        visitor.follow(visitor.send("GET", visitor.link.url))


def extracted_links(visitor: Visitor) -> None:
    """Open every link of the page that stays on its host, one level deep."""
    opened = visitor.follow(visitor.send("GET", visitor.link.url))
    found = (visitor.link.beside(one, opened.url) for one in opened.page.links)
    for url in list(dict.fromkeys(one for one in found if one))[:LINKS]:
        visitor.send("GET", url, headers={"referer": opened.url})


def posted_forms(visitor: Visitor) -> None:
    """Send every form as it was found, and again with its choices ticked; nothing is typed."""
    opened = visitor.follow(visitor.send("GET", visitor.link.url))
    for form in opened.page.forms[:FORMS]:
        for submit in (form.submits or [Submit()])[:SUBMITS]:
            for ticked in (False, True) if _choices(form) else (False,):
                _post(visitor, opened, form, submit, ticked=ticked)


KINDS = (
    Kind("plain GET", plain_get),
    Kind("HEAD", head),
    Kind("OPTIONS", options),
    Kind("scanner user agents", user_agents),
    Kind("prefetch", prefetch),
    Kind("redirect follower", redirects),
    Kind("link extractor", extracted_links),
    Kind("form poster", posted_forms, acts=True),
)
"""In the order in which they are played: those that only look come first."""


def filled(form: Form, submit: Submit, *, ticked: bool) -> dict[str, list[str]]:
    """What a machine sends that reads nothing: given values, and with `ticked` the first choice of
    each group and every box."""
    sent: dict[str, list[str]] = {}
    for name, value in _values(form, ticked=ticked):
        sent.setdefault(name, []).append(value)
    if submit.name:
        sent.setdefault(submit.name, []).append(submit.value)
    return sent


def _values(form: Form, *, ticked: bool) -> Iterator[tuple[str, str]]:
    groups: set[str] = set()
    for one in form.fields:
        if one.kind not in _TICKED:
            if one.kind not in _NEVER_SENT:
                yield one.name, one.value
        elif one.checked or (ticked and not (one.kind == "radio" and one.name in groups)):
            groups.add(one.name)
            yield one.name, one.value


def _post(visitor: Visitor, opened: Exchange, form: Form, submit: Submit, *, ticked: bool) -> None:
    url = visitor.link.beside(submit.action or form.action or opened.url, opened.url)
    if url is None:
        return
    data = filled(form, submit, ticked=ticked)
    if (submit.method or form.method).upper() == "POST":
        visitor.follow(visitor.send("POST", url, data=data, multipart=form.multipart))
    else:
        visitor.follow(
            visitor.send("GET", f"{url.partition('?')[0]}?{urlencode(data, doseq=True)}")
        )


def _choices(form: Form) -> list[Field]:
    return [one for one in form.fields if one.kind in _TICKED]
