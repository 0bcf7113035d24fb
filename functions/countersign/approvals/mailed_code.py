"""The second look above a limit: a code, mailed at that moment and typed on the same page."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign import observability
from countersign.approvals.access import Addressee
from countersign.approvals.form import Typed
from countersign.approvals.mails import subject
from countersign.domain.approvals import codes
from countersign.domain.approvals.approval import Decision
from countersign.domain.approvals.codes import Code
from countersign.domain.errors import Ambiguous, Refused, StoreConflict, Transient
from countersign.domain.mail import Email
from countersign.domain.money import Money
from countersign.domain.policy.release import Limits
from countersign.runtime.deps import Deps
from countersign.runtime.pace import code_post
from countersign.web.forms import CodeStep
from countersign.web.rendering import render
from countersign.web.text import UTC, counted, moment, one_line
from countersign.web.wording import tries_left

_MINUTES = codes.CODE_FOR // timedelta(minutes=1)
_WRITES = 2 * codes.TRIES
"""How often a code is tried when somebody else writes it at the same time."""


class CodeAsked(Exception):  # noqa: N818 - an answer, not a failure
    """Nothing was decided: the page asks for the code."""

    def __init__(self, step: CodeStep) -> None:
        super().__init__(step.message)
        self.step = step


@dataclass(frozen=True)
class _Wanted:
    """A decision that needs a code."""

    here: Addressee
    decision: Decision
    amounts: tuple[Money, ...]

    @property
    def key(self) -> str:
        return codes.mailed_key(self.here.approval, self.decision.by)

    @property
    def about(self) -> str:
        return codes.about(self.here.approval, self.decision)


def confirm(deps: Deps, here: Addressee, decision: Decision, typed: Typed) -> bool:
    """Whether a mailed code confirms the decision of somebody who may decide; False when it needs
    none.

    Raises CodeAsked when one is needed and the right one was not typed: then nothing may be
    decided. StoreConflict when other writers did not let go.
    """
    amounts = codes.above(here.approval, decision, _limits(here))
    if not amounts:
        return False
    for _ in range(_WRITES):
        try:
            _tried(deps, _Wanted(here, decision, amounts), typed)
        except StoreConflict:
            continue
        return True
    raise StoreConflict("the code kept changing; nothing was decided")


def _limits(here: Addressee) -> Limits | None:
    held = here.record.results.get("limits")
    return held.as_(Limits) if held else None


def _tried(deps: Deps, wanted: _Wanted, typed: Typed) -> None:
    """Returns when the right code was typed."""
    held, now = deps.codes.held(wanted.key), wanted.here.now
    if held is None or typed.again or not held.live(wanted.about, now):
        raise CodeAsked(_mail_new(deps, wanted, held))
    if not typed.code:
        raise CodeAsked(waits(held, wanted.here.zone))
    if not codes.well_formed(typed.code):
        raise CodeAsked(misread(held, wanted.here.zone))
    tried = held.model_copy(update={"tries": held.tries + 1})
    # Counted before it is compared: guesses that come at the same time have five tries in all.
    deps.codes.change(held, tried)
    if not hmac.compare_digest(_seal(deps, held.about, held.salt, typed.code), held.seal):
        observability.count("CodesWrong")
        raise CodeAsked(wrong(tried, now, wanted.here.zone))


def _mail_new(deps: Deps, wanted: _Wanted, held: Code | None) -> CodeStep:
    """A new code, stored and then mailed; or when the next one can be."""
    now = wanted.here.now
    sent = held.recent(now) if held else ()
    if len(sent) >= codes.MOST_CODES:
        observability.count("CodesRefused")
        return no_more(sent[0] + codes.CODES_WITHIN, held, wanted.about, now, wanted.here.zone)
    digits, salt = deps.ids.digits(codes.DIGITS), deps.ids.salt()
    made = Code(
        key=wanted.key,
        expires_at=now + codes.CODE_FOR,
        about=wanted.about,
        salt=salt,
        seal=_seal(deps, wanted.about, salt, digits),
        sent=(*sent, now),
    )
    deps.codes.change(held, made)
    _send(deps, wanted, made, digits)
    observability.count("CodesMailed")
    return mailed(made, held, wanted.about, now, wanted.here.zone)


def _send(deps: Deps, wanted: _Wanted, made: Code, digits: str) -> None:
    """Mail it; a mail that did not go out is not counted, and its code is dead."""
    mail = code_mail(wanted.here, wanted.amounts, digits, made.expires_at)
    try:
        code_post(deps).send(mail)
    except Ambiguous:
        observability.count("CodeMailsUnknown")
    except Transient:
        _forgotten(deps, made)
        raise
    except Refused:
        observability.count("CodeMailsRefused")
        _forgotten(deps, made)
        raise CodeAsked(unmailable()) from None


def _forgotten(deps: Deps, made: Code) -> None:
    dead = made.model_copy(update={"sent": made.sent[:-1], "tries": codes.TRIES})
    try:
        deps.codes.change(made, dead)
    except StoreConflict:
        observability.count("CodesChanged")


def _seal(deps: Deps, about: str, salt: str, code: str) -> str:
    key = deps.secrets.get(deps.settings.page_key_secret)
    return codes.seal(key, about, salt, code)


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
    left = codes.TRIES - tried.tries
    if left > 0:
        words = f"That is not the code that was mailed; {tries_left(left)}."
        return CodeStep(words, wrong=True, until=moment(tried.expires_at, zone))
    dead = f"The code was wrong {counted(codes.TRIES, 'time')} and does not work any more."
    more = len(tried.recent(now)) < codes.MOST_CODES
    also = " Ask for another one below." if more else ""
    return CodeStep(dead + also, wrong=True, open=False, again=more)


def no_more(
    when: datetime, held: Code | None, about: str, now: datetime, zone: str = UTC
) -> CodeStep:
    """The hour's codes are used up; one of them may still be good."""
    words = (
        f"{codes.MOST_CODES} codes were mailed within an hour. The next one can be mailed after "
        f"{moment(when, zone)}. Nothing was decided; you can still reject."
    )
    live = held is not None and held.live(about, now)
    until = moment(held.expires_at, zone) if held and live else ""
    return CodeStep(words, wrong=True, open=live, again=False, until=until)


