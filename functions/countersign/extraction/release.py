"""A workflow's release in one stage: its packaged prompt, and what the two stage files say.

`workflows/<name>/stages/<stage>.toml` holds what is the workflow's: limits, owner, tiers, criteria.
`workflows/stages/<stage>.toml` holds once what is true of the company. Both ship with the code and
are part of the release. A stage file may begin with `like = "<stage>"` and say only what differs.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError, field_validator

from countersign.domain.contract import Value
from countersign.domain.errors import ContractBroken
from countersign.domain.money import Money, exponent
from countersign.domain.policy.release import Limits, Release
from countersign.domain.workflow import Criterion

FileT = TypeVar("FileT", bound=Value)

CAP = Decimal("0.3")
"""The most confidence of what no model and no heuristics of the workflow's own have read; no
workflow can run anything by itself at that."""
_SURE = Decimal("0.80")

USUAL_NUMBERS: Mapping[str, Decimal] = {
    "confidence.min": _SURE,
    "attachments.max": Decimal(10),
}
"""What the usual rules compare with where a stage file says nothing."""


PROHIBITIONS = ("countries.not_served", "countries.sanctioned")
"""Lists of the company that a workflow may make longer: more of them allows less."""


class Seller(Value):
    """Somebody in the CRM who owns records: the countries that they look after, and their zone."""

    name: str
    countries: tuple[str, ...]
    zone: str

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        return _zone(zone)


class Company(Value):
    """What is true of the company, whichever workflow asks."""

    domains: tuple[str, ...]
    """Our own mail and web domains: what points there is ours."""
    zone: str
    """IANA time zone of the working day."""
    holidays: tuple[date, ...] = ()
    languages: tuple[str, ...]
    """ISO 639-1 codes that somebody here reads."""
    default_owner: str
    """The seller who gets what no country decides."""
    sellers: Mapping[str, Seller]
    """By their id in the CRM."""
    countries_not_served: tuple[str, ...] = ()
    countries_sanctioned: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2."""

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        return _zone(zone)

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The same under the names by which rules read lists."""
        return {
            "company.domains": self.domains,
            "company.zone": (self.zone,),
            "company.holidays": tuple(day.isoformat() for day in self.holidays),
            "company.languages": self.languages,
            "countries.not_served": self.countries_not_served,
            "countries.sanctioned": self.countries_sanctioned,
            "owner.default": (self.default_owner,),
            **{f"owner.{one}": held.countries for one, held in self.sellers.items()},
            **{f"zone.{one}": (held.zone,) for one, held in self.sellers.items()},
        }


class TierRow(Value):
    """A role that is asked for a signature, and how many working hours its people have."""

    role: str
    hours: Decimal


class Scope(Value):
    """What the workflow takes and what it does not, in sentences."""

    takes: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()


class StageFile(Value):
    """What one stage of one workflow says. Everything has a default: a new folder needs no file."""

    owner: str = ""
    """The role that answers for the workflow; empty: as the folder says."""
    tiers: tuple[TierRow, ...] = ()
    max_output_tokens: int = 2_000
    numbers: Mapping[str, Decimal] = {}
    amounts: Mapping[str, str] = {}
    """Limits per currency in one line: `EUR 50 JPY 8000`. A currency that is not named has none."""
    lists: Mapping[str, tuple[str, ...]] = {}
    narrows: Mapping[str, tuple[str, ...]] = {}
    """What is added to a prohibition of the company, by its name: `countries.not_served`."""
    success: tuple[Criterion, ...] = ()
    thresholds: tuple[Criterion, ...] = ()
    scope: Scope = Scope()

    @field_validator("numbers")
    @classmethod
    def _asks(cls, numbers: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        least = numbers.get("confidence.min", _SURE)
        if not CAP < least <= 1:
            raise ValueError(f"confidence.min is above {CAP} and at most 1")
        return numbers

    @field_validator("amounts")
    @classmethod
    def _readable(cls, amounts: Mapping[str, str]) -> Mapping[str, str]:
        for name, table in amounts.items():
            try:
                per_currency(table)
            except (ArithmeticError, ValueError):
                raise ValueError(
                    f"{name} is pairs of currency and amount: EUR 50 JPY 8000"
                ) from None
        return amounts


@lru_cache(maxsize=16)
def company(package: str, stage: str) -> Company | None:
    """What the company's file of the stage says; None where there is none. `package` holds the
    workflows. Raises ContractBroken with the file's name and what is wrong in it."""
    found = _toml(package, stage)
    return _read(f"{package}/stages/{stage}.toml", found, Company) if found else None


