"""Somebody at a browser: keeps cookies, reads the page, fills the form in, and submits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import urlencode

from countersign.approvals.handlers import answer
from countersign.runtime.deps import Deps
from countersign.web.http import Request, Response
from tests.fakes.world import World
from tests.unit.web.waiting import SECRETS

Door = Callable[[Deps, Request], Response]


class Browser:
    """A person's browser: it keeps cookies, reads the page, fills the form in, and submits it."""

    def __init__(self, world: World, person: str = "ana", door: Door = answer) -> None:
        self.world = world
        self.door = door
        self.params = {"link": f"link-{person}", "secret": SECRETS[person]}
        self.cookies: dict[str, str] = {}
        self.page = ""
        self.query: dict[str, str] = {}

    def goes_to(self, **query: str) -> Response:
        """A link on the page is followed; forms are posted there from now on."""
        self.query = query
        return self.opens()

    def fields(self, **changed: str) -> dict[str, str]:
        """The fields of whatever form is on the page, as they are, and the code typed."""
        inputs = re.findall(r'<input class="line" id="([^"]+)"[^>]*? value="([^"]*)"', self.page)
        areas = re.findall(
            r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', self.page, re.DOTALL
        )
        shown = {name: unescape(text) for name, text in [*inputs, *areas]}
        return {"shown": self.hidden(), "code": self.code(), **shown, **changed}

    def send(self, request: Request) -> Response:
        """One request of this browser."""
        response = self.door(self.world.deps, request)
        for cookie in response.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.page = response.body or self.page
        return response

    def opens(self, method: str = "GET") -> Response:
        """The link is opened."""
        asked = Request(method, self.params, cookies=self.cookies, query=self.query)
        return self.send(asked)

    def filled(self, choice: str = "approve", **changed: str) -> dict[str, str]:
        """The form as a person fills it in."""
        names = dict.fromkeys(re.findall(r'name="(choice-[0-9a-f]+)"', self.page), choice)
        cause = "wrong facts" if choice == "reject" else ""
        said = {"shown": self.hidden(), "cause": cause, "reason": "", "code": self.code()}
        return {**said, **names, **changed}

    def posts(self, fields: Mapping[str, str], **headers: str) -> Response:
        """The form is submitted."""
        return self.send(self.post(urlencode(fields).encode(), **headers))

    def post(self, body: bytes, **headers: str) -> Request:
        """The request that submits `body`."""
        sent = {"content-type": "application/x-www-form-urlencoded", "origin": "null"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Request("POST", self.params, sent | named, self.cookies, body, self.query)

    def code(self) -> str:
        """The code on the page."""
        return _one(r'id="code-shown">([^<]*)<', self.page)

    def hidden(self) -> str:
        """The digests in the form."""
        return unescape(_one(r'name="shown" value="([^"]*)"', self.page))


def _one(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    return found[1] if found else ""
