"""Every action that the engine brings: what workflows choose from, and what the lock keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.actions import crm, mail, notify, payments
from countersign.domain.ledger.action import Action

ACTIONS: Mapping[str, Action[Any, Any]] = {
    action.id: action
    for action in (
        crm.UPSERT_CONTACT,
        crm.SET_ADDRESS,
        crm.CREATE_LEAD,
        crm.REQUEST_CALLBACK,
        mail.SEND_REPLY,
        notify.PUSH,
        payments.REFUND,
    )
}
"""By id."""
