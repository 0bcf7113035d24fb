"""Who reserves turns, each a process of its own, as functions are on AWS.

Each line of the output is one turn: when it starts, in microseconds. `killed` workers die by
SIGKILL after some; the naive design reads the row, computes, and writes it without a condition.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from countersign.connectors.dynamodb.limits import DynamoLimits, pace_of
from countersign.domain.limits.pace import RateLimit, Wish, book, booked, granted
from countersign.runtime.deps import Deps
from countersign.runtime.pace import Paced
from countersign.runtime.settings import Settings
from infra.local.cloud import deployer
from tests.integration.local.cap_workers import forked, say

LIMIT = RateLimit(requests=100, seconds=10)
Take = Callable[[], int]


def by_turns(table: str, db: Any, key: str) -> Take:
    """The product."""
    settings = Settings(connector_limits={key: (LIMIT,)})
    paced = Paced(Deps(settings, limits=DynamoLimits(table, db)), key)
    return lambda: paced.takes(Wish(8, "leads")).start


def by_hand(table: str, db: Any, key: str) -> Take:
    """Naive."""
    settings = Settings(connector_limits={key: (LIMIT,)})
    deps = Deps(settings, limits=DynamoLimits(table, db))
    paced = Paced(deps, key)

    def take() -> int:
        row = paced.read().row
        booking = book(row, paced.pace, Wish(8, "leads"), deps.wall.now())
        after = booked(row, booking)
        assert after
        keys = {"pk": {"S": pace_of(key)}, "sk": {"S": "PACE"}}
        db.put_item(TableName=table, Item={**keys, "queue": {"N": str(after.queue)}})
        return granted(booking, after).start

    return take


DESIGNS = {"turns": by_turns, "naive": by_hand}


def work(take: Take, turns: int, dies_after: int) -> None:
    """Take so many turns."""
    for number in range(turns):
        if number == dies_after:
            os.kill(os.getpid(), signal.SIGKILL)
        say("start", take())


def main() -> None:
    """Fork the workers and wait for them; fails when one failed that was not killed."""
    given = json.loads(sys.argv[1])
    db = deployer.client("dynamodb", os.environ["AWS_ENDPOINT_URL"])
    take = DESIGNS[given["design"]](given["table"], db, given["key"])
    pids = [
        forked(lambda n=n: work(take, given["turns"], 3 if n < given["killed"] else -1))  # type: ignore[misc] # the default binds n
        for n in range(given["workers"])
    ]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    sys.exit(max(code for code in codes if code != -signal.SIGKILL))


if __name__ == "__main__":
    main()
