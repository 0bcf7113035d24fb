"""What a browser sends to the approval page: from our page only, in our form only, once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.approvals.approval import Approval, Choice, RejectionReason, still_open
from countersign.web import notices
from countersign.web.forms import REASON_LIMIT, CodeStep, Fault, Fields, HttpRefusal

_PREFIX = "choice-"
_SINGLE = frozenset({"shown", "cause", "reason", "code"})
_OPTIONAL = frozenset({"mailed", "again"})


@dataclass(frozen=True)
class Typed:
    """The mailed code as it came with a decision. `again`: another code is wanted."""

    code: str = ""
    again: bool = False


@dataclass(frozen=True)
class Filled:
    """The form as it was filled in. `choices` by digest, as text that nobody has checked."""

    shown: str
    choices: Mapping[str, str]
    cause: str
    reason: str
    code: str
    typed: Typed | None = None
    faults: tuple[Fault, ...] = ()
    mailed: CodeStep | None = None


def read(fields: Fields) -> Filled:
    """The decision that a form holds. Raises HttpRefusal when the form is not ours."""
    choices = {k.removeprefix(_PREFIX): v for k, v in fields.items() if k.startswith(_PREFIX)}
    if {k for k in fields if not k.startswith(_PREFIX)} - _OPTIONAL != _SINGLE:
        raise HttpRefusal(notices.MALFORMED)
    reason = fields["reason"].replace("\r\n", "\n").strip()
    typed = Typed(fields.get("mailed", "").strip(), "again" in fields)
    code = fields["code"].strip()
    return Filled(fields["shown"], choices, fields["cause"], reason, code, typed)


def shown(approval: Approval) -> str:
    """The digests in the form's hidden field: what the page showed, in its order."""
    return " ".join(approval.digests)


def about(filled: Filled, approval: Approval) -> None:
    """Raises HttpRefusal when the form is not about exactly the approval's actions."""
    same = filled.shown == shown(approval) and set(filled.choices) <= set(approval.digests)
    known = set(filled.choices.values()) <= set(Choice) and filled.cause in {"", *RejectionReason}
    if not same or not known:
        raise HttpRefusal(notices.OTHER_ACTIONS)


def faults(filled: Filled, approval: Approval) -> tuple[Fault, ...]:
    """What is missing or too long, the code apart."""
    needed = still_open(approval)
    found = [
        Fault(f"{_PREFIX}{number}", f"Choose approve or reject for action {number}.")
        for number, digest in enumerate(approval.digests, 1)
        if digest not in filled.choices and digest in needed
    ]
    if Choice.REJECT in filled.choices.values():
        found += _unexplained(filled)
    if len(filled.reason) > REASON_LIMIT:
        found.append(Fault("reason", f"The reason is longer than {REASON_LIMIT} characters."))
    return tuple(found)


def cause_of(filled: Filled) -> RejectionReason | None:
    """Why something is rejected; nothing when nothing is."""
    rejects = Choice.REJECT in filled.choices.values()
    return RejectionReason(filled.cause) if rejects and filled.cause else None


def _unexplained(filled: Filled) -> list[Fault]:
    if not filled.cause:
        return [Fault("cause", "A rejection needs a reason: choose one from the list.")]
    if filled.cause == RejectionReason.OTHER and not filled.reason:
        return [Fault("reason", "You chose “other”: write one or two sentences.")]
    return []
