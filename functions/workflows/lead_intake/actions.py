"""Which records are looked up, and which actions a message wants before policy has spoken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from countersign.actions import crm, mail, notify
from countersign.actions.crm.shared import phone_digits
from countersign.domain.approvals.working_hours import Hours, worked
from countersign.domain.canonical import canonical, digest
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Fact, Proposal, flat
from countersign.domain.policy.records import Lookup
from countersign.domain.policy.release import Limits
from countersign.domain.workflow import Claim
from countersign.extraction import inquiries, names, prose, replies
from countersign.extraction.patterns.words import dense, stems
from countersign.extraction.readers.askers import own_words
from countersign.parsing.masking import mask
from countersign.parsing.text import one_line
from countersign.workflow import verdict
from workflows.lead_intake import facts
from workflows.lead_intake.contract import LeadInput, form_shown, source_parts, source_text
from workflows.lead_intake.facts import Lead
from workflows.lead_intake.places import codes, country_code, place_name
from workflows.lead_intake.policy import POLICY, drafts

ACTIONS = (
    *(crm.UPSERT_CONTACT, crm.CREATE_LEAD, crm.REQUEST_CALLBACK),
    *(notify.PUSH, mail.ASK_SENDER, mail.SEND_REPLY),
)
DESTINATIONS = ("support", "partnership", "job", "other")
"""The intents whose messages a team is told of: what is promised to their senders is kept there."""
_CALLBACK, _PUSH = "crm.request_callback", "notify.push"
_LOOKUPS = (
    ("contact", "contact"),
    ("deals", "deals_of_contact"),
    ("sent", "sent_emails_of_contact"),
)
_HOLIDAYS = "company.holidays"
_TITLE = 80
_WORD = re.compile(r"\w+")
_PUSH_TITLE, _EXCERPT = 150, 1_200
_SENDER = frozenset({"came by", "sender", "address", "name"})


def lookups(message: LeadInput, proposal: Proposal) -> tuple[Lookup, ...]:
    """The contact with the customer's address, their deals, and what we mailed to them."""
    address = facts.address(message, proposal)
    if not address:
        return ()
    return tuple(
        Lookup(name=name, connector="crm", kind=kind, field="email", value=address)
        for name, kind in _LOOKUPS
    )


def want(situation: Lead) -> Sequence[ProposedAction]:
    """The plan by intent, whatever the model wishes; its wish counts only for its own draft.

    sales: contact, lead, callback, reply; of who wrote before about the same, contact and a sooner
    callback that says what is new, since the rest would repeat itself. partnership: contact (a
    business contact that sellers should find), a word to the team that owns it, acknowledgement.
    support, job, other: the word and the acknowledgement, since the CRM is the sales record; the
    acknowledgement asks when nobody vouches for the sender. Whoever has an open deal is called back
    beside that. Sure spam: nothing; a message that only might be spam is treated as other.
    """
    intent = facts.intent(situation.proposal)
    if facts.is_surely_spam(situation):
        return ()
    if intent == "sales":
        return _sale(situation)
    told = tuple(_told(situation, intent if intent in DESTINATIONS else "other"))
    contact = (_contact(situation),) if intent == "partnership" else ()
    called = (_callback(situation),) if facts.has_open_deal(situation) else ()
    return (*contact, *told, *called, _reply(situation, _PUSH if told else ""))


def _sale(situation: Lead) -> Sequence[ProposedAction]:
    """Without a need there is nothing to sell yet: it is asked for first. A number to call back is
    asked for in the place of the reply; the lead does not wait for it."""
    missing = facts.missing(situation)
    if not missing or not _may_ask(situation):
        reply = _reply(situation, _kept_by_a_callback(situation))
        return (_contact(situation), _lead(situation), _callback(situation), reply)
    question = inquiries.inquiry(situation, missing, "offer")
    if "need" in missing:
        return (question,)
    return (_contact(situation), _lead(situation), _callback(situation), question)


def _may_ask(situation: Lead) -> bool:
    said = verdict(POLICY, mail.ASK_SENDER.id, situation, form_shown=form_shown)
    return inquiries.may_ask(situation) and said.answer is not Answer.FORBID


