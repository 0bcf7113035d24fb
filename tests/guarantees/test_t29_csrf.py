"""T29: no decision by a form that another site, another browser or another program sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from urllib.parse import urlencode

import pytest

from countersign.approvals.handlers import answer
from countersign.domain.approvals import links
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from tests.fakes.world import BEN, PAGE_KEY
from tests.guarantees.signing import Figure, Waiting, asked
from tests.unit.web.visitor import Browser, Door

pytestmark = pytest.mark.guarantee("T29")

HITS = 5
"""So many must a naive door take before it counts as caught."""
FORM = "application/x-www-form-urlencoded"
OWN = "https://countersign.example"
ORIGINS = {
    "none": None,
    "null": "null",
    "own": OWN,
    "own in capitals": OWN.upper(),
    "http": "http://countersign.example",
    "another port": OWN + ":8443",
    "a subdomain": "https://evil.countersign.example",
    "a longer name": OWN + ".evil.example",
    "another": "https://evil.example",
    "empty": "",
}
SITES = {
    "none": None,
    "same-origin": "same-origin",
    "by the person": "none",
    "same-site": "same-site",
    "cross-site": "cross-site",
    "odd": "x",
}
MEDIA = {
    "form": FORM,
    "form in UTF-8": FORM + "; charset=utf-8",
    "text": "text/plain",
    "multipart": "multipart/form-data; boundary=x",
    "JSON": "application/json",
    "almost": FORM + "x",
    "none": "",
}
COOKIES = ("own", "missing", "foreign link", "expired", "future", "forged", "another key")
TRUSTED = {
    "origin": {"none", "null", "own", "own in capitals"},
    "site": {"none", "same-origin", "by the person"},
    "cookie": {"own"},
    "media": {"form", "form in UTF-8"},
}
"""Written by hand: a request counts only when all four are in here."""


@dataclass(frozen=True)
class Sent:
    """One POST with everything right but what is named here."""

    origin: str = "null"
    site: str = "same-origin"
    cookie: str = "own"
    media: str = "form"

    @property
    def ours(self) -> bool:
        """Whether it is the person's own."""
        return all(vars(self)[name] in trusted for name, trusted in TRUSTED.items())


def matrix() -> list[Sent]:
    """Every origin with every site and cookie, and every media type with every cookie."""
    made = [Sent(o, s, c) for o, s, c in product(ORIGINS, SITES, COOKIES)]
    return made + [Sent(cookie=c, media=m) for c, m in product(COOKIES, MEDIA)]


def cookies(held: Waiting, person: Browser, kind: str) -> dict[str, str]:
    """The browser's cookies, with the page's own replaced by one of this kind."""
    (name,) = person.cookies
    link, now, salt = person.params["link"], held.world.clock.now(), "0" * 32
    other = held.mailed(BEN)[0]["link"]
    hours = 13 * links.NONCE_FOR / 12
    value = {
        "own": person.cookies[name],
        "foreign link": links.nonce(PAGE_KEY, other, now, salt),
        "expired": links.nonce(PAGE_KEY, link, now - hours, salt),
        "future": links.nonce(PAGE_KEY, link, now + hours, salt),
        "forged": person.cookies[name][:-1] + "g",
        "another key": links.nonce("another-key", link, now, salt),
    }
    return {name: value[kind]} if kind in value else {}


def request(held: Waiting, person: Browser, sent: Sent) -> Request:
    """The POST. Whoever sends it knows link, secret and form, and the code of the cookie."""
    jar = cookies(held, person, sent.cookie)
    code = links.code(PAGE_KEY, next(iter(jar.values()), ""))
    named = {"origin": ORIGINS[sent.origin], "sec-fetch-site": SITES[sent.site]}
    headers = {name: text for name, text in named.items() if text is not None}
    headers["content-type"] = MEDIA[sent.media]
    body = urlencode(person.filled(code=code)).encode()
    return Request("POST", person.params, headers, jar, body)


def accepted(door: Door, sent: Sent) -> bool:
    """Whether the POST decided anything, on a job of its own."""
    held = asked()
    person = held.browser()
    person.opens()
    door(held.world.deps, request(held, person, sent))
    return held.decision is not None


