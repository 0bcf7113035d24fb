"""What is learnt of a list while it is read: how many get a message and why the others do not, and
twenty messages that show its extremes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from countersign.domain.campaigns.campaign import Campaign
from countersign.domain.campaigns.contacts import Contact
from countersign.domain.campaigns.groups import group_of
from countersign.domain.campaigns.templates import RIGHT_TO_LEFT, Message
from countersign.domain.lane.batches import Line

SAMPLES = 20
EXAMPLE = "https://…/unsubscribe/…"
"""What stands in a sample where each message has an address of its own."""
_LATIN = 0x250
"""The letters from here on are not Latin ones."""
_CHANCE = "picked by chance"


@dataclass(frozen=True)
class Sample:
    """One message as it will be sent, and what it shows."""

    number: int
    """Of its row."""
    shows: tuple[str, ...]
    contact: Contact


@dataclass(frozen=True)
class _Best:
    """Of all rows so far, the one that shows something most."""

    score: tuple[int | str, ...]
    number: int
    contact: Contact


class Counted:
    """A list, row by row. Pure: the same rows give the same samples."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign
        self.ready = 0
        """Rows against which no rule speaks yet."""
        self.rules = Counter[str]()
        """Rows that get nothing, by the rule."""
        self.languages = Counter[str]()
        self.countries = Counter[str]()
        self.groups = Counter[str]()
        """Rows that get a message, by the group of their receiving domain."""
        self._best: dict[str, _Best] = {}
        self._chance: list[tuple[str, int, Contact]] = []

    def add(self, line: Line) -> None:
        """The next row."""
        contact = Contact.model_validate_json(line.text)
        rule = self.campaign.against(contact)
        if rule:
            self.rules[rule] += 1
            return
        self.ready += 1
        self.languages[self.campaign.language_of(contact)] += 1
        self.countries[contact.country or "not said"] += 1
        self.groups[group_of(contact.address)] += 1
        message = self.campaign.message(contact, EXAMPLE)
        for name, score in _shown(contact, message):
            held = self._best.get(name)
            if held is None or score > held.score:
                self._best[name] = _Best(score, line.number, contact)
        self._chance.append((contact.key, line.number, contact))
        if len(self._chance) > 2 * SAMPLES:
            self._chance = sorted(self._chance, key=lambda one: one[:2])[:SAMPLES]

    def contacts(self, lines: Iterable[Line]) -> Sequence[str]:
        """Whom these rows would write to."""
        read = (Contact.model_validate_json(line.text) for line in lines)
        return [one.key for one in read if not self.campaign.against(one)]

    @property
    def apart(self) -> timedelta:
        """As lane.Survey."""
        return self.campaign.apart

    def samples(self) -> tuple[Sample, ...]:
        """Twenty, or all there are: first what each extreme looks like, then some by chance."""
        shows: dict[int, list[str]] = {}
        contacts: dict[int, Contact] = {}
        for name in sorted(self._best, key=_in_order):
            best = self._best[name]
            contacts[best.number] = best.contact
            shows.setdefault(best.number, []).append(name)
        for _, number, contact in sorted(self._chance, key=lambda one: one[:2]):
            contacts.setdefault(number, contact)
            shows.setdefault(number, [_CHANCE])
        some = list(shows)[:SAMPLES]
        return tuple(Sample(at, tuple(shows[at]), contacts[at]) for at in some)


_ORDER = ("longest", "shortest", "in language", "right to left", "without", "other letters", "to")


def _in_order(name: str) -> tuple[int, str]:
    return next(at for at, one in enumerate(_ORDER) if name.startswith(one)), name


def _shown(contact: Contact, message: Message) -> Iterator[tuple[str, tuple[int | str, ...]]]:
    """What a message shows, and how much of it: of several with as much the first row counts."""
    yield "longest text", (len(message.body),)
    yield "longest subject", (len(message.subject),)
    yield "shortest text", (-len(message.body),)
    yield f"in language {message.language}", ()
    if message.language in RIGHT_TO_LEFT:
        yield "right to left", (len(message.body),)
    for place in message.filled:
        yield f"without {place}", (len(message.filled),)
    if any(ord(letter) >= _LATIN for letter in contact.name):
        yield "other letters in the name", (len(contact.name),)
    if contact.country:
        yield f"to {contact.country}", ()


def by_rule(rules: Mapping[str, int], standing: Mapping[str, int]) -> Mapping[str, int]:
    """Both together, the most frequent first."""
    return dict((Counter(rules) + Counter(standing)).most_common())
