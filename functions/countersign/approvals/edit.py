"""Editing an action before it is signed: the edit replaces the request, and others sign it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from countersign import observability
from countersign.approvals.access import LinkHolder, code_faults, opened_here
from countersign.approvals.decide import CALLBACK_AFTER, go_on
from countersign.approvals.form import shown
from countersign.approvals.outcome import EDITED, closed, replaced_notice
from countersign.approvals.views.actions import Param, exact
from countersign.domain.approvals.approval import Approval, Person, kept_rejections, rejections
from countersign.domain.approvals.authority import may_edit
from countersign.domain.approvals.directory import Directory
from countersign.domain.errors import (
    ContractBroken,
    CountersignError,
    EditForbidden,
    NotPermitted,
)
from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.ledger.action import Action
from countersign.domain.ledger.entry import LedgerEntry, params_of
from countersign.domain.ledger.fields import MOST, faults, inputs
from countersign.domain.planning.choosing import chosen as signed_choice
from countersign.domain.planning.edits import changed_names, edited, followed
from countersign.domain.policy.release import OWN_WORDS
from countersign.domain.workflow import Workflow, action_for
from countersign.runtime.deps import Deps
from countersign.web import notices
from countersign.web.forms import Fault, Fields, Form, HttpRefusal, fields
from countersign.web.http import Request, Response
from countersign.web.notices import Notice
from countersign.web.page_cookie import Opened, opened_now
from countersign.web.paths import INBOX, Way
from countersign.web.responses import notice, page
from countersign.web.text import Pieces, counted, label, visible

FIELD = "field-"
"""Before a parameter's name, in the form."""
MAX_BYTES = 256 * 1024
"""A long reply in a script that needs nine characters a letter in a form."""
_FIXED = frozenset({"shown", "code"})
_CHOICE = "Your choice is your signature: it is carried out at once, by nobody else's leave."
_HINTS = {
    "line": "",
    "prose": "",
    "moment": "Date and time in UTC.",
    "day": "A day.",
    "number": "A whole number.",
    "money": "For example 1250.00 EUR; the currency stays.",
    "choice": "",
}


@dataclass(frozen=True)
class EditedAction:
    """The action that is edited, and its number on the page."""

    number: int
    held: LedgerEntry


def edit(deps: Deps, request: Request, here: LinkHolder, *, home: Way = INBOX) -> Response:
    """The form (GET), or the edit (POST), of the action that the address names by its number.
    `home` leads on from it."""
    chosen = _chosen(request, here)
    if request.method == "POST":
        return _take(deps, request, here, chosen, home)
    held = opened_now(deps, request, here.link.link_id, here.now)
    now = inputs(chosen.held, action_for(here.workflow, chosen.held))
    form = _filled(here, held, {one.name: one.text for one in now})
    return _shown(here, chosen, form, 200, held.set_cookie)


def _chosen(request: Request, here: LinkHolder) -> EditedAction:
    entries = signable_entries(here.record, here.approval, here.now)
    number = request.query["edit"]
    for at, held in enumerate(entries, 1):
        if str(at) == number and action_for(here.workflow, held).editable:
            return EditedAction(at, held)
    raise HttpRefusal(notices.OTHER_ACTIONS)


def _take(
    deps: Deps, request: Request, here: LinkHolder, chosen: EditedAction, home: Way
) -> Response:
    given = fields(deps, request, MAX_BYTES)
    held = opened_here(deps, request, here.link)
    form = replace(_filled(here, held, _texts(here, chosen, given)), typed=given["code"].strip())
    wrong = code_faults(deps, here.link, held, form.typed)
    found = (*_faults(here, chosen, form.texts), *wrong)
    if found:
        return _shown(here, chosen, replace(form, faults=found), 422)
    try:
        after = record_edit(deps, here, chosen.held, form.texts)
    except (ContractBroken, NotPermitted) as refused:
        found = (Fault("edit", _sentence(refused)),)
        return _shown(here, chosen, replace(form, faults=found), 422)
    if after.approval.superseded:
        return notice(_done(here.workflow, action_for(here.workflow, chosen.held)), home=home)
    return closed(after, 409, home=home)


