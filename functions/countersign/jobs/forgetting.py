"""Forgetting a contact: which jobs are theirs, which hold their words, and erasing both.

Nothing is erased before all of it is planned. The trail says it before anything is gone, and the
rows that lead to the contact's jobs go last: whoever was interrupted orders it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from countersign.domain.errors import ContractBroken, NotFound, NotPermitted, UnknownVersion
from countersign.domain.jobs import forgetting
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.forgetting import (
    Objects,
    Rows,
    Version,
    burial,
    buried,
    cutting,
    entombed,
    is_erased,
    without,
)
from countersign.domain.jobs.handing import HAND_OVER, children, parent_of
from countersign.domain.jobs.inbox import OPERATIONS, case_owner
from countersign.domain.jobs.matters import (
    FOLLOWS,
    Follows,
    contact_key,
    message_key,
    of_mails,
    order_key,
    subject_key,
)
from countersign.domain.jobs.search import ORDER
from countersign.domain.jobs.traces import Traces, without_tag
from countersign.domain.lane.lane import FILED, Filed
from countersign.domain.ledger.entry import IN_EFFECT
from countersign.domain.planning.joining import later
from countersign.domain.planning.rerun import family, rerun_as
from countersign.domain.policy.release import Limits
from countersign.domain.reporting.usage import proposal_of, usage_of
from countersign.domain.workflow import Workflow
from countersign.jobs.cases import take_out
from countersign.jobs.forgetting_files import (
    DOCUMENTS,
    ITEMS,
    RAW,
    came,
    cut_body,
    dirty,
    files_of,
    rows_of,
    stands_in,
    with_items,
)
from countersign.runtime.connectors import BULK
from countersign.runtime.deps import Deps

MOST = 500
"""Jobs under one address that one order looks at; the next order finds the others."""
_ANSWERS = "answers/"
"""Where the payload bucket has answers of models that are kept for the next question."""
_OF_A_JOB = (RAW, "results/", ITEMS, DOCUMENTS)
"""What the payload bucket has of a job, below its id."""
_HERE = frozenset({"files", BULK})
"""Connectors to documents and rows of the job itself: an order reaches what they did."""
_WORDS = "whom it is about wants to be forgotten"


@dataclass(frozen=True)
class Hands:
    """What an operator erases with, by rights of their own."""

    objects: Objects
    rows: Rows


@dataclass(frozen=True)
class Plan:
    """What an order would do."""

    traces: Traces
    own: tuple[JobRecord, ...]
    shared: tuple[JobRecord, ...]
    """Jobs of others in which their words stand."""
    filed: Mapping[str, Traces]
    """What is cut out of those of them, by their ids, in whose files their address alone was looked
    for: a company's name in what somebody wrote is in a thousand lines of others."""
    others: tuple[str, ...]
    """Ids of the jobs by which somebody else wrote into one of their matters."""
    refused: Mapping[str, str]
    """Why nothing is erased now, by job."""
    versions: Mapping[str, tuple[Version, ...]]
    """What the buckets hold of each own job."""
    answers: tuple[Version, ...]
    unread: tuple[str, ...]
    """Objects of shared jobs that are no text: a person must look at them."""
    tagged: Mapping[str, int]
    """Jobs under the same address without its tag, which nobody named."""
    outside: Mapping[str, tuple[str, ...]]
    """What took effect, by connector: the ids that its system gave it."""
    suppressed: bool

    @property
    def count(self) -> int:
        """Jobs that it changes."""
        return len(self.own) + len(self.shared)

    def traces_in(self, record: JobRecord) -> Traces:
        """What is cut out of a job of others."""
        return self.filed.get(record.job.job_id, self.traces)


