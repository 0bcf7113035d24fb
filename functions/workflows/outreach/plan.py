"""A campaign's plan: what brief, list and the stage's limits make of it, in words of its page."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO, ClassVar

from countersign.domain.campaigns.campaign import (
    ELSEWHERE,
    Campaign,
    plan_digest,
)
from countersign.domain.campaigns.groups import rows_for
from countersign.domain.campaigns.limits import CampaignLimits
from countersign.domain.campaigns.quiet import MailHours, Quiet
from countersign.domain.campaigns.survey import EXAMPLE, Counted, by_rule
from countersign.domain.canonical import digest
from countersign.domain.errors import Quarantined
from countersign.domain.lane.batches import Line
from countersign.domain.lane.lane import Filed, Open, Pinned, Unreadable
from countersign.domain.policy.release import Limits, Release
from countersign.domain.workflow import Raw
from countersign.parsing.packet import unpacked
from countersign.stages.release import release
from countersign.workflow import Document
from workflows.outreach import contacts
from workflows.outreach.brief import Brief, read

_CONSENT = "consent."
_DAY = 24
_MOST_LISTED = 12
"""Countries and receiving groups that are named; the rest is counted."""


class CampaignInput(Document):
    """A brief with its list, once every row was read."""

    CONTRACT: ClassVar[str] = "outreach.input"
    VERSION: ClassVar[int] = 1

    known: Mapping[str, str] = {}
    """What was counted of the list, and what is planned with it, by name: nobody's words."""


def rows(opening: Open) -> Iterator[str | Unreadable]:
    """Every row of the list. Raises Quarantined."""
    packet = unpacked(opening)
    yield from contacts.rows(_brief(packet.text), packet.table)


class Survey:
    """lane.Survey, of a campaign."""

    def __init__(self, opening: Open, release: Release) -> None:
        self._packet = unpacked(opening)
        self._limits = release.limits
        brief = _brief(self._packet.text)
        self._counted = Counted(campaign(brief, release.limits, ()))

    @property
    def apart(self) -> timedelta:
        """As the port."""
        return self._counted.apart

    def add(self, line: Line) -> None:
        """As the port."""
        self._counted.add(line)

    def contacts(self, lines: Iterable[Line]) -> Any:
        """As the port."""
        return self._counted.contacts(lines)

    def describe(self, filed: Filed, standing: Mapping[str, int]) -> CampaignInput:
        """The job's input. Raises Quarantined for a list that holds nobody."""
        if filed.rows == 0:
            raise Quarantined("the list holds no contacts")
        held, limits = self._counted, self._counted.campaign.limits
        groups = rows_for(held.groups, limits.rates, limits.other_rate)
        known = {
            "languages": dict(held.languages.most_common()),
            "countries": dict(held.countries.most_common()),
            "groups": dict(held.groups.most_common()),
            "rules": by_rule(held.rules, standing),
            "unreadable": dict(filed.reasons),
        }
        return CampaignInput(
            channel="document",
            title=held.campaign.title,
            parts={"brief": self._packet.text},
            known={
                "file": self._packet.name,
                "rows": str(filed.rows),
                "unreadable": str(filed.quarantined),
                "messages": str(held.ready - sum(standing.values())),
                "digest": filed.digest,
                "own rates": " ".join(sorted(groups)) or "none",
                "counts": json.dumps(known, ensure_ascii=False),
                "samples": _samples(held) or "none",
            },
        )


def glanced(raw: Raw) -> CampaignInput:
    """A small file at once, as it is tried on a bench: in the demo's stage, and nobody has been
    written to. Raises Quarantined."""

    def opening() -> BinaryIO:
        return BytesIO(raw.body)

    survey = Survey(opening, release(__package__, "local"))
    numbered = list(enumerate(rows(opening), 1))
    for number, row in numbered:
        if isinstance(row, str):
            survey.add(Line(number=number, text=row))
    unread = Counter(row.reason for _, row in numbered if isinstance(row, Unreadable))
    known = Filed(
        name="",
        size=len(raw.body),
        rows=len(numbered),
        quarantined=unread.total(),
        batches=1,
        digest=digest(raw.body),
        reasons=unread,
    )
    return survey.describe(known, {})


