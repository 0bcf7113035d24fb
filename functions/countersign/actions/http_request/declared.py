"""A row as it is declared, and what keeps it from being a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, Literal, get_args, get_origin

from countersign.actions.http_request.template import (
    BEFORE,
    BRACED,
    ID,
    KEY,
    Json,
    Request,
    names,
    strings,
)
from countersign.domain.errors import DefinitionBroken
from countersign.domain.money import Money

_NAME, _ACTION = re.compile(r"[a-z][a-z0-9-]{0,19}"), re.compile(r"[a-z_]+\.[a-z_]+")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"(/[A-Za-z0-9._~:@!$&'()*+,;=-]+)+/?")
_KINDS = (str, bool, int, date, Money)


@dataclass(frozen=True)
class Declared:
    """One row: see `System.action`."""

    system: str
    keys: str
    busy: int
    action: str
    params: Mapping[str, Any]
    do: Request
    reads: Request | None
    shows: Mapping[str, Json]
    made: str
    finds: Request | None
    found: str
    undo: Request | None
    words: str
    undo_words: str

    def declared(self) -> Mapping[str, Any]:
        """The row as plain data, for the lock: no version of it asks for anything else."""
        every = ("do", "reads", "finds", "undo")
        asked = {name: _plain(getattr(self, name)) for name in every if getattr(self, name)}
        said = {"keys": self.keys, "busy": self.busy, "shows": _plain(self.shows)}
        return {**asked, **said, "made": self.made, "found": self.found}

    def check(self) -> None:
        """Raises DefinitionBroken for a row that could be no contract."""
        for wrong in self._faults():
            raise DefinitionBroken(f"{self.action}: {wrong}")

    def _faults(self) -> Iterator[str]:
        yield from (sentence for wrong, sentence in self._rules() if wrong)
        for name, kind in self.params.items():
            if not _PARAMETER.fullmatch(name) or name in (KEY, ID, BEFORE):
                yield f"a parameter cannot be called {name}"
            if base_of(kind) not in _KINDS:
                yield f"{name} is no text, whole number, flag, date or Money"
        yield from (fault for one in self.requests() for fault in _faults_of(one))
        for name in {name for text in self._texts() for name in names(text)}:
            if not self._is_named(name):
                yield f"nothing is called {{{name}}}"

    def _rules(self) -> Iterator[tuple[bool, str]]:
        """What may not be, and the sentence that says so."""
        name, undo = self.system, self.undo
        yield not _NAME.fullmatch(name), f"{name}: a system is called as in bookings-eu"
        yield not _ACTION.fullmatch(self.action), "an action is called as in bookings.move"
        writes, reads = (self.do, undo), (self.reads, self.finds)
        yield any(one and one.method == "GET" for one in writes), "what changes something is no GET"
        yield any(one and one.method != "GET" for one in reads), "what only reads is a GET"
        for one, other, said in (
            (self.reads, self.shows, "`reads` says how it is read back and `shows` what is there"),
            (self.finds, self.found, "`finds` says how it is found and `found` where its id is"),
            (undo, self.undo_words, "`undo` takes it back and `undo_words` says what that does"),
        ):
            yield bool(one) is not bool(other), f"{said}: both or none"
        yield bool(self.finds) and not self.made, "`finds` is for what was `made`"
        yield bool(undo) and not self.reads, "what cannot be read back cannot be taken back"
        yield (
            bool(undo and self.made) and not self.finds,
            "what was made is found by its key before it is taken back: say `finds`",
        )

    def _is_named(self, name: str) -> bool:
        first, _, rest = name.partition(".")
        if first == BEFORE:
            return rest in self.shows
        if name in (KEY, ID):
            return name == KEY or bool(self.made)
        return first in self.params and (not rest or self.params[first] is Money)

    def requests(self) -> tuple[Request, ...]:
        """All that it asks."""
        every = (self.do, self.reads, self.finds, self.undo)
        return tuple(one for one in every if one is not None)

    def _texts(self) -> Iterator[str]:
        yield from (self.words, self.undo_words)
        yield from strings(self.shows)
        for one in self.requests():
            yield one.path
            yield from one.query.values()
            yield from strings(one.body)


def _faults_of(request: Request) -> Iterator[str]:
    literal = BRACED.sub("x", request.path)
    if not _PATH.fullmatch(literal) or {".", ".."} & set(literal.split("/")):
        yield f"{request.path} is no path of plain segments"
    if request.method == "GET" and request.body is not None:
        yield "a GET has no body"


def base_of(kind: Any) -> Any:
    """The type behind annotations and choices."""
    if get_origin(kind) is Annotated:
        return base_of(get_args(kind)[0])
    return type(get_args(kind)[0]) if get_origin(kind) is Literal else kind


def _plain(held: Any) -> Any:
    if isinstance(held, Request):
        said = {one.name: getattr(held, one.name) for one in fields(held)}
        return {name: _plain(value) for name, value in said.items() if value}
    if isinstance(held, Mapping):
        return {name: _plain(one) for name, one in held.items()}
    return [_plain(one) for one in held] if isinstance(held, tuple | list) else held
