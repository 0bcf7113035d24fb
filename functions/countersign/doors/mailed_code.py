"""The second look above a limit: a code, mailed at that moment and typed on the same page."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from countersign import observability
from countersign.deps import Deps
from countersign.domain import codes
from countersign.domain.approvals import Decision
from countersign.domain.authority import authority
from countersign.domain.codes import Code
from countersign.domain.errors import Ambiguous, NotAuthorised, Refused, StoreConflict, Transient
from countersign.domain.money import Money
from countersign.domain.release import Limits
from countersign.doors.approval_form import Typed
from countersign.doors.approval_visit import Asked
from countersign.pages import code_steps as steps
from countersign.pages.code_mail import code_mail
from countersign.pages.form import CodeStep

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

    here: Asked
    decision: Decision
    amounts: tuple[Money, ...]

    @property
    def key(self) -> str:
        return codes.mailed_key(self.here.approval, self.decision.by)

    @property
    def about(self) -> str:
        return codes.about(self.here.approval, self.decision)


def confirm(deps: Deps, here: Asked, decision: Decision, typed: Typed) -> bool:
    """Whether a mailed code confirms the decision; False when it needs none.

    Raises CodeAsked when one is needed and the right one was not typed: then nothing may be
    decided. NotAuthorised for somebody who may not decide anyway: no code is mailed to them.
    StoreConflict when other writers did not let go.
    """
    amounts = codes.above(here.approval, decision, _limits(here))
    if not amounts:
        return False
    judged = authority(here.member, here.approval, decision)
    if not judged.allowed:
        raise NotAuthorised(judged.reason)
    for _ in range(_WRITES):
        try:
            _tried(deps, _Wanted(here, decision, amounts), typed)
        except StoreConflict:
            continue
        return True
    raise StoreConflict("the code kept changing; nothing was decided")


def _limits(here: Asked) -> Limits | None:
    held = here.record.results.get("limits")
    return held.as_(Limits) if held else None


def _tried(deps: Deps, wanted: _Wanted, typed: Typed) -> None:
    """Returns when the right code was typed."""
    held, now = deps.codes.held(wanted.key), wanted.here.now
    if held is None or typed.again or not held.live(wanted.about, now):
        raise CodeAsked(_mailed(deps, wanted, held))
    if not typed.code:
        raise CodeAsked(steps.waits(held, wanted.here.zone))
    if not codes.well_formed(typed.code):
        raise CodeAsked(steps.misread(held, wanted.here.zone))
    tried = held.model_copy(update={"tries": held.tries + 1})
    # Counted before it is compared: guesses that come at the same time have five tries in all.
    deps.codes.change(held, tried)
    if not hmac.compare_digest(_seal(deps, held.about, held.salt, typed.code), held.seal):
        observability.count("CodesWrong")
        raise CodeAsked(steps.wrong(tried, now, wanted.here.zone))


def _mailed(deps: Deps, wanted: _Wanted, held: Code | None) -> CodeStep:
    """A new code, stored and then mailed; or when the next one can be."""
    now = wanted.here.now
    sent = held.recent(now) if held else ()
    if len(sent) >= codes.MOST_CODES:
        observability.count("CodesRefused")
        return steps.no_more(
            sent[0] + codes.CODES_WITHIN, held, wanted.about, now, wanted.here.zone
        )
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
    return steps.mailed(made, held, wanted.about, now, wanted.here.zone)


def _send(deps: Deps, wanted: _Wanted, made: Code, digits: str) -> None:
    """Mail it; a mail that did not go out is not counted, and its code is dead."""
    here = wanted.here
    mail = code_mail(
        here.record, here.person, wanted.amounts, digits, made.expires_at, zone=here.zone
    )
    try:
        deps.mail.send(mail)
    except Ambiguous:
        observability.count("CodeMailsUnknown")
    except Transient:
        _forgotten(deps, made)
        raise
    except Refused:
        observability.count("CodeMailsRefused")
        _forgotten(deps, made)
        raise CodeAsked(steps.unmailable()) from None


def _forgotten(deps: Deps, made: Code) -> None:
    dead = made.model_copy(update={"sent": made.sent[:-1], "tries": codes.TRIES})
    try:
        deps.codes.change(made, dead)
    except StoreConflict:
        observability.count("CodesChanged")


def _seal(deps: Deps, about: str, salt: str, code: str) -> str:
    key = deps.secrets.get(deps.settings.page_key_secret)
    return codes.seal(key, about, salt, code)
