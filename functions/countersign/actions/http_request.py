"""Actions on a business's own systems, each one row: what is asked over HTTP, what an answer must
say, how it is read back and taken back. No code runs for it but this.

    BOOKINGS = System("bookings", keys="Idempotency-Key")
    MOVE = BOOKINGS.action(
        "bookings.move",
        words="Move booking {number} to {date}.",
        params={"number": str, "date": date},
        do=Request("PUT", "/bookings/{number}/date", body={"date": "{date}"}),
        reads=Request("GET", "/bookings/{number}"),
        shows={"date": "{date}"},
        undo=Request("PUT", "/bookings/{number}/date", body={"date": "{before.date}"}),
        undo_words="Give booking {number} the date that it had before.",
    )

Texts in braces are parameters; `{key}` is the action's idempotency key, `{id}` the id that the
system gave to what was made, `{before.name}` what `shows` saw under a name before. A text that is
one of them alone keeps its type in a body. The row is the contract: what it says is in the lock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol, TypeAlias, get_args, get_origin
from urllib.parse import quote

from pydantic import Field, create_model

from countersign.domain.contract import Contract
from countersign.domain.errors import Ambiguous, DefinitionBroken, NotFound, Refused
from countersign.domain.ledger.action import Action, Receipt, Undo
from countersign.domain.ledger.targets import HTTP
from countersign.domain.money import Money

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Scalar: TypeAlias = str | int | bool | None
Json: TypeAlias = "Scalar | Mapping[str, Json] | Sequence[Json]"
_REPEATABLE = frozenset({"PUT", "DELETE"})
"""Methods that may be repeated: RFC 9110, 9.2.2 (GET is asked for reading alone)."""
_BRACED = re.compile(r"\{([a-z_][a-z0-9_]*(?:\.[A-Za-z0-9_.]+)?)\}")
_KEY, _ID, _BEFORE = "key", "id", "before"
_NAME, _ACTION = re.compile(r"[a-z][a-z0-9-]{0,19}"), re.compile(r"[a-z_]+\.[a-z_]+")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"(/[A-Za-z0-9._~:@!$&'()*+,;=-]+)+/?")
_SEGMENT = r"^[^/\\%\x00-\x1f\x7f]*[^./\\%\x00-\x1f\x7f][^/\\%\x00-\x1f\x7f]*$"
"""What may stand in a path: no slash of either kind and no percent sign, which servers read before
or after they take a path apart, no control character, and not dots alone."""
_LONGEST_SEGMENT = 200
Segment = Annotated[str, Field(pattern=_SEGMENT, max_length=_LONGEST_SEGMENT)]
_KINDS = (str, bool, int, date, Money)
_SETTLE = timedelta(seconds=5)
"""How long a read may lag behind a write, where a row says nothing else."""


@dataclass(frozen=True)
class Request:
    """One request of a row. `says` is what its answer must say, by dotted path: a success that says
    otherwise is a refusal. Without `accepts`, any 2xx is a success."""

    method: Method
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    accepts: tuple[int, ...] = ()
    says: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request with its values, as it goes on the wire. `keyed` is the header that carries the
    action's key, where the system has one, and its value."""

    method: Method
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Json = None
    accepts: tuple[int, ...] = ()
    keyed: tuple[str, str] | None = None
    busy: int = 0
    """The status by which the system says that an earlier request under the key is still running;
    0: none says so."""


class Requests(Protocol):
    """One system, asked over HTTP. The answer is its JSON; None where it has no body."""

    def read(self, asked: Asked) -> Any:
        """Raises NotFound (404, 410), Throttled, Unavailable, Misconfigured or Refused."""

    def write(self, asked: Asked) -> Any:
        """Raises NotFound, Throttled, Unavailable or Misconfigured when nothing was applied,
        Refused when nothing ever will be, Ambiguous when it may have been."""


