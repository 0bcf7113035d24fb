"""A person with a mail client and a browser: opens approval links, reads the page, decides."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from countersign.approvals.edit import FIELD
from countersign.connectors.http import certificates

OTHER = "other"
"""The cause of a rejection that the reason's own words explain."""
TIMEOUT = 30.0  # seconds
_CODE = re.compile(r"^[0-9]{6}$", re.MULTILINE)
_JOB = re.compile(r"\bj-[a-z2-7]{24}\b")


class SignError(RuntimeError):
    """The page did not take the decision; the message has its heading."""


@dataclass
class Page:
    """What the approval page holds: its text, hidden fields, choices, and the code to type."""

    text: str = ""
    heading: str = ""
    code: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    """What stands in the lines and lists of an edit's form."""
    choices: dict[str, None] = field(default_factory=dict)
    causes: set[str] = field(default_factory=set)
    """Why one may say no, as the form's list has it."""
    wants_mailed: bool = False
    """Whether the page asks for a code that was mailed."""

    @property
    def job_id(self) -> str:
        """The job that the page is about, which it names last; empty when it does not say."""
        found = _JOB.findall(self.text)
        return found[-1] if found else ""

    def form(self, choice: str, reason: str) -> dict[str, str]:
        """The form, with the same `choice` for every action, and OTHER as the cause of a no."""
        cause = OTHER if choice == "reject" else ""
        if cause not in self.causes:
            raise SignError(f"the form's list of reasons has no {cause!r}: {self.heading}")
        return {
            **self.hidden,
            "cause": cause,
            **dict.fromkeys(self.choices, choice),
            "reason": reason,
            "code": self.code,
        }

    def edit(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The form of an edit, with `texts` by parameter typed over what stands there."""
        typed = {FIELD + name: text for name, text in texts.items()}
        if not typed.keys() <= self.typed.keys():
            raise SignError(f"the form has no field for {', '.join(texts)}: {self.heading}")
        return {**self.hidden, **self.typed, **typed, "code": self.code}


class _Reader(HTMLParser):
    """Reads the page as a browser's form would be filled: nothing is taken from anywhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._within = {"heading": "", "code": "", "area": ""}
        """Which tag must close before the heading, the code, or a text area is over."""
        self._list = self._area = ""
        """The names of the last list and text area."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.text += " "
        if tag == "h1":
            self._within["heading"] = tag
        if given.get("id") == "code-shown":
            self._within["code"] = tag
        self._control(tag, given)

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "select":
            self._list = given["name"]
        elif tag == "option":
            self._option(given)
        elif tag == "input":
            self._input(given)
        elif tag == "textarea" and given["name"].startswith(FIELD):
            self._area, self._within["area"] = given["name"], tag
            self.page.typed[self._area] = ""

    def _option(self, given: Mapping[str, str]) -> None:
        if self._list == "cause":
            self.page.causes.add(given["value"])
        elif "selected" in given:
            self.page.typed[self._list] = given["value"]

    def _input(self, given: Mapping[str, str]) -> None:
        self.page.wants_mailed |= given.get("name") == "mailed"
        if given.get("type") == "hidden":
            self.page.hidden[given["name"]] = given["value"]
        if given.get("type") == "radio":
            self.page.choices[given["name"]] = None
        if given.get("name", "").startswith(FIELD):
            self.page.typed[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        self.page.text += data
        if self._within["area"]:
            held = self.page.typed[self._area] + data
            self.page.typed[self._area] = held.removeprefix("\n")  # as a browser reads it
        if self._within["code"]:
            self.page.code += data.strip()
        if self._within["heading"]:
            self.page.heading += data

    def handle_endtag(self, tag: str) -> None:
        self._within = {name: "" if end == tag else end for name, end in self._within.items()}


def read(html: str) -> Page:
    """The approval page, parsed."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


OVER = ("Already decided by", "This request was replaced")
"""How the heading of a request begins that somebody has answered, or that another one follows."""


class Signer:
    """Works through `url`'s mailbox.json; may be used by several threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._jobs: dict[str, str] = {}
        self._decided: set[str] = set()
        self._lock = threading.Lock()

    def decide(self, job_id: str, choice: str, reason: str, by: str = "") -> bool:
        """Answer the newest link of the job that was not answered yet, of the person with the
        address `by` or of anybody; whether there was one.

        Raises SignError when the page does not take it.
        """
        link = self._open_link(job_id, by)
        return link is not None and self.answer(link, choice, reason)

    def answer(self, link: str, choice: str, reason: str) -> bool:
        """Answer by this link; whether its request was still open. Raises SignError."""
        with _browser() as browser:
            page = read(browser.get(link).text)
            if page.heading.startswith(OVER):  # of an earlier request; the next one's mail comes
                self._decided.add(link)
                return False
            if not page.choices:
                raise SignError(f"the approval page says: {page.heading}")
            form = page.form(choice, reason)
            answer = browser.post(link, data=form)
            if read(answer.text).wants_mailed:
                answer = browser.post(link, data={**form, "mailed": self._mailed(link)})
        if answer.status_code != httpx.codes.OK:
            raise SignError(f"the decision got {answer.status_code}: {read(answer.text).heading}")
        self._decided.add(link)
        return True

    def edit(self, job_id: str, number: int, texts: Mapping[str, str], by: str) -> bool | None:
        """Type `texts` into the form for the action with this number, by the person's own link:
        whether the edit was taken; None when they have no link yet."""
        link = self._open_link(job_id, by)
        if link is None:
            return None
        with _browser() as browser:
            form = f"{link}?edit={number}"
            answer = browser.post(form, data=read(browser.get(form).text).edit(texts))
        if answer.status_code not in (httpx.codes.OK, httpx.codes.UNPROCESSABLE_ENTITY):
            raise SignError(f"the edit got {answer.status_code}: {read(answer.text).heading}")
        return answer.status_code == httpx.codes.OK

    def _mailed(self, link: str) -> str:
        """The newest code that was mailed to whose link it is, under its request's name. Raises
        SignError."""
        mails = self._mails()
        requests = [mail for mail in mails if link in mail["links"]]
        for mail in mails:
            found = _CODE.search(mail["text"])
            if found and any(_is_about(mail, one) for one in requests):
                return found[0]
        raise SignError("the page asks for a mailed code, and there is none in the mailbox")

    def _open_link(self, job_id: str, by: str = "") -> str | None:
        with self._lock:
            links = self._links(by)
            for link in links:
                if link not in self._jobs:
                    self._jobs[link] = read(_get(link).text).job_id
        mine = [k for k in links if self._jobs[k] == job_id and k not in self._decided]
        return mine[0] if mine else None

    def _links(self, by: str) -> list[str]:
        """The approval links of one address, or all, newest mail first."""
        found = (mail["links"] for mail in self._mails() if by in ("", *mail["to"]))
        return [link for links in found for link in links]

    def _mails(self) -> list[dict[str, Any]]:
        """All mails, newest first."""
        answer = _get(f"{self._url}/mailbox.json").raise_for_status()
        mails: list[dict[str, Any]] = answer.json()["messages"]
        return mails


def _is_about(code: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Whether a code's mail goes to whom the request's mail went, and is called as it is."""
    name = code["subject"].partition(": ")[2]
    return bool(name) and request["subject"].endswith(name) and code["to"] == request["to"]


def _browser() -> httpx.Client:
    """With no cookies yet."""
    return httpx.Client(timeout=TIMEOUT, follow_redirects=True, verify=certificates())


def _get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=TIMEOUT, verify=certificates())
