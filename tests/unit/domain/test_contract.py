"""Contracts: strict, frozen, versioned, and the same after being stored."""

from __future__ import annotations

import collections.abc
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, ClassVar, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract, Stored, Value
from countersign.domain.errors import ContractBroken, UnknownVersion
from countersign.domain.jobs.job import Status
from countersign.domain.money import Money
from tests.builders import Memo, job
from tests.unit.domain.strategies import contracts, kinds


class Order(Contract):
    """A contract with one field of each kind that is easy to get wrong."""

    CONTRACT: ClassVar[str] = "test.order"
    VERSION: ClassVar[int] = 1

    count: int
    open: bool = True
    price: Decimal = Decimal(0)
    total: Money | None = None
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    status: Status = Status.PENDING
    tags: tuple[str, ...] = ()
    notes: collections.abc.Mapping[str, str] = {}


class OrderV2(Order):
    """The same under a newer version."""

    VERSION: ClassVar[int] = 2


@settings(max_examples=settings().max_examples // 4, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_everything_survives_being_stored(kind: type[Value], data: st.DataObject) -> None:
    """Every contract of the domain comes back equal from its bytes, and gives the same bytes."""
    value = data.draw(contracts(kind))
    stored = canonical(value)
    back = kind.model_validate_json(stored)
    assert back == value
    assert canonical(back) == stored


def test_the_domain_is_covered() -> None:
    """The round trip above sees the contracts that matter most."""
    names = {kind.__name__ for kind in kinds()}
    assert {"Job", "LedgerEntry", "Approval", "Entry", "Case", "Release", "Proposal"} <= names


IMMUTABLE = (str, int, bool, Decimal, date, datetime, Money, NoneType)


def mutable_parts(annotation: Any) -> list[Any]:
    """The types within `annotation` that type-checked code may change in place."""
    inner = [part for part in get_args(annotation) if part is not Ellipsis]
    found = [bad for part in inner for bad in mutable_parts(part)]
    kind = get_origin(annotation) or annotation
    return [*found, kind] if kind in (list, dict, set, collections.abc.MutableMapping) else found


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_no_field_can_be_changed_in_place(kind: type[Value]) -> None:
    """Collections in contracts are tuples and Mappings: mypy refuses to change them."""
    faults = {n: mutable_parts(field.annotation) for n, field in kind.model_fields.items()}
    assert not [name for name, bad in faults.items() if bad]


@pytest.mark.control
def test_a_list_in_a_contract_is_seen() -> None:
    """Control: the check above sees a list inside an optional mapping."""
    assert mutable_parts(collections.abc.Mapping[str, list[int]] | None) == [list]


def test_a_contract_shares_nothing_with_its_maker() -> None:
    """Changing the mapping that a contract was made of does not change the contract."""
    notes = {"a": "1"}
    order = Order(count=1, notes=notes)
    notes["a"] = "2"
    assert order.notes == {"a": "1"}


@pytest.mark.parametrize("name", ["count", "status", "invented"])
def test_contracts_are_frozen(name: str) -> None:
    """No field can be set, and none added."""
    with pytest.raises(ValidationError):
        setattr(Order(count=1), name, 2)


@pytest.mark.parametrize(
    "body",
    [
        {"count": "1"},
        {"count": 1.0},
        {"count": True},
        {"count": None},
        {},
        [],
        None,
        {"count": 1, "open": 1},
        {"count": 1, "open": "true"},
        {"count": 1, "price": "NaN"},
        {"count": 1, "price": float("inf")},
        {"count": 1, "status": "pending"},
        {"count": 1, "at": "yesterday"},
        {"count": 1, "at": 1700000000},
        {"count": 1, "tags": "one"},
        {"count": 1, "tags": {"0": "one"}},
        {"count": 1, "notes": {"a": 1}},
        {"count": 1, "invented": "x"},
        {"count": 1, "tags": ["\ud800"]},
    ],
    ids=repr,
)
def test_reading_is_strict(body: object) -> None:
    """ "1" is not 1, 1 is not true, and nothing undeclared or unpaired comes in."""
    with pytest.raises(ContractBroken):
        Order.read(body)


def test_reading_takes_json_forms() -> None:
    """Lists, ISO times and names of statuses are read as tuples, times and statuses."""
    order = Order.read(
        {
            "count": 1,
            "price": "0.10",
            "total": {"minor": 150, "currency": "EUR"},
            "at": "2026-03-02T10:00:00+01:00",
            "status": "FAILED",
            "tags": ["a"],
        }
    )
    assert order.price == Decimal("0.1")
    assert order.total == Money(amount=Decimal("1.50"), currency="EUR")
    assert order.at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert order.status is Status.FAILED
    assert order.tags == ("a",)


def test_fractions_of_strict_json_are_numbers() -> None:
    """A fraction parsed as Decimal is read as a number: exact for a price, refused as text."""
    assert Order.read({"count": 1, "price": Decimal("19.90")}).price == Decimal("19.9")
    for body in ({"text": Decimal("1.5")}, {"text": Decimal(1)}):
        with pytest.raises(ContractBroken, match=r"text: .*string"):
            Memo.read(body)


@pytest.mark.parametrize("number", ["12345678901234567.89", "1E+999", "0." + "1" * 30])
def test_fractions_are_never_rounded(number: str) -> None:
    """A number with more digits than can be read exactly is refused, and not changed."""
    with pytest.raises(ContractBroken, match="send it as text"):
        Order.read({"count": 1, "price": Decimal(number)})
    assert Order.read({"count": 1, "price": number}).price == Decimal(number)


def test_only_parsed_json_is_read() -> None:
    """Objects of Python are not turned into text on the quiet."""
    with pytest.raises(TypeError, match="not parsed JSON"):
        Memo.read({"text": b"bytes"})


def test_stored_times_are_utc() -> None:
    """A time that was stored comes back with a zone, and the zone is UTC."""
    back = Stored.of(Order(count=1)).as_(Order)
    assert back.at.utcoffset() == timedelta(0)
    assert back.at.tzinfo is not None


def test_strict_also_within_python() -> None:
    """In code, a status is a Status: its text alone is refused."""
    parts = {**dict(job()), "status": "PENDING"}
    with pytest.raises(ValidationError):
        type(job())(**parts)


def test_stored_goes_back_to_its_kind() -> None:
    """What is stored names its contract and version and comes back equal."""
    stored = Stored.of(Memo(text="caf\u00e9"))
    assert (stored.contract, stored.version) == ("test.memo", 1)
    assert stored.as_(Memo) == Memo(text="caf\u00e9")


def test_a_stored_value_is_read_once() -> None:
    """A step asks for its input some ten times; what was read counts for nothing else."""
    stored = Stored.of(Memo(text="a"))
    assert stored.as_(Memo) is stored.as_(Memo)
    assert stored == Stored.of(Memo(text="a"))
    assert Stored.of(Memo(text="b")).as_(Memo) == Memo(text="b")


def test_what_lies_apart_is_read_when_somebody_asks_and_once() -> None:
    """And not before; with its text in it, it is as any other."""
    asked: list[str] = []
    here = Stored.of(Memo(text="caf\u00e9"))

    def reads() -> str:
        asked.append("it")
        return here.body

    there = Stored(contract=here.contract, version=here.version, apart="d1").read_by(reads)
    assert (there.body, asked) == ("", [])
    assert there.as_(Memo) == there.as_(Memo) == Memo(text="caf\u00e9")
    assert asked == ["it"]
    assert there.whole() == here.whole() == here


@pytest.mark.parametrize("kind", [OrderV2, Memo])
def test_unknown_versions_are_refused(kind: type[Contract]) -> None:
    """Bytes of another contract, or of another version of it, are never guessed at."""
    with pytest.raises(UnknownVersion, match=r"stored test.order v1; this code reads"):
        Stored.of(Order(count=1)).as_(kind)


@pytest.mark.control
def test_a_lenient_model_takes_text_for_numbers() -> None:
    """Control: pydantic without our settings reads "1" as 1 and drops what it does not know."""

    class Lenient(BaseModel):
        count: int

    assert Lenient.model_validate_json(json.dumps({"count": "1", "x": 2})).count == 1