def due_at(now: datetime, hours: int, zone: str, holidays: Collection[str] = ()) -> datetime:
    """`now` plus `hours` of business time (Mon to Fri, 9 to 17) in the owner's `zone`, in UTC, up
    to the next quarter of an hour."""
    free = frozenset(map(date.fromisoformat, holidays))
    due = worked(
        now.replace(second=0, microsecond=0), timedelta(hours=hours), Hours(zone=zone), free
    )
    return (due + timedelta(minutes=-due.minute % 15)).astimezone(UTC)


def _contact(situation: Lead) -> ProposedAction:
    country = facts.country(situation)
    params = crm.Contact(
        email=facts.customer(situation),
        name=_name(situation),
        phone=_phone(situation),
        company=_unless_held(situation, "company", _company(situation)),
        country=_unless_held(situation, "country", _as_the_crm_writes(situation, country)),
        language=replies.language_of(situation),
        owner=facts.owner(situation),
    )
    return ProposedAction(
        action="crm.upsert_contact", params=params, target=facts.customer(situation)
    )


def _as_the_crm_writes(situation: Lead, code: str) -> str:
    """The country in the account's own way; nothing where its record says the same in another."""
    held = _held(situation, "country")
    if code not in codes() or (held and country_code(held) == code):
        return ""
    by_name = "name" in situation.limits.lists.get("crm.country", ())
    return place_name(code) if by_name else code


def _name(situation: Lead) -> str:
    held = f"{_held(situation, 'firstname')} {_held(situation, 'lastname')}".strip()
    said = _said_name(situation)
    sure = situation.input.authenticated and not _is_another(situation)
    return said if sure or not held else held


def _said_name(situation: Lead) -> str:
    """The person's name as the message grounds it, unless its header names somebody else."""
    grounded = names.person(situation.proposal.value("name") or "")
    stated = names.person(situation.input.sender_name)
    shared = {*_WORD.findall(grounded.casefold())} & {*_WORD.findall(stated.casefold())}
    return grounded if grounded and (shared or not stated) else stated


def _is_another(situation: Lead) -> bool:
    """Whether somebody of another name writes from a contact's address: a colleague of theirs, at
    an address that several people use."""
    held = {_held(situation, name).casefold() for name in ("firstname", "lastname")} - {""}
    said = _said_name(situation)
    return bool(held and said) and not held & {*_WORD.findall(said.casefold())}


def _unless_held(situation: Lead, field: str, said: str) -> str:
    """`said`, or nothing where the record has a value and nobody vouches for who says otherwise, or
    nothing but a hint does, or it is another person's: else a stranger could move a customer's
    phone number by a form, and a domain would be the name of a company."""
    vouched = situation.input.authenticated and not _is_another(situation)
    sure = vouched and not _is_a_hint(situation, field)
    return said if sure or not _held(situation, field) else ""


def _phone(situation: Lead) -> str:
    """The number; one that only language or record make whole, where the record has none."""
    if situation.proposal.value("phone") is None and _held(situation, "phone"):
        return ""
    return _unless_held(situation, "phone", facts.phone(situation))


def _is_a_hint(situation: Lead, name: str) -> bool:
    """Whether the fact was concluded, or stands in nothing but the sender's address; or is a
    company that a second message about the same names, which may be whom they would go to."""
    fact, message = situation.proposal.facts.get(name), situation.input
    if name == "company" and facts.wrote_before(situation):
        return True
    if fact is None or fact.by or getattr(message.stated, name):
        return False
    address = message.sender.casefold()
    return fact.derived or all(flat(quote).casefold() in address for quote in fact.quotes)


def _held(situation: Lead, field: str) -> str:
    record = situation.records.first("contact")
    return record.fields.get(field, "") if record else ""


def _company(situation: Lead) -> str:
    proposal = situation.proposal
    said = proposal.corrected("company") or situation.input.stated.company
    return said or proposal.value("company") or ""


