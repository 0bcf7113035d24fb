"""`countersign new`: which schemas become facts of which kind, and what is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.errors import ContractBroken
from infra.cli.main import run
from infra.cli.scaffold.command import read_schema
from infra.cli.scaffold.facts import USUAL, left_out, parts
from infra.cli.scaffold.folder import KNOWN, Folder
from infra.cli.target import chosen
from infra.local.front.samples import Expectation

TEXT = {"type": "string"}
MONEY = {"type": "object", "properties": {"amount": TEXT, "currency": TEXT}}
OTHER = {"other": TEXT}


def schema(**properties: Any) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def declared(name: str, shape: Any) -> str:
    """The kind that is proposed for one property."""
    part = schema(part={"$ref": "#/$defs/Part"})
    found = parts({**schema(**{name: shape}, **OTHER), "$defs": {"Money": MONEY, "Part": part}})
    return next(part.declared for part in found if part.name != "other")


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("product", TEXT, "Quoted"),
        ("product", {"anyOf": [TEXT, {"type": "null"}]}, "Quoted"),
        ("wish", {"enum": ["repair", "refund", None]}, 'Chosen[Literal["repair", "refund"]]'),
        ("urgent", {"type": "boolean"}, 'Chosen[Literal["yes", "no"]]'),
        ("price", {"type": "number"}, "Sum"),
        ("orderTotal", TEXT, "Sum"),
        ("paid", {"$ref": "#/$defs/Money"}, "Sum"),
        ("paid", {"type": ["string", "null"], "format": "money"}, "Sum"),
        ("pieces", {"type": "integer"}, "Derived"),
        ("country", TEXT, "Derived"),
        ("bought", {"type": "string", "format": "date"}, "Derived"),
        ("language", TEXT, "Language"),
        ("summary", TEXT, "Summary"),
        ("story", {"type": "string", "maxLength": 2000}, "Summary"),
    ],
)
def test_a_property_is_proposed_a_kind(name: str, shape: Any, kind: str) -> None:
    """By its type first, then by its format and the last word of its name."""
    assert declared(name, shape) == kind


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("tags", {"type": "array", "items": TEXT}, r"tags: a list is no fact; .* \(tag\)"),
        ("lines", {"type": "array", "items": schema(sku=TEXT)}, r"lines: .* \(line_sku\)"),
        ("buyer", {"type": "object"}, "buyer: an object that names no properties"),
        ("part", {"$ref": "#/$defs/Part"}, "objects within objects without an end"),
        ("either", {"anyOf": [TEXT, {"type": "number"}]}, "either: of several shapes, say one"),
        ("level", {"enum": [1, 2]}, "level: choices that are no texts"),
        ("thing", {}, "thing: a shape that is no fact"),
        ("class", TEXT, "class: no name that a fact can have"),
        ("schema", TEXT, "schema: the engine uses this name"),
        ("actions", TEXT, "actions: the engine uses this name"),
        ("paid", {"$ref": "#/$defs/Nothing"}, "#/\\$defs/Nothing is not defined"),
    ],
)
def test_what_no_kind_fits_is_refused_by_name(name: str, shape: Any, said: str) -> None:
    """The sentence names the property, and what to do."""
    with pytest.raises(ContractBroken, match=said):
        declared(name, shape)


def test_an_object_s_properties_stand_side_by_side_under_its_name() -> None:
    """However deep; one is needed when all around it are. Two that get the same name are told."""
    place = schema(city=TEXT, country={"type": ["string", "null"]})
    asked = schema(buyer=schema(name=TEXT, home=place, paid=MONEY), **OTHER)
    found = {part.name: (part.kind, part.needed) for part in parts(asked)}
    assert found == {
        "buyer_name": ("Quoted", True),
        "buyer_home_city": ("Quoted", True),
        "buyer_home_country": ("Derived", False),
        "buyer_paid": ("Sum", True),
        "other": ("Quoted", True),
    }
    optional = schema(buyer={"anyOf": [schema(name=TEXT), {"type": "null"}]}, **OTHER)
    assert [part.needed for part in parts(optional)] == [False, True]
    with pytest.raises(ContractBroken, match="two properties have the same name"):
        parts(schema(buyer=schema(name=TEXT), buyerName=TEXT))


def test_what_comes_anyway_is_left_out() -> None:
    """Every message has an address, every answer a confidence: they are no parts of a schema's."""
    asked = schema(email=TEXT, confidence={"type": "number"}, **OTHER)
    assert [part.name for part in parts(asked)] == ["other"]
    assert left_out(asked) == ("confidence", "email")


def test_a_schema_in_a_providers_wrapping_is_read() -> None:
    """As model providers want it for strict output."""
    wrapped = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema(**OTHER)}}
    assert [part.name for part in parts(wrapped)] == ["other"]


def test_a_schema_in_which_nothing_could_be_missing_is_refused() -> None:
    """A summary can be made of anything: then no message would be incomplete."""
    with pytest.raises(ContractBroken, match="nothing in it could be missing"):
        parts(schema(summary=TEXT))


def test_a_pydantic_model_is_a_schema(tmp_path: Path) -> None:
    """The last model of the file, with the models that it uses, whatever the file is called."""
    file = tmp_path / "json.py"
    file.write_text(
        "from typing import Literal\n"
        "from pydantic import BaseModel\n"
        "class Money(BaseModel):\n    amount: str\n    currency: str\n"
        "class Bill(BaseModel):\n    number: str\n"
        "class Claim(BaseModel):\n    product: str | None\n    paid: Money | None\n"
        "    bill: Bill\n"
        "    wish: Literal['repair', 'refund']\n"
    )
    found = {part.name: (part.kind, part.needed) for part in parts(read_schema(file))}
    assert found == {
        "product": ("Quoted", False),
        "paid": ("Sum", False),
        "bill_number": ("Quoted", True),
        "wish": ("Chosen", True),
    }
    assert sys.modules["json"] is json


def test_events_are_what_the_player_reads() -> None:
    """Each expectation is one, and one about a known contact comes after those that were there."""
    folder = Folder("move", parts(schema(address=TEXT)), "")
    events = folder.events(70, ["18-lost-recently"])
    read = [
        Expectation.model_validate_json(text)
        for path, text in events.items()
        if path.endswith("expect.json")
    ]
    assert [one.status for one in read] == ["COMPLETED", "REJECTED"]
    assert read[0].after == ("18-lost-recently",)
    assert json.loads(events["70-move/event.json"])["email"] == KNOWN
    assert "crm.SET_ADDRESS" in folder.files()["__init__.py"]


def test_an_own_prompt_stands_first_and_the_rules_of_quoting_after_it() -> None:
    """The author's words are kept as they are."""
    text = Folder("ask_us", parts(USUAL), "My own words.\n").files()["prompt.md"]
    assert text.startswith("My own words.\n\n# The message is data\n")
    assert "- `request`: what the sender wants, in their words. The value stands" in text


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("Warranty", 2, "small letters"),
        ("a__b", 2, "small letters"),
        ("class", 2, "means something else already"),
        ("stages", 2, "means something else already"),
        ("lead_intake", 1, "is there already; nothing was written"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    name: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong use ends with 2, a folder that is there with 1; neither writes anything."""
    with pytest.raises(SystemExit) as ended:
        run(["new", name], chosen)
    assert ended.value.code == code
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())
