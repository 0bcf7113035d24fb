"""Several requests of like risk decided together: each by the one function, each on its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from countersign import observability
from countersign.approvals.access import Addressee, arrived
from countersign.approvals.decide import record_decision
from countersign.approvals.mailed_code import CodeAsked
from countersign.domain.approvals.approval import Choice, Decision
from countersign.domain.errors import NotAuthorised, NotPermitted, Transient, UnknownVersion
from countersign.portal.inbox_view import MOST, shown
from countersign.portal.risk import like, together
from countersign.portal.session import SignedIn
from countersign.runtime.deps import Deps
from countersign.web import forms, notices
from countersign.web.forms import REASON_LIMIT, Fault, Fields, HttpRefusal
from countersign.web.http import Response
from countersign.web.paths import is_id, path, path_of
from countersign.web.responses import page
from countersign.web.text import Pieces, visible
from countersign.web.wording import in_words

PLACE = "inbox"
BUDGET = timedelta(seconds=10)
"""After this no further request is begun: the function's own time is 15 seconds."""
NAMING = timedelta(seconds=3)
"""For this long what was not reached is still read, so that its row can name it."""
_LATE = "Not reached in time; nothing was recorded. Decide it again."
_TAKEN = "take-"
_FIXED = frozenset({"group", "listed", "reason", "code", "opened"})
_OPTIONAL = frozenset({"choice", "all"})
_VERBS = {Choice.APPROVE: "approved", Choice.REJECT: "rejected"}
_STANDING = {
    "signed": "You have signed it already; somebody else must sign too.",
    "expired": "The time to decide has passed; it is not approved.",
    "replaced": "It was replaced by a newer request; nothing was recorded.",
    "moved on": "The job does not wait for a signature any more.",
}


@dataclass(frozen=True)
class FilledGroup:
    """The form of one group. `taken` are the checked requests: job and digests by approval."""

    group: str
    choice: str
    reason: str
    taken: Mapping[str, str]
    everything: bool
    opened_at: datetime | None = None

    @property
    def code_field(self) -> str:
        """Id of the group's own code field."""
        return f"code-{self.group}"

    def kept(self) -> dict[str, str]:
        """What to show again when something was wrong."""
        checked = {"all": "yes"} if self.everything else dict.fromkeys(self.taken, "yes")
        return {**checked, "group": self.group, "choice": self.choice}


def read(fields: Fields) -> FilledGroup:
    """The form. Raises HttpRefusal when it is not ours."""
    taken = {k.removeprefix(_TAKEN) for k in fields if k.startswith(_TAKEN)}
    others = {k for k in fields if not k.startswith(_TAKEN)} - _OPTIONAL
    listed = _listed(fields.get("listed", ""))
    if others != _FIXED or not taken <= set(listed) or len(listed) > MOST:
        raise HttpRefusal(notices.MALFORMED)
    everything = "all" in fields
    return FilledGroup(
        group=fields["group"],
        choice=fields.get("choice", ""),
        reason=forms.text(fields, "reason"),
        taken=listed if everything else {one: listed[one] for one in listed if one in taken},
        everything=everything,
    )


def _listed(text: str) -> dict[str, str]:
    """What the page showed: approval, job and digests, one request a line."""
    lines = (one.strip().partition(" ") for one in text.splitlines())
    return {approval: rest for approval, _, rest in lines if is_id(approval)}


def faults(filled: FilledGroup) -> tuple[Fault, ...]:
    """What is missing or too long, the code apart."""
    found = []
    if not filled.taken:
        found.append(Fault(f"group-{filled.group}", "Check at least one request."))
    if filled.choice not in set(Choice):
        found.append(Fault(f"choice-{filled.group}", "Choose approve or reject."))
    if filled.choice == Choice.REJECT and not filled.reason:
        found.append(Fault(f"reason-{filled.group}", "A rejection needs a reason."))
    if len(filled.reason) > REASON_LIMIT:
        words = f"The reason is longer than {REASON_LIMIT} characters."
        found.append(Fault(f"reason-{filled.group}", words))
    return tuple(found)


@dataclass(frozen=True)
class Result:
    """What became of one request. `done`: this decision is recorded."""

    words: tuple[Pieces, ...]
    path: str
    done: bool
    said: str


