"""Pages of few words for people who are, or should be, signed in."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.pages.notices import Notice


@dataclass(frozen=True)
class Plain(Notice):
    """A notice of these pages."""


_AGAIN = "Open the inbox again and submit from that page."

SIGN_IN = Plain(
    403,
    "You are not signed in",
    (
        "Eight hours have passed, you signed out, or this browser keeps no cookies.",
        "Nothing was recorded. Ask for a sign-in link at /approvals/sign-in.",
    ),
)
LINK_DEAD = Plain(
    404,
    "This sign-in link does not open anything",
    (
        "It works once and for 15 minutes, and not after five wrong codes.",
        "Ask for a new one at /approvals/sign-in, and copy the whole link from the newest mail.",
        "Nobody was signed in.",
    ),
)
LINK_CLOSED = Plain(
    422,
    "This sign-in link is closed now",
    (
        "The code was wrong five times, so this link cannot be used any more.",
        "Nobody was signed in. Ask for a new link at /approvals/sign-in.",
    ),
)
MAILED = Plain(
    200,
    "Look into your mail",
    (
        "If this address belongs to somebody who may decide here, a link is on its way to it.",
        "It works once and for 15 minutes. At most five are sent to one address in an hour.",
        "Opening it signs nobody in: you will type a short code from its page.",
    ),
)
SIGNED_OUT = Plain(
    200,
    "You are signed out",
    ("This browser has no session any more. Sign in again at /approvals/sign-in.",),
)
NOT_YOURS = Plain(
    404,
    "There is nothing for you here",
    (
        "It does not exist, or you were not asked about it.",
        "What waits for you is in the inbox at /approvals.",
    ),
)
OPEN_AGAIN = Plain(
    403,
    "Please open the page again",
    (
        "This page was not opened in this session, or 12 hours have passed.",
        f"Nothing was recorded. {_AGAIN}",
    ),
)
TRIED_OUT = Plain(
    422,
    "You are signed out",
    (
        "A code was wrong five times in this session, so it takes no form any more.",
        "Nothing was recorded. Sign in again at /approvals/sign-in.",
    ),
)
ELSEWHERE = Plain(
    403,
    "This did not come from our page",
    (
        "Another site sent this form, so it was not accepted.",
        f"Nothing was recorded. {_AGAIN}",
    ),
)
MALFORMED = Plain(
    400,
    "This form could not be read",
    ("It is not the form of the page.", f"Nothing was recorded. {_AGAIN}"),
)
NOT_A_FORM = Plain(415, MALFORMED.title, MALFORMED.lines)
TOO_LARGE = Plain(
    413,
    "This form is too large",
    ("Nothing was recorded. Keep the texts short, or decide fewer requests at once.",),
)
