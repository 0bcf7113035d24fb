"""The demo CRM's schema: the properties of each kind of object, as HubSpot names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind = Literal["contacts", "deals", "tasks", "notes", "emails"]
PropertyType = Literal["string", "number", "datetime", "enumeration", "bool"]
Format = Literal["", "email", "owner"]

LANGUAGES = tuple(
    (  # noqa: SIM905 - as a list it takes fifty lines
        "af ar az be bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu hy id is it ja ka kk"
        " ko lt lv mk ms mt nl no pl pt ro ru sk sl sq sr sv sw th tl tr uk ur vi zh"
    ).split()
)
LIFECYCLE = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "other",
)
PIPELINES: Mapping[str, tuple[str, ...]] = {
    "default": (
        "appointmentscheduled",
        "qualifiedtobuy",
        "presentationscheduled",
        "decisionmakerboughtin",
        "contractsent",
        "closedwon",
        "closedlost",
    ),
    "partners": ("partnerfirstcontact", "partnersigned", "partnerlost"),
}
CURRENCIES = (
    *("AED", "AUD", "BRL", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HUF", "ILS", "INR", "JPY"),
    *("KRW", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR"),
)


@dataclass(frozen=True)
class Property:
    """One property of one object type. `options` closes the list of values when it is not empty."""

    name: str
    label: str
    type: PropertyType = "string"
    options: tuple[str, ...] = ()
    format: Format = ""
    unique: bool = False
    required: bool = False
    read_only: bool = False


def _owner() -> Property:
    return Property("hubspot_owner_id", "Owner", "enumeration", format="owner")


def _action_key() -> Property:
    return Property("countersign_action_key", "Countersign action key", unique=True)


def _stamps(created: str, modified: str) -> tuple[Property, ...]:
    return (
        Property("hs_object_id", "Record id", "number", read_only=True),
        Property(created, "Created", "datetime", read_only=True),
        Property(modified, "Last modified", "datetime", read_only=True),
    )


_PROPERTIES: tuple[tuple[Kind, tuple[Property, ...]], ...] = (
    (
        "contacts",
        (
            Property("email", "E-mail", format="email", unique=True),
            Property("firstname", "First name"),
            Property("lastname", "Last name"),
            Property("phone", "Phone"),
            Property("company", "Company"),
            Property("address", "Street address"),
            Property("zip", "Postal code"),
            Property("city", "City"),
            Property("country", "Country"),
            Property("hs_language", "Preferred language", "enumeration", LANGUAGES),
            Property("lifecyclestage", "Lifecycle stage", "enumeration", LIFECYCLE),
            Property("hs_additional_emails", "Additional e-mails"),
            Property("hs_email_optout", "Unsubscribed from all e-mail", "bool", read_only=True),
            Property("countersign_created_by", "Created by the Countersign action"),
            _owner(),
            *_stamps("createdate", "lastmodifieddate"),
        ),
    ),
    (
        "deals",
        (
            Property("dealname", "Deal name", required=True),
            Property("pipeline", "Pipeline", "enumeration", tuple(PIPELINES), required=True),
            Property(
                "dealstage",
                "Deal stage",
                "enumeration",
                tuple(stage for stages in PIPELINES.values() for stage in stages),
                required=True,
            ),
            Property("amount", "Amount", "number"),
            Property("deal_currency_code", "Currency", "enumeration", CURRENCIES),
            Property("description", "Description"),
            Property("closedate", "Close date", "datetime"),
            Property("closed_lost_reason", "Closed lost reason"),
            _owner(),
            _action_key(),
            *_stamps("createdate", "hs_lastmodifieddate"),
        ),
    ),
    (
        "tasks",
        (
            Property("hs_timestamp", "Due date", "datetime", required=True),
            Property("hs_task_subject", "Task title"),
            Property("hs_task_body", "Notes"),
            Property(
                "hs_task_status",
                "Status",
                "enumeration",
                ("NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"),
            ),
            Property(
                "hs_task_priority", "Priority", "enumeration", ("NONE", "LOW", "MEDIUM", "HIGH")
            ),
            Property("hs_task_type", "Type", "enumeration", ("TODO", "CALL", "EMAIL")),
            _owner(),
            _action_key(),
            *_stamps("hs_createdate", "hs_lastmodifieddate"),
        ),
    ),
    (
        "notes",
        (
            Property("hs_timestamp", "Activity date", "datetime", required=True),
            Property("hs_note_body", "Body content"),
            _owner(),
            _action_key(),
            *_stamps("hs_createdate", "hs_lastmodifieddate"),
        ),
    ),
    (
        "emails",
        (
            Property("hs_timestamp", "Activity date", "datetime", required=True),
            Property("hs_email_subject", "Email subject"),
            Property(
                "hs_email_direction",
                "Email direction",
                "enumeration",
                ("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"),
                required=True,
            ),
            Property(
                "hs_email_status",
                "Email send status",
                "enumeration",
                ("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
            ),
            _owner(),
            *_stamps("hs_createdate", "hs_lastmodifieddate"),
        ),
    ),
)

Schema: TypeAlias = Mapping[Kind, Mapping[str, Property]]
"""The properties by kind and name."""

SCHEMA: Schema = {kind: {p.name: p for p in properties} for kind, properties in _PROPERTIES}

DEFAULTS: Mapping[Kind, tuple[str, ...]] = {
    "contacts": ("createdate", "email", "firstname", "lastmodifieddate", "lastname"),
    "deals": (
        "amount",
        "closedate",
        "createdate",
        "dealname",
        "dealstage",
        "hs_lastmodifieddate",
        "pipeline",
    ),
    "tasks": ("hs_createdate", "hs_lastmodifieddate"),
    "notes": ("hs_createdate", "hs_lastmodifieddate"),
    "emails": ("hs_createdate", "hs_lastmodifieddate"),
}
"""What a read shows when it asks for no property by name; `hs_object_id` is always there."""

CREATED: Mapping[Kind, str] = {
    k: "createdate" if k in ("contacts", "deals") else "hs_createdate" for k in SCHEMA
}
MODIFIED: Mapping[Kind, str] = {
    k: "lastmodifieddate" if k == "contacts" else "hs_lastmodifieddate" for k in SCHEMA
}

ASSOCIATIONS: Mapping[tuple[Kind, Kind], int] = {
    ("deals", "contacts"): 3,
    ("contacts", "deals"): 4,
    ("contacts", "emails"): 197,
    ("emails", "contacts"): 198,
    ("contacts", "notes"): 201,
    ("notes", "contacts"): 202,
    ("contacts", "tasks"): 203,
    ("tasks", "contacts"): 204,
    ("deals", "tasks"): 215,
    ("tasks", "deals"): 216,
}
"""HubSpot's own association type ids, by (from, to)."""
