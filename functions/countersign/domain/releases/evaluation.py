"""What a set of inputs says of a candidate: false approvals first, then everything as rates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from countersign.domain.releases.backtest import Way
from countersign.domain.releases.comparing import Compared, Judged, Objection, Part, Subject
from countersign.domain.reporting.sampling import Rate, rate_of

ALONE: Way = "run"


@dataclass(frozen=True)
class FalseApproval:
    """An action that would run by itself although somebody said no to it."""

    subject: str
    action: str
    why: str
    before: bool
    after: bool
    """Whether the current release, and the candidate, would run it."""


def false_approvals(found: Iterable[Compared]) -> tuple[FalseApproval, ...]:
    """All of them, those that only the candidate makes first."""
    seen = [
        FalseApproval(one.subject.name, action, no.why, *_run(one, action, no))
        for one in found
        for action, no in one.subject.objections.items()
    ]
    wrong = (one for one in seen if one.before or one.after)
    return tuple(sorted(wrong, key=lambda one: (one.before, not one.after)))


def _run(one: Compared, action: str, no: Objection) -> tuple[bool, bool]:
    return _alone(one.before, action, no), _alone(one.after, action, no)


def _alone(side: Judged | None, action: str, no: Objection) -> bool:
    wanted = side.wanted if side else ()
    return any(w.action == action and w.way == ALONE and no.holds(w) for w in wanted)


@dataclass(frozen=True)
class Side:
    """What one release did with all inputs. Money in USD, time of the model alone."""

    wrong_alone: Rate
    """Of what somebody said no to, how much would run by itself."""
    right_facts: Rate
    """Of the facts that are known, how many it has."""
    right_verdicts: Rate
    """Of what the cases say of actions."""
    trouble: Rate
    """Inputs of which it made nothing."""
    usd: Decimal
    calls: int
    milliseconds: tuple[int, ...]
    """Of each input, the quickest first."""
    sure: Decimal
    """The mean confidence of what a model was asked about; 0 without any."""

    def slowest(self, share: float) -> int:
        """Milliseconds in which `share` of the inputs are answered; 0 without any."""
        held = self.milliseconds
        return held[min(int(share * len(held)), len(held) - 1)] if held else 0


@dataclass(frozen=True)
class Evaluation:
    """What a set of inputs says of a candidate and of the current release."""

    inputs: Mapping[str, int]
    """How many of each source."""
    wrong: tuple[FalseApproval, ...]
    before: Side | None
    after: Side
    elsewhere: tuple[str, ...]
    """Inputs for which the candidate would look up something that is not stored."""
    same: Mapping[Part, Rate]
    """Of what either says, how much both say; of inputs that look nowhere else."""
    differ: tuple[Compared, ...]
    """Inputs that the two make something else of, or that look elsewhere."""


def evaluation(found: Sequence[Compared]) -> Evaluation:
    """The whole of it."""
    sources = [one.subject.source for one in found]
    with_both = [one for one in found if one.before is not None]
    alike = [one for one in with_both if not one.after.elsewhere]
    parts = [part for one in alike for part in one.parts]
    kinds: tuple[Part, ...] = ("fact", "action", "verdict")
    same = {kind: _hits(one.same for one in parts if one.part == kind) for kind in kinds}
    differ = (one for one in with_both if one.after.elsewhere or _changed(one))
    return Evaluation(
        inputs={source: sources.count(source) for source in dict.fromkeys(sources)},
        wrong=false_approvals(found),
        before=_side([(o.subject, o.before) for o in with_both if o.before]) if with_both else None,
        after=_side([(one.subject, one.after) for one in found]),
        elsewhere=tuple(one.subject.name for one in found if one.after.elsewhere),
        same=same,
        differ=tuple(sorted(differ, key=lambda one: not one.after.elsewhere)),
    )


def _changed(one: Compared) -> bool:
    return any(not part.same for part in one.parts)


def _side(sides: Collection[tuple[Subject, Judged]]) -> Side:
    none = [_alone(side, action, no) for of, side in sides for action, no in of.objections.items()]
    facts = [side.facts.get(name, "") == v for of, side in sides for name, v in of.facts.items()]
    return Side(
        wrong_alone=_hits(none),
        right_facts=_hits(facts),
        right_verdicts=_hits(right for of, side in sides for right in _right(of, side)),
        trouble=_hits(bool(side.trouble) for _, side in sides),
        usd=sum((side.usd for _, side in sides), Decimal(0)),
        calls=sum(side.calls for _, side in sides),
        milliseconds=tuple(sorted(side.milliseconds for _, side in sides if side.calls)),
        sure=_mean([s.confidence for _, s in sides if s.calls and s.confidence is not None]),
    )


def _right(of: Subject, side: Judged) -> Iterator[bool]:
    """What the case says of each action, and of those that it does not name."""
    if of.right:
        ways = {one.action: one.way for one in side.wanted}
        yield from (ways.get(name) == of.right.get(name) for name in {*ways, *of.right})


def _mean(of: Sequence[Decimal]) -> Decimal:
    """0 of nothing."""
    return sum(of, Decimal(0)) / len(of) if of else Decimal(0)


def _hits(said: Iterable[bool]) -> Rate:
    all_ = list(said)
    return rate_of(sum(all_), len(all_))
