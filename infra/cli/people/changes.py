"""Changes of the directory: each checks the whole of it before anything is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from countersign.domain.approvals.directory import Away, Directory, Member
from countersign.domain.errors import ContractBroken, NotFound, StoreConflict
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.inbox import OPERATIONS
from countersign.domain.ports import People
from countersign.domain.workflow import Workflow, Workflows
from countersign.runtime.deps import Deps
from infra.cli.people.words import member_of
from infra.settings import ADDRESS

_ID = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True)
class Changed:
    """What was written, and what somebody should know about it."""

    members: tuple[Member, ...]
    warnings: tuple[str, ...]


def known(people: People, person_id: str) -> Member:
    """The member with this id, who may have left. Raises NotFound."""
    found = {m.person.id: m for m in people.directory().members}
    if person_id not in found:
        raise NotFound(f"nobody has the id {person_id}; known are {', '.join(sorted(found))}")
    return found[person_id]


def save(deps: Deps, *members: Member) -> Changed:
    """Write `members`, if the directory is sound with them. Raises ContractBroken with every fault,
    and writes nothing then."""
    before, now = deps.people.directory(), deps.clock.now()
    after = _with(before, members)
    faults = [fault for member in members for fault in _faults(member, after, now)]
    if faults:
        raise ContractBroken("nothing was changed:\n  " + "\n  ".join(dict.fromkeys(faults)))
    for member in members:
        deps.people.save(member)
    return Changed(members, tuple(_warnings(deps.workflows, before, after, now)))


def add(deps: Deps, member: Member) -> Changed:
    """Write a new member. Raises ContractBroken when the id is or was somebody's: audit entries
    name people by it."""
    held = next(
        (m for m in deps.people.directory().members if m.person.id == member.person.id), None
    )
    if held is not None:
        instead = "set … --rejoin brings them back" if held.left else "change them with set"
        raise ContractBroken(f"the id {member.person.id} is {held.person.name}'s: {instead}")
    return save(deps, member)


def goes_away(deps: Deps, member: Member, away: Away) -> Changed:
    """Add an absence; it replaces those that it overlaps, and forgets those that are over."""
    now = deps.clock.now()
    kept = [a for a in member.away if a.until > now and not _overlap(a, away)]
    return save(deps, member.model_copy(update={"away": (*kept, away)}))


def comes_back(deps: Deps, member: Member) -> Changed:
    """Forget every absence that is not over. Raises ContractBroken when there is none."""
    if all(one.until <= deps.clock.now() for one in member.away):
        raise ContractBroken(f"{member.person.id} is not away")
    return save(deps, member.model_copy(update={"away": ()}))


def roles_of(workflows: Workflows) -> frozenset[str]:
    """The roles that something asks: signers and owners of workflows, and who takes up the cases
    that no workflow owns."""
    signers = {tier.role for one in workflows.values() for tier in one.tiers}
    return frozenset({OPERATIONS, *signers, *(one.owner for one in workflows.values())})


def read_file(file: Path) -> tuple[Member, ...]:
    """The people of an import file. Raises ContractBroken with every fault in it."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ContractBroken(f"{file.name} is not JSON: {error}") from None
    entries = data.get("people") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ContractBroken(f'{file.name} has to be {{"people": [{{…}}, …]}}, as export writes it')
    members, faults = _read(entries)
    ids = [member.person.id for member in members]
    faults += [f"{one}: is there twice" for one in sorted({i for i in ids if ids.count(i) > 1})]
    if faults:
        raise ContractBroken("nothing was changed:\n  " + "\n  ".join(faults))
    return tuple(members)


def _read(entries: Iterable[dict[str, Any]]) -> tuple[list[Member], list[str]]:
    members, faults = [], []
    for number, entry in enumerate(entries, 1):
        try:
            members.append(member_of(entry))
        except ValueError as error:
            faults.append(f"{entry.get('id', f'person {number}')}: {error}")
    return members, faults


def _with(before: Directory, members: Iterable[Member]) -> Directory:
    after = {m.person.id: m for m in before.members} | {m.person.id: m for m in members}
    return Directory(members=tuple(after.values()))


def _faults(member: Member, after: Directory, now: datetime) -> Iterator[str]:
    person = member.person
    if not _ID.fullmatch(person.id):
        yield f"{person.id}: an id is lower-case letters, digits and hyphens, 31 at most"
    if not person.name.strip() or not re.fullmatch(ADDRESS, person.address):
        yield f"{person.id}: needs a name and a mail address"
    same = after.by_address(person.address)
    if not member.left and same and same.person.id != person.id:
        yield f"{person.id}: the address is {same.person.id}'s already"
    yield from _deputies(member, after, now)


def _deputies(member: Member, after: Directory, now: datetime) -> Iterator[str]:
    for one in (away for away in member.away if away.until > now):
        if one.deputy == member.person.id:
            yield f"{member.person.id}: cannot be their own deputy"
        elif after.member(one.deputy) is None:
            yield f"{member.person.id}: the deputy {one.deputy} does not exist or has left"


def _asks(workflow: Workflow[Any], role: str) -> bool:
    return any(tier.role == role for tier in workflow.tiers)


def _warnings(
    workflows: Workflows, before: Directory, after: Directory, now: datetime
) -> Iterator[str]:
    """Roles that have lost their last member, and absences that have lost their deputy."""
    for role in sorted({role for member in before.members for role in member.roles}):
        if before.of_role(role) and not after.of_role(role):
            asked = " and ".join(one.id for one in workflows.values() if _asks(one, role))
            yield f"nobody has the role {role} any more" + (
                f"; {asked} would ask it" if asked else ""
            )
    for member in after.members:
        deputies = [a.deputy for a in member.away if a.until > now and not member.left]
        for gone in (d for d in deputies if before.member(d) and not after.member(d)):
            yield f"{member.person.id} is away and the deputy {gone} has left: name another one"


def _overlap(one: Away, other: Away) -> bool:
    return one.since < other.until and other.since < one.until


MOST = 1_000
"""Requests, the nearest deadline first; later ones find the deputy at their reminder."""


def look_again(deps: Deps, person_id: str, at: datetime) -> int:
    """Let `tick` look, at `at`, at every request that waits for this person: how many those are.
    It asks the deputy of whoever is away then, and the next tier where too few are left."""
    asked = deps.reviews.open_requests(deps.clock.now(), MOST)
    theirs = [one for one in asked if person_id in one.people]
    return sum(_due(deps, one.job_id, at) for one in theirs if at < one.deadline)


def _due(deps: Deps, job_id: str, at: datetime) -> bool:
    def change_of(record: JobRecord) -> Change:
        earlier = record.due.get("mail")
        row = Due(kind="mail", at=min(at, earlier.at) if earlier else at)
        return Change(event="somebody is not there", actor="system:directory", due=(row,))

    try:
        deps.update(job_id, change_of)
    except (StoreConflict, NotFound):
        return False
    return True
