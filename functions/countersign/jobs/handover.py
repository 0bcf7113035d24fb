"""Opening a case and telling its owner, whoever finds that a person must look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from countersign import observability
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.working_hours import Hours, worked
from countersign.domain.contract import ContractT
from countersign.domain.errors import Ambiguous, DefinitionBroken, UnknownVersion
from countersign.domain.jobs.cases import EACH_DAY, Case
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import handed_of
from countersign.domain.jobs.inbox import open_case
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.mail import Email, of_job
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow, money_facts
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post
from countersign.web.paths import case_path
from countersign.web.rendering import render
from countersign.web.text import UTC, label, moment, one_line, sum_of
from countersign.web.wording import status_words

_SUBJECT, _NAME, _LINE, _ABOUT = 140, 40, 300, 120


@dataclass(frozen=True)
class _CaseMail:
    subject: str
    person: str
    workflow: str
    reason: str
    about: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    due: str
    url: str
    command: str


def case_opened(
    record: JobRecord,
    workflow: Workflow[Any] | None,
    case: Case,
    owner: Person,
    base_url: str,
    *,
    zone: str = UTC,
    begins: str = "Case",
) -> Email:
    """The notice to a case's owner: why, what it is about, how the actions stand, and where the
    three ways out are: on its page, for whoever is signed in, or at a terminal."""
    title = workflow.title if workflow else record.job.workflow
    reason, seen = one_line(case.reason, _LINE), about(record, workflow)
    it = _CaseMail(
        subject=one_line(f"{begins}: {title}: {reason}{_by(seen)}", _SUBJECT),
        person=one_line(owner.name, _NAME),
        workflow=title,
        reason=reason,
        about=tuple(seen.items()),
        # Names, not sentences: those hold addresses, and the case page has them.
        actions=tuple(_standing(record.ledger)),
        due=moment(case.due_at, zone),
        url=f"{base_url}{case_path(case.job_id)}",
        command=f"countersign case {case.job_id} resume|done|close --by PERSON",
    )
    html = render("mail_case.html.j2", it=asdict(it))
    return Email(to=owner.address, subject=it.subject, text=_case_text(it), html=html)


def _by(seen: Mapping[str, str]) -> str:
    """` · tom@example.com`: who wrote, where that is known."""
    return f" · {seen['From']}" if "From" in seen else ""


def _standing(ledger: Iterable[LedgerEntry]) -> Iterator[str]:
    """`Save contact, create lead: done and checked`: those that stand alike in one line."""
    alike: dict[str, list[str]] = {}
    for held in ledger:
        alike.setdefault(status_words(held), []).append(_name(held))
    for words, names in alike.items():
        yield f"{', '.join(names).capitalize()}: {words}"


def _name(held: LedgerEntry) -> str:
    """`crm.create_lead` as `create lead`."""
    return label(held.action.rpartition(".")[2]).lower().replace("upsert", "save")


def _case_text(it: _CaseMail) -> str:
    return "\n".join(
        (
            f"Take up before {it.due}: {it.reason}",
            "",
            f"Hello {it.person},",
            "",
            f"a job of {it.workflow} needs a person.",
            *(("",) if it.about else ()),
            *(f"  {name}: {said}" for name, said in it.about),
            *(("", "How its actions stand:") if it.actions else ()),
            *(f"  - {line}" for line in it.actions),
            "",
            "Read it and end it:",
            it.url,
            f"  or at a terminal: {it.command}",
            "",
            "Opening the page decides nothing. It asks you to sign in first.",
            "",
        )
    )


def team_name(deps: Deps, role: str) -> str:
    """A role in the company's own words; the role where it names no such team."""
    teams = deps.company.teams if deps.company else {}
    return teams[role].name if role in teams else role


CASE_FOR = timedelta(days=2)


def new_case(deps: Deps, record: JobRecord, reason: str) -> Case:
    """A case for the team that the job was handed over to, else for the owner of its workflow.
    `reason` quotes nothing from outside."""
    workflow, handed = _workflow(deps, record), handed_of(record)
    if handed and handed.team:
        return case_for(deps, record, handed.team, reason)
    now, owner = deps.clock.now(), workflow.owner if workflow else "operations"
    return _case(record, reason, owner, now, now + CASE_FOR)


def case_for(deps: Deps, record: JobRecord, team: str, reason: str) -> Case:
    """A case for a team, due in its own time."""
    now = deps.clock.now()
    return _case(record, reason, team, now, _due(deps, team, now))


