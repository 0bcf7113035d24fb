"""The mail with a code for one decision above a limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from countersign.domain.approvals import Person
from countersign.domain.change import JobRecord
from countersign.domain.money import Money
from countersign.domain.ports import Email
from countersign.pages.environment import render
from countersign.pages.text import UTC, moment, one_line
from countersign.workflows import WORKFLOWS


def code_mail(
    record: JobRecord,
    person: Person,
    amounts: Iterable[Money],
    code: str,
    until: datetime,
    *,
    zone: str = UTC,
) -> Email:
    """One code, for one person and one decision. It is not in the subject, which a locked phone
    shows to everybody."""
    workflow = WORKFLOWS.get(record.job.workflow)
    it = {
        "person": one_line(person.name, 40),
        "much": ", ".join(str(amount) for amount in amounts),
        "workflow": workflow.title if workflow else record.job.workflow,
        "code": code,
        "until": moment(until, zone),
        "job_id": record.job.job_id,
    }
    subject = f"Your code to approve {it['much']}"
    html = render("mail_code.html.j2", subject=subject, **it)
    return Email(to=person.address, subject=subject, text=_text(it), html=html)


def _text(it: Mapping[str, str]) -> str:
    return "\n".join(
        (
            f"Hello {it['person']},",
            "",
            f"you are about to approve {it['much']} ({it['workflow']}). Type this on the page:",
            "",
            it["code"],
            "",
            f"It works until {it['until']}, once, for this decision only. Nobody will ask you",
            "for it by phone or mail. If you are not deciding right now, somebody else has your",
            "link: do nothing with the code, and tell the person who runs this workflow.",
            "",
            f"Job {it['job_id']}",
            "",
        )
    )