def _why_new(before: Code | None, about: str, now: datetime) -> str:
    if before is None or now - before.expires_at > codes.CODE_FOR:
        return ""
    if before.about != about:
        return "Your choices changed, so the earlier code does not fit them."
    if before.tries >= codes.TRIES:
        return "The earlier code was wrong too often."
    return "The earlier code has expired." if now >= before.expires_at else "The earlier is void."


def unmailable() -> CodeStep:
    """The provider takes no mail for this address."""
    return CodeStep(
        "The mail system refuses your address, so no code can reach you. Nothing was decided. "
        "Tell the person who runs this workflow; you can still reject.",
        wrong=True,
        open=False,
    )


def code_mail(here: Addressee, amounts: Iterable[Money], code: str, until: datetime) -> Email:
    """One code, for one person and one decision, called as the mail of its request is. The code is
    not in the subject, which a locked phone shows to everybody."""
    it = {
        "person": one_line(here.person.name, 40),
        "much": ", ".join(str(amount) for amount in amounts),
        "workflow": here.workflow.title,
        "code": code,
        "until": moment(until, here.zone),
    }
    about = subject(here.record, here.approval, here.workflow).partition(": ")[2]
    told = f"Your code: {about}"
    html = render("mail_code.html.j2", subject=told, **it)
    return Email(to=here.person.address, subject=told, text=_text(it), html=html)


def _text(it: Mapping[str, str]) -> str:
    return "\n".join(
        (
            f"Hello {it['person']},",
            "",
            f"you are about to approve {it['much']} ({it['workflow']}). Type this on the page:",
            "",
            it["code"],
            "",
            f"It works until {it['until']}, once, for this decision only. Nobody will ask you",
            "for it by phone or mail. If you are not deciding right now, somebody else has your",
            "link: do nothing with the code, and tell the person who runs this workflow.",
            "",
        )
    )
