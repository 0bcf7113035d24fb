"""Codes that people type: the same rules hold for the fake and for DynamoDB's transactions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from countersign.connectors.dynamodb.documents import DynamoCodes
from countersign.domain.approvals.codes import CODE_FOR, Code
from countersign.domain.errors import StoreConflict
from countersign.domain.ports import Codes
from tests.fakes.codes import FakeCodes
from tests.fakes.on_moto import jobs_table
from tests.fakes.world import START


@pytest.fixture(params=["fake", "moto"])
def codes(request: pytest.FixtureRequest) -> Iterator[Codes]:
    """The adapter under the contract."""
    if request.param == "fake":
        yield FakeCodes()
        return
    with jobs_table() as db:
        yield DynamoCodes("jobs", db)


CODE = Code(
    key="a-001 ana",
    expires_at=START + CODE_FOR,
    about="d" * 64,
    salt="5",
    seal="e" * 64,
    sent=(START, START + timedelta(minutes=1)),
)


def test_what_is_stored_comes_back(codes: Codes) -> None:
    """Every field, times included; another key has nothing."""
    codes.change(None, CODE)
    assert codes.held(CODE.key) == CODE
    assert codes.held("a-001 ben") is None


def test_of_two_who_count_at_once_one_counts(codes: Codes) -> None:
    """A try is stored over what was read, and over nothing else."""
    codes.change(None, CODE)
    once = CODE.model_copy(update={"tries": 1})
    codes.change(CODE, once)
    with pytest.raises(StoreConflict):
        codes.change(CODE, once)
    with pytest.raises(StoreConflict):
        codes.change(None, CODE)
    assert codes.held(CODE.key) == once
