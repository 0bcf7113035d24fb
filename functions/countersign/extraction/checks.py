"""Rules that every workflow over messages has: what they find, with its value and threshold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from countersign.domain.policy.proposal import Fact, flat
from countersign.domain.policy.records import EARLIER, ENOUGH, SENT, Record
from countersign.domain.policy.release import TEXTS_A_DAY
from countersign.domain.policy.rules import Situation
from countersign.extraction import prompts, prose
from countersign.extraction.customer import DOUBTED
from countersign.extraction.messages import CUT, ONLY_QUOTED, SourceT
from countersign.extraction.patterns.injection import order_in

Hit = tuple[object, object] | None
_MOST_NAMED = 5
_DOORS = {
    "form": "a form on the web, where anybody can type any address",
    "mail": "a mail whose sender nothing confirms",
}
_STANDS = {
    "WAITING_FOR_REVIEW": "it waits for a signature",
    "WAITING_FOR_SENDER": "it waits for the sender",
    "COMPLETED": "it is done",
    "REJECTED": "it was rejected",
    "ESCALATED": "a colleague has it",
    "FAILED": "it failed",
    "ROLLED_BACK": "it was taken back",
    "SHADOWED": "it was handled by hand",
}
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def low_confidence(situation: Situation[SourceT]) -> Hit:
    """Less confidence than `confidence.min`."""
    least = situation.limits.number("confidence.min")
    sure = situation.proposal.confidence
    return (percent(sure), percent(least)) if sure < least else None


def unauthenticated(situation: Situation[SourceT]) -> Hit:
    """A sender whom nobody vouches for. Through a relay or a group of ours anybody may write, so
    what vouches for it vouches for nobody."""
    if not situation.input.authenticated:
        return _DOORS.get(situation.input.channel, situation.input.channel), "authenticated"
    held = situation.limits.lists
    shared = {*held.get("company.relays", ()), *held.get("company.groups", ())}
    sender = situation.input.sender.lower()
    return (f"{sender}, of several people", "a person's own address") if sender in shared else None


def enough_texts(situation: Situation[SourceT]) -> Hit:
    """No more of our fixed texts to this correspondent today. Of the latest jobs with them each
    says how many it sent, and whether it met this end already: so the day stays over, however many
    come after."""
    most = int(situation.limits.lists.get(TEXTS_A_DAY, ("3",))[0])
    held = [one.fields for one in situation.records.all(EARLIER)]
    today = [one for one in held if one.get("since", "").startswith(f"{situation.now:%Y-%m-%d}")]
    sent = sum(int(one.get(SENT, "0")) for one in today)
    over = sent >= most or any(one.get(ENOUGH) for one in today)
    return (f"{max(sent, most)} today", f"at most {most} a day") if over else None


def unsure_who(situation: Situation[SourceT]) -> Hit:
    """It is not sure who the customer is, and nobody has said it since."""
    doubt = next((one for one in situation.input.defects if one.startswith(DOUBTED)), "")
    if not doubt or situation.proposal.corrected("email"):
        return None
    return doubt.removeprefix(DOUBTED).rstrip("."), "a customer who is known"


def by_nobody(situation: Situation[SourceT]) -> Hit:
    """A message, and no address to answer it."""
    given = situation.input
    known = given.sender or situation.proposal.corrected("email") or given.channel == "document"
    return None if known else ("no sender", "somebody to answer")


def by_a_machine(situation: Situation[SourceT]) -> Hit:
    """A sign that no person wrote it. What a relay or a group of ours passes on bears signs that
    are theirs, and says nothing of who wrote."""
    held = situation.limits.lists
    shared = {*held.get("company.relays", ()), *held.get("company.groups", ())}
    if not situation.input.machine_signs or situation.input.sender.lower() in shared:
        return None
    return situation.input.automatic or "a sender that reads no answers", "a person"


def over_size(situation: Situation[SourceT]) -> Hit:
    """More files than `attachments.max`, or a text that was cut."""
    files, most = len(situation.input.attachments), situation.limits.number("attachments.max")
    if files > most:
        return f"{files} attachments", most
    return (
        ("its text was cut", "a text that is read whole")
        if CUT in situation.input.defects
        else None
    )


def masked(situation: Situation[SourceT]) -> Hit:
    """Numbers that no model may see."""
    return ("masked in the text", "none") if prompts.is_masked(situation.input) else None


def foreign_prose(situation: Situation[SourceT], source: str) -> Hit:
    """What the model's free text says and the source does not."""
    facts = situation.proposal.facts
    free = {name: fact.value for name, fact in facts.items() if fact.prose and not fact.by}
    told = [(name, one) for name, text in free.items() for one in prose.foreign(text, source)]
    named = "; ".join(f"{name}: {one}" for name, one in told[:_MOST_NAMED])
    return (named, "what the message says") if told else None


