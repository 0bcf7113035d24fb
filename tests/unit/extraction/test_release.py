"""What a stage file says is data of the release, and what is wrong in one is a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from countersign.domain.errors import ContractBroken
from countersign.extraction import release as files
from workflows import WORKFLOWS, registered

COMPANY = """
domains = ["kornfeld.example"]
zone = "Europe/Berlin"
holidays = [2026-12-25]
languages = ["en"]
default_owner = "7"
countries_sanctioned = ["KP"]
[sellers.7]
name = "All"
countries = ["IE"]
zone = "Europe/Dublin"
"""
OWN = """
owner = "post"
[[tiers]]
role = "desk"
hours = "2.5"
[numbers]
"window.days" = "30"
[amounts]
"auto.max" = "EUR 50 JPY 8000"
[lists]
"stages.lost" = ["closedlost"]
"""


@pytest.fixture
def business(tmp_path: Path) -> Iterator[Path]:
    """A package `shop` with a workflow `letters`, and no stage file yet."""
    for folder in ("shop/stages", "shop/letters/stages"):
        (tmp_path / folder).mkdir(parents=True)
    for package in ("shop", "shop/letters"):
        (tmp_path / package / "__init__.py").write_text('"""A business."""\n')
    (tmp_path / "shop/letters/prompt.md").write_text("Read the letter.")
    sys.path.insert(0, str(tmp_path))
    yield tmp_path / "shop"
    sys.path.remove(str(tmp_path))
    for name in [one for one in sys.modules if one.split(".")[0] == "shop"]:
        del sys.modules[name]
    files.company.cache_clear()
    files.stage_file.cache_clear()


def says(business: Path, company: str = "", own: str = "", stage: str = "dev") -> None:
    """The files of one stage."""
    if company:
        (business / f"stages/{stage}.toml").write_text(company)
    if own:
        (business / f"letters/stages/{stage}.toml").write_text(own)


def test_both_files_are_in_the_release(business: Path) -> None:
    """Limits of the workflow, facts of the company, one release under one digest."""
    says(business, COMPANY, OWN)
    made = files.release("shop.letters", "dev")
    limits = made.limits
    assert made.prompt == "Read the letter."
    assert limits.number("window.days") == 30
    assert limits.number("confidence.min") == Decimal("0.80")
    assert [str(one) for one in limits.amounts["auto.max"]] == ["50.00 EUR", "8,000 JPY"]
    assert limits.list("company.domains") == ("kornfeld.example",)
    assert limits.list("company.holidays") == (date(2026, 12, 25).isoformat(),)
    assert (limits.list("owner.7"), limits.list("zone.7")) == (("IE",), ("Europe/Dublin",))
    held = files.stage_file("shop.letters", "dev")
    assert (held.owner, held.tiers[0].role, held.tiers[0].hours) == ("post", "desk", Decimal("2.5"))


def test_a_stage_like_another_says_only_what_differs(business: Path) -> None:
    """Tables are laid over each other, key by key."""
    says(business, COMPANY, OWN)
    says(business, 'like = "dev"\ndomains = ["other.example"]\n', 'like = "dev"\n', stage="prod")
    made = files.release("shop.letters", "prod")
    assert made.limits.list("company.domains") == ("other.example",)
    assert made.limits.list("countries.sanctioned") == ("KP",)
    assert made.digest != files.release("shop.letters", "dev").digest


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ("[lists]\n'countries.sanctioned' = []\n", "countries.sanctioned is said once"),
        ("[narrows]\n'countries.nowhere' = ['IE']\n", "no countries.nowhere"),
        ("limits = 3\n", r"limits: Extra"),
        ("[numbers]\n'a' = 'many'\n", r"numbers\.a"),
        ("owner = \n", "is no TOML"),
        ("like = 'dev'\n", "is like itself"),
        ("like = 'prod'\n", r"has no prod\.toml; it has dev: copy one"),
        ("[[success]]\nmetric = 'luck'\ncompare = '>='\nvalue = '1'\nsentence = 's'\n", "metric"),
    ],
)
def test_what_is_wrong_in_a_file_is_a_sentence(business: Path, own: str, sentence: str) -> None:
    """The file is named, and what is wrong in it; nothing is guessed."""
    says(business, COMPANY, own)
    with pytest.raises(ContractBroken, match=sentence):
        files.release("shop.letters", "dev")


def test_a_zone_that_is_none_is_refused(business: Path) -> None:
    """A time zone is a name of the IANA data base, the company's as the sellers'."""
    says(business, COMPANY.replace("Europe/Dublin", "Dublin time"), OWN)
    with pytest.raises(ContractBroken, match="IANA"):
        files.release("shop.letters", "dev")


def test_a_prohibition_of_the_company_can_be_made_stricter(business: Path) -> None:
    """A workflow adds to the list and takes nothing out of it."""
    says(business, COMPANY, "[narrows]\n'countries.sanctioned' = ['CU']\n")
    assert files.release("shop.letters", "dev").limits.list("countries.sanctioned") == ("KP", "CU")


@pytest.mark.usefixtures("business")
def test_a_folder_without_stage_files_has_the_defaults() -> None:
    """`__init__.py` and `prompt.md` are enough."""
    made = files.release("shop.letters", "local")
    assert dict(made.limits.numbers) == dict(files.USUAL_NUMBERS)
    assert made.limits.lists == {}


@pytest.mark.parametrize("stage", files.stages("workflows"))
def test_every_workflow_is_whole_in_every_stage(stage: str) -> None:
    """Each stage that the company has a file for makes every workflow, criteria and all."""
    found = registered(stage)
    assert set(found) == set(WORKFLOWS)
    for workflow in found.values():
        assert workflow.success
        assert workflow.thresholds
        assert workflow.release.limits.list("company.domains")
