"""Stripe as the ports Payments and Reader. No retries: whoever calls decides them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import httpx
import stripe

from countersign.actions.field_map import Names
from countersign.actions.payments import ORDER, USUAL_PLACES, OrderPlace
from countersign.connectors.http import Gate, OpenGate
from countersign.connectors.stripe.http import Transport, read_error, write_error
from countersign.connectors.stripe.records import (
    ACTION_KEY,
    OrderKey,
    order_record,
    refund_record,
    to_stripe,
)
from countersign.domain.errors import Ambiguous, CountersignError, NotFound, Refused, Unavailable
from countersign.domain.money import Money
from countersign.domain.policy.records import Lookup, Record

PAGE = 100
"""Objects on one page: Stripe's limit."""
MOST_PAGES = 20
"""Pages that are read of one list; a customer with more is for a person."""
NEWEST = 20
"""Charges that are looked at to see whether orders can be found."""
RECENT = 300
"""Charges that are looked through for a receipt's number."""
_UNREADABLE = (LookupError, TypeError, AttributeError, ValueError)


def pages(ask: Callable[[dict[str, str]], Any]) -> Iterator[dict[str, Any]]:
    """All objects of a list. Raises Refused beyond MOST_PAGES: half a list is no answer."""
    after: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        page = called(partial(ask, after), lambda error: read_error(error, "read a list"))
        found = data(page)
        yield from found
        if not page["has_more"]:
            return
        after = {"starting_after": str(found[-1]["id"])}
    raise Refused(f"the list has more than {MOST_PAGES * PAGE} objects; a person has to look")


