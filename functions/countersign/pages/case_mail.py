"""The mail to a case's owner: why, how the actions stand, and where it can be ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from countersign.domain.approvals import Person
from countersign.domain.case import Case
from countersign.domain.change import JobRecord
from countersign.domain.ports import Email
from countersign.pages.approval import STATUS_WORDS
from countersign.pages.environment import render
from countersign.pages.inbox import case_path
from countersign.pages.text import UTC, moment, one_line
from countersign.workflows import WORKFLOWS

_SUBJECT, _NAME, _LINE = 140, 40, 300


@dataclass(frozen=True)
class _CaseMail:
    subject: str
    person: str
    workflow: str
    reason: str
    actions: tuple[str, ...]
    due: str
    url: str
    command: str


def case_opened(
    record: JobRecord, case: Case, owner: Person, base_url: str, zone: str = UTC
) -> Email:
    """The notice to a case's owner: why, how the actions stand, and where the three ways out are:
    on its page, for whoever is signed in, or at a terminal."""
    workflow = WORKFLOWS.get(record.job.workflow)
    title = workflow.title if workflow else record.job.workflow
    reason = one_line(case.reason, _LINE)
    it = _CaseMail(
        subject=one_line(f"Case: {title}: {reason}", _SUBJECT),
        person=one_line(owner.name, _NAME),
        workflow=title,
        reason=reason,
        # Ids, not words: the words hold addresses, and the case page has them.
        actions=tuple(f"{h.action}: {STATUS_WORDS[h.status]}" for h in record.ledger),
        due=moment(case.due_at, zone),
        url=f"{base_url}{case_path(case.job_id)}",
        command=f"countersign case {case.job_id} resume|done|close --by PERSON",
    )
    html = render("mail_case.html.j2", it=asdict(it))
    return Email(to=owner.address, subject=it.subject, text=_case_text(it), html=html)


def _case_text(it: _CaseMail) -> str:
    return "\n".join(
        (
            f"Hello {it.person},",
            "",
            f"a job of {it.workflow} cannot go on by itself: {it.reason}",
            *(("", "How its actions stand:") if it.actions else ()),
            *(f"  - {line}" for line in it.actions),
            "",
            f"Please take it up before {it.due}:",
            it.url,
            f"  or at a terminal: {it.command}",
            "",
            "Opening the page decides nothing. It asks you to sign in first.",
            "",
        )
    )
