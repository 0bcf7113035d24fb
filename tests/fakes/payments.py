"""A payments account in memory with Stripe's semantics, for tests that need no server."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import stripe

from countersign.connectors.stripe.http import write_error
from countersign.connectors.stripe.records import order_record, refund_record, to_stripe
from countersign.domain.errors import Ambiguous, CountersignError, NotFound, Refused
from countersign.domain.money import Money
from countersign.domain.policy.records import Lookup, Record
from infra.local.payments.api import shown_charge, shown_refund
from infra.local.payments.rules import Charge, Refund, StripeRefusal, new_id, refundable

START = 1_772_355_600
"""2026-03-01T09:00:00Z, in seconds: when everything here happens unless it says otherwise."""

Looked = Literal["refunds of a charge", "refund by id"]
Trouble = Literal["lost", "lie", "error before", "error after"]


@dataclass(frozen=True)
class Effect:
    """One refund that was applied; the amount in Stripe's unit."""

    charge: str
    amount: int
    currency: str
    order: str
    key: str


@dataclass(frozen=True)
class _Saved:
    asked: object
    answer: Record | CountersignError


class FakePayments:
    """Implements Payments and Reader. `journal` has the applied refunds, `reads` counts the calls
    that only read; `read_only` is one with the reading key. Failures are planned in order."""

    def __init__(self, *, read_only: bool = False) -> None:
        self.journal: list[Effect] = []
        self.reads = 0
        self.read_only = read_only
        self._lock = threading.RLock()
        self._charges: dict[str, Charge] = {}
        self._refunds: dict[str, Refund] = {}
        self._saved: dict[str, _Saved] = {}
        self._errors: deque[CountersignError] = deque()
        self._write_errors: deque[CountersignError] = deque()
        self._hidden: dict[Looked, deque[CountersignError]] = {}
        self._troubles: deque[Trouble] = deque()

    def has_order(self, number: str, amount: int, currency: str, **more: Any) -> str:
        """There is a charge, `amount` in Stripe's unit; its id. `more` are fields of Charge."""
        made = Charge(new_id("ch"), number, amount, currency, **{"created": START, **more})
        self._charges[made.id] = made
        return made.id

    def has_refund(self, charge: str, amount: int, **more: Any) -> str:
        """A person gave part of a charge back by hand, not journalled; its id."""
        return self._give_back(charge, amount, **more).id

    def is_somebody_elses(self, charge: str, name: str) -> None:
        """The account names another customer for a charge."""
        self._charges[charge] = replace(self._charges[charge], name=name)

    def somebody_disputes(self, charge: str) -> None:
        """The cardholder's bank takes the money back."""
        self._charges[charge] = replace(self._charges[charge], disputed=True)

    def the_bank_returns(self, refund: str) -> None:
        """A refund that was accepted fails."""
        held = self._refunds[refund]
        charge = self._charges[held.charge]
        self._refunds[refund] = replace(held, status="failed")
        self._charges[charge.id] = replace(charge, refunded=charge.refunded - held.amount)

    def fails_with(self, error: CountersignError, times: int = 1) -> None:
        """The next `times` calls, reading or writing, raise `error` and apply nothing."""
        self._errors.extend([error] * times)

    def works_again(self) -> None:
        """What was arranged to fail does not any more."""
        self._errors.clear()

    def refuses_writes_with(self, error: CountersignError, times: int = 1) -> None:
        """The next `times` refunds raise `error` and apply nothing; reading goes on."""
        self._write_errors.extend([error] * times)

    def hides(self, what: Looked, error: CountersignError, times: int = 1) -> None:
        """The next `times` such looks raise `error`; 0: everything shows again."""
        self._hidden[what] = deque([error] * times)

    def loses_the_answer(self, times: int = 1) -> None:
        """The next `times` refunds are applied, and their answers are lost."""
        self._troubles.extend(["lost"] * times)

    def lies(self, times: int = 1) -> None:
        """The next `times` refunds are answered as if applied, but are not."""
        self._troubles.extend(["lie"] * times)

    def saves_an_error(self, *, applied: bool) -> None:
        """The next refund ends in a 500, which its key keeps; money moved only if `applied`."""
        self._troubles.append("error after" if applied else "error before")

    def a_day_passes(self) -> None:
        """Stripe forgets what it saved under the keys."""
        self._saved.clear()

    def look(self, lookups: Sequence[Lookup]) -> Mapping[str, tuple[Record, ...]]:
        """As the port."""
        return {one.name: self._looked(one) for one in lookups}

    def _looked(self, lookup: Lookup) -> tuple[Record, ...]:
        if lookup.field != "number" or lookup.kind not in {"order", "refunds_of_order_customer"}:
            raise Refused(f"the payments account has no lookup {lookup.kind} by {lookup.field}")
        with self._lock:
            self._admit(writes=False)
            named = [one for one in self._newest() if one.order == lookup.value]
            paid = [one for one in named if one.status != "failed"] or named
            if lookup.kind == "order":
                return tuple(order_record(shown_charge(one), lookup.value) for one in paid)
            customers = {one.customer for one in paid if one.customer}
            beside = [one for one in self._newest() if one in paid or one.customer in customers]
            return tuple(refund for one in beside for refund in self._of(one))

    def refund(self, charge: str, amount: Money, reason: str, key: str, order: str) -> Record:
        """As the port."""
        with self._lock:
            self._admit(writes=True)
            held = self._charges.get(charge)
            if held is None:
                raise _ours(StripeRefusal(404, "", code="resource_missing"))
            asked = (charge, amount, reason, order)
            if key not in self._saved:
                trouble = self._troubles.popleft() if self._troubles else None
                more = {"reason": reason, "metadata": {"action_key": key, "order": order}}
                self._saved[key] = _Saved(asked, self._answer(held, amount, trouble, more))
                if trouble == "lost":
                    raise Ambiguous("the answer was lost (ReadTimeout): refund a charge")
                return _given(self._saved[key].answer)
            if self._saved[key].asked != asked:
                raise write_error(stripe.IdempotencyError("", http_status=400), "refund a charge")
            return _replayed(self._saved[key].answer)

    def refunds_of(self, charge: str) -> tuple[Record, ...]:
        """As the port."""
        with self._lock:
            self._admit(writes=False, look="refunds of a charge")
            return self._of(self._charges[charge]) if charge in self._charges else ()

    def read(self, refund_id: str) -> Record:
        """As the port."""
        with self._lock:
            self._admit(writes=False, look="refund by id")
            if refund_id not in self._refunds:
                raise NotFound("the payments account has nothing under this id: read a refund")
            return refund_record(shown_refund(self._refunds[refund_id]))

    def _admit(self, *, writes: bool, look: Looked | None = None) -> None:
        self.reads += not writes
        hidden = self._hidden.get(look) if look else None
        errors = hidden or self._errors or (self._write_errors if writes else None)
        if errors:
            raise errors.popleft()
        if writes and self.read_only:
            raise _ours(StripeRefusal(403, ""))

    def _answer(
        self, charge: Charge, amount: Money, trouble: Trouble | None, more: dict[str, Any]
    ) -> Record | CountersignError:
        if trouble == "error before":
            return _ours(StripeRefusal(500, ""))
        try:
            stripes = refundable(charge, to_stripe(amount.minor, amount.currency))
        except StripeRefusal as refused:
            return _ours(refused)
        except ValueError as wrong:
            return Refused(f"refused: {wrong}; nothing was sent")
        if trouble == "lie":
            made = Refund(new_id("re"), charge.id, stripes, charge.currency, START, **more)
            return refund_record(shown_refund(made))
        made = self._give_back(charge.id, stripes, **more)
        key = made.metadata["action_key"]
        self.journal.append(Effect(charge.id, stripes, made.currency, charge.order, key))
        after = trouble == "error after"
        return _ours(StripeRefusal(500, "")) if after else refund_record(shown_refund(made))

    def _give_back(self, charge: str, amount: int, **more: Any) -> Refund:
        held = self._charges[charge]
        status = "succeeded" if held.method == "card" else "pending"
        more = {"created": START, "status": status, **more}
        made = Refund(new_id("re"), charge, amount, held.currency, **more)
        self._refunds[made.id] = made
        self._charges[charge] = replace(held, refunded=held.refunded + amount)
        return made

    def _newest(self) -> list[Charge]:
        return list(reversed(self._charges.values()))

    def _of(self, charge: Charge) -> tuple[Record, ...]:
        of = [one for one in reversed(self._refunds.values()) if one.charge == charge.id]
        return tuple(refund_record(shown_refund(one), charge.order) for one in of)


def _given(answer: Record | CountersignError) -> Record:
    if isinstance(answer, CountersignError):
        raise answer
    return answer


def _replayed(answer: Record | CountersignError) -> Record:
    """The same again; a 500 is then known to be the one that the key has kept."""
    if isinstance(answer, Ambiguous):
        raise Ambiguous(str(answer), settled=True)
    return _given(answer)


def _ours(refused: StripeRefusal) -> CountersignError:
    """A refusal of Stripe's as the adapter reads it."""
    error = stripe.StripeError("", None, refused.answer.status, refused.answer.body)
    return write_error(error, "refund a charge")
