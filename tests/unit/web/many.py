"""Many jobs that wait for signatures, of like and of unlike risk, and jobs with cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from countersign.actions.crm import Lead
from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry
from countersign.domain.policy.policy import Answer, Quorum, Reason, Verdict
from tests.fakes.world import ANA, BEN, START, World
from tests.unit.web.plot import Plot
from tests.unit.web.waiting import record
from workflows import WORKFLOWS

BEFORE = timedelta(hours=2)
CONTACT = Reason(
    line="new", rule="contact.unsure", sentence="It is not sure whether this contact is known."
)
COMPANIES = ("Keller GmbH", "Moss & Reed Ltd", "Färberei Süß", "Lumen SAS", "Okonjo Freight")


def lead(number: int, job_id: str, quorum: Quorum = Quorum.ONE) -> LedgerEntry:
    """One lead to sign; it can be undone."""
    company = COMPANIES[number % len(COMPANIES)]
    params = Lead(
        email=f"kim{number}@example.com",
        title=f"{company}: route planning, request {number}",
        need="Route planning",
        owner="7001",
        source="web form",
    )
    return entry(
        1,
        ProposedAction(action="crm.create_lead", params=params, target=params.email),
        WORKFLOWS["lead_intake"].actions["crm.create_lead"],
        Verdict(answer=Answer.ASK, reasons=(CONTACT,), quorum=quorum),
        job_id=job_id,
        policy="lead_intake/test",
        expires_at=START + timedelta(days=45),
    )


def waits(number: int, people: Sequence[Person] = (ANA, BEN), **approval: object) -> JobRecord:
    """A job whose lead waits for a signature since `number` seconds before two hours ago."""
    held, job_id = record(Plot()), f"j-{number:03d}"
    quorum = approval.get("quorum", Quorum.ONE)
    assert isinstance(quorum, Quorum)
    one = lead(number, job_id, quorum)
    asked = Approval(
        approval_id=f"a-{number:03d}",
        job_id=job_id,
        digests=(one.digest,),
        actions={one.digest: one.action},
        approvers=tuple(people),
        requested_at=START - BEFORE + timedelta(seconds=number),
        deadline=START + timedelta(hours=6),
    ).model_copy(update=approval)
    return replace(
        held,
        job=held.job.model_copy(update={"job_id": job_id, "execution": job_id}),
        ledger=(one,),
        approvals={asked.approval_id: asked},
        tokens={asked.approval_id: f"token-{number:03d}"},
        due={},
    )


def many(world: World, count: int) -> None:
    """`count` like jobs wait."""
    for number in range(count):
        world.store.put(waits(number))
        world.executions.waiting.add(f"token-{number:03d}")
    world.store.writes = 0


def escalated(owner: str = "sales-ops", job_id: str = "j-case", **status: object) -> JobRecord:
    """A job with an open case; nothing of it ran."""
    held = record(Plot())
    job = held.job.model_copy(
        update={"job_id": job_id, "execution": job_id, "status": Status.ESCALATED, **status}
    )
    opened = START - timedelta(hours=5)
    case = Case(
        job_id=job_id,
        reason="the model's answer stayed unsupported after its repair",
        owner=owner,
        opened_at=opened,
        due_at=opened + timedelta(days=2),
    )
    ledger = tuple(
        one.model_copy(update={"status": ActionStatus.PLANNED, "note": ""})
        for one in held.ledger
        if one.index
    )
    return replace(held, job=job, ledger=ledger, approvals={}, tokens={}, due={}, case=case)
