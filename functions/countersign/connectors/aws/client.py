"""One boto3 session per process, one client per service with bounded time-outs, whose calls are
signed by whoever's rights they have; and what their errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, no relation of Python's
    HTTPClientError,
    IncompleteReadError,
)

from countersign.domain.errors import Misconfigured, Throttled, Transient, Unavailable

if TYPE_CHECKING:
    import boto3
    from botocore import credentials
    from botocore.config import Config
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

_UNKEYED = frozenset({"sesv2"})
"""Services whose effects have no key: a client of ours never sends them twice."""

ClientT = TypeVar("ClientT")

_CONFLICTS = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottlingError", "ThrottledException"),
        *("RequestThrottled", "RequestThrottledException", "TooManyRequestsException"),
        *("RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded", "LimitExceededException"),
        *("ProvisionedThroughputExceededException", "ProvisionedThroughputExceeded"),
    }
)
_AWAY = frozenset(
    {
        *("InternalServerError", "InternalError", "InternalFailure", "InternalServiceError"),
        *("ServiceUnavailable", "ServiceUnavailableException", "RequestTimeout"),
        # The same write, sent again because its answer was lost, is still being applied.
        *("RequestTimeoutException", "TransactionInProgressException"),
    }
)
_SERVER_ERROR = 500


_SIGNER: ContextVar[credentials.Credentials | None] = ContextVar("signer", default=None)
"""Whose rights the call that is under way has; None: the process's own."""


@lru_cache(maxsize=1)
def _session() -> boto3.Session:
    import boto3

    return boto3.Session()


@dataclass(frozen=True)
class Credentials:
    """Whose rights a client has, where they are not the function's own."""

    key: str
    secret: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True)
class Place:
    """Where a function runs, and as whom."""

    region: str
    own: Credentials
    endpoint: str = ""
    """Of all services at once; empty: each has AWS's own."""
    trusts: str = ""
    """The file of whom to trust, where a company's network has its own; empty: whom all trust."""

    def url(self, name: str) -> str:
        """Where a service answers."""
        china = ".cn" if self.region.startswith("cn-") else ""
        return self.endpoint or f"https://{name}.{self.region}.amazonaws.com{china}"


def place_of_process() -> Place:
    """Where and as whom boto3 would ask Bedrock: for what is no function, a command at a terminal.
    Raises Misconfigured without credentials."""
    import botocore.session

    session = _session()
    found = session.get_credentials()
    if found is None:
        raise Misconfigured("no credentials for AWS are set: sign in, or name a profile")
    own = found.get_frozen_credentials()
    who = Credentials(own.access_key or "", own.secret_key or "", own.token or "")
    endpoint = session.client("bedrock-runtime").meta.endpoint_url
    trusts = botocore.session.get_session().get_config_variable("ca_bundle") or ""
    return Place(session.region_name, who, endpoint, trusts)


@overload
def client(service: Literal["dynamodb"], by: Credentials | None = None) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"], by: Credentials | None = None) -> S3Client: ...
@overload
def client(service: Literal["sqs"], by: Credentials | None = None) -> SQSClient: ...
@overload
def client(service: Literal["stepfunctions"], by: Credentials | None = None) -> SFNClient: ...
@overload
def client(
    service: Literal["secretsmanager"], by: Credentials | None = None
) -> SecretsManagerClient: ...
@overload
def client(service: Literal["sesv2"], by: Credentials | None = None) -> SESV2Client: ...
@overload
def client(service: Literal["kms"], by: Credentials | None = None) -> Any: ...
@overload
def client(service: Literal["sts"], by: Credentials | None = None) -> Any: ...
def client(service: Any, by: Credentials | None = None) -> Any:
    """This process's client of `service`; its calls have the rights of `by`, or the process's own.
    A client made anew for each job would cost as much CPU as three of its calls."""
    with _making():
        shared = _shared(_session(), service)
    return shared if by is None else _SignedBy(shared, by)


@lru_cache(maxsize=1)
def _making() -> Lock:
    """A session makes one client at a time; clients themselves are for any number of threads."""
    return Lock()


