"""The mails: what and how much in the subject, what will happen in one list, the link once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import Approval, Person
from countersign.domain.case import Case
from countersign.domain.change import JobRecord
from countersign.domain.policy import Reason
from countersign.domain.ports import Email
from countersign.domain.proposal import Proposal
from countersign.pages.approval import STATUS_WORDS, asked, in_words, stored
from countersign.pages.context import names_of
from countersign.pages.environment import render
from countersign.pages.params import amounts
from countersign.pages.reasons import because
from countersign.pages.text import counted, moment, one_line
from countersign.workflows import WORKFLOWS

_SUBJECT, _NAME, _LINE = 140, 40, 300


@dataclass(frozen=True)
class _Request:
    subject: str
    person: str
    workflow: str
    actions: tuple[str, ...]
    reasons: tuple[str, ...]
    deadline: str
    offline: bool
    others: str
    url: str


@dataclass(frozen=True)
class _CaseMail:
    subject: str
    person: str
    workflow: str
    reason: str
    actions: tuple[str, ...]
    due: str
    ways: tuple[str, ...]


def approval_request(record: JobRecord, approval: Approval, person: Person, url: str) -> Email:
    """The request to one approver. Raises NotAuthorised or UnknownVersion when what is stored
    cannot be shown: then nobody is asked to sign it."""
    workflow = WORKFLOWS[record.job.workflow]
    entries = asked(record, approval, approval.requested_at)
    proposal = stored(record, "proposal", Proposal)
    names = names_of(record, {})
    others = ", ".join(one_line(p.name, _NAME) for p in approval.approvers if p.id != person.id)
    it = _Request(
        subject=one_line(_subject(entries, proposal, names), _SUBJECT),
        person=one_line(person.name, _NAME),
        workflow=workflow.title,
        actions=tuple(
            one_line(in_words(held, workflow), _LINE) + _edited((held,), names) for held in entries
        ),
        reasons=tuple(dict.fromkeys(_reasons(entries))),
        deadline=moment(approval.deadline),
        offline=proposal.offline,
        others=others,
        url=url,
    )
    html = render("mail_request.html.j2", it=asdict(it))
    return Email(to=person.address, subject=it.subject, text=_request_text(it), html=html)


def case_opened(record: JobRecord, case: Case, owner: Person) -> Email:
    """The notice to a case's owner: why, how the actions stand, and the three ways out."""
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
        due=moment(case.due_at),
        ways=(
            f"countersign show {case.job_id}",
            f"countersign case {case.job_id} resume|done|close",
        ),
    )
    html = render("mail_case.html.j2", it=asdict(it))
    return Email(to=owner.address, subject=it.subject, text=_case_text(it), html=html)


def _subject(entries: tuple[LedgerEntry, ...], proposal: Proposal, names: Mapping[str, str]) -> str:
    """`Sign: reply to Maria Keller, Keller GmbH (+2 actions)`: what cannot be undone comes first
    in a plan's words, so the last asked action, the farthest-reaching, names the request."""
    main = entries[-1]
    content = main.content()
    parts = [one_line(proposal.value(name) or "", _NAME) for name in ("name", "company")]
    who = ", ".join(name for name in parts if name) or one_line(content["target"], 2 * _NAME)
    money = ", ".join(str(amount) for held in entries for amount in amounts(_params(held)))
    more = f" (+{counted(len(entries) - 1, 'action')})" if len(entries) > 1 else ""
    return (
        f"Sign{_edited(entries, names)}: {_kind(main)} {who}{', ' + money if money else ''}{more}"
    )


def _edited(entries: tuple[LedgerEntry, ...], names: Mapping[str, str]) -> str:
    """` (edited by Robin Doyle)`; nothing when nobody edited."""
    ids = dict.fromkeys(held.edited_by for held in entries if held.edited_by)
    who = ", ".join(one_line(names.get(one, one), _NAME) for one in ids)
    return f" (edited by {who})" if who else ""


def _params(held: LedgerEntry) -> Mapping[str, Any]:
    params: dict[str, Any] = held.content()["params"]
    return params


def _kind(held: LedgerEntry) -> str:
    """`email.send_reply` as `reply to`, `crm.create_lead` as `create lead for`."""
    name = held.action.rpartition(".")[2]
    if name.startswith("send_"):
        return name.removeprefix("send_").replace("_", " ") + " to"
    return name.replace("_", " ") + " for"


def _reasons(entries: Iterable[LedgerEntry]) -> Iterator[str]:
    for held in entries:
        yield from (_reason(reason) for reason in held.verdict.reasons)


def _reason(reason: Reason) -> str:
    return one_line(because(reason), _LINE)


def _request_text(it: _Request) -> str:
    offline = "Offline model: no language model answered; plain heuristics read the message."
    return "\n".join(
        (
            f"Hello {it.person},",
            "",
            f"{it.workflow} needs your signature. If you approve, this will happen:",
            *(f"  {number}. {line}" for number, line in enumerate(it.actions, 1)),
            "",
            "Why you are asked:",
            *(f"  - {line}" for line in it.reasons),
            "",
            f"Until {it.deadline}. After that it is not approved, and nothing of it runs.",
            *((offline,) if it.offline else ()),
            "",
            "Read and decide:",
            it.url,
            "",
            "Opening the link decides nothing. It is yours alone: please do not forward this mail.",
            *((f"Also asked: {it.others}.",) if it.others else ()),
            "",
        )
    )


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
            *(f"  {line}" for line in it.ways),
            "",
        )
    )
