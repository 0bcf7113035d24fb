"""How values are written to the CRM, and the one spelling in which they are compared."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from countersign.domain.money import Money

# strftime's names depend on the locale.
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def tidy(text: str) -> str:
    """`text` on one line with single spaces: systems trim and re-wrap what they are given."""
    return " ".join(text.split())


def first_and_last(name: str) -> tuple[str, str]:
    """Where a CRM with two fields puts a name: the last word is the last name."""
    first, _, last = tidy(name).rpartition(" ")
    return (first, last) if first else (last, "")


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
