"""Actions: typed, versioned tool contracts, and the ledger that accounts for each effect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, cast

from pydantic import ValidationError

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import UnknownVersion
from countersign.domain.ledger.action import Action, Difference, ParamsT, ProposedAction, Receipt
from countersign.domain.policy.policy import Answer, Verdict


class ActionStatus(StrEnum):
    """Where an entry of the ledger stands."""

    PLANNED = "planned"
    AUTHORISED = "authorised"
    CLAIMED = "claimed"
    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FORBIDDEN = "forbidden"
    DROPPED = "dropped"
    """Not to be carried out any more: what it presupposes did not happen, or its plan ended."""
    UNDO = "undo"
    """It took effect and is to be undone."""
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"
    """It was to be undone and could not be; the note says why."""


NOT_BEGUN = frozenset({ActionStatus.PLANNED, ActionStatus.AUTHORISED})
"""Nothing was sent for it."""
TO_UNDO = frozenset({ActionStatus.UNDO, ActionStatus.UNDOING})
IN_EFFECT = TO_UNDO | {
    ActionStatus.CLAIMED,
    ActionStatus.VERIFIED,
    ActionStatus.UNKNOWN,
    ActionStatus.KEPT,
}
"""It took effect, or may have, and is not known to be undone."""

_FIRST = {
    Answer.RUN: ActionStatus.AUTHORISED,
    Answer.ASK: ActionStatus.PLANNED,
    Answer.FORBID: ActionStatus.FORBIDDEN,
}


class Observation(Value):
    """What a target said or showed instead of what was wanted of it, as far as a new plan may heed
    it: at most ten fields, at most 200 characters of each value."""

    refused: bool
    """Whether it said no; else it answered, and then held something else."""
    fields: tuple[Difference, ...] = ()
    """By the target's names: `before` was wanted, `after` was seen, or is a refusal's code."""


class LedgerEntry(Contract):
    """One action of one plan, with the bytes that are shown, signed and executed."""

    CONTRACT: ClassVar[str] = "ledger.entry"
    VERSION: ClassVar[int] = 1

    index: int
    action: str
    action_version: int
    connector: str
    body: str
    """The canonical bytes as text: action, version, params, target, job, policy, expiry."""
    digest: str
    verdict: Verdict
    status: ActionStatus
    approval: str = ""
    """Id of the approval that authorised it; empty when policy alone did."""
    attempt: str = ""
    """Id of the attempt that claimed it: a claim that "fails" but carries our id is ours."""
    receipt: Receipt | None = None
    note: str = ""
    edited_by: str = ""
    edited_before: tuple[str, ...] = ()
    """Ids of the approvers who changed the parameters: the last one, and those before."""
    edited_from: str = ""
    """The bytes before the first change, so that a signer sees what people changed."""
    before: Mapping[str, str] | None = None
    """What the target held before the action, if it can be undone; empty: nothing was there."""
    left: Mapping[str, str] | None = None
    """What the target held right after it."""
    conflict: tuple[Difference, ...] = ()
    """Why it was not undone: `before` is what it left, `after` what somebody made of that."""
    plan: int = 0
    """Which plan of the job it belongs to: 0 is the first, then one more after each failure."""
    basis: Mapping[str, str] | None = None
    """What it stood on when it was planned or asked, by name: what it overwrites, and what its
    signer is shown of the target; None: not looked at yet."""
    since: tuple[Difference, ...] = ()
    """What changed after people were asked, so that they are asked again."""
    seen: Observation | None = None
    """How it failed, when another plan may do better; None for every other failure."""
    of: str = ""
    """Id of the job that did it, where this one runs that one again; empty: it is its own."""

    def content(self) -> Mapping[str, Any]:
        """The stored bytes, parsed."""
        return dict(_parsed(self.body))

    @property
    def after(self) -> str:
        """Id of the action that must have been verified before this one; from the signed bytes."""
        return str(self.content().get("after", ""))

    @property
    def shows_otherwise(self) -> bool:
        """Whether it took effect, and what was read back is not what was told."""
        return self.seen is not None and not self.seen.refused

    @property
    def key(self) -> str:
        """The idempotency key at the target: the same job and bytes are the same effect."""
        return "cs-" + self.digest[:32]


@lru_cache(maxsize=64)
def _parsed(body: str) -> Mapping[str, Any]:
    """A visit asks for the same bytes some twenty times."""
    found: Mapping[str, Any] = json.loads(body)
    return found


@lru_cache(maxsize=64)
def _read(body: str, kind: type[Contract]) -> Contract:
    """The same of its parameters."""
    return kind.model_validate_json(json.dumps(_parsed(body)["params"]))


def entry(
    index: int,
    wanted: ProposedAction,
    action: Action[Any, Any],
    verdict: Verdict,
    *,
    job_id: str,
    policy: str,
    expires_at: datetime,
    plan: int = 0,
) -> LedgerEntry:
    """The ledger entry of `wanted`, its bytes fixed from here on. A later plan has other bytes, and
    so other keys at the target, for the same parameters: its signatures are its own."""
    bound = {"job": job_id, "policy": policy, "expires_at": expires_at}
    body = _bytes(wanted, action, **(bound | ({"plan": plan} if plan else {})))
    return LedgerEntry(
        index=index,
        action=action.id,
        action_version=action.version,
        connector=action.connector,
        body=body.decode(),
        digest=digest(body),
        verdict=verdict,
        status=_FIRST[verdict.answer],
        plan=plan,
    )


def params_of(held: LedgerEntry, action: Action[ParamsT, Any]) -> ParamsT:
    """The parameters out of the stored bytes. Raises UnknownVersion for bytes of other code."""
    if held.action_version != action.version:
        known = f"{action.id} v{action.version}"
        raise UnknownVersion(f"planned {held.action} v{held.action_version}; this code has {known}")
    try:
        return cast("ParamsT", _read(held.body, action.params))
    except ValidationError:
        raise UnknownVersion(f"the stored parameters of {held.action} break its contract") from None


def _bytes(wanted: ProposedAction, action: Action[Any, Any], **bound: object) -> bytes:
    described = {"action": action.id, "version": action.version}
    if wanted.after:
        described["after"] = wanted.after
    return canonical({**described, "params": wanted.params, "target": wanted.target, **bound})
