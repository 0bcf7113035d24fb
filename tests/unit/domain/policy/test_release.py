"""Releases: addressed by all their content, with limits by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from countersign.domain.money import Money
from countersign.domain.policy.release import ERRORS_BELOW, Limits, Surer, release_key
from tests.flows import limits, release, size

MEASURED = Surer(cases=20, small=Decimal("0.7"), large=Decimal("0.71"), as_of=date(2026, 3, 1))


@pytest.mark.parametrize(
    "parts",
    [
        {"workflow": "bills"},
        {"prompt": "Read the letter!"},
        {"sizes": (size(model="small-2"),)},
        {"sizes": (size(temperature="0.1"),)},
        {"sizes": (size(tokens=501),)},
        {"sizes": (size(), size("large"))},
        {"patience_seconds": 901},
        {"when_down": "park"},
        {"limits": limits(longest="81")},
        {"texts": {"book": "id: a"}},
        {"surer": MEASURED},
    ],
)
def test_a_release_is_addressed_by_all_its_content(parts: dict[str, Any]) -> None:
    """Whatever differs, however little, is another release."""
    assert release(**parts).digest != release().digest


def test_the_same_content_is_the_same_release() -> None:
    """Zeros after the point make no other release, and the address is where it lies."""
    same = release(limits=limits(longest="80.0"))
    assert same.digest == release().digest
    assert release_key(same.digest) == f"releases/{same.digest}.json"


@pytest.mark.parametrize("wrong", [{"large": "0.7"}, {"large": "0.6"}, {"cases": "19"}])
def test_a_larger_model_is_surer_only_where_it_was_measured_so(wrong: dict[str, Any]) -> None:
    """By twenty cases at least: no less, and not as sure as the small one."""
    with pytest.raises(ValueError, match=r"no surer of the cases|greater than or equal to 20"):
        Surer.model_validate({**MEASURED.model_dump(), **wrong}, strict=False)


def test_limits_by_name_and_currency() -> None:
    """A currency without a limit has none that could allow it; an unknown name is our defect."""
    euro = Money(amount=Decimal(50_000), currency="EUR")
    held = Limits(
        numbers={"hours": Decimal(24)}, amounts={"budget": (euro,)}, lists={"own": ("a",)}
    )
    assert held.number("hours") == 24
    assert held.amount("budget", "EUR") == euro
    assert held.amount("budget", "USD") is None
    assert held.list("own") == ("a",)
    for ask in (held.number, held.list, lambda name: held.amount(name, "EUR")):
        with pytest.raises(KeyError):
            ask("invented")


def test_probation_must_show_that_errors_are_below_one_per_cent_unless_told_otherwise() -> None:
    """The bound is a number of the release."""
    assert limits().errors_below == Decimal("0.01")
    bound = limits().model_copy(update={"numbers": {ERRORS_BELOW: Decimal("0.05")}})
    assert bound.errors_below == Decimal("0.05")
