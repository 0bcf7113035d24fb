"""The CRM's contract, the same for the fake and for the adapter against the demo server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from countersign.domain.errors import Ambiguous, NotFound, Refused, Throttled, Unavailable
from countersign.domain.records import Lookup
from tests.contract.crm_sides import FakeSide, ServerSide, server_side

ADA = "ada.quill@example.com"
DEAL = {
    "dealname": "Forty scanners",
    "pipeline": "default",
    "dealstage": "appointmentscheduled",
    "amount": "1250.00",
    "deal_currency_code": "EUR",
    "countersign_action_key": "cs-1",
}
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
Side = FakeSide | ServerSide


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """One demo CRM for all tests."""
    with server_side(tmp_path_factory.mktemp("crm")) as running:
        yield running


@pytest.fixture(params=["fake", "server"])
def side(request: pytest.FixtureRequest) -> Side:
    """Each test runs on both sides, on empty records."""
    if request.param == "fake":
        return FakeSide()
    running: ServerSide = request.getfixturevalue("server")
    running.empty()
    return running


def _lookup(kind: str, value: str, field: str = "email") -> Lookup:
    return Lookup(name="x", connector="crm", kind=kind, field=field, value=value)


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
    ("kind", "change", "name"),
    [
        ("contacts", {"nickname": "SECRET-7"}, "nickname"),
        ("contacts", {"email": "SECRET-7"}, "email"),
        ("contacts", {"email": "a@b@example.com"}, "email"),
        ("contacts", {"hubspot_owner_id": "7007"}, "hubspot_owner_id"),
        ("contacts", {"hs_language": "SECRET-7"}, "hs_language"),
        ("contacts", {"hs_email_optout": "false"}, "hs_email_optout"),
        ("contacts", {"email": ""}, "email"),
        ("deals", {"amount": "SECRET-7"}, "amount"),
        ("deals", {"amount": "NaN"}, "amount"),
        ("deals", {"dealstage": "SECRET-7"}, "dealstage"),
        ("deals", {"dealstage": "partnersigned"}, "dealstage"),
        ("deals", {"pipeline": "SECRET-7"}, "pipeline"),
        ("deals", {"deal_currency_code": "XTS"}, "deal_currency_code"),
        ("deals", {"closedate": "SECRET-7"}, "closedate"),
        ("deals", {"dealname": ""}, "dealname"),
        ("tasks", {"hs_timestamp": "SECRET-7"}, "hs_timestamp"),
        ("tasks", {"hs_timestamp": ""}, "hs_timestamp"),
        ("tasks", {"hs_task_status": "SECRET-7"}, "hs_task_status"),
    ],
)
def test_what_hubspot_rejects_is_refused_by_name(
    side: Side, kind: str, change: dict[str, str], name: str
) -> None:
    """A refusal names the property and never quotes its value; nothing is applied."""
    good = {"contacts": {"email": ADA}, "deals": DEAL, "tasks": {"hs_timestamp": "1772442000000"}}
    with pytest.raises(Refused, match=name) as refused:
        side.crm.create(kind, {**good[kind], **change})
    assert "SECRET" not in str(refused.value)
    assert side.journal() == []


def test_the_reading_token_cannot_write(side: Side) -> None:
    """Look's token reads, and every write with it is refused."""
    assert side.reader.look(_lookup("contact", ADA)) == ()
    with pytest.raises(Refused, match="MISSING_SCOPES"):
        side.reader.create("contacts", {"email": ADA})
    with pytest.raises(Refused, match="MISSING_SCOPES"):
        side.reader.update("contacts", "1", {"company": "Quill"})
    assert side.journal() == []


def test_a_lost_answer_is_ambiguous_and_found_by_its_key(side: Side) -> None:
    """The write happened, only its key can tell, and doing it again adds nothing."""
    contact = side.has_contact(ADA)
    side.loses_the_answer()
    with pytest.raises(Ambiguous):
        side.crm.create("deals", DEAL, contact)
    found = side.crm.find("deals", "countersign_action_key", "cs-1")
    assert found
    assert side.crm.create("deals", DEAL, contact).id == found.id
    assert len(side.journal()) == 1


def test_a_lie_looks_like_success_and_is_seen_by_reading(side: Side) -> None:
    """An answer that claims a write which was not applied: only a read tells."""
    side.lies()
    claimed = side.crm.create("deals", DEAL)
    assert claimed.fields["dealname"] == DEAL["dealname"]
    with pytest.raises(NotFound):
        side.crm.read("deals", claimed.id)
    assert side.journal() == []


def test_later_and_unavailable_are_told_apart_and_apply_nothing(side: Side) -> None:
    """429 carries how long to wait; 503 is worth another try; both for reads and writes."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: side.crm.find("contacts", "email", ADA),
        lambda: side.crm.create("contacts", {"email": ADA}),
    )
    for call in calls:
        side.throttles()
        with pytest.raises(Throttled) as throttled:
            call()
        assert throttled.value.retry_after == 3.0
        side.is_unavailable()
        with pytest.raises(Unavailable):
            call()
    assert side.journal() == []


def test_lookups_give_the_contact_and_its_deals(side: Side) -> None:
    """`contact` and `deals_of_contact` by e-mail, with HubSpot's own property names."""
    side.has_contact(ADA, hs_email_optout="true")
    side.has_contact("other@example.com")
    mine = side.has_deal(ADA, dealstage="closedlost", closedate="2026-02-20T00:00:00.000Z")
    side.has_deal("other@example.com")
    (contact,) = side.crm.look(_lookup("contact", ADA))
    assert contact.fields["hs_email_optout"] == "true"
    (deal,) = side.crm.look(_lookup("deals_of_contact", ADA))
    assert (deal.kind, deal.id, deal.fields["dealstage"]) == ("deals", mine, "closedlost")
    assert deal.fields["closedate"] == "2026-02-20T00:00:00.000Z"


def test_a_lookup_of_nobody_is_empty_and_an_unknown_one_refused(side: Side) -> None:
    """No contact means no records, not an error; a question that the CRM has not is a defect."""
    assert side.crm.look(_lookup("contact", ADA)) == ()
    assert side.crm.look(_lookup("deals_of_contact", ADA)) == ()
    for unknown in (_lookup("contact", ADA, "phone"), _lookup("orders", ADA)):
        with pytest.raises(Refused, match="no lookup"):
            side.crm.look(unknown)


def test_more_deals_than_one_batch_are_all_there(side: Side) -> None:
    """Count in is count out, beyond HubSpot's 100 per batch."""
    side.has_contact(ADA)
    made = {side.has_deal(ADA) for _ in range(205)}
    assert {deal.id for deal in side.crm.look(_lookup("deals_of_contact", ADA))} == made


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