@dataclass(frozen=True)
class System:
    """A system of the business, by the name that a stage gives its address and its secret under.

    `keys` is the header in which it takes an idempotency key; empty: it keeps none. It must keep
    them for good, or the row must say by `finds` how what was made is found again. `busy`: see
    Asked.
    """

    name: str
    keys: str = ""
    busy: int = 0

    @property
    def connector(self) -> str:
        """The id of its connector."""
        return f"{HTTP}{self.name}"

    def action(
        self,
        action: str,
        *,
        words: str,
        params: Mapping[str, Any],
        do: Request,
        reads: Request | None = None,
        shows: Mapping[str, Json] | None = None,
        made: str = "",
        finds: Request | None = None,
        found: str = "",
        undo: Request | None = None,
        undo_words: str = "",
        amount: str = "",
        version: int = 1,
        editable: tuple[str, ...] = (),
        inner: tuple[str, ...] = (),
        settle: timedelta = _SETTLE,
    ) -> Action[Any, Requests]:
        """The action `action` with these parameters (text, whole number, flag, date, Money).

        `shows`: what `reads` must show afterwards, by dotted path of its answer. `made`: where the
        answer of `do` has the id of what it made; empty: it makes nothing new. `finds` asks for
        what an interrupted attempt made, by `{key}`, and `found` is where its answer has the id.
        Without `reads` an accepted request is all that is known; without `undo` it is irreversible.
        `amount` names the parameter that is the money it moves. Raises DefinitionBroken.
        """
        row = _Row(
            self,
            action,
            params,
            do,
            reads,
            shows or {},
            made,
            finds,
            found,
            undo,
            words,
            undo_words,
        )
        row.check()
        for name in (*editable, *inner, *filter(None, [amount])):
            if name not in params:
                raise DefinitionBroken(f"{action}: {name} is no parameter of it")
        takes_back = Undo(
            words=row.undo_said, creates=bool(made), state=row.state, restore=row.restore
        )
        return Action(
            id=action,
            version=version,
            connector=self.connector,
            params=row.contract(version),
            words=row.said,
            do=row.carry_out,
            find=row.find if row.may_look else None,
            read_back=row.read_back if reads else None,
            expected=row.expected,
            amount=(lambda given: getattr(given, amount)) if amount else None,
            editable=editable,
            inner=inner,
            undo=takes_back if undo else None,
            settle=settle if reads else timedelta(0),
            declared=row.declared(),
        )


@dataclass(frozen=True)
class _Values:
    """What the braces of one request stand for."""

    params: Any
    key: str = ""
    made: str = ""
    before: Mapping[str, Scalar] = field(default_factory=dict)

    def of(self, name: str) -> Scalar:
        """The value, with its JSON type."""
        first, _, rest = name.partition(".")
        if first == _BEFORE:
            return self.before[rest]
        if name in (_KEY, _ID):
            return self.key if name == _KEY else self.made
        held: Scalar | Money | date = getattr(self.params, first)
        if isinstance(held, Money):
            return {"minor": held.minor, "currency": held.currency}.get(rest, str(held))
        return held.isoformat() if isinstance(held, date) else held


