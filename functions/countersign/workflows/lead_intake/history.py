"""What was before with a contact: their deals."""

from __future__ import annotations

from collections.abc import Collection

from countersign.domain.records import Record, Records
from countersign.domain.workflow import Dealing


def history(records: Records, ours: Collection[str]) -> tuple[Dealing, ...]:  # noqa: ARG001 - a workflow's shape
    """The contact's deals, as Look found them."""
    return tuple(_deal(deal) for deal in records.all("deals"))


def _deal(deal: Record) -> Dealing:
    held = deal.fields.get
    amount = f"{held('amount', '')} {held('deal_currency_code', '')}".strip()
    closed, stage = held("closedate", "")[:10], held("dealstage", "").replace("_", " ")
    parts = (stage[:1].upper() + stage[1:], amount, f"close date {closed}" if closed else "")
    return Dealing(
        title=held("dealname", "") or f"Deal {deal.id}",
        details=tuple(part for part in parts if part),
    )
