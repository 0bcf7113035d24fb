"""Mistakes put in on purpose: one at a time, visible against the message, the same for one seed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from infra.cli.review.seeded_errors import applied, mistakes

MESSAGE = """Hello, this is Anna Lindner of Hafenwerk Logistik (anna.lindner@hafenwerk.example).
Please call me on +49 30 23125 0142. Order 4711-88, 120.00 EUR."""
PARAMS: Mapping[str, Any] = {
    "name": "Anna Lindner",
    "email": "anna.lindner@hafenwerk.example",
    "phone": "+4930231250142",
    "country": "DE",
    "owner": "seller-1002",
    "note": None,
    "urgent": True,
    "amount": {"minor": 12000, "currency": "EUR"},
    "items": [{"order": "4711-88", "count": 3}],
    "draft": "Dear Anna, " + "thank you very much for your message. " * 3,
}
SEEDS = [f"j-{n}" for n in range(40)]


def made(params: Mapping[str, Any], source: str, seed: str) -> list[Mapping[str, Any]]:
    """`params` with each possible mistake."""
    return [applied(params, one) for one in mistakes(params, source, seed)]


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf by its path."""
    if isinstance(value, Mapping):
        return {
            k: v for key, item in value.items() for k, v in leaves(item, f"{path}.{key}").items()
        }
    if isinstance(value, list):
        return {
            k: v for n, item in enumerate(value) for k, v in leaves(item, f"{path}.{n}").items()
        }
    return {path: value}


def changed(params: Mapping[str, Any]) -> list[str]:
    """The paths that differ."""
    before, after = leaves(PARAMS), leaves(params)
    assert before.keys() == after.keys()
    return [path for path in before if before[path] != after[path]]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_mistake_changes_one_thing_that_the_message_says(seed: str) -> None:
    """Names, addresses, numbers and amounts; never ids, drafts, flags or what is not in it."""
    found = [changed(params) for params in made(PARAMS, MESSAGE, seed)]
    assert all(len(paths) == 1 for paths in found)
    assert {paths[0] for paths in found} == {
        ".name",
        ".email",
        ".phone",
        ".amount.minor",
        ".items.0.order",
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_the_wrong_value_is_not_in_the_message(seed: str) -> None:
    """Otherwise an attentive reader could take it for right."""
    said = "".join(letter for letter in MESSAGE.casefold() if letter.isalnum())
    for params in made(PARAMS, MESSAGE, seed):
        (path,) = changed(params)
        value = leaves(params)[path]
        if isinstance(value, str):
            local = value.partition("@")[0]
            assert "".join(x for x in local.casefold() if x.isalnum()) not in said


def test_amounts_are_ten_times_as_much() -> None:
    """Whatever the message says about them."""
    (params,) = made({"sum": {"minor": 500, "currency": "EUR"}}, "hello", "s")
    assert params == {"sum": {"minor": 5000, "currency": "EUR"}}


def test_the_same_seed_makes_the_same_mistake_and_others_vary() -> None:
    """A page that is loaded again shows the same item."""
    first = {json.dumps(next(iter(made(PARAMS, MESSAGE, seed)))) for seed in SEEDS}
    again = {json.dumps(next(iter(made(PARAMS, MESSAGE, seed)))) for seed in SEEDS}
    assert first == again
    assert len(first) > 10


@pytest.mark.parametrize(
    "params",
    [{}, {"owner": "seller-1002"}, {"n": 3, "flag": False}, {"sum": {"minor": 0}}, {"x": "a b"}],
)
def test_where_nothing_can_be_seen_there_is_no_mistake(params: Mapping[str, Any]) -> None:
    """An unfair item would count against an attentive reader."""
    assert list(made(params, MESSAGE, "s")) == []


def test_a_message_that_says_every_name_of_ours_gets_another() -> None:
    """Even a sender who knows the list sees a value that they did not send."""
    names = "Marlow Fittings Tessa Brandt Corvin Supplies Ortega Freight Hollis Baker"
    (params,) = made({"name": "Tessa Brandt"}, names, "s")
    assert params["name"] not in names


def test_what_was_given_is_not_touched() -> None:
    """The mistake is in a copy."""
    before = json.dumps(PARAMS)
    list(made(PARAMS, MESSAGE, "s"))
    assert json.dumps(PARAMS) == before


def test_the_mistake_is_made_wherever_the_value_stands() -> None:
    """Otherwise the actions contradict each other, and nobody needs the message to see it."""
    (mistake, *_) = mistakes({"email": "anna.lindner@hafenwerk.example"}, MESSAGE, "s")
    other = {"notes": ["Write to anna.lindner@hafenwerk.example.", 7], "sum": {"minor": 7}}
    after = applied(other, mistake)
    assert after["notes"] == [f"Write to {mistake.instead}.", 7]
    assert after["sum"] == {"minor": 7}


def test_an_amount_changes_as_an_amount_only() -> None:
    """Another number that happens to be the same stays."""
    params = {"sum": {"minor": 7, "currency": "EUR"}, "count": 7, "order": "7"}
    assert made(params, "hello", "s") == [{**params, "sum": {"minor": 70, "currency": "EUR"}}]
