"""Users of a connector, each a process of its own, as functions are on AWS.

Each use is told by its beginning and its end in monotonic seconds of the machine, which all
processes share. The design takes slots as Act does, the naive one counts up and down.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from countersign.connectors.clock import SystemIds
from countersign.connectors.dynamodb.limits import DynamoLimits
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import Throttled
from countersign.domain.jobs.change import Change
from countersign.domain.limits.slots import LEASE_MARGIN
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from countersign.runtime.step import Call, Continued
from countersign.steps.act.visit import visiting
from infra.local.cloud import deployer
from tests.integration.local.cap_workers import forked, say

WORKING = 0.15
"""Seconds that one use takes; less than the period."""
Using = Callable[[str], Any]
"""(job id) → a context within which the connector may be used."""


def with_slots(given: dict[str, Any], db: Any) -> Using:
    """The design: a claim on a job takes the slot, the visit's last change gives it back."""
    limit = {"slots": given["slots"], "seconds": given["period"]}
    settings = Settings.model_validate({"connector_limits": {"crm": limit}})
    table = given["table"]
    deps = Deps(
        settings, store=DynamoStore(table, db), limits=DynamoLimits(table, db), crm=object()
    )

    @contextmanager
    def using(job_id: str) -> Iterator[None]:
        # What a killed worker leaves behind ends with its function, plus a margin: short here.
        dies = job_id in given["jobs"][: given["dying"]]
        left = 2.0 - LEASE_MARGIN.total_seconds() if dies else 60.0
        ends = deps.clock.now() + timedelta(seconds=left)
        call = Call(job_id=job_id, execution="", state="Act", ends_at=ends)
        record = deps.store.load(job_id)
        with visiting(deps, call, "crm") as visit:
            claim = Change(event="claimed", actor="worker")
            record = _claimed(visit, record, claim)
            assert visit.slot
            say("taken", visit.slot.taken_at.timestamp())
            yield
            done = visit.left(Continued(record, Change(event="acted", actor="worker")))
            assert done.change
            deps.commit(record, done.change)

    return using


def _claimed(visit: Any, record: Any, claim: Change) -> Any:
    """When it is throttled, once more, as the machine would."""
    while True:
        try:
            return visit.claims(record, claim, SystemIds().token(64))
        except Throttled:
            say("throttled", record.job.job_id)
            time.sleep(WORKING)


def with_counter(given: dict[str, Any], db: Any) -> Using:
    """Naive: ADD 1 if it is below the limit, ADD -1 afterwards. No worker waits for ever."""
    place: dict[str, Any] = {
        "TableName": given["table"],
        "Key": {"pk": {"S": "COUNTER"}, "sk": {"S": "COUNTER"}},
        "ExpressionAttributeNames": {"#n": "uses"},
    }

    def add(number: int, condition: str, **more: Any) -> None:
        values = {":one": {"N": str(number)}, **more}
        db.update_item(
            **place,
            UpdateExpression="ADD #n :one",
            ExpressionAttributeValues=values,
            **({"ConditionExpression": condition} if condition else {}),
        )

    @contextmanager
    def using(_job: str) -> Iterator[None]:
        most = {":most": {"N": str(given["slots"])}}
        for _ in range(40):
            try:
                add(1, "attribute_not_exists(#n) OR #n < :most", **most)
            except db.exceptions.ConditionalCheckFailedException:
                time.sleep(0.05)
            else:
                break
        else:
            say("gave up", _job)
            os._exit(0)
        yield
        add(-1, "")

    return using


DESIGNS = {"slots": with_slots, "counter": with_counter}


def work(using: Using, job_id: str, uses: int, dies: bool) -> None:
    """Use the connector so often; who `dies` is killed in the middle of its first use."""
    for _ in range(uses):
        with using(job_id):
            began = time.monotonic()
            say("began", [began, job_id])
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(WORKING)
            say("used", [began, time.monotonic()])


def main() -> None:
    """Fork the workers, one job each, and wait for them; who dies has died before others begin."""
    given = json.loads(sys.argv[1])
    db = deployer.client("dynamodb", os.environ["AWS_ENDPOINT_URL"])
    using = DESIGNS[given["design"]](given, db)
    numbers = range(len(given["jobs"]))
    codes: list[int] = []
    for some in (numbers[: given["dying"]], numbers[given["dying"] :]):
        pids = [
            forked(lambda n=n: work(using, given["jobs"][n], given["uses"], n < given["dying"]))  # type: ignore[misc] # the default binds n
            for n in some
        ]
        codes += [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()
