"""What the demo CRM refuses, as pure checks: the rules and error bodies of HubSpot's public API."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.crm.schema import PIPELINES, SCHEMA, Kind, Property
from infra.local.demo.answer import DemoAnswer, Refusal
from infra.local.demo.database import iso

LONGEST = 65_536
"""Characters that one property may hold, as in HubSpot."""

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"\\]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,63}")
_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_EPOCH = re.compile(r"-?\d{1,15}")


class HubSpotRefusal(Refusal):
    """A refusal in HubSpot's error body."""

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        body = {
            "status": "error",
            "message": message,
            "correlationId": str(uuid.uuid4()),
            "category": category,
            **more,
        }
        super().__init__(message, DemoAnswer(status, body, headers))


@dataclass(frozen=True)
class PropertyError:
    """One property that was refused."""

    name: str
    code: str
    message: str


def kind_of(name: str) -> Kind:
    """The object type called `name`. Raises HubSpotRefusal 400."""
    for kind in SCHEMA:
        if kind == name:
            return kind
    raise HubSpotRefusal(400, "VALIDATION_ERROR", "Unable to infer object type from the path")


def checked(
    kind: Kind, wanted: object, held: Mapping[str, str] | None, owners: Collection[str]
) -> dict[str, str]:
    """`wanted` (the request's `properties`) as text, ready to store; `held` is None at creation.

    Dates become ISO 8601 in UTC with milliseconds, e-mails lower case. Raises HubSpotRefusal 400.
    """
    texts = _texts(wanted)
    found = [
        error
        for name, value in texts.items()
        if (error := _error(SCHEMA[kind].get(name), name, value, owners))
    ]
    stored = {} if found else {n: _normal(SCHEMA[kind][n], v) for n, v in texts.items()}
    found += _stage_error(kind, {**(held or {}), **stored})
    if found:
        raise _not_valid(found)
    if held is None:
        _check_required(kind, stored)
    return stored


def conflict(kind: Kind, existing: str) -> HubSpotRefusal:
    """409, with the id of the record that has the unique value already."""
    what = "Contact" if kind == "contacts" else kind.removesuffix("s").capitalize()
    return HubSpotRefusal(409, "CONFLICT", f"{what} already exists. Existing ID: {existing}")


def _texts(wanted: object) -> dict[str, str]:
    if not isinstance(wanted, dict):
        raise HubSpotRefusal(
            400, "VALIDATION_ERROR", "Invalid input JSON: `properties` is an object"
        )
    return {str(name): _text(value) for name, value in wanted.items()}


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return str(value)
        case _:
            raise HubSpotRefusal(400, "VALIDATION_ERROR", "Invalid input JSON: a value is text")


def _error(
    known: Property | None, name: str, value: str, owners: Collection[str]
) -> PropertyError | None:
    if known is None:
        return PropertyError(
            name, "PROPERTY_DOESNT_EXIST", f'Property "{name[:100]}" does not exist'
        )
    if known.read_only:
        return PropertyError(name, "READ_ONLY_VALUE", f'"{name}" is a read only property')
    if not value:
        return None
    if len(value) > LONGEST:
        return PropertyError(
            name, "PROPERTY_VALUE_TOO_LONG", f'"{name}" holds {LONGEST} characters'
        )
    return _value_error(known, value, owners)


def _value_error(known: Property, value: str, owners: Collection[str]) -> PropertyError | None:
    code = ""
    if known.format == "email" and (len(value) > 254 or not _EMAIL.fullmatch(value)):  # noqa: PLR2004 - RFC 5321 path limit
        code = "INVALID_EMAIL"
    elif known.format == "owner" and value not in owners:
        code = "INVALID_OWNER_ID"
    elif known.options and value not in known.options:
        code = "INVALID_OPTION"
    elif (check := _FORMS.get(known.type)) and not check(value):
        code = {"number": "INVALID_NUMBER", "datetime": "INVALID_DATE"}[known.type]
    return (
        PropertyError(known.name, code, f"{value[:200]} was not a valid {known.name}")
        if code
        else None
    )


def _is_number(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value))


def _is_date(value: str) -> bool:
    try:
        _milliseconds(value)
    except (ValueError, OverflowError):
        return False
    return True


_FORMS: Mapping[str, Callable[[str], bool]] = {"number": _is_number, "datetime": _is_date}


def _normal(known: Property, value: str) -> str:
    if known.type == "datetime" and value:
        return iso(_milliseconds(value))
    return value.strip().lower() if known.format == "email" else value


def _milliseconds(value: str) -> int:
    if _EPOCH.fullmatch(value):
        iso(int(value))
        return int(value)
    at = datetime.fromisoformat(value)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def _stage_error(kind: Kind, merged: Mapping[str, str]) -> list[PropertyError]:
    stage, pipeline = merged.get("dealstage", ""), merged.get("pipeline", "")
    if kind != "deals" or not stage or pipeline not in PIPELINES or stage in PIPELINES[pipeline]:
        return []
    return [
        PropertyError("dealstage", "INVALID_OPTION", '"dealstage" is not a stage of the pipeline')
    ]


def _check_required(kind: Kind, stored: Mapping[str, str]) -> None:
    missing = [p.name for p in SCHEMA[kind].values() if p.required and not stored.get(p.name)]
    if kind == "contacts" and not any(map(stored.get, ("email", "firstname", "lastname"))):
        missing = ["email"]
    if missing:
        what = kind.removesuffix("s").upper()
        message = f"Error creating {what}. Some required properties were not set."
        raise HubSpotRefusal(400, "VALIDATION_ERROR", message, context={"properties": missing})


def _not_valid(found: list[PropertyError]) -> HubSpotRefusal:
    old = [{"isValid": False, "message": f.message, "error": f.code, "name": f.name} for f in found]
    return HubSpotRefusal(
        400,
        "VALIDATION_ERROR",
        f"Property values were not valid: {json.dumps(old)}",
        errors=[
            {"message": f.message, "code": f.code, "context": {"propertyName": [f.name]}}
            for f in found
        ],
    )
