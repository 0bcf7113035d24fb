"""The CRM's contract on objects, the same for the fake and for the adapter with the server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from countersign.actions.crm.shared import by_key
from countersign.domain.errors import NotFound, Refused
from tests.contract.crm_sides import ADA, DEAL, Side

AWKWARD = (
    "a/b@example.com",
    "a%2Fb@example.com",
    "a?idProperty=x#y@example.com",
    "../../owners",
    "..",
    "",
    "zoë@example.com",
    "a'b\"@example.com",
    "a b\n@example.com",
)

pytestmark = pytest.mark.enable_socket


def test_a_contact_is_found_by_its_address_in_any_case(side: Side) -> None:
    """HubSpot keeps addresses in lower case and finds them however they are typed."""
    made = side.has_contact("Ada.Quill@Example.com", firstname="Ada", hubspot_owner_id="1001")
    found = side.crm.find("contacts", "email", ADA.upper())
    assert found
    assert (found.kind, found.id, found.fields["email"]) == ("contacts", made, ADA)
    assert found.fields["hubspot_owner_id"] == "1001"


@pytest.mark.parametrize("value", AWKWARD)
def test_an_awkward_value_finds_nothing_and_goes_nowhere_else(side: Side, value: str) -> None:
    """A value is data in a path: it cannot reach another object or another call."""
    side.has_contact(ADA)
    assert side.crm.find("contacts", "email", value) is None


def test_what_is_not_there_is_none_or_not_found(side: Side) -> None:
    """Finding gives None; reading and changing by id raise NotFound; nothing is applied."""
    assert side.crm.find("deals", "countersign_action_key", "cs-none") is None
    for missing in ("77", "", "..", "x/y"):
        with pytest.raises(NotFound):
            side.crm.read("contacts", missing)
        with pytest.raises(NotFound):
            side.crm.update("contacts", missing, {"company": "Quill"})
    assert side.journal() == []


def test_a_created_object_is_there_at_once(side: Side) -> None:
    """Finding and reading see a write at once, and the journal has it with its properties."""
    made = side.crm.create("contacts", {"email": ADA, "firstname": "Ada"})
    assert made.fields == {"email": ADA, "firstname": "Ada"}
    assert side.crm.find("contacts", "email", ADA) == side.crm.read("contacts", made.id)
    (write,) = side.journal()
    assert (write.method, write.kind, write.id) == ("POST", "contacts", made.id)
    assert write.fields == {"email": ADA, "firstname": "Ada"}


def test_an_existing_address_gives_the_contact_that_has_it(side: Side) -> None:
    """Creating is idempotent by the unique value: the first one stays as it is."""
    first = side.has_contact(ADA, firstname="Ada")
    again = side.crm.create("contacts", {"email": ADA.upper(), "firstname": "Somebody"})
    assert (again.id, again.fields["firstname"]) == (first, "Ada")
    assert side.journal() == []


@pytest.mark.parametrize("kind", ["tasks", "notes"])
def test_where_a_key_is_not_unique_the_contacts_own_objects_are_looked_through(
    side: Side, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an interrupted attempt left is found beside others of that contact, and of no other;
    control: by the key alone the account finds nothing and says so."""
    side.keeps_no_key_unique(kind, monkeypatch)
    ada, bo = side.has_contact(ADA), side.has_contact("bo@example.com")
    made = {
        (key, whose): side.crm.create(
            kind, {"hs_timestamp": "1772442000000", "countersign_action_key": key}, contact=whose
        ).id
        for key, whose in (("cs-1", ada), ("cs-2", ada), ("cs-3", bo))
    }
    found = by_key(side.crm, kind, "cs-1", ADA)
    assert found
    assert found.id == made["cs-1", ada]
    assert by_key(side.crm, kind, "cs-3", ADA) is None
    assert by_key(side.crm, kind, "cs-1", "nobody@example.com") is None
    with pytest.raises(Refused, match="refused to read"):
        by_key(side.crm, kind, "cs-1")


@pytest.mark.parametrize("kind", ["deals", "tasks"])
def test_one_action_key_is_one_object(side: Side, kind: str) -> None:
    """A second create under the same key gives the first object, associated with its contact."""
    contact = side.has_contact(ADA)
    fields = {
        "deals": DEAL,
        "tasks": {"hs_timestamp": "1772442000000", "countersign_action_key": "cs-1"},
    }[kind]
    first = side.crm.create(kind, fields, contact=contact)
    again = side.crm.create(kind, fields, contact=contact)
    assert again.id == first.id
    assert side.crm.read(kind, first.id).fields["contacts"] == contact
    assert [(w.key, w.contact) for w in side.journal()] == [("cs-1", contact)]


def test_eight_writers_with_one_key_make_one_object(side: Side) -> None:
    """The unique key holds under threads."""
    contact = side.has_contact(ADA)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: side.crm.create("deals", DEAL, contact).id, range(24)))
    assert len(set(made)) == 1
    assert len(side.journal()) == 1


@pytest.mark.control
def test_without_a_key_every_create_is_another_object(side: Side) -> None:
    """Control: the same calls without the unique key are seen as 24 effects."""
    keyless = {name: value for name, value in DEAL.items() if name != "countersign_action_key"}
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: side.crm.create("deals", keyless).id, range(24)))
    assert len(set(made)) == len(side.journal()) == 24


def test_a_change_gives_a_new_version(side: Side) -> None:
    """The version changes with every write, so that a stale reader can be told."""
    made = side.crm.create("contacts", {"email": ADA})
    versions = {made.version}
    for company in ("Quill", "Quill & Sons", ""):
        versions.add(side.crm.update("contacts", made.id, {"company": company}).version)
    assert len(versions) == 4
    assert "company" not in side.crm.read("contacts", made.id).fields


@pytest.mark.parametrize(
    "text",
    [
        "Zoë 🧾 東京\u202e x",
        "<b>&amp;</b>",
        "'; DROP TABLE objects; --",
        "line\nline\ttab",
        '"{}"',
        "x" * 60_000,
    ],
)
def test_text_comes_back_as_it_was_given(side: Side, text: str) -> None:
    """Hostile and foreign text is kept to the letter."""
    made = side.crm.create("deals", {**DEAL, "description": text})
    assert side.crm.read("deals", made.id).fields["description"] == text