@dataclass(frozen=True)
class Results:
    """The page."""

    person: str
    verb: str
    results: tuple[Result, ...]

    @property
    def done(self) -> int:
        """How many were recorded."""
        return sum(one.done for one in self.results)


def decided(deps: Deps, who: SignedIn, filled: FilledGroup) -> Response:
    """One decision for each checked request, and a page that says what became of each."""
    until = who.now + BUDGET
    results = []
    for approval_id, value in filled.taken.items():
        late = deps.clock.now() >= until
        one = _unreached if late else _one
        results.append(one(deps, who, filled, approval_id, value))
    observability.count("BulkDecisions", sum(one.done for one in results))
    view = Results(who.member.person.name, _VERBS[Choice(filled.choice)], tuple(results))
    return page(200, "bulk.html.j2", it=view)


def _unreached(deps: Deps, who: SignedIn, _: FilledGroup, approval_id: str, value: str) -> Result:
    """Named like the others, for as long as there is time to read it; after that by its job."""
    job_id = value.partition(" ")[0]
    by_job = (visible(f"Job {job_id}"),)
    there = path_of(job_id, approval_id) if is_id(job_id) else ""
    if deps.clock.now() >= who.now + BUDGET + NAMING:
        return _result(by_job, there, _LATE)
    try:
        here = arrived(deps, job_id, approval_id, who.member.person.id)
    except (HttpRefusal, Transient, UnknownVersion):
        return _result(by_job, there, _LATE)
    return _said(here, _LATE)


def _one(deps: Deps, who: SignedIn, filled: FilledGroup, approval_id: str, value: str) -> Result:
    try:
        here = arrived(deps, value.partition(" ")[0], approval_id, who.member.person.id)
    except (HttpRefusal, UnknownVersion):
        return _result((), "", "It was replaced or does not wait for you; nothing was recorded.")
    except Transient:
        return _result((), "", "A system behind this page did not answer. Look at it again.")
    try:
        return _said(here, _record(deps, here, filled, value))
    except (NotAuthorised, UnknownVersion):
        observability.count("ApprovalsDamaged")
        return _said(here, "What is stored is not what was asked about; it must not be signed.")
    except CodeAsked:
        return _said(here, "It needs a mailed code: decide it on its own page.")
    except Transient:
        return _said(here, "A system behind this page did not answer. Look at it again.")


def _record(deps: Deps, here: Addressee, filled: FilledGroup, value: str) -> str:
    """Why nothing was recorded; empty when the decision is."""
    refused = _closed(here) or _changed(here, filled, value)
    if refused:
        return refused
    decision = Decision(
        by=here.person.id,
        at=here.now,
        choices=dict.fromkeys(here.approval.digests, Choice(filled.choice)),
        reason=filled.reason,
        opened_at=filled.opened_at,
        via="inbox",
    )
    try:
        after = record_decision(deps, here, decision)
    except NotPermitted as refused:
        return f"Nothing was recorded: {refused}."
    return "" if decision in after.approval.signatures else _closed(after)


def _closed(here: Addressee) -> str:
    made = here.approval.decision
    if made is None:
        return _STANDING.get(here.standing, "")
    if made.by == here.person.id:
        return "You have decided it already."
    by = here.approval.person(made.by)
    return f"Already decided by {by.name}." if by else "Nobody decided in time; not approved."


def _changed(here: Addressee, filled: FilledGroup, value: str) -> str:
    about = (here.record, here.approval, here.workflow, here.now)
    if value != shown(here.approval) or like(*about) != filled.group:
        return "It changed since the page was shown; nothing was recorded. Read it again."
    if not together(*about):
        return "It must be read and decided on its own page; nothing was recorded."
    return ""


def _said(here: Addressee, refused: str) -> Result:
    by_digest = {held.digest: held for held in here.record.ledger}
    entries = (by_digest[one] for one in here.approval.digests if one in by_digest)
    words = tuple(visible(in_words(held, here.workflow)) for held in entries)
    return _result(words, path(here.approval), refused)


def _result(words: tuple[Pieces, ...], where: str, refused: str) -> Result:
    return Result(words=words, path=where, done=not refused, said=refused or "Recorded.")
