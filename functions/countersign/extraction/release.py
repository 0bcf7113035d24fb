"""A workflow's release in one stage: its packaged prompt, and what the two stage files say.

`workflows/<name>/stages/<stage>.toml` holds what is the workflow's: limits, owner, tiers, criteria.
`workflows/stages/<stage>.toml` holds once what is true of the company. Both ship with the code and
are part of the release. A stage file may begin with `like = "<stage>"` and say only what differs.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError, field_validator

from countersign.domain.contract import Value
from countersign.domain.errors import DefinitionBroken
from countersign.domain.limits.budgets import Budgets, Most
from countersign.domain.money import Money, exponent
from countersign.domain.policy.prices import Price
from countersign.domain.policy.release import Limits, Release, Size, WhenDown
from countersign.domain.policy.states import REASON, STATE, State
from countersign.domain.workflow import Criterion
from countersign.extraction.company import (
    MOST_TOKENS,
    SIZES,
    Company,
    Country,
    ModelChoice,
    Signing,
    SizeName,
    Team,
    WorkflowBudget,
)
from countersign.extraction.patterns.amounts import ISO
from countersign.extraction.prices import prices
from countersign.extraction.sizing import ATTACHMENTS, FINDINGS, LETTERS

FileT = TypeVar("FileT", bound=Value)

CAP = Decimal("0.3")
"""The most confidence of what neither a model nor a folder's own heuristics read: nothing runs."""
_SURE = Decimal("0.80")

USUAL_NUMBERS: Mapping[str, Decimal] = {
    "confidence.min": _SURE,
    "attachments.max": Decimal(10),
    LETTERS: Decimal(6_000),
    ATTACHMENTS: Decimal(3),
    FINDINGS: Decimal(2),
}
"""What the usual rules compare with where a stage file says nothing."""
USUAL_MODELS: Mapping[SizeName, ModelChoice] = {
    "small": ModelChoice(name="gpt-6-luna"),
    "large": ModelChoice(name="gpt-6.1-terra"),
}
"""What answers where neither file chooses."""
KEYED = frozenset({"sellers", "addresses"})
"""Tables whose names are ids of another system: a stage that states one states all of it."""
PROHIBITIONS = ("countries.not_served", "countries.sanctioned")
"""Lists of the company that a workflow may make longer: more of them allows less."""
MOST_HOURS = 240
"""Thirty working days for all tiers together: a signature must come before the plan expires."""


class TierRow(Value):
    """A role that is asked for a signature, and how many working hours its people have."""

    role: str
    hours: Annotated[Decimal, Field(gt=0, le=MOST_HOURS)]


class Scope(Value):
    """What the workflow takes and what it does not, in sentences."""

    takes: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Messages that it takes, in the words of who writes them."""

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The same as lists of the release."""
        held = {"takes": self.takes, "refuses": self.refuses, "examples": self.examples}
        return {f"scope.{name}": texts for name, texts in held.items() if texts}


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


def release(package: str, stage: str) -> Release:
    """The release of the workflow in `package`. The prompt ships with the code under one digest, so
    reading it is not reaching outside."""
    prompt = resources.files(package).joinpath("prompt.md").read_text(encoding="utf-8")
    among = package.rpartition(".")[0]
    held, of = stage_file(package, stage), company(among, stage)
    known = _check_routes(held, of, among, place_of(package, stage))
    return Release(
        workflow=package.rpartition(".")[2],
        prompt=prompt
        + _processes(held, {one: stage_file(f"{among}.{one}", stage) for one in known}),
        sizes=sizes(held, of, where=place_of(package, stage)),
        patience_seconds=held.patience,
        when_down=held.when_down,
        limits=limits(held, of, where=place_of(package, stage)),
    )


def budgets(package: str, stage: str) -> Budgets:
    """What the model may cost for the workflow in `package`. No release pins it."""
    of, own = company(package.rpartition(".")[0], stage), stage_file(package, stage).budget
    return Budgets(**vars(own), account=of.budget.day if of else Most())


def sizes(held: StageFile, of: Company | None, *, where: str) -> tuple[Size, ...]:
    """Each size of model with its price. Raises DefinitionBroken for one without, or retired."""
    chosen = {**((of.models if of else {}) or USUAL_MODELS), **held.models}
    own = of.prices if of else ()
    return tuple(_size(name, chosen[name], held, own, where) for name in SIZES if name in chosen)


def _size(
    name: SizeName, choice: ModelChoice, held: StageFile, own: tuple[Price, ...], where: str
) -> Size:
    price = prices().of(choice.name, choice.tier, where=where, own=own)
    usual = held.max_output_tokens * (1 if name == "small" else 2)
    return Size(
        name=name,
        max_output_tokens=choice.max_output_tokens or min(usual, MOST_TOKENS),
        temperature=str(choice.temperature) if price.temperature else "",
        price=price,
    )