@lru_cache(maxsize=8)
def _brief(text: str) -> Brief:
    return read(text)


def brief_of(given: CampaignInput) -> Brief:
    """What the job's brief says."""
    return _brief(given.parts["brief"])


def campaign(brief: Brief, limits: Limits, groups: Iterable[str]) -> Campaign:
    """The campaign of a brief in a stage."""
    lists = limits.lists
    consents = {
        name.removeprefix(_CONSENT): found
        for name, found in lists.items()
        if name.startswith(_CONSENT)
    }
    return Campaign(
        title=brief.title,
        purpose=brief.why,
        sender=_one(lists, "campaign.from"),
        reply_to=_one(lists, "campaign.reply_to"),
        imprint=_one(lists, "campaign.imprint"),
        templates=brief.templates,
        usual=brief.usual,
        others=brief.others,
        only=brief.only,
        consents={ELSEWHERE: (), **consents},
        not_served=tuple(
            sorted({*lists.get("countries.not_served", ()), *lists.get("countries.sanctioned", ())})
        ),
        days_apart=max(brief.apart, int(limits.number("campaign.days_apart"))),
        rows=tuple(sorted(groups)),
        limits=_limits(limits),
    )


def campaign_of(of: Pinned[CampaignInput]) -> Campaign:
    """The campaign of a job."""
    return _campaign(of.input, of.release.limits)


def _campaign(given: CampaignInput, limits: Limits) -> Campaign:
    own = given.known["own rates"]
    return campaign(brief_of(given), limits, () if own == "none" else own.split())


def _limits(stage: Limits) -> CampaignLimits:
    """The stage's; a stage that is open around the clock keeps no country's hours either."""
    opens, closes = int(stage.number("campaign.opens")), int(stage.number("campaign.closes"))
    usual = MailHours(opens=opens, closes=closes)
    around = opens == 0 and closes == _DAY
    quiet = Quiet(usual=usual, countries={}) if around else Quiet(usual=usual)
    return CampaignLimits(
        reserved_percent=int(stage.number("campaign.reserved_percent")),
        reserved_least=int(stage.number("campaign.reserved_least")),
        quiet=quiet,
    )


def _one(lists: Mapping[str, tuple[str, ...]], name: str) -> str:
    found = lists.get(name, ())
    if len(found) != 1:
        raise Quarantined(f"the stage's file says no {name}: no campaign can be sent from here")
    return found[0]


def shown(given: CampaignInput, limits: Limits) -> dict[str, Any]:
    """What is signed: the parameters of campaign.send."""
    parts, held = given.known, _campaign(given, limits)
    counts: dict[str, dict[str, int]] = json.loads(parts["counts"])
    messages, listed = int(parts["messages"]), int(parts["rows"])
    unread = Decimal(parts["unreadable"]) / listed
    return {
        "file": parts["file"],
        "digest": parts["digest"],
        "rows": listed,
        "quarantined": int(parts["unreadable"]),
        "failed_at_most": min(Decimal(1), round(unread + limits.number("campaign.failed"), 4)),
        "title": held.title,
        "purpose": held.purpose,
        "sender": held.sender,
        "answers_to": held.reply_to,
        "messages": messages,
        "recipients": _recipients(counts),
        "left_out": _left_out(counts),
        "template": _templates(held),
        "samples": parts["samples"],
        "limits": _said_limits(held, counts["groups"]),
        "duration": _duration(held.limits, limits, counts["groups"], messages),
        "cost": _cost(limits, messages),
        "campaign": held.digest,
        "plan": plan_digest(held, parts["digest"]),
    }


def _recipients(counts: Mapping[str, Mapping[str, int]]) -> str:
    return "\n".join(
        (
            f"Languages: {_listed(counts['languages'])}",
            f"Countries: {_listed(counts['countries'])}",
            f"Receiving systems: {_listed(counts['groups'])}",
        )
    )


