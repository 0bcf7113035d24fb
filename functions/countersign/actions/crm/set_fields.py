"""Actions that set fields of a contact, each one row: id and fields make the whole contract.

    SET_ADDRESS = set_fields("crm.set_address", "address", {"address": "address", "city": "city"})

The contact is found by its e-mail and never created. Empty text means: leave as it is. A row that
gets another field gets the next version, as every contract does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import create_model

from countersign.actions.crm.shared import SETTLE, email_of, or_none, tidy
from countersign.actions.crm.undo import there
from countersign.domain.contract import Contract
from countersign.domain.errors import DefinitionBroken, Refused
from countersign.domain.ledger.action import Action, Difference, Receipt, Undo
from countersign.domain.policy.records import Record, Records
from countersign.domain.ports import Crm

_KIND = "contacts"
_TAKEN = frozenset({"email", "model_config"})


def set_fields(
    action: str, noun: str, fields: Mapping[str, str], *, version: int = 1
) -> Action[Any, Crm]:
    """The action `action` that sets these fields of a contact; `noun` is what people call them
    together. `fields` maps our parameter to the CRM's property. The parameter `email` says whose
    they are, and is no field that anybody may edit."""
    _check(action, fields)
    row = _Row(action, noun, fields)
    return Action(
        id=action,
        version=version,
        connector="crm",
        params=_params(action, version, fields),
        words=row.words,
        do=row.do,
        find=row.find,
        read_back=row.read_back,
        expected=row.expected,
        editable=tuple(fields),
        differences=row.differences,
        undo=Undo(words=row.undo_words, creates=False, state=row.state, restore=row.restore),
        settle=SETTLE,
    )


def _check(action: str, fields: Mapping[str, str]) -> None:
    """Raises DefinitionBroken for a row that could not be a contract."""
    wrong = [n for n in fields if not n.isidentifier() or n[0] == "_" or n in _TAKEN or n.isupper()]
    if wrong or not fields or len(set(fields.values())) < len(fields):
        raise DefinitionBroken(f"{action}: {', '.join(wrong) or 'fields'} cannot be set by a row")


def _params(action: str, version: int, fields: Mapping[str, str]) -> type[Contract]:
    shape: dict[str, Any] = {"email": (str, ...), **dict.fromkeys(fields, (str, ""))}
    made = create_model(action.replace(".", "_"), __base__=Contract, __module__=__name__, **shape)
    made.CONTRACT, made.VERSION = action, version
    return made


@dataclass(frozen=True)
class _Row:
    action: str
    noun: str
    fields: Mapping[str, str]

    def words(self, params: Any) -> str:
        said = ", ".join(f"{name} “{value}”" for name, value in self._said(params).items())
        return tidy(f"Set the {self.noun} of the contact {params.email}: {said or 'nothing'}.")

    def undo_words(self, params: Any) -> str:
        return f"Give the contact {params.email} the {self.noun} that it had before."

    def do(self, crm: Crm, params: Any, key: str) -> Receipt:  # noqa: ARG002 - the e-mail finds it
        """Raises Refused when there is no such contact."""
        record = crm.find(_KIND, "email", params.email)
        if record is None:
            raise Refused(f"there is no contact whose {self.noun} could be set")
        changes = self._changes(params, record)
        if changes:
            crm.update(_KIND, record.id, changes)
        return Receipt(id=record.id)

    def find(self, crm: Crm, params: Any, key: str) -> Receipt | None:  # noqa: ARG002 - as in `do`
        record = crm.find(_KIND, "email", params.email)
        return Receipt(id=record.id) if record and not self._changes(params, record) else None

    def read_back(self, crm: Crm, params: Any, receipt: Receipt) -> Mapping[str, str]:
        record = or_none(crm, _KIND, receipt.id)
        if record is None:
            return {}
        held = {name: tidy(record.fields.get(self.fields[name], "")) for name in self.fields}
        return {name: held[name] for name in self.expected(params)}

    def expected(self, params: Any) -> Mapping[str, str]:
        return self._said(params)

    def differences(self, params: Any, records: Records) -> tuple[Difference, ...]:
        """Against the record of exactly this contact: another one's values are no "before"."""
        looked_at = (record for name in records.found for record in records.all(name))
        mine = (one for one in looked_at if email_of(one, params.email) == params.email.lower())
        record = next(mine, None)
        held = record.fields if record else {}
        return tuple(
            Difference(name=name, before=held.get(name, ""), after=value)
            for name, value in self._changes(params, record).items()
        )

    def state(self, crm: Crm, params: Any, key: str, at: str) -> Mapping[str, str]:  # noqa: ARG002 - as in `do`
        record = there(crm, _KIND, at, "email", params.email)
        if record is None:
            return {}
        ours = {name: record.fields.get(name, "") for name in self.fields.values()}
        return {"id": record.id, **ours}

    def restore(self, crm: Crm, params: Any, key: str, at: str, values: Mapping[str, str]) -> None:  # noqa: ARG002 - as in `do`
        record = there(crm, _KIND, at, "email", params.email)
        if record and values:
            ours = self.fields.values()
            crm.update(_KIND, record.id, {n: v for n, v in values.items() if n in ours})

    def _said(self, params: Any) -> dict[str, str]:
        said = {name: tidy(getattr(params, name)) for name in self.fields}
        return {name: value for name, value in said.items() if value}

    def _changes(self, params: Any, record: Record | None) -> dict[str, str]:
        held = record.fields if record else {}
        wanted = {self.fields[name]: value for name, value in self._said(params).items()}
        return {name: v for name, v in wanted.items() if tidy(held.get(name, "")) != v}


ADDRESS: Mapping[str, str] = {"address": "address", "zip": "zip", "city": "city"} | {
    "country": "country"
}
"""Our parameters and HubSpot's own properties of a contact."""

SET_ADDRESS = set_fields("crm.set_address", "address", ADDRESS)

ROWS = ((SET_ADDRESS, ADDRESS),)
"""Every row with its fields: the register of actions and the table of fields follow from here."""
