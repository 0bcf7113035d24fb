"""Edits: a person changes parameters before they are signed; new bytes, judged as the old were."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from countersign.domain.actions import (
    PROSE,
    Action,
    ActionStatus,
    LedgerEntry,
    Wanted,
    check_bytes,
    entry,
    params_of,
)
from countersign.domain.canonical import plain
from countersign.domain.change import JobRecord
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken, NotAuthorised, UnknownVersion
from countersign.domain.money import Money
from countersign.domain.people import Member
from countersign.domain.policy import Answer, Verdict, joined
from countersign.domain.proposal import Proposal
from countersign.domain.records import Records
from countersign.domain.release import Limits
from countersign.domain.rules import Situation, findings
from countersign.domain.workflow import Workflow

Kind = Literal["line", "prose", "moment", "money"]

MOST = {"line": 300, "prose": 10_000, "moment": 16, "money": 30}
"""Characters by kind of field."""

_MOMENT = "%Y-%m-%dT%H:%M"
"""What a browser's `datetime-local` sends; here it is UTC."""
_MONEY = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BREAK = re.compile("\r\n?")


class Input(Value):
    """A field that may be edited: its kind, its present text, whether it must say something."""

    name: str
    kind: Kind
    text: str
    required: bool


def situation(workflow: Workflow[Any], record: JobRecord, now: datetime) -> Situation[Any]:
    """What rules judge a stored job by, people's edits included. Raises UnknownVersion when what
    is stored was written by other code."""
    return Situation(
        job_id=record.job.job_id,
        input=record.results["input"].as_(workflow.input),
        proposal=record.results["proposal"].as_(Proposal),
        records=record.results["records"].as_(Records),
        limits=record.results["limits"].as_(Limits),
        now=now,
        edited=tuple(
            params_of(held, action_of(workflow, held)) for held in record.ledger if held.edited_by
        ),
    )


def action_of(workflow: Workflow[Any], held: LedgerEntry) -> Action[Any, Any]:
    """The action of an entry. Raises UnknownVersion when this code has none of that name."""
    action = workflow.actions.get(held.action)
    if action is None:
        raise UnknownVersion(f"planned {held.action}; this code has no such action")
    return action


def inputs(held: LedgerEntry, action: Action[Any, Any]) -> tuple[Input, ...]:
    """The fields of the form for this entry, in the action's order. Raises UnknownVersion."""
    params = params_of(held, action)
    fields = action.params.model_fields
    return tuple(_input(name, fields[name], getattr(params, name)) for name in action.editable)


