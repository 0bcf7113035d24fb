"""What AWS's errors mean: trouble that passes is tried again, everything else stays what it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from countersign.connectors.aws.secrets import SecretsManager
from countersign.connectors.aws.services import PIECE, IntakeQueue, S3Payloads, StateMachine
from countersign.connectors.clock import DynamoOffset
from countersign.connectors.dynamodb.caps import DynamoCaps
from countersign.connectors.dynamodb.documents import DynamoPeople, DynamoSignIns
from countersign.connectors.dynamodb.reviews import DynamoReviews
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import NotFound, StoreConflict, Throttled, Unavailable
from countersign.domain.jobs.change import Link
from countersign.domain.jobs.job import Pointer
from countersign.domain.limits.caps import Reservation
from countersign.domain.money import Money
from tests.fakes.world import START
from tests.unit.connectors.aws_faults import answering, breaking

Call = Callable[[Callable[[str], Any]], object]
LINK = Link(link_id="l", secret_hash="h", job_id="j", approval_id="a", person_id="ana")

HELD = Reservation(
    key="k",
    job_id="j-1",
    attempt="a",
    amount=Money(amount=Decimal("0.01"), currency="EUR"),
    counters=("c",),
    reserved_at=START,
)
ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m"

ADAPTERS: dict[str, Call] = {
    "jobs": lambda made: DynamoStore("jobs", made("dynamodb")).load("j-1"),
    "jobs, due": lambda made: list(DynamoStore("jobs", made("dynamodb")).due(START)),
    "jobs, written": lambda made: DynamoStore("jobs", made("dynamodb")).count_try(LINK),
    "caps": lambda made: DynamoCaps("jobs", made("dynamodb")).release(HELD),
    "desk": lambda made: DynamoReviews("jobs", made("dynamodb")).to_review(5),
    "offset": lambda made: DynamoOffset("jobs", made("dynamodb")).read(),
    "people": lambda made: DynamoPeople("jobs", made("dynamodb")).directory(),
    "sign-ins": lambda made: DynamoSignIns("jobs", made("dynamodb")).link("l"),
    "payloads": lambda made: S3Payloads("b", made("s3")).get(Pointer(bucket="b", key="k")),
    "queue": lambda made: IntakeQueue("https://sqs.test/q", made("sqs")).send("j-1", "letters"),
    "secrets": lambda made: SecretsManager(made("secretsmanager")).get("name"),
    "machine": lambda made: StateMachine(ARN, made("stepfunctions")).start("e-1", "j-1"),
}
TOKEN_CALLS: dict[str, Call] = {
    "succeed": lambda made: StateMachine(ARN, made("stepfunctions")).succeed("t", "j-1"),
    "running": lambda made: StateMachine(ARN, made("stepfunctions")).running("e-1"),
}

ALL = pytest.mark.parametrize("call", [*ADAPTERS.values(), *TOKEN_CALLS.values()])
pytestmark = pytest.mark.usefixtures("made_up_credentials")


class NoRanges:
    """A bucket whose server answers every range with all of it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def get_object(self, **where: Any) -> dict[str, io.BytesIO]:
        assert "Range" in where
        return {"Body": io.BytesIO(self._body)}


@pytest.mark.parametrize("size", [0, PIECE - 1, PIECE + 1, 3 * PIECE + 1])
def test_what_knows_no_ranges_is_copied_once(size: int) -> None:
    """A file that is answered whole is not asked for again, until the disk is full."""
    body, copied = b"x" * size, io.BytesIO()
    S3Payloads("b", NoRanges(body)).copy(Pointer(bucket="b", key="k"), copied)  # type: ignore[arg-type]
    assert copied.getvalue() == body


@ALL
def test_throttling_is_throttled(call: Call) -> None:
    """Every adapter says so in our words, and the machine tries again."""
    with pytest.raises(Throttled):
        call(answering("ThrottlingException"))


@ALL
def test_a_server_error_is_unavailable(call: Call) -> None:
    """By its status, whatever its name."""
    with pytest.raises(Unavailable):
        call(answering("Whatever", 503))


@ALL
def test_no_answer_is_unavailable(call: Call) -> None:
    """No connection, or one that went silent."""
    for error in (
        ConnectTimeoutError(endpoint_url="https://aws.test"),
        EndpointConnectionError(endpoint_url="https://aws.test"),
        ReadTimeoutError(endpoint_url="https://aws.test"),
    ):
        with pytest.raises(Unavailable):
            call(breaking(error))


@ALL
def test_what_no_retry_helps_stays_what_it_is(call: Call) -> None:
    """A wrong request is a defect of ours, not trouble that passes."""
    with pytest.raises(ClientError):
        call(answering("ValidationException"))


@pytest.mark.parametrize(
    "code",
    [
        *("ProvisionedThroughputExceededException", "Throttling", "RequestLimitExceeded"),
        *("TooManyRequestsException", "SlowDown", "RequestThrottled"),
    ],
)
def test_every_name_of_throttling_is_known(code: str) -> None:
    """Each service has its own."""
    with pytest.raises(Throttled):
        ADAPTERS["queue"](answering(code, 503))


@pytest.mark.parametrize(
    ("reasons", "meaning"),
    [
        (("None", "ThrottlingError"), Throttled),
        (("ProvisionedThroughputExceeded", "None"), Throttled),
        (("ConditionalCheckFailed", "None"), StoreConflict),
        (("ConditionalCheckFailed", "TransactionConflict"), StoreConflict),
        (("ConditionalCheckFailed", "ThrottlingError"), StoreConflict),
        (("ConditionalCheckFailed", "ValidationError"), ClientError),
        (("ItemCollectionSizeLimitExceeded",), ClientError),
    ],
)
def test_a_cancelled_transaction_means_what_its_reasons_say(
    reasons: tuple[str, ...], meaning: type[Exception]
) -> None:
    """A failed condition is certain, so it counts before throttling."""
    with pytest.raises(meaning):
        ADAPTERS["jobs, written"](answering("TransactionCanceledException", reasons=reasons))


def test_a_missing_object_and_a_token_that_is_gone_stay_what_they_were() -> None:
    """What an adapter knows better is not taken for trouble."""
    with pytest.raises(NotFound):
        ADAPTERS["payloads"](answering("NoSuchKey", 404))
    assert TOKEN_CALLS["succeed"](answering("TaskTimedOut")) is False
    assert TOKEN_CALLS["running"](answering("ExecutionDoesNotExist")) is False
    ADAPTERS["machine"](answering("ExecutionAlreadyExists"))
