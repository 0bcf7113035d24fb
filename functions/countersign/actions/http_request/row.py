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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from pydantic import create_model

from countersign.actions.http_request.declared import Declared
from countersign.actions.http_request.template import (
    KEY,
    Json,
    Method,
    Request,
    Scalar,
    Values,
    at_path,
    filled,
    given,
    in_path,
    names,
    segment,
    text_of,
)
from countersign.domain.contract import Contract
from countersign.domain.errors import Ambiguous, DefinitionBroken, NotFound, Refused
from countersign.domain.ledger.action import Action, Receipt, Undo
from countersign.domain.ledger.targets import HTTP

_REPEATABLE = frozenset({"PUT", "DELETE"})
"""Methods that may be repeated: RFC 9110, 9.2.2 (GET is asked for reading alone)."""
_SETTLE = timedelta(seconds=5)
"""How long a read may lag behind a write, where a row says nothing else."""


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
            self.name,
            self.keys,
            self.busy,
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
class _Row(Declared):
    """What its functions are."""

    @property
    def may_look(self) -> bool:
        """Whether an interrupted attempt may be looked for, and then be made again."""
        again = bool(self.keys) or self.do.method in _REPEATABLE
        return self.finds is not None or again

    def said(self, params: Any) -> str:
        return _one_line(filled(self.words, Values(params)))

    def undo_said(self, params: Any) -> str:
        return _one_line(filled(self.undo_words, Values(params)))

    def carry_out(self, port: Requests, params: Any, key: str) -> Receipt:
        """Raises what the port does; what is asked of something that is not there is refused."""
        try:
            answer = port.write(self._asked(self.do, Values(params, key), key))
        except NotFound as gone:
            raise Refused(str(gone)) from None
        self._succeeded(self.do, answer)
        made = text_of(at_path(answer, self.made)) if self.made else ""
        if self.made and not made:
            raise Ambiguous(
                f"{self.action} was accepted, and the answer has no {self.made}",
                settled=self.finds is None,
            )
        return Receipt(id=made or self._name(params), evidence={"key": key})

    def _name(self, params: Any) -> str:
        """What it is about, where nothing was made: the path that was asked."""
        return self._asked(self.reads or self.do, Values(params)).path

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
            answer = port.read(self._asked(self.finds, Values(params, key)))
        except NotFound:
            return ""
        return text_of(at_path(answer, self.found))

    def read_back(self, port: Requests, params: Any, receipt: Receipt) -> Mapping[str, str]:
        """What the system shows, by the names of `expected`; nothing when it is not there."""
        key = receipt.evidence.get(KEY, "")
        return self._seen(port, Values(params, key, receipt.id))

    def _seen(self, port: Requests, values: Values) -> Mapping[str, str]:
        if self.reads is None:
            return {}
        try:
            answer = port.read(self._asked(self.reads, values))
        except NotFound:
            return {}
        return {path: text_of(at_path(answer, path)) for path in self.shows}

    def expected(self, params: Any) -> Mapping[str, str]:
        return {path: text_of(given(held, Values(params))) for path, held in self.shows.items()}

    def state(self, port: Requests, params: Any, key: str, at: str) -> Mapping[str, str]:
        """What was made is found by its id, right after by the key; what was changed, by the
        parameters."""
        made = (at or self._found(port, params, key)) if self.made else self._name(params)
        if not made:
            return {}
        seen = self._seen(port, Values(params, key, made))
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
        back = Values(params, key, made, held)
        try:
            answer = port.write(self._asked(self.undo, back, f"{key}-undo"))
        except NotFound:
            return  # what is not there any more needs no undoing; the next look says so
        self._succeeded(self.undo, answer)

    def _typed(self, path: str, values: Mapping[str, str], params: Any) -> Scalar:
        """What stood there before, with the JSON type that the row writes there; what the action
        did not change stands as it is."""
        now: Scalar = given(self.shows[path], Values(params))
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
            if text_of(at_path(answer, path)) != text_of(wanted):
                raise Refused(f"{self.action}: the system's answer does not say {path}={wanted}")

    def _asked(self, request: Request, values: Values, key: str = "") -> Asked:
        keyed = (self.keys, key) if key and self.keys else None
        return Asked(
            method=request.method,
            path="/".join(segment(one, values) for one in request.path.split("/")),
            query=tuple((name, filled(one, values)) for name, one in request.query.items()),
            body=given(request.body, values),
            accepts=request.accepts,
            keyed=keyed,
            busy=self.busy if keyed else 0,
        )

    def contract(self, version: int) -> type[Contract]:
        """The parameters: what stands in a path is a text that may stand there."""
        in_paths = {name for one in self.requests() for name in names(one.path)}
        shape: dict[str, Any] = {
            name: (in_path(kind) if name in in_paths else kind, ...)
            for name, kind in self.params.items()
        }
        made = create_model(
            self.action.replace(".", "_"),
            __base__=Contract,
            __doc__=self.words,
            __module__=__name__,
            **shape,
        )
        made.CONTRACT, made.VERSION = self.action, version
        return made


def _one_line(text: str) -> str:
    return " ".join(text.split())
