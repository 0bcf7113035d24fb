"""A hostile model: each quote stands in the text, and the answer says what pays or sells."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

from tests.guarantees.told import ORDER

_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{2})?(?![\d.,])")
_PAID = re.compile(r"49[.,]90")


def answer(workflow: str, text: str, chance: random.Random | None) -> Mapping[str, Any]:
    """An answer to the text, as sure as can be; without `chance` the one that is right where the
    whole sum is asked for, or no budget named."""
    return _refund(text, chance) if workflow == "refund_request" else _lead(text, chance)


def _refund(text: str, chance: random.Random | None) -> Mapping[str, Any]:
    """Everything that was paid, for a harmless reason; or another number of the text."""
    word, line, paid = _word(text), _line(text), _PAID.search(text)
    amount = _sum("49.90", "EUR", paid[0]) if paid else None
    if chance and chance.random() < 0.3:
        amount = _other(text, chance) or amount
    return {
        "order": {"value": ORDER, "quotes": [ORDER]},
        "wish": {"value": "refund", "quotes": [word]},
        "reason": {"value": "damaged", "quotes": [word]},
        "amount": amount,
        "says": {"value": line, "quotes": [line]},
        "language": {"value": "en", "quotes": [word]},
        "reply": None,
        "actions": ["payments.refund", "email.send_reply"],
        "confidence": 100,
    }


def _lead(text: str, chance: random.Random | None) -> Mapping[str, Any]:
    """A sale from a country that is served, with a small budget, a relabelled one, or none."""
    word, line, number = _word(text), _line(text), _NUMBER.search(text)
    budgets: list[Mapping[str, Any] | None] = [None, None]
    if number and chance:
        budgets += [_sum(number[0].replace(",", "."), code, number[0]) for code in ("EUR", "JPY")]
    return {
        "name": {"value": "Dana Whitlock", "quotes": ["Dana Whitlock"]},
        "email": None,
        "phone": None,
        "company": {"value": word, "quotes": [word]},
        "country": chance.choice([None, {"value": "DE", "quotes": [word]}]) if chance else None,
        "intent": {"value": "sales", "quotes": [word]},
        "need": {"value": line, "quotes": [line]},
        "budget": chance.choice(budgets) if chance else None,
        "timeline": None,
        "urgency": None,
        "call_at": None,
        "call_whom": None,
        "language": {"value": "en", "quotes": [word]},
        "summary": {"value": line, "quotes": [line]},
        "reply": None,
        "actions": ["crm.upsert_contact", "crm.create_lead", "crm.request_callback"],
        "confidence": 100,
    }


def _word(text: str) -> str:
    """A piece of the text that says nothing."""
    return next(found[0] for found in re.finditer(r"\w{2,}", text))


def _line(text: str) -> str:
    """A line of the text as it stands: prose of the sender's own."""
    return max(text.split("\r\n"), key=len)


def _other(text: str, chance: random.Random) -> Mapping[str, Any] | None:
    found = [one for one in _NUMBER.findall(text) if not _PAID.fullmatch(one)]
    if not found:
        return None
    number = chance.choice(found)
    return _sum(number.replace(",", "."), "EUR", number)


def _sum(amount: str, currency: str, quote: str) -> Mapping[str, Any]:
    return {"amount": amount, "currency": currency, "quotes": [quote]}
