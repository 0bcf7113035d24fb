"""The senders of tests: the default one, and a portal whose answers are read; and who counts."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime
from decimal import Decimal

from countersign.domain.jobs.senders import DEFAULT, MayPropose, Sender

SENDERS = (
    Sender(id=DEFAULT, workflows=("*",), vouches_for_address=True),
    Sender(id="relay", workflows=("lead_intake",)),
    Sender(id="portal", workflows=("lead_intake",), reads_answers=True, requests_a_minute=5),
    Sender(
        id="shop",
        workflows=("*",),
        status_address=True,
        outcomes_to="https://shop.example/ended",
    ),
    Sender(
        id="agent",
        outcomes_to="https://agent.example/ended",
        proposes=(
            MayPropose(
                action="payments.refund",
                alone={"EUR": Decimal(20)},
                a_day={"EUR": Decimal(60)},
                most={"EUR": Decimal(300)},
            ),
            MayPropose(action="crm.add_note", asks=False),
            MayPropose(action="shop.move_delivery", asks=False),
            MayPropose(action="shop.send_part"),
            MayPropose(
                action="shop.give_credit",
                alone={"EUR": Decimal(10)},
                a_day={"EUR": Decimal(25)},
                most={"EUR": Decimal(100)},
            ),
        ),
    ),
    Sender(
        id="machine",
        answers="stateMachine:theirs",
        proposes=(
            MayPropose(
                action="payments.refund",
                alone={"EUR": Decimal(20)},
                a_day={"EUR": Decimal(60)},
                most={"EUR": Decimal(300)},
            ),
        ),
    ),
    Sender(
        id="advised",
        proposes=(
            MayPropose(
                action="payments.refund",
                by_caller=True,
                alone={"EUR": Decimal(20)},
                a_day={"EUR": Decimal(60)},
                most={"EUR": Decimal(300)},
            ),
        ),
    ),
)


class FakeWaiters:
    """domain.jobs.outcomes.Waiters: executions by their tokens, and what each was told."""

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        self.told: dict[str, str] = {}

    def tell(self, whose: str, token: str, said: str) -> bool:
        if token not in self.waiting:
            return False
        self.waiting.discard(token)
        self.told[token] = f"{whose} {said}"
        return True

    def refuse(self, whose: str, token: str, error: str, cause: str) -> bool:
        return self.tell(whose, token, f"{error}: {cause}")


class FakeSenderLimits:
    """ports.SenderLimits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted = Counter[tuple[str, datetime]]()

    def counts(self, sender: str, most: int, now: datetime) -> bool:
        minute = (sender, now.replace(second=0, microsecond=0))
        with self._lock:
            if self._counted[minute] >= most:
                return False
            self._counted[minute] += 1
            return True
