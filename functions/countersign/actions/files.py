"""Actions on files: a document of a job, kept where people of the company can fetch it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, ClassVar, Protocol

from pydantic import StringConstraints

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, Prose, Receipt, Undo

FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
"""Without an ending: the two forms of a document differ in it alone."""
MOST = 200_000
"""Characters of one form."""


class Files(Protocol):
    """The files of one job."""

    def put(self, name: str, body: bytes) -> None:
        """Store it, over whatever was there. Raises Throttled or Unavailable."""

    def get(self, name: str) -> bytes | None:
        """What is there, if anything."""

    def remove(self, name: str) -> None:
        """Remove it; what is gone stays gone."""


class Store(Contract):
    """A document in two forms: for people, as Markdown, and for programs, as JSON."""

    CONTRACT: ClassVar[str] = "files.store"
    VERSION: ClassVar[int] = 1

    name: FileName
    markdown: Annotated[Prose, StringConstraints(min_length=1, max_length=MOST)]
    data: Annotated[Prose, StringConstraints(min_length=2, max_length=MOST)]


def _words(store: Store) -> str:
    return f"Keep the document {store.name}, as Markdown and as JSON."


def forms(store: Store) -> Mapping[str, str]:
    """The texts of a document, by the names of its files."""
    return {f"{store.name}.md": store.markdown, f"{store.name}.json": store.data}


def _store(files: Files, store: Store, key: str) -> Receipt:
    for name, text in forms(store).items():
        files.put(f"{key}/{name}", text.encode())
    return Receipt(id=key)


def _find(files: Files, store: Store, key: str) -> Receipt | None:
    """Both forms, or it was not done: it is stored anew."""
    there = all(files.get(f"{key}/{name}") == text.encode() for name, text in forms(store).items())
    return Receipt(id=key) if there else None


def _read_back(files: Files, store: Store, receipt: Receipt) -> Mapping[str, str]:
    held = {name: files.get(f"{receipt.id}/{name}") for name in forms(store)}
    return {name: _digest(body) for name, body in held.items() if body is not None}


def _expected(store: Store) -> Mapping[str, str]:
    return {name: _digest(text.encode()) for name, text in forms(store).items()}


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _undo_words(store: Store) -> str:
    return f"Remove the document {store.name}."


def _state(files: Files, store: Store, key: str, at: str) -> Mapping[str, str]:
    held = {name: files.get(f"{at or key}/{name}") for name in forms(store)}
    found = {name: _digest(body) for name, body in held.items() if body is not None}
    return {"id": key, **found} if found else {}


def _restore(files: Files, store: Store, key: str, at: str, _values: Mapping[str, str]) -> None:
    for name in forms(store):
        files.remove(f"{at or key}/{name}")


STORE: Action[Store, Files] = Action(
    id="files.store",
    version=1,
    connector="files",
    params=Store,
    words=_words,
    do=_store,
    find=_find,
    read_back=_read_back,
    expected=_expected,
    inner=("name", "data"),
    editable=("markdown",),
    wording=("markdown",),
    undo=Undo(words=_undo_words, creates=True, state=_state, restore=_restore),
)
