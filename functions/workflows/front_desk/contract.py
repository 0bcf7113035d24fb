"""What enters the front desk, and what the model must answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from countersign.domain.workflow import Raw
from countersign.extraction import inbound
from countersign.extraction.kinds import Answer, Chosen, Language, Quoted
from countersign.extraction.messages import FORM, Message
from countersign.parsing.json import NotJson, loads
from countersign.parsing.mail.thread import read_thread

Matter = Literal[
    "sales",
    "partnership",
    "refund",
    "delivery",
    "invoice",
    "outage",
    "support",
    "complaint",
    "application",
    "press",
    "opt_out",
    "erasure",
    "spam",
    "other",
]
"""What a message can be about; the stage file says who takes each."""
MATTERS = ("first", "second", "third")
"""The parts of an answer that are matters, the most pressing one first."""


class DeskInput(Message):
    """Any message, and where it was sent to."""

    CONTRACT: ClassVar[str] = "front_desk.input"
    VERSION: ClassVar[int] = 2

    recipients: tuple[str, ...] = ()
    """The addresses that it came to, in small letters."""
    form: str = ""
    """The form of ours that an object names."""


class DeskAnswer(Answer):
    """The model's answer. Null wherever the source does not say."""

    CONTRACT: ClassVar[str] = "front_desk.answer"
    VERSION: ClassVar[int] = 1

    first: Chosen[Matter] | None
    second: Chosen[Matter] | None
    third: Chosen[Matter] | None
    concerns: Quoted | None
    order: Quoted | None
    language: Language | None


def read(raw: Raw) -> DeskInput:
    """Any mail, text or JSON object. Raises Quarantined for what nobody can read."""
    came_to = tuple(one.lower() for one in read_thread(raw.body).recipients)
    given = inbound.read_any(raw, DeskInput, recipients=came_to)
    return given.model_copy(update={"form": _form(raw.body)})


def form_shown(message: DeskInput) -> Mapping[str, str]:
    """What an object stated beside its text, as the model and people are shown it."""
    return {"name": message.sender_name} if message.channel == "form" else {}


def _form(body: bytes) -> str:
    try:
        held = loads(body)
    except NotJson:
        return ""
    return str(held.get(FORM, "")) if isinstance(held, dict) else ""
