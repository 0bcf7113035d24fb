"""The lock of contracts: what a version of an action or of a message means may never change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from typing import Any

from countersign.actions.registry import ACTIONS
from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.ledger.action import PROSE, Action
from countersign.domain.workflow import Workflow

_MILLISECOND = timedelta(milliseconds=1)
_WORDS = frozenset({"title", "description"})
"""What a schema says to people only."""


class Version(Value):
    """One version of a contract: the digest of what `described` says of it."""

    version: int
    digest: str


class Locked(Value):
    """The version that a deploy runs, and the one before it, which still runs for one deploy.

    Inputs and answers have no previous version: who stored one gets a case that says so.
    """

    current: Version
    previous: Version | None = None


Lock = Mapping[str, Locked]
"""By id: an action's, or for an input, an answer or parameters the contract's."""


def described(action: Action[Any, Any]) -> Mapping[str, Any]:
    """The action as plain data: id, version, connector, the parameters' schema, and for every
    function and number of its contract whether it is there, or its value.

    What is left at its default is left out, so that a new part of all actions changes none; and so
    is what may only stop it.
    """
    return dict(_parts(action))


def message(contract: type[Contract]) -> Mapping[str, Any]:
    """A contract of data as plain data: its id, its version, its fields."""
    return {"id": contract.CONTRACT, "version": contract.VERSION, "fields": _schema(contract)}


def present(workflows: Iterable[Workflow[Any]]) -> dict[str, Version]:
    """The current version of every contract in the code: the engine's actions, used or not, and
    each workflow's own."""
    found = {action.id: _version(described(action)) for action in ACTIONS.values()}
    for workflow in workflows:
        found |= {action.id: _version(described(action)) for action in workflow.actions.values()}
        held = (message(kind) for kind in (workflow.input, workflow.answer))
        found |= {one["id"]: _version(one) for one in held}
    return found


def earlier(workflows: Iterable[Workflow[Any]]) -> dict[str, Version]:
    """The version of every action that still runs for one deploy."""
    return {
        action.id: _version(described(action))
        for workflow in workflows
        for action in workflow.earlier
    }


def faults(lock: Lock, now: Mapping[str, Version], before: Mapping[str, Version]) -> list[str]:
    """What differs between lock and code, each with what to do about it."""
    found = [fault for name in sorted({*lock, *now}) for fault in _faults(lock, now, name)]
    kept = {name: held.previous for name, held in lock.items() if held.previous}
    differ = (name for name in sorted({*kept, *before}) if kept.get(name) != before.get(name))
    return found + [_earlier_fault(name, kept.get(name), before.get(name)) for name in differ]


def raised(lock: Lock, now: Mapping[str, Version], actions: Iterable[str]) -> dict[str, Locked]:
    """The lock with the code's versions. A raised action's old version becomes the previous one.

    Raises ContractBroken for a contract that changed under its version, or that went back.
    """
    runs_on = frozenset(actions)
    return {name: _raised(lock.get(name), name, now[name], name in runs_on) for name in now}


def retired(lock: Lock) -> dict[str, Locked]:
    """The lock after a deploy: no previous version is waited for any more."""
    return {name: Locked(current=held.current) for name, held in lock.items()}


def read(text: str) -> dict[str, Locked]:
    """The lock file's text as a lock."""
    return {name: Locked.model_validate(held) for name, held in json.loads(text).items()}


def written(lock: Lock) -> str:
    """A lock as its file's text."""
    plain = {name: held.model_dump(exclude_none=True) for name, held in sorted(lock.items())}
    return json.dumps(plain, indent=1) + "\n"


def _raised(held: Locked | None, name: str, now: Version, is_action: bool) -> Locked:
    if held is None:
        return Locked(current=now)
    if now == held.current:
        return held
    if now.version <= held.current.version:
        raise ContractBroken(_changed(name, held.current, now))
    return Locked(current=now, previous=held.current if is_action else None)


def _faults(lock: Lock, now: Mapping[str, Version], name: str) -> Iterator[str]:
    if name not in now:
        yield f"{name} is locked and gone from the code: run `make contracts`"
    elif name not in lock:
        yield f"{name} v{now[name].version} is new: run `make contracts`"
    elif now[name].version > lock[name].current.version:
        yield f"{name} is v{now[name].version} now: run `make contracts`"
    elif now[name] != lock[name].current:
        yield _changed(name, lock[name].current, now[name])


def _changed(name: str, held: Version, now: Version) -> str:
    if now.version < held.version:
        return f"{name} went back from v{held.version} to v{now.version}: versions only rise"
    return (
        f"{name} changed and is still v{now.version}: raise its version to {now.version + 1}, keep "
        "an action's old one in the workflow's `earlier`, then run `make contracts`"
    )


def _earlier_fault(name: str, kept: Version | None, held: Version | None) -> str:
    if kept is None:
        return f"{name}: `earlier` has a version that no deploy runs any more; take it out"
    if held is None or held.version != kept.version:
        return f"{name} v{kept.version} must run for one deploy: keep it in `earlier`"
    return f"{name} v{kept.version} in `earlier` is not the contract that it was: put it back"


def _version(plain: Mapping[str, Any]) -> Version:
    return Version(version=plain["version"], digest=digest(canonical(plain)))


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    for part in fields(value):
        held = getattr(value, part.name)
        if held != _default(part) and part.metadata.get("contract", True):
            yield part.name, _plain(held)


def _default(part: Field[Any]) -> object:
    return MISSING if part.default is MISSING and part.default_factory is MISSING else part.default


def _plain(value: Any) -> Any:
    if isinstance(value, type) and issubclass(value, Contract):
        return message(value)
    if is_dataclass(value):
        return dict(_parts(value))
    if isinstance(value, timedelta):
        return value // _MILLISECOND
    return "a function" if callable(value) else value


def _schema(contract: type[Contract]) -> Mapping[str, Any]:
    """The JSON schema without its words, and which texts may have line breaks."""
    prose = [name for name, held in contract.model_fields.items() if PROSE in held.metadata]
    return {"schema": _bare(contract.model_json_schema()), "prose": prose}


def _bare(node: Any) -> Any:
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return str(node) if isinstance(node, float) else node
    return {
        name: _bare(item)
        for name, item in node.items()
        if not (name in _WORDS and isinstance(item, str))
    }
