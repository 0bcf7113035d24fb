"""A person with a mail client and a browser: opens approval links, reads the page, decides."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

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
    choices: dict[str, None] = field(default_factory=dict)

    @property
    def job_id(self) -> str:
        """The job that the page is about; empty when it does not say."""
        found = _JOB.search(self.text)
        return found[0] if found else ""

    def form(self, choice: str, reason: str) -> dict[str, str]:
        """The form, with the same `choice` for every action."""
        return {
            **self.hidden,
            **dict.fromkeys(self.choices, choice),
            "reason": reason,
            "code": self.code,
        }


class _Reader(HTMLParser):
    """Reads the page as a browser's form would be filled: nothing is taken from anywhere else."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._within = {"heading": "", "code": ""}
        """Which tag must close before the heading, or the code, is over."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.text += " "
        if tag == "h1":
            self._within["heading"] = tag
        if given.get("id") == "code-shown":
            self._within["code"] = tag
        if tag == "input" and given.get("type") == "hidden":
            self.page.hidden[given["name"]] = given["value"]
        if tag == "input" and given.get("type") == "radio":
            self.page.choices[given["name"]] = None

    def handle_data(self, data: str) -> None:
        self.page.text += data
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


class Signer:
    """Works through `url`'s mailbox.json; may be used by several threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._jobs: dict[str, str] = {}
        self._decided: set[str] = set()
        self._lock = threading.Lock()

    def decide(self, job_id: str, choice: str, reason: str) -> bool:
        """Answer the newest link of the job that was not answered yet; whether there was one.

        Raises SignError when the page does not take it.
        """
        link = self._open_link(job_id)
        if link is None:
            return False
        with httpx.Client(timeout=30.0, follow_redirects=True) as browser:
            page = read(browser.get(link).text)
            if not page.choices:
                raise SignError(f"the approval page says: {page.heading}")
            answer = browser.post(link, data=page.form(choice, reason))
        if answer.status_code != httpx.codes.OK:
            raise SignError(f"the decision got {answer.status_code}: {read(answer.text).heading}")
        self._decided.add(link)
        return True

    def _open_link(self, job_id: str) -> str | None:
        with self._lock:
            links = self._links()
            for link in links:
                if link not in self._jobs:
                    self._jobs[link] = read(httpx.get(link, timeout=30.0).text).job_id
        mine = [k for k in links if self._jobs[k] == job_id and k not in self._decided]
        return mine[0] if mine else None

    def _links(self) -> list[str]:
        """All approval links, newest mail first."""
        answer = httpx.get(f"{self._url}/mailbox.json", timeout=30.0)
        answer.raise_for_status()
        return [link for mail in answer.json()["messages"] for link in mail["links"]]
