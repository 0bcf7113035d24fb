"""Forms: what a web site or a shop posts, and the input that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken, DefinitionBroken
from countersign.extraction import messages
from countersign.extraction.messages import Address, Message, Optional, Source, Text
from countersign.extraction.patterns.language import code as language_code
from countersign.parsing.text import one_line, tidy

_OF_EVERY_FORM = frozenset({"email", "message", "name"})
_SCALARS = (str, int, float, Decimal, date, NoneType)
LONGEST = 200
"""Characters of a field that are read; a longer one is cut, and the job is over-size."""


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
    STATES: ClassVar[tuple[str, ...]] = ()
    """The fields that there may be in `stated`."""

    stated: Mapping[str, str] = {}
    """The form's own fields by name, each on one line; without those that are empty."""


def check(form: type[Form]) -> None:
    """Raises DefinitionBroken for a field that is no text, number, date or choice: what is stated
    goes on as one line each."""
    for name, hint in get_type_hints(form, include_extras=True).items():
        if name not in form.model_fields:
            continue
        if not all(isinstance(one, type) and issubclass(one, _SCALARS) for one in _types(hint)):
            raise DefinitionBroken(
                f"{form.__name__}.{name}: a form states texts, numbers, dates and choices; put"
                " anything else into the message, or into a source of its own (Document)"
            )


def input_of(workflow: str, form: type[Form]) -> type[FormInput]:
    """The input contract of a workflow whose form this is; its version is the form's."""
    name = "".join(word.title() for word in workflow.split("_")) + "Input"
    ids = {"CONTRACT": f"{workflow}.input", "VERSION": form.VERSION, "__module__": form.__module__}
    states = tuple(form.model_fields)
    return type(name, (FormInput,), {**ids, "STATES": states, "__doc__": FormInput.__doc__})


def read(form: type[Form], into: type[FormInput], body: bytes, *, vouched: bool) -> FormInput:
    """The form in `body`; `vouched` is whether who posts it knows whose address it is. Raises
    ContractBroken, which names the fields."""
    posted, more = messages.form_and_more(form, body)
    text = tidy(posted.message or "")
    if not text:
        raise ContractBroken(f"{form.CONTRACT}: message needs visible characters")
    language = language_code(posted.language or "")
    stated = _stated(posted)
    return into(
        channel="form",
        sender=messages.address(posted.email, form.CONTRACT),
        sender_name=one_line(posted.name or "", LONGEST),
        authenticated=vouched,
        text=text,
        more=more,
        stated={name: value[:LONGEST] for name, value in stated.items()},
        defects=(messages.CUT,) if any(len(one) > LONGEST for one in stated.values()) else (),
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
    return "" if value is None else one_line(str(value), LONGEST + 1)


def _types(hint: Any) -> Iterator[Any]:
    """The types that a field may have, those of a Literal's values too."""
    if get_origin(hint) is Literal:
        yield from (type(one) for one in get_args(hint))
    elif get_origin(hint) in (Union, UnionType):
        yield from (kind for one in get_args(hint) for kind in _types(one))
    elif get_origin(hint) is Annotated:
        yield from _types(hint.__origin__)
    else:
        yield hint
