"""Things that must stay where they are, and the hunt for them everywhere else."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from countersign import observability
from countersign.runtime.step import Call, run
from countersign.steps.ask import ask
from countersign.web.http import Response
from tests.fakes.journey import Journey
from tests.fakes.world import WEBHOOK_SECRET

TOKEN = "canary-task-token-5f0c9a"
PAGE_KEY = "canary-page-key-77d1e2"
MODEL_KEY = "canary-model-key-a91b3c"
WEBHOOK = WEBHOOK_SECRET.removeprefix("whsec_")
SECRETS = {"page key": PAGE_KEY, "model key": MODEL_KEY, "webhook secret": WEBHOOK}
PERSON = {
    "name": "Quillfeather",
    "address": "zenobia.q@canary.example",
    "phone": "231250142",
    "message": "canarystone orchard",
}
FORM = {
    "name": "Zenobia Quillfeather",
    "email": "zenobia.q@canary.example",
    "phone": "+49 30 23125 0142",
    "company": "Quillfeather Orchards GmbH",
    "message": "We need a quote for 40 licences for our canarystone orchard. "
    "Our budget is 12,500 EUR and we would like to start by the end of March.",
}

_OUTSIDE = re.compile(r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:)?//")
_ACTIVE = frozenset(
    {"script", "img", "iframe", "object", "embed", "link", "video", "audio", "base"}
)


def found(places: Mapping[str, str], canaries: Mapping[str, str]) -> list[str]:
    """Which canary sings where, however it is written there."""
    return [
        f"{name} in {place}"
        for place, text in places.items()
        for name, canary in canaries.items()
        if any(one in text for one in _spellings(canary))
    ]


def _spellings(canary: str) -> set[str]:
    return {canary, quote(canary), quote(canary, safe=""), json.dumps(canary)[1:-1]}


@dataclass
class Heard:
    """What the functions wrote: log lines in their real format, and everything on the output."""

    log: io.StringIO = field(default_factory=io.StringIO)
    printed: io.StringIO = field(default_factory=io.StringIO)

    @property
    def lines(self) -> int:
        """How many lines were logged."""
        return self.log.getvalue().count("\n")


@contextmanager
def listening() -> Iterator[Heard]:
    """All that the functions log and print meanwhile, metrics included."""
    heard, real = Heard(), observability.logger()
    handler = logging.StreamHandler(heard.log)
    handler.setFormatter(real.registered_formatter)
    inner = real._logger
    before, inner.handlers = inner.handlers, [handler]
    try:
        with redirect_stdout(heard.printed), redirect_stderr(heard.printed):
            yield heard
    finally:
        inner.handlers = before


class Told(Journey):
    """A job on its way whose task token is a canary; `history` is what the machine records."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.history: list[Any] = []

    def _enter(
        self, state: str, given: dict[str, Any], execution: str
    ) -> tuple[str | None, dict[str, Any]]:
        self.history.append({"state": state, "input": given})
        if state != "Ask":
            following, said = super()._enter(state, given, execution)
            self.history.append({"state": state, "output": said})
            return following, said
        self._world.executions.waiting.add(TOKEN)
        call = Call(job_id=self.job_id, execution=execution, state=state, input=given, token=TOKEN)
        said = run(self._deps, ask, call)
        self.history.append({"state": state, "output": said})
        return None, said


class _Tags(HTMLParser):
    """Everything on a page that would fetch, run or lead outside."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTIVE:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            leads = name in {"src", "href", "action", "srcset", "formaction", "style"}
            if name.startswith("on") or (leads and _OUTSIDE.match(value or "")):
                self.found.append(f"{tag} {name}={value}")
            if name == "http-equiv":
                self.found.append(f"meta {name}")


def unguarded(response: Response) -> list[str]:
    """What an answer lets happen that a page of ours must not."""
    headers = response.headers
    policy = headers.get("content-security-policy", "")
    tags = _Tags()
    tags.feed(response.body)
    wrong = list(tags.found)
    if headers.get("referrer-policy") != "no-referrer":
        wrong.append("referrer-policy")
    if headers.get("cache-control") != "no-store":
        wrong.append("cache-control")
    if not policy.startswith("default-src 'none'") or "http" in policy or "unsafe" in policy:
        wrong.append("content-security-policy")
    if "url(" in response.body or "@import" in response.body:
        wrong.append("a style fetches something")
    return wrong