def data(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects on one page. Raises KeyError or TypeError when it is none."""
    held = page["data"]
    if not isinstance(held, list):
        raise TypeError("a list has `data`")
    return held


def called(
    ask: Callable[[], Any], meaning: Callable[[Exception], CountersignError]
) -> dict[str, Any]:
    """The answer as plain JSON; whatever goes wrong, as `meaning` says."""
    try:
        answer: dict[str, Any] = ask().to_dict()
    except (stripe.StripeError, *_UNREADABLE) as error:
        raise meaning(error) from None
    return answer


@contextmanager
def readable(lost: type[CountersignError]) -> Iterator[None]:
    """An answer that is not what Stripe documents is as good as `lost`."""
    try:
        yield
    except _UNREADABLE as error:
        why = type(error).__name__
        raise lost(f"the payments account's answer is not readable ({why})") from None


API_VERSION = "2026-10-28.endive"
"""Pinned: another version of the API may answer in another shape."""

_LOOKUPS = frozenset({"order", "refunds_of_order_customer"})
_LONGEST_NUMBER = 100


class StripePayments:
    """One account, seen with the rights of the restricted `key`: to read charges and refunds, or to
    write refunds too.

    `base_url` may have a path; `timeout()` gives the seconds for a call, and each request passes
    `gate`. Raises Refused for a base URL that would send the key in clear. `transport` is for
    tests; `names` are the account's own names of our fields, `{"charges.order": "order_id"}`, and
    `orders_in` says where an order's number is looked for, in turn.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout: Callable[[], float],
        gate: Gate | None = None,
        transport: httpx.BaseTransport | None = None,
        names: Names | None = None,
        orders_in: tuple[OrderPlace, ...] = USUAL_PLACES,
    ) -> None:
        self._key = OrderKey((names or Names({})).theirs("charges", ORDER), orders_in)
        self._http = Transport(base_url, timeout, gate or OpenGate(), transport)
        self._stripe = stripe.StripeClient(
            key,
            base_addresses={"api": base_url.rstrip("/")},
            max_network_retries=0,
            http_client=self._http,
            stripe_version=API_VERSION,
        )

    def __repr__(self) -> str:
        """The account's address, never the key."""
        return f"StripePayments({self._http.host})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def look(self, lookups: Sequence[Lookup]) -> Mapping[str, tuple[Record, ...]]:
        """`order` by `number`: its charges. `refunds_of_order_customer` by `number`: all refunds of
        the customer who paid it; of a guest's order, its own refunds only. An order is read once.
        """
        for one in lookups:
            if one.field != "number" or one.kind not in _LOOKUPS:
                raise Refused(f"the payments account has no lookup {one.kind} by {one.field}")
        try:
            with readable(Unavailable):
                charges = {one: self._charges_of(one) for one in {o.value for o in lookups}}
                return {one.name: self._looked(one, charges[one.value]) for one in lookups}
        except NotFound:
            raise Unavailable("what the list named is not there; ask again") from None

    def newest(self) -> Mapping[str, str]:
        """As the port."""
        with readable(Unavailable):
            return {
                str(one["id"]): next(iter(self._key.numbers(one)), "")
                for one in islice(self._charges(), NEWEST)
            }

    def refund(self, charge: str, amount: Money, reason: str, key: str, order: str) -> Record:
        """As the port."""
        try:
            stripes = to_stripe(amount.minor, amount.currency)
        except ValueError as wrong:
            raise Refused(f"refused: {wrong}; nothing was sent") from None
        made = called(
            lambda: self._stripe.v1.refunds.create(
                {
                    "charge": charge,
                    "amount": stripes,
                    "reason": reason,
                    "metadata": {ACTION_KEY: key, ORDER: order},
                },
                {"idempotency_key": key},
            ),
            lambda error: write_error(error, "refund a charge"),
        )
        with readable(Ambiguous):
            return refund_record(made)

    def refunds_of(self, charge: str) -> tuple[Record, ...]:
        """As the port; none of a charge that the account does not have."""
        with readable(Unavailable):
            try:
                return tuple(refund_record(one) for one in self._refunds(charge))
            except NotFound:
                return ()

    def read(self, refund_id: str) -> Record:
        """As the port."""
        if not refund_id.strip("."):  # no name of an object in a path
            raise NotFound("an empty id names no refund")
        held = called(
            lambda: self._stripe.v1.refunds.retrieve(refund_id),
            lambda error: read_error(error, "read a refund"),
        )
        with readable(Unavailable):
            return refund_record(held)

    def _looked(self, lookup: Lookup, charges: Sequence[dict[str, Any]]) -> tuple[Record, ...]:
        if lookup.kind == "order":
            return tuple(order_record(one, lookup.value) for one in charges)
        refunds = {refund.id: refund for one in charges for refund in self._refunds_beside(one)}
        return tuple(refunds.values())

    def _charges_of(self, number: str) -> list[dict[str, Any]]:
        """The charges that say they paid the order: those that took money, or all that tried.

        `transfer_group` is a filter of Stripe's list, which sees a charge at once. A search of
        metadata sees it within a minute or so. No filter knows receipt numbers: the newest charges
        are looked through, so that an older one is an order that was not found.
        """
        if not re.fullmatch(rf"[^\x00-\x1f\x7f]{{1,{_LONGEST_NUMBER}}}", number):
            return []
        for place in self._key.places:
            found = self._at(place, number)
            ours = [one for one in found if number in self._key.numbers(one)]
            if ours:
                return [one for one in ours if one.get("status") != "failed"] or ours
        return []

    def _at(self, place: OrderPlace, number: str) -> Iterable[dict[str, Any]]:
        """What the account finds in that place."""
        if place == "transfer_group":
            return self._charges("transfer_group", number)
        if place == "receipt_number":
            return islice(self._charges(), RECENT)
        searched = self._stripe.v1.charges if place == "charge" else self._stripe.v1.payment_intents
        # The index may show an object as it was: only its id is taken from there.
        ids = [str(one["id"]) for one in self._searched(searched, number)]
        if place == "charge":
            return [self._charge(one) for one in ids]
        return [charge for one in ids for charge in self._charges("payment_intent", one)]

    def _searched(self, objects: Any, number: str) -> list[dict[str, Any]]:
        quoted = number.replace("\\", "\\\\").replace("'", "\\'")
        query: Any = {"query": f"metadata['{self._key.metadata}']:'{quoted}'", "limit": PAGE}
        page = called(
            lambda: objects.search(query),
            lambda error: read_error(error, "search the charges of an order"),
        )
        if page["has_more"]:
            raise Refused(f"more than {PAGE} charges name this order; a person has to look")
        return data(page)

    def _charge(self, charge_id: str) -> dict[str, Any]:
        if not charge_id.strip("."):
            raise NotFound("an empty id names no charge")
        return called(
            lambda: self._stripe.v1.charges.retrieve(charge_id),
            lambda error: read_error(error, "read a charge"),
        )

    def _refunds_beside(self, charge: Mapping[str, Any]) -> Iterator[Record]:
        customer = charge.get("customer")
        for one in self._charges("customer", customer) if customer else [charge]:
            number = next(iter(self._key.numbers(one)), "")
            yield from (refund_record(refund, number) for refund in self._refunds_within(one))

    def _refunds_within(self, charge: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        held = charge.get("refunds") or {}
        whole = held.get("has_more") is False
        return data(held) if whole else self._refunds(str(charge["id"]))

    def _charges(self, name: str = "", value: str = "") -> Iterator[dict[str, Any]]:
        intents = ["data.payment_intent"] if "payment_intent" in self._key.places else []
        which: Any = {"limit": PAGE, "expand": ["data.refunds", *intents]}
        which |= {name: value} if name else {}
        return pages(lambda after: self._stripe.v1.charges.list(which | after))

    def _refunds(self, charge: str) -> Iterator[dict[str, Any]]:
        which: Any = {"charge": charge, "limit": PAGE}
        return pages(lambda after: self._stripe.v1.refunds.list(which | after))
