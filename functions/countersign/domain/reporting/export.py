"""The record of one job as a file that whoever does not trust us can check: JSON lines in a chain.

A line's hash covers its place, its kind and a salted commitment to its body, and the hash before.
Body and salt can be taken out of a line later; the chain still proves what was there. The last hash
is the root: it proves something only to whoever got it elsewhere than from the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from countersign.domain.canonical import canonical, digest, plain
from countersign.domain.contract import Stored
from countersign.domain.errors import ContractBroken, UnknownVersion
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.forgetting import CUT, TOMBSTONE, Cut, Tombstone
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.reporting.seals import Head, SealedHead

_FIELDS = {"n", "kind", "name", "commitment", "hash"}
_BODY = {"body", "salt"}
_PLAIN = frozenset({"job", "versions", "seal"})
"""Kinds of lines that hold no content: they are never taken out."""
_Part = tuple[str, str, Any]
"""Kind, name and body of a line."""
SEAL = "seal"
_TRAIL = "audit"
"""Lines of this kind hold their own commitments: what may be erased there is their fields."""


def exported(
    record: JobRecord,
    cost: Mapping[str, Any],
    salt: Callable[[], str],
    sealed: SealedHead | None = None,
) -> tuple[bytes, str]:
    """The file and its root; with the trail's way to the root of its hour, where it has one."""
    lines, previous = [], audit.GENESIS
    for number, part in enumerate((*_parts(record, cost), *_seals(sealed)), 1):
        line = _line(number, part, salt(), previous)
        previous = line["hash"]
        lines.append(canonical(line))
    return b"\n".join(lines) + b"\n", previous


def redacted(data: bytes, kinds: Iterable[str]) -> bytes:
    """The file without the bodies of these kinds; chain and root stay as they are. Raises
    ContractBroken for a kind without which nothing can be checked."""
    gone = set(kinds)
    if gone & _PLAIN:
        raise ContractBroken(f"{', '.join(sorted(gone & _PLAIN))}: these lines hold no content")
    lines = (json.loads(text) for text in data.split(b"\n")[:-1])
    kept = (_without(one) if one["kind"] in gone else one for one in lines)
    return b"".join(canonical(one) + b"\n" for one in kept)


def _without(line: dict[str, Any]) -> dict[str, Any]:
    if line["kind"] == _TRAIL:
        return {**line, "body": {**line["body"], "fields": {}}}
    return {name: value for name, value in line.items() if name in _FIELDS}


def verify(data: bytes, root: str = "") -> list[str]:
    """What is wrong with a file, in sentences that name the line; empty when nothing is."""
    faults: list[str] = []
    lines: list[dict[str, Any]] = []
    previous = audit.GENESIS
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        line = _read(text)
        if line is None:
            return [*faults, f"line {number} is not a line of a record"]
        faults += _faults(line, number, previous)
        previous = line["hash"]
        lines.append(line)
    if not data.endswith(b"\n"):
        faults.append("the file does not end with a whole line")
    if root and previous != root:
        faults.append(
            "the last line is not the one of the root: lines are missing or were replaced"
        )
    return faults or _inside(lines)


def _parts(record: JobRecord, cost: Mapping[str, Any]) -> Iterator[_Part]:
    cases = [record.case] if record.case else []
    yield "job", record.job.job_id, plain(record.job)
    yield "versions", "", versions(record)
    yield from (("result", name, _stored(held)) for name, held in sorted(record.results.items()))
    for entry in record.ledger:
        yield "action", str(entry.index), {**plain(entry), "edits": _edits(entry)}
    yield from (("approval", name, plain(one)) for name, one in sorted(record.approvals.items()))
    yield from (("question", name, plain(one)) for name, one in sorted(record.questions.items()))
    yield from (("case", "", plain(one)) for one in cases)
    yield from ((_TRAIL, str(one.number), plain(one)) for one in record.audit)
    yield "cost", "", plain(dict(cost))


def _seals(sealed: SealedHead | None) -> Iterator[_Part]:
    if sealed:
        yield SEAL, "", plain(sealed)


def sealed_in(data: bytes) -> SealedHead | None:
    """The seal of a file that `verify` found nothing wrong with; None where it has none."""
    lines = (json.loads(text) for text in data.split(b"\n")[:-1])
    held = next((one["body"] for one in lines if one["kind"] == SEAL), None)
    return SealedHead.model_validate_json(json.dumps(held)) if held else None


def _is_result(line: Mapping[str, Any]) -> bool:
    return line["kind"] == "result" and "body" in line.get("body", {})


def _digests(actions: Iterable[Any], results: Mapping[str, Any]) -> Iterator[str]:
    cut = Cut.model_validate_json(results[CUT]["body"]) if CUT in results else None
    for held in actions:
        signed, found = held["digest"], digest(held["body"].encode())
        if found != signed and not (cut and cut.explains(f"action {held['index']}", signed, found)):
            yield f"action {held['index']}: its bytes have not its digest"


def _erasures(trail: Iterable[audit.Entry], results: Mapping[str, Any]) -> Iterator[str]:
    """What is said to be erased is what the trail commits to."""
    known = {n: f.value for one in trail for n, f in one.fields.items() if n in (TOMBSTONE, CUT)}
    for name in (TOMBSTONE, CUT):
        if name in results and known.get(name) != digest(results[name]["body"].encode()):
            yield f"the {name} is not the one that the trail commits to"


