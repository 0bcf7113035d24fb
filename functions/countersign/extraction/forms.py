"""Forms: what a web site or a shop posts, and the input that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.extraction import messages
from countersign.extraction.language import code as language_code
from countersign.extraction.messages import Address, Message, Optional, Source, Text
from countersign.parsing.text import one_line, tidy

_OF_EVERY_FORM = frozenset({"email", "message", "name"})
_LONGEST = 200


class Form(Contract):
    """What every form posts. A workflow's own fields come on top. Empty text and null: not said."""

    VERSION: ClassVar[int] = 1

    email: Address
    message: Text
    name: Optional | None = None
    language: Optional | None = None


class FormInput(Message):
    """One message, by form or by mail, with what the form stated beside its text."""

    VERSION: ClassVar[int] = 1

    stated: Mapping[str, str] = {}
    """The form's own fields by name, each on one line; without those that are empty."""


def input_of(workflow: str, form: type[Form]) -> type[FormInput]:
    """The input contract of a workflow whose form this is; its version is the form's."""
    name = "".join(word.title() for word in workflow.split("_")) + "Input"
    ids = {"CONTRACT": f"{workflow}.input", "VERSION": form.VERSION, "__module__": form.__module__}
    return type(name, (FormInput,), {**ids, "__doc__": FormInput.__doc__})


def read(form: type[Form], into: type[FormInput], body: bytes, *, vouched: bool) -> FormInput:
    """The form in `body`; `vouched` is whether who posts it knows whose address it is. Raises
    ContractBroken, which names the fields."""
    posted = messages.form(form, body)
    text = tidy(posted.message or "")
    if not text:
        raise ContractBroken(f"{form.CONTRACT}: message needs visible characters")
    language = language_code(posted.language or "")
    return into(
        channel="form",
        sender=messages.address(posted.email, form.CONTRACT),
        sender_name=one_line(posted.name or "", _LONGEST),
        authenticated=vouched,
        text=text,
        stated=_stated(posted),
        language_hints=(language,) if language else (),
    )


def shown(source: Source) -> Mapping[str, str]:
    """What a form stated, for the model and for people: the name, and its own fields."""
    stated: Mapping[str, str] = getattr(source, "stated", {})
    return {"name": source.sender_name, **stated} if source.channel == "form" else {}


def _stated(posted: Form) -> Mapping[str, str]:
    own = ((name, value) for name, value in posted if name not in _OF_EVERY_FORM)
    texts = {name: _text(value) for name, value in own}
    return {name: text for name, text in texts.items() if text}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else one_line(str(value), _LONGEST)
