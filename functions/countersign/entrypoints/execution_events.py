"""The recorder: whatever killed an execution, its job says so."""

from __future__ import annotations

import json
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from countersign import observability
from countersign.domain.errors import NotFound
from countersign.domain.jobs.change import Change, Due
from countersign.domain.jobs.job import ENDED, Status
from countersign.domain.lane.run import OF_ITEMS
from countersign.lane import watching
from countersign.runtime.deps import Deps
from countersign.runtime.step import production

_WORDS = {
    "FAILED": "the execution failed",
    "TIMED_OUT": "the execution ran out of time",
    "ABORTED": "the execution was stopped",
}


_AT_REST = ENDED | {Status.PARKED, Status.WAITING_FOR_SENDER}
"""No execution has to go on with a job in one of these."""


_KEPT = frozenset({"reservation", "overdue", "trial"})
"""Due rows that an execution's end settles nothing of; who watches cases opens one of this job."""


def record_end(deps: Deps, execution: str, job_id: str, status: str) -> bool:
    """Mark the job FAILED, if this execution still owns it and it has not ended. Whether it did."""
    try:
        record = deps.store.load(job_id)
    except NotFound:
        observability.logger().warning("an execution ended whose job is not known")
        return False
    if record.job.execution != execution or record.job.status in _AT_REST:
        return False
    change = Change(
        event="execution ended",
        actor="system:recorder",
        status=Status.FAILED,
        reason=f"{_WORDS[status]}; see its history, "
        f"then `countersign case {job_id} resume --by PERSON`",
        done=tuple(kind for kind in record.due if kind not in _KEPT),
        due=() if "overdue" in record.due else (Due(kind="overdue", at=deps.clock.now()),),
    )
    observability.job_ended(deps.commit(record, change).job)
    return True


def handler(event: dict[str, Any], context: Any) -> dict[str, bool]:
    """EventBridge's status change; delivered twice, it is recorded once."""
    deps = production()
    config = IdempotencyConfig(
        event_key_jmespath="[executionArn, status]",
        raise_on_no_idempotency_key=True,
        expires_after_seconds=7 * 86_400,
        hash_function="sha256",
    )
    config.register_lambda_context(context)
    layer = DynamoDBPersistenceLayer(table_name=deps.settings.idempotency_table)

    @idempotent_function(  # type: ignore[untyped-decorator] # Powertools types it as Any
        data_keyword_argument="detail", persistence_store=layer, config=config
    )
    def once(*, detail: dict[str, Any]) -> dict[str, bool]:
        job_id, name = str(json.loads(detail["input"])["job_id"]), str(detail["name"])
        if OF_ITEMS in name:
            return {"recorded": watching.record_end(deps, job_id, name)}
        return {"recorded": record_end(deps, name, job_id, detail["status"])}

    with observability.invocation("record"):
        found: dict[str, bool] = once(detail=event["detail"])
        return found