def faults(fields: Sequence[Input], texts: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is wrong with what was typed, by field; what was left alone is never wrong."""
    typed = _changed(fields, texts)
    found = {one.name: _fault(one, typed[one.name], now) for one in fields if one.name in typed}
    return {name: fault for name, fault in found.items() if fault}


def edited(
    workflow: Workflow[Any],
    record: JobRecord,
    held: LedgerEntry,
    texts: Mapping[str, str],
    *,
    by: Member,
    now: datetime,
) -> LedgerEntry:
    """`held` with what `by` typed: same target, same hard expiry, new bytes, a new digest.

    Raises ContractBroken, with a sentence for the person, for no change, a field or a contract that
    is broken, an amount above their limit, and what policy forbids; NotAuthorised when the stored
    bytes moved or do not wait for a signature.
    """
    check_bytes(held, record.job.job_id, now)
    if held.status is not ActionStatus.PLANNED:
        raise NotAuthorised(f"action {held.index} does not wait for a signature")
    action = action_of(workflow, held)
    params = _params(held, action, texts, now)
    _within_limit(action, params, by)
    content = held.content()
    made = entry(
        held.index,
        Wanted(action=held.action, params=params, target=content["target"]),
        action,
        _judged(workflow, record, held, params, now),
        job_id=record.job.job_id,
        policy=workflow.policy.version,
        expires_at=datetime.fromisoformat(content["expires_at"]),
    )
    if made.digest in {other.digest for other in record.ledger if other.index != held.index}:
        raise ContractBroken("another action of this job is exactly the same")
    first = held.edited_from or held.body
    return made.model_copy(update={"edited_by": by.person.id, "edited_from": first})


def changed_names(before: LedgerEntry, after: LedgerEntry) -> tuple[str, ...]:
    """The names of the parameters in which two versions of an entry differ."""
    old, new = before.content()["params"], after.content()["params"]
    return tuple(name for name in new if new[name] != old.get(name))


def _input(name: str, field: FieldInfo, value: Any) -> Input:
    kind = _kind(field)
    return Input(name=name, kind=kind, text=_text(value), required=field.is_required())


def _kind(field: FieldInfo) -> Kind:
    kinds = {field.annotation, *get_args(field.annotation)}
    if datetime in kinds:
        return "moment"
    if Money in kinds:
        return "money"
    return "prose" if PROSE in field.metadata else "line"


def _text(value: Any) -> str:
    """A value as its field shows it."""
    match value:
        case datetime():
            return value.astimezone(UTC).strftime(_MOMENT)
        case Money():
            return f"{value.amount:f} {value.currency}"
        case _:
            return str(value or "")


def _changed(fields: Sequence[Input], texts: Mapping[str, str]) -> dict[str, str]:
    typed = {one.name: _as_typed(one.kind, texts.get(one.name, one.text)) for one in fields}
    return {
        one.name: typed[one.name]
        for one in fields
        if typed[one.name] != _as_typed(one.kind, one.text)
    }


def _as_typed(kind: Kind, text: str) -> str:
    """`text` as a browser sends it back when nobody touched it, in NFC."""
    whole = unicodedata.normalize("NFC", _BREAK.sub("\n", text))
    return whole if kind == "prose" else whole.replace("\n", "").strip()


def _fault(field: Input, text: str, now: datetime) -> str:
    if field.required and not text.strip():
        return "This must not be empty."
    if len(text) > MOST[field.kind]:
        return f"This is longer than {MOST[field.kind]} characters."
    if _CONTROL.search(text):
        return "This has a control character in it; type it anew."
    return _unread(field, text, now) if text else ""


def _unread(field: Input, text: str, now: datetime) -> str:
    if field.kind == "moment":
        at = _moment(text)
        return "" if at and at > now else "Give a time that is still to come."
    if field.kind == "money" and _money(text, field.text) is None:
        return f"Write the amount like {field.text or '1250.00 EUR'}, in the same currency."
    return ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _money(text: str, before: str) -> Money | None:
    said = _MONEY.fullmatch(text)
    if said is None or before[-3:] not in ("", said[2]):
        return None
    try:
        return Money(amount=Decimal(said[1]), currency=said[2])
    except ValidationError:
        return None


def _params(
    held: LedgerEntry, action: Action[Any, Any], texts: Mapping[str, str], now: datetime
) -> Contract:
    fields = inputs(held, action)
    wrong = faults(fields, texts, now)
    if wrong:
        raise ContractBroken("; ".join(f"{name}: {fault}" for name, fault in wrong.items()))
    typed = _changed(fields, texts)
    if not typed:
        raise ContractBroken("nothing was changed")
    values = {one.name: _value(one, typed[one.name]) for one in fields if one.name in typed}
    params: Contract = action.params.read({**held.content()["params"], **values})
    return action.as_edited(params) if action.as_edited else params


def _value(field: Input, text: str) -> Any:
    """What was typed, as the canonical bytes spell it."""
    known = {"moment": _moment(text), "money": _money(text, field.text)}
    return plain(known[field.kind]) if field.kind in known else text


def _within_limit(action: Action[Any, Any], params: Contract, by: Member) -> None:
    amount = action.amount(params) if action.amount else None
    if not by.covers(action.id, amount):
        raise ContractBroken(f"{amount} is above what {by.person.name} may approve")


def _judged(
    workflow: Workflow[Any],
    record: JobRecord,
    held: LedgerEntry,
    params: Contract,
    now: datetime,
) -> Verdict:
    """The verdict on the new parameters, never milder than the one on the old."""
    others = tuple(other for other in record.ledger if other.index != held.index)
    seen = situation(workflow, replace(record, ledger=others), now)
    found = findings(workflow.rules, replace(seen, edited=(*seen.edited, params)))
    verdict = workflow.policy.verdict(held.action, found)
    if verdict.answer is Answer.FORBID:
        why = "; ".join(reason.sentence for reason in verdict.reasons)
        raise ContractBroken(f"policy forbids this: {why}")
    return joined(held.verdict, verdict)
