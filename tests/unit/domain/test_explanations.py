"""Explanations of a broken contract: which field and why, and never what the sender wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

import pytest

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.job import Status
from countersign.domain.money import Money


class Order(Contract):
    """A contract with fields that hostile text can break in different ways."""

    CONTRACT: ClassVar[str] = "test.order"
    VERSION: ClassVar[int] = 1

    count: int
    price: Decimal = Decimal(0)
    total: Money | None = None
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    status: Status = Status.PENDING
    tags: tuple[str, ...] = ()
    notes: Mapping[str, str] = {}


SECRET = "4111-secret <script>"


@pytest.mark.parametrize(
    "body",
    [
        {"count": SECRET},
        {"count": 1, "status": SECRET},
        {"count": 1, "at": SECRET},
        {"count": 1, "price": SECRET},
        {"count": 1, SECRET: SECRET},
        {"count": 1, "secret_key_of_the_sender": SECRET},
        {"count": 1, "notes": {SECRET: 1}},
        {"count": 1, "total": {"minor": SECRET, "currency": "EUR"}},
        {"count": 1, "total": {"amount": "1", "currency": SECRET}},
        SECRET,
    ],
    ids=str,
)
def test_explanations_quote_nothing(body: object) -> None:
    """What the sender wrote, as value or as invented key, is in no explanation."""
    with pytest.raises(ContractBroken) as broken:
        Order.read(body)
    said = str(broken.value)
    assert said.startswith("test.order: ")
    assert "secret" not in said
    assert broken.value.__cause__ is None


def test_explanations_name_the_field() -> None:
    """A broken field is named with the place in its list, so that the sender finds it."""
    with pytest.raises(ContractBroken, match=r"count: .*integer.*; tags\.1: .*string"):
        Order.read({"count": "x", "tags": ["a", 2]})
    with pytest.raises(ContractBroken, match=r"^test.order: \?: Extra inputs"):
        Order.read({"count": 1, "invented": 1})


def test_explanations_are_short() -> None:
    """Ten faults are told, the rest counted."""
    with pytest.raises(ContractBroken) as broken:
        Order.read({"count": 1, "tags": list(range(13))})
    assert str(broken.value).count("tags.") == 10
    assert str(broken.value).endswith("; and 3 more")
