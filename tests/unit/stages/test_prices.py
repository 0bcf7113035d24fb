"""The table of prices: every row can be read, says where it is from, and judges by its own day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from countersign.domain.errors import DefinitionBroken
from countersign.stages.prices import Prices, prices, read
from workflows import WORKFLOWS

HEAD = "# USD per million tokens, as of 2026-11-29\n"


def test_every_row_is_whole() -> None:
    """With its source; batch and flex cost half, what is cached never more than what is not."""
    table = prices()
    rows = [table.row(*key) for key in table.rows]
    assert len(rows) > 20
    for row in rows:
        assert row
        assert row.source
        assert row.rates.cached <= row.rates.input <= max(row.rates.written, row.rates.input)
        assert bool(row.long_rates) is bool(row.long_above)
        usual = table.row(row.model, "standard")
        assert usual
        if row.tier != "standard":
            assert row.rates.output * 2 == usual.rates.output


def test_no_workflow_uses_a_model_that_retires_soon() -> None:
    """By the table's own day, so that no clone turns red by the calendar."""
    used = [size.price for flow in WORKFLOWS.values() for size in flow.release.sizes]
    assert used
    assert prices().retiring(used) == ()


def test_a_model_that_retires_soon_is_told_with_its_successor() -> None:
    """Once, whatever number of workflows uses it."""
    row = prices().row("gpt-4.1-mini", "standard")
    assert row
    assert prices().retiring([row, row]) == (
        "the model gpt-4.1-mini retires on 2027-01-14: move to gpt-6-luna",
    )


def test_a_retired_model_and_one_without_a_row_are_refused() -> None:
    """The sentence names the place, the model, and what to do."""
    table = prices()
    with pytest.raises(DefinitionBroken, match=r"x\.toml: the model eu\.anthropic.* retired on"):
        table.of("eu.anthropic.claude-haiku-4-5-20251001-v1:0", "standard", where="x.toml")
    with pytest.raises(
        DefinitionBroken, match=r"no price is known of the model m .*\[\[prices\]\]"
    ):
        table.of("m", "standard", where="x.toml")
    with pytest.raises(DefinitionBroken, match="in the tier priority"):
        table.of("gpt-6-luna", "priority", where="x.toml")


@pytest.mark.control
def test_control_the_day_that_judges_is_the_tables() -> None:
    """The same rows of a later day: a model that was fine has retired."""
    table = prices()
    assert table.of("gpt-4.1-mini", "standard", where="")
    later = Prices(table.as_of + timedelta(days=60), table.rows)
    with pytest.raises(DefinitionBroken, match="retired on 2027-01-14"):
        later.of("gpt-4.1-mini", "standard", where="")


def test_a_company_row_goes_before_the_table() -> None:
    """Its own contract counts, not the list price."""
    row = prices().row("gpt-6-luna", "standard")
    assert row
    own = row.model_copy(update={"source": "our contract"})
    assert prices().of("gpt-6-luna", "standard", where="", own=[own]).source == "our contract"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# of yesterday\n", "prices.csv cannot be read"),
        (HEAD + "model\nm\n", "prices.csv cannot be read"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, sentence: str) -> None:
    """Without a day, or without the columns."""
    with pytest.raises(DefinitionBroken, match=sentence):
        read(text)


def test_a_row_that_is_wrong_is_named() -> None:
    """A price that is no number."""
    columns = "provider,model,endpoint,tier,input,cached,written,output,long_above,long_input,"
    columns += "long_cached,long_written,long_output,retires,successor,temperature,effort,source\n"
    table = read(HEAD + columns + "p,m,api,standard,cheap,0,0,0,,,,,,,,yes,,s\n")
    assert table.as_of == date(2026, 11, 29)
    with pytest.raises(DefinitionBroken, match=r"prices\.csv: m in standard"):
        table.row("m", "standard")