def _done(workflow: Workflow[Any], action: Action[Any, Any]) -> Notice:
    """What follows from the edit."""
    if action.chooser_signs:
        return notices.CHOSEN
    return notices.EDITED_WORDS if _signs_own(workflow, action) else notices.EDITED


def _filled(here: LinkHolder, held: Opened, texts: Mapping[str, str]) -> Form:
    return Form(shown=shown(here.approval), code=held.code, texts=texts)


def _texts(here: LinkHolder, chosen: EditedAction, given: Fields) -> dict[str, str]:
    """What was typed, by parameter. Raises HttpRefusal: not our form, or about another request."""
    names = action_for(here.workflow, chosen.held).editable
    if set(given) != _FIXED | {FIELD + name for name in names}:
        raise HttpRefusal(notices.MALFORMED)
    if given["shown"] != shown(here.approval):
        raise HttpRefusal(notices.OTHER_ACTIONS)
    return {name: given[FIELD + name] for name in names}


def _faults(here: LinkHolder, chosen: EditedAction, texts: Mapping[str, str]) -> tuple[Fault, ...]:
    action = action_for(here.workflow, chosen.held)
    wrong = faults(inputs(chosen.held, action), texts, here.now)
    return tuple(Fault(FIELD + name, f"{label(name)} {end}") for name, end in wrong.items())


def _sentence(refused: CountersignError) -> str:
    """For the person at the page: what is wrong field by field, or by rule, where that is told."""
    told: Sequence[str] = ()
    if isinstance(refused, ContractBroken):
        told = refused.told if isinstance(refused, EditForbidden) else refused.problems
    forbidden = "policy forbids this: " if isinstance(refused, EditForbidden) else ""
    words = forbidden + ("; ".join(one.rstrip(".") for one in told) or str(refused))
    return f"This edit cannot be recorded: {words}{'' if words.endswith('.') else '.'}"


def _shown(
    here: LinkHolder, chosen: EditedAction, form: Form, status: int, cookie: str = ""
) -> Response:
    view = edit_view(here.approval, here.person, here.workflow, chosen.number, chosen.held)
    return page(status, "edit.html.j2", cookie=cookie, it=view, form=form)


def record_edit(
    deps: Deps, here: LinkHolder, held: LedgerEntry, texts: Mapping[str, str]
) -> LinkHolder:
    """The visit after the write: its request is superseded when the edit stands; else somebody
    decided, or time did.

    Raises ContractBroken, with a sentence for the person, when the edit is not allowed;
    NotPermitted when the person may not edit, NotAuthorised when the stored bytes moved;
    HttpRefusal when another edit was first; StoreConflict when other writers did not let go.
    """

    def change_of(record: JobRecord) -> Change | None:
        now = here.at(record)
        if now.approval.superseded:
            raise HttpRefusal(replaced_notice(record, now.approval, now.person))
        return None if now.standing != "open" else _change(now, held, texts)

    record, change = deps.update(here.record.job.job_id, change_of)
    after = here.at(record)
    if change is not None:
        observability.step_done(record.job, change)
        go_on(deps, after)
    return after