def _lead(situation: Lead) -> ProposedAction:
    message, proposal = situation.input, situation.proposal
    params = crm.Lead(
        email=facts.customer(situation),
        title=_title(situation),
        need="\n".join(_need_and_more(situation)),
        owner=facts.owner(situation),
        budget=facts.budget(proposal),
        timeline=proposal.value("timeline") or "",
        source="web form" if message.channel == "form" else "e-mail",
    )
    return ProposedAction(action="crm.create_lead", params=params, target=facts.customer(situation))


def _callback(situation: Lead) -> ProposedAction:
    owner, again = facts.owner(situation), facts.wrote_again(situation)
    hours = _hours("high" if again else facts.urgency(situation.proposal), situation.limits)
    title = "Wrote again" if again else "Call back"
    zone, holidays = situation.limits.list(f"zone.{owner}")[0], situation.limits.list(_HOLIDAYS)
    params = crm.Callback(
        email=facts.customer(situation),
        title=f"{title}: {_title(situation)}",
        notes=_notes(situation),
        owner=owner,
        due_at=due_at(situation.now, hours, zone, holidays),
    )
    return ProposedAction(
        action="crm.request_callback", params=params, target=facts.customer(situation)
    )


def _told(situation: Lead, intent: str) -> Iterator[ProposedAction]:
    """The team that owns such messages is told everything that is known, and until when to answer;
    nobody, where the stage names none."""
    message, due = situation.input, _answer_by(situation)
    subject = one_line(message.subject or flat(message.text), _TITLE)
    for channel in situation.limits.lists.get(f"destination.{intent}", ()):
        params = notify.Push(
            channel=channel,
            title=one_line(f"{intent.title()}: {subject}", _PUSH_TITLE),
            text=(
                f"From {one_line(message.sender_name, _TITLE)} {message.sender}, to be answered by"
                f" {due:%a %d %b %H:%M} UTC.\n\n{_written(message)[:_EXCERPT]}"
            ),
        )
        yield ProposedAction(action=_PUSH, params=params, target=channel)


def _written(message: LeadInput) -> str:
    """The message and what else it says, a line each; its sender is named above it."""
    rest = [(name, text) for name, text in source_parts(message) if name not in _SENDER]
    return "\n".join(text if name == "message" else f"{name}: {text}" for name, text in rest)


def _answer_by(situation: Lead) -> datetime:
    zone, holidays = situation.limits.list("company.zone")[0], situation.limits.list(_HOLIDAYS)
    hours = _hours(facts.urgency(situation.proposal), situation.limits)
    return due_at(situation.now, hours, zone, holidays)


def _kept_by_a_callback(situation: Lead) -> str:
    """The action that keeps what the acknowledgement of a lead promises, if policy lets it be."""
    said = verdict(POLICY, _CALLBACK, situation, form_shown=form_shown)
    return "" if said.answer is Answer.FORBID else _CALLBACK


def _reply(situation: Lead, keeper: str) -> ProposedAction:
    """The draft, which a person reads and signs; or the acknowledgement, after what it promises."""
    draft, to = bool(drafts(situation)), situation.proposal.corrected("email") or ""
    fixed = replies.acknowledgement(replies.language_of(situation), keeper)
    return replies.reply(situation, fixed, draft=draft, to=to, after="" if draft else keeper)


def _notes(situation: Lead) -> str:
    """What the person who calls should know: the need and what else is said, or of who wrote before
    the very words; the number, the wish."""
    told = _need_and_more(situation)
    said = (_as_written(situation),) if facts.wrote_again(situation) else told
    lines = (*said, _phone_note(situation), _call_note(situation))
    return "\n".join(filter(None, lines))


def _phone_note(situation: Lead) -> str:
    held, said = _held(situation, "phone"), facts.phone(situation)
    given = prose.without_links(mask(flat(facts.phone_given(situation))))
    if not held and said:
        more = f" (as given: {given})" if phone_digits(given) != phone_digits(said) else ""
        return f"Phone {said}{more}"
    if not held:
        return f"Phone as given: {given}" if given else "No phone number: write first"
    new = said or given
    differs = new and phone_digits(new) != phone_digits(held)
    return f"Phone {held}" + (f"; the message names {new}" if differs else "")


