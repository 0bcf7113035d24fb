"""AWS clients that fail before anything is sent: with an answer of AWS, or without one."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3


def answering(
    code: str, status: int = 400, reasons: tuple[str, ...] = (), message: str = "made up"
) -> Callable[[str], Any]:
    """Makes clients that get this error for every call; `reasons` cancel a transaction."""
    parsed = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
    return _made(lambda **_: (SimpleNamespace(status_code=status), parsed))


def breaking(error: Exception) -> Callable[[str], Any]:
    """Makes clients whose every call ends in `error`, without an answer."""

    def breaks(**_: object) -> None:
        raise error

    return _made(breaks)


def _made(fault: Callable[..., object]) -> Callable[[str], Any]:
    of_any: Any = boto3  # its types know four hundred services by their names

    def make(service: str) -> Any:
        client = of_any.client(service, region_name="us-east-1")
        client.meta.events.register("before-call.*.*", fault)
        return client

    return make
