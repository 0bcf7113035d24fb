"""What is known about a job's message, record before form, form before free text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from countersign.domain.money import ISO, Money, exponent
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import CLAIM_HOLDER, Record, Records
from countersign.domain.policy.release import Limits
from countersign.domain.policy.rules import Situation
from countersign.domain.workflow import Dealing, Draft
from countersign.extraction import replies, scoring
from countersign.extraction.readers.askers import own_words
from workflows.lead_intake import calls, countries
from workflows.lead_intake.contract import LeadInput, source_text
from workflows.lead_intake.keywords import INTENTS
from workflows.lead_intake.places import codes, country_code

Lead = Situation[LeadInput]
_DEFAULT = "owner.default"


def intent(proposal: Proposal) -> str:
    """The intent, `other` when nothing says it."""
    return proposal.value("intent") or "other"


def address(message: LeadInput, proposal: Proposal) -> str:
    """The customer's address in small letters: as a person corrected it, else as it is derived from
    the message; empty when nobody knows it. Never what a model says."""
    return (proposal.corrected("email") or message.sender).strip().lower()


def customer(situation: Lead) -> str:
    """The same."""
    return address(situation.input, situation.proposal)


def is_surely_spam(situation: Lead) -> bool:
    """Whether it is spam by more than a model's word: else a person looks at it."""
    least = situation.limits.number("confidence.min")
    return intent(situation.proposal) == "spam" and situation.proposal.confidence >= least


def stated_country(situation: Lead) -> str:
    """The country that a person corrected, the form, or else the text states: as a code or, if
    unknown, as said."""
    corrected = situation.proposal.corrected("country")
    form = corrected or situation.input.stated.country
    return country_code(form) or form or situation.proposal.value("country") or ""


def country(situation: Lead) -> str:
    """The code of the country that is stated, else of the contact's record; empty if unknown."""
    stated = stated_country(situation)
    if stated:
        return stated if stated in codes() else ""
    record = situation.records.first("contact")
    return country_code(record.fields.get("country", "")) if record else ""


def all_countries(situation: Lead) -> frozenset[str]:
    """Every country code that form, text or record connect with the sender."""
    record = situation.records.first("contact")
    said = (
        "" if situation.proposal.corrected("country") else situation.input.stated.country,
        situation.proposal.value("country") or "",
        record.fields.get("country", "") if record else "",
    )
    return frozenset(code for code in map(country_code, said) if code)


def stated_countries(situation: Lead) -> frozenset[str]:
    """Every country code that is stated as the sender's: by a person who corrected it, else by
    form, record, or the text in so many words. What a model alone says is no statement."""
    corrected = situation.proposal.corrected("country")
    if corrected is not None:
        return frozenset(filter(None, [country_code(corrected)]))
    record = situation.records.first("contact")
    held = country_code(record.fields.get("country", "")) if record else ""
    signs = countries.signs(situation.input)
    stated = {one.code for one in signs if one.weight >= countries.STATED}
    return frozenset(filter(None, {held, *stated}))


def served(limits: Limits) -> frozenset[str]:
    """All countries that some seller looks after."""
    owners = (name for name in limits.lists if name.startswith("owner.") and name != _DEFAULT)
    return frozenset(code for name in owners for code in limits.list(name))


def owner(situation: Lead) -> str:
    """The seller's id in the CRM whom the routing table by country names; where no country is
    known, the one who owns the contact already."""
    code = country(situation)
    limits = situation.limits
    for name in limits.lists:
        if name.startswith("owner.") and code and code in limits.list(name):
            return name.removeprefix("owner.")
    record = situation.records.first("contact")
    held = record.fields.get("hubspot_owner_id", "") if record and not code else ""
    return held if f"owner.{held}" in limits.lists else limits.list(_DEFAULT)[0]


def seller(limits: Limits, owner_id: str) -> str:
    """The name of a seller of the CRM; one that the company's file does not know by its number."""
    return next(iter(limits.lists.get(f"name.{owner_id}", ())), f"seller {owner_id}")


def budget(proposal: Proposal) -> Money | None:
    """The budget as money, in whole minor units; None when none or no known currency is named."""
    amount, currency = proposal.value("budget_amount"), proposal.value("budget_currency") or ""
    if amount is None or currency not in ISO:
        return None
    unit = Decimal(1).scaleb(-exponent(currency))
    try:
        return Money(amount=Decimal(amount).quantize(unit), currency=currency)
    except InvalidOperation:
        return None


