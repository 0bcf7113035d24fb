"""What the CRM actions share: finding by key, creating for a contact, reading back."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from countersign.domain.errors import NotFound, Refused
from countersign.domain.ledger.action import Receipt
from countersign.domain.money import Money
from countersign.domain.policy.records import Record
from countersign.domain.ports import Crm

ACTION_KEY = "countersign_action_key"
"""The unique property under which a deal, task or note of an interrupted attempt is found again."""
CREATED_BY = "countersign_created_by"
"""The property that says which action made a contact: its e-mail says only that there is one."""
UNIQUE: Mapping[str, str] = {
    "contacts": "email",
    "deals": ACTION_KEY,
    "tasks": ACTION_KEY,
    "notes": ACTION_KEY,
}
"""The property of each object type that no two objects share."""


def create_for(crm: Crm, kind: str, email: str, fields: Mapping[str, str]) -> Receipt:
    """A new object for the contact of that e-mail. Raises Refused when there is no such contact."""
    contact = crm.find("contacts", "email", email)
    if contact is None:
        raise Refused(f"there is no contact to attach one of {kind} to: upsert the contact first")
    filled = {name: value for name, value in fields.items() if value}
    made = crm.create(kind, filled, contact=contact.id)
    return Receipt(id=made.id, evidence={ACTION_KEY: fields[ACTION_KEY], "contact": contact.id})


def by_key(crm: Crm, kind: str, key: str, email: str = "") -> Receipt | None:
    """The object that an interrupted attempt left under `key`. An account that does not keep the
    property unique refuses to find anything by it: then it is one of the latest that are linked to
    the contact of that `email`."""
    try:
        found = crm.find(kind, ACTION_KEY, key)
    except Refused:
        if not email:
            raise
        found = _linked(crm, kind, key, email)
    return Receipt(id=found.id, evidence={ACTION_KEY: key}) if found else None


LATEST = 20
"""So many of a contact's objects are read, the latest first: an interrupted attempt was lately."""


def _linked(crm: Crm, kind: str, key: str, email: str) -> Record | None:
    contact = crm.find("contacts", "email", email)
    ids = contact.fields.get(kind, "").split(",") if contact else []
    latest = sorted(filter(None, ids), key=lambda one: (len(one), one), reverse=True)[:LATEST]
    read = (or_none(crm, kind, one) for one in latest)
    return next((one for one in read if one and one.fields.get(ACTION_KEY) == key), None)


def or_none(crm: Crm, kind: str, record_id: str) -> Record | None:
    """The object, or None: that it is gone is an answer to a read-back, not an error."""
    try:
        return crm.read(kind, record_id)
    except NotFound:
        return None


def email_of(contact: Record, wanted: str) -> str:
    """`wanted` in lower case if it is one of the contact's addresses, else its first one."""
    first = contact.fields.get("email", "").lower()
    more = contact.fields.get("hs_additional_emails", "").lower().split(";")
    return wanted.lower() if wanted.lower() in (first, *more) else first


def contact_of(crm: Crm, record: Record, wanted: str, receipt: Receipt) -> str:
    """The address of the contact that `record` is associated with; empty when there is none.

    The contact that `create_for` found by its address needs no second look.
    """
    ids = [one for one in record.fields.get("contacts", "").split(",") if one]
    if receipt.evidence.get("contact") in ids:
        return wanted.lower()
    contacts = [found for one in ids if (found := or_none(crm, "contacts", one))]
    addresses = [email_of(contact, wanted) for contact in contacts]
    return wanted.lower() if wanted.lower() in addresses else ";".join(addresses)


_EASTERN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_COMPOUND = frozenset(
    {"欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "남궁", "황보", "선우"}
)
_CHINESE_LENGTHS = (2, 3)
_FAMILY_FIRST = frozenset({"hu", "vi"})
_PARTICLES = frozenset(
    {
        "von",
        "van",
        "de",
        "da",
        "di",
        "del",
        "della",
        "du",
        "dos",
        "den",
        "der",
        "la",
        "le",
        "zu",
        "bin",
    }
    | {"al", "ter", "ten", "af"}
)


SETTLE = timedelta(seconds=5)
"""How long a read by id may lag behind a write. HubSpot promises no time; its reads by id follow
within a second, its search within several."""


# strftime's names depend on the locale.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def tidy(text: str) -> str:
    """`text` on one line with single spaces: systems trim and re-wrap what they are given."""
    return " ".join(text.split())


def first_and_last(name: str, language: str = "") -> tuple[str, str]:
    """Where a CRM with two fields puts a name: the last word is the last name, with what belongs to
    it. In East Asian scripts, Hungarian and Vietnamese the family name stands first."""
    text = tidy(name)
    if _EASTERN.match(text):
        return _eastern(text)
    words = text.split(" ")
    if len(words) > 1 and language in _FAMILY_FIRST:
        return " ".join(words[1:]), words[0]
    at = next((at for at, word in enumerate(words) if at and word in _PARTICLES), len(words) - 1)
    return (" ".join(words[:at]), " ".join(words[at:])) if at else (text, "")


def _eastern(text: str) -> tuple[str, str]:
    """Without a space a Chinese or Korean family name is the first letter, or one of the few of
    two; how long a Japanese one is nobody can tell, so the whole name is kept together."""
    family, _, given = text.partition(" ")
    if given:
        return given, family
    if _KANA.search(text) or len(text) not in _CHINESE_LENGTHS:
        return "", text
    size = 2 if text[:2] in _COMPOUND else 1
    return text[size:], text[:size]


def phone_digits(phone: str) -> str:
    """`+15550100` for `+1 555-0100`: HubSpot may format numbers for display."""
    digits = "".join(c for c in phone if c.isdigit())
    return ("+" if phone.strip().startswith("+") else "") + digits


def html_notes(text: str) -> str:
    """`text` for a field that is shown as HTML: a stranger's tags stay text."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def plain_notes(notes: str) -> str:
    """The text that `html_notes` was given."""
    return html.unescape(_BREAK.sub("\n", notes))


def instant_ms(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, which is all that HubSpot keeps."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def instant_words(at: datetime) -> str:
    """`Mon 23 Nov 2026, 09:00 UTC`."""
    utc = at.astimezone(UTC)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[utc.weekday()]
    return f"{day} {utc.day} {_MONTHS[utc.month - 1]} {utc:%Y, %H:%M} UTC"


def same_instant(text: str) -> str:
    """`text` as `instant_ms` writes it; other text as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return instant_ms(at) if at.tzinfo else text


def amount_of(money: Money) -> str:
    """`1250.00`: the amount as a number property takes it."""
    return f"{money.amount:f}"


def money_words(amount: str, currency: str) -> str:
    """`1,250.00 EUR` however the amount was spelled; what is no amount stays as it is."""
    try:
        return str(Money(amount=Decimal(amount), currency=currency))
    except (InvalidOperation, ValidationError):
        return tidy(f"{amount} {currency}")
