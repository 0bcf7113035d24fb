"""Field maps against a live schema: each kind of mismatch is named, and a fitting one is silent."""
# ruff: noqa: E501 - an account per line reads as the table it is

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from countersign.actions.crm.fields import FIELDS as FIELDS_OF_THE_CRM
from countersign.actions.field_map import Field, Fields, Names, Property, Schema, compare, used

FIELDS: Fields = {
    "deals": (
        Field("dealname", "string", ("crm.create_lead",), always=True),
        Field("stage", "enumeration", ("crm.create_lead",), always=True, values=("first",)),
        Field("amount", "number", ("crm.create_lead",)),
        Field("closedate", "datetime"),
        Field("key", "string", ("crm.create_lead",), always=True, unique=True),
    )
}
LIVE: Mapping[str, Property] = {
    one.name: one
    for one in (
        Property(name="dealname", type="string"),
        Property(name="stage", type="enumeration", options=("first", "last")),
        Property(name="amount", type="number"),
        Property(name="closedate", type="datetime", read_only=True),
        Property(name="key", type="string", unique=True),
        Property(name="cs_key", type="string", unique=True),
    )
}


def _compared(
    properties: Mapping[str, Property] = LIVE,
    required: tuple[str, ...] = ("dealname",),
    names: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
) -> list[tuple[str, str]]:
    schema = Schema(properties=tuple(properties.values()), required=required)
    found = compare(FIELDS, Names(names or {}, constants or {}), lambda _: schema)
    return [(f"{one.kind}.{one.field}", one.sentence) for one in found]


def _with(name: str, **changes: Any) -> dict[str, Property]:
    return {**LIVE, name: LIVE[name].model_copy(update=changes)}


def test_a_fitting_schema_says_nothing() -> None:
    """Also when the CRM has more than we use, and what we only read is read-only."""
    assert _compared() == []


@pytest.mark.control
@pytest.mark.parametrize(
    ("properties", "field", "says"),
    [
        (
            {n: p for n, p in LIVE.items() if n != "amount"},
            "deals.amount",
            "does not exist: create",
        ),
        (_with("amount", read_only=True), "deals.amount", "read-only, and crm.create_lead writes"),
        (_with("amount", type="string"), "deals.amount", "has the type string, and number is"),
        (_with("closedate", type="string"), "deals.closedate", "type string, and datetime"),
        (_with("stage", options=("last",)), "deals.stage", "has no option first"),
        (_with("key", unique=False), "deals.key", "does not keep its values unique"),
    ],
)
def test_each_mismatch_names_its_field(
    properties: Mapping[str, Property], field: str, says: str
) -> None:
    """Control: a seeded fault of each kind is found, with object, field and what to do."""
    ((named, sentence),) = _compared(properties)
    assert named == field
    assert says in sentence
    assert field in sentence


@pytest.mark.control
def test_what_the_crm_requires_and_we_do_not_always_send_is_found() -> None:
    """Control: a required property that we do not know, and one that we send only sometimes."""
    found = _compared(required=("dealname", "amount", "forecast"))
    assert [field for field, _ in found] == ["deals.amount", "deals.forecast"]
    assert all("is required to create one of deals" in sentence for _, sentence in found)


def test_what_is_required_to_create_does_not_matter_where_we_only_read() -> None:
    """A kind that no action of ours makes is never created without what it requires."""
    schema = Schema(properties=tuple(LIVE.values()), required=("forecast",))
    assert compare(used(FIELDS, [], reads=True), Names({}), lambda _: schema) == ()


def test_a_list_that_is_kept_elsewhere_is_not_compared() -> None:
    """An enumeration without options has them in another place."""
    assert _compared(_with("stage", options=())) == []


def test_a_phone_number_is_text() -> None:
    """A newer type that takes the same values is no mismatch."""
    assert _compared(_with("dealname", type="phone_number")) == []


def test_the_stages_own_name_is_the_one_that_is_looked_for() -> None:
    """A mapped field is compared under the CRM's name, whatever ours holds there."""
    naive = {n: p for n, p in LIVE.items() if n != "key"}
    assert _compared(naive, names={"deals.key": "cs_key"}) == []
    ((field, sentence),) = _compared(names={"deals.key": "another"})
    assert field == "deals.another"
    assert "(our key)" in sentence