def accepted_of_others(door: Door) -> Iterator[Sent]:
    """What a door takes although it is not the person's own, on one job until it is hit."""
    held = person = None
    for sent in matrix():
        if sent.ours:
            continue
        if held is None or person is None:
            held = asked()
            person = held.browser()
            person.opens()
        writes = held.world.store.writes
        door(held.world.deps, request(held, person, sent))
        if held.decision is not None or held.world.store.writes != writes:
            yield sent
            held = None


def test_nothing_that_is_not_the_persons_own_is_accepted(figure: Figure) -> None:
    """Every origin, site, cookie and media type: 0 decided, no try counted; all own ones decide."""
    others = [sent for sent in matrix() if not sent.ours]
    own = {sent for sent in matrix() if sent.ours}
    assert list(accepted_of_others(answer)) == []
    assert all(accepted(answer, sent) for sent in own)
    figure(f"0 of {len(others)} foreign posts accepted, {len(own)} of {len(own)} own", len(others))


def test_forms_that_are_not_ours_are_not_read(figure: Figure) -> None:
    """A field twice, one more, one less, a method in a field, header or query: nothing happens."""
    held = asked()
    person = held.browser()
    person.opens()
    own = person.filled()
    digest = held.approval.digests[0]
    twice = urlencode(own) + f"&choice-{digest}=reject"
    bodies = [
        twice,
        urlencode(own) + "&code=AAAAA",
        urlencode({**own, "extra": "1"}),
        urlencode({**own, "_method": "PUT"}),
        urlencode({k: v for k, v in own.items() if k != "reason"}),
        urlencode({k: v for k, v in own.items() if k != "shown"}),
        urlencode({**own, "choice-" + "f" * 64: "approve"}),
        urlencode({**own, f"choice-{digest}": "APPROVE"}),
        urlencode({**own, "shown": " ".join(reversed(own["shown"].split()))}),
        urlencode({**own, "cause": "because"}),
        urlencode(own).replace("&", ";"),
        urlencode(own) + "&",
        "",
    ]
    for body in bodies:
        person.send(person.post(body.encode()))
        assert held.decision is None, body
    spoofs: list[Mapping[str, str]] = [
        {"x-http-method-override": "POST"},
        {"x-method-override": "POST"},
        {"x-http-method": "POST"},
    ]
    for method, spoof in product(("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"), spoofs):
        sent = replace(person.post(urlencode(own).encode(), **spoof), method=method)
        person.send(replace(sent, query={"_method": "POST", **own}))
        assert held.decision is None
    assert (held.approval.signatures, person.posts(own).status) == ((), 303)
    n = len(bodies) + 18
    figure(f"{n} odd forms and spoofed methods: 0 read", n)


def without_cookie(deps: Deps, request: Request) -> Response:
    """The naive door: whoever has the link may post, its page need not have been opened here."""
    opened = answer(deps, Request("GET", request.params))
    jar = dict(one.partition(";")[0].split("=", 1) for one in opened.cookies)
    value = next(iter(jar.values()), "")
    code = f"code={links.code(PAGE_KEY, value)}".encode()
    parts = [part for part in request.body.split(b"&") if not part.startswith(b"code=")]
    return answer(deps, replace(request, cookies=jar, body=b"&".join([*parts, code])))


def without_origin(deps: Deps, request: Request) -> Response:
    """The naive door: a cookie is enough, wherever the form was sent from."""
    headers = {"content-type": request.headers["content-type"]}
    return answer(deps, replace(request, headers=headers))


def any_media(deps: Deps, request: Request) -> Response:
    """The naive door: whatever body is read as a form."""
    return answer(deps, replace(request, headers={**request.headers, "content-type": FORM}))


@pytest.mark.control
@pytest.mark.parametrize("door", [without_cookie, without_origin, any_media])
def test_control_a_door_without_one_of_the_checks_is_caught(door: Door) -> None:
    """The same matrix finds posts that each of the naive doors takes."""
    assert len(list(islice(accepted_of_others(door), HITS))) == HITS