@dataclass(frozen=True)
class _Row:
    system: System
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

    @property
    def may_look(self) -> bool:
        """Whether an interrupted attempt may be looked for, and then be made again."""
        again = bool(self.system.keys) or self.do.method in _REPEATABLE
        return self.finds is not None or again

    def said(self, params: Any) -> str:
        return _one_line(_filled(self.words, _Values(params)))

    def undo_said(self, params: Any) -> str:
        return _one_line(_filled(self.undo_words, _Values(params)))

    def carry_out(self, port: Requests, params: Any, key: str) -> Receipt:
        """Raises what the port does; what is asked of something that is not there is refused."""
        try:
            answer = port.write(self._asked(self.do, _Values(params, key), key))
        except NotFound as gone:
            raise Refused(str(gone)) from None
        self._succeeded(self.do, answer)
        made = _text(_at(answer, self.made)) if self.made else ""
        if self.made and not made:
            raise Ambiguous(
                f"{self.action} was accepted, and the answer has no {self.made}",
                settled=self.finds is None,
            )
        return Receipt(id=made or self._name(params), evidence={"key": key})

    def _name(self, params: Any) -> str:
        """What it is about, where nothing was made: the path that was asked."""
        return self._asked(self.reads or self.do, _Values(params)).path

    def find(self, port: Requests, params: Any, key: str) -> Receipt | None:
        """What an interrupted attempt left. None: it may be made again, under the same key or by a
        method that may be repeated."""
        if self.finds is not None:
            made = self._found(port, params, key)
            return Receipt(id=made, evidence={"key": key}) if made else None
        if self.reads is None or self.made:
            return None
        receipt = Receipt(id=self._name(params), evidence={"key": key})
        held = self.read_back(port, params, receipt)
        return receipt if held == self.expected(params) else None

    def _found(self, port: Requests, params: Any, key: str) -> str:
        if self.finds is None:
            return ""
        try:
            answer = port.read(self._asked(self.finds, _Values(params, key)))
        except NotFound:
            return ""
        return _text(_at(answer, self.found))

    def read_back(self, port: Requests, params: Any, receipt: Receipt) -> Mapping[str, str]:
        """What the system shows, by the names of `expected`; nothing when it is not there."""
        key = receipt.evidence.get(_KEY, "")
        return self._seen(port, _Values(params, key, receipt.id))

    def _seen(self, port: Requests, values: _Values) -> Mapping[str, str]:
        if self.reads is None:
            return {}
        try:
            answer = port.read(self._asked(self.reads, values))
        except NotFound:
            return {}
        return {path: _text(_at(answer, path)) for path in self.shows}

    def expected(self, params: Any) -> Mapping[str, str]:
        return {path: _text(_given(held, _Values(params))) for path, held in self.shows.items()}

    def state(self, port: Requests, params: Any, key: str, at: str) -> Mapping[str, str]:
        """What was made is found by its id, right after by the key; what was changed, by the
        parameters."""
        made = (at or self._found(port, params, key)) if self.made else self._name(params)
        if not made:
            return {}
        seen = self._seen(port, _Values(params, key, made))
        return {"id": made, **seen} if seen else {}

    def restore(
        self, port: Requests, params: Any, key: str, at: str, values: Mapping[str, str]
    ) -> None:
        if self.undo is None:
            return
        if not self.made and not values:
            raise Refused(f"{self.action}: it was not there before, and no row says how it goes")
        made = at if self.made else ""
        held = {path: self._typed(path, values, params) for path in self.shows}
        back = _Values(params, key, made, held)
        try:
            answer = port.write(self._asked(self.undo, back, f"{key}-undo"))
        except NotFound:
            return  # what is not there any more needs no undoing; the next look says so
        self._succeeded(self.undo, answer)

    def _typed(self, path: str, values: Mapping[str, str], params: Any) -> Scalar:
        """What stood there before, with the JSON type that the row writes there; what the action
        did not change stands as it is."""
        now: Scalar = _given(self.shows[path], _Values(params))
        if path not in values:
            return now
        text = values[path]
        if isinstance(now, bool):
            return text == "true"
        if isinstance(now, int):
            return int(text) if text.lstrip("-").isdecimal() else None
        return text

    def _succeeded(self, request: Request, answer: Any) -> None:
        """Raises Refused where the answer does not say what a success says."""
        for path, wanted in request.says.items():
            if _text(_at(answer, path)) != _text(wanted):
                raise Refused(f"{self.action}: the system's answer does not say {path}={wanted}")

    def _asked(self, request: Request, values: _Values, key: str = "") -> Asked:
        keyed = (self.system.keys, key) if key and self.system.keys else None
        return Asked(
            method=request.method,
            path="/".join(_segment(one, values) for one in request.path.split("/")),
            query=tuple((name, _filled(one, values)) for name, one in request.query.items()),
            body=_given(request.body, values),
            accepts=request.accepts,
            keyed=keyed,
            busy=self.system.busy if keyed else 0,
        )

    def contract(self, version: int) -> type[Contract]:
        """The parameters: what stands in a path is a text that may stand there."""
        in_paths = {name for one in self._requests() for name in _names(one.path)}
        shape: dict[str, Any] = {
            name: (Segment if kind is str and name in in_paths else kind, ...)
            for name, kind in self.params.items()
        }
        made = create_model(
            self.action.replace(".", "_"), __base__=Contract, __module__=__name__, **shape
        )
        made.CONTRACT, made.VERSION = self.action, version
        return made

    def declared(self) -> Mapping[str, Any]:
        """The row as plain data, for the lock: no version of it asks for anything else."""
        every = ("do", "reads", "finds", "undo")
        asked = {name: _plain(getattr(self, name)) for name in every if getattr(self, name)}
        said = {"keys": self.system.keys, "busy": self.system.busy, "shows": _plain(self.shows)}
        return {**asked, **said, "made": self.made, "found": self.found}

    def check(self) -> None:
        """Raises DefinitionBroken for a row that could be no contract."""
        for wrong in self._faults():
            raise DefinitionBroken(f"{self.action}: {wrong}")

    def _faults(self) -> Iterator[str]:
        yield from (sentence for wrong, sentence in self._rules() if wrong)
        for name, kind in self.params.items():
            if not _PARAMETER.fullmatch(name) or name in (_KEY, _ID, _BEFORE):
                yield f"a parameter cannot be called {name}"
            if _base(kind) not in _KINDS:
                yield f"{name} is no text, whole number, flag, date or Money"
        yield from (fault for one in self._requests() for fault in _faults_of(one))
        for name in {name for text in self._texts() for name in _names(text)}:
            if not self._is_named(name):
                yield f"nothing is called {{{name}}}"

    def _rules(self) -> Iterator[tuple[bool, str]]:
        """What may not be, and the sentence that says so."""
        name, undo = self.system.name, self.undo
        yield not _NAME.fullmatch(name), f"{name}: a system is called as in bookings-eu"
        yield not _ACTION.fullmatch(self.action), "an action is called as in bookings.move"
        writes, reads = (self.do, undo), (self.reads, self.finds)
        yield any(one and one.method == "GET" for one in writes), "what changes something is no GET"
        yield any(one and one.method != "GET" for one in reads), "what only reads is a GET"
        for one, other, names in (
            (self.reads, self.shows, "`reads` says how it is read back and `shows` what is there"),
            (self.finds, self.found, "`finds` says how it is found and `found` where its id is"),
            (undo, self.undo_words, "`undo` takes it back and `undo_words` says what that does"),
        ):
            yield bool(one) is not bool(other), f"{names}: both or none"
        yield bool(self.finds) and not self.made, "`finds` is for what was `made`"
        yield bool(undo) and not self.reads, "what cannot be read back cannot be taken back"
        yield (
            bool(undo and self.made) and not self.finds,
            "what was made is found by its key before it is taken back: say `finds`",
        )

    def _is_named(self, name: str) -> bool:
        first, _, rest = name.partition(".")
        if first == _BEFORE:
            return rest in self.shows
        if name in (_KEY, _ID):
            return name == _KEY or bool(self.made)
        return first in self.params and (not rest or self.params[first] is Money)

    def _requests(self) -> tuple[Request, ...]:
        every = (self.do, self.reads, self.finds, self.undo)
        return tuple(one for one in every if one is not None)

    def _texts(self) -> Iterator[str]:
        yield from (self.words, self.undo_words)
        yield from _strings(self.shows)
        for one in self._requests():
            yield one.path
            yield from one.query.values()
            yield from _strings(one.body)


