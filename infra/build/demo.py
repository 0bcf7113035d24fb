"""What a stage still has of the demo company: nobody deploys with its sellers or addresses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import import_module, resources
from pkgutil import iter_modules
from typing import Any

from countersign.stages.company import Company
from countersign.stages.stage_files import company, place_of, stage_file
from infra.settings import Settings, SettingsError

DEMO = "local"
"""The stage that holds the demo's values."""
_OWN = {
    "domains": "your mail and web domains",
    "zone": "the time zone",
    "holidays": "the days on which nobody works (none: `holidays = []`)",
    "default_owner": "the seller who gets what no country decides",
    "sellers": "the sellers, by their id in the CRM",
    "countries_not_served": "the countries that are not served",
    "sanctions": "the countries under sanctions, of a day and a source",
}
"""What a company says itself, whatever stage its file is like."""
_EXAMPLE = re.compile(r"(?:^|[@.])example\.(?:com|net|org)$")


def left(settings: Settings, package: str = "workflows") -> tuple[str, ...]:
    """A sentence for each value of the demo that the stage would be deployed with; none for the
    demo's own stage. Raises DefinitionBroken for a stage file that cannot be read."""
    if settings.stage == DEMO:
        return ()
    flows = (one.name for one in iter_modules(import_module(package).__path__) if one.ispkg)
    return (
        *_examples("cdk.json", settings.model_dump()),
        *_of_company(package, settings.stage),
        *(one for name in flows for one in _of_workflow(f"{package}.{name}", settings.stage)),
    )


def check(settings: Settings) -> None:
    """Raises SettingsError with the list of what to change."""
    found = left(settings)
    if found:
        lines = "\n".join(f"  - {one}" for one in found)
        why = f"The stage {settings.stage} is not deployed: it would work for the demo's company."
        raise SettingsError(f"{why}\n{lines}")


def _of_company(package: str, stage: str) -> Iterator[str]:
    held, demo = company(package, stage), company(package, DEMO)
    if held is None or demo is None:
        return
    where = _file(package, stage)
    yield from _examples(where, held.model_dump())
    inherited = _inherited(package, stage)
    for name, what in _OWN.items():
        if name in inherited:
            yield f"{where}: {name}: still the demo's; say {what}"
    yield from _copied(where, held, demo, inherited)


def _copied(
    where: str, held: Company, demo: Company, inherited: Mapping[str, Any]
) -> Iterator[str]:
    """What was written down as it stands in the demo's file."""
    same = sorted(set(held.sellers) & set(demo.sellers))
    if same and "sellers" not in inherited:
        yield f"{where}: sellers: {', '.join(same)} are the demo's; give your account's ids"
    sources = (one.sanctions.source if one.sanctions else "" for one in (held, demo))
    if len({*sources}) == 1 and "sanctions" not in inherited:
        yield f"{where}: sanctions: the source is the demo's; say who decides yours"


def _of_workflow(package: str, stage: str) -> Iterator[str]:
    where = _file(package, stage)
    held = stage_file(package, stage)
    yield from _examples(where, {"addresses": dict.fromkeys(held.addresses)})
    if "amounts" in _inherited(package, stage):
        yield f"{where}: amounts: still the demo's; say your limits"


def _file(package: str, stage: str) -> str:
    """Where whoever deploys finds it, from the folder in which they stand."""
    return f"functions/{place_of(package, stage)}"


def _inherited(package: str, stage: str) -> Mapping[str, Any]:
    """The tables of the demo's file that no file on the way there says itself."""
    said: dict[str, Any] = {}
    at = stage
    while at != DEMO:
        file = resources.files(package) / "stages" / f"{at}.toml"
        said |= tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
        at = str(said.pop("like", ""))
        if not at:
            return {}
    demo = tomllib.loads((resources.files(package) / "stages" / f"{DEMO}.toml").read_text("utf-8"))
    return {name: held for name, held in demo.items() if name not in said}


def _examples(where: str, held: Any, path: str = "") -> Iterator[str]:
    """Each text that is an address or a domain of nobody."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from _examples(where, name, path)
            yield from _examples(where, value, f"{path}.{name}" if path else str(name))
    elif isinstance(held, list | tuple):
        for value in held:
            yield from _examples(where, value, path)
    elif isinstance(held, str) and _EXAMPLE.search(held):
        yield f"{where}: {path}: {held} is an example address; give your own"
