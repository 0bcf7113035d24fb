"""What a stage file says is data of the release, and what is wrong in one is a sentence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from countersign.domain.errors import DefinitionBroken
from countersign.domain.policy.release import Release
from countersign.stages import release as files
from countersign.stages.stage_files import USUAL_NUMBERS, company, stage_file, stages
from workflows import WORKFLOWS, registered

COMPANY = """
domains = ["kornfeld.example"]
zone = "Europe/Berlin"
holidays = [2026-12-25]
languages = ["en"]
default_owner = "7"
[sanctions]
countries = ["KP"]
as_of = 2026-11-01
source = "sanctions.example"
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
    company.cache_clear()
    stage_file.cache_clear()


def says(business: Path, company: str = "", own: str = "", stage: str = "dev") -> None:
    """The files of one stage."""
    if company:
        (business / f"stages/{stage}.toml").write_text(company)
    if own:
        (business / f"letters/stages/{stage}.toml").write_text(own)


def test_what_was_measured_of_the_large_model_is_in_the_release(business: Path) -> None:
    """As the workflow's file has it; without it there is nothing, and the address is another."""
    said = '[surer]\ncases = 40\nsmall = "0.71"\nlarge = "0.86"\nas_of = 2026-11-30\n'
    says(business, COMPANY, OWN + said)
    says(business, COMPANY, OWN, stage="prod")
    made, plain = (files.release("shop.letters", stage) for stage in ("dev", "prod"))
    assert made.surer
    assert (made.surer.cases, made.surer.large, plain.surer) == (40, Decimal("0.86"), None)
    assert made.digest != plain.digest


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
    held = stage_file("shop.letters", "dev")
    assert (held.owner, held.tiers[0].role, held.tiers[0].hours) == ("post", "desk", Decimal("2.5"))


def test_a_stage_like_another_says_only_what_differs(business: Path) -> None:
    """Tables are laid over each other, key by key."""
    says(business, COMPANY, OWN)
    says(business, 'like = "dev"\ndomains = ["other.example"]\n', 'like = "dev"\n', stage="prod")
    made = files.release("shop.letters", "prod")
    assert made.limits.list("company.domains") == ("other.example",)
    assert made.limits.list("countries.sanctioned") == ("KP",)
    assert made.limits.list("countries.sanctioned.as_of") == ("2026-11-01",)
    assert made.limits.list("countries.sanctioned.source") == ("sanctions.example",)
    assert made.digest != files.release("shop.letters", "dev").digest


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ("[lists]\n'countries.sanctioned' = []\n", "countries.sanctioned is said once"),
        ("[narrows]\n'countries.nowhere' = ['IE']\n", "no countries.nowhere"),
        ("limits = 3\n", r"limits: there is no such setting"),
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
    with pytest.raises(DefinitionBroken, match=sentence):
        files.release("shop.letters", "dev")


def test_a_zone_that_is_none_is_refused(business: Path) -> None:
    """A time zone is a name of the IANA data base, the company's as the sellers'."""
    says(business, COMPANY.replace("Europe/Dublin", "Dublin time"), OWN)
    with pytest.raises(DefinitionBroken, match="IANA"):
        files.release("shop.letters", "dev")


def test_a_prohibition_of_the_company_can_be_made_stricter(business: Path) -> None:
    """A workflow adds to the list and takes nothing out of it."""
    says(business, COMPANY, "[narrows]\n'countries.sanctioned' = ['CU']\n")
    assert files.release("shop.letters", "dev").limits.list("countries.sanctioned") == ("KP", "CU")


@pytest.mark.usefixtures("business")
def test_a_folder_without_stage_files_has_the_defaults() -> None:
    """`__init__.py` and `prompt.md` are enough."""
    made = files.release("shop.letters", "local")
    assert dict(made.limits.numbers) == dict(USUAL_NUMBERS)
    assert made.limits.lists == {}