@pytest.mark.control
@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"deals.kye": "cs_key"}, "names deals.kye, which no workflow reads or writes"),
        ({"deals.dealname": "cs_key", "deals.key": "cs_key"}, "the same name cs_key"),
    ],
)
def test_a_map_that_cannot_be_meant_is_found(names: Mapping[str, str], says: str) -> None:
    """Control: a mistyped name would do nothing, and two names of one property would overwrite."""
    assert any(says in sentence for _, sentence in _compared(names=names))


def test_only_what_is_used_is_needed() -> None:
    """Without the action a field is only read; without any look-up the kind is not needed."""
    assert used(FIELDS, ["payments.refund"], reads=False) == {}
    reading = used(FIELDS, [], reads=True)["deals"]
    assert [one.by for one in reading] == [()] * 5
    assert not any(one.always or one.values for one in reading)
    assert used(FIELDS, ["crm.create_lead", "x"], reads=False) == FIELDS


def test_values_are_sent_under_the_systems_names() -> None:
    """A mapped name is replaced for its own kind only; every other name and all values stay."""
    names = Names({"deals.key": "cs_key"})
    fields = {"key": "k-1", "amount": "5"}
    assert names.sent("deals", fields) == {"cs_key": "k-1", "amount": "5"}
    assert names.sent("contacts", fields) == fields


_SOURCE = Property(name="source", type="enumeration", options=("web", "mail"))


def test_a_constant_is_what_a_required_property_gets() -> None:
    """An account that requires more than we know is served from the stage's file; what is another
    kind's is not sent."""
    constants = {"deals.source": "web", "contacts.other": "x"}
    live = {**LIVE, "source": _SOURCE}
    assert _compared(live, ("dealname", "source"), constants=constants) == []
    made = Names({}, constants).created("deals", {"key": "k"})
    assert made == {"source": "web", "key": "k"}


@pytest.mark.control
@pytest.mark.parametrize(
    ("constants", "source", "says"),
    [
        ({"deals.origin": "web"}, _SOURCE, "deals.origin does not exist, and the stage's"),
        ({"deals.source": "shop"}, _SOURCE, "deals.source has no option shop"),
        (
            {"deals.source": "web"},
            _SOURCE.model_copy(update={"read_only": True}),
            "deals.source is read-only, and the stage's",
        ),
        ({"deals.amount": "1"}, _SOURCE, "gives deals.amount a value, and our actions use it"),
    ],
)
def test_control_a_constant_that_the_account_would_not_take_is_found(
    constants: Mapping[str, str], source: Property, says: str
) -> None:
    """Control: by the name at which it is corrected."""
    told = _compared({**LIVE, "source": source}, constants=constants)
    assert [says in sentence for _, sentence in told] == [True]


def test_a_value_that_comes_out_of_the_message_has_the_accounts_word() -> None:
    """Where we write no closed set any value may be called otherwise, by an option of theirs."""
    live = _with("amount", options=("1", "2"))
    assert _compared(live, names={"deals.amount.one": "1"}) == []
    ((field, sentence),) = _compared(live, names={"deals.amount.one": "3"})
    assert (field, "has no option 3" in sentence) == ("deals.amount", True)


def _crm(kind: str, *more: Property) -> Schema:
    """An account that has all that we use, and requires what is more."""
    held = tuple(
        Property(name=one.name, type=one.type, unique=one.unique, options=one.values)
        for one in FIELDS_OF_THE_CRM[kind]
    )
    return Schema(properties=(*held, *more), required=tuple(one.name for one in more))


def _choice(name: str, *options: str) -> Property:
    return Property(name=name, type="enumeration", options=options)


_TEXT = Property(name="origin", type="string")
_WEB = _choice("lead_source", "Web", "Mail")


