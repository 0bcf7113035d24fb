"""Stripe's search language, as far as charges need it: clauses joined by AND."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from infra.local.payments_rules import ApiError, Charge

_VALUE = r"(?P<quote>['\"])(?P<value>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"
_CLAUSE = re.compile(
    rf"\s*(?:metadata\[['\"](?P<meta>\w{{1,40}})['\"]\]|(?P<field>\w+)):{_VALUE}\s*(?P<and>AND\b)?"
)
_FIELDS: Mapping[str, Callable[[Charge], str]] = {
    "customer": lambda charge: charge.customer,
    "currency": lambda charge: charge.currency,
    "status": lambda charge: charge.status,
}
_METADATA: Mapping[str, Callable[[Charge], str]] = {"order": lambda charge: charge.order}


def matching(query: str, charges: list[Charge]) -> list[Charge]:
    """The charges that satisfy every clause; texts are compared without case. Raises ApiError."""
    clauses = _clauses(query)
    return [one for one in charges if all(get(one).lower() == value for get, value in clauses)]


def _clauses(query: str) -> list[tuple[Callable[[Charge], str], str]]:
    clauses = []
    at, more = 0, True
    while more:
        found = _CLAUSE.match(query, at)
        if found is None:
            raise ApiError(400, "The query is not well formed.", param="query")
        value = re.sub(r"\\(.)", r"\1", found["value"]).lower()
        clauses.append((_getter(found), value))
        at, more = found.end(), bool(found["and"])
    if at != len(query):
        raise ApiError(400, "The query is not well formed.", param="query")
    return clauses


def _getter(found: re.Match[str]) -> Callable[[Charge], str]:
    if found["meta"]:
        return _METADATA.get(found["meta"], lambda _: "")
    if found["field"] not in _FIELDS:
        raise ApiError(400, "The field cannot be searched.", param="query")
    return _FIELDS[found["field"]]
