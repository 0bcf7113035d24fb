"""What a business is stands in its stage files: with those of another one the samples play."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.workflow import Workflow
from countersign.stages.company import Company
from infra.cli.trial.inputs import Tried, judgement
from infra.local.company import ours
from infra.local.demo.database import iso
from infra.local.front.samples import Sample, samples
from tests.business import Business, business
from tests.fakes.journey import Journey, accept
from tests.fakes.world import World
from tests.unit.workflows.bench import Rows
from tests.unit.workflows.test_lead_events import EVENTS, NAMES, expectation
from tests.unit.workflows.test_reading import event
from workflows import WORKFLOWS

_OF_THE_DEMO = {
    "53-": "its mail comes back from the demo's mail provider",
    "59-": "its currency is one that the demo's account lacks",
    "70-": "it is from an address of the demo's domain",
}
"""Samples that are about what the demo alone has."""
PLAYED = [
    name
    for name in NAMES
    if name[:3] not in _OF_THE_DEMO
    and (said := expectation(name))["actions"]
    and said["decision"] in (None, "approve")
    and not said["after"]
    and not {"meanwhile", "rollback", "unreachable"} & set(said)
]
"""Those that need nothing but their message and a signature."""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    with business(tmp_path_factory.mktemp("business")) as made:
        yield made


def _played(name: str, of: Business, knows: Company) -> tuple[World, Journey]:
    """The event as a job of `of`, signed where it asks; the CRM knows the sellers of `knows`."""
    world = World(of.workflows["lead_intake"].offline, of.workflows, of.company)
    world.settings = world.settings.model_copy(update={"mail_authserv_id": "mx.example.com"})
    world.deps = world.deps_again()
    world.crm.sellers = frozenset(knows.sellers)
    _has_contacts(world, sorted(knows.sellers))
    body, door = next((EVENTS / name).glob("event.*")).read_bytes(), expectation(name)["door"]
    journey = Journey(world, accept(world, body, door=door))
    journey.goes()
    while journey.record.pending:
        journey.is_decided(Choice.APPROVE)
        journey.answered()
    return world, journey


def _has_contacts(world: World, sellers: list[str]) -> None:
    """As events/README.md says what the CRM holds beforehand."""
    first, other = sellers[0], sellers[1]
    world.crm.has_contact("nadia.rahman@northwind.example", country="GB", hubspot_owner_id=first)
    optout = {"country": "AE", "hubspot_owner_id": other, "hs_email_optout": "true"}
    world.crm.has_contact("omar.haddad@quietriver.example", **optout)
    petra = "petra.lindqvist@fjordworks.example"
    world.crm.has_contact(petra, country="SE", hubspot_owner_id=other)
    lost = iso(round((world.clock.now() - timedelta(days=20)).timestamp() * 1000))
    world.crm.has_deal(petra, dealstage="closedlost", closedate=lost, hubspot_owner_id=other)


@pytest.mark.parametrize("name", PLAYED)
def test_each_sample_of_a_lead_plays_for_another_company(name: str, other: Business) -> None:
    """With other sellers, limits, zone and domain a sample ends as it does for the demo's company,
    and its records belong to that company's sellers."""
    world, journey = _played(name, other, other.company)
    expected = expectation(name)
    assert journey.record.job.status == expected["status"]
    assert journey.statuses() == expected["actions"]
    owners = {one.fields.get("hubspot_owner_id", "") for one in world.crm.journal}
    assert owners <= {"", *other.company.sellers}


def test_a_country_is_written_as_the_account_wants_it(other: Business) -> None:
    """By its name where the stage says so; a record that has the code of the same country keeps
    it, and so does one of the demo's that has the name."""
    (sale, known) = (one for one in PLAYED if one[:3] in {"01-", "06-"})
    world, _ = _played(sale, other, other.company)
    assert [one.fields["country"] for one in world.crm.journal if one.kind == "contacts"] == [
        "Germany"
    ]
    world, _ = _played(known, other, other.company)
    assert not any("country" in one.fields for one in world.crm.journal)


