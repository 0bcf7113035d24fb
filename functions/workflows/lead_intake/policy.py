"""The policy of lead_intake: what is looked for, with its value and threshold, and what follows.
The strictest line wins; what no line allows is forbidden."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from countersign.actions.crm.fields import DIRECTION, OUTGOING
from countersign.domain.policy.records import CLAIM_HOLDER, Record
from countersign.extraction import checks, replies
from countersign.extraction.checks import Hit, clock, day, earlier, instant
from countersign.extraction.readers.askers import hears, own_words
from countersign.workflow import Check, Clause, ask, enough, forbid, note, run
from workflows.lead_intake import budgets, countries, facts
from workflows.lead_intake.facts import Lead
from workflows.lead_intake.places import place_name
from workflows.lead_intake.sellers import offers

_SANCTIONED = "countries.sanctioned"
_NOT_ARRIVED = frozenset({"BOUNCED", "FAILED"})


def _sanctioned(situation: Lead) -> Hit:
    hit = _stated_in(situation, _SANCTIONED)
    return (hit[0], _list(situation)) if hit else None


def _sanctioned_named(situation: Lead) -> Hit:
    """One weak sign is enough to ask, and none alone to reject."""
    hit = _hinted_in(situation, _SANCTIONED, countries.NAMED)
    return (hit[0], _list(situation)) if hit else None


def _list_is_old(situation: Lead) -> Hit:
    days, since = situation.limits.number("sanctions.days"), _as_of(situation)
    if since and situation.now.date() - since <= timedelta(days=float(days)):
        return None
    return f"{since}" if since else "no day", f"{days} days"


def _list(situation: Lead) -> str:
    source = ", ".join(situation.limits.list(f"{_SANCTIONED}.source"))
    return f"our list of {_as_of(situation)} ({source})"


def _as_of(situation: Lead) -> date | None:
    said = situation.limits.lists.get(f"{_SANCTIONED}.as_of", ())
    return date.fromisoformat(said[0]) if said else None


def _not_served(situation: Lead) -> Hit:
    return _stated_in(situation, "countries.not_served")


def _not_served_hinted(situation: Lead) -> Hit:
    return _hinted_in(situation, "countries.not_served", countries.HINT)


def _stated_in(situation: Lead, name: str) -> Hit:
    """Where the sender states to be, unless another country is stated as well."""
    listed = set(situation.limits.list(name))
    stated = facts.stated_countries(situation)
    said = " and ".join(map(place_name, sorted(stated)))
    return (said, _none_of(listed)) if stated and stated <= listed else None


def _hinted_in(situation: Lead, name: str, least: int) -> Hit:
    """What points there without being stated alone: a sign of it, or a model's word."""
    listed = set(situation.limits.list(name))
    stated = facts.stated_countries(situation)
    if stated and stated <= listed:
        return None
    seen = {
        one.code: f"{place_name(one.code)} (“{one.words}”)"
        for one in countries.signs(situation.input)
        if one.weight >= least
    }
    claimed = {code: place_name(code) for code in facts.all_countries(situation)}
    found = sorted(words for code, words in {**claimed, **seen}.items() if code in listed)
    return (", ".join(found), _none_of(listed)) if found else None


def _none_of(listed: Collection[str]) -> str:
    return "none of " + " ".join(sorted(listed))


def _unknown_country(situation: Lead) -> Hit:
    stated = facts.stated_country(situation)
    limits = situation.limits
    ruled = (
        facts.served(limits)
        | {*limits.list("countries.not_served")}
        | {*limits.list("countries.sanctioned")}
    )
    is_ruled = not stated or stated in ruled
    return None if is_ruled else (place_name(stated), "a country with a rule")


def _no_country(situation: Lead) -> Hit:
    return None if facts.stated_country(situation) else ("none stated", "")


def _other_owner(situation: Lead) -> Hit:
    routed = facts.owner(situation)
    owners = [record.fields.get("hubspot_owner_id", "") for record in _contacts(situation)]
    other = next((owner for owner in owners if owner and owner != routed), "")
    seller = partial(facts.seller, situation.limits)
    return (seller(other), seller(routed)) if other else None


def _lost_recently(situation: Lead) -> Hit:
    days = situation.limits.number("lost.days")
    since = situation.now - timedelta(days=float(days))
    lost = situation.limits.list("stages.lost")
    for deal in situation.records.all("deals"):
        closed = instant(deal.fields.get("closedate", ""))
        if deal.fields.get("dealstage") in lost and closed and closed > since:
            return day(closed), f"{days} days"
    return None


