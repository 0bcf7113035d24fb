"""Reading a file, once, before anything is planned: every row goes into a batch or is quarantined.

A visit has a quarter of an hour, in which the longest list that is taken can be read several times;
what is slow are the batches that are written. Where that takes several visits, the same bytes give
the same batches: each reads from the beginning and writes what the ones before it did not come to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from countersign.domain.contract import Contract, Stored
from countersign.domain.errors import ContractBroken, MoreToRead, NotFound, Quarantined
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.lane.batches import Batch, Line, Plan, cut, lines_of
from countersign.domain.lane.items import Ended, ItemState, Outcome
from countersign.domain.lane.lane import FILED, Filed, Lane, Open, Survey, Unreadable
from countersign.domain.policy.release import Release
from countersign.lane.files import About, LaneFiles
from countersign.lane.spooling import spooled
from countersign.runtime.deps import Deps
from countersign.runtime.releases import release_at
from countersign.runtime.step import Call, committed

FILING = "filing"
"""Name of the result that holds how far a file is read."""
SPARE_SECONDS = 8.0
"""A visit ends with so many left, to store how far it came."""
MOST_CHARACTERS = 200_000
"""Of one row: a batch of them is held in memory."""
TOO_LONG = f"the row has more than {MOST_CHARACTERS:,} characters"


class Filing(Contract):
    """How far a file is read."""

    CONTRACT: ClassVar[str] = "lane.filing"
    VERSION: ClassVar[int] = 2

    batches: int
    standing: Mapping[str, int] = {}
    """Of how many contacts in them a rule forbids that they are written to now."""


def filed(deps: Deps, record: JobRecord, call: Call, lane: Lane[Any]) -> dict[str, Contract]:
    """What is known of the file, and the job's input that its workflow makes of it.

    Raises ContractBroken for a file that is larger than its workflow takes, Quarantined for one
    that it cannot read, and MoreToRead when the visit's time is over before the file is.
    """
    source = record.job.source
    if source.size > lane.most_bytes:
        raise ContractBroken(
            f"the file has {source.size:,} bytes; {lane.most_bytes:,} are taken: send it in parts"
        )
    files = LaneFiles(deps.payloads, record.job.job_id)
    pinned = release_at(deps, record.job.release)
    try:
        with spooled(deps, source.payload) as opening:
            survey = lane.survey(opening, pinned) if lane.survey else None
            reading = _Reading(lane, opening, survey)
            plan = _plan(deps, record, call, reading)
            reading.check_any()
            return _kept(record, pinned, files, reading, plan)
    except NotFound:
        raise Quarantined("the payload is gone; ask the sender to send it again") from None


def _plan(deps: Deps, record: JobRecord, call: Call, reading: _Reading) -> Plan:
    """All batches, those that no visit before has kept among them."""
    files, lane = LaneFiles(deps.payloads, record.job.job_id), reading.lane
    before = record.result(FILING, Filing) if FILING in record.results else Filing(batches=0)
    batches: list[Batch] = []
    reading.standing.update(before.standing)
    for batch, body in cut(reading.lines(), lane.batch, lane.group):
        batches.append(batch)
        if batch.number > before.batches:
            files.keep_batch(batch, body)
            reading.standing.update(_standing(deps, reading.survey, body))
            _or_more(deps, record, call, Filing(batches=batch.number, standing=reading.standing))
    return Plan(batches=tuple(batches))


def _standing(deps: Deps, survey: Survey[Any] | None, body: bytes) -> Iterable[str]:
    if survey is None:
        return ()
    contacts = survey.contacts(lines_of(body))
    found = deps.campaigns.standing(contacts, deps.clock.now() - survey.apart)
    return found.values()


def _or_more(deps: Deps, record: JobRecord, call: Call, filing: Filing) -> None:
    """Raises MoreToRead, with all of it stored, when the visit has no time for another batch."""
    if call.seconds_left(deps.clock.now()) > SPARE_SECONDS:
        return
    change = Change(
        event="reading",
        actor=f"state:{call.state}",
        fields={"batches": str(filing.batches)},
        results={FILING: filing},
    )
    committed(deps, call, record, change)
    raise MoreToRead(f"{filing.batches} batches are read")


def _kept(
    record: JobRecord, pinned: Release, files: LaneFiles, reading: _Reading, plan: Plan
) -> dict[str, Contract]:
    source, survey = record.job.source, reading.survey
    known = Filed(
        name=source.payload.object_key if source.door == "upload" else "",
        size=source.size,
        rows=reading.rows,
        quarantined=len(reading.quarantined),
        batches=len(plan.batches),
        digest=plan.digest,
        reasons=reading.reasons,
    )
    given: Contract = (
        survey.describe(known, reading.standing) if survey else reading.lane.describe(known, pinned)
    )
    files.keep_quarantined(reading.quarantined)
    files.keep_plan(plan)
    files.keep_about(
        About(
            workflow=record.job.workflow,
            input=Stored.of(given),
            source=source.payload,
            release=pinned,
            sends=reading.lane.sends,
        )
    )
    return {"input": given, FILED: known}


class _Reading:
    """One reading of a file: what was met on the way."""

    def __init__(self, lane: Lane[Any], opening: Open, survey: Survey[Any] | None) -> None:
        self.lane = lane
        self.survey = survey
        self._open = opening
        self.rows = 0
        self.quarantined: list[Outcome] = []
        self.standing = Counter[str]()
        """Of how many contacts a rule forbids that they are written to now."""

    def lines(self) -> Iterator[Line]:
        """The rows that can be read. Raises ContractBroken, Quarantined."""
        for row in self.lane.read(self._open):
            self.rows += 1
            self._check()
            if isinstance(row, Unreadable):
                self._quarantines(row.reason)
            elif len(row) > MOST_CHARACTERS:
                self._quarantines(TOO_LONG)
            else:
                yield self._surveyed(Line(number=self.rows, text=row))

    @property
    def reasons(self) -> Counter[str]:
        """Of what cannot be read."""
        return Counter(one.ended.cause for one in self.quarantined)

    def check_any(self) -> None:
        """Nobody is asked to sign for nothing. Raises Quarantined where no row could be read."""
        if self.quarantined and len(self.quarantined) == self.rows:
            ((most, _),) = self.reasons.most_common(1)
            raise Quarantined(f"none of its {self.rows:,} rows can be read; most often {most}")

    def _surveyed(self, line: Line) -> Line:
        if self.survey:
            self.survey.add(line)
        return line

    def _check(self) -> None:
        if self.rows > self.lane.most_rows:
            raise ContractBroken(
                f"the file has more than {self.lane.most_rows:,} rows: send it in parts"
            )

    def _quarantines(self, why: str) -> None:
        ended = Ended(state=ItemState.QUARANTINED, cause=why)
        self.quarantined.append(Outcome(number=self.rows, ended=ended))
