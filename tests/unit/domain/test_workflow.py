"""Workflows and ports: values that a test makes by hand and nobody can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal

import pytest

from countersign.domain.errors import UnknownVersion
from countersign.domain.mail import Email
from countersign.domain.workflow import Ours, Raw, action_for
from tests.builders import action, held
from tests.flows import limits, release, workflow


def test_a_workflow_is_one_value() -> None:
    """Everything that differs between processes is in the value: a test makes one by hand."""
    flow = workflow()
    letter = flow.read(Raw(body=b"hello", door="webhook", authserv_id=""))
    draft = flow.draft(letter, None)
    assert flow.source_text(letter) == flow.prompt_text(letter) == "hello"
    assert flow.offline("hello") == {"text": "hello"}
    assert flow.confidence(letter, draft) == Decimal(1)
    assert flow.dismiss(letter) == ""
    assert flow.joins("a", "a", 0.0)
    assert flow.schema("openai")["type"] == "object"


def test_ports_speak_in_values() -> None:
    """What crosses a port is frozen: an adapter cannot change what it was given."""
    mail = Email(to="zoe@example.com", subject="s", text="t")
    with pytest.raises(FrozenInstanceError):
        mail.to = "eve@example.com"  # type: ignore[misc] # that it is frozen is the point


def test_an_entry_is_read_by_the_version_that_planned_it() -> None:
    """For one deploy the code has two versions: each entry finds its own."""
    first, second = action(), action(version=2)
    flow = replace(workflow(), actions={"crm.memo": second}, earlier=(action("crm.x"), first))
    assert action_for(flow, held()) is first
    assert action_for(flow, held(action_version=2)) is second


def test_an_entry_of_a_version_that_is_gone_names_what_there_is() -> None:
    """Two deploys later nobody guesses: the reason names the planned version and those here."""
    flow = replace(
        workflow(), actions={"crm.memo": action(version=3)}, earlier=(action(version=2),)
    )
    with pytest.raises(
        UnknownVersion, match=r"planned crm.memo v1; this code has crm.memo v3 and crm.memo v2"
    ):
        action_for(flow, held())
    with pytest.raises(
        UnknownVersion, match=r"planned post.letter v1; this code has no such action"
    ):
        action_for(flow, held(action_id="post.letter"))


def test_the_first_connector_is_looked_at_first() -> None:
    """What comes after Propose is the first of the workflow's connectors."""
    assert replace(workflow(), connectors=("payments", "crm")).reads == "payments"


def test_the_companys_zone_is_of_the_release() -> None:
    """Of whoever's own nobody knows; UTC where the company's file names none."""
    assert workflow().zone == "UTC"
    lists = limits().model_copy(update={"lists": {"company.zone": ("Europe/Berlin",)}})
    assert replace(workflow(), release=release(limits=lists)).zone == "Europe/Berlin"


def test_holidays_are_days_of_the_release() -> None:
    """What the company's stage file names, as dates; none where it names none."""
    assert workflow().holidays == frozenset()
    lists = limits().model_copy(update={"lists": {"company.holidays": ("2026-12-25",)}})
    closed = replace(workflow(), release=release(limits=lists))
    assert closed.holidays == {date(2026, 12, 25)}


def test_an_address_of_ours_is_at_a_domain_of_ours_or_named() -> None:
    """However it is spelled; a domain that only ends like ours is somebody else's."""
    ours = Ours(
        frozenset({"few.example"}), frozenset({"web@host.example"}), frozenset({"all@x.example"})
    )
    for address in ("Mira@FEW.example", "web@host.example", "all@x.example"):
        assert ours.has(address)
    for address in ("mira@notfew.example", "other@host.example", ""):
        assert not ours.has(address)
    assert ours.sends_for_others("WEB@host.example")
    assert not ours.sends_for_others("mira@few.example")