def planned(
    deps: Deps, objects: Objects, addresses: Sequence[str], jobs: Sequence[str] = ()
) -> Plan:
    """What forgetting these addresses would do; nothing is changed. `jobs` are ids to which no
    address leads, since what came could not be read."""
    found = _Found(deps, frozenset(addresses))
    found.follow(jobs)
    found.look_into(with_items(deps, objects))
    own = tuple(found.own.values())
    traces = Traces(tuple(addresses), tuple(dict.fromkeys(found.words())))
    only = {name: _in_rows(deps, objects, addresses, r) for name, r in found.filed.items()}
    shared = (
        *(one for one in found.near.values() if stands_in(deps, objects, traces, one)),
        *(r for name, r in found.filed.items() if stands_in(deps, objects, only[name], r)),
    )
    files = [v for one in shared for versions in files_of(deps, objects, one) for v in versions]
    return Plan(
        traces=traces,
        own=own,
        shared=shared,
        filed=only,
        others=tuple(sorted({w.job_id for one in own for w in later(one)} - {*found.own})),
        refused={r.job.job_id: why for r in (*own, *shared) if (why := _refusal(r))},
        versions={one.job.job_id: _versions(deps, objects, one) for one in own},
        answers=tuple(_answers(deps, objects, traces)) if own or shared else (),
        unread=tuple(v.key for v in files if cut_body(traces, objects.read(v)) is None),
        tagged=dict(_tagged(deps, addresses)),
        outside=_outside(own),
        suppressed=any(deps.suppression.has(contact_key(one)) for one in addresses),
    )


def _in_rows(deps: Deps, objects: Objects, addresses: Sequence[str], record: JobRecord) -> Traces:
    """By their address, and by what the job quotes of the rows that have it."""
    only, given = Traces(tuple(addresses)), _given(deps, record)
    if given is None or given[0].lane is None:
        return only
    theirs = frozenset(rows_of(deps, objects, only, record))
    return replace(only, quoted=tuple(given[0].lane.quotes(given[1], theirs)))


def check(deps: Deps, by: str) -> None:
    """Raises NotPermitted for who may not erase anything."""
    member = deps.people.directory().member(by)
    if member is None or OPERATIONS not in member.roles:
        raise NotPermitted(f"{by} may not erase anything: that is for the role {OPERATIONS}")


def forget(deps: Deps, hands: Hands, plan: Plan, by: str) -> Iterator[str]:
    """Do it; the id of each job when it is done. Raises ContractBroken where something is in the
    way, and StoreConflict for a job that somebody changed meanwhile: what is done stays, and the
    same order does the rest."""
    if plan.refused:
        raise ContractBroken(f"nothing is erased while {', '.join(plan.refused)} cannot be")
    for record in plan.shared:
        _cut(deps, hands, plan.traces_in(record), record, by)
        yield record.job.job_id
    hands.objects.delete(plan.answers)
    for record in plan.own:
        _erase(deps, hands, record, plan.versions[record.job.job_id], by)
        yield record.job.job_id
    done = {record.job.job_id for record in (*plan.own, *plan.shared)}
    hands.rows.drop_leads([contact_key(one) for one in plan.traces.addresses], done)


def _erase(
    deps: Deps, hands: Hands, record: JobRecord, versions: Sequence[Version], by: str
) -> None:
    job_id = record.job.job_id
    if case_owner(record):
        record = take_out(deps, job_id, "close", by=by, words=_WORDS, facts={})
    if not is_erased(record):
        tombstone = entombed(record, by, deps.clock.now(), usage_of(record).usd)
        record = deps.commit(record, burial(tombstone))
    hands.rows.drop_leads(tuple(_leads(deps, record)), {job_id, *_followed(record)})
    releases = [one.digest for one in deps.rollouts.of(record.job.workflow)]
    hands.rows.drop_beside(job_id, _claim(deps, record), releases)
    if FILED in record.results:
        hands.rows.drop_items(job_id, record.result(FILED, Filed).batches)
    hands.objects.delete(versions)
    hands.rows.bury(buried(record))