def _change(here: LinkHolder, held: LedgerEntry, texts: Mapping[str, str]) -> Change:
    """The new entry, the request void with all its links and signatures. The due row heals a crash
    before the execution was told."""
    _check_may(here, held)
    made = edited(here.workflow, here.record, held, texts, by=here.member, now=here.now)
    rest = _rest(here, made)
    void = here.approval.model_copy(update={"superseded": True})
    entry, approvals = made, [void]
    if action_for(here.workflow, held).chooser_signs and here.member:
        people = Directory(members=(here.member,))
        entry, signed = signed_choice(people, here.approval, made, by=here.person.id, at=here.now)
        approvals = [void, signed]
    return Change(
        event=EDITED,
        actor=f"person:{here.person.id}",
        fields={
            "approval": here.approval.approval_id,
            "action": f"{held.index + 1} {held.action}",
            "changed": ", ".join(changed_names(held, made)),
            "old digest": held.digest,
            "new digest": made.digest,
            "void signatures": str(len(here.approval.signatures)),
        },
        ledger=(entry, *rest),
        approvals=tuple(approvals),
        token=here.record.tokens.get(here.approval.approval_id, ""),
        done=("approval", "reminder"),
        due=(Due(kind="callback", at=here.now + CALLBACK_AFTER),),
    )


def _rest(here: LinkHolder, made: LedgerEntry) -> tuple[LedgerEntry, ...]:
    """What else of the plan changes with the edit; what somebody rejected stays rejected."""
    kept = kept_rejections(here.approval, here.record.ledger)
    after = followed(here.workflow, here.record, made, by=here.member, now=here.now)
    rejected = {one.index for one in kept}
    return (*kept, *(one for one in after if one.index not in rejected))


def _check_may(here: LinkHolder, held: LedgerEntry) -> None:
    judged = may_edit(here.member, here.approval, here.now)
    if not judged.allowed:
        raise NotPermitted(judged.reason)
    if rejections(here.approval, held.digest):
        raise NotPermitted("somebody has rejected this action, and one rejection is enough")


@dataclass(frozen=True)
class EditField:
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
    """Empty where it is an id that says nothing to a signer."""
    inputs: tuple[EditField, ...]
    fixed: tuple[Param, ...]
    """Parameters that stay as they are, but for those that say nothing to a signer."""
    consequences: str


def edit_view(
    approval: Approval, person: Person, workflow: Workflow[Any], number: int, held: LedgerEntry
) -> Edit:
    """The view of an entry whose bytes were checked. Raises UnknownVersion."""
    action = action_for(workflow, held)
    content = held.content()
    target, kept = _as_it_is(content, action)
    return Edit(
        workflow=workflow.title,
        job_id=approval.job_id,
        person=person.name,
        number=number,
        words=visible(action.words(params_of(held, action))),
        target=visible(target),
        inputs=tuple(
            EditField(
                name=one.name,
                key=FIELD + one.name,
                label=label(one.name),
                kind=one.kind,
                required=one.required,
                most=MOST[one.kind],
                hint=action.hints.get(one.name, _HINTS[one.kind]),
                options=tuple((option, label(option)) for option in one.options),
            )
            for one in inputs(held, action)
        ),
        fixed=exact(kept),
        consequences=_consequences(approval, workflow, action),
    )


def _as_it_is(
    content: Mapping[str, Any], action: Action[Any, Any]
) -> tuple[str, Mapping[str, Any]]:
    """The target and the parameters that an edit leaves, without ids that say nothing."""
    params = content["params"]
    kept = {k: v for k, v in params.items() if k not in (*action.editable, *action.inner)}
    unsaid = content["target"] in [params.get(name) for name in action.inner]
    return "" if unsaid else content["target"], kept


def _signs_own(workflow: Workflow[Any], action: Action[Any, Any]) -> bool:
    """Whether who edits may sign, provided that they change words alone."""
    allowed = OWN_WORDS in workflow.release.limits.lists
    return allowed and bool(action.wording) and action.amount is None


def _consequences(approval: Approval, workflow: Workflow[Any], action: Action[Any, Any]) -> str:
    if action.chooser_signs:
        return _CHOICE
    signed = len(approval.signatures)
    void = f", and {counted(signed, 'signature')} on it" if signed else ""
    others = (
        "you may sign it yourself if you changed words alone"
        if _signs_own(workflow, action)
        else "somebody else must sign it: your own signature alone is not enough"
    )
    return (
        f"Your edit replaces this request{void}. "
        f"A new request shows what you changed, and {others}."
    )