def _call_note(situation: Lead) -> str:
    wished = (("at", "call_at"), ("ask for", "call_whom"))
    said = [(word, facts.call_wished(situation, name)) for word, name in wished]
    told = [f"{word}: {prose.without_links(mask(flat(words)))}" for word, words in said if words]
    return f"Call wished {', '.join(told)}" if told else ""


def _title(situation: Lead) -> str:
    who = _company(situation) or situation.input.sender_name or situation.input.sender
    title = f"{who}: {_asked(situation.proposal)}"
    return title if len(title) <= _TITLE else title[:_TITLE].rsplit(" ", 1)[0] + " …"


def _need(situation: Lead) -> str:
    """The model's words, marked as such where the message has others."""
    said = _said(situation.proposal)
    if said is None:
        return "not stated"
    if said.by:
        return said.value
    ours = situation.limits.list("company.languages")[0]
    return prose.marked(said.value, source_text(situation.input), ours)


def _need_and_more(situation: Lead) -> tuple[str, ...]:
    """The need, and the summary where it says more: alone where it says the need as well."""
    need, told = _need(situation), _summary(situation)
    said = (told,) if flat(need) in flat(told) else (need, told)
    return tuple(filter(None, said))


def _summary(situation: Lead) -> str:
    """What the summary says beyond the need; a person's words stand as they are."""
    need, told = map(situation.proposal.facts.get, ("need", "summary"))
    if need is None or told is None or flat(told.value) in flat(need.value):
        return ""
    if told.by:
        return told.value
    ours = situation.limits.list("company.languages")[0]
    return prose.marked(told.value, source_text(situation.input), ours)


def _as_written(situation: Lead) -> str:
    """The sender's own words: what is new in a second message no summary of a need says."""
    return prose.without_links(one_line(own_words(situation.input), _EXCERPT))


def _asked(proposal: Proposal) -> str:
    """A title has no room for whose words it is: the sender's."""
    said = _said(proposal)
    if said is None:
        return "not stated"
    return said.value if said.by or not said.quotes else prose.without_links(flat(said.quotes[0]))


def _said(proposal: Proposal) -> Fact | None:
    return proposal.facts.get("need") or proposal.facts.get("summary")


def _hours(urgency: str, limits: Limits) -> int:
    return int(limits.number(f"callback.hours.{urgency}"))


_MAX_TOKENS = 60
_TEN_MINUTES = 1 / 6
_SAME = 0.5
_NO_NEED = "-"


def claim(message: LeadInput, proposal: Proposal, limits: Limits) -> Claim | None:
    """The claim on this contact's need, for messages that would become a lead; else None.

    The body holds the need's word stems and nothing else: the row outlives the message. It begins
    with a mark where the message states no need.
    """
    if facts.intent(proposal) != "sales":
        return None
    key = digest(canonical(["lead_intake", facts.address(message, proposal).casefold()]))
    stated = proposal.value("need")
    need = stated or proposal.value("summary") or source_text(message)
    body = " ".join((*(() if stated else (_NO_NEED,)), *_stems(need)))
    return Claim(key=key, body=body, days=int(limits.number("duplicate.days")))


def joins(mine: str, holder: str, hours: float) -> bool:
    """Whether my need joins the holder's: within ten minutes, or without one of its own, always;
    else when they are alike.

    Alike: of the smaller set of word stems at least half are in the larger one (the overlap
    coefficient), and at least two. Stems are first letters, so that inflections meet; "10 desks"
    and "desks, please" are one need, desks and chairs are two.
    """
    if abs(hours) <= _TEN_MINUTES or mine.startswith(_NO_NEED):
        return True
    left, right = ({*body.split()} - {_NO_NEED} for body in (mine, holder))
    shared, smaller = len(left & right), min(len(left), len(right))
    return bool(shared) and shared >= min(2, smaller) and shared / smaller >= _SAME


def _stems(text: str) -> list[str]:
    return sorted({*stems(text), *dense(text)})[:_MAX_TOKENS]
