"""Actions on files: a document of a job, kept where people of the company can fetch it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Generic, Protocol

from pydantic import StringConstraints

from countersign.domain.contract import Contract
from countersign.domain.ledger.action import Action, ParamsT, Prose, Receipt, Undo

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


def _undo_words(store: Store) -> str:
    return f"Remove the document {store.name}."


@dataclass(frozen=True)
class Documents(Generic[ParamsT]):
    """An action that keeps the texts which its parameters say, below its key: all of them are there
    byte for byte, or it was not done and is done anew."""

    texts: Callable[[ParamsT], Mapping[str, str]]
    """By the names of their files."""

    def store(self, files: Files, params: ParamsT, key: str) -> Receipt:
        """Put all of them."""
        for name, text in self.texts(params).items():
            files.put(f"{key}/{name}", text.encode())
        return Receipt(id=key)

    def find(self, files: Files, params: ParamsT, key: str) -> Receipt | None:
        """What an interrupted attempt left, if it is whole."""
        texts = self.texts(params).items()
        there = all(files.get(f"{key}/{name}") == text.encode() for name, text in texts)
        return Receipt(id=key) if there else None

    def read_back(self, files: Files, params: ParamsT, receipt: Receipt) -> Mapping[str, str]:
        """The digest of each that is there."""
        held = {name: files.get(f"{receipt.id}/{name}") for name in self.texts(params)}
        return {name: _digest(body) for name, body in held.items() if body is not None}

    def expected(self, params: ParamsT) -> Mapping[str, str]:
        """The digest of each."""
        return {name: _digest(text.encode()) for name, text in self.texts(params).items()}

    def state(self, files: Files, params: ParamsT, key: str, at: str) -> Mapping[str, str]:
        """The digest of each that is there, as an undo reads them."""
        found = self.read_back(files, params, Receipt(id=at or key))
        return {"id": key, **found} if found else {}

    def restore(
        self, files: Files, params: ParamsT, key: str, at: str, _values: Mapping[str, str]
    ) -> None:
        """Remove them, which is their undo."""
        for name in self.texts(params):
            files.remove(f"{at or key}/{name}")


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


_KEPT = Documents(forms)
STORE: Action[Store, Files] = Action(
    id="files.store",
    version=1,
    connector="files",
    params=Store,
    words=_words,
    do=_KEPT.store,
    find=_KEPT.find,
    read_back=_KEPT.read_back,
    expected=_KEPT.expected,
    inner=("name", "data"),
    editable=("markdown",),
    wording=("markdown",),
    documents=forms,
    undo=Undo(words=_undo_words, creates=True, state=_KEPT.state, restore=_KEPT.restore),
)
