"""AWS inside this process. A client costs 80 ms of CPU, so each service has one for all tests; its
keys open nothing, and no emulator that another test started is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from moto import mock_aws

from tests.fakes.tables import create_jobs_table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

TABLE = "jobs"


@lru_cache
def client(service: str) -> Any:
    """For use while moto is on."""
    session: Any = boto3.Session("testing", "testing", region_name="us-east-1")
    return session.client(service, endpoint_url=f"https://{service}.us-east-1.amazonaws.com")


@contextmanager
def on_moto(service: str) -> Iterator[Any]:
    """An account in which nothing is yet."""
    with mock_aws():
        yield client(service)


@contextmanager
def jobs_table() -> Iterator[DynamoDBClient]:
    """The jobs table, empty."""
    with on_moto("dynamodb") as db:
        create_jobs_table(db, TABLE)
        yield db