def _faults_of(request: Request) -> Iterator[str]:
    literal = _BRACED.sub("x", request.path)
    if not _PATH.fullmatch(literal) or {".", ".."} & set(literal.split("/")):
        yield f"{request.path} is no path of plain segments"
    if request.method == "GET" and request.body is not None:
        yield "a GET has no body"


def _base(kind: Any) -> Any:
    """The type behind annotations and choices."""
    if get_origin(kind) is Annotated:
        return _base(get_args(kind)[0])
    return type(get_args(kind)[0]) if get_origin(kind) is Literal else kind


def _names(text: str) -> list[str]:
    return _BRACED.findall(text)


def _strings(held: Json) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, Mapping):
        for one in held.values():
            yield from _strings(one)
    elif isinstance(held, Sequence):
        for one in held:
            yield from _strings(one)


def _filled(text: str, values: _Values) -> str:
    return _BRACED.sub(lambda found: _text(values.of(found[1])), text)


def _segment(text: str, values: _Values) -> str:
    """One segment of a path: each value is encoded for it. Raises Refused for a value that would
    not stay one; ids come from the system itself."""

    def encoded(found: re.Match[str]) -> str:
        said = _text(values.of(found[1]))
        if len(said) > _LONGEST_SEGMENT or not re.fullmatch(_SEGMENT[1:-1], said):
            raise Refused(f"what stands for {found[0]} cannot stand in a path")
        return quote(said, safe="")

    return _BRACED.sub(encoded, text)


def _given(held: Json, values: _Values) -> Any:
    """A template with its values: a text that is one brace alone keeps its type."""
    if isinstance(held, str):
        alone = _BRACED.fullmatch(held)
        return values.of(alone[1]) if alone else _filled(held, values)
    if isinstance(held, Mapping):
        return {name: _given(one, values) for name, one in held.items()}
    if isinstance(held, Sequence):
        return [_given(one, values) for one in held]
    return held


def _at(answer: Any, path: str) -> Any:
    """What stands at a dotted path of an answer; numbers count in lists. None: nothing."""
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list) and part.isdecimal() and int(part) < len(answer):
            answer = answer[int(part)]
        else:
            return None
    return answer


def _text(value: object) -> str:
    """A value as texts are compared: numbers by what they are worth, nothing as empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(held: Any) -> Any:
    if isinstance(held, Request):
        said = {one.name: getattr(held, one.name) for one in fields(held)}
        return {name: _plain(value) for name, value in said.items() if value}
    if isinstance(held, Mapping):
        return {name: _plain(one) for name, one in held.items()}
    return [_plain(one) for one in held] if isinstance(held, tuple | list) else held
