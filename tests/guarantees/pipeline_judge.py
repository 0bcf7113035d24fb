"""What must hold of the whole pipeline after anything that happens to it.

The judge takes nobody's word of the product for authority or acceptance: it reads what senders were
answered, what people submitted and were told, the time, and the journals of the outside systems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from countersign.domain.approvals.approval import Approval, Decision
from countersign.domain.jobs import audit
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import ENDED, FINISHED
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Answer
from tests.guarantees.paths import HARD_EXPIRY, Said
from tests.guarantees.pipeline import ORDERS, ROOM, Pipeline
from tests.guarantees.signing import sha256

ALONE, BY_ONE = Decimal(50), Decimal(500)
"""In euros: up to here a refund runs by itself, up to here one person signs."""


@dataclass(frozen=True)
class Effect:
    """One entry of a journal outside; `key` is that of its action."""

    kind: str
    key: str
    text: str = ""


@dataclass
class Judge:
    """The test's own account of what people did, and what was found wrong by it."""

    pipeline: Pipeline
    said: list[Said] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    editors: dict[str, set[str]] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)
    """Workflows that an operator stopped."""
    wrong: list[str] = field(default_factory=list)
    effects: int = 0
    _read: list[int] = field(default_factory=lambda: [0, 0, 0])
    _counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    _decided: dict[str, Decision] = field(default_factory=dict)
    _versions: dict[str, int] = field(default_factory=dict)
    _releases: dict[str, str] = field(default_factory=dict)
    _asked: int = 0

    def judge(self) -> None:
        """All that must hold at any time; what is wrong is noted in a sentence."""
        for effect in self._new():
            self.effects += 1
            self._judge(effect)
        for record in self.pipeline.records():
            job = record.job
            if self._versions.get(job.job_id) == job.version:
                continue
            self._versions[job.job_id] = job.version
            self.wrong += audit.verify(record.audit, length=job.audit_length, head=job.audit_head)
            self._keeps_its_decisions(record)
            self._keeps_its_release(record)
        self._within_budget()
        self._nobody_is_lost()

    def _new(self) -> Iterator[Effect]:
        world, at = self.pipeline.world, self._read
        writes, refunds = world.crm.journal[at[0] :], world.payments.journal[at[1] :]
        mails = list(self.pipeline.customers())
        fresh = mails[at[2] :]
        self._read = [at[0] + len(writes), at[1] + len(refunds), len(mails)]
        yield from (Effect(one.kind, one.key) for one in writes if one.method == "POST" and one.key)
        yield from (Effect("refund", one.key) for one in refunds)
        yield from (Effect("mail", m.about.get("part", ""), m.text) for m in fresh)

    def _judge(self, effect: Effect) -> None:
        held = self._entry(effect.key)
        if held is None:
            self.wrong.append(f"a {effect.kind} of no action took effect")
            return
        record, entry = held
        self._counted[effect.kind, effect.key] += 1
        times = self._counted[effect.kind, effect.key]
        # A reminder repeats the question that was asked, under the same key, once.
        asks = entry.action == "email.ask_sender"
        other = effect.kind == "mail" and effect.text != _params(entry).get("text")
        self._finds(
            f"{entry.action} of {record.job.workflow}",
            {
                f"took effect {times} times": times > 1 + asks,
                "began while the workflow was paused": record.job.workflow in self.paused
                and not asks,
                "left otherwise than it is stored": other and not asks,
                "has other bytes than its digest": sha256(entry.body.encode()) != entry.digest,
                "is forbidden": entry.verdict.answer is Answer.FORBID,
                **self._unsigned(entry),
            },
        )

    def _finds(self, what: str, faults: Mapping[str, bool]) -> None:
        self.wrong += [f"{what} {fault}" for fault, true in faults.items() if true]

    def _entry(self, key: str) -> tuple[JobRecord, LedgerEntry] | None:
        digest = key.removeprefix("cs-")
        for record in self.pipeline.records():
            for entry in record.ledger:
                if digest and entry.digest.startswith(digest):
                    return record, entry
        return None

    def _unsigned(self, entry: LedgerEntry) -> Mapping[str, bool]:
        """What is missing: enough people who might sign exactly these bytes, and nobody's no."""
        needed, now = _people_for(entry), self.pipeline.clock.now()
        about = [one for one in self.said if entry.digest in one.digests]
        signers = {one.by for one in about if one.choice == "approve" and one.entitled} - self.gone
        alone = needed > 0 and len(signers) == 1
        writers = self.editors.get(entry.digest, set())
        return {
            f"took effect with {len(signers)} of {needed} signatures": len(signers) < needed,
            "took effect although somebody rejected it": any(
                one.choice == "reject" for one in about
            ),
            "was signed by its editor alone": alone and signers <= writers,
            "took effect after the hard expiry": any(now - one.at >= HARD_EXPIRY for one in about),
        }

    def note(self, approval: Approval, by: str, choice: str, shown: str) -> None:
        """Somebody was told that their decision is recorded."""
        now = self.pipeline.clock.now()
        entitled = by in {one.id for one in approval.approvers} and now < approval.deadline
        digests = frozenset(shown.split())
        self.said.append(Said(by, choice, digests, now, "link", entitled and by not in self.gone))

    def _keeps_its_decisions(self, record: JobRecord) -> None:
        for one in record.approvals.values():
            first = self._decided.get(one.approval_id)
            if first is not None and one.decision != first:
                self.wrong.append(f"a decision of {record.job.workflow} changed")
            if one.decision is not None:
                self._decided[one.approval_id] = one.decision

    def _keeps_its_release(self, record: JobRecord) -> None:
        job = record.job
        if self._releases.setdefault(job.job_id, job.release) != job.release:
            self.wrong.append(f"a job of {job.workflow} changed its release")

    def _within_budget(self) -> None:
        """While a day has no room for another call, the model is not asked."""
        asked = len(self.pipeline.world.model.asked)
        if self.pipeline.room < ROOM and asked > self._asked:
            self.wrong.append("the model was asked although its budget of the day is used up")
        self._asked = asked

    def _nobody_is_lost(self) -> None:
        """Whatever has not ended is worked on, waits for a time, or for somebody who is named."""
        worked_on = self.pipeline.worked_on()
        for record in self.pipeline.records():
            job, pending, case = record.job, record.pending, open_case(record)
            asked = bool(pending and pending.approvers)
            theirs = case is not None and bool(case.owner)
            if job.status in FINISHED or record.due or asked or theirs:
                continue
            if job.job_id not in worked_on:
                self.wrong.append(f"a job of {job.workflow} is {job.status} and nobody knows of it")

    def ended(self) -> None:
        """What must hold once all trouble is over and time has passed: in is out, all of it has
        ended, and what has not ended well is somebody's case."""
        jobs = {one.job.job_id: one for one in self.pipeline.records()}
        lost = [one for one in self.pipeline.accepted.values() if one not in jobs]
        came = [one for one in jobs.values() if one.job.source.door != "desk"]
        events = len(self.pipeline.sent)
        self._finds(
            f"{events} events came,",
            {
                f"and made {len(came)} jobs": len(came) != events,
                f"and {len(lost)} that were accepted have no job": bool(lost),
            },
        )
        for record in jobs.values():
            job, case = record.job, open_case(record)
            nobodys = job.status not in FINISHED and (case is None or not case.owner)
            ended = job.status in ENDED
            self._finds(
                f"a job of {job.workflow} is {job.status}",
                {"for ever": not ended, "and nobody's": ended and nobodys},
            )
        self._money()

    def _money(self) -> None:
        """No order got more back than was paid for it; no message made two leads."""
        back = Counter[str]()
        for one in self.pipeline.world.payments.journal:
            back[one.order] += one.amount
        for order, cents in back.items():
            if cents > ORDERS[order]:
                self.wrong.append(f"order {order} got {cents} cents back of {ORDERS[order]}")


def _people_for(entry: LedgerEntry) -> int:
    """How many must have signed, by the sums that the business published; and whatever policy asks
    about needs somebody."""
    asks = int(entry.verdict.answer is Answer.ASK)
    if entry.action != "payments.refund":
        return asks
    amount = Decimal(_params(entry)["amount"]["minor"]) / 100
    return max(asks, int(amount > ALONE) + int(amount > BY_ONE))


def _params(entry: LedgerEntry) -> Mapping[str, Any]:
    return dict(entry.content()["params"])


def next_time(pipeline: Pipeline) -> datetime | None:
    """When the next thing is due, of jobs or of executions."""
    rows = [row.at for record in pipeline.records() for row in record.due.values()]
    waits = [one.wakes_at for one in pipeline.running() if one.wakes_at]
    return min((*rows, *waits), default=None)