def _cut(deps: Deps, hands: Hands, traces: Traces, record: JobRecord, by: str) -> None:
    """The words stand in rows, in results that lie apart, in documents and in what came."""
    files = tuple(dirty(deps, hands.objects, traces, record))
    parts = (*without(record, traces).parts, *(one.part for one in files))
    record = deps.commit(record, cutting(record, parts, by, deps.clock.now()))
    if FILED in record.results:
        hands.rows.cut_items(record.job.job_id, record.result(FILED, Filed).batches, traces.cut)
    rest = without(record, traces).record
    # Before its batches: who is cut off finds by them which rows are theirs.
    hands.rows.rewrite(rest)
    bucket, apart = deps.settings.payloads_bucket, f"{RAW}{record.job.job_id}/"
    pointers = {one.key: one.cut(hands.objects, bucket, apart) for one in files}
    source = record.job.source
    if source.payload.object_key in pointers:
        moved = source.model_copy(update={"payload": pointers[source.payload.object_key]})
        rest = replace(rest, job=rest.job.model_copy(update={"source": moved}))
        hands.rows.rewrite(rest)
    hands.objects.delete(tuple(_left_apart(deps, hands.objects, record, rest)))


def _versions(deps: Deps, objects: Objects, record: JobRecord) -> tuple[Version, ...]:
    bucket, job_id = deps.settings.payloads_bucket, record.job.job_id
    below = [v for name in _OF_A_JOB for v in objects.below(bucket, f"{name}{job_id}/")]
    return tuple(dict.fromkeys((*below, *came(objects, record))))


def _left_apart(
    deps: Deps, objects: Objects, before: JobRecord, after: JobRecord
) -> Iterator[Version]:
    """The results that lay apart and are cut."""
    for name, held in before.results.items():
        if held.apart and held.apart != after.results[name].apart:
            key = f"results/{before.job.job_id}/{held.apart}"
            yield from objects.below(deps.settings.payloads_bucket, key)


def _answers(deps: Deps, objects: Objects, traces: Traces) -> Iterator[Version]:
    """Answers in which their words stand: whoever needs one asks again."""
    for one in objects.below(deps.settings.payloads_bucket, _ANSWERS):
        body = objects.read(one)
        if cut_body(traces, body) != body:
            yield one


class _Found:
    """The jobs to which addresses lead, and those that hang with them."""

    def __init__(self, deps: Deps, addresses: frozenset[str]) -> None:
        self._deps = deps
        self._addresses = addresses
        self._seen: set[str] = set()
        self.own: dict[str, JobRecord] = {}
        self.near: dict[str, JobRecord] = {}
        """Jobs of others that hang with one of theirs, or that asked them something."""
        self.filed: dict[str, JobRecord] = {}
        """Other jobs, over files of many items."""

    def follow(self, jobs: Sequence[str]) -> None:
        """All of them, each once."""
        rows = [
            (row.job_id, not row.asked)
            for one in sorted(self._addresses)
            for row in self._deps.store.matters(contact_key(one), MOST)
        ]
        waiting = [*rows, *((job_id, True) for job_id in jobs)]
        while waiting:
            job_id, theirs = waiting.pop(0)
            if job_id not in self._seen:
                self._seen.add(job_id)
                waiting += self._take(job_id, theirs=theirs)

    def look_into(self, jobs: Iterable[str]) -> None:
        """Jobs over files, unless they are known already."""
        for job_id in jobs:
            if job_id not in self._seen:
                self._seen.add(job_id)
                with suppress(NotFound):
                    self.filed[job_id] = self._deps.store.load(job_id)

    def words(self) -> Iterator[str]:
        """What they wrote: their own messages, and what stands of them in jobs of others."""
        for one in self.own.values():
            yield from _texts(self._deps, one)
        for one in self.near.values():
            for word in later(one):
                if word.job_id in self.own or word.sender.casefold() in self._addresses:
                    yield word.text

    def _take(self, job_id: str, *, theirs: bool) -> Iterator[tuple[str, bool]]:
        """Where the job leads on to. `theirs` counts where it does not say who wrote."""
        try:
            record = self._deps.store.load(job_id)
        except NotFound:
            return
        wrote = _requester(self._deps, record)
        if wrote.casefold() not in self._addresses if wrote else not theirs:
            self.near[job_id] = record
            yield from ((one, False) for one in _below(record))
            return
        self.own[job_id] = record
        yield from ((one, False) for one in _followed(record))
        yield from ((one, True) for one in (*_below(record), *_above(record)))