def _opted_out(situation: Lead) -> Hit:
    flags = [record.fields.get("hs_email_optout", "") for record in _contacts(situation)]
    if any(flag.strip().lower() == "true" for flag in flags):
        return "the CRM says so", "consent"
    return ("the form says so", "consent") if situation.input.stated.consent is False else None


def _already_answered(situation: Lead) -> Hit:
    """A mail that came in, one that did not arrive, or one from before the message is no answer."""
    since = situation.received_at
    sent = (
        instant(mail.fields.get("hs_timestamp", ""))
        for mail in situation.records.all("sent")
        if mail.fields.get(DIRECTION) == OUTGOING
        and mail.fields.get("hs_email_status") not in _NOT_ARRIVED
    )
    latest = max((at for at in sent if at), default=None)
    if since is None or latest is None or latest < since:
        return None
    return clock(latest), clock(since)


def _joins_earlier(situation: Lead) -> Hit:
    holder = situation.records.first(CLAIM_HOLDER)
    days = situation.limits.number("duplicate.days")
    return (earlier(holder), f"{days} days") if holder else None


def _over_limit(situation: Lead) -> Hit:
    budget = facts.budget(situation.proposal)
    limit = situation.limits.amount("budget.max", budget.currency) if budget else None
    return (budget, limit) if budget and limit and budget.amount > limit.amount else None


def _text_over_limit(situation: Lead) -> Hit:
    """The text names a budget above the limit, and the plan has none that asks for it."""
    held = facts.budget(situation.proposal)
    if _over_limit(situation) or (held and situation.proposal.corrected("budget_amount")):
        return None
    local = {one.code for one in countries.signs(situation.input)}
    found = budgets.above(own_words(situation.input), situation.limits, local)
    return (f"“{found.words}”", held or "no budget in the plan") if found else None


def _sells(situation: Lead) -> Hit:
    words = offers(own_words(situation.input))
    return (", ".join(f"“{one}”" for one in words), "a wish of theirs") if words else None


def _unknown_currency(situation: Lead) -> Hit:
    if situation.proposal.value("budget_amount") is None:
        return None
    budget = facts.budget(situation.proposal)
    if budget and situation.limits.amount("budget.max", budget.currency):
        return None
    return situation.proposal.value("budget_currency") or "none named", "a currency with a limit"


def drafts(situation: Lead) -> Mapping[str, str]:
    """The model's draft, where the reply would be one: wished, written, and about a sale."""
    proposal = situation.proposal
    is_one = replies.drafted(proposal) and facts.intent(proposal) == "sales"
    return proposal.drafts if is_one else {}


def _no_draft(situation: Lead) -> bool:
    return not (situation.edited or drafts(situation))


def _drafted(situation: Lead) -> Hit:
    words = replies.written(situation.edited, drafts(situation), situation.input.subject)
    return ("draft", "acknowledgement") if words else None


def _spam(situation: Lead) -> Hit:
    return ("spam", "a request") if facts.is_surely_spam(situation) else None


def _not_sales(situation: Lead) -> Hit:
    intent = facts.intent(situation.proposal)
    return None if intent == "sales" else (intent.replace("_", " "), "sales")


def _contacts(situation: Lead) -> tuple[Record, ...]:
    return situation.records.all("contact")


def _foreign_target(situation: Lead) -> Hit:
    numbers = f"{situation.input.stated.phone}{situation.proposal.value('phone') or ''}"
    return checks.foreign(replies.foreign(situation, drafts(situation), numbers))


def _recorded_by_hand(rule: str, sentence: str, check: Check) -> Iterator[Clause]:
    """Nothing is sold and nothing is mailed; a person records what was asked for."""
    yield forbid(_LEAD_AND_MAILS, sentence, check, rule=rule, escalate=True)
    yield ask("crm.upsert_contact", sentence, rule, escalate=True)


_DECISIVE = ("intent", "need", "country", "budget_amount", "budget_currency")
"""Facts that the plan needs: where one was dropped, a person looks."""
_ALL = ("crm.*", "email.*")
_CRM = ("crm.*",)
_REPLY, _QUESTION = ("email.send_reply",), ("email.ask_sender",)
_MAILS = (*_REPLY, *_QUESTION)
_LEAD = ("crm.create_lead", "crm.request_callback")
_LEAD_AND_MAILS = (*_LEAD, *_MAILS)

