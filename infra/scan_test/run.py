"""The whole test: one kind of scanner after the other, each judged by a fresh look at the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import httpx

from infra.scan_test.link import Link, host
from infra.scan_test.scanners import KINDS, Kind
from infra.scan_test.verdict import Baseline, Judged, Verdict, first_contact, judge
from infra.scan_test.visitor import Deadline, Exchange, TimeUpError, UnreachableError, Visitor

_FIRST = KINDS[0]
_WORST = (Verdict.DECIDED, Verdict.UNKNOWN, Verdict.DID_NOT, Verdict.NOT_RUN)

Played = Callable[[Link, Deadline], Sequence[Exchange]]
"""One visit of one scanner, and what it sent and got."""
Look = Callable[[], Exchange]


@dataclass(frozen=True)
class Scanner:
    """A kind of scanner, ready to be played. `why_not`: the reason for which it is not.
    `look`: how the page is looked at where a GET without scripts shows nothing of it; its last
    exchange holds the page as drawn."""

    name: str
    play: Played
    acts: bool = False
    why_not: str = ""
    look: Played | None = None


@dataclass(frozen=True)
class Row:
    """What is reported of one kind."""

    kind: str
    visits: int
    did: str
    answered: str
    judged: Judged


def without_browser(transport: httpx.BaseTransport | None = None) -> list[Scanner]:
    """The scanners that speak HTTP only."""
    return [Scanner(kind.name, _plays(kind, transport), acts=kind.acts) for kind in KINDS]


def look_at(
    link: Link, deadline: Deadline, transport: httpx.BaseTransport | None = None
) -> Exchange:
    """A fresh GET of the page, without cookies. Raises UnreachableError and TimeUpError."""
    with Visitor(link, deadline, transport) as visitor:
        return visitor.follow(visitor.send("GET", link.url))


def scan(
    link: Link,
    scanners: Sequence[Scanner],
    deadline: Deadline,
    rounds: int,
    transport: httpx.BaseTransport | None = None,
) -> Iterator[Row]:
    """A row for each scanner, as it ends. What comes after a decision is not run: there is nothing
    left to decide. Raises UnreachableError when nothing answers the very first GET."""
    test = _Test(link, deadline, rounds, lambda: look_at(link, deadline, transport))
    yield test.begins()
    for one in scanners:
        if one.name != _FIRST.name:
            yield test.judges(one)


def exit_code(rows: Sequence[Row]) -> int:
    """1: something decided; 3: nothing seen to decide, but of some it cannot be told; else 0."""
    seen = {row.judged.verdict for row in rows}
    if Verdict.DECIDED in seen:
        return 1
    return 3 if Verdict.UNKNOWN in seen else 0


class _Test:
    def __init__(self, link: Link, deadline: Deadline, rounds: int, look: Look) -> None:
        self._link = link
        self._deadline = deadline
        self._rounds = rounds
        self._look = look
        self._before: Baseline
        self._over = ""

    def begins(self) -> Row:
        """The first GETs: they are the plain GET's row, and what the page is compared with."""
        looks = [self._look() for _ in range(max(3, self._rounds))]
        judged = self._told(first_contact(*looks[:3]))
        self._before = Baseline.of(*looks[-2:])
        return self._row(_FIRST.name, len(looks), looks, judged)

    def judges(self, scanner: Scanner) -> Row:
        """Play `scanner` as often as wanted, as long as it does not decide."""
        if why_not := scanner.why_not or self._over:
            return Row(scanner.name, 0, "", "", Judged(Verdict.NOT_RUN, why_not))
        seen: list[Exchange] = []
        verdicts: list[Judged] = []
        for _ in range(self._rounds):
            verdicts.append(self._once(scanner, seen))
            if self._over:
                break
        worst = min(verdicts, key=lambda one: _WORST.index(one.verdict))
        visits = sum(one.verdict is not Verdict.NOT_RUN for one in verdicts)
        return self._row(scanner.name, visits, seen, worst)

    def _once(self, scanner: Scanner, seen: list[Exchange]) -> Judged:
        try:
            return self._judged(scanner, seen)
        except TimeUpError as error:
            self._over = f"{error}: give it more with --timeout."
            return Judged(Verdict.NOT_RUN, self._over)
        except UnreachableError as error:
            return Judged(Verdict.UNKNOWN, f"{error}.")

    def _judged(self, scanner: Scanner, seen: list[Exchange]) -> Judged:
        if scanner.look and not self._before.look.page.asks:
            return self._judged_as_drawn(scanner, scanner.look, seen)
        sent = self._sent(scanner, seen)
        judged = self._told(judge(self._before, sent, self._look()))
        if judged.changed and not self._over:
            self._before = Baseline.of(self._look(), self._look())
        return judged

    def _judged_as_drawn(self, scanner: Scanner, look: Played, seen: list[Exchange]) -> Judged:
        """The page is drawn by scripts, which may decide by being run: to look is to scan."""
        drawn = [look(self._link, self._deadline) for _ in range(3)]
        seen += (one for each in drawn for one in each)
        looks = [each[-1] for each in drawn]
        judged = self._told(first_contact(*looks))
        if self._over:
            return judged
        before = Baseline.of(*looks[1:])
        sent = self._sent(scanner, seen)
        return self._told(judge(before, sent, look(self._link, self._deadline)[-1]))

    def _sent(self, scanner: Scanner, seen: list[Exchange]) -> Sequence[Exchange]:
        sent = scanner.play(self._link, self._deadline)
        seen += sent
        return sent

    def _told(self, judged: Judged) -> Judged:
        if judged.verdict is Verdict.DECIDED:
            self._over = "the request is decided already; make a new one to go on."
        return judged

    def _row(self, name: str, visits: int, seen: Sequence[Exchange], judged: Judged) -> Row:
        judged = replace(judged, how=self._link.scrub(judged.how))
        return Row(name, visits, _did(seen), _answered(self._link, seen), judged)


def _plays(kind: Kind, transport: httpx.BaseTransport | None) -> Played:
    def play(link: Link, deadline: Deadline) -> Sequence[Exchange]:
        with Visitor(link, deadline, transport) as visitor:
            kind.play(visitor)
            return visitor.exchanges

    return play


def _did(seen: Sequence[Exchange]) -> str:
    return _counted(one.method for one in seen)


def _answered(link: Link, seen: Sequence[Exchange]) -> str:
    away = (one.location for one in seen if one.redirected)
    hosts = {host(one) for one in away if not link.at_home(one)}
    led = f"; leads to {', '.join(sorted(hosts))}, not followed" if hosts else ""
    return _counted(str(one.status) for one in seen) + led


def _counted(words: Iterator[str] | map[str]) -> str:
    return ", ".join(f"{word} ({n})" for word, n in Counter(words).items())
