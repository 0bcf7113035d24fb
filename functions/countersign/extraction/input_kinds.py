"""What kind of input a stored one is, for counting: the first that holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.matters import FOLLOWS
from countersign.extraction.customer import DERIVED, DOUBTED
from countersign.extraction.patterns import orders

_FEW = 40
"""Characters of a text that says no more than “see attached”."""
_ORDERS = frozenset({"order", "refund"})


def kind(record: JobRecord, languages: Collection[str]) -> str:
    """The kind of the job's input. `languages` are those that somebody here reads."""
    held = record.results.get("input")
    if held is None:
        return "not read"
    given = json.loads(held.text)
    return next((name for name, holds in _KINDS if holds(given, record, languages)), "plain")


def _noted(begin: str) -> Callable[[Mapping[str, Any], JobRecord, Collection[str]], bool]:
    return lambda given, _record, _: any(one.startswith(begin) for one in given["defects"])


def _only_files(given: Mapping[str, Any], _record: JobRecord, _: Collection[str]) -> bool:
    return bool(given["attachments"]) and len(given.get("text", "").strip()) < _FEW


def _foreign(given: Mapping[str, Any], record: JobRecord, languages: Collection[str]) -> bool:
    proposal = record.results.get("proposal")
    facts = json.loads(proposal.text)["facts"] if proposal else {}
    spoken = facts.get("language", {}).get("value") or next(iter(given["language_hints"]), "")
    return bool(spoken) and spoken not in languages


def _unnumbered(given: Mapping[str, Any], record: JobRecord, _: Collection[str]) -> bool:
    """It wants something of an order, and names none."""
    proposal = record.results.get("proposal")
    facts = json.loads(proposal.text)["facts"] if proposal else {}
    wanted = {"refund"} & {one.get("value") for one in facts.values()}
    text = f"{given.get('subject', '')}\n{given.get('text', '')}"
    return bool(wanted) and not orders.found(text)


_KINDS: tuple[tuple[str, Callable[[Any, JobRecord, Collection[str]], bool]], ...] = (
    ("automatic", lambda given, _record, _: bool(given["automatic"])),
    ("follow-up", lambda _given, record, _: FOLLOWS in record.results),
    ("forward", lambda given, _record, _: bool(given.get("forwarded"))),
    ("sent for somebody else", _noted(DERIVED)),
    ("customer not sure", _noted(DOUBTED)),
    ("attachment only", _only_files),
    ("other language", _foreign),
    ("without number", _unnumbered),
    ("form", lambda given, _record, _: given["channel"] == "form"),
)