def urgency(proposal: Proposal) -> str:
    """How soon the sender needs an answer, `normal` when nothing says it."""
    return proposal.value("urgency") or "normal"


def wrote_before(situation: Lead) -> bool:
    """Whether an earlier job is about the same need of the same contact."""
    return situation.records.first(CLAIM_HOLDER) is not None


def has_open_deal(situation: Lead) -> bool:
    """Whether a seller of ours is in talks with the contact."""
    over = {*situation.limits.list("stages.lost"), *situation.limits.list("stages.won")}
    return any(one.fields.get("dealstage") not in over for one in situation.records.all("deals"))


def wrote_again(situation: Lead) -> bool:
    """Whether somebody of ours has to do with the contact already."""
    return wrote_before(situation) or (
        intent(situation.proposal) != "sales" and has_open_deal(situation)
    )


def missing(situation: Lead) -> tuple[str, ...]:
    """What a sale lacks that its sender can say: the need, where no words show one; a number, where
    a call is asked for and neither message nor record has one."""
    known = situation.proposal.value
    found = [] if known("need") or known("summary") else ["need"]
    if not (_held_phone(situation) or phone(situation)) and wants_call(situation.input):
        found.append("phone")
    return tuple(found)


def _held_phone(situation: Lead) -> str:
    record = situation.records.first("contact")
    return record.fields.get("phone", "") if record else ""


def wants_call(message: LeadInput) -> bool:
    """Whether the text asks for a call."""
    return calls.wishes(own_words(message))


def phone(situation: Lead) -> str:
    """The number to call, as E.164: as it was understood, else as it is dialled where the record
    has the sender, or where people write in this language; empty where nothing tells the country.
    """
    # Loaded here: the tables of numbering plans take 50 ms, which only who calls back should pay.
    from workflows.lead_intake import phones  # noqa: PLC0415 - as said above

    said = situation.proposal.value("phone")
    given = "" if said else phone_given(situation)
    place = country(situation)
    if not given or place:
        return said or phones.e164(given, place)
    ours = situation.limits.lists.get(f"owner.{owner(situation)}", ())
    return phones.read_at_home(given, replies.language_of(situation), ours)


def phone_given(situation: Lead) -> str:
    """The sender's own words for the number: an extension and the hours stand there, and where no
    country is known all of it."""
    from workflows.lead_intake import phones  # noqa: PLC0415 - as in `phone`

    message = situation.input
    if message.stated.phone:
        return message.stated.phone
    text = f"{message.text}\n{message.signature}"
    return phones.as_given(text, situation.proposal.value("phone") or "")


def call_wished(situation: Lead, name: str) -> str:
    """`call_at` or `call_whom`: as it was understood, else as the text says it."""
    read = calls.when if name == "call_at" else calls.whom
    return situation.proposal.value(name) or read(own_words(situation.input))


_NEEDED = {"sales": ("name", "need", "phone|company", "summary"), "": ("name", "summary")}


def confidence(message: LeadInput, draft: Draft) -> Decimal:
    """Our confidence in `draft`, 0 to 1 with two decimals, by the key words of its intent."""
    intent = _intent(draft)
    return scoring.by_keywords(
        message,
        source_text(message),
        draft,
        support=INTENTS.support(intent, f"{message.subject}\n{message.text}"),
        needed=_NEEDED.get(intent, _NEEDED[""]),
        stated=_stated(message),
    )


def _intent(draft: Draft) -> str:
    fact = draft.facts.get("intent")
    return fact.value if fact else "other"


def _stated(message: LeadInput) -> Mapping[str, str]:
    return {
        "name": message.sender_name if message.channel == "form" else "",
        "company": message.stated.company,
        "country": country_code(message.stated.country) or message.stated.country,
    }


def history(records: Records, ours: Collection[str]) -> tuple[Dealing, ...]:  # noqa: ARG001 - a workflow's shape
    """The contact's deals, as Look found them."""
    return tuple(_deal(deal) for deal in records.all("deals"))


def _deal(deal: Record) -> Dealing:
    held = deal.fields.get
    amount = f"{held('amount', '')} {held('deal_currency_code', '')}".strip()
    closed, stage = held("closedate", "")[:10], held("dealstage", "").replace("_", " ")
    parts = (stage[:1].upper() + stage[1:], amount, f"close date {closed}" if closed else "")
    return Dealing(
        title=held("dealname", "") or f"Deal {deal.id}",
        details=tuple(part for part in parts if part),
    )
