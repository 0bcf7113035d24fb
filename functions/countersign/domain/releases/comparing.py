"""Two releases on the same input: what each understood, wants and may do, and what people said.

Both are judged by this code, beside the records that are stored. A release that would have looked
up something else than what is stored is told apart: what it would have found, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, ClassVar, Literal

from countersign.domain.canonical import plain
from countersign.domain.contract import Contract, Stored, Value
from countersign.domain.jobs.change import JobRecord
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.ledger.told import texts
from countersign.domain.policy.policy import Answer
from countersign.domain.policy.proposal import Proposal
from countersign.domain.releases.backtest import Way, people_on, wanted_now, way_of
from countersign.domain.releases.cases import Said
from countersign.domain.releases.past import Past
from countersign.domain.workflow import Workflow

From = Literal["case", "edit", "rejection", "past"]
"""A written case; a job of which people changed or rejected something; any other job."""
Part = Literal["fact", "action", "verdict"]


class Wanted(Value):
    """An action that a release wants, and what may happen with it."""

    action: str
    way: Way
    params: Mapping[str, str]


class Judged(Contract):
    """What a release makes of an input, and what that took. `trouble` says why it makes nothing of
    it; empty: it does."""

    CONTRACT: ClassVar[str] = "judged"
    VERSION: ClassVar[int] = 1

    facts: Mapping[str, str] = {}
    wanted: tuple[Wanted, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Lookups that it would have made and that nobody made, by name."""
    usd: Decimal = Decimal(0)
    calls: int = 0
    milliseconds: int = 0
    trouble: str = ""
    confidence: Decimal | None = None
    """None: of nothing, or not kept yet when it was stored."""


@dataclass(frozen=True)
class Objection:
    """Why an action must not run as a model said it: a person's no, or a case's. `params` are what
    a person made of it; None: nothing makes it right."""

    why: str
    params: Mapping[str, str] | None = None

    def holds(self, wanted: Wanted) -> bool:
        """Whether it speaks against this."""
        if self.params is None:
            return True
        return any(wanted.params.get(name) != value for name, value in self.params.items())


@dataclass(frozen=True)
class Subject:
    """An input that releases are compared on, as the stored job that it is or might be."""

    name: str
    source: From
    past: Past
    facts: Mapping[str, str] = field(default_factory=dict)
    """Facts that are known to be right; an empty text: there is none of that name."""
    objections: Mapping[str, Objection] = field(default_factory=dict)
    """By action."""
    right: Mapping[str, str] = field(default_factory=dict)
    """What a case's author says of each action; nothing else is wanted where it says anything."""
    scripted: Mapping[str, Any] = field(default_factory=dict)
    """Parts of a model's answer, for where no model is asked."""


@dataclass(frozen=True)
class Difference:
    """One thing, by both. `people`: what they then decided on the real job, if they did."""

    part: Part
    what: str
    before: str
    after: str
    people: str = ""

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return self.before == self.after


@dataclass(frozen=True)
class Compared:
    """One input by the current release, where there is one, and by the candidate."""

    subject: Subject
    before: Judged | None
    after: Judged

    @property
    def parts(self) -> tuple[Difference, ...]:
        """All that the two say, facts first; without a current one there is nothing beside it."""
        held = self.before
        return tuple(_parts(self.subject, held, self.after)) if held else ()


def judged(workflow: Workflow[Any], subject: Subject, proposal: Proposal) -> Judged:
    """What `workflow`, with its release, makes of the subject by this proposal. Raises
    UnknownVersion for an input that other code wrote."""
    past = with_proposal(subject.past, proposal)
    wanted = wanted_now(workflow, past)
    return Judged(
        facts={name: fact.value for name, fact in proposal.facts.items()},
        wanted=tuple(
            Wanted(action=w.action, way=way_of(v.answer), params=texts_of(w.params))
            for w, v in wanted
        ),
        elsewhere=elsewhere(workflow, subject.past, proposal),
        usd=proposal.usage.usd,
        calls=proposal.usage.calls,
        confidence=proposal.confidence,
    )


def with_proposal(past: Past, proposal: Proposal) -> Past:
    """The same job, had this been proposed: nothing is planned of it yet."""
    held = {**past.record.results, "proposal": Stored.of(proposal)}
    return replace(past, record=replace(past.record, results=held, ledger=(), approvals={}))


def elsewhere(workflow: Workflow[Any], past: Past, proposal: Proposal) -> tuple[str, ...]:
    """Names of the lookups of this proposal that were not made for the stored one. A job without
    one has nothing looked up but what its records are called."""
    results = past.record.results
    given = results["input"].as_(workflow.input)
    asked = workflow.lookups(given, proposal)
    if "proposal" not in results:
        return ()
    made = set(workflow.lookups(given, results["proposal"].as_(Proposal)))
    return tuple(sorted(one.name for one in asked if one not in made))


