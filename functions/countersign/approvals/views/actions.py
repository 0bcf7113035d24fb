"""One action on a page: in words, its exact parameters, what it changes, what people changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.money import Money
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Found
from countersign.domain.workflow import Workflow, action_for
from countersign.web.text import Pieces, Run, compared, foreign_letters, label, visible
from countersign.web.wording import SHORT

_LONG = 60
_MONEY = {"minor", "currency"}


@dataclass(frozen=True)
class Param:
    """One parameter. `long` ones are shown as a block, with their white space."""

    label: str
    value: Pieces
    long: bool
    empty: bool


def exact(params: Mapping[str, Any]) -> tuple[Param, ...]:
    """All parameters, short ones first, nested ones by their path."""
    rows = [_param(name, text) for name, text in _flattened("", params)]
    return tuple(sorted(rows, key=lambda row: row.long))


def texts(params: Mapping[str, Any]) -> dict[str, str]:
    """The same parameters as text, by their path."""
    return dict(_flattened("", params))


def amounts(params: Mapping[str, Any]) -> tuple[Money, ...]:
    """Every amount of money among the parameters."""
    return tuple(Money.model_validate(value) for value in params.values() if _is_money(value))


def _param(name: str, text: str) -> Param:
    return Param(label(name), visible(text), len(text) > _LONG or "\n" in text, not text)


def _flattened(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and not _is_money(value):
        for key, item in value.items():
            yield from _flattened(f"{path} {key}".strip(), item)
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _flattened(f"{path} {number}", item)
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    if _is_money(value):
        return str(Money.model_validate(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == _MONEY and isinstance(value["minor"], int)


@dataclass(frozen=True)
class Altered:
    """A value before and after, as runs in reading order."""

    label: str
    runs: tuple[Run, ...]
    whole: bool
    """Whether it is two runs, one before and one after."""


@dataclass(frozen=True)
class Item:
    """One action that waits for a choice."""

    number: int
    digest: str
    short: str
    words: Pieces
    target: Pieces
    letters: str
    """Letters in the target that may be look-alikes; empty when there are none."""
    undo: str
    """Until when it can be undone, in a sentence; empty when it cannot."""
    reasons: tuple[Found, ...]
    params: tuple[Param, ...]
    body: Pieces
    changes: tuple[Altered, ...] | None
    """What changes at the target; nothing known (None) is not the same as no change."""
    editor: str
    """Who changed the proposal; empty when nobody did."""
    edits: tuple[Altered, ...]
    editable: str
    """Names of what may be edited; empty when nothing may."""


def item(
    number: int,
    held: LedgerEntry,
    record: JobRecord,
    workflow: Workflow[Any],
    names: Mapping[str, str],
) -> Item:
    """The view of an entry whose bytes were checked. Raises UnknownVersion."""
    action = action_for(workflow, held)
    content = held.content()
    return Item(
        number=number,
        digest=held.digest,
        short=held.digest[:SHORT],
        words=visible(action.words(params_of(held, action))),
        target=visible(content["target"]),
        letters=foreign_letters(content["target"]),
        undo=until_when(record) if action.reversible else "",
        reasons=held.verdict.reasons,
        params=exact(content["params"]),
        body=visible(held.body),
        changes=_changes(held, record, workflow),
        editor=names.get(held.edited_by, held.edited_by),
        edits=_edits(held),
        editable=", ".join(label(name).lower() for name in action.editable),
    )


def until_when(record: JobRecord) -> str:
    """For as long as the job is kept; the record at the target may make an end of it sooner."""
    last = record.job.created_at + timedelta(days=KEPT_DAYS)
    day = f"{last.day} {last:%B %Y}"
    return f"It can be undone until {day}, unless somebody changes it there first."


def _changes(
    held: LedgerEntry, record: JobRecord, workflow: Workflow[Any]
) -> tuple[Altered, ...] | None:
    action = action_for(workflow, held)
    tells = action.differences or workflow.shows.get(action.id)
    if tells is None or "records" not in record.results:
        return None
    found = tells(params_of(held, action), record.results["records"].as_(Records))
    return None if found is None else tuple(altered(o.name, o.before, o.after) for o in found)


def _edits(held: LedgerEntry) -> tuple[Altered, ...]:
    """What differs from the first proposal, parameter by parameter."""
    if not held.edited_from:
        return ()
    before = texts(json.loads(held.edited_from)["params"])
    after = texts(held.content()["params"])
    return tuple(
        altered(name, before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    )


def altered(name: str, before: str, after: str) -> Altered:
    """One field, before and after."""
    runs = compared(before, after)
    return Altered(label(name), runs, [run.kind for run in runs] == ["gone", "new"])
