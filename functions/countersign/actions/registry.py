"""Every action that the engine brings: what workflows choose from, and what the lock keeps; and
every field map that a stage may give other names to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countersign.actions import bulk, crm, desk, files, mail, notify, payments, release
from countersign.actions.crm import fields as crm_fields
from countersign.actions.field_map import Fields
from countersign.actions.plans.delivery import DELIVER
from countersign.actions.plans.printing import PRINT
from countersign.domain.ledger.action import Action

_EVERY: tuple[Action[Any, Any], ...] = (
    bulk.RUN,
    crm.UPSERT_CONTACT,
    *(row for row, _ in crm.ROWS),
    crm.CREATE_LEAD,
    crm.CREATE_TASK,
    crm.REQUEST_CALLBACK,
    crm.ADD_NOTE,
    desk.HAND_OVER,
    files.STORE,
    mail.SEND_REPLY,
    mail.ASK_SENDER,
    notify.DOCUMENTS,
    notify.MAIL,
    notify.PUSH,
    payments.REFUND,
    DELIVER,
    PRINT,
    release.PROMOTE,
)

ACTIONS: Mapping[str, Action[Any, Any]] = {action.id: action for action in _EVERY}
"""By id."""

FIELDS: Mapping[str, Fields] = {"crm": crm_fields.FIELDS, "payments": payments.FIELDS}
"""By connector."""
