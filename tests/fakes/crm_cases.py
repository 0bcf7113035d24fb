"""One contact, one lead and one callback, and short ways to ask what an action finds and reads."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from countersign.actions.crm import (
    ADD_NOTE,
    CREATE_LEAD,
    REQUEST_CALLBACK,
    UPSERT_CONTACT,
    Callback,
    Contact,
    Lead,
    Note,
)
from countersign.domain.ledger.action import Action, Receipt
from countersign.domain.money import Money
from tests.fakes.crm import FakeCrm

ADA = "ada.quill@example.com"
CONTACT = Contact(
    email="Ada.Quill@Example.com",
    name="Ada Maria Quill",
    phone="+15550100",
    company="Quill & Sons",
    country="GB",
    language="en",
    owner="1001",
)
LEAD = Lead(
    email=ADA,
    title="Forty scanners",
    need="Forty handheld scanners",
    owner="1001",
    budget=Money(amount=Decimal("1250.00"), currency="EUR"),
    timeline="by June",
    source="web form",
)
CALLBACK = Callback(
    email=ADA,
    title="Call Ada back",
    notes="Prefers mornings\n<b>urgent</b> & new",
    owner="1002",
    due_at=datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1))),
)
NOTE = Note(
    email=ADA,
    text="Ada calls back on Friday\n<b>decision</b> & more",
    at=datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1))),
)
CASES: tuple[tuple[Action[Any, Any], Any], ...] = (
    (UPSERT_CONTACT, CONTACT),
    (CREATE_LEAD, LEAD),
    (REQUEST_CALLBACK, CALLBACK),
    (ADD_NOTE, NOTE),
)
each = pytest.mark.parametrize(("action", "params"), CASES, ids=[a.id for a, _ in CASES])


def crm_for(params: Any) -> FakeCrm:
    """A CRM in which the action can run: a lead or a callback needs its contact."""
    crm = FakeCrm()
    if not isinstance(params, Contact):
        crm.has_contact(ADA)
    return crm


def found(action: Action[Any, Any], crm: FakeCrm, params: Any, key: str) -> Receipt | None:
    """What the action finds of an interrupted attempt."""
    assert action.find
    return action.find(crm, params, key)


def read(action: Action[Any, Any], crm: FakeCrm, params: Any, receipt: Receipt) -> dict[str, str]:
    """What the action reads back."""
    assert action.read_back
    return dict(action.read_back(crm, params, receipt))