def texts_of(params: Any) -> dict[str, str]:
    """Parameters by name, each as one text."""
    return texts(dict(plain(params)))


def objections_of(record: JobRecord) -> dict[str, Objection]:
    """What people said no to, by action: what they rejected, and what they changed it into."""
    found: dict[str, Objection] = {}
    for held in record.ledger:
        people = people_on(record, held)
        if people == "rejected":
            found[held.action] = Objection(held.note or "rejected")
        elif people == "edited":
            found.setdefault(held.action, Objection("edited", changed_by_people(held)))
    return found


def changed_by_people(held: LedgerEntry) -> dict[str, str]:
    """The parameters that people changed, as they left them."""
    before = texts_of(held.model_copy(update={"body": held.edited_from}).content()["params"])
    after = texts_of(held.content()["params"])
    return {name: value for name, value in after.items() if before.get(name) != value}


def subject_of(past: Past) -> Subject:
    """A stored job as a subject."""
    record = past.record
    no = objections_of(record)
    source: From = "past"
    if no:
        source = "rejection" if any(one.params is None for one in no.values()) else "edit"
    corrected = record.results["proposal"].as_(Proposal)
    facts = {name: one.value for name, one in corrected.facts.items() if one.by}
    return Subject(record.job.job_id, source, past, facts=facts, objections=no)


def chosen(subjects: Iterable[Subject], most: int) -> list[Subject]:
    """At most so many: up to half of them jobs that people changed or rejected, then others, each
    in the order they come in."""
    held = list(subjects)
    dangerous = [one for one in held if one.objections]
    others = [one for one in held if not one.objections]
    first = dangerous[: max(most // 2, most - len(others))]
    return [*first, *others[: most - len(first)]]


def _parts(subject: Subject, before: Judged, after: Judged) -> Iterator[Difference]:
    for name in sorted({*before.facts, *after.facts}):
        texts = before.facts.get(name, ""), after.facts.get(name, "")
        yield Difference("fact", name, *texts, people=subject.facts.get(name, ""))
    for action, one, other in _beside(before.wanted, after.wanted):
        said = _people(subject, action)
        yield Difference("verdict", action, _way(one), _way(other), people=said)
        for name in sorted({*_params(one), *_params(other)}) if one and other else ():
            texts = _params(one).get(name, ""), _params(other).get(name, "")
            yield Difference("action", f"{action} {name}", *texts, people=said)


Beside = tuple[str, Wanted | None, Wanted | None]


def _beside(before: Sequence[Wanted], after: Sequence[Wanted]) -> Iterator[Beside]:
    """The first `crm.create_task` beside the first, and so on."""
    rest = list(after)
    for one in before:
        twin = next((other for other in rest if other.action == one.action), None)
        if twin is not None:
            rest.remove(twin)
        yield one.action, one, twin
    for other in rest:
        yield other.action, None, other


def _way(wanted: Wanted | None) -> str:
    return wanted.way if wanted else "nothing"


def _params(wanted: Wanted | None) -> Mapping[str, str]:
    return wanted.params if wanted else {}


def _people(subject: Subject, action: str) -> str:
    """What people decided of an action, in a word and their reason."""
    if action in subject.right:
        return f"must {subject.right[action]}"
    record = subject.past.record
    held = next((one for one in reversed(record.ledger) if one.action == action), None)
    said = people_on(record, held)
    why = subject.objections[action].why if action in subject.objections else ""
    told = "" if said == "nobody" else said
    return f"{told}: {why}" if why and why != told else told


def case_subject(
    name: str, past: Past, expected: Mapping[str, Any], people: Iterable[Said] = ()
) -> Subject:
    """A written case as a subject: what its author says of facts and actions, and what people had
    made of a model's answer to it."""
    right, said = dict(expected.get("verdicts") or {}), tuple(people)
    no = {
        action: Objection(f"the case says {way}")
        for action, way in right.items()
        if way != Answer.RUN.value
    }
    theirs = {one.what: one.person for one in said if one.how == "corrected"}
    facts = {**expected.get("facts", {}), **dict.fromkeys(expected.get("absent", ()), "")}
    return Subject(
        *(name, "case", past),
        facts={**facts, **theirs},
        objections={**no, **_said_no(said)},
        right=right,
    )


def _said_no(said: Iterable[Said]) -> dict[str, Objection]:
    found: dict[str, Objection] = {}
    for one in said:
        action, _, parameter = one.what.partition(" ")
        if one.how == "edited":
            held = found.get(action, Objection(one.why or "edited", {}))
            if held.params is not None:
                params = {**held.params, parameter: one.person}
                found[action] = replace(held, params=params)
        elif one.how != "corrected":
            found[action] = Objection(one.why or one.how)
    return found
