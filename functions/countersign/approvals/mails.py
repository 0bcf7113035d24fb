"""Mailing requests: to today's addresses, marked as sent. Used by Ask and by tick.

What is owed can be read from the job: whoever was asked and has no mark. So whoever mails late, or
again after a crash, finds out whom; a mail may come twice rather than never.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from countersign import observability
from countersign.approvals.service import Minted, address
from countersign.approvals.views.signatures import names_of
from countersign.domain.approvals.approval import Approval, Person
from countersign.domain.approvals.links import times_closed
from countersign.domain.errors import Ambiguous, Refused
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.jobs.mail_events import unreached
from countersign.domain.jobs.signable import signable_entries
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.mail import LINK, Email, of_job
from countersign.domain.policy.policy import Reason
from countersign.domain.policy.proposal import Proposal
from countersign.domain.workflow import Workflow, action_for
from countersign.runtime.deps import Deps
from countersign.runtime.pace import post
from countersign.web.headline import amounts, headline
from countersign.web.paths import HOME, path
from countersign.web.rendering import render
from countersign.web.text import UTC, counted, moment, one_line
from countersign.web.wording import in_words, told_since

REFUSED = "refused by the provider"
_SUBJECT, _NAME, _LINE = 140, 40, 300

Occasion = Literal["request", "reminder", "new link"]
"""Why a request is mailed."""

# In brackets: mail programs leave such a word out when they compare subjects (RFC 5256, 2.1).
_BEFORE: Mapping[Occasion, str] = {
    "request": "",
    "reminder": "[Reminder] ",
    "new link": "[New link] ",
}

_AGAIN = "[Asked again] "

_FIRST: Mapping[Occasion, str] = {
    "request": "",
    "reminder": "This is a reminder: half of the time is over, and your answer is missing.",
    "new link": "This is your new link. The one before was closed after five wrong codes.",
}


def mail(
    deps: Deps,
    record: JobRecord,
    approval: Approval,
    minted: Iterable[Minted],
    occasion: Occasion = "request",
) -> JobRecord:
    """Mail each link to its person and mark that; the job afterwards.

    An answer that was lost counts as sent. Whoever's address is refused is out of reach, as by a
    bounce: `tick` asks further at once. Raises Throttled or Unavailable: nothing was sent to that
    person or to those after them.
    """
    for one in minted:
        try:
            post(deps).send(_email(deps, record, approval, one, occasion))
        except Refused:
            observability.count("ApprovalMailsRefused")
            record = _out_of_reach(deps, record, approval, one.person)
            continue
        except Ambiguous:
            observability.count("ApprovalMailsUnknown")
        deps.store.note(record.job.job_id, _mark(approval, one.person, occasion))
    return record


def unmailed(deps: Deps, record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    """Who was asked and has no mail yet, or none since their link was closed."""
    owed = (p for p in _missing(approval) if _mark(approval, p) not in record.notes)
    return today(deps, owed)


def unreminded(deps: Deps, record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    """Who has a mail, has not signed, and was not reminded of the present tier's deadline."""
    mailed = [p for p in _missing(approval) if _mark(approval, p) in record.notes]
    owed = (p for p in mailed if _mark(approval, p, "reminder") not in record.notes)
    return today(deps, owed)


def mailed(record: JobRecord, approval: Approval) -> tuple[Person, ...]:
    """Who has a mail of the request."""
    marked = ((person, f"{approval.approval_id}.{person.id}") for person in approval.approvers)
    return tuple(person for person, mark in marked if mark in record.notes)


def today(deps: Deps, people: Iterable[Person]) -> tuple[Person, ...]:
    """`people` as the directory has them at this moment: whoever left is not among them, and the
    address is the present one."""
    directory = deps.people.directory()
    found = (directory.member(person.id) for person in people)
    return tuple(member.person for member in found if member)


def _missing(approval: Approval) -> list[Person]:
    """Who can still be reached and has not signed."""
    done = {*(one.by for one in approval.signatures), *approval.unreachable}
    return [person for person in approval.approvers if person.id not in done]


def _mark(approval: Approval, person: Person, occasion: Occasion = "request") -> str:
    mark = f"{approval.approval_id}.{person.id}"
    if occasion == "reminder":
        return f"{mark}.reminder-{approval.tier}"
    closed = times_closed(approval.closed, person.id)
    return f"{mark}.new-{closed}" if closed else mark


def _email(
    deps: Deps, record: JobRecord, approval: Approval, one: Minted, occasion: Occasion
) -> Email:
    if occasion == "request" and times_closed(approval.closed, one.person.id):
        occasion = "new link"
    zone = deps.people.directory().zone(one.person)
    workflow = deps.workflows[record.job.workflow]
    signed_in = f"{deps.settings.public_base_url}{path(approval)}"
    url = signed_in if approval.sign_in else address(deps, one)
    email = approval_request(
        record, approval, workflow, one.person, url, occasion=occasion, zone=zone
    )
    threaded = replace(email, in_reply_to=thread(deps, approval))
    return of_job(threaded, record.job.job_id, LINK + one.link.link_id)


def thread(deps: Deps, approval: Approval) -> str:
    """The Message-ID to which all mails of one request answer. No mail has it, since SES sets its
    own: mail programs put together what refers to the same one."""
    domain = deps.settings.mail_from.rpartition("@")[2].strip("> ")
    return f"<{approval.approval_id}@{domain or 'countersign.invalid'}>"


def _out_of_reach(deps: Deps, record: JobRecord, approval: Approval, person: Person) -> JobRecord:
    def change_of(found: JobRecord) -> Change | None:
        now = deps.clock.now()
        return unreached(found, approval.approval_id, person.id, REFUSED, now)

    return deps.update(record.job.job_id, change_of)[0]


