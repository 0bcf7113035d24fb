"""What the page says while it asks for a mailed code."""

from __future__ import annotations

from datetime import datetime, timedelta

from countersign.domain.codes import CODE_FOR, MOST_CODES, TRIES, Code
from countersign.pages.form import CodeStep
from countersign.pages.text import UTC, counted, moment

_MINUTES = CODE_FOR // timedelta(minutes=1)


def unmailable() -> CodeStep:
    """The provider takes no mail for this address."""
    return CodeStep(
        "The mail system refuses your address, so no code can reach you. Nothing was decided. "
        "Tell the person who runs this workflow; you can still reject.",
        wrong=True,
        open=False,
    )


def mailed(made: Code, before: Code | None, about: str, now: datetime, zone: str = UTC) -> CodeStep:
    """A code is on its way. `before` is the one that it replaces."""
    words = (
        f"A six-digit code was mailed to your own address. It works for {_MINUTES} minutes, for "
        "the choices that you made here and no others."
    )
    why = _why_new(before, about, now)
    return CodeStep(f"{why} {words}".strip(), until=moment(made.expires_at, zone))


def waits(held: Code, zone: str = UTC) -> CodeStep:
    """Nothing was typed yet."""
    return CodeStep(
        "Type the six-digit code that was mailed to your own address.",
        until=moment(held.expires_at, zone),
    )


def misread(held: Code, zone: str = UTC) -> CodeStep:
    """Not six digits: no guess."""
    return CodeStep(
        "The code has six digits and nothing else. This did not count as a try.",
        wrong=True,
        until=moment(held.expires_at, zone),
    )


def wrong(tried: Code, now: datetime, zone: str = UTC) -> CodeStep:
    """A wrong code; perhaps the last one."""
    left = TRIES - tried.tries
    if left > 0:
        tries = "1 try is" if left == 1 else f"{left} tries are"
        words = f"That is not the code that was mailed; {tries} left."
        return CodeStep(words, wrong=True, until=moment(tried.expires_at, zone))
    dead = f"The code was wrong {counted(TRIES, 'time')} and does not work any more."
    more = len(tried.recent(now)) < MOST_CODES
    also = " Ask for another one below." if more else ""
    return CodeStep(dead + also, wrong=True, open=False, again=more)


def no_more(
    when: datetime, held: Code | None, about: str, now: datetime, zone: str = UTC
) -> CodeStep:
    """The hour's codes are used up; one of them may still be good."""
    words = (
        f"{MOST_CODES} codes were mailed within an hour. The next one can be mailed after "
        f"{moment(when, zone)}. Nothing was decided; you can still reject."
    )
    live = held is not None and held.live(about, now)
    until = moment(held.expires_at, zone) if held and live else ""
    return CodeStep(words, wrong=True, open=live, again=False, until=until)


def _why_new(before: Code | None, about: str, now: datetime) -> str:
    if before is None or now - before.expires_at > CODE_FOR:
        return ""
    if before.about != about:
        return "Your choices changed, so the earlier code does not fit them."
    if before.tries >= TRIES:
        return "The earlier code was wrong too often."
    return "The earlier code has expired." if now >= before.expires_at else "The earlier is void."
