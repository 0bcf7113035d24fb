"""The two stage files, as they are read.

`workflows/<name>/stages/<stage>.toml` holds what is the workflow's: limits, owner, tiers, criteria.
`workflows/stages/<stage>.toml` holds once what is true of the company. Both ship with the code and
are part of the release. A stage file may begin with `like = "<stage>"` and say only what differs.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError, field_validator

from countersign.domain.contract import Value
from countersign.domain.errors import DefinitionBroken
from countersign.domain.money import ISO, Money, exponent
from countersign.domain.policy.release import (
    ATTACHMENTS,
    CAP,
    FINDINGS,
    LETTERS,
    Surer,
    WhenDown,
)
from countersign.domain.policy.states import State
from countersign.domain.workflow import Criterion
from countersign.stages.company import (
    MOST_TOKENS,
    Company,
    Country,
    ModelChoice,
    Signing,
    SizeName,
    WorkflowBudget,
)

FileT = TypeVar("FileT", bound=Value)

USUAL_NUMBERS: Mapping[str, Decimal] = {
    "confidence.min": Decimal("0.80"),
    "attachments.max": Decimal(10),
    LETTERS: Decimal(6_000),
    ATTACHMENTS: Decimal(3),
    FINDINGS: Decimal(2),
}
"""What the usual rules compare with where a stage file says nothing."""
KEYED = frozenset({"sellers", "addresses", "correspondents"})
"""Tables whose names are ids of another system: a stage that states one states all of it."""
MOST_HOURS = 240
"""Thirty working days for all tiers together: a signature must come before the plan expires."""


class TierRow(Value):
    """A role that is asked for a signature, and how many working hours its people have."""

    role: str
    hours: Annotated[Decimal, Field(gt=0, le=MOST_HOURS)]


class Scope(Value):
    """What the workflow takes, what comes out of it, and what becomes of the rest, in sentences."""

    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    """What becomes of an input that lacks something."""
    ambiguous: tuple[str, ...] = ()
    """What becomes of one that can be read in two ways."""
    refuses: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Messages that it takes, in the words of who writes them."""

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The same as lists of the release."""
        return {f"scope.{name}": texts for name, texts in vars(self).items() if texts}


class StageFile(Signing):
    """What one stage of one workflow says. Everything has a default: a new folder needs no file."""

    state: State = "live"
    """How far its hands reach: in shadow it does nothing, on probation everything asks."""
    state_reason: str = ""
    """Why it is in this state although a step of the way there was left out."""
    owner: str = ""
    """The role that answers for the workflow; empty: as the folder says."""
    tiers: tuple[TierRow, ...] = ()
    max_output_tokens: Annotated[int, Field(gt=0, le=MOST_TOKENS)] = 2_000
    models: Mapping[SizeName, ModelChoice] = {}
    """The workflow's own by size, before the company's."""
    patience: Annotated[int, Field(ge=0, le=86_400)] = 900
    """Seconds for which a job waits for a model that asks it to; then follows `when_down`."""
    when_down: WhenDown = "heuristics"
    surer: Surer | None = None
    """What `countersign evaluate` measured: then what the small model leaves unsure is asked of the
    large one."""
    numbers: Mapping[str, Annotated[Decimal, Field(ge=0)]] = {}
    amounts: Mapping[str, str] = {}
    """Limits per currency in one line: `EUR 50 JPY 8000`. A currency that is not named has none."""
    lists: Mapping[str, tuple[str, ...]] = {}
    narrows: Mapping[str, tuple[Country, ...]] = {}
    """What is added to a prohibition of the company, by its name: `countries.not_served`."""
    destinations: Mapping[str, str] = {}
    """Who is told what, by the workflow's own word for it: a team that has a channel."""
    routes: Mapping[str, str] = {}
    """For a desk: who takes each matter, a workflow or `team:` and a team of the company."""
    addresses: Mapping[str, str] = {}
    """For a desk: addresses of ours whose mail is always the same one's."""
    correspondents: Mapping[str, str] = {}
    """For a desk: whose mail is always the same one's, by their address or `@` and their domain."""
    budget: WorkflowBudget = WorkflowBudget()
    success: tuple[Criterion, ...] = ()
    thresholds: tuple[Criterion, ...] = ()
    scope: Scope = Scope()

    @field_validator("tiers")
    @classmethod
    def _ends(cls, tiers: tuple[TierRow, ...]) -> tuple[TierRow, ...]:
        if sum(row.hours for row in tiers) > MOST_HOURS:
            raise ValueError(f"all tiers together have at most {MOST_HOURS} hours")
        return tiers

    @field_validator("numbers")
    @classmethod
    def _asks(cls, numbers: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        least = {**USUAL_NUMBERS, **numbers}["confidence.min"]
        if not CAP < least <= 1:
            raise ValueError(f"confidence.min is above {CAP} and at most 1")
        return numbers

    @field_validator("amounts")
    @classmethod
    def _readable(cls, amounts: Mapping[str, str]) -> Mapping[str, str]:
        for name, table in amounts.items():
            try:
                per_currency(table)
            except ValueError as wrong:
                raise ValueError(f"{name}: {wrong}") from None
        return amounts


@lru_cache(maxsize=16)
def company(package: str, stage: str) -> Company | None:
    """What the company's file of the stage says; None where there is none. `package` holds the
    workflows. Raises DefinitionBroken with the file's name and what is wrong in it."""
    found = _toml(package, stage)
    return _read(place_of(package, stage), found, Company) if found else None


@lru_cache(maxsize=64)
def stage_file(package: str, stage: str) -> StageFile:
    """What the workflow's file of the stage says; all defaults where there is none."""
    found, place = _toml(package, stage), place_of(package, stage)
    _check_quoted(place, found)
    return _read(place, found, StageFile)


def place_of(package: str, stage: str) -> str:
    """The stage file of a package, as sentences name it."""
    return f"{_folder(package)}/stages/{stage}.toml"


def _folder(package: str) -> str:
    return package.replace(".", "/")


def stages(package: str) -> tuple[str, ...]:
    """The stages that a package has a file for."""
    folder = resources.files(package) / "stages"
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def per_currency(table: str) -> tuple[Money, ...]:
    """`EUR 50 JPY 8000` as amounts, exact to the currency's minor unit. Raises ValueError, which
    says what is wrong."""
    words = table.split()
    codes = words[::2]
    if len(words) % 2 or len(set(codes)) < len(codes):
        raise ValueError("pairs of currency and amount, each currency once: EUR 50 JPY 8000")
    return tuple(_limit(code, amount) for code, amount in zip(codes, words[1::2], strict=True))


def _limit(code: str, amount: str) -> Money:
    if code not in ISO:
        raise ValueError(f"{code} is no currency that we know")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,6})?", amount):
        raise ValueError(f"{amount} is no amount: digits with a point, not below zero")
    exact = Decimal(amount).quantize(Decimal(1).scaleb(-exponent(code)))
    if exact != Decimal(amount):
        raise ValueError(f"{amount} {code}: {code} has {exponent(code)} decimals")
    return Money(amount=exact, currency=code)


