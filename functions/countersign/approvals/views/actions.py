"""One action on a page: in words, its exact parameters, what it changes, what people changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import KEPT_DAYS
from countersign.domain.ledger.action import Action, Difference
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.ledger.told import texts
from countersign.domain.planning.plan import situation, unfit
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Found
from countersign.domain.workflow import Workflow, action_for
from countersign.web.text import (
    UTC,
    Pieces,
    Run,
    compared,
    foreign_letters,
    label,
    plainly,
    visible,
)
from countersign.web.wording import in_words, seller

_LONG = 60


@dataclass(frozen=True)
class Param:
    """One parameter. `long` ones are shown as a block, with their white space."""

    label: str
    value: Pieces
    long: bool
    empty: bool


def exact(params: Mapping[str, Any], zone: str = UTC) -> tuple[Param, ...]:
    """All parameters, short ones first, nested ones by their path."""
    rows = [_param(name, text, zone) for name, text in texts(params).items()]
    return tuple(sorted(rows, key=lambda row: row.long))


def _param(name: str, text: str, zone: str) -> Param:
    shown = visible(plainly(text, zone))
    return Param(label(name), shown, len(text) > _LONG or "\n" in text, not text)


@dataclass(frozen=True)
class Seen:
    """What the actions of a page are shown with: the job, its workflow, names of people by id, who
    reads it in which zone, and when."""

    record: JobRecord
    workflow: Workflow[Any]
    names: Mapping[str, str]
    now: datetime
    zone: str = UTC


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
    words: Pieces
    target: Pieces
    """Where it goes; empty when the sentence says so, or it is a number of the target's own."""
    letters: str
    """Letters in the target that may be look-alikes; empty when there are none."""
    undo: str
    """Until when it can be undone, in a sentence; empty when it cannot."""
    why: tuple[Pieces, ...]
    """What asks for this signature, that no action above it has said."""
    reasons: tuple[Found, ...]
    shown: tuple[Param, ...]
    """What the sentence does not say already: long texts whole, everything empty left out."""
    evidence: tuple[Param, ...]
    """What the signer should know of the target."""
    params: tuple[Param, ...]
    body: Pieces
    changes: tuple[Altered, ...] | None
    """What changes at the target; nothing known (None) is not the same as no change."""
    since: tuple[Altered, ...]
    """What changed after it was asked, so that it is asked again; nothing the first time."""
    approved: Mapping[str, str]
    """Who had approved it before that, as it was: names by id."""
    editor: str
    """Who changed the proposal; empty when nobody did."""
    edits: tuple[Altered, ...]
    routes: bool
    """Whether it only says where something of ours goes: then who reads needs the message."""
    editable: str
    """The words that lead to where it is edited; empty when nothing may be."""
    unfit: str
    """Why it could never run as it is: then it cannot be approved; empty where nothing is known."""


def item(number: int, held: LedgerEntry, seen: Seen, told: Collection[str] = ()) -> Item:
    """The view of a checked entry; `told` are reasons that stand above. Raises UnknownVersion."""
    action = action_for(seen.workflow, held)
    content = held.content()
    words = in_words(held, seen.workflow)
    reasons = tuple(dict.fromkeys(reason.told for reason in held.verdict.reasons))
    inner = {texts(content["params"]).get(name) for name in action.inner}
    target = "" if content["target"] in {words, *inner} else content["target"]
    return Item(
        number=number,
        digest=held.digest,
        words=visible(words),
        target=visible("" if target in words or action.chooser_signs else target),
        letters=foreign_letters(content["target"]),
        undo=until_when(seen.record) if action.reversible else "",
        why=tuple(visible(one) for one in reasons if one not in told),
        reasons=held.verdict.reasons,
        shown=_shown(content["params"], action.inner, words, seen.zone),
        evidence=_evidence(held, seen),
        params=exact(content["params"], seen.zone),
        body=visible(held.body),
        changes=_changes(held, seen.record, seen.workflow),
        since=tuple(_news(one, seen.workflow) for one in held.since),
        approved={one: seen.names.get(one, one) for one in approved(held, seen.record)},
        editor=seen.names.get(held.edited_by, held.edited_by),
        edits=_edits(held),
        routes=action.chooser_signs,
        editable=_editable(action),
        unfit=_unfit(held, seen),
    )


def _unfit(held: LedgerEntry, seen: Seen) -> str:
    found = seen.record.results.get("records")
    return unfit(seen.workflow, found.as_(Records), held) if found else ""


def _editable(action: Action[Any, Any]) -> str:
    if action.chooser_signs:
        return "Choose where it belongs"
    names = ", ".join(label(name).lower() for name in action.editable)
    return f"Edit {names}" if names else ""


def _shown(
    params: Mapping[str, Any], inner: Collection[str], words: str, zone: str
) -> tuple[Param, ...]:
    every = texts(params).items()
    said = {name: text for name, text in every if name.partition(" ")[0] not in inner}
    rows = (_param(name, text, zone) for name, text in said.items() if text not in words)
    return tuple(sorted(rows, key=lambda row: row.long))


def _evidence(held: LedgerEntry, seen: Seen) -> tuple[Param, ...]:
    tells = seen.workflow.evidence.get(held.action)
    if tells is None or "records" not in seen.record.results:
        return ()
    params = params_of(held, action_for(seen.workflow, held))
    rows = tells(situation(seen.workflow, seen.record, seen.now), params)
    return tuple(_param(name, text, seen.zone) for name, text in rows if text)


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
    return None if found is None else tuple(_change(one, workflow) for one in found)


def approved(held: LedgerEntry, record: JobRecord) -> tuple[str, ...]:
    """Who had approved these bytes in the last request that was decided about them."""
    decided = (one for one in record.approvals.values() if one.decision)
    asked = [one for one in decided if held.digest in one.digests]
    last = max(asked, key=lambda one: one.requested_at, default=None)
    return tuple(sorted(last.signers(held.digest))) if last else ()


def _news(one: Difference, workflow: Workflow[Any]) -> Altered:
    """Of what was not there before only what is there now."""
    if one.before:
        return _change(one, workflow)
    return Altered(label(one.name), (Run("new", visible(one.after)),), whole=False)


def _change(one: Difference, workflow: Workflow[Any]) -> Altered:
    if one.name == "owner":
        return altered(one.name, seller(one.before, workflow), seller(one.after, workflow))
    return altered(one.name, one.before, one.after)


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
