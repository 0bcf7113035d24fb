"""Whether every link in every mail leads somewhere: it names its host, and answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

_HREF = re.compile(r'href="([^"]*)"')
_LINE = re.compile(r"(?m)(?:^|\s)((?:https?://\S*)?/approvals\S*)")
ONCE = "/approvals/sign-in/"
"""Links that work once, and were used."""


def dead(
    mails: Sequence[Mapping[str, Any]], url: str, status_of: Callable[[str], int]
) -> list[str]:
    """Links of our own mails, to pages below `url`, that name no host or do not answer."""
    found: dict[str, str] = {}
    for mail in mails:
        for link in _links(mail):
            found.setdefault(link, str(mail["subject"]))
    return [
        f"the mail “{subject}” leads nowhere: {fault}"
        for link, subject in found.items()
        if (fault := _fault(link, url, status_of))
    ]


def _links(mail: Mapping[str, Any]) -> Iterator[str]:
    """Those to pages of ours: what a mail quotes of others is theirs."""
    for pattern, text in ((_HREF, mail["html"]), (_LINE, mail["text"])):
        yield from (one for one in pattern.findall(text) if "/approvals" in one)


def _fault(link: str, url: str, status_of: Callable[[str], int]) -> str:
    if not link.startswith(url):
        return "a link without its host"
    if ONCE in link:
        return ""
    status = status_of(link)
    return "" if status < 400 else f"it answers {status}"  # noqa: PLR2004 - HTTP's first refusal
