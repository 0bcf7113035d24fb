"""A system of the business and what may be done there, as a file of data: `systems/<name>.toml`.

The file is judged as a whole before anything of it counts: a name that no row has, a kind that does
not exist and everything that `System.action` refuses is a sentence with the file and the action.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, ValidationError

from countersign.actions.http_request.declared import base_of
from countersign.actions.http_request.row import Requests, System
from countersign.actions.http_request.template import Method, Request
from countersign.domain.contract import Value
from countersign.domain.errors import DefinitionBroken
from countersign.domain.ledger.action import Action
from countersign.domain.money import Money

FOLDER, ENDING = "systems", ".toml"
KindName = Literal["text", "number", "flag", "day", "money"]
_KINDS: Mapping[KindName, Any] = {
    "text": str,
    "number": int,
    "flag": bool,
    "day": date,
    "money": Money,
}


class Parameter(Value):
    """A parameter with bounds. Of a number `least` and `most` are the value's, of a text its
    length's."""

    kind: Literal["text", "number"]
    least: int | None = None
    most: int | None = None

    @property
    def type(self) -> Any:
        """As `System.action` takes it."""
        lower, upper = ("ge", "le") if self.kind == "number" else ("min_length", "max_length")
        bounds = {lower: self.least, upper: self.most}
        said: dict[str, Any] = {name: one for name, one in bounds.items() if one is not None}
        return Annotated[_KINDS[self.kind], Field(**said)]


class Asks(Value):
    """One request: see `Request`."""

    method: Method
    path: str
    query: Mapping[str, str] = {}
    body: JsonValue = None
    accepts: tuple[int, ...] = ()
    says: Mapping[str, str | int | bool] = {}

    @property
    def request(self) -> Request:
        """The same, as a row has it."""
        return Request(**dict(self))


class ActionRow(Value):
    """One action: see `System.action`."""

    words: str
    target: str
    """The parameter that says what it is done to."""
    params: Mapping[str, KindName | Parameter]
    do: Asks
    reads: Asks | None = None
    shows: Mapping[str, Any] = {}
    """Values of JSON, as the file was read by it."""
    made: str = ""
    finds: Asks | None = None
    found: str = ""
    undo: Asks | None = None
    undo_words: str = ""
    amount: str = ""
    version: Annotated[int, Field(ge=1)] = 1
    editable: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    settle_seconds: Annotated[int, Field(ge=0, le=900)] = 5
    """How long a read may lag behind a write."""


class SystemFile(Value):
    """One system: see `System`. It is called as its file is."""

    keys: str = ""
    busy: int = 0
    actions: Annotated[Mapping[str, ActionRow], Field(min_length=1)]


@dataclass(frozen=True)
class Held:
    """An action of a file, and the parameter that says what it is done to."""

    action: Action[Any, Requests]
    target: str


def of_folder(package: str) -> tuple[Held, ...]:
    """The actions of all systems that have a file in the folder `systems` of a workflow, by their
    names. Raises DefinitionBroken."""
    folder = resources.files(package) / FOLDER
    files = [one for one in folder.iterdir() if one.name.endswith(ENDING)]
    return tuple(
        held
        for file in sorted(files, key=lambda one: one.name)
        for held in of_text(file.name.removesuffix(ENDING), file.read_text(encoding="utf-8"))
    )


def of_text(name: str, text: str) -> tuple[Held, ...]:
    """The actions of the system `name`, by what its file says. Raises DefinitionBroken."""
    where = f"{FOLDER}/{name}{ENDING}"
    try:
        said = SystemFile.model_validate_json(json.dumps(tomllib.loads(text), default=str))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionBroken(f"{where}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"]))
        raise DefinitionBroken(f"{where}: {at}: {first['msg']}") from error
    system = System(name, keys=said.keys, busy=said.busy)
    return tuple(_held(system, where, *one) for one in said.actions.items())


def _held(system: System, where: str, name: str, row: ActionRow) -> Held:
    kinds = {one: _type(kind) for one, kind in row.params.items()}
    if base_of(kinds.get(row.target)) is not str:
        raise DefinitionBroken(f"{where}: {name}: target: {row.target} is no text among its params")
    asks = {one: held.request for one, held in dict(row).items() if isinstance(held, Asks)}
    try:
        action = system.action(
            name,
            words=row.words,
            params=kinds,
            do=asks.pop("do"),
            reads=asks.get("reads"),
            finds=asks.get("finds"),
            undo=asks.get("undo"),
            shows=row.shows,
            made=row.made,
            found=row.found,
            undo_words=row.undo_words,
            amount=row.amount,
            version=row.version,
            editable=row.editable,
            inner=row.inner,
            settle=timedelta(seconds=row.settle_seconds),
        )
    except DefinitionBroken as error:
        raise DefinitionBroken(f"{where}: {error}") from error
    return Held(action, row.target)


def _type(kind: KindName | Parameter) -> Any:
    return kind.type if isinstance(kind, Parameter) else _KINDS[kind]
