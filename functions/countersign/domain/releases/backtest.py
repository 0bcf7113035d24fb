"""Backtest: stored jobs judged again by the rules, readers, limits and policy of this code.

Nothing is asked of a model or a connector: the proposal and the records are those that are stored.
What was found outside of the job (a cap that was reached, a record that changed, an earlier job
with the same claim, the time) is taken as it was stored, and so are states: what a job in shadow
would have done is compared with what this code would do live.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import Any, Literal

from countersign.domain.errors import InternalError, UnknownVersion
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.limits.caps import REACHED
from countersign.domain.planning.basis import RECORD_CHANGED, SIGNED_CHANGED
from countersign.domain.planning.inquiry import was_asked
from countersign.domain.planning.plan import situation
from countersign.domain.planning.reservations import capped_before
from countersign.domain.policy.policy import Answer, Verdict, joined
from countersign.domain.policy.rules import Situation, findings
from countersign.domain.policy.states import PROBATION, SHADOW, STATE
from countersign.domain.releases.past import Past
from countersign.domain.workflow import Workflow, Workflows

People = Literal["approved", "edited", "rejected", "nobody"]
"""What people made of an action; nobody: it was not theirs to decide, or nobody did."""
Way = Literal["run", "ask", "forbid", "nothing"]
"""What happens with an action; nothing: it is not wanted at all."""
_OUTSIDE = frozenset({REACHED, RECORD_CHANGED, SIGNED_CHANGED})
_STATES = frozenset({SHADOW, PROBATION})
_NO_RULE = frozenset({"always"})
NEEDED = ("input", "proposal", "records", "limits")
"""What a job must have stored to be judged again."""


@dataclass(frozen=True)
class Moved:
    """One action that this code would treat otherwise. `rules` are those that make the difference:
    heard before and not now, or now and not before."""

    job_id: str
    workflow: str
    action: str
    before: Way
    now: Way
    people: People
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Backtest:
    """What a whole set of jobs says."""

    jobs: int
    """Judged again."""
    actions: int
    skipped: Mapping[str, int]
    """Jobs that were not, by the reason."""
    moved: tuple[Moved, ...]

    def more(self, way: Way) -> tuple[Moved, ...]:
        """The actions that this code would bring there, and that were not before."""
        return tuple(one for one in self.moved if one.now == way)


def backtest(workflows: Workflows, jobs: Iterable[Past]) -> Backtest:
    """Every job judged again."""
    count, actions = 0, 0
    skipped: Counter[str] = Counter()
    moved: list[Moved] = []
    for one in jobs:
        why = _unfit(workflows, one)
        if why:
            skipped[why] += 1
            continue
        try:
            pairs = again(workflows[one.record.job.workflow], one)
        except (UnknownVersion, InternalError) as other:
            skipped[str(other)] += 1
            continue
        count, actions = count + 1, actions + len(pairs)
        moved.extend(_moved(one.record, pairs))
    return Backtest(count, actions, skipped, tuple(moved))


def together(parts: Iterable[Backtest]) -> Backtest:
    """What parts of a set say, as what the whole set says."""
    whole = Backtest(0, 0, Counter(), ())
    for one in parts:
        whole = Backtest(
            jobs=whole.jobs + one.jobs,
            actions=whole.actions + one.actions,
            skipped=Counter(whole.skipped) + Counter(one.skipped),
            moved=(*whole.moved, *one.moved),
        )
    return whole


def _unfit(workflows: Workflows, one: Past) -> str:
    """Why the job cannot be judged again; empty: it can."""
    if one.record.job.workflow not in workflows:
        return f"this code has no workflow {one.record.job.workflow}"
    judged = one.judged_at and all(name in one.record.results for name in NEEDED)
    return "" if judged else "it was never judged"


Pair = tuple[LedgerEntry | None, tuple[str, Verdict] | None]
"""An action of the last plan as it is stored, and its id and verdict now; None: not wanted."""


def again(workflow: Workflow[Any], one: Past) -> Sequence[Pair]:
    """The actions of the job's last plan, each beside its verdict now. Raises UnknownVersion."""
    stored, past = _plans(one.record)
    made = [(wanted.action, verdict) for wanted, verdict in wanted_now(workflow, one)]
    return list(_paired(stored, made, complete=not past))