def _toml(package: str, stage: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """The file's tables over those of the stage that it is like; nothing for a package without any
    stage file. Raises DefinitionBroken for a stage that has none where others have."""
    file = resources.files(package) / "stages" / f"{stage}.toml"
    if not file.is_file():
        known = stages(package)
        if known:
            there = ", ".join(known)
            raise DefinitionBroken(
                f"{_folder(package)}/stages has no {stage}.toml; it has {there}: copy one"
            )
        return {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as broken:
        raise DefinitionBroken(f"{place_of(package, stage)} is no TOML: {broken}") from None
    like = found.pop("like", "")
    if like in (*seen, stage):
        raise DefinitionBroken(f"{place_of(package, stage)} is like itself")
    return _over(_toml(package, str(like), (*seen, stage)), found) if like else found


def _check_quoted(place: str, found: Mapping[str, Any]) -> None:
    """TOML reads `visitors.max = "25"` as a table."""
    for table in ("numbers", "amounts", "lists"):
        for name, held in found.get(table, {}).items():
            if isinstance(held, dict):
                whole = f"{name}.{next(iter(held), '…')}"
                raise DefinitionBroken(f'{place}: {table}: a name with a dot is quoted: "{whole}"')


def _over(base: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    both = {k for k in base if isinstance(base[k], dict) and isinstance(found.get(k), dict)}
    both -= KEYED
    return {**base, **found, **{name: _over(base[name], found[name]) for name in both}}


def _read(name: str, found: Mapping[str, Any], kind: type[FileT]) -> FileT:
    try:
        return kind.model_validate_json(json.dumps(found, default=str))
    except ValidationError as broken:
        wrong = broken.errors(include_url=False, include_context=False, include_input=False)
        lines = (f"{'.'.join(map(str, one['loc']))}: {_words(one['msg'])}" for one in wrong)
        raise DefinitionBroken(f"{name}: {'; '.join(lines)}") from None


def _words(said: str) -> str:
    unknown = said == "Extra inputs are not permitted"
    return "there is no such setting" if unknown else said.removeprefix("Value error, ")