def _case(record: JobRecord, reason: str, owner: str, now: datetime, due_at: datetime) -> Case:
    job_id = record.job.job_id
    return Case(job_id=job_id, reason=reason, owner=owner, opened_at=now, due_at=due_at)


def _due(deps: Deps, team: str, now: datetime) -> datetime:
    """When the team's own time is over, in the company's working hours."""
    of = deps.company
    if of is None or team not in of.teams:
        return now + CASE_FOR
    within = timedelta(hours=float(of.teams[team].hours))
    return worked(now, within, Hours(zone=of.zone), frozenset(of.holidays))


def tell_owner(deps: Deps, record: JobRecord) -> None:
    """Mail the notice of the job's case to everybody who is there for the role that owns it, once
    per case and person and while it is open; a mark follows each mail. Raises Throttled and
    Unavailable: whoever is not marked has not been told."""
    case = open_case(record)
    if case is not None:
        _tell(deps, record, case, owners(deps, case.owner), "Case")


def remind_of_case(deps: Deps, record: JobRecord) -> None:
    """Halfway to its due time its owners are reminded; when it is due, and each day after that,
    whoever is named for cases is told beside them, and from the second day on it is an alarm."""
    case, now = open_case(record), deps.clock.now()
    if case is None:
        return
    people = owners(deps, case.owner)
    if now < case.due_at:
        _tell(deps, record, case, people, "Reminder")
        return
    _tell(deps, record, case, {*people, *_fallback(deps)}, f"Overdue since {case.due_at:%d %b}")
    if now >= case.due_at + EACH_DAY:
        observability.count("CasesOverdue")


def owners(deps: Deps, role: str) -> set[Person]:
    """Who is there for a role; where nobody is, whoever is named for cases."""
    present = deps.people.directory().present(role, deps.clock.now())
    return {member.person for member, _ in present} or _fallback(deps)


def _fallback(deps: Deps) -> set[Person]:
    owner = deps.settings.case_owner
    return {owner} if owner else set()


def _tell(
    deps: Deps, record: JobRecord, case: Case, people: Collection[Person], begins: str
) -> None:
    workflow, directory = _workflow(deps, record), deps.people.directory()
    for person in sorted(people, key=lambda one: one.id):
        mark = f"{begins.lower()}-{int(case.opened_at.timestamp())}-{person.id}".replace(" ", "-")
        if mark in record.notes:
            continue
        zone = directory.zone(person, workflow.zone if workflow else "UTC")
        base = deps.settings.public_base_url
        notice = case_opened(record, workflow, case, person, base, zone=zone, begins=begins)
        send_once(deps, of_job(notice, record.job.job_id, "case"))
        deps.store.note(record.job.job_id, mark)


def about(record: JobRecord, workflow: Workflow[Any] | None) -> Mapping[str, str]:
    """What a job is about, for whoever is to take it up: who wrote, the subject, the amount; what
    this code cannot read any more is left out."""
    given = _read(record, "input", workflow.input) if workflow else None
    proposal = _read(record, "proposal", Proposal)
    subject = getattr(given, "subject", "") or getattr(given, "text", "")
    said = {
        "From": one_line(getattr(given, "sender", ""), _NAME * 2),
        "Subject": one_line(subject, _ABOUT),
        "Amount": _amount(workflow, proposal) if workflow and proposal else "",
    }
    return {name: text for name, text in said.items() if text}


def _amount(workflow: Workflow[Any], proposal: Proposal) -> str:
    facts = (money_facts(word) for word in workflow.money.values())
    sums = (sum_of(*(proposal.value(name) or "" for name in names)) for names in facts)
    return one_line(", ".join(filter(None, sums)), _NAME)


def _read(record: JobRecord, name: str, kind: type[ContractT]) -> ContractT | None:
    held = record.results.get(name)
    try:
        return held.as_(kind) if held else None
    except UnknownVersion:
        return None


def _workflow(deps: Deps, record: JobRecord) -> Workflow[Any] | None:
    """The job's workflow; None when this code has none that can be read. A case does not fail for
    the very reason it is opened for."""
    try:
        return deps.workflows.get(record.job.workflow)
    except DefinitionBroken:
        return None


def send_once(deps: Deps, notice: Email) -> None:
    """An answer that was lost counts as sent: the case stands, and stays on the page of cases."""
    try:
        post(deps).send(notice)
    except Ambiguous:
        observability.logger().warning("the mail about a case may not have been sent")
