"""A member of the directory at a browser: signs in by mail, opens pages, sends their forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from countersign.entrypoints.pages import answer
from countersign.jobs.originals import SHOWN
from countersign.web.http import Request, Response
from tests.fakes.world import World

FORM = "application/x-www-form-urlencoded"


def readings(world: World) -> list[str]:
    """Who read which page of a job, as the trails say."""
    trails = (record.audit for record in world.store.records())
    return [one.actor for trail in trails for one in trail if one.event == SHOWN]


def wrote(world: World) -> int:
    """Writes of jobs, but for those that say who read."""
    return world.store.writes - len(readings(world))


class MemberBrowser:
    """A browser of a person: it keeps cookies, reads pages, fills forms in, and submits them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}
        self.page = ""

    def sends(self, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
        """One request of this browser."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        params = dict(zip(("link", "secret"), urlsplit(path).path.split("/")[2:], strict=False))
        query = dict(parse_qsl(urlsplit(path).query))
        request = Request(method, params, named, self.cookies, body, query)
        response = answer(self.world.deps, path.partition("?")[0], request)
        for cookie in response.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.page = response.body or self.page
        return response

    def opens(self, path: str = "/approvals", method: str = "GET") -> Response:
        """A page is opened."""
        return self.sends(method, path)

    def posts(self, path: str, fields: Mapping[str, str], **headers: str) -> Response:
        """A form is submitted."""
        sent = {"content_type": FORM, "origin": "null", **headers}
        return self.sends("POST", path, urlencode(fields).encode(), **sent)

    def asks(self, address: str, at: str = "/approvals/sign-in") -> Response:
        """A sign-in link is asked for."""
        return self.posts(at, {"address": address})

    def signs_in(self, address: str, at: str = "/approvals/sign-in") -> MemberBrowser:
        """The whole way: ask, open the mail's link, type the code."""
        self.asks(address, at)
        link = mailed(self.world, address)
        self.opens(link)
        assert self.posts(link, {"code": self.code()}).status == 303
        return self

    def code(self) -> str:
        """The code on the page; all of its forms show the same."""
        found = re.search(r'id="code[^"]*-shown">([^<]*)<', self.page)
        return found[1] if found else ""

    def hidden(self, form: str = "") -> dict[str, str]:
        """The hidden fields of the form that has `form` in it."""
        forms = re.findall(r"<form.*?</form>", self.page, re.DOTALL)
        chosen = next((one for one in forms if 'name="code"' in one and form in one), "")
        found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', chosen)
        return {name: unescape(value) for name, value in found}

    def boxes(self) -> list[str]:
        """The names of the checkboxes for single requests, in the order of the page."""
        return re.findall(r'type="checkbox" name="(take-[^"]+)"', self.page)


def mailed(world: World, address: str) -> str:
    """The path of the newest sign-in link that an address was mailed."""
    text = next(mail for mail in reversed(world.mail.sent) if mail.to == address).text
    found = re.search(r"https?://\S+/approvals/sign-in/\S+", text)
    assert found
    at = urlsplit(found[0])
    return f"{at.path}?{at.query}" if at.query else at.path
