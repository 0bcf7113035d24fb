"""Actions: typed, versioned tool contracts, and the ledger that accounts for each effect."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import AwareDatetime, ConfigDict, ValidationError

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.money import Money
from countersign.domain.policy import Answer, Verdict
from countersign.domain.records import Records

ParamsT = TypeVar("ParamsT", bound=Contract)
PortT = TypeVar("PortT")

PROSE = "prose"
Prose = Annotated[str, PROSE]
"""A parameter of more than one line. What is plain `str` never holds a line break that a person
typed: a subject stays one header."""


class Difference(Value):
    """What an action changes at its target, by the name that the target uses."""

    name: str
    before: str
    after: str


class Receipt(Value):
    """What the target answered: the id under which the effect can be found again."""

    id: str
    evidence: Mapping[str, str] = {}


@dataclass(frozen=True)
class Action(Generic[ParamsT, PortT]):
    """One kind of effect.

    `do(port, params, key)` carries it out under the idempotency `key`. `find(port, params, key)`
    tells whether an interrupted attempt had carried it out, or is None where the target cannot
    tell: then such an attempt ends as unknown. `read_back(port, params, receipt)` returns what the
    target holds now; it must equal `expected(params)` field by field. None: the receipt is the
    proof (mail).
    """

    id: str
    version: int
    connector: str
    params: type[ParamsT]
    reversible: bool
    words: Callable[[ParamsT], str]
    """The action in one sentence for the person who signs it."""
    do: Callable[[PortT, ParamsT, str], Receipt]
    find: Callable[[PortT, ParamsT, str], Receipt | None] | None
    read_back: Callable[[PortT, ParamsT, Receipt], Mapping[str, str]] | None
    expected: Callable[[ParamsT], Mapping[str, str]]
    amount: Callable[[ParamsT], Money | None] | None = None
    """The money that the action moves, for approvers' limits and caps; None: it moves none."""
    editable: tuple[str, ...] = ()
    """Parameters that an approver may change; never a target or a recipient."""
    as_edited: Callable[[ParamsT], ParamsT] | None = None
    """What else is true of parameters that a person changed (a fixed text is a draft then)."""
    differences: Callable[[ParamsT, Records], tuple[Difference, ...]] | None = None
    """What changes at the target, against what Look found; None: it only adds something."""


@dataclass(frozen=True)
class Wanted:
    """An action that a workflow wants, before policy has spoken."""

    action: str
    params: Contract
    target: str


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
    """Id of the approver who changed the parameters last, if one did."""
    edited_from: str = ""
    """The bytes before the first change, so that a signer sees what people changed."""

    def content(self) -> Mapping[str, Any]:
        """The stored bytes, parsed."""
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def key(self) -> str:
        """The idempotency key at the target: the same job and bytes are the same effect."""
        return "cs-" + self.digest[:32]


def entry(
    index: int,
    wanted: Wanted,
    action: Action[Any, Any],
    verdict: Verdict,
    *,
    job_id: str,
    policy: str,
    expires_at: datetime,
) -> LedgerEntry:
    """The ledger entry of `wanted`, its bytes fixed from here on."""
    body = _bytes(wanted, action, job=job_id, policy=policy, expires_at=expires_at)
    return LedgerEntry(
        index=index,
        action=action.id,
        action_version=action.version,
        connector=action.connector,
        body=body.decode(),
        digest=digest(body),
        verdict=verdict,
        status=_first_status(verdict),
    )


def params_of(held: LedgerEntry, action: Action[ParamsT, Any]) -> ParamsT:
    """The parameters out of the stored bytes. Raises UnknownVersion for bytes of other code."""
    if held.action_version != action.version:
        known = f"{action.id} v{action.version}"
        raise UnknownVersion(f"planned {held.action} v{held.action_version}; this code has {known}")
    try:
        return action.params.model_validate_json(json.dumps(held.content()["params"]))
    except ValidationError:
        raise UnknownVersion(f"the stored parameters of {held.action} break its contract") from None


def check_bytes(held: LedgerEntry, job_id: str, now: datetime) -> None:
    """Recompute the digest from the stored bytes. Raises NotAuthorised when anything moved."""
    if digest(held.body.encode()) != held.digest:
        raise NotAuthorised(f"action {held.index}: the stored bytes are not the ones decided on")
    bound = _bound(held)
    if (bound.job, bound.action, bound.version) != (job_id, held.action, held.action_version):
        raise NotAuthorised(f"action {held.index} belongs to another job or another action")
    if bound.expires_at <= now:
        raise NotAuthorised(f"action {held.index} is past its hard expiry")


def _bytes(wanted: Wanted, action: Action[Any, Any], **bound: object) -> bytes:
    described = {"action": action.id, "version": action.version}
    return canonical({**described, "params": wanted.params, "target": wanted.target, **bound})


class _Bound(Value):
    """What the bytes say about themselves."""

    model_config = ConfigDict(extra="ignore")

    job: str
    action: str
    version: int
    expires_at: AwareDatetime


def _bound(held: LedgerEntry) -> _Bound:
    try:
        return _Bound.model_validate_json(held.body)
    except ValidationError:
        raise NotAuthorised(f"action {held.index}: the stored bytes are no action's") from None


def _first_status(verdict: Verdict) -> ActionStatus:
    return {
        Answer.RUN: ActionStatus.AUTHORISED,
        Answer.ASK: ActionStatus.PLANNED,
        Answer.FORBID: ActionStatus.FORBIDDEN,
    }[verdict.answer]
