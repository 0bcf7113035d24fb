"""The company's files against the CRM's account: owners, pipelines, currencies and languages."""

from __future__ import annotations

from collections.abc import Iterator

from countersign.actions import crm
from countersign.actions.crm.lead import FIRST_STAGE, PIPELINE
from countersign.actions.field_map import Account, Mismatch, Names
from countersign.domain.workflow import Workflows
from countersign.stages.company import Company

_LOST = "stages.lost"
_CURRENCY = ("deals", "deal_currency_code", "currency")
_LANGUAGE = ("contacts", "hs_language", "language")
"""Closed lists: of which object, which property, and what stands there."""
_SHOWN = 20
"""Owners that a sentence names."""


def differences(
    held: Company, workflows: Workflows, names: Names, account: Account
) -> Iterator[Mismatch]:
    """What the files name and the account does not have. Raises Misconfigured, Refused, Throttled
    or Unavailable when it does not say."""
    leads = [one for one in workflows.values() if crm.CREATE_LEAD.id in one.actions]
    yield from _owners(held, account)
    if leads:
        lost = {stage for one in leads for stage in one.release.limits.lists.get(_LOST, ())}
        yield from _pipelines(names, account, lost)
        codes = {
            money.currency
            for one in leads
            for amounts in one.release.limits.amounts.values()
            for money in amounts
        }
        yield from _options(names, account, _CURRENCY, codes)
    spoken = {*held.languages}
    yield from _options(names, account, _LANGUAGE, spoken)


def _owners(held: Company, account: Account) -> Iterator[Mismatch]:
    there = account.owners()
    known = ", ".join(f"{one} {address}".strip() for one, address in [*there.items()][:_SHOWN])
    for owner, seller in held.sellers.items():
        if owner not in there:
            yield Mismatch(
                kind="owners",
                field=owner,
                sentence=(
                    f"the seller {owner} ({seller.name}) is no owner of the account: correct"
                    f" [sellers] in the company's file; there are {known or 'none'}"
                ),
            )


def _pipelines(names: Names, account: Account, lost: set[str]) -> Iterator[Mismatch]:
    there = account.pipelines()
    pipeline = names.their_value("deals", "pipeline", PIPELINE)
    if pipeline not in there:
        yield _no_such("pipeline", pipeline, f"deals.pipeline.{PIPELINE}", there)
        return
    first = names.their_value("deals", "dealstage", FIRST_STAGE)
    if first not in there[pipeline]:
        yield _no_such("dealstage", first, f"deals.dealstage.{FIRST_STAGE}", there[pipeline])
    every = {stage for stages in there.values() for stage in stages}
    for stage in sorted(lost - every):
        why = f"{_LOST} names {stage}, and no pipeline has such a stage"
        yield Mismatch(kind="deals", field="dealstage", sentence=f"{why}: correct the list.")


def _no_such(field: str, theirs: str, ours: str, there: object) -> Mismatch:
    known = ", ".join(map(str, there)) if isinstance(there, dict | tuple) else ""
    return Mismatch(
        kind="deals",
        field=field,
        sentence=(
            f"the account has no {field} {theirs}: name one under [fields.crm], for example"
            f' "{ours}" = "…"; there are {known or "none"}'
        ),
    )


def _options(
    names: Names, account: Account, of: tuple[str, str, str], wanted: set[str]
) -> Iterator[Mismatch]:
    """A closed list of the account has each value; what it does not describe is said elsewhere."""
    kind, field, what = of
    theirs = names.theirs(kind, field)
    held = {one.name: one for one in account.schema(kind).properties}.get(theirs)
    missing = sorted(wanted - {*held.options}) if held and held.options else []
    if missing:
        yield Mismatch(
            kind=kind,
            field=theirs,
            sentence=(
                f"{kind}.{theirs} does not know the {what} {', '.join(missing)}: add it there, or"
                " take it out of the stage's files."
            ),
        )