@pytest.mark.parametrize("stage", stages("workflows"))
def test_every_workflow_is_whole_in_every_stage(stage: str) -> None:
    """Each stage that the company has a file for makes every workflow, criteria and all."""
    found = registered(stage)
    assert set(found) == set(WORKFLOWS)
    for workflow in found.values():
        assert workflow.success
        assert workflow.thresholds
        assert workflow.release.limits.list("company.domains")


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (
            "[[tiers]]\nrole = 'desk'\nhours = '0'\n",
            r"dev\.toml: tiers\.0\.hours: .*greater than 0",
        ),
        (
            "[[tiers]]\nrole = 'a'\nhours = '200'\n" * 2,
            "tiers: all tiers together have at most 240",
        ),
        ("max_output_tokens = 0\n", r"letters/stages/dev\.toml: max_output_tokens: .*greater"),
        ("max_output_tokens = 9000000\n", "max_output_tokens: .*less than or equal to 32768"),
        ("[numbers]\n'window.days' = '-1'\n", r"numbers\.window\.days: .*greater than or equal"),
        ("[amounts]\n'auto.max' = 'EUR -5'\n", "amounts: auto.max: -5 is no amount"),
        ("[amounts]\n'auto.max' = 'EUR 5 EUR 6'\n", "auto.max: .*each currency once"),
        ("[amounts]\n'auto.max' = 'EUR'\n", "auto.max: pairs of currency and amount"),
        ("[amounts]\n'auto.max' = 'JPY 5.50'\n", "auto.max: 5.50 JPY: JPY has 0 decimals"),
        ("[amounts]\n'auto.max' = 'EURO 5'\n", "auto.max: EURO is no currency that we know"),
        ("[narrows]\n'countries.sanctioned' = ['Cuba']\n", "narrows.*'Cuba' is no ISO 3166-1 code"),
        ("[models.small]\nname = 'm'\n", r"dev\.toml: no price is known of the model m in the"),
        ("[models.tiny]\nname = 'm'\n", r"models\.tiny.*: Input should be 'small' or 'large'"),
        (
            "[models.small]\nname = 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'\n",
            r"retired on 2026-10-15; its successor is eu\.anthropic\.claude-haiku-5-5",
        ),
        ("[destinations]\nbig = 'desk'\n", "the destination big desk is no team .*are front, post"),
        ("[destinations]\nbig = 'post'\n", "the destination big is post, without a channel"),
    ],
)
def test_nonsense_is_refused_with_file_and_field(business: Path, own: str, sentence: str) -> None:
    """Hours, tokens, limits, currencies, countries, prices and teams that cannot be meant."""
    teams = "[teams]\npost = { name = 'Post' }\nfront = { name = 'Front', channel = 'front' }\n"
    says(business, COMPANY + teams, own)
    with pytest.raises(DefinitionBroken, match=sentence):
        files.release("shop.letters", "dev")


@pytest.mark.parametrize(
    ("said", "instead", "sentence"),
    [
        ('["en"]', '["English"]', r"stages/dev\.toml: languages\.0: 'English' is no ISO 639-1"),
        ('["KP"]', '["Korea"]', r"sanctions\.countries\.0: 'Korea' is no ISO 3166-1 code"),
        ("as_of = 2026-11-01", "", r"sanctions\.as_of: Field required"),
        ('"sanctions.example"', '""', r"sanctions\.source: String should have at least 1"),
        ('["IE"]', '["ie"]', r"sellers\.7\.countries\.0: 'ie' is no ISO 3166-1 code"),
        ('"Europe/Berlin"', '"Berlin"', "zone: 'Berlin' is no name of the IANA"),
        ('["kornfeld.example"]', '["https://x"]', r"domains\.0: 'https://x' is no domain"),
        ("holidays", 'relays = ["Forms"]\nholidays', r"relays\.0: 'Forms' is no mail address"),
        ("holidays", 'relays = ["a@b.c"]\ngroups = ["a@b.c"]\nholidays', "a relay and a group"),
        ("[sellers.7]", "[teams]\nA = { name = 'A' }\n[sellers.7]", "'A' is no role"),
        ("[sellers.7]", "[fields.crm]\ndeals = 'x'\n[sellers.7]", "'deals' is no field of ours"),
    ],
)
def test_nonsense_about_the_company_is_refused(
    business: Path, said: str, instead: str, sentence: str
) -> None:
    """Each field of the company's file says what it holds."""
    says(business, COMPANY.replace(said, instead, 1), OWN)
    with pytest.raises(DefinitionBroken, match=sentence):
        files.release("shop.letters", "dev")


