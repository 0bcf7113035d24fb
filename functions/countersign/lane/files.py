"""What the lane keeps of a job's file in the payload bucket: batches, their plan, the results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, ClassVar

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Stored
from countersign.domain.errors import InternalError
from countersign.domain.jobs.job import Pointer
from countersign.domain.lane.batches import Batch, Line, Plan, lines_of
from countersign.domain.lane.items import Outcome
from countersign.domain.policy.release import Release
from countersign.domain.ports import Payloads

PLACE = "lane/"
"""What the keys of all files begin with."""


class About(Contract):
    """What a child has to know of the job, whose rows it cannot read."""

    CONTRACT: ClassVar[str] = "lane.about"
    VERSION: ClassVar[int] = 2

    workflow: str
    input: Stored
    source: Pointer
    release: Release
    """That the job is pinned to."""
    sends: bool = False
    """Whether its items are messages."""


class _Most(BytesIO):
    """Takes so many bytes, and raises EOFError for more: what is too large is not fetched whole."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, body: Any, /) -> int:
        if self.tell() + len(memoryview(body)) > self._most:
            raise EOFError
        return super().write(body)


class LaneFiles:
    """Of one job."""

    def __init__(self, payloads: Payloads, job_id: str) -> None:
        self._payloads = payloads
        self.job_id = job_id

    def keep_batch(self, batch: Batch, body: bytes) -> None:
        """The bytes of a batch."""
        self._put(_of_batch(batch.number), body)

    def batch(self, batch: Batch) -> tuple[Line, ...]:
        """The rows of a batch. Raises InternalError when they are not those that were signed."""
        body = self._get(_of_batch(batch.number))
        if digest(body) != batch.digest:
            raise InternalError(f"batch {batch.number} is not the one that was signed")
        return lines_of(body)

    def keep_plan(self, plan: Plan) -> None:
        """All batches."""
        self._put("plan.json", canonical(plan))

    def plan(self, signed: str) -> Plan:
        """All batches. Raises InternalError when they are not those that were signed."""
        body = self._get("plan.json")
        if digest(body) != signed:
            raise InternalError("the file's plan is not the one that was signed")
        return Plan.model_validate_json(body)

    def keep_about(self, about: About) -> None:
        """What children have to know."""
        self._put("about.json", canonical(about))

    def about(self) -> About:
        """What children have to know."""
        return About.model_validate_json(self._get("about.json"))

    def keep_quarantined(self, rows: Iterable[Outcome]) -> None:
        """The rows that cannot be read."""
        self._put("quarantined.jsonl", _lines(rows))

    def keep_results(self, batch: int, rows: Iterable[Outcome]) -> None:
        """How the rows of a batch ended."""
        self._put(_of_results(batch), _lines(rows))

    def results(self, batch: int) -> Iterator[Outcome]:
        """How the rows of a batch ended, in their order."""
        return _outcomes(self._get(_of_results(batch)))

    def quarantined(self) -> Iterator[Outcome]:
        """The rows that cannot be read, in their order."""
        return _outcomes(self._get("quarantined.jsonl"))

    def keep_document(self, name: str, body: bytes) -> None:
        """A document that was made of the results."""
        self._put(f"made/{name}", body)

    def document(self, name: str, most: int) -> bytes | None:
        """One of them; None: it has more than so many bytes."""
        body = _Most(most)
        try:
            self._payloads.copy(self._made(name), body)
        except EOFError:
            return None
        return body.getvalue()

    def link(self, name: str, seconds: int) -> str:
        """Where whoever has it gets one of them, for so long."""
        return self._payloads.link(self._made(name), name, seconds)

    def keep_list(self, run: str, batches: Iterable[Batch]) -> str:
        """The list of batches for one run of the machine; its key."""
        body = json.dumps([one.model_dump() for one in batches]).encode()
        return self._put(f"runs/{run}.json", body).object_key

    def _put(self, name: str, body: bytes) -> Pointer:
        return self._payloads.put(self._key(name), body)

    def _get(self, name: str) -> bytes:
        return self._payloads.get(Pointer.to("", self._key(name)))

    def _made(self, name: str) -> Pointer:
        return Pointer.to("", self._key(f"made/{name}"))

    def _key(self, name: str) -> str:
        return f"{PLACE}{self.job_id}/{name}"


def _of_batch(number: int) -> str:
    return f"batches/{number:06}.jsonl"


def _of_results(number: int) -> str:
    return f"results/{number:06}.jsonl"


def _lines(rows: Iterable[Outcome]) -> bytes:
    return b"".join(canonical(one) + b"\n" for one in rows)


def _outcomes(body: bytes) -> Iterator[Outcome]:
    return map(Outcome.model_validate_json, body.splitlines())
