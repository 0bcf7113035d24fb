"""A workflow's release in one stage: its packaged prompt, and what the two stage files say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources

from countersign.domain.errors import DefinitionBroken
from countersign.domain.limits.budgets import Budgets, Most
from countersign.domain.policy.prices import Price
from countersign.domain.policy.release import Limits, Release, Size
from countersign.domain.policy.states import REASON, STATE
from countersign.stages.company import (
    MOST_TOKENS,
    SIZES,
    Company,
    ModelChoice,
    SizeName,
    Team,
)
from countersign.stages.prices import prices
from countersign.stages.stage_files import (
    USUAL_NUMBERS,
    Scope,
    StageFile,
    company,
    per_currency,
    place_of,
    stage_file,
)

USUAL_MODELS: Mapping[SizeName, ModelChoice] = {
    "small": ModelChoice(name="gpt-6-luna"),
    "large": ModelChoice(name="gpt-6.1-terra"),
}
"""What answers where neither file chooses."""
PROHIBITIONS = ("countries.not_served", "countries.sanctioned")
"""Lists of the company that a workflow may make longer: more of them allows less."""


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
        surer=held.surer,
        limits=limits(held, of, where=place_of(package, stage)),
        texts=rulebooks(package),
    )


def rulebooks(package: str) -> Mapping[str, str]:
    """The rulebooks of the workflow's folder, by name; a folder that has none judges by code."""
    folder = resources.files(package).joinpath("rulebooks")
    if not folder.is_dir():
        return {}
    found = sorted((one for one in folder.iterdir()), key=lambda one: one.name)
    return {
        one.name.removesuffix(".yaml"): one.read_text(encoding="utf-8")
        for one in found
        if one.name.endswith(".yaml")
    }


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
    found = _there(held)
    for one in found:
        if one.startswith(TEAM):
            _team(of, one.removeprefix(TEAM), f"{where}: the route to")
        elif not resources.files(package).joinpath(one, "prompt.md").is_file():
            raise DefinitionBroken(f"{where}: the route to {one} is neither a workflow nor a team")
    return tuple(one for one in found if not one.startswith(TEAM))


def _there(held: StageFile) -> tuple[str, ...]:
    """Every destination once."""
    tables = (held.routes, held.addresses, held.correspondents)
    return tuple(dict.fromkeys(one for table in tables for one in table.values()))


def _routes(held: StageFile) -> dict[str, tuple[str, ...]]:
    """`route.<matter>`, `address.<mailbox>`, `from.<address or @domain>`, and every destination
    once."""
    if not held.routes:
        return {}
    return {
        **{f"route.{matter}": (one,) for matter, one in held.routes.items()},
        **{f"address.{mailbox.lower()}": (one,) for mailbox, one in held.addresses.items()},
        **{f"from.{sender.lower()}": (one,) for sender, one in held.correspondents.items()},
        "desk.destinations": _there(held),
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