_OURS = re.compile(
    rb"(?<![\w.+-])(?:(?:hello|help|sales|forms|press|refunds|jobs|privacy|mira)@|mx\.|news\.)example\.com"
)
_CALLED = {
    b"press": b"prensa",
    b"refunds": b"devoluciones",
    b"jobs": b"empleo",
    b"privacy": b"datos",
}


def _of_cranes(body: bytes) -> bytes:
    """What was written to or by the demo's own addresses, to those of the other company."""

    def theirs(found: re.Match[bytes]) -> bytes:
        name, at, _ = found[0].partition(b"@")
        return (
            (_CALLED.get(name, name) + at + b"cranes.internal")
            if at
            else (found[0].replace(b"example.com", b"cranes.internal"))
        )

    return _OURS.sub(theirs, body)


def _owned(rows: Rows, of: Company) -> Rows:
    """The same records: what belonged to the seller of its country, or to another one, does so
    among the sellers of `of`."""

    def one(row: Mapping[str, str]) -> Mapping[str, str]:
        owner = row.get("hubspot_owner_id")
        if not owner:
            return row
        its_own = row["country"] in ours().sellers[owner].countries
        sellers = of.sellers.items()
        there = (name for name, who in sellers if (row["country"] in who.countries) is its_own)
        return {**row, "hubspot_owner_id": next(there)}

    return {name: [one(row) for row in found] for name, found in rows.items()}


def _judged(flow: Workflow[Any], tried: Tried) -> tuple[object, ...]:
    """How far it comes, and what policy says to each action, of how many people."""
    data = judgement(flow, tried).data
    actions = [(one["action"], one["verdict"], one["quorum"]) for one in data.get("actions", ())]
    return bool(data["refused"]), bool(data["dismissed"]), data["next"]["state"], actions


def _other(name: str, of: Business) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """How the demo's company and the other one judge an event."""
    flow, tried = event(name)
    theirs = replace(
        tried,
        body=_of_cranes(tried.body),
        rows=_owned(tried.rows, of.company),
        authserv_id="mx.cranes.internal",
        ours=of.company.ours,
    )
    return _judged(flow, tried), _judged(of.workflows[flow.id], theirs)


EVERY = tuple(one for one in samples() if one.expect.generate is None)
FIRST = {(one.expect.workflow, one.expect.status, one.expect.door): one for one in EVERY[::-1]}
"""One event of each end of each workflow."""


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(tuple(FIRST.values()), id="one of each end"),
        pytest.param(EVERY, id="all", marks=pytest.mark.soak),
    ],
)
def test_every_workflow_judges_for_another_company_as_for_the_demos(
    events: Sequence[Sample], other: Business
) -> None:
    """Other sellers, domains, addresses, limits, zone, holidays and first language change no answer
    of policy, how many must sign, or how far a message comes: what decides is in stage files."""
    judged = {one.name: _other(one.name, other) for one in events}
    assert {name: both for name, both in judged.items() if both[0] != both[1]} == {}
    here = WORKFLOWS["refund_request"].release.limits.amounts
    assert other.workflows["refund_request"].release.limits.amounts != here


@pytest.mark.control
def test_control_a_message_to_an_address_of_the_demos_is_not_understood_there(
    other: Business,
) -> None:
    """Control: with the demo's addresses and sellers in what comes in, the comparison is red."""
    flow, tried = event("64-desk-press-address")
    theirs = replace(tried, ours=other.company.ours)
    assert _judged(flow, tried) != _judged(other.workflows[flow.id], theirs)


@pytest.mark.control
def test_control_sellers_that_the_account_does_not_have_stop_a_sale(other: Business) -> None:
    """Control: with the demo's sellers in the files of a real account the same sale is a case."""
    (sale,) = [name for name in PLAYED if name.startswith("01-")]
    _, journey = _played(sale, Business(WORKFLOWS, ours()), other.company)
    assert journey.record.job.status == "ESCALATED"
    assert any("INVALID_OWNER_ID" in str(one) for one in journey.record.ledger)


def test_the_files_of_the_tests_are_no_part_of_what_ships() -> None:
    """The other company's stage is known to the tests alone."""
    stages = json.loads((Path(__file__).parents[3] / "cdk.json").read_text())["context"]["stages"]
    assert "cranes" not in stages