@lru_cache(maxsize=16)
def _shared(session: boto3.Session, service: str) -> Any:
    make: Any = session.client  # its stub has an overload for each of some 400 services
    made = make(service, config=_config(effects=service in _UNKEYED))
    made.meta.events.register("before-sign", _sign)
    return made


def _config(*, effects: bool) -> Config:
    """Of a call's CPU, botocore spends a seventh on its own list of what runs it, and more the
    longer the request on checking types that mypy has checked."""
    from botocore.config import Config

    return Config(
        connect_timeout=3,
        read_timeout=20 if effects else 10,
        retries={"mode": "standard", "total_max_attempts": 1 if effects else 3},
        user_agent="countersign",
        parameter_validation=False,
    )


def _sign(request: Any, **_: Any) -> None:
    """botocore's event before a request is signed, in the thread of the call."""
    by = _SIGNER.get()
    if by is not None:
        signing = request.context.get("signing", {})
        request.context["signing"] = {**signing, "request_credentials": by}


class _SignedBy:
    """A client each of whose calls is signed by these credentials, whatever other threads do."""

    def __init__(self, shared: object, by: Credentials) -> None:
        from botocore import credentials

        self._shared = shared
        self._by = credentials.Credentials(by.key, by.secret, by.token)

    def __getattr__(self, name: str) -> Any:
        if name == "get_paginator":
            raise TypeError("a paginator calls later, without these rights; ask page by page")
        member = getattr(self._shared, name)
        if not callable(member):
            return member

        @wraps(member)
        def call(*args: Any, **named: Any) -> Any:
            signer = _SIGNER.set(self._by)
            try:
                return member(*args, **named)
            finally:
                _SIGNER.reset(signer)

        return call


def guarded(real: ClientT) -> ClientT:
    """The client, with AWS's trouble in our words: each call is made within `aws_errors`."""
    return cast("ClientT", _Guarded(real))


@contextmanager
def aws_errors() -> Iterator[None]:
    """What passes by itself is Throttled or Unavailable; every other ClientError stays as it is,
    for the caller who knows what a condition or a missing key means."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error) or error from None
    except (HTTPClientError, ConnectionError, IncompleteReadError) as error:
        raise Unavailable(f"AWS gave no answer: {type(error).__name__}") from None


def passes(error: ClientError) -> bool:
    """Whether what failed is trouble that passes by itself."""
    return _meaning(error) is not None


def is_conflict(error: ClientError) -> bool:
    """Whether a transaction was refused because somebody else wrote first."""
    codes = _reasons(error)
    if _code(error) == "TransactionConflictException":
        return True
    return bool(codes & _CONFLICTS) and codes <= _CONFLICTS | _THROTTLED


def refused_only(error: BaseException | None, place: int) -> bool:
    """Whether of all writes of a cancelled transaction the one at `place` alone was refused."""
    if not isinstance(error, ClientError):
        return False
    codes = [reason.get("Code") for reason in _cancellations(error)]
    return [at for at, code in enumerate(codes) if code not in (None, "None")] == [place]


class _Guarded:
    """Passes everything on to a client. Paginators are not covered: they call the client itself."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._real, name)
        if not callable(member):
            return member

        def call(*args: Any, **named: Any) -> Any:
            with aws_errors():
                return member(*args, **named)

        return call


def _meaning(error: ClientError) -> Transient | None:
    if is_conflict(error):
        return None
    code = _code(error)
    if code in _THROTTLED or _reasons(error) & _THROTTLED:
        return Throttled(f"AWS asks to slow down: {code}")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _AWAY or status >= _SERVER_ERROR:
        return Unavailable(f"AWS failed: {code}")
    return None


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _reasons(error: ClientError) -> frozenset[str]:
    """Why each write of a cancelled transaction was refused."""
    reasons = _cancellations(error)
    return frozenset(str(reason["Code"]) for reason in reasons if reason.get("Code")) - {"None"}


def _cancellations(error: ClientError) -> list[dict[str, Any]]:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment] # typed as a closed dict
    return reasons