def test_owner_and_tiers_are_teams_where_the_company_has_any(business: Path) -> None:
    """A role that nobody could have is refused; a company that names no teams binds nobody."""
    says(business, COMPANY, OWN)
    files.check_roles("shop.letters", "dev", ["whoever"])
    says(business, COMPANY + "[teams]\npost = { name = 'Post' }\n", OWN, stage="prod")
    files.check_roles("shop.letters", "prod", ["post"])
    with pytest.raises(DefinitionBroken, match=r"prod\.toml: the owner or tier psot is no team"):
        files.check_roles("shop.letters", "prod", ["post", "psot"])


def test_a_destination_is_the_channel_of_its_team(business: Path) -> None:
    """The workflow's word, the stage's team, the team's channel: a list of the release."""
    teams = "[teams]\ndesk = { name = 'Desk', channel = 'front-desk' }\n"
    says(business, COMPANY + teams, "[destinations]\nbig = 'desk'\n")
    assert files.release("shop.letters", "dev").limits.list("destination.big") == ("front-desk",)


def _models(made: Release) -> list[tuple[str, str, int, str]]:
    return [(one.name, one.model, one.max_output_tokens, one.temperature) for one in made.sizes]


def test_the_models_are_data_of_the_stage(business: Path) -> None:
    """By size the workflow's own, else the company's, else the engine's; the large one may write
    twice as much, and one that takes no temperature is given none."""
    says(business, COMPANY, "max_output_tokens = 700\n")
    luna, terra = ("small", "gpt-6-luna", 700, ""), ("large", "gpt-6.1-terra", 1_400, "")
    assert _models(files.release("shop.letters", "dev")) == [luna, terra]
    alone = f"{COMPANY}[models.small]\nname = 'gpt-4.1-mini'\n"
    says(business, alone, "max_output_tokens = 700\n", stage="prod")
    assert _models(files.release("shop.letters", "prod")) == [("small", "gpt-4.1-mini", 700, "0")]
    own = "[models.large]\nname = 'gpt-4.1'\ntemperature = '0.5'\nmax_output_tokens = 900\n"
    says(business, alone, "max_output_tokens = 700\n" + own, stage="local")
    made = files.release("shop.letters", "local")
    assert _models(made)[1] == ("large", "gpt-4.1", 900, "0.5")


def test_a_company_may_have_prices_of_its_own(business: Path) -> None:
    """A model that the table does not know, or another price of one that it knows."""
    row = """
[models.small]
name = 'our-own'
[[prices]]
provider = 'us'
model = 'our-own'
endpoint = 'api'
rates = { input = '0', cached = '0', written = '0', output = '0.1' }
source = 'our contract of 2026'
"""
    says(business, COMPANY + row, OWN)
    (size,) = files.release("shop.letters", "dev").sizes
    assert (size.price.provider, size.price.rates.output) == ("us", Decimal("0.1"))


def test_a_field_map_is_part_of_the_release(business: Path) -> None:
    """Another name there is another release."""
    says(business, COMPANY, OWN)
    says(business, COMPANY + "[fields.crm]\n'deals.amount' = 'acv'\n", OWN, stage="prod")
    made = files.release("shop.letters", "prod")
    assert made.limits.list("fields.crm") == ("deals.amount=acv",)
    assert made.digest != files.release("shop.letters", "dev").digest
