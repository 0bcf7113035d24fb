"""How the CRM's actions are taken back: what is new goes, what was changed gets its value again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from countersign.actions.crm.shared import ACTION_KEY, or_none
from countersign.domain.ledger.action import ParamsT, Undo
from countersign.domain.policy.records import Record
from countersign.domain.ports import Crm


def there(crm: Crm, kind: str, at: str, field: str, value: str) -> Record | None:
    """The object with all that it is associated with: by the id `at` where the action left one. A
    value that somebody changed since finds nothing, or somebody else's object."""
    return or_none(crm, kind, at) if at else crm.find(kind, field, value)


def state(record: Record, left_out: frozenset[str] = frozenset()) -> Mapping[str, str]:
    """What a record holds now, its id with it, without the fields `left_out`."""
    fields = {name: value for name, value in record.fields.items() if name not in left_out}
    return {"id": record.id, **fields}


def archived(kind: str, words: Callable[[ParamsT], str]) -> Undo[ParamsT, Crm]:
    """The undo of an action that makes an object of this kind under its key: archive it, if it is
    still there."""

    def held(crm: Crm, _: ParamsT, key: str, at: str) -> Mapping[str, str]:
        record = there(crm, kind, at, ACTION_KEY, key)
        return state(record) if record else {}

    def archive(crm: Crm, _: ParamsT, key: str, at: str, _values: Mapping[str, str]) -> None:
        record = there(crm, kind, at, ACTION_KEY, key)
        if record:
            crm.archive(kind, record.id)

    return Undo(words=words, creates=True, state=held, restore=archive)
