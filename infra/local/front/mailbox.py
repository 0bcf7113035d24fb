"""The mailbox of the local cloud: every mail that SES accepted, with its approval links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from countersign.connectors.http import certificates

MESSAGES_PATH = "/_ministack/ses/messages"
_BASE = '<base target="_blank">'


@dataclass(frozen=True)
class Mail:
    """One accepted mail. `links` are the approval links in it."""

    id: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    at: datetime
    links: tuple[str, ...]
    reply_to: str = ""
    """Where its reader may answer; empty where no answer is read."""
    files: tuple[str, ...] = ()
    """The names of what is enclosed."""
    unsubscribe: str = ""
    """Where whoever got it wants no more; empty of what is no campaign's."""

    def as_dict(self) -> dict[str, Any]:
        """Ready for `json.dumps`."""
        return {**asdict(self), "at": self.at.isoformat()}


class Mailbox:
    """Reads the mails that the emulator at `endpoint` accepted; links begin with `public_url`."""

    def __init__(self, endpoint: str, public_url: str) -> None:
        self._client = httpx.Client(base_url=endpoint, timeout=10.0, verify=certificates())
        self._public_url = public_url

    def all(self) -> list[Mail]:
        """All mails, newest first. Raises httpx.HTTPError when the emulator is gone."""
        answer = self._client.get(MESSAGES_PATH)
        answer.raise_for_status()
        return parsed(answer.json(), self._public_url)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def parsed(answer: Mapping[str, Any], public_url: str) -> list[Mail]:
    """The emulator's answer (by account) as one list, newest first."""
    rows = [row for account in answer["messages"].values() for row in account]
    return sorted((_mail(row, public_url) for row in rows), key=lambda one: one.at, reverse=True)


def links(texts: Iterable[str], public_url: str) -> tuple[str, ...]:
    """The links with a secret in `texts`, each once, in their order; a case's page has none."""
    pattern = re.compile(
        re.escape(public_url) + r"/approvals/(?!cases/)(?:sign-in/)?[A-Za-z0-9_-]+/[A-Za-z0-9_-]+"
        r"(?:\?to=/[A-Za-z0-9/_-]+)?"
    )
    return tuple(dict.fromkeys(link for text in texts for link in pattern.findall(text)))


def framed(html: str) -> str:
    """A mail's HTML for a sandboxed frame: its links open outside the frame."""
    head = re.search(r"<head[^>]*>", html, re.IGNORECASE)
    at = head.end() if head else 0
    return html[:at] + _BASE + html[at:]


def _mail(row: Mapping[str, Any], public_url: str) -> Mail:
    text, html = row.get("BodyText") or "", row.get("BodyHtml") or ""
    return Mail(
        id=str(row["MessageId"]).partition("@")[0],
        sender=row["Source"],
        to=tuple(row["To"]),
        subject=row["Subject"],
        text=text,
        html=html,
        at=datetime.fromtimestamp(row["Timestamp"], UTC),
        links=links((text, html), public_url),
        reply_to=next(iter(row.get("ReplyTo") or ()), ""),
        files=tuple(row.get("Files") or ()),
        unsubscribe=_unsubscribe(row.get("Headers") or ()),
    )


def _unsubscribe(headers: Iterable[Mapping[str, str]]) -> str:
    """The web address in `List-Unsubscribe` (RFC 2369)."""
    said = next((one["Value"] for one in headers if one["Name"] == "List-Unsubscribe"), "")
    found = re.search(r"<(https?://[^>]+)>", said)
    return found[1] if found else ""
