"""What one visit has read of the CRM it knows, and what it has written it asks."""

from __future__ import annotations

import pytest

from countersign.actions.crm.shared import ACTION_KEY
from countersign.actions.crm.visited import VisitedCrm
from countersign.domain.errors import NotFound
from countersign.domain.policy.records import Record
from tests.fakes.crm import FakeCrm
from tests.fakes.crm_cases import ADA


def found(crm: VisitedCrm) -> Record | None:
    """The contact by its address, typed in some way."""
    return crm.find("contacts", "email", ADA.upper())


@pytest.fixture
def real() -> FakeCrm:
    return FakeCrm()


def test_what_was_found_is_asked_once_and_so_is_that_nothing_is_there(real: FakeCrm) -> None:
    """In whatever case an address is typed."""
    crm = VisitedCrm(real)
    assert found(crm) is None
    assert found(crm) is None
    assert real.reads == 1
    made = crm.create("contacts", {"email": ADA})
    assert [found(crm), found(crm)] == [made, made]
    assert real.reads == 2


def test_what_was_read_by_its_id_is_found_by_its_value(real: FakeCrm) -> None:
    """A read-back is also what the action left; a deal of another kind changes no contact."""
    crm = VisitedCrm(real)
    contact = crm.create("contacts", {"email": ADA})
    crm.read("contacts", contact.id)
    key = {"dealname": "A", "pipeline": "default", "dealstage": "appointmentscheduled"}
    deal = crm.create("deals", {**key, ACTION_KEY: "cs-1"}, contact.id)
    crm.read("deals", deal.id)
    reads = real.reads
    assert (found(crm) or contact).id == contact.id
    assert (crm.find("deals", ACTION_KEY, "cs-1") or contact).id == deal.id
    assert real.reads == reads


def test_reading_by_id_always_asks(real: FakeCrm) -> None:
    """It is how a write is checked: what somebody changed or removed is seen."""
    crm = VisitedCrm(real)
    contact = crm.create("contacts", {"email": ADA})
    assert crm.read("contacts", contact.id).fields["email"] == ADA
    real.somebody_edits(contact.id, company="Quill")
    assert crm.read("contacts", contact.id).fields["company"] == "Quill"
    real.somebody_deletes(contact.id)
    with pytest.raises(NotFound):
        crm.read("contacts", contact.id)
    assert found(crm) is None


@pytest.mark.parametrize("write", ["update", "archive"])
def test_a_write_ends_what_was_known(real: FakeCrm, write: str) -> None:
    """The next question is asked, whatever the write did."""
    crm = VisitedCrm(real)
    there = real.has_contact(ADA)
    found(crm)
    if write == "update":
        crm.update("contacts", there, {"company": "Quill"})
    else:
        crm.archive("contacts", there)
    now = found(crm)
    assert (now.fields["company"] if now else "gone") == {"update": "Quill"}.get(write, "gone")


@pytest.mark.control
def test_the_crm_itself_asks_each_time(real: FakeCrm) -> None:
    """Control: without the memory the same question is two requests."""
    real.find("contacts", "email", ADA)
    real.find("contacts", "email", ADA)
    assert real.reads == 2