def _below(record: JobRecord) -> Iterator[str]:
    """Jobs that came of this one, with what it was about."""
    yield from (child for child, _ in children(record))
    yield from filter(None, (rerun_as(record),))


def _above(record: JobRecord) -> Iterator[str]:
    """Jobs of which this one came."""
    yield from filter(None, (parent_of(record), *family(record)))


def _followed(record: JobRecord) -> tuple[str, ...]:
    held = record.results.get(FOLLOWS)
    return (held.as_(Follows).job_id,) if held else ()


def _refusal(record: JobRecord) -> str:
    return "" if is_erased(record) else forgetting.refusal(record)


def _given(deps: Deps, record: JobRecord) -> tuple[Workflow[Any], Any] | None:
    """The input with its workflow; None where this code cannot read it."""
    workflow, held = deps.workflows.get(record.job.workflow), record.results.get("input")
    try:
        return (workflow, held.as_(workflow.input)) if workflow and held else None
    except UnknownVersion:
        return None


def _requester(deps: Deps, record: JobRecord) -> str:
    found = _given(deps, record)
    return found[0].requester(found[1]) if found else ""


def _texts(deps: Deps, record: JobRecord) -> Iterator[str]:
    found = _given(deps, record)
    yield from (text for _, text in (found[0].source_parts(found[1]) if found else ()))


def _leads(deps: Deps, record: JobRecord) -> Iterator[str]:
    """The keys of the index that lead to a job by what is somebody's: its mails and its order.
    Rules and releases say nothing of anybody, and whoever looks by them finds the tombstone."""
    found, proposal = _given(deps, record), proposal_of(record)
    message_id = getattr(found[1], "message_id", "") if found else ""
    order = proposal.value(ORDER) if proposal else None
    yield from (message_key(one) for one in (message_id,) if one)
    yield from (row.key for row in of_mails(record.job, record.ledger))
    yield from (order_key(one) for one in (order,) if one)
    about = found[0].about(found[1], proposal) if found and proposal else ""
    yield from (subject_key(record.job.workflow, one) for one in (about,) if one)


def _claim(deps: Deps, record: JobRecord) -> str:
    """The key of what the job was first with: its row holds words of the message."""
    found, proposal, limits = (
        _given(deps, record),
        proposal_of(record),
        record.results.get("limits"),
    )
    if found is None or proposal is None or limits is None:
        return ""
    claim = found[0].claim(found[1], proposal, limits.as_(Limits))
    return claim.key if claim else ""


def _tagged(deps: Deps, addresses: Sequence[str]) -> Iterator[tuple[str, int]]:
    for bare in dict.fromkeys(map(without_tag, addresses)):
        count = len(deps.store.matters(contact_key(bare), MOST)) if bare else 0
        if count and bare not in addresses:
            yield bare, count


def _outside(own: Iterable[JobRecord]) -> Mapping[str, tuple[str, ...]]:
    ids: dict[str, list[str]] = {}
    for held in (one for record in own for one in record.ledger):
        if held.connector in _HERE or held.action == HAND_OVER:
            continue
        if held.status in IN_EFFECT and held.receipt:
            ids.setdefault(held.connector, []).append(held.receipt.id)
    return {name: tuple(dict.fromkeys(found)) for name, found in sorted(ids.items())}
