"""An action made of one row sets what is said and different, is checked, and is taken back."""

from __future__ import annotations

import pytest

from countersign.actions.crm import SET_ADDRESS
from countersign.actions.crm.fields import FIELDS
from countersign.actions.crm.set_fields import ROWS, set_fields
from countersign.actions.registry import ACTIONS
from countersign.domain.errors import DefinitionBroken, Refused
from countersign.domain.policy.records import Records
from tests.fakes.crm import FakeCrm
from tests.fakes.crm_cases import ADA
from tests.fakes.world import START

WHOLE = SET_ADDRESS.params(email=ADA, address="12 Oak Street", city="Galway", country="IE")


def test_only_what_is_said_and_different_is_written() -> None:
    """Empty text leaves a field as it is; what is there already is not written again."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, address="1 Low Road", city="Galway", zip="H91")
    receipt = SET_ADDRESS.do(crm, WHOLE, "cs-1")
    (write,) = crm.journal
    assert (write.method, write.id) == ("PATCH", there)
    assert write.fields == {"address": "12 Oak Street", "country": "IE"}
    assert crm.holds("contacts", there)["zip"] == "H91"
    assert SET_ADDRESS.read_back is not None
    assert SET_ADDRESS.read_back(crm, WHOLE, receipt) == SET_ADDRESS.expected(WHOLE)


def test_a_contact_that_is_not_there_is_never_made() -> None:
    """The row changes somebody who is known; a stranger is refused."""
    crm = FakeCrm()
    with pytest.raises(Refused, match="no contact"):
        SET_ADDRESS.do(crm, WHOLE, "cs-1")
    assert crm.all("contacts") == ()


def test_an_interrupted_attempt_is_found_by_what_it_left() -> None:
    """All values there: nothing is left to do; one missing: it is done again."""
    crm = FakeCrm()
    there = crm.has_contact(ADA)
    assert SET_ADDRESS.find is not None
    assert SET_ADDRESS.find(crm, WHOLE, "cs-1") is None
    SET_ADDRESS.do(crm, WHOLE, "cs-1")
    found = SET_ADDRESS.find(crm, WHOLE, "cs-1")
    assert found
    assert found.id == there


def test_what_was_there_comes_back() -> None:
    """Undo writes the values of before, the empty ones too, and nothing of other fields."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, address="1 Low Road", phone="+15550100")
    undo = SET_ADDRESS.undo
    assert undo is not None
    before = undo.state(crm, WHOLE, "cs-1", "")
    receipt = SET_ADDRESS.do(crm, WHOLE, "cs-1")
    crm.somebody_edits(there, phone="+15550199")
    undo.restore(crm, WHOLE, "cs-1", receipt.id, before)
    held = crm.holds("contacts", there)
    assert (held["address"], held.get("city", ""), held["phone"]) == ("1 Low Road", "", "+15550199")


def test_before_and_after_are_what_would_be_written() -> None:
    """Who signs sees each field with the value that Look found."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, address="1 Low Road", city="Galway")
    found = {"contact": (crm.read("contacts", there),)}
    assert SET_ADDRESS.differences is not None
    shown = SET_ADDRESS.differences(WHOLE, Records(read_at=START, found=found))
    assert [(one.name, one.before, one.after) for one in shown] == [
        ("address", "1 Low Road", "12 Oak Street"),
        ("country", "", "IE"),
    ]


def test_a_row_is_a_contract_of_its_own() -> None:
    """Id, version and fields are the row's, and the table of fields names who writes each."""
    other = set_fields("crm.set_phone", "phone number", {"phone": "phone"}, version=3)
    assert (other.id, other.version, other.editable) == ("crm.set_phone", 3, ("phone",))
    assert (other.params.CONTRACT, other.params.VERSION) == ("crm.set_phone", 3)
    for row, fields in ROWS:
        declared = {field.name for field in FIELDS["contacts"] if row.id in field.by}
        assert declared == set(fields.values())
        assert ACTIONS[row.id] is row
    wanted = SET_ADDRESS.proposed(target=ADA, email=ADA, city="Galway")
    assert (wanted.action, wanted.target) == ("crm.set_address", ADA)
    with pytest.raises(ValueError, match="town"):
        SET_ADDRESS.proposed(target=ADA, email=ADA, town="Galway")


def test_another_contacts_values_are_no_before() -> None:
    """Look found somebody else beside them or alone: what stands there says nothing about this
    contact, whose fields count as unknown; whoever signs sees no stranger's address."""
    crm = FakeCrm()
    there = crm.has_contact(ADA, address="1 Low Road", city="Galway")
    stranger = crm.has_contact("kim@elsewhere.example", address="12 Oak Street", city="Cork")
    both = (crm.read("contacts", stranger), crm.read("contacts", there))
    assert SET_ADDRESS.differences is not None
    seen = SET_ADDRESS.differences(WHOLE, Records(read_at=START, found={"contact": both}))
    assert [one.before for one in seen] == ["1 Low Road", ""]
    alone = Records(read_at=START, found={"contact": both[:1]})
    shown = SET_ADDRESS.differences(WHOLE, alone)
    assert [(one.name, one.before) for one in shown] == [
        ("address", ""),
        ("city", ""),
        ("country", ""),
    ]


@pytest.mark.parametrize(
    "fields", [{}, {"email": "email"}, {"a": "x", "b": "x"}, {"_a": "x"}, {"A": "x"}, {"a-b": "x"}]
)
def test_a_row_that_could_be_no_contract_is_refused(fields: dict[str, str]) -> None:
    """No field, the contact's own address, one property twice, a name that is none."""
    with pytest.raises(DefinitionBroken, match=r"crm\.set_x: .* cannot be set by a row"):
        set_fields("crm.set_x", "x", fields)
