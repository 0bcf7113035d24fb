"""The table of fields says exactly what the actions send and what the adapter reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from countersign.actions.crm import (
    CREATE_LEAD,
    CREATE_TASK,
    REQUEST_CALLBACK,
    UPSERT_CONTACT,
    Callback,
    Lead,
    Task,
)
from countersign.actions.crm import Contact as Person
from countersign.actions.crm.fields import FIELDS
from countersign.domain.ledger.action import Action
from tests.fakes.crm import FakeCrm
from tests.fakes.crm_cases import ADA, CALLBACK, CONTACT, LEAD

TASK = Task(title="A", notes="B", owner="1001", due_at=CALLBACK.due_at)
FULL = (
    (UPSERT_CONTACT, CONTACT),
    (CREATE_LEAD, LEAD),
    (CREATE_TASK, TASK),
    (REQUEST_CALLBACK, CALLBACK),
)
BARE = (
    (UPSERT_CONTACT, Person(email=ADA, name="")),
    (CREATE_LEAD, Lead(email=ADA, title="A", need="B", owner="")),
    (CREATE_TASK, TASK.model_copy(update={"owner": ""})),
    (
        REQUEST_CALLBACK,
        Callback(email=ADA, title="A", notes="B", owner="", due_at=CALLBACK.due_at),
    ),
)


def _sent(action: Action[Any, Any], params: Any) -> tuple[str, Mapping[str, str]]:
    """The kind and the properties of the object that a first attempt creates."""
    crm = FakeCrm()
    if action is not UPSERT_CONTACT:
        crm.has_contact(ADA)
    action.do(crm, params, "cs-1")
    (write,) = [one for one in crm.journal if one.method == "POST"]
    return write.kind, write.fields


def _declared(kind: str, action: str) -> Iterator[str]:
    return (field.name for field in FIELDS[kind] if action in field.by)


@pytest.mark.parametrize(("action", "params"), FULL, ids=lambda one: getattr(one, "id", ""))
def test_what_an_action_sends_is_what_the_table_declares(
    action: Action[Any, Any], params: Any
) -> None:
    """With everything known, each declared property is sent and nothing else is."""
    kind, fields = _sent(action, params)
    assert set(fields) == set(_declared(kind, action.id))


@pytest.mark.parametrize(("action", "params"), BARE, ids=lambda one: getattr(one, "id", ""))
def test_what_is_always_sent_is_sent_with_nothing_known(
    action: Action[Any, Any], params: Any
) -> None:
    """With as little known as the contract allows, all that is declared `always` is still there."""
    kind, fields = _sent(action, params)
    always = {one.name for one in FIELDS[kind] if one.always and action.id in one.by}
    assert always <= set(fields)


@pytest.mark.parametrize(("action", "params"), FULL, ids=lambda one: getattr(one, "id", ""))
def test_a_fixed_value_is_the_one_that_is_sent(action: Action[Any, Any], params: Any) -> None:
    """The options that a CRM must have are those that the action really sends."""
    kind, fields = _sent(action, params)
    fixed = {one.name: one.values for one in FIELDS[kind] if one.values and action.id in one.by}
    assert [name for name, values in fixed.items() if fields[name] not in values] == []


@pytest.mark.control
def test_a_table_that_forgot_a_property_is_seen() -> None:
    """Control: without one of its rows the declared names are not what is sent."""
    kind, fields = _sent(CREATE_LEAD, LEAD)
    assert set(fields) != set(list(_declared(kind, CREATE_LEAD.id))[1:])
