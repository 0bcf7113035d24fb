"""Forgeries of stored rows: what somebody with a hand in the table could change, by name."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from countersign.domain.approvals.approval import EXPIRY, Approval, Choice, Decision, Person
from countersign.domain.canonical import digest
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Quorum

LOOK_ALIKE = dict(zip("aceiopxyAEHKMOPT", "асеіорхуАЕНКМОРТ", strict=True))
MALLORY = Person(id="mallory", name="Mallory", address="mallory@example.com")

Text = Callable[[str, random.Random], str]


def _number(text: str, dealt: random.Random) -> str:
    at = dealt.choice([n for n, c in enumerate(text) if c in "0123456789"])
    return text[:at] + str((int(text[at]) + dealt.randrange(1, 10)) % 10) + text[at + 1 :]


def _confusable(text: str, dealt: random.Random) -> str:
    at = dealt.choice([n for n, c in enumerate(text) if c in LOOK_ALIKE])
    return text[:at] + LOOK_ALIKE[text[at]] + text[at + 1 :]


def _inserted(characters: str) -> Text:
    def insert(text: str, dealt: random.Random) -> str:
        at = dealt.randrange(text.index('"params"') + 12, len(text) - 2)
        return text[:at] + dealt.choice(characters) + text[at:]

    return insert


def _normal(form: Any) -> Text:
    def change(text: str, _: random.Random) -> str:
        return unicodedata.normalize(form, text)

    return change


def _order(text: str, dealt: random.Random) -> str:
    parsed = json.loads(text)
    names = list(parsed)
    while names == list(parsed):
        dealt.shuffle(names)
    return _plain({name: parsed[name] for name in names})


def _spaced(text: str, _: random.Random) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False)


def _escaped(text: str, _: random.Random) -> str:
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=True)


def _member(name: str, value: Any) -> Text:
    def change(text: str, _: random.Random) -> str:
        return _plain({**json.loads(text), name: value})

    return change


def _param(text: str, dealt: random.Random) -> str:
    parsed = json.loads(text)
    name = dealt.choice([n for n, v in parsed["params"].items() if isinstance(v, str)])
    parsed["params"][name] += "!"
    return _plain(parsed)


def _twice(text: str, _: random.Random) -> str:
    return text[:-1] + ',"target":"mallory@example.com"}'


def _plain(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


BODIES: Mapping[str, Text] = {
    "number": _number,
    "confusable": _confusable,
    "bidi": _inserted("\u202e\u202d\u2066\u2067\u200f"),
    "invisible": _inserted("\u200b\u2060\ufeff\u00ad\u00a0"),
    "NFD": _normal("NFD"),
    "NFKD": _normal("NFKD"),
    "order of keys": _order,
    "white space": _spaced,
    "escapes": _escaped,
    "a key twice": _twice,
    "a parameter": _param,
    "target": _member("target", "mallory@example.com"),
    "job": _member("job", "j-aaaabbbbccccddddeeeeffff"),
    "hard expiry": _member("expires_at", "2036-01-01T00:00:00.000000Z"),
    "policy": _member("policy", "lead_intake/none"),
    "action in the bytes": _member("action", "email.send_reply "),
    "version in the bytes": _member("version", 9),
}

ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "digest": {"digest": "0" * 64},
    "action": {"action": "crm.undo"},
    "action version": {"action_version": 2},
    "verdict": {"verdict": Answer.FORBID},
    "another request": {"approval": "a-another"},
}
"""Fields beside the bytes, and what they become."""
ONCE_DECIDED = frozenset({"another request"})
"""Those that only the decision sets: an earlier value is not kept."""

Request = Callable[[Approval], Mapping[str, Any]]

REQUESTS: Mapping[str, Request] = {
    "superseded": lambda _: {"superseded": True},
    "deadline": lambda one: {"deadline": one.requested_at},
    "people": lambda _: {"approvers": (MALLORY,)},
    "requester": lambda one: {"requester": one.approvers[0].address.upper()},
    "author": lambda one: {"author": one.approvers[0].id},
    "editor": lambda one: {"editors": dict.fromkeys(one.digests, (one.approvers[0].id,))},
    "quorum": lambda _: {"quorum": Quorum.TWO},
    "an action less": lambda one: {"digests": one.digests[1:]},
    "an action more": lambda one: {"digests": (*one.digests, "f" * 64)},
    "another action": lambda one: {"digests": (*one.digests[:-1], "f" * 64)},
}
"""The request itself, at any time."""

BEFORE: Mapping[str, Request] = {
    "order of actions": lambda one: {"digests": tuple(reversed(one.digests))},
    "amounts": lambda one: {"amounts": dict.fromkeys(one.digests, _much())},
}
"""The request, while it waits."""


def _much() -> Money:
    return Money(amount=Decimal("1000000.00"), currency="EUR")


def _said(change: Callable[[Decision], Mapping[str, Any]]) -> Request:
    """The same change of the decision and of the signature that it came from."""

    def both(one: Approval) -> Mapping[str, Any]:
        made = one.decision
        assert made is not None
        return {
            "decision": made.model_copy(update=change(made)),
            "signatures": tuple(s.model_copy(update=change(s)) for s in one.signatures),
        }

    return both


def _signed(change: Callable[[Decision], Mapping[str, Any]]) -> Request:
    """A change of the signatures, the decision left alone."""
    return lambda one: {"signatures": tuple(s.model_copy(update=change(s)) for s in one.signatures)}


def _rejected(one: Decision) -> Mapping[str, Any]:
    return {"choices": dict.fromkeys(one.choices, Choice.REJECT), "reason": "no"}


AFTER: Mapping[str, Request] = {
    "no decision": lambda _: {"decision": None},
    "decided by nobody asked": _said(lambda _: {"by": MALLORY.id}),
    "decided by time": _said(lambda _: {"by": EXPIRY}),
    "decided too late": _said(lambda one: {"at": one.at + timedelta(days=30)}),
    "rejected": _said(_rejected),
    "about fewer": _said(lambda one: {"choices": dict(list(one.choices.items())[1:])}),
    "about others": _said(lambda one: {"choices": {"e" * 64: Choice.APPROVE, **one.choices}}),
    "signed by nobody asked": _signed(lambda _: {"by": MALLORY.id}),
    "signed too late": _signed(lambda one: {"at": one.at + timedelta(days=30)}),
    "signed as rejected": _signed(_rejected),
}
"""The request, once it is decided."""


def forged_body(held: LedgerEntry, name: str, dealt: random.Random, *, fits: bool) -> LedgerEntry:
    """The entry with other bytes; with a digest that fits them, when `fits`."""
    body = BODIES[name](held.body, dealt)
    update = {"body": body, **({"digest": digest(body.encode())} if fits else {})}
    return held.model_copy(update=update)


def forged_entry(held: LedgerEntry, name: str) -> LedgerEntry:
    """The entry with another value beside its bytes."""
    update = dict(ENTRIES[name])
    if "verdict" in update:
        update["verdict"] = held.verdict.model_copy(update={"answer": update["verdict"]})
    return held.model_copy(update=update)


def with_entry(record: JobRecord, made: LedgerEntry) -> JobRecord:
    """The record with one entry replaced, read back from its row's text as the store does."""
    again = LedgerEntry.model_validate_json(made.model_dump_json())
    ledger = tuple(again if held.index == made.index else held for held in record.ledger)
    return replace(record, ledger=ledger)


def with_request(record: JobRecord, one: Approval, update: Mapping[str, Any]) -> JobRecord:
    """The record with its request changed, read back as the store does."""
    made = one.model_copy(update=dict(update))
    again = Approval.model_validate_json(made.model_dump_json())
    return replace(record, approvals={**record.approvals, one.approval_id: again})


def unsigned(held: LedgerEntry) -> LedgerEntry:
    """The entry as if policy had let it run: no signature needed."""
    verdict = held.verdict.model_copy(update={"answer": Answer.RUN})
    return held.model_copy(update={"verdict": verdict, "status": ActionStatus.AUTHORISED})
