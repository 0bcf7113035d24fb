"""One client of the process signs each call with the rights of whoever makes it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials as Rights

from countersign.connectors.aws.client import Credentials, _session, client
from countersign.connectors.dynamodb.documents import DynamoPeople
from countersign.connectors.dynamodb.store import DynamoStore
from countersign.domain.errors import NotFound

JOBS, CALLS = 8, 6
OWN = "testing"
As = Callable[[str], Any]
"""A client with the rights of a job."""


class Empty:
    """The body of every answer."""

    def stream(self) -> Iterator[bytes]:
        yield b'{"Items": []}'


class Wire:
    """Answers all calls; who signed each is kept by the job that it asked for."""

    def __init__(self) -> None:
        self.signed: list[tuple[str, str]] = []
        self.meets: Callable[[], object] = lambda: None
        """What a call waits for before it is signed."""
        _session.cache_clear()
        shared: Any = client("dynamodb")
        shared.meta.events.register("before-parameter-build", lambda **_: self._met())
        shared.meta.events.register("before-send", self._answers)

    def _met(self) -> None:
        self.meets()

    def _answers(self, request: Any, **_: Any) -> AWSResponse:
        asked = re.findall(rb"JOB#([\w-]+)", request.body) or [b"nobody's"]
        (signer,) = re.findall(r"Credential=([^/]+)/", request.headers["Authorization"].decode())
        self.signed.append((asked[0].decode(), signer))
        return AWSResponse(request.url, 200, HTTPHeaders(), Empty())


@pytest.fixture
def wire(made_up_credentials: None) -> Iterator[Wire]:
    """A process whose calls go nowhere."""
    assert made_up_credentials is None
    yield Wire()
    _session.cache_clear()


def of(job: str) -> Any:
    """The product's way to a client for a job."""
    return client("dynamodb", Credentials(job, "secret", "token"))


def asks(db: Any, job: str) -> None:
    """A job asks for its own rows."""
    with pytest.raises(NotFound):
        DynamoStore("jobs", db).load(job)


def all_at_once(wire: Wire, made: As) -> None:
    """Jobs in a thread each; every call of one waits, before it is signed, for those of the others,
    so that all of them are between saying who they are and signing."""
    barrier = threading.Barrier(JOBS, timeout=20)
    wire.meets = barrier.wait
    jobs = [f"j-{number}" for number in range(JOBS)]

    def works(job: str) -> None:
        db = made(job)
        for _ in range(CALLS):
            asks(db, job)

    with ThreadPoolExecutor(JOBS) as threads:
        list(threads.map(works, jobs))


def test_no_job_signs_with_the_rights_of_another_whatever_threads_do(wire: Wire) -> None:
    """Eight jobs, six calls each, all of them under way at the same time."""
    all_at_once(wire, of)
    assert len(wire.signed) == JOBS * CALLS
    assert [(job, by) for job, by in wire.signed if job != by] == []


@pytest.mark.control
def test_control_rights_that_are_put_into_the_client_reach_other_jobs(wire: Wire) -> None:
    """The design that nobody should have: each job puts its own into what all share."""

    def put(job: str) -> Any:
        shared: Any = client("dynamodb")
        shared._request_signer._credentials = Rights(job, "secret", "token")
        return shared

    all_at_once(wire, put)
    assert [(job, by) for job, by in wire.signed if job != by]


def test_after_a_job_s_call_the_process_has_its_own_rights_again(wire: Wire) -> None:
    """Also after one that failed."""
    asks(of("j-1"), "j-1")
    asks(client("dynamodb"), "j-2")

    def breaks() -> None:
        raise ConnectionError

    wire.meets = breaks
    with pytest.raises(ConnectionError):
        DynamoStore("jobs", of("j-3")).load("j-3")
    wire.meets = lambda: None
    asks(client("dynamodb"), "j-4")
    assert wire.signed == [("j-1", "j-1"), ("j-2", OWN), ("j-4", OWN)]


def test_the_directory_is_read_with_the_job_s_rights_page_by_page(wire: Wire) -> None:
    """A paginator would call without them, so there is none."""
    db = of("j-1")
    assert DynamoPeople("jobs", db).directory().members == ()
    assert wire.signed == [("nobody's", "j-1")]
    with pytest.raises(TypeError, match="page by page"):
        db.get_paginator("query")


def test_a_process_has_one_client_of_a_service(wire: Wire) -> None:
    """Whoever's rights its calls have; making one costs as much as three calls."""
    held: Mapping[str, Any] = {job: of(job) for job in ("j-1", "j-2")}
    assert wire.signed == []
    assert held["j-1"].meta is held["j-2"].meta is client("dynamodb").meta
