"""Random domain values: plain JSON, and any contract from the types of its fields."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

import countersign.domain
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quiet import MailHours
from countersign.domain.contract import Value
from countersign.domain.jobs.senders import Sender
from countersign.domain.ledger.targets import HttpTarget
from countersign.domain.limits.pace import RateLimit, Row
from countersign.domain.money import Money, exponent
from countersign.domain.policy.release import Surer

Strategy = st.SearchStrategy[Any]

nfc = st.text(max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
"""Text in the form in which it is stored."""
zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
instants = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - Hypothesis wants naive bounds; zones follow
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001 - as above
    timezones=st.just(UTC) | zones,
)
decimals = st.decimals(-(10**30), 10**30, allow_nan=False) | st.integers().map(Decimal)
plain_json: Strategy = st.recursive(
    st.none() | st.booleans() | st.integers() | nfc,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(nfc, inner, max_size=4),
    max_leaves=12,
)


@st.composite
def money(draw: st.DrawFn) -> Money:
    """Any amount that fits its currency."""
    currency = draw(st.sampled_from(("EUR", "USD", "JPY", "KWD", "CHF")))
    minor = draw(st.integers(-(10**17), 10**17))
    return Money(amount=Decimal(minor).scaleb(-exponent(currency)), currency=currency)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Any working week."""
    opens = draw(st.integers(0, 1439))
    return Hours(
        zone=draw(st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"))),
        days=tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))),
        opens=opens,
        closes=draw(st.integers(opens + 1, 1440)),
    )


_SIMPLE: dict[Any, Strategy] = {
    str: nfc,
    bool: st.booleans(),
    int: st.integers(),
    Decimal: decimals,
    datetime: instants,
    date: st.dates(),
    Money: money(),
    Hours: hours(),
    RateLimit: st.builds(RateLimit, requests=st.integers(1, 100), seconds=st.integers(1, 60)),
    Row: st.builds(Row, queue=st.integers(), held=st.dictionaries(nfc, st.integers(), max_size=3)),
    Sender: st.builds(
        Sender,
        id=st.sampled_from(("default", "web-shop")),
        workflows=st.sampled_from((("*",), ("lead_intake", "letters"))),
        requests_a_minute=st.integers(0, 600),
    ),
    HttpTarget: st.builds(
        HttpTarget,
        id=st.sampled_from(("shop", "stock")),
        url=st.sampled_from(("https://shop.example", "https://stock.example:8443/v1")),
        header=st.sampled_from(("Authorization", "X-Key")),
        checks=st.sampled_from(("", "/ping")),
    ),
    NoneType: st.none(),
    Surer: st.builds(
        Surer,
        cases=st.integers(20, 10_000),
        small=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal("0.899")]),
        large=st.sampled_from([Decimal("0.9"), Decimal(1)]),
        as_of=st.dates(),
    ),
    MailHours: st.builds(MailHours, opens=st.integers(0, 24), closes=st.integers(0, 24)),
    CampaignLimits: st.builds(
        CampaignLimits,
        reserved_percent=st.integers(1, 100),
        rates=st.dictionaries(nfc, st.integers(1, 500), max_size=3),
        ramp=st.lists(st.integers(1, 9_000), max_size=3).map(tuple),
    ),
}


def of_type(kind: Any) -> Strategy:
    """Values of a field's type. Raises KeyError for a type that contracts do not use yet."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return contracts(kind)
    return _generic(get_origin(kind), get_args(kind))


def _generic(origin: Any, arguments: tuple[Any, ...]) -> Strategy:
    if origin is Annotated:
        return _within(*arguments)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of([of_type(kind) for kind in arguments])
    if origin is tuple and Ellipsis not in arguments:
        return st.tuples(*map(of_type, arguments))
    inner = of_type(arguments[1] if origin is AbstractMapping else arguments[0])
    shapes = {
        tuple: st.lists(inner, max_size=3).map(tuple),
        AbstractMapping: st.dictionaries(of_type(arguments[0]), inner, max_size=3),
    }
    return shapes[origin]


def _within(kind: Any, *limits: Any) -> Strategy:
    """Values of a type that are above a limit, the only one that parts of contracts have."""
    (above,) = (one.gt for limit in limits for one in limit.metadata)
    return of_type(kind).filter(lambda value: value > above)


def contracts(kind: type[BaseModel]) -> Strategy:
    """Instances of one contract, every field at random."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    fields = {name: of_type(field.annotation) for name, field in kind.model_fields.items()}
    return st.builds(kind, **fields)


def kinds() -> list[type[Value]]:
    """Every contract and part of a contract that the domain defines."""
    for module in pkgutil.iter_modules(countersign.domain.__path__, "countersign.domain."):
        importlib.import_module(module.name)
    found = {kind for kind in _below(Value) if kind.__module__.startswith("countersign.domain.")}
    stored = (kind for kind in found if kind.model_fields and not kind.__name__.startswith("_"))
    return sorted(stored, key=lambda kind: kind.__name__)


def _below(root: type[Value]) -> Iterator[type[Value]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _below(kind)
