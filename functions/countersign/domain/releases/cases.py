"""Cases: an input, what must come of it, and why. One file of a workflow's `cases/` each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError


class Expected(BaseModel):
    """What must come of a case's input; what is left out is not compared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: str = ""
    """The class of ours that reading raises."""
    dismissed: bool = False
    facts: Mapping[str, str] = {}
    absent: tuple[str, ...] = ()
    """Facts that there must not be."""
    findings: tuple[str, ...] = ()
    no_findings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    verdicts: Mapping[str, str] | None = None
    quorums: Mapping[str, str] | None = None
    move: str = ""
    params: Mapping[str, Mapping[str, Any]] = {}
    never: tuple[str, ...] = ()
    """Texts that stand in no fact and in no action."""


class Said(BaseModel):
    """What somebody made of what a model had said: of one field, or of an action as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    how: Literal["edited", "rejected", "corrected", "wrong"]
    """An action changed or rejected before it ran, a fact corrected, or found wrong afterwards."""
    what: str
    """`email.send_reply body`, or a fact's name."""
    model: str
    person: str = ""
    why: str = ""


class Case(BaseModel):
    """One file. The input is one of `form`, `mail` (its lines), `raw` and `input`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    expect: Expected
    form: Mapping[str, Any] | None = None
    door: str = "webhook"
    mail: tuple[str, ...] | None = None
    raw: str = ""
    input: Mapping[str, Any] | None = None
    """An input as it had been read: of a case that was somebody's job."""
    records: Any = None
    answer: Any = None
    """Parts of a model's answer; the others are what the heuristics say."""
    offline: bool = False
    """Whether no model answers, and the heuristics alone do."""
    at: datetime | None = None
    """When it is judged; None: as all others are."""
    people: tuple[Said, ...] = ()
    """What people made of what the model had said, where it was somebody's job."""

    def bytes(self) -> tuple[bytes, str]:
        """The input, and the door that it comes through."""
        if self.form is not None:
            return json.dumps(self.form, ensure_ascii=False).encode(), self.door
        return ("\r\n".join(self.mail) if self.mail else self.raw).encode(), "upload"


def read_case(name: str, text: str | bytes) -> Case:
    """Raises ValueError, which names the file and says what is wrong in it."""
    try:
        return Case.model_validate_json(text)
    except ValidationError as broken:
        told = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in broken.errors())
        raise ValueError(f"{name}: {'; '.join(told)}") from None
