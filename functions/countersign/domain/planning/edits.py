"""Edits: a person changes parameters before they are signed; new bytes, judged as the old were."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from pydantic import ValidationError

from countersign.domain.approvals.directory import Member
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken, NotAuthorised
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import Action, ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry, params_of
from countersign.domain.ledger.fields import changed, faults, inputs, value
from countersign.domain.ledger.integrity import check_bytes
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Verdict, joined
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Situation, findings
from countersign.domain.workflow import Workflow, action_for, money_facts


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
        ours=frozenset(held.key for held in record.ledger),
        received_at=record.job.source.received_at,
        edited=tuple(
            params_of(held, action_for(workflow, held)) for held in record.ledger if held.edited_by
        ),
    )


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
    action = action_for(workflow, held)
    _check_not_sent(held, action)
    params = _params(held, action, texts, now)
    _within_limit(action, params, by)
    verdict = _judged(workflow, record, held, params, now)
    made = _anew(held, action, params, verdict, workflow.policy.version)
    if made.digest in {other.digest for other in record.ledger if other.index != held.index}:
        raise ContractBroken("another action of this job is exactly the same")
    first = held.edited_from or held.body
    return made.model_copy(
        update={"edited_by": by.person.id, "edited_before": editors(held), "edited_from": first}
    )


def editors(held: LedgerEntry) -> tuple[str, ...]:
    """Ids of all who changed the parameters, each once."""
    return tuple(dict.fromkeys(one for one in (*held.edited_before, held.edited_by) if one))


def _anew(
    held: LedgerEntry, action: Action[Any, Any], params: Contract, verdict: Verdict, policy: str
) -> LedgerEntry:
    """The entry with other parameters; job, target and hard expiry are what they were."""
    content = held.content()
    return entry(
        held.index,
        ProposedAction(
            action=held.action, params=params, target=content["target"], after=held.after
        ),
        action,
        verdict,
        job_id=content["job"],
        policy=policy,
        expires_at=datetime.fromisoformat(content["expires_at"]),
        plan=held.plan,
    )


def _check_not_sent(held: LedgerEntry, action: Action[Any, Any]) -> None:
    """Other bytes have another key, under which what was accepted would not be found again."""
    if held.receipt is not None and action.read_back is not None:
        raise ContractBroken("the target has accepted this once: approve or reject it as it is")


def changed_names(before: LedgerEntry, after: LedgerEntry) -> tuple[str, ...]:
    """The names of the parameters in which two versions of an entry differ."""
    old, new = before.content()["params"], after.content()["params"]
    return tuple(name for name in new if new[name] != old.get(name))


def _params(
    held: LedgerEntry, action: Action[Any, Any], texts: Mapping[str, str], now: datetime
) -> Contract:
    fields = inputs(held, action)
    wrong = faults(fields, texts, now)
    if wrong:
        raise ContractBroken("; ".join(f"{name} {fault}" for name, fault in wrong.items()))
    typed = changed(fields, texts)
    if not typed:
        raise ContractBroken("nothing was changed")
    values = {one.name: value(one, typed[one.name]) for one in fields if one.name in typed}
    params: Contract = action.params.read({**held.content()["params"], **values})
    return action.as_edited(params) if action.as_edited else params


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


_SUM = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})")


def parts(workflow: Workflow[Any]) -> dict[str, type[Value]]:
    """The parts of the model's answer that become facts, each with its kind."""
    every = workflow.answer.model_fields.items()
    return {n: kind for n, info in every for kind in _types(info.annotation) if _is_part(kind)}


def said(workflow: Workflow[Any], proposal: Proposal, name: str) -> str:
    """What is known of a part now, as a person would type it: a sum as `1250.00 EUR`."""
    held = (proposal.value(one) for one in _facts(workflow, name))
    return " ".join(one for one in held if one)


def facts_of(workflow: Workflow[Any], typed: Mapping[str, str]) -> dict[str, str]:
    """Corrections under the names of the facts that rules read. A fact's own name is taken too.

    Raises ContractBroken for a name that nothing reads, and for a sum that is none.
    """
    found: dict[str, str] = {}
    for name, text in typed.items():
        found |= _corrected(workflow, name, text)
    return found


def is_sum(text: str) -> bool:
    """Whether `text` is digits with a point and a currency: `1250.00 EUR`."""
    match = _SUM.fullmatch(text)
    try:
        return bool(match and Money(amount=Decimal(match[1]), currency=match[2]))
    except ValidationError:
        return False


def _corrected(workflow: Workflow[Any], name: str, text: str) -> dict[str, str]:
    known = {one: _facts(workflow, one) for one in parts(workflow)}
    facts = known.get(name, ())
    if not facts and not any(name in own for own in known.values()):
        raise ContractBroken(f"nothing reads a fact {name}; there are {', '.join(known)}")
    if len(facts) < 2:  # noqa: PLR2004 - an amount and a currency are two facts
        return {name: text}
    if text and not is_sum(text):
        raise ContractBroken(f"{name} is digits with a point and a currency: 1250.00 EUR")
    amount, _, currency = text.partition(" ")
    return dict(zip(facts, (amount, currency), strict=True))


def _facts(workflow: Workflow[Any], name: str) -> tuple[str, ...]:
    """The names under which a part of the answer is kept."""
    prefix = workflow.money.get(name)
    return money_facts(prefix) if prefix else (name,)


def _types(hint: Any) -> Iterator[Any]:
    """The types in an annotation, whatever else stands beside them."""
    if hasattr(hint, "__metadata__"):
        yield hint.__origin__
    elif isinstance(hint, type):
        yield hint
    else:
        for one in get_args(hint):
            yield from _types(one)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Value) and "quotes" in kind.model_fields
