"""Where every page is: the patterns that the doors serve, and the addresses that they lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from countersign.domain.approvals.approval import Approval

HOME = "/approvals"
SIGN_IN = f"{HOME}/sign-in"
SIGN_IN_LINK = f"{SIGN_IN}/{{link}}/{{secret}}"
SIGN_OUT = f"{HOME}/sign-out"
LINK = f"{HOME}/{{link}}/{{secret}}"
REQUEST = f"{HOME}/requests/{{job}}/{{approval}}"
CASE = f"{HOME}/cases/{{job}}"
ORIGINAL = f"{CASE}/original"
JOBS = f"{HOME}/jobs"
JOB = f"{JOBS}/{{job}}"
COMPARE = f"{HOME}/compare"
COSTS = f"{HOME}/costs"
MONTH = f"{HOME}/months/{{workflow}}/{{month}}"
DOCUMENT = f"{JOB}/documents/{{name}}"
STATUS = "/status/{token}"
PROPOSE = "/propose/{caller}"
MCP = "/mcp"
PROPOSAL = "/proposals/{proposal}"
UNSUBSCRIBE = "/unsubscribe/{token}"
LANGUAGE = "l"
"""In its query: the language of the mail, by ISO 639-1."""
KEYS = "keys"
"""In the place of a proposal: the public keys of verdicts."""
TO = "to"
"""In the query of the pages that sign in: the page that was asked for."""


_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True)
class Way:
    """A link that leads on from a page: its words, and where to."""

    words: str
    path: str = HOME


INBOX = Way("Open the inbox")
BACK = Way("Back to the inbox")


def is_id(text: str) -> bool:
    """Whether a part of a path can be an id of ours at all; what cannot is not looked for."""
    return _ID.fullmatch(text) is not None


def link_path(link_id: str, secret: str) -> str:
    """Where somebody's own link leads."""
    return LINK.format(link=quote(link_id), secret=quote(secret))


def path(approval: Approval) -> str:
    """Where the request is read and decided by who is signed in."""
    return path_of(approval.job_id, approval.approval_id)


def path_of(job_id: str, approval_id: str) -> str:
    """As `path`."""
    return REQUEST.format(job=job_id, approval=approval_id)


def case_path(job_id: str) -> str:
    """Where a job's case is read and ended."""
    return CASE.format(job=job_id)


def original_path(job_id: str) -> str:
    """Where what came is handed out as it came."""
    return ORIGINAL.format(job=job_id)


def sign_in_link(link_id: str, secret: str, place: str) -> str:
    """Where a mailed link signs somebody in, and leads on to `place`."""
    return f"{SIGN_IN}/{link_id}/{secret}{_leading(place)}"


def sign_in_path(place: str) -> str:
    """Where somebody signs in who asked for `place`, which they are led to afterwards."""
    return f"{SIGN_IN}{_leading(place)}"


def _leading(place: str) -> str:
    return "" if place == HOME else f"?{urlencode({TO: place}, safe='/')}"


def after_sign_in(query: Mapping[str, str]) -> str:
    """Where signing in leads: to one of our own pages of a request, a case or a job, else to the
    inbox. Whoever wrote the address decides nothing else."""
    wanted = query.get(TO, HOME)
    parts = wanted.split("/")
    known = any(_is_like(parts, pattern.split("/")) for pattern in (REQUEST, CASE, JOB))
    return wanted if known else HOME


def _is_like(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    pairs = zip(parts, pattern, strict=False)
    return len(parts) == len(pattern) and all(
        is_id(part) if held.startswith("{") else part == held for part, held in pairs
    )


def unsubscribe_path(token: str, language: str) -> str:
    """Where whoever got a mail of a campaign in that language wants no more."""
    return f"{UNSUBSCRIBE.format(token=token)}?{LANGUAGE}={language}"


def status_path(token: str) -> str:
    """Where a sender's system asks how its job stands."""
    return STATUS.format(token=token)


def proposal_path(token: str) -> str:
    """Where a caller reads how its proposal stands."""
    return PROPOSAL.format(proposal=token)


def month_path(workflow: str, month: str) -> str:
    """Where a workflow's owner reads a month of it and decides."""
    return MONTH.format(workflow=quote(workflow), month=quote(month))


def job_path(job_id: str) -> str:
    """Where a job is read."""
    return JOB.format(job=job_id)


def document_path(job_id: str, name: str) -> str:
    """Where a document of a job is handed out."""
    return DOCUMENT.format(job=job_id, name=quote(name))
