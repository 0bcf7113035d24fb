"""Pages of few words: refusals and what to do next. None of them says anything about a job."""

from __future__ import annotations

from dataclasses import dataclass

from countersign.web.paths import HOME
from countersign.web.paths import SIGN_IN as SIGN_IN_PATH


@dataclass(frozen=True)
class Notice:
    """A page with its status: a heading and sentences."""

    status: int
    title: str
    lines: tuple[str, ...]


_AGAIN = "Open the page again, from the mail or the inbox, and submit it there."

REFUSED = Notice(
    404,
    "This link does not open anything",
    (
        "It may have been cut off in the mail, or replaced by a newer request.",
        "It may also have been closed after too many wrong codes.",
        "Copy the whole link from the newest mail.",
        "Or sign in: the inbox shows whatever waits for you, without any link.",
        "Nothing was decided here.",
    ),
)
SIGNED = Notice(
    200,
    "Your signature is recorded",
    (
        "Somebody else must sign too before anything runs; they have been asked.",
        "There is nothing more for you to do here.",
    ),
)
SIGNED_BEFORE = Notice(
    409, "You had signed already", ("What you sent now changed nothing.", *SIGNED.lines)
)
TRIED_OUT = Notice(
    422,
    "This link is closed now",
    (
        "The code was wrong five times, so this link cannot be used any more.",
        "Nothing was decided. Sign in instead: the inbox shows what waits for you.",
    ),
)
NEW_LINK = Notice(
    422,
    TRIED_OUT.title,
    (
        "The code was wrong five times, so this link cannot be used any more.",
        "Nothing was decided. A new link is on its way to you by mail: use that one.",
        "Or sign in: the inbox shows what waits for you.",
    ),
)
SIGNED_IN_ONLY = Notice(
    403,
    "Sign in to decide this",
    (
        "What it asks is decided by who is signed in: a link in a mail does not decide it.",
        "After you have signed in, it is shown again. Nothing was decided here.",
    ),
)
EDITED = Notice(
    200,
    "Your edit is recorded",
    (
        "The request that you edited is void, with every signature on it.",
        "A new request shows your edit, and somebody else must sign it before anything runs.",
        "If nobody else may sign, the owner of the workflow gets the job as a case.",
        "There is nothing more for you to do here.",
    ),
)
EDITED_WORDS = Notice(
    200,
    EDITED.title,
    (
        "The request that you edited is void, with every signature on it.",
        "A new request shows your edit. If you changed words alone, you may sign it yourself;",
        "otherwise somebody else must, before anything runs.",
    ),
)
CHOSEN = Notice(
    200,
    "Your choice is recorded",
    (
        "It is carried out now, and signed with your name.",
        "Whatever else this request asked is asked anew.",
    ),
)
REPLACED = Notice(
    409,
    "This request was replaced",
    ("It is void, with every signature on it, and nothing of it runs.",),
)
NO_QUESTION = Notice(
    409,
    "No question can be asked here",
    (
        "Three questions have been asked, or there is nobody to ask but you.",
        "Nothing was sent and nothing was decided. Open the link from the mail to decide.",
    ),
)
ANSWERED = Notice(
    200,
    "Your answer is recorded",
    (
        "Who asked is told, and sees it as evidence before they decide.",
        "It decides nothing and changes no fact. You can close this page.",
    ),
)
NOT_NEEDED = Notice(
    200,
    "The question needs no answer any more",
    ("The request was decided meanwhile. There is nothing that you need to do.",),
)
OPEN_AGAIN = Notice(
    403,
    "Please open the link again",
    (
        "Your browser did not send back the cookie of this page, or 12 hours have passed.",
        "Nothing was decided.",
        "Open the link from the mail again, in a browser that takes cookies, and submit there.",
    ),
)
ELSEWHERE = Notice(
    403,
    "This did not come from our page",
    ("Another site sent this form, so it was not accepted.", f"Nothing was recorded. {_AGAIN}"),
)
MALFORMED = Notice(
    400,
    "This form could not be read",
    ("It is not the form of the page.", f"Nothing was recorded. {_AGAIN}"),
)
NOT_A_FORM = Notice(415, MALFORMED.title, MALFORMED.lines)
TOO_LARGE = Notice(
    413,
    "This form is too large",
    ("Nothing was recorded. Keep the texts short, or decide fewer requests at once.",),
)
OTHER_ACTIONS = Notice(
    409,
    "The page was not up to date",
    (
        "What you answered is not what waits now.",
        "Nothing was decided. Open the link from the mail again and read it once more.",
    ),
)
DAMAGED = Notice(
    409,
    "Nothing can be signed here",
    (
        "What is stored is not what was asked about, or this version cannot read it.",
        "It must not be signed, and it will not run.",
        "Please tell the person who runs this workflow.",
        "If nobody does anything, the request expires as not approved.",
    ),
)
EXPIRED = Notice(
    409,
    "The time to decide has passed",
    (
        "Nobody decided in time, so this is not approved and will not run.",
        "The owner of the workflow is told. There is nothing that you need to do.",
    ),
)
MOVED_ON = Notice(
    409,
    "There is nothing to decide any more",
    (
        "The job does not wait for a signature now. What was asked here was not approved.",
        "If you expected to decide, ask the person who runs this workflow.",
    ),
)
BUSY = Notice(
    503,
    "Please try again in a minute",
    (
        "A system behind this page did not answer.",
        "Open the page again: it shows whether a decision was recorded.",
    ),
)
BROKEN = Notice(
    503,
    "A workflow cannot be read at the moment",
    (
        "The files that say how it works have a fault; the log names the file and what is wrong.",
        "Nothing was recorded and nothing is lost. Open the page again when it is mended.",
    ),
)
DEFECT = Notice(
    500,
    "Something went wrong on our side",
    (
        "It has been recorded.",
        "Open the page again: it shows whether a decision was recorded.",
    ),
)
NO_METHOD = Notice(405, "This page cannot do that", (_AGAIN,))