POLICY = (
    run(_CRM, "CRM records are kept when no rule objects"),
    run("notify.push", "the team that owns the matter is told of it"),
    run(_REPLY, "the fixed acknowledgement may go out"),
    run(_QUESTION, "what is missing may be asked of whoever is vouched for"),
    forbid(
        _ALL,
        "{value|the sender's country} is under sanctions, by {threshold|our list}",
        _sanctioned,
        rule="jurisdiction.sanctioned",
    ),
    ask(
        _ALL,
        "something points to a country under sanctions: {value}, by {threshold|our list}",
        _sanctioned_named,
        rule="jurisdiction.sanctioned_named",
    ),
    note(
        "the list of countries under sanctions is of {value|long ago}: compare it with its source",
        _list_is_old,
        rule="jurisdiction.list_is_old",
    ),
    forbid(
        _ALL,
        "we do not serve {value|the sender's country}",
        _not_served,
        rule="jurisdiction.not_served",
    ),
    forbid(
        _ALL,
        "no rule says whether we serve {value|the country that is stated}",
        _unknown_country,
        rule="jurisdiction.unknown",
        escalate=True,
    ),
    ask(
        _ALL,
        "something in the message points to a country that we do not serve: {value}",
        _not_served_hinted,
        rule="jurisdiction.not_served_hinted",
    ),
    note("the message states no country", _no_country, rule="jurisdiction.unstated"),
    ask(
        _LEAD,
        "the contact belongs to {value|a seller}, and this lead would go to {threshold|another}",
        _other_owner,
        rule="conflict.other_owner",
    ),
    forbid(
        _LEAD,
        "a lead of this contact was lost on {value|a day}, less than {threshold|some days} ago",
        _lost_recently,
        rule="lifecycle.lost_recently",
    ),
    ask(_REPLY, "", "lifecycle.lost_recently"),
    forbid(
        _MAILS,
        "the person wants no mail from us: {value}",
        _opted_out,
        rule="consent.opted_out",
    ),
    *_recorded_by_hand(
        "text.opt_out", "the message asks for no more mail: {value}", hears("opt_out")
    ),
    *_recorded_by_hand(
        "text.erasure", "the message asks that data be erased: {value}", hears("erasure")
    ),
    forbid(
        _MAILS,
        "a colleague has answered since the message came: {value}",
        _already_answered,
        rule="reply.already_answered",
    ),
    forbid(
        ("crm.create_lead", *_MAILS),
        "an earlier request of this contact is about the same need: {value}",
        _joins_earlier,
        rule="duplicate.joins_earlier",
    ),
    ask(_ALL, "the sender offers something to us: {value}", _sells, rule="text.sells"),
    ask(
        _LEAD,
        "a budget of {value|this size} is above {threshold|the limit}: a person looks first",
        _over_limit,
        rule="budget.over_limit",
    ),
    ask(
        _LEAD,
        "the message names a budget above the limit: {value}",
        _text_over_limit,
        rule="budget.text_over_limit",
    ),
    ask(
        _LEAD,
        "there is no limit for a budget in this currency: {value}",
        _unknown_currency,
        rule="budget.unknown_currency",
    ),
    ask(
        _REPLY,
        "nobody vouches that the sender is who they say: {value}",
        checks.unauthenticated,
        rule="sender.unauthenticated",
    ),
    ask(
        _REPLY,
        "a model wrote this reply; somebody must read it before it is sent",
        _drafted,
        rule="reply.drafted",
    ),
    enough((*_REPLY, *_QUESTION), _no_draft),
    forbid(
        _REPLY,
        "the draft points somewhere that is not ours: {value}",
        _foreign_target,
        rule="reply.foreign_target",
    ),
    forbid((*_ALL, "notify.push"), "the message is surely spam", _spam, rule="intent.spam"),
    note("the message is no sales request: {value}", _not_sales, rule="intent.not_sales"),
    ask(
        _ALL,
        "the model says what no words of the message show: {value}",
        checks.dropped(*_DECISIVE),
        rule="facts.dropped",
    ),
    note(
        "the model said more than the message shows: {value}", checks.dropped(), rule="facts.shown"
    ),
    note("card, account or identity numbers were masked", checks.masked, rule="safety.masked"),
)
"""Beside these the usual askers: low confidence, orders to the model, too large."""