@lru_cache(maxsize=64)
def stage_file(package: str, stage: str) -> StageFile:
    """What the workflow's file of the stage says; all defaults where there is none."""
    return _read(f"{package}/stages/{stage}.toml", _toml(package, stage), StageFile)


def stages(package: str) -> tuple[str, ...]:
    """The stages that a package has a file for."""
    folder = resources.files(package) / "stages"
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


def release(package: str, stage: str) -> Release:
    """The release of the workflow in `package`. The prompt ships with the code under one digest, so
    reading it is not reaching outside."""
    prompt = resources.files(package).joinpath("prompt.md").read_text(encoding="utf-8")
    held = stage_file(package, stage)
    return Release(
        workflow=package.rpartition(".")[2],
        prompt=prompt,
        model="gpt-4.1-mini",
        temperature=Decimal(0),
        max_output_tokens=held.max_output_tokens,
        usd_per_million_input=Decimal("0.40"),
        usd_per_million_output=Decimal("1.60"),
        limits=limits(held, company(package.rpartition(".")[0], stage), where=f"{package} {stage}"),
    )


def limits(held: StageFile, of: Company | None, *, where: str) -> Limits:
    """The numbers, amounts and lists of both files. Raises ContractBroken when the workflow's file
    repeats what is the company's: it may narrow it."""
    shared = of.lists if of else {}
    repeated = sorted(set(shared) & set(held.lists))
    if repeated:
        raise ContractBroken(
            f"{where}: {', '.join(repeated)} is said once, in workflows/stages/; a workflow may add"
            " to the company's prohibitions under [narrows]"
        )
    wider = sorted(set(held.narrows) - set(PROHIBITIONS) | (set(held.narrows) - set(shared)))
    if wider:
        raise ContractBroken(
            f"{where}: [narrows] takes {' and '.join(PROHIBITIONS)}, no {wider[0]}"
        )
    narrowed = {name: (*shared[name], *more) for name, more in held.narrows.items()}
    return Limits(
        numbers={**USUAL_NUMBERS, **held.numbers},
        amounts={name: per_currency(table) for name, table in held.amounts.items()},
        lists={**shared, **held.lists, **narrowed},
    )


def per_currency(table: str) -> tuple[Money, ...]:
    """`EUR 50 JPY 8000` as amounts, exact to the currency's minor unit."""
    words = table.split()
    return tuple(
        Money(
            amount=Decimal(amount).quantize(Decimal(1).scaleb(-exponent(code))),
            currency=code,
        )
        for code, amount in zip(words[::2], words[1::2], strict=True)
    )


def _toml(package: str, stage: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """The file's tables over those of the stage that it is like; nothing for a package without any
    stage file. Raises ContractBroken for a stage that has none where others have."""
    file = resources.files(package) / "stages" / f"{stage}.toml"
    if not file.is_file():
        known = stages(package)
        if known:
            there = ", ".join(known)
            raise ContractBroken(f"{package}/stages has no {stage}.toml; it has {there}: copy one")
        return {}
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as broken:
        raise ContractBroken(f"{package}/stages/{stage}.toml is no TOML: {broken}") from None
    like = found.pop("like", "")
    if like in (*seen, stage):
        raise ContractBroken(f"{package}/stages/{stage}.toml is like itself")
    return _over(_toml(package, str(like), (*seen, stage)), found) if like else found


def _over(base: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    both = {k for k in base if isinstance(base[k], dict) and isinstance(found.get(k), dict)}
    return {**base, **found, **{name: _over(base[name], found[name]) for name in both}}


def _read(name: str, found: Mapping[str, Any], kind: type[FileT]) -> FileT:
    try:
        return kind.model_validate_json(json.dumps(found, default=str))
    except ValidationError as broken:
        wrong = broken.errors(include_url=False, include_context=False, include_input=False)
        lines = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
        raise ContractBroken(f"{name}: {'; '.join(lines)}") from None


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("a name of the IANA time zone database") from None
    return name
