"""The form in which somebody edits an action before it is signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countersign.domain.actions import LedgerEntry, params_of
from countersign.domain.approvals import Approval, Person
from countersign.domain.fields import MOST, inputs
from countersign.domain.workflow import Workflow, action_for
from countersign.pages.params import Param, exact
from countersign.pages.text import Pieces, counted, label, visible

FIELD = "field-"
"""Before a parameter's name, in the form."""

_HINTS = {
    "line": "",
    "prose": "",
    "moment": "Date and time in UTC.",
    "money": "For example 1250.00 EUR; the currency stays.",
    "choice": "",
}


@dataclass(frozen=True)
class Field:
    """One field. `name` is the parameter, `key` the name and id of its element."""

    name: str
    key: str
    label: str
    kind: str
    required: bool
    most: int
    hint: str
    options: tuple[tuple[str, str], ...]
    """Value and words of each, for a choice."""


@dataclass(frozen=True)
class Edit:
    """The page."""

    workflow: str
    job_id: str
    person: str
    number: int
    words: Pieces
    target: Pieces
    inputs: tuple[Field, ...]
    fixed: tuple[Param, ...]
    """Parameters that stay as they are."""
    consequences: str


def edit_view(
    approval: Approval, person: Person, workflow: Workflow[Any], number: int, held: LedgerEntry
) -> Edit:
    """The view of an entry whose bytes were checked. Raises UnknownVersion."""
    action = action_for(workflow, held)
    content = held.content()
    kept = {k: v for k, v in content["params"].items() if k not in action.editable}
    return Edit(
        workflow=workflow.title,
        job_id=approval.job_id,
        person=person.name,
        number=number,
        words=visible(action.words(params_of(held, action))),
        target=visible(content["target"]),
        inputs=tuple(
            Field(
                name=one.name,
                key=FIELD + one.name,
                label=label(one.name),
                kind=one.kind,
                required=one.required,
                most=MOST[one.kind],
                hint=_HINTS[one.kind],
                options=tuple((option, label(option)) for option in one.options),
            )
            for one in inputs(held, action)
        ),
        fixed=exact(kept),
        consequences=_consequences(approval),
    )


def _consequences(approval: Approval) -> str:
    signed = len(approval.signatures)
    void = f", and {counted(signed, 'signature')} on it" if signed else ""
    return (
        f"Your edit replaces this request{void}. A new request shows what you changed, and "
        "somebody else must sign it: your own signature alone is not enough."
    )