@pytest.mark.parametrize(
    ("kind", "required", "names", "constants"),
    [
        ("contacts", _TEXT, {}, {"contacts.origin": "countersign"}),
        ("contacts", _WEB, {}, {"contacts.lead_source": "Web"}),
        ("contacts", _choice("hs_lead_status", "NEW", "OPEN"), {}, {"contacts.hs_lead_status": "NEW"}),
        ("contacts", _choice("anrede", "Divers", "Frau", "Herr"), {}, {"contacts.anrede": "Divers"}),
        ("contacts", _choice("rodo", "tak", "nie"), {}, {"contacts.rodo": "tak"}),
        ("contacts", _choice("kvkk", "evet", "hayır"), {}, {"contacts.kvkk": "evet"}),
        ("contacts", Property(name="gdpr_basis", type="string"), {}, {"contacts.gdpr_basis": "Art. 6(1)(b)"}),
        ("contacts", Property(name="score", type="number"), {}, {"contacts.score": "0"}),
        ("deals", _choice("dealtype", "newbusiness"), {}, {"deals.dealtype": "newbusiness"}),
        ("deals", _choice("herkunft", "Webseite"), {}, {"deals.herkunft": "Webseite"}),
        ("deals", _choice("origine", "Site web"), {}, {"deals.origine": "Site web"}),
        ("deals", _choice("origen", "Sitio web"), {}, {"deals.origen": "Sitio web"}),
        ("deals", _choice("origine", "Sito"), {}, {"deals.origine": "Sito"}),
        ("deals", _choice("bron", "Website"), {}, {"deals.bron": "Website"}),
        ("deals", Property(name="forecast", type="number"), {}, {"deals.forecast": "0"}),
        ("deals", _choice("流入元", "ウェブ"), {}, {"deals.流入元": "ウェブ"}),
        ("tasks", _choice("queue", "calls"), {}, {"tasks.queue": "calls"}),
        ("tasks", Property(name="team", type="string"), {}, {"tasks.team": "Vertrieb"}),
        ("notes", Property(name="source", type="string"), {}, {"notes.source": "countersign"}),
        ("contacts", Property(name="firma", type="string"), {"contacts.email": "firma"}, {}),
    ],
)  # fmt: skip
def test_what_an_account_requires_is_given_by_its_stage(
    kind: str, required: Property, names: Mapping[str, str], constants: Mapping[str, str]
) -> None:
    """A constant, or a field of ours under that name, is enough; without either the account's
    property is named, which is the control of each."""

    def found(names: Names) -> list[str]:
        of_kind = {kind: FIELDS_OF_THE_CRM[kind]}
        return [one.field for one in compare(of_kind, names, lambda _: _crm(kind, required))]

    assert found(Names(names, constants)) == []
    assert found(Names({})) == [required.name]
    sent = Names(names, constants).created(kind, {"email": "ada@example.com"})
    assert required.name in sent


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("contacts.country", "DE", "Germany"),
        ("contacts.country", "DE", "Deutschland"),
        ("contacts.country", "GB", "United Kingdom"),
        ("contacts.country", "GB", "UK"),
        ("contacts.country", "US", "United States"),
        ("contacts.country", "NL", "The Netherlands"),
        ("contacts.country", "CZ", "Czechia"),
        ("contacts.country", "TR", "Türkiye"),
        ("contacts.country", "PL", "Polska"),
        ("contacts.country", "FR", "France métropolitaine"),
        ("contacts.country", "ES", "España"),
        ("contacts.country", "IT", "Italia"),
        ("contacts.hs_language", "pt", "pt-br"),
        ("contacts.hs_language", "de", "de-at"),
        ("contacts.hs_language", "zh", "zh-tw"),
        ("contacts.hubspot_owner_id", "1001", "77001"),
        ("deals.deal_currency_code", "EUR", "Euro"),
        ("deals.pipeline", "default", "749"),
        ("deals.dealstage", "appointmentscheduled", "qualifiziert"),
        ("tasks.hs_task_type", "CALL", "ANRUF"),
        ("tasks.hs_task_status", "NOT_STARTED", "OFFEN"),
    ],
)
def test_a_code_of_ours_is_sent_and_read_as_the_accounts_name(
    field: str, ours: str, theirs: str
) -> None:
    """Both ways, for its own field alone; a value that nothing maps stays as it is."""
    kind, _, name = field.partition(".")
    names = Names({f"{field}.{ours}": theirs})
    assert names.sent(kind, {name: ours, "other": ours}) == {name: theirs, "other": ours}
    assert (names.our_value(kind, name, theirs), names.our_value(kind, name, "x")) == (ours, "x")
    assert Names({}).sent(kind, {name: ours}) == {name: ours}