def _left_out(counts: Mapping[str, Mapping[str, int]]) -> str:
    lines = [f"{many:,}: {rule}" for rule, many in counts["rules"].items()]
    lines += [f"{many:,} cannot be read: {why}" for why, many in counts["unreadable"].items()]
    return "\n".join(lines) or "nobody"


def _listed(counts: Mapping[str, int]) -> str:
    some = list(counts.items())[:_MOST_LISTED]
    rest = list(counts.items())[_MOST_LISTED:]
    said = [f"{name} {many:,}" for name, many in some]
    if rest:
        said.append(f"{len(rest):,} others with {sum(many for _, many in rest):,}")
    return ", ".join(said) or "none"


def _templates(held: Campaign) -> str:
    return "\n\n".join(
        f"[{language}] {one.subject}\n\n{one.text}" for language, one in held.templates.items()
    )


_SAMPLE = re.compile(r"^— \d+ · row (\d+) · ", re.MULTILINE)
"""How a sample begins."""


def _samples(counted: Counted) -> str:
    """Each as it will arrive, its address shortened: the page is about the words."""
    found = []
    for at, sample in enumerate(counted.samples(), 1):
        message = counted.campaign.message(sample.contact, EXAMPLE)
        found.append(
            f"— {at} · row {sample.number} · {', '.join(sample.shows)}\n"
            f"To: {_short(message.to)}\nSubject: {message.subject}\n\n{message.body}"
        )
    return "\n\n".join(found)


def quotes(given: CampaignInput, numbers: Collection[int]) -> Iterator[str]:
    """The samples of these rows."""
    text = given.known["samples"]
    begins = list(_SAMPLE.finditer(text))
    ends = [*(one.start() for one in begins[1:]), len(text)]
    for found, end in zip(begins, ends, strict=True):
        if int(found[1]) in numbers:
            yield text[found.start() : end].rstrip()


def _short(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:2]}…@{domain}"


def _said_limits(held: Campaign, groups: Mapping[str, int]) -> str:
    """In the words of who signs them."""
    limits, quiet = held.limits, held.limits.quiet.usual
    kept = f"at least {limits.reserved_least:,} mails"
    lines = [
        f"One message per person within {held.days_apart} days, of all campaigns together.",
        f"Never a campaign's: {limits.reserved_percent} % of the account's day and rate, {kept}.",
        _hours(quiet, bool(held.limits.quiet.countries)),
        "Paused by itself and asked about: bounces above 2 %, complaints above 0.05 %.",
    ]
    rates = [
        f"{group} {limits.group_rate(group)} a second" for group in held.rows if group in groups
    ]
    return "\n".join([*lines, *([f"Rates: {', '.join(rates)}."] if rates else [])])


def _hours(usual: MailHours, countries: bool) -> str:
    if not countries:
        return "At any hour."
    some = "some countries have hours and days of their own"
    return f"From {usual.opens} to {usual.closes} o'clock where the contact is; {some}."


def _duration(
    limits: CampaignLimits, stage: Limits, groups: Mapping[str, int], messages: int
) -> str:
    """At the limits, if nothing else is sent meanwhile."""
    rate = max(1, limits.rate(int(stage.number("campaign.account_rate"))))
    day = max(1, limits.day(int(stage.number("campaign.account_day"))))
    slowest = max((many / limits.group_rate(group) for group, many in groups.items()), default=0)
    seconds = max(messages / rate, slowest)
    days = -(-messages // day)
    ramp = _ramp_days(limits.ramp, messages)
    said = f"{days} days" if days > 1 else _time(seconds)
    new = f"; {ramp} days from a domain that nobody knows yet" if ramp > max(1, days) else ""
    return f"at least {said} of open hours{new}"


def _ramp_days(ramp: tuple[int, ...], messages: int) -> int:
    sent = 0
    for day, most in enumerate(ramp, 1):
        sent += most
        if sent >= messages:
            return day
    return len(ramp)


def _time(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004 - an hour


def _cost(stage: Limits, messages: int) -> str:
    usd = stage.number("campaign.usd_per_1000") * messages / 1000
    return f"about ${usd.quantize(Decimal('0.01'))} at list price"