def wanted_now(workflow: Workflow[Any], one: Past) -> Sequence[tuple[ProposedAction, Verdict]]:
    """What this code wants for the job's stored proposal and records, and what it says to each, as
    if the workflow were live. Raises UnknownVersion."""
    record = one.record
    _, past = _plans(record)
    seen = _seen(workflow, record, past, one.judged_at or record.job.created_at)
    found = [one for one in findings(workflow.rules, seen) if one.rule not in _STATES]
    verdict = workflow.policy.verdict
    return [
        (wanted, _with_past(verdict(wanted.action, found), wanted.action, past))
        for wanted in workflow.want(seen)
    ]


def _plans(record: JobRecord) -> tuple[list[LedgerEntry], list[LedgerEntry]]:
    """The entries of the last plan, and those before it."""
    last = max((held.plan for held in record.ledger), default=0)
    stored = [held for held in record.ledger if held.plan == last]
    return stored, [held for held in record.ledger if held.plan < last]


def _seen(
    workflow: Workflow[Any], record: JobRecord, past: Sequence[LedgerEntry], now: datetime
) -> Situation[Any]:
    """What was looked at when the last plan was made, with the limits of this code."""
    held = workflow.release.limits
    lists = {name: words for name, words in held.lists.items() if name != STATE}
    limits = held.model_copy(update={"lists": lists})
    seen = situation(workflow, replace(record, ledger=tuple(past)), now)
    ours = frozenset(entry.key for entry in record.ledger)
    capped = capped_before(record)
    return replace(seen, limits=limits, ours=ours, asked=was_asked(past), capped=capped)


def _with_past(now: Verdict, action: str, past: Iterable[LedgerEntry]) -> Verdict:
    """A later plan judges an action at least as strictly as the plans before it did."""
    return reduce(joined, (held.verdict for held in past if held.action == action), now)


def _paired(
    stored: Sequence[LedgerEntry], made: Sequence[tuple[str, Verdict]], *, complete: bool
) -> Iterator[Pair]:
    """The first `crm.create_task` beside the first, and so on. A later plan leaves out what is
    settled: what it does not have is not new (`complete`)."""
    rest = list(made)
    for held in stored:
        twin = next((one for one in rest if one[0] == held.action), None)
        if twin is not None:
            rest.remove(twin)
            yield held, (twin[0], _as_outside(held.verdict, twin[1]))
        else:
            yield held, None
    yield from ((None, one) for one in rest if complete)


def _as_outside(stored: Verdict, now: Verdict) -> Verdict:
    """What was found outside of the job holds as it did."""
    reasons = tuple(reason for reason in stored.reasons if reason.rule in _OUTSIDE)
    return joined(Verdict(answer=stored.answer, reasons=reasons), now) if reasons else now


def _moved(record: JobRecord, pairs: Iterable[Pair]) -> Iterator[Moved]:
    for held, now in pairs:
        before, after = way_before(held), way_of(now[1].answer) if now else "nothing"
        if before != after:
            yield Moved(
                job_id=record.job.job_id,
                workflow=record.job.workflow,
                action=now[0] if now else held.action if held else "",
                before=before,
                now=after,
                people=people_on(record, held),
                rules=_difference(held, now[1] if now else None),
            )


def way_before(held: LedgerEntry | None) -> Way:
    """What happened with it, apart from the state that its workflow was in."""
    if held is None:
        return "nothing"
    verdict = held.verdict
    if verdict.answer is Answer.ASK and verdict.rules == {PROBATION}:
        return "run"
    return way_of(verdict.would or verdict.answer)


def way_of(answer: Answer) -> Way:
    """The answer as a way."""
    ways: dict[Answer, Way] = {Answer.RUN: "run", Answer.ASK: "ask", Answer.FORBID: "forbid"}
    return ways[answer]


def people_on(record: JobRecord, held: LedgerEntry | None) -> People:
    """What people made of a stored action."""
    if held is None:
        return "nobody"
    if held.status is ActionStatus.REJECTED:
        return "rejected"
    if held.edited_by and not _only_follows(record, held):
        return "edited"
    request = record.approvals.get(held.approval)
    said = request.decision if request else None
    return "approved" if said and said.approves(held.digest) else "nobody"


def _only_follows(record: JobRecord, held: LedgerEntry) -> bool:
    """Whether it was made anew because somebody edited another action of its plan: what runs by
    itself is on nobody's page."""
    by_itself = held.verdict.answer is Answer.RUN
    return by_itself and any(
        one.edited_by == held.edited_by
        and one.plan == held.plan
        and one.verdict.answer is Answer.ASK
        for one in record.ledger
    )


def _difference(held: LedgerEntry | None, now: Verdict | None) -> tuple[str, ...]:
    before = held.verdict.rules if held else frozenset[str]()
    after = now.rules if now else frozenset[str]()
    return tuple(sorted((before ^ after) - _STATES - _NO_RULE))