def dropped(*names: str) -> Callable[[Situation[Any]], Hit]:
    """A check for facts that the model stated without a quote in the source: those of `names`, or
    any."""

    def check(situation: Situation[Any]) -> Hit:
        lost = situation.proposal.dropped
        named = [f"{name} “{said}”" for name, said in lost.items() if not names or name in names]
        return (", ".join(named), "a quote in the text") if named else None

    return check


def only_quoted(situation: Situation[SourceT]) -> Hit:
    """A source of which only what it quotes could be read, or facts that stand there alone."""
    if ONLY_QUOTED in situation.input.defects:
        return "nothing but what the mail quotes", "the sender's own words"
    texts = dict(situation.input.texts())
    history = texts.pop("quoted", "") if situation.input.channel == "mail" else ""
    told = "\n".join(texts.values()).splitlines()
    lines = [line for line in told if line.lstrip().startswith(">")]
    own = flat("\n".join(line for line in told if line not in lines))
    quoted = flat("\n".join([*lines, history]))
    alone = [n for n, f in situation.proposal.facts.items() if _stands_only(f, quoted, own)]
    named = ", ".join(name.replace("_", " ") for name in alone)
    return (named, "the sender's own words") if alone else None


def _stands_only(fact: Fact, quoted: str, own: str) -> bool:
    said = [flat(quote) for quote in fact.quotes]
    return bool(said) and all(one in quoted and one not in own for one in said)


def orders(source: str) -> Hit:
    """Orders to a model in the message's source text."""
    order = order_in(source)
    return (f"“{order}”", "no orders to the model") if order else None


def foreign(kinds: tuple[str, ...]) -> Hit:
    """Targets in what was written that are neither ours nor the sender's."""
    return (f"{len(kinds)} in the draft: {', '.join(kinds)}", "none") if kinds else None


def earlier(holder: Record) -> str:
    """Where the job stands that holds what this one would claim, and since when."""
    status, since = holder.fields.get("status", ""), instant(holder.fields.get("since", ""))
    words = _STANDS.get(status, status.replace("_", " ").lower() or "it has no end yet")
    return f"{words} since {day(since)}" if since else words


def day(at: datetime) -> str:
    """`12 November 2026`."""
    return f"{at.day} {at:%B %Y}"


def clock(at: datetime) -> str:
    """`12 November 2026, 09:30 UTC`."""
    return f"{day(at)}, {at:%H:%M} UTC"


def percent(share: Decimal) -> str:
    """`84 %`."""
    return f"{share * 100:.0f} %"


def ordinal(number: int) -> str:
    """`4th`."""
    last = 0 if number % 100 in range(11, 14) else number % 10
    return f"{number}{_ENDINGS.get(last, 'th')}"


def instant(text: str) -> datetime | None:
    """ISO 8601, in UTC where it names no zone, or milliseconds since 1970; None for all else."""
    try:
        if text.isdecimal():
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text))
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
