"""Small, valid domain values for tests; every part that matters to a test is an argument."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from countersign.domain.approvals.approval import Approval, Choice, Decision, Person
from countersign.domain.contract import Contract
from countersign.domain.jobs.cases import Case
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.job import Job, Pointer, Source, Status
from countersign.domain.ledger import entry as ledger
from countersign.domain.ledger.action import Action, ProposedAction, Receipt
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.policy.policy import Answer, Reason, Verdict
from countersign.domain.policy.proposal import Fact, Proposal, Usage
from countersign.domain.reporting.usual import Usual

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""The moment at which things happen in tests unless they say otherwise."""
EXPIRES = AT + timedelta(days=45)
ANA = Person(id="ana", name="Ana Costa", address="ana.costa@example.com")
BEN = Person(id="ben", name="Ben Okafor", address="ben.okafor@example.com")
JOB_ID = "j-aaaabbbbccccddddeeeeffff"


class Memo(Contract):
    """The parameters of the actions in tests."""

    CONTRACT: ClassVar[str] = "test.memo"
    VERSION: ClassVar[int] = 1

    text: str


def salts() -> Callable[[], str]:
    """A source of salts, 128 bits as hex, each another one."""
    count = itertools.count(1)
    return lambda: f"{next(count):032x}"


def source(**parts: Any) -> Source:
    """A webhook's event."""
    usual: dict[str, Any] = {
        "door": "webhook",
        "sender": "shop",
        "event_id": "evt-1",
        "payload": Pointer(bucket="payloads", key="raw/1"),
        "body_digest": "0" * 64,
        "size": 120,
        "received_at": AT,
    }
    return Source(**usual | parts)


def job(status: Status = Status.PROCESSING, **parts: Any) -> Job:
    """A job under way."""
    usual: dict[str, Any] = {
        "job_id": JOB_ID,
        "workflow": "letters",
        "status": status,
        "version": 3,
        "execution": JOB_ID,
        "attempt": 1,
        "release": "f" * 64,
        "source": source(),
        "created_at": AT,
        "updated_at": AT,
    }
    return Job(**usual | parts)


def verdict(answer: Answer, *rule_ids: str, escalate: bool = False) -> Verdict:
    """A verdict with one reason per rule."""
    reasons = tuple(Reason(line=r, rule=r, sentence=f"because of {r}") for r in rule_ids)
    return Verdict(answer=answer, reasons=reasons, escalate=escalate)


def _send(port: object, memo: Memo, key: str) -> Receipt:
    return Receipt(id=f"{key}:{memo.text}:{port}")


def action(action_id: str = "crm.memo", *, version: int = 1) -> Action[Memo, Any]:
    """An action that writes a memo; its connector is the first word of its id."""
    return Action(
        id=action_id,
        version=version,
        connector=action_id.partition(".")[0],
        params=Memo,
        words=lambda memo: f"Write {memo.text}",
        do=_send,
        find=None,
        read_back=None,
        expected=lambda memo: {"text": memo.text},
    )


def held(
    index: int = 0,
    action_id: str = "crm.memo",
    answer: Answer = Answer.RUN,
    *rule_ids: str,
    escalate: bool = False,
    text: str = "call back",
    **parts: Any,
) -> LedgerEntry:
    """A ledger entry whose bytes are real; `parts` overwrite what is stored beside them."""
    made = ledger.entry(
        index,
        ProposedAction(action=action_id, params=Memo(text=text), target="contact/7"),
        action(action_id),
        verdict(answer, *rule_ids, escalate=escalate),
        job_id=JOB_ID,
        policy="letters/1",
        expires_at=EXPIRES,
    )
    return made.model_copy(update=parts)


def approval(*entries: LedgerEntry, **parts: Any) -> Approval:
    """A request to Ana and Ben over `entries`, one day long."""
    usual: dict[str, Any] = {
        "approval_id": "a-1",
        "job_id": JOB_ID,
        "digests": tuple(entry.digest for entry in entries),
        "approvers": (ANA, BEN),
        "requested_at": AT,
        "deadline": AT + timedelta(days=1),
    }
    return Approval(**usual | parts)


def decision(asked: Approval, choice: Choice = Choice.APPROVE, **parts: Any) -> Decision:
    """Ana says the same to everything, an hour after she was asked."""
    usual: dict[str, Any] = {
        "by": ANA.id,
        "at": AT + timedelta(hours=1),
        "choices": dict.fromkeys(asked.digests, choice),
        "reason": "" if choice is Choice.APPROVE else "not now",
    }
    return Decision(**usual | parts)


def fact(value: str, *quotes: str, derived: bool = False) -> Fact:
    """A fact; without quotes it quotes itself."""
    return Fact(value=value, quotes=quotes or (value,), derived=derived)


def proposal(facts: Mapping[str, Fact] | None = None, **parts: Any) -> Proposal:
    """What a model proposed."""
    usual: dict[str, Any] = {
        "facts": facts or {},
        "wishes": (),
        "drafts": {},
        "confidence": Decimal("0.80"),
        "model": "scripted",
        "offline": False,
        "usage": Usage(),
    }
    return Proposal(**usual | parts)


def record(ledger: Iterable[LedgerEntry] = (), **parts: Any) -> JobRecord:
    """A job with what is stored under it."""
    usual: dict[str, Any] = {"job": job(), "ledger": tuple(ledger)}
    return JobRecord(**usual | parts)


def case(**parts: Any) -> Case:
    """An open case."""
    usual: dict[str, Any] = {
        "job_id": JOB_ID,
        "reason": "an action failed",
        "owner": "sales-ops",
        "opened_at": AT,
        "due_at": AT + timedelta(days=2),
    }
    return Case(**usual | parts)


def unusual(now: datetime) -> Usual:
    """Of a workflow that had a job each minute for six weeks, and has had none for a day."""
    return Usual(
        began=now - timedelta(days=40),
        seen=now,
        last_job=now - timedelta(days=1),
        gaps={str(hour): {"999999": 1} for hour in range(168)},
        days={now.date().isoformat(): (1_000, 1)},
    )
