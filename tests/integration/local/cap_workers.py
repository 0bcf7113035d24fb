"""Writers of reservations, each a process of its own, as functions are on AWS.

They are forked from one process that has everything imported and a client without connections. Each
line of the output is a JSON object: what was said about which key, and last the seconds it took.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from countersign.connectors.aws.client import client
from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.domain.errors import Throttled
from countersign.domain.limits.caps import Cap, Reservation
from countersign.domain.money import Money

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Take = Callable[[str, str], bool]
"""(key of the action, attempt) → whether it was granted."""


def eur(cents: int) -> Money:
    """Cents as money."""
    return Money.model_validate({"minor": cents, "currency": "EUR"})


def say(what: str, about: object) -> None:
    """One line, written at once."""
    os.write(1, json.dumps({what: about}).encode() + b"\n")


def exact(db: Any, table: str, cap: Cap, amount: int) -> Take:
    """The design, as Decide uses it; when it is throttled, once more, as the machine would."""
    caps = DynamoCaps(table, db)

    def take(key: str, attempt: str) -> bool:
        wanted = Reservation(
            key=key,
            job_id=f"j-{cap.key}-{key}",
            attempt=attempt,
            amount=eur(amount),
            counters=(cap.counter,),
            reserved_at=AT,
        )
        while True:
            try:
                return caps.reserve([cap], wanted) is None
            except Throttled:
                say("throttled", key)

    return take


def check_then_add(db: Any, table: str, cap: Cap, amount: int) -> Take:
    """Naive: look whether there is room, then ADD."""

    def take(_key: str, _attempt: str) -> bool:
        if _total(db, table, cap) + amount > cap.most.minor:
            return False
        for _ in range(3):  # what else a step reads before it writes
            _total(db, table, cap)
        db.update_item(
            TableName=table,
            Key=_key_of(cap),
            UpdateExpression="ADD #total :amount",
            ExpressionAttributeNames={"#total": "total"},
            ExpressionAttributeValues={":amount": {"N": str(amount)}},
        )
        return True

    return take


def read_modify_write(db: Any, table: str, cap: Cap, amount: int) -> Take:
    """Naive: read, compute, write without a condition."""

    def take(_key: str, _attempt: str) -> bool:
        total = _total(db, table, cap) + amount
        if total > cap.most.minor:
            return False
        db.put_item(TableName=table, Item={**_key_of(cap), "total": {"N": str(total)}})
        return True

    return take


DESIGNS = {"exact": exact, "check_then_add": check_then_add, "read_modify_write": read_modify_write}


def work(take: Take, worker: int, count: int, attempt: str, told: int | None = None) -> None:
    """Ask for `count` actions, one after the other; `told` hears of each."""
    for number in range(count):
        key = f"{worker}-{number}"
        say("granted" if take(key, f"{attempt}-{key}") else "refused", key)
        if told is not None:
            os.write(told, b".")


def forked(task: Callable[[], None]) -> int:
    """A process that does `task`; its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            task()
            code = 0
        finally:
            os._exit(code)
    return pid


def killed_in_the_middle(take: Take, count: int) -> int:
    """Worker 0, dead by SIGKILL after its third action, wherever it is then; its successor."""
    hears, told = os.pipe()
    pid = forked(lambda: work(take, 0, count, "a", told))
    for _ in range(3):
        os.read(hears, 1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return forked(lambda: work(take, 0, count, "b"))


def main() -> None:
    """Fork the workers, wait for them, and fail when one of them failed."""
    given = json.loads(sys.argv[1])
    cap = Cap(key=given["cap"], day="2026-03-02", most=eur(given["most"]), sentence="full")
    design = DESIGNS[given["design"]]
    take = design(client("dynamodb"), given["table"], cap, given["amount"])
    count, begun = given["count"], time.monotonic()
    first = 1 if given["kill"] else 0
    pids = [
        forked(lambda n=n: work(take, n, count, "a"))  # type: ignore[misc] # the default binds n
        for n in range(first, given["workers"])
    ]
    if given["kill"]:
        pids.append(killed_in_the_middle(take, count))
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    say("seconds", time.monotonic() - begun)
    sys.exit(max(codes))


def _key_of(cap: Cap) -> dict[str, Any]:
    return {"pk": {"S": f"CAP#{cap.counter}"}, "sk": {"S": "CAP"}}


def _total(db: Any, table: str, cap: Cap) -> int:
    found = db.get_item(TableName=table, Key=_key_of(cap), ConsistentRead=True)
    return int(found["Item"]["total"]["N"]) if "Item" in found else 0


if __name__ == "__main__":
    main()
