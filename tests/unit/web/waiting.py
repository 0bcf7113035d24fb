"""A job that waits for a signature, built by the domain's own functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from countersign.actions.crm import Lead
from countersign.actions.mail import Reply
from countersign.domain.approvals.approval import Approval
from countersign.domain.approvals.links import hashed
from countersign.domain.contract import Contract, Stored
from countersign.domain.jobs.change import Change, Due, JobRecord, Link
from countersign.domain.jobs.job import Job, Pointer, Source, Status
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry
from countersign.domain.money import Money
from countersign.domain.policy.policy import Answer, Reason, Verdict
from countersign.domain.policy.proposal import Proposal, Usage
from countersign.domain.policy.records import Records
from countersign.domain.policy.rules import Finding, Findings
from tests.fakes.store import FakeStore
from tests.fakes.world import ANA, BEN, START, World
from tests.unit.web.plot import Plot
from workflows import WORKFLOWS
from workflows.lead_intake.contract import LeadInput

JOB = "j-waiting"
APPROVAL = "a-waiting"
TOKEN = "task-token-that-never-leaves-the-back-end"
SECRETS = {"ana": "secret-of-ana-" + "a" * 20, "ben": "secret-of-ben-" + "b" * 20}

BUDGET = Finding(
    rule="budget.over_limit",
    sentence="a budget of {value|this size} is above {threshold|the limit}: a person looks first",
    value="60,000.00 EUR",
    threshold="50,000.00 EUR",
)
DRAFTED = Reason(
    line="draft", rule="reply.drafted", sentence="A drafted reply is read before it goes out."
)


def job(status: Status = Status.WAITING_FOR_REVIEW) -> Job:
    """The job's row."""
    source = Source(
        door="webhook",
        sender="site",
        event_id="event-1",
        payload=Pointer(bucket="payloads", key="raw/1"),
        body_digest="0" * 64,
        size=100,
        received_at=START,
    )
    return Job(
        job_id=JOB,
        workflow="lead_intake",
        status=status,
        version=4,
        execution=JOB,
        attempt=1,
        release="0" * 64,
        source=source,
        created_at=START,
        updated_at=START,
    )


def planned(
    index: int, action: str, params: Contract, target: str, answer: Answer, *reasons: Reason
) -> LedgerEntry:
    """An entry of the ledger, its bytes fixed."""
    return entry(
        index,
        ProposedAction(action=action, params=params, target=target),
        WORKFLOWS["lead_intake"].actions[action],
        Verdict(answer=answer, reasons=reasons),
        job_id=JOB,
        policy="lead_intake/test",
        expires_at=START + timedelta(days=45),
    )


def ledger(plot: Plot) -> tuple[LedgerEntry, ...]:
    """A lead and a reply that ask, after a callback that ran."""
    over = Reason(
        line="budget",
        rule=BUDGET.rule,
        sentence=BUDGET.sentence,
        value=BUDGET.value,
        threshold=BUDGET.threshold,
    )
    lead = Lead(
        email=plot.to,
        title="Keller GmbH: route planning for 14 vans",
        need="Route planning for 14 delivery vans from May",
        owner="7001",
        budget=Money(amount=Decimal("60000.00"), currency="EUR"),
        timeline="May",
        source="web form",
    )
    reply = Reply(to=plot.to, subject=plot.subject, text=plot.reply, template="draft")
    ran = planned(0, "crm.create_lead", lead, plot.to, Answer.RUN)
    ran = ran.model_copy(update={"status": ActionStatus.VERIFIED, "note": "read back"})
    second = lead.model_copy(update={"title": "Keller GmbH: second site"})
    return (
        ran,
        planned(1, "crm.create_lead", second, plot.to, Answer.ASK, over),
        planned(2, "email.send_reply", reply, plot.to, Answer.ASK, DRAFTED),
    )


def record(plot: Plot | None = None) -> JobRecord:
    """The job with everything under it."""
    plot = plot or Plot()
    entries = ledger(plot)
    proposal = Proposal(
        facts=plot.facts,
        wishes=("email.send_reply",),
        drafts={"reply_body": plot.reply},
        confidence=Decimal("0.84"),
        model="heuristics" if plot.offline else "example-model-1",
        offline=plot.offline,
        usage=Usage(),
    )
    results: dict[str, Contract] = {
        "input": LeadInput(channel="form", sender=plot.to, text=plot.text),
        "proposal": proposal,
        "findings": Findings(found=(BUDGET,)),
        "records": Records(read_at=START, found={}),
        "limits": WORKFLOWS["lead_intake"].release.limits,
    }
    asked = Approval(
        approval_id=APPROVAL,
        job_id=JOB,
        digests=tuple(h.digest for h in entries if h.status is ActionStatus.PLANNED),
        approvers=(ANA, BEN),
        requested_at=START,
        deadline=START + timedelta(hours=48),
    )
    return JobRecord(
        job=job(),
        results={name: Stored.of(value) for name, value in results.items()},
        ledger=entries,
        approvals={APPROVAL: asked},
        tokens={APPROVAL: TOKEN},
        due={"approval": Due(kind="approval", at=asked.deadline)},
    )


def waiting(
    plot: Plot | None = None, *, store: FakeStore | None = None, base_url: str = ""
) -> World:
    """A world in which the job waits, and Ana and Ben have a link each."""
    world = World(lambda _: {})
    world.store = store or world.store
    if base_url:
        world.settings = world.settings.model_copy(update={"public_base_url": base_url})
    world.deps = world.deps_again()
    world.store.put(record(plot))
    world.executions.waiting.add(TOKEN)
    links = tuple(
        Link(
            link_id=f"link-{person.id}",
            secret_hash=hashed(SECRETS[person.id]),
            job_id=JOB,
            approval_id=APPROVAL,
            person_id=person.id,
        )
        for person in (ANA, BEN)
    )
    held = world.store.load(JOB)
    change = Change(event="asked", actor="state:Ask", links=links)
    held = world.deps.commit(held, change)
    world.store.writes = 0
    return world


def approval(world: World) -> Approval:
    """The approval as it is stored now."""
    return world.store.load(JOB).approvals[APPROVAL]


def tampered(world: World, index: int, **update: object) -> None:
    """Somebody edits a stored entry of the ledger behind our back."""
    held = world.store.load(JOB)
    entries = tuple(h.model_copy(update=update) if h.index == index else h for h in held.ledger)
    world.store.put(replace(held, ledger=entries))