def check_roles(package: str, stage: str, roles: Iterable[str]) -> None:
    """Raises DefinitionBroken for an owner or a tier of the workflow in `package` that is none of
    the company's teams, where it has any."""
    of = company(package.rpartition(".")[0], stage)
    for role in roles if of and of.teams else ():
        _team(of, role, f"{place_of(package, stage)}: the owner or tier")


def limits(held: StageFile, of: Company | None, *, where: str) -> Limits:
    """Those of both files. Raises DefinitionBroken where the workflow's repeats the company's."""
    shared = of.lists if of else {}
    repeated = sorted(set(shared) & set(held.lists))
    if repeated:
        raise DefinitionBroken(
            f"{where}: {', '.join(repeated)} is said once, in workflows/stages/; a workflow may add"
            " to the company's prohibitions under [narrows]"
        )
    wider = sorted(set(held.narrows) - set(PROHIBITIONS) | (set(held.narrows) - set(shared)))
    if wider:
        raise DefinitionBroken(
            f"{where}: [narrows] takes {' and '.join(PROHIBITIONS)}, no {wider[0]}"
        )
    narrowed = {name: (*shared[name], *more) for name, more in held.narrows.items()}
    return Limits(
        numbers={**USUAL_NUMBERS, **held.numbers},
        amounts={name: per_currency(table) for name, table in held.amounts.items()},
        lists={
            **shared,
            **held.lists,
            **narrowed,
            **_destinations(held, of, where),
            **_routes(held),
            **held.signing,
            **held.scope.lists,
            **_state(held),
        },
    )


def _state(held: StageFile) -> dict[str, tuple[str, ...]]:
    """The state, where the workflow is not simply live, and the reason that is kept with it."""
    state = {} if held.state == "live" else {STATE: (held.state,)}
    return {**state, **({REASON: (held.state_reason,)} if held.state_reason else {})}


TEAM = "team:"


def _check_routes(held: StageFile, of: Company | None, package: str, where: str) -> tuple[str, ...]:
    """The workflows that a desk hands over to. Raises DefinitionBroken for a destination that is
    neither a workflow's folder nor a team."""
    found = dict.fromkeys((*held.routes.values(), *held.addresses.values()))
    for one in found:
        if one.startswith(TEAM):
            _team(of, one.removeprefix(TEAM), f"{where}: the route to")
        elif not resources.files(package).joinpath(one, "prompt.md").is_file():
            raise DefinitionBroken(f"{where}: the route to {one} is neither a workflow nor a team")
    return tuple(one for one in found if not one.startswith(TEAM))


def _routes(held: StageFile) -> dict[str, tuple[str, ...]]:
    """`route.<matter>`, `address.<mailbox>`, and every destination once."""
    if not held.routes:
        return {}
    there = tuple(dict.fromkeys((*held.routes.values(), *held.addresses.values())))
    return {
        **{f"route.{matter}": (one,) for matter, one in held.routes.items()},
        **{f"address.{mailbox.lower()}": (one,) for mailbox, one in held.addresses.items()},
        "desk.destinations": there,
    }


def _processes(held: StageFile, known: Mapping[str, StageFile]) -> str:
    """What a desk's model is told of who takes what; nothing for any other workflow."""
    lines = [f"- `{name}` {_scope(one.scope)}" for name, one in known.items()]
    lines += [f"- `{matter}` goes to {one}." for matter, one in held.routes.items()]
    return "\n# Who takes what\n\n" + "\n".join(lines) + "\n" if held.routes else ""


def _scope(scope: Scope) -> str:
    said = (("takes", scope.takes), ("does not take", scope.refuses), ("as in", scope.examples))
    return "; ".join(f"{words} {', '.join(texts)}" for words, texts in said if texts) + "."


def _destinations(held: StageFile, of: Company | None, where: str) -> dict[str, tuple[str, ...]]:
    """The channel of each: `destination.large_refund`."""
    found: dict[str, tuple[str, ...]] = {}
    for word, role in held.destinations.items():
        team = _team(of, role, f"{where}: the destination {word}")
        if team.channel is None:
            raise DefinitionBroken(f"{where}: the destination {word} is {role}, without a channel")
        found[f"destination.{word}"] = (team.channel,)
    return found


def _team(of: Company | None, role: str, what: str) -> Team:
    teams = of.teams if of else {}
    if role not in teams:
        there = ", ".join(sorted(teams)) or "none"
        raise DefinitionBroken(f"{what} {role} is no team of the company; there are {there}")
    return teams[role]


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
