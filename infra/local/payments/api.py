"""The demo payments server's calls in Stripe's public REST shape, one function per call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.demo.answer import DemoAnswer
from infra.local.demo.system import DemoCall
from infra.local.payments.rules import (
    Charge,
    Refund,
    StripeRefusal,
    known,
    missing,
    optional,
    refund_params,
    refundable,
    text,
    whole,
)
from infra.local.payments.store import PaymentsStore

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
    """The charges that satisfy every clause, compared without case. Raises StripeRefusal."""
    clauses = _clauses(query)
    return [one for one in charges if all(get(one).lower() == value for get, value in clauses)]


def _clauses(query: str) -> list[tuple[Callable[[Charge], str], str]]:
    clauses = []
    at, more = 0, True
    while more:
        found = _CLAUSE.match(query, at)
        if found is None:
            raise StripeRefusal(400, "The query is not well formed.", param="query")
        value = re.sub(r"\\(.)", r"\1", found["value"]).lower()
        clauses.append((_getter(found), value))
        at, more = found.end(), bool(found["and"])
    if at != len(query):
        raise StripeRefusal(400, "The query is not well formed.", param="query")
    return clauses


def _getter(found: re.Match[str]) -> Callable[[Charge], str]:
    if found["meta"]:
        return _METADATA.get(found["meta"], lambda _: "")
    if found["field"] not in _FIELDS:
        raise StripeRefusal(400, "The field cannot be searched.", param="query")
    return _FIELDS[found["field"]]


MOST, USUAL = 100, 10
"""Objects on one page."""
_PAGING = {"limit", "starting_after", "expand"}


def create_refund(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`POST /v1/refunds`: 200 and the refund; all that is left when no amount is given."""
    charge_id, wanted, reason, metadata = refund_params(call.params)
    charge = store.charge(charge_id)
    if charge is None:
        raise missing("charge", "charge", executed=True)
    amount = refundable(charge, wanted)
    status = "succeeded" if charge.method == "card" else "pending"
    made = store.add_refund(charge, amount, reason=reason, metadata=metadata, status=status)
    store.record(
        type="refund",
        id=made.id,
        charge=charge.id,
        order=charge.order,
        customer=charge.customer,
        amount=made.amount,
        currency=made.currency,
        reason=made.reason,
        status=made.status,
        metadata=dict(made.metadata),
        key=call.key,
    )
    return DemoAnswer(200, shown_refund(made))


def read_refund(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/refunds/{id}`."""
    known(call.params, {"expand"})
    held = store.refund(call.path["id"])
    if held is None:
        raise missing("refund", "id")
    return DemoAnswer(200, shown_refund(held))


def list_refunds(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/refunds`, of one `charge` or all, newest first."""
    known(call.params, _PAGING | {"charge"})
    found = store.refunds(optional(call.params, "charge"))
    return _page("/v1/refunds", found, call.params, shown_refund)


def read_charge(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/charges/{id}`."""
    known(call.params, {"expand"})
    held = store.charge(call.path["id"])
    if held is None:
        raise missing("charge", "id")
    return DemoAnswer(200, _expanded(store, call.params, "refunds")(held))


def list_charges(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/charges`, of one `customer` or `transfer_group` or all, newest first."""
    known(call.params, _PAGING | {"customer", "transfer_group"})
    of, group = (optional(call.params, name) for name in ("customer", "transfer_group"))
    found = store.charges(of, group)
    return _page("/v1/charges", found, call.params, _expanded(store, call.params, "data.refunds"))


def search_charges(store: PaymentsStore, call: DemoCall) -> DemoAnswer:
    """`GET /v1/charges/search?query=…`: what the index knows, which lags behind the charges."""
    known(call.params, {"query", "limit", "page", "expand"})
    found = matching(text(call.params, "query"), store.searchable())
    limit = whole(call.params, "limit", USUAL, MOST)
    body = {
        "object": "search_result",
        "url": "/v1/charges/search",
        "has_more": len(found) > limit,
        "next_page": None,
        "data": [shown_charge(one) for one in found[:limit]],
    }
    return DemoAnswer(200, body)


def shown_charge(held: Charge) -> dict[str, Any]:
    """The charge as JSON."""
    return {
        "id": held.id,
        "object": "charge",
        "amount": held.amount,
        "amount_captured": held.amount if held.paid else 0,
        "amount_refunded": held.refunded,
        "billing_details": {"email": held.email or None, "name": held.name or None},
        "captured": held.paid,
        "created": held.created,
        "currency": held.currency,
        "customer": held.customer or None,
        "description": held.item or f"Order {held.order}",
        "disputed": held.disputed,
        "livemode": False,
        "metadata": {"order": held.order},
        "paid": held.paid,
        "payment_intent": "pi" + held.id.removeprefix("ch"),
        "payment_method_details": {"type": held.method},
        "receipt_email": None,
        "refunded": held.refunded == held.amount,
        "status": held.status,
        "transfer_group": held.order if held.grouped else None,
    }


def shown_refund(held: Refund) -> dict[str, Any]:
    """The refund as JSON."""
    return {
        "id": held.id,
        "object": "refund",
        "amount": held.amount,
        "charge": held.charge,
        "created": held.created,
        "currency": held.currency,
        "metadata": dict(held.metadata),
        "payment_intent": "pi" + held.charge.removeprefix("ch"),
        "reason": held.reason or None,
        "status": held.status,
    }


def _expanded(
    store: PaymentsStore, params: Mapping[str, Any], field: str
) -> Callable[[Charge], dict[str, Any]]:
    asked = params.get("expand", {})
    wanted = isinstance(asked, dict) and field in asked.values()

    def show(held: Charge) -> dict[str, Any]:
        if not wanted:
            return shown_charge(held)
        refunds = store.refunds(held.id)
        inner = {
            "object": "list",
            "url": f"/v1/charges/{held.id}/refunds",
            "has_more": len(refunds) > USUAL,
            "data": [shown_refund(one) for one in refunds[:USUAL]],
        }
        return {**shown_charge(held), "refunds": inner}

    return show


def _page(
    url: str,
    found: Sequence[Any],
    params: Mapping[str, Any],
    show: Callable[[Any], dict[str, Any]],
) -> DemoAnswer:
    limit = whole(params, "limit", USUAL, MOST)
    after = optional(params, "starting_after")
    start = 0
    if after:
        ids = [one.id for one in found]
        if after not in ids:
            raise StripeRefusal(
                400, "No such object.", code="resource_missing", param="starting_after"
            )
        start = ids.index(after) + 1
    data = [show(one) for one in found[start : start + limit]]
    more = len(found) > start + limit
    return DemoAnswer(200, {"object": "list", "url": url, "has_more": more, "data": data})
