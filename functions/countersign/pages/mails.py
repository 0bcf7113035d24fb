"""The mails: what and how much in the subject, what will happen in one list, the link once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from countersign.domain.actions import LedgerEntry
from countersign.domain.approvals import Approval, Person
from countersign.domain.change import JobRecord
from countersign.domain.policy import Reason
from countersign.domain.ports import Email
from countersign.domain.proposal import Proposal
from countersign.domain.workflow import Workflow, action_for
from countersign.pages.approval import asked, in_words, stored
from countersign.pages.context import names_of
from countersign.pages.environment import render
from countersign.pages.params import amounts
from countersign.pages.reasons import because
from countersign.pages.text import UTC, counted, moment, one_line
from countersign.workflows import WORKFLOWS

_SUBJECT, _NAME, _LINE = 140, 40, 300


Occasion = Literal["request", "reminder", "new link"]
"""Why a request is mailed."""

# In brackets: mail programs leave such a word out when they compare subjects (RFC 5256, 2.1).
_BEFORE: Mapping[Occasion, str] = {
    "request": "",
    "reminder": "[Reminder] ",
    "new link": "[New link] ",
}
_FIRST: Mapping[Occasion, str] = {
    "request": "",
    "reminder": "This is a reminder: half of the time is over, and your answer is missing.",
    "new link": "This is your new link. The one before was closed after five wrong codes.",
}


@dataclass(frozen=True)
class _Request:
    subject: str
    first: str
    person: str
    workflow: str
    actions: tuple[str, ...]
    reasons: tuple[str, ...]
    deadline: str
    offline: bool
    others: str
    url: str


def approval_request(
    record: JobRecord,
    approval: Approval,
    person: Person,
    url: str,
    occasion: Occasion = "request",
    *,
    zone: str = UTC,
) -> Email:
    """To one approver, with times in their `zone`. Raises NotAuthorised or UnknownVersion."""
    workflow = WORKFLOWS[record.job.workflow]
    entries = asked(record, approval, approval.requested_at)
    proposal = stored(record, "proposal", Proposal)
    names = names_of(record, {})
    about = _money(entries, approval, workflow, names) or _subject(entries, proposal, names)
    others = ", ".join(one_line(p.name, _NAME) for p in approval.approvers if p.id != person.id)
    it = _Request(
        subject=one_line(_BEFORE[occasion] + about, _SUBJECT),
        first=_FIRST[occasion],
        person=one_line(person.name, _NAME),
        workflow=workflow.title,
        actions=tuple(_told(held, workflow, names) for held in entries),
        reasons=tuple(dict.fromkeys(_reasons(entries))),
        deadline=moment(approval.deadline, zone),
        offline=proposal.offline,
        others=others,
        url=url,
    )
    html = render("mail_request.html.j2", it=asdict(it))
    return Email(to=person.address, subject=it.subject, text=_request_text(it), html=html)


def _money(
    entries: tuple[LedgerEntry, ...],
    approval: Approval,
    workflow: Workflow[Any],
    names: Mapping[str, str],
) -> str:
    """`Sign: Refund 59.90 EUR of order 1042 (+1 action)`: what moves money names the request."""
    main = next((held for held in entries if held.digest in approval.amounts), None)
    if main is None:
        return ""
    sentence = in_words(main, workflow).partition(". ")[0].rstrip(".")
    return f"Sign{_edited(entries, names)}: {sentence}{_more(entries)}"


def _more(entries: tuple[LedgerEntry, ...]) -> str:
    return f" (+{counted(len(entries) - 1, 'action')})" if len(entries) > 1 else ""


def _subject(entries: tuple[LedgerEntry, ...], proposal: Proposal, names: Mapping[str, str]) -> str:
    """`Sign: reply to Maria Keller, Keller GmbH (+2 actions)`: what cannot be undone comes first
    in a plan's words, so the last asked action, the farthest-reaching, names the request."""
    main = entries[-1]
    content = main.content()
    parts = [one_line(proposal.value(name) or "", _NAME) for name in ("name", "company")]
    who = ", ".join(name for name in parts if name) or one_line(content["target"], 2 * _NAME)
    money = ", ".join(str(amount) for held in entries for amount in amounts(_params(held)))
    much = f", {money}" if money else ""
    return f"Sign{_edited(entries, names)}: {_kind(main)} {who}{much}{_more(entries)}"


def _told(held: LedgerEntry, workflow: Workflow[Any], names: Mapping[str, str]) -> str:
    """What one action does, whether that is final, and who edited it."""
    words = one_line(in_words(held, workflow), _LINE).rstrip(".") + "."
    return words + _final(held, workflow) + _edited((held,), names)


def _final(held: LedgerEntry, workflow: Workflow[Any]) -> str:
    """` Cannot be undone.`; nothing for what can."""
    return "" if action_for(workflow, held).reversible else " Cannot be undone."


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
            *((it.first, "") if it.first else ()),
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