@dataclass(frozen=True)
class _Request:
    subject: str
    about: str
    first: str
    person: str
    workflow: str
    actions: tuple[str, ...]
    reasons: tuple[str, ...]
    deadline: str
    offline: bool
    others: str
    url: str
    inbox: str


def approval_request(
    record: JobRecord,
    approval: Approval,
    workflow: Workflow[Any],
    person: Person,
    url: str,
    *,
    occasion: Occasion = "request",
    zone: str = UTC,
) -> Email:
    """To one approver, with times in their `zone`. Raises NotAuthorised or UnknownVersion."""
    entries = signable_entries(record, approval, approval.requested_at)
    names, proposal = names_of(record, {}), record.result("proposal", Proposal)
    about = _about(record, entries, approval, workflow)
    before, first = _opening(entries, workflow, occasion)
    it = _Request(
        subject=one_line(before + about, _SUBJECT),
        about=_capital(one_line(about.partition(": ")[2], _SUBJECT)),
        first=first,
        person=one_line(person.name, _NAME),
        workflow=workflow.title,
        actions=tuple(_told(held, workflow, names) for held in entries),
        reasons=tuple(dict.fromkeys(_reasons(entries))),
        deadline=moment(approval.deadline, zone),
        offline=proposal.offline,
        others=_others(approval, person),
        url=url,
        inbox=url.removesuffix(urlsplit(url).path) + HOME,
    )
    return _request_mail(it, person)


def subject(record: JobRecord, approval: Approval, workflow: Workflow[Any]) -> str:
    """What the request's mails are called, whatever became of it."""
    held = {entry.digest: entry for entry in record.ledger}
    entries = tuple(held[one] for one in approval.digests if one in held)
    return _about(record, entries, approval, workflow) if entries else f"Sign: {workflow.title}"


def _about(
    record: JobRecord,
    entries: tuple[LedgerEntry, ...],
    approval: Approval,
    workflow: Workflow[Any],
) -> str:
    names, proposal = names_of(record, {}), record.result("proposal", Proposal)
    return (
        _money(entries, approval, names, headline(record, workflow))
        or _subject(entries, proposal, names)
        or _sentence(entries, workflow, names, headline(record, workflow))
    )


def _sentence(
    entries: tuple[LedgerEntry, ...], workflow: Workflow[Any], names: Mapping[str, str], whose: str
) -> str:
    """`Sign: Hand over to the team operations: not understood · dan@fcwestend.example`: what
    reaches nobody outside is named by the first asked action, and whose message it is."""
    words = one_line(in_words(entries[0], workflow), _SUBJECT).rstrip(".")
    told = " · ".join(filter(None, (words, whose)))
    return f"Sign{_edited(entries, names)}: {told}{_more(entries)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _request_mail(it: _Request, person: Person) -> Email:
    html = render("mail_request.html.j2", it=asdict(it))
    return Email(to=person.address, subject=it.subject, text=_request_text(it), html=html)


def _others(approval: Approval, person: Person) -> str:
    return ", ".join(one_line(p.name, _NAME) for p in approval.approvers if p.id != person.id)


def _money(
    entries: tuple[LedgerEntry, ...],
    approval: Approval,
    names: Mapping[str, str],
    whose: str,
) -> str:
    """`Sign: refund for Nora Beck · 59.90 EUR · order 1042 (+1 action)`: what moves money names the
    request."""
    main = next((held for held in entries if held.digest in approval.amounts), None)
    if main is None:
        return ""
    return f"Sign{_edited(entries, names)}: {_kind(main)} {whose}{_more(entries)}"


def _subject(entries: tuple[LedgerEntry, ...], proposal: Proposal, names: Mapping[str, str]) -> str:
    """`Sign: reply to Maria Keller, Keller GmbH (+2 actions)`: what cannot be undone comes first
    in a plan's words, so the last asked action, the farthest-reaching, names the request."""
    main = entries[-1]
    content = main.content()
    if "@" not in content["target"]:
        return ""
    parts = [one_line(proposal.value(name) or "", _NAME) for name in ("name", "company")]
    who = ", ".join(name for name in parts if name) or one_line(content["target"], 2 * _NAME)
    money = ", ".join(str(amount) for held in entries for amount in amounts(_params(held)))
    much = f", {money}" if money else ""
    return f"Sign{_edited(entries, names)}: {_kind(main)} {who}{much}{_more(entries)}"


def _opening(
    entries: Iterable[LedgerEntry], workflow: Workflow[Any], occasion: Occasion
) -> tuple[str, str]:
    """What stands before the subject, and the first sentence: why it is mailed at this moment, or
    what changed after it was asked before."""
    told = dict.fromkeys(told_since(one, workflow) for held in entries for one in held.since)
    if occasion != "request" or not told:
        return _BEFORE[occasion], _FIRST[occasion]
    changed = one_line("; ".join(told), _LINE)
    return _AGAIN, f"It was asked before, and changed since: {changed}."


def _more(entries: tuple[LedgerEntry, ...]) -> str:
    return f" (+{counted(len(entries) - 1, 'action')})" if len(entries) > 1 else ""


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
    return one_line(reason.told, _LINE)


def _request_text(it: _Request) -> str:
    offline = "Offline model: no language model answered; plain heuristics read the message."
    return "\n".join(
        (
            f"{it.about}: decide until {it.deadline}.",
            "",
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
            f"If it does not open, sign in, and what waits for you is there: {it.inbox}",
            *((f"Also asked: {it.others}.",) if it.others else ()),
            "",
        )
    )