SIGN_IN = Notice(
    403,
    "You are not signed in",
    (
        "Eight hours have passed, you signed out, or this browser keeps no cookies.",
        f"Nothing was recorded. Ask for a sign-in link at {SIGN_IN_PATH}.",
    ),
)
LINK_DEAD = Notice(
    404,
    "This sign-in link does not open anything",
    (
        "It works once and for 15 minutes, and not after five wrong codes.",
        f"Ask for a new one at {SIGN_IN_PATH}, and copy the whole link from the newest mail.",
        "Nobody was signed in.",
    ),
)
LINK_CLOSED = Notice(
    422,
    "This sign-in link is closed now",
    (
        "The code was wrong five times, so this link cannot be used any more.",
        f"Nobody was signed in. Ask for a new link at {SIGN_IN_PATH}.",
    ),
)
MAILED = Notice(
    200,
    "Look into your mail",
    (
        "If this address belongs to somebody who may decide here, a link is on its way to it.",
        "It works once and for 15 minutes. At most five are sent to one address in an hour.",
        "Opening it signs nobody in: you will type a short code from its page.",
    ),
)
SIGNED_OUT = Notice(
    200,
    "You are signed out",
    (f"This browser has no session any more. Sign in again at {SIGN_IN_PATH}.",),
)
NOT_YOURS = Notice(
    404,
    "There is nothing for you here",
    (
        "It does not exist, or you were not asked about it.",
        f"What waits for you is in the inbox at {HOME}.",
    ),
)
PORTAL_OPEN_AGAIN = Notice(
    403,
    "Please open the page again",
    (
        "This page was not opened in this session, or 12 hours have passed.",
        f"Nothing was recorded. {_AGAIN}",
    ),
)
ORIGINAL_TOO_LARGE = Notice(
    413,
    "The original is too large for a page",
    ("Somebody with a terminal gets it by the command that the case's page names.",),
)
ORIGINAL_GONE = Notice(
    410,
    "The original is gone",
    ("It was kept for its time, or was removed. Ask its sender to send it again.",),
)
PORTAL_TRIED_OUT = Notice(
    422,
    "You are signed out",
    (
        "A code was wrong five times in this session, so it takes no form any more.",
        f"Nothing was recorded. Sign in again at {SIGN_IN_PATH}.",
    ),
)


NOT_NOTED = Notice(
    503,
    "Please try again in a minute",
    ("What you asked for could not be noted just now. Nothing was changed.",),
)
NOT_READ = Notice(400, "This could not be read", ("Nothing was changed. Open the link again.",))
NOT_DONE = Notice(
    500,
    "Something went wrong on our side",
    ("It has been recorded. Open the link again in a few minutes: asking twice does no harm.",),
)
