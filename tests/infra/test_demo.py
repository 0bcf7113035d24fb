"""A stage that is still the demo's is not deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from countersign.stages.stage_files import company
from infra.build import lint
from infra.build.demo import check, left
from infra.settings import Settings, SettingsError, context, load
from tests.business import PACKAGE, STAGE, business


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with business(tmp_path_factory.mktemp("business")):
        yield PACKAGE


def _settings(**changes: Any) -> Settings:
    """The stage of the tests' own company."""
    people = {"id": "ops", "name": "Elena Ruiz", "address": "elena@cranes.internal"}
    own = {
        "mail_from": "robot@cranes.internal",
        "campaign_from": "news@news.cranes.internal",
        "alarm_address": "alarms@cranes.internal",
    }
    held = {**context()["stages"]["dev"], "stage": STAGE, **own, "case_owner": people, **changes}
    return Settings.model_validate_json(json.dumps(held))


def test_a_company_of_its_own_is_deployed(package: str) -> None:
    """Stage files that say their own sellers, domains, limits, days and sanctions have nothing of
    the demo; neither has the demo's own stage to be refused."""
    assert left(_settings(), package) == ()
    assert left(load("local")) == ()
    held = company(package, STAGE)
    assert held
    assert list(lint.of_company("company", held)) == []


@pytest.mark.control
def test_control_a_stage_like_the_demos_is_refused_with_the_list() -> None:
    """Control: as the repository comes, dev is the demo's throughout; each thing has its line."""
    with pytest.raises(SettingsError) as refused:
        check(load("dev"))
    said = str(refused.value)
    for name in ("sellers", "domains", "zone", "holidays", "sanctions", "amounts", "mail_from"):
        assert f": {name}: " in said
    assert "refunds@example.com is an example address" in said
    assert all(len(line) < 140 for line in said.splitlines())


@pytest.mark.control
@pytest.mark.parametrize("address", ["a@example.org", "a@sub.example.com", "a@example.net"])
def test_control_one_example_address_is_enough(package: str, address: str) -> None:
    """Control: an alarm that would go to nobody is named, and nothing else."""
    (said,) = left(_settings(alarm_address=address), package)
    assert said == f"cdk.json: alarm_address: {address} is an example address; give your own"