def _stored(held: Stored) -> dict[str, Any]:
    """A result with its text; one whose text is gone with its retention keeps the digest of it."""
    what = {"contract": held.contract, "version": held.version}
    try:
        return {**what, "body": held.text}
    except UnknownVersion:
        return {**what, "gone": held.apart}


def versions(record: JobRecord) -> dict[str, Any]:
    """What judged and acted: release, policy, and every contract as it was stored."""
    return {
        "release": record.job.release,
        "policy": sorted({str(held.content()["policy"]) for held in record.ledger}),
        "actions": sorted({f"{held.action}/{held.action_version}" for held in record.ledger}),
        "results": {
            n: f"{held.contract}/{held.version}" for n, held in sorted(record.results.items())
        },
    }


def patch(before: Any, after: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """What was changed, as RFC 6902 operations; a list is replaced as a whole."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield {"op": "replace", "path": path, "value": after}
        return
    for name in sorted({*before, *after}):
        at = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in after:
            yield {"op": "remove", "path": at}
        elif name not in before:
            yield {"op": "add", "path": at, "value": after[name]}
        else:
            yield from patch(before[name], after[name], at)


def _edits(held: LedgerEntry) -> list[dict[str, Any]]:
    if not held.edited_from:
        return []
    return list(patch(json.loads(held.edited_from)["params"], held.content()["params"]))


def _line(number: int, part: _Part, salt: str, previous: str) -> dict[str, Any]:
    kind, name, body = part
    sealed = _commitment(kind, body, salt)
    covered = _hash(number, kind, name, sealed, previous)
    line = {"n": number, "kind": kind, "name": name, "commitment": sealed, "hash": covered}
    return {**line, "body": body, "salt": salt}


def _commitment(kind: str, body: Any, salt: str) -> str:
    if kind == _TRAIL and isinstance(body, dict):
        body = {**body, "fields": {}}
    return audit.commitment(audit.ErasableField(value=canonical(body).decode(), salt=salt))


def _hash(number: int, kind: str, name: str, commitment: str, previous: str) -> str:
    return digest(canonical([number, kind, name, commitment, previous]))


def _read(text: bytes) -> dict[str, Any] | None:
    """A line back; None for what is none, or is not spelt as a line is."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or set(line) - _BODY != _FIELDS:
        return None
    return line if _spelt(line) == text else None


def _spelt(line: dict[str, Any]) -> bytes:
    try:
        return canonical(line)
    except TypeError:
        return b""


def _faults(line: Mapping[str, Any], number: int, previous: str) -> Iterator[str]:
    what = f"line {number} ({line['kind']} {line['name']})".replace(" )", ")")
    place = _hash(number, line["kind"], line["name"], line["commitment"], previous)
    if (line["n"], line["hash"]) != (number, place):
        yield f"{what} was changed, moved or replaced"
    if not _BODY & set(line):
        return
    sealed = _commitment(line["kind"], line.get("body"), str(line.get("salt")))
    if line["commitment"] != sealed:
        yield f"{what}: its body is not the one committed to"


def _is_of(sealed: SealedHead, job: Mapping[str, Any]) -> bool:
    of = Head(job_id=job["job_id"], length=job["audit_length"], head=job["audit_head"])
    return sealed.head == of and sealed.holds


def erased(data: bytes) -> list[str]:
    """What was erased of the job, in sentences, of a file that `verify` found nothing wrong
    with."""
    results = {
        one["name"]: one["body"]["body"]
        for one in map(json.loads, data.split(b"\n")[:-1])
        if one["kind"] == "result" and "body" in one.get("body", {})
    }
    told = []
    if TOMBSTONE in results:
        told.append(_epitaph(Tombstone.model_validate_json(results[TOMBSTONE])))
    if CUT in results:
        cut = Cut.model_validate_json(results[CUT])
        what = ", ".join(dict.fromkeys(one.what for one in cut.parts))
        told.append(
            f"erased in part by {cut.by} on {cut.at:%Y-%m-%d %H:%M} UTC, because somebody else's "
            f"words stood there: {what} have not the digest that the trail knew"
        )
    return told


def _epitaph(stone: Tombstone) -> str:
    return (
        f"erased by {stone.by} on {stone.at:%Y-%m-%d %H:%M} UTC, at the wish of whom it was about: "
        f"{len(stone.results)} results, {len(stone.actions)} actions, {len(stone.decisions)} "
        f"decisions and the fields of {stone.entries} entries; their digests stay"
    )


def _inside(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """What the lines say of each other: the job's own trail, each action's signed bytes, and what
    was erased."""
    by_kind: dict[str, list[Any]] = {"job": [], "action": [], _TRAIL: []}
    for line in lines:
        if "body" in line:
            by_kind.setdefault(line["kind"], []).append(line["body"])
    try:
        (job,) = by_kind["job"]
        trail = [audit.Entry.model_validate_json(json.dumps(one)) for one in by_kind[_TRAIL]]
        results = {one["name"]: one["body"] for one in lines if _is_result(one)}
        faults = [*_digests(by_kind["action"], results), *_erasures(trail, results)]
        faults += [
            "the seal is not one of this job's trail, or its way does not lead to its root"
            for one in by_kind.get(SEAL, ())
            if not _is_of(SealedHead.model_validate_json(json.dumps(one)), job)
        ]
        return faults + audit.verify(trail, length=job["audit_length"], head=job["audit_head"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["the lines agree with each other, and are not those of a job"]
