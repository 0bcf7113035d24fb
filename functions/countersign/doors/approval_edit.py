"""Editing an action before it is signed: the edit replaces the request, and others sign it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countersign import observability
from countersign.deps import Deps
from countersign.domain.actions import LedgerEntry
from countersign.domain.authority import may_edit
from countersign.domain.change import Change, Due
from countersign.domain.edits import changed_names, edited
from countersign.domain.errors import ContractBroken, NotAuthorised, StoreConflict
from countersign.domain.fields import faults, inputs
from countersign.domain.workflow import action_for
from countersign.doors import approval_form as form_in
from countersign.doors.approval_answers import notice, page
from countersign.doors.approval_closed import closed
from countersign.doors.approval_code import code_faults, opened_here
from countersign.doors.approval_cookie import Opened, opened_now
from countersign.doors.approval_decision import CALLBACK_AFTER, WRITES, go_on
from countersign.doors.approval_form import TurnedAway
from countersign.doors.approval_visit import Visit
from countersign.doors.http import Request, Response
from countersign.pages import notices
from countersign.pages.approval import asked
from countersign.pages.edit import FIELD, edit_view
from countersign.pages.form import Fault, Form
from countersign.pages.replaced import EDITED, replaced_notice
from countersign.pages.text import label

MAX_BYTES = 256 * 1024
"""A long reply in a script that needs nine characters a letter in a form."""

_FIXED = frozenset({"shown", "code"})


@dataclass(frozen=True)
class Chosen:
    """The action that is edited, and its number on the page."""

    number: int
    held: LedgerEntry


def edit(deps: Deps, request: Request, here: Visit, *, home: str = "") -> Response:
    """The form (GET), or the edit (POST), of the action that the address names by its number.
    `home` is the way back to the inbox, in words."""
    chosen = _chosen(request, here)
    if request.method == "POST":
        return _take(deps, request, here, chosen, home)
    held = opened_now(deps, request, here.link.link_id, here.now)
    fields = inputs(chosen.held, action_for(here.workflow, chosen.held))
    form = _filled(here, held, {one.name: one.text for one in fields})
    return _shown(here, chosen, form, 200, held.set_cookie)


def _chosen(request: Request, here: Visit) -> Chosen:
    entries = asked(here.record, here.approval, here.now)
    number = request.query["edit"]
    for at, held in enumerate(entries, 1):
        if str(at) == number and action_for(here.workflow, held).editable:
            return Chosen(at, held)
    raise TurnedAway(notices.OTHER_ACTIONS)


def _take(deps: Deps, request: Request, here: Visit, chosen: Chosen, home: str) -> Response:
    form_in.trust_origin(request, deps.settings.public_base_url)
    fields = form_in.fields_of(request, MAX_BYTES)
    held = opened_here(deps, request, here.link)
    form = replace(_filled(here, held, _texts(here, chosen, fields)), typed=fields["code"].strip())
    wrong = code_faults(deps, here.link, held, form.typed)
    found = (*_faults(here, chosen, form.texts), *wrong)
    if found:
        return _shown(here, chosen, replace(form, faults=found), 422)
    try:
        after = record_edit(deps, here, chosen.held, form.texts)
    except ContractBroken as refused:
        found = (Fault("edit", _sentence(refused)),)
        return _shown(here, chosen, replace(form, faults=found), 422)
    if after.approval.superseded:
        return notice(notices.EDITED, home=home)
    return closed(after, 409, home=home)


def _filled(here: Visit, held: Opened, texts: Mapping[str, str]) -> Form:
    return Form(shown=form_in.shown(here.approval), code=held.code, texts=texts)


def _texts(here: Visit, chosen: Chosen, fields: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by parameter. Raises TurnedAway: not our form, or about another request."""
    names = action_for(here.workflow, chosen.held).editable
    if set(fields) != _FIXED | {FIELD + name for name in names}:
        raise TurnedAway(notices.MALFORMED)
    if fields["shown"] != form_in.shown(here.approval):
        raise TurnedAway(notices.OTHER_ACTIONS)
    return {name: fields[FIELD + name] for name in names}


def _faults(here: Visit, chosen: Chosen, texts: Mapping[str, str]) -> tuple[Fault, ...]:
    action = action_for(here.workflow, chosen.held)
    wrong = faults(inputs(chosen.held, action), texts, here.now)
    return tuple(Fault(FIELD + name, f"{label(name)} {end}") for name, end in wrong.items())


def record_edit(deps: Deps, here: Visit, held: LedgerEntry, texts: Mapping[str, str]) -> Visit:
    """The visit after the write: its request is superseded when the edit stands; else somebody
    decided, or time did.

    Raises ContractBroken, with a sentence for the person, when the edit is not allowed;
    NotAuthorised when the stored bytes moved or the person may not edit; TurnedAway when another
    edit was first; StoreConflict when other writers did not let go.
    """
    for _ in range(WRITES):
        made = edited(here.workflow, here.record, held, texts, by=here.member, now=here.now)
        try:
            return _written(deps, here, held, made)
        except StoreConflict:
            here = _reloaded(deps, here, made)
            if here.approval.superseded or here.standing != "open":
                return here
    raise StoreConflict("the job kept changing; nothing was edited")


def _written(deps: Deps, here: Visit, held: LedgerEntry, made: LedgerEntry) -> Visit:
    """One commit: the new entry, the request void with all its links and signatures. The due row
    heals a crash before the execution was told."""
    judged = may_edit(here.member, here.approval, here.now)
    if not judged.allowed:
        raise NotAuthorised(judged.reason)
    replaced = here.approval.model_copy(update={"superseded": True})
    change = Change(
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
        ledger=(made,),
        approvals=(replaced,),
        done=("approval", "reminder"),
        due=(Due(kind="callback", at=here.now + CALLBACK_AFTER),),
    )
    record = deps.commit(here.record, change)
    observability.step_done(record.job, change)
    after = replace(here, record=record, approval=replaced)
    go_on(deps, after)
    return after


def _reloaded(deps: Deps, here: Visit, made: LedgerEntry) -> Visit:
    """The visit as it is now; our own write looks like a conflict when its answer was lost."""
    record = deps.store.load(here.record.job.job_id)
    after = replace(here, record=record, approval=record.approvals[here.approval.approval_id])
    ours = any(one == made for one in record.ledger)
    if after.approval.superseded and not ours:
        raise TurnedAway(replaced_notice(after.record, after.approval, after.person))
    if after.approval.superseded:
        go_on(deps, after)
    return after


def _sentence(refused: ContractBroken) -> str:
    words = str(refused)
    return f"This edit cannot be recorded: {words}{'' if words.endswith('.') else '.'}"


def _shown(here: Visit, chosen: Chosen, form: Form, status: int, cookie: str = "") -> Response:
    view = edit_view(here.approval, here.person, here.workflow, chosen.number, chosen.held)
    return page(status, "edit.html.j2", cookie=cookie, it=view, form=form)
