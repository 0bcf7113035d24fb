"""A message as what a model may see: masked, as one JSON object; and that object taken apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic

from countersign.domain.workflow import PARTS
from countersign.extraction.messages import LATER, Document, Source, SourceT
from countersign.extraction.patterns import sentences
from countersign.extraction.patterns.injection import order_in
from countersign.parsing.masking import mask

Parts = tuple[tuple[str, str], ...]
_SHOWN_ATTACHMENTS = 20
_VALUE = 300
_NAMES = {
    " channel": "came by",
    "from name": "sender",
    "from email": "address",
    " text": "message",
    " quoted": "earlier mail, quoted",
    " more": "further fields of the form",
    " attachments": "attachment",
}
"""What people read for a part's key, by the key of what it is in and its own."""


@dataclass(frozen=True)
class Prompts(Generic[SourceT]):
    """What a model is shown of a workflow's messages; `form` gives what a form stated."""

    form: Callable[[SourceT], Mapping[str, str]]
    _kept: list[tuple[SourceT, Parts]] = field(default_factory=list, repr=False, compare=False)
    """The message that was read last, and its parts: every rule about one reads them."""

    def source_text(self, message: SourceT) -> str:
        """Everything the model was shown, as plain text: quotes are checked against this only.

        It is made of the same masked values as `prompt_text`, so a quote of a number that the model
        never saw cannot stand.
        """
        return PARTS.join(text for _, text in self.source_parts(message))

    def source_parts(self, message: SourceT) -> Parts:
        """The same in its parts: what each is, and its text."""
        for read, parts in self._kept:
            if read is message:
                return parts
        parts = tuple(_values(_shown(message, self.form(message)), ""))
        self._kept[:] = [(message, parts)]
        return parts

    def prompt_text(self, message: SourceT) -> str:
        """The message as one JSON object, so that nothing in it can pose as anything but data."""
        return json.dumps(_shown(message, self.form(message)), ensure_ascii=False, indent=1)


def is_masked(source: Source) -> bool:
    """Whether a card, account or identity number stands in the text."""
    text = "\n".join(source.texts().values())
    return mask(text) != text


@dataclass(frozen=True)
class Prompt:
    """The prompt's JSON, taken apart again for the plain heuristics."""

    sender: str
    header: str
    form: Mapping[str, str]
    subject: str
    text: str
    signature: str

    @cached_property
    def below(self) -> str:
        """What stands under the text: the signature, or what follows the leave-taking."""
        return self.signature or sentences.farewell(self.text)

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences of the text; without any, the subject; empty when both only give orders."""
        told = (sentences.split(sentences.body(part)) for part in self.text.split(PARTS))
        found = [one for part in told for one in part] or sentences.split(self.subject)
        whole = self.text.strip()[:_VALUE]
        return found or ([whole] if whole and not order_in(self.words) else [])

    @cached_property
    def words(self) -> str:
        """Subject and text, apart from each other."""
        return f"{self.subject}{PARTS}{self.text}"

    @property
    def gives_orders(self) -> bool:
        """Whether the text gives orders to a model."""
        return bool(order_in(f"{self.words}\n{self.signature}"))


def parsed(prompt_text: str) -> Prompt:
    """The prompt in its JSON. Of a document every part is text."""
    prompt = json.loads(prompt_text)
    parts = [part["text"] for part in prompt.get("parts", ())]
    later = [text for name, text in prompt.items() if name.startswith(LATER)]
    return Prompt(
        sender=prompt["from"]["email"],
        header=prompt["from"]["name"],
        form=prompt["form"],
        subject=prompt.get("subject", "") or prompt.get("title", ""),
        text=PARTS.join(parts or [prompt["text"], *later]),
        signature=prompt.get("signature", ""),
    )


def _shown(source: Source, form: Mapping[str, str]) -> Mapping[str, Any]:
    shown: dict[str, Any] = {
        "channel": source.channel,
        "from": {"name": source.sender_name, "email": source.sender},
        "form": dict(form) if source.channel == "form" else {},
        **_texts(source),
        "attachments": [file.name for file in source.attachments[:_SHOWN_ATTACHMENTS]],
    }
    masked: dict[str, Any] = _masked(shown)
    return masked


def _texts(source: Source) -> Mapping[str, Any]:
    """A message's texts by their names; a document's parts as a list, so that none of their names
    can pose as one of ours."""
    if not isinstance(source, Document):
        return source.texts()
    parts = [{"name": name, "text": text} for name, text in source.parts.items()]
    return {"title": source.title, "parts": parts}


def _masked(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _masked(item) for key, item in node.items()}
    if isinstance(node, list):
        return [_masked(item) for item in node]
    return mask(str(node))


def _values(node: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        yield from _of_mapping(node, name)
    elif isinstance(node, list):
        for item in node:
            yield from _values(item, name)
    elif node:
        yield name, node


def _of_mapping(node: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    if node.keys() == {"name", "text"}:  # a document's part: its name is text of the source too
        yield from (("part", node["name"]), (node["name"], node["text"]))
        return
    for key, item in node.items():
        yield from _values(item, _NAMES.get(f"{name} {key}", str(key)))
