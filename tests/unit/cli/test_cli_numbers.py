"""Many jobs of two workflows with faults dealt by a seed: what an operator is told is what the
journal of who dealt them says."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any

import pytest

from countersign import observability
from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import (
    Ambiguous,
    CountersignError,
    Misconfigured,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.jobs.job import Status
from countersign.domain.reporting.sampling import wilson
from countersign.entrypoints.execution_events import record_end
from countersign.entrypoints.tick import tick
from tests.answers import WITHOUT_ORDER, mail
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from tests.guarantees.pipeline import a_pipeline_world
from tests.seeds import dice
from tests.unit.cli.terminal import Terminal
from tests.unit.steps import replans

LEAD, REFUND = "lead_intake", "refund_request"
REPLY = "email.send_reply"
MANY = 300
"""Longer than any step tries by itself."""
DEAR = 12_000
"""Cents above what a refund may be without a person."""
NO_FAILURE = {"NotYourTurn", "ConnectorBusy"}
"""Waits, of which no step says that it failed."""
SELLERS = "a signature of Ana Costa or Ben Okafor"
LATER = "; the next attempt looks for payments.refund"
READ, GUESSED = "scripted", "heuristics, because the model is down"

Counts = Counter[tuple[str, str]]


@dataclass
class Journal:
    """What was done, written down by who did it; nothing in it is read from a record afterwards."""

    world: World
    stuck: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By status, cause and workflow."""
    failing: Counts = field(default_factory=Counter)
    """By step and what the machine was told, or what the outside systems were made to do."""
    failed: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """The jobs of each."""
    workflows: Counts = field(default_factory=Counter)
    readers: Counts = field(default_factory=Counter)
    rules: Counts = field(default_factory=Counter)
    """What people decided of each, and of a rule also what is open."""
    choices: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    jobs: int = 0

    def lead(self, **fields: Any) -> Journey:
        """A web form that has been accepted."""
        self.jobs += 1
        who = {"email": f"ada@firm{self.jobs}.example", "company": f"Firm {self.jobs} GmbH"}
        body = form(**{"country": "Germany", **who, **fields})
        return Journey(self.world, accept(self.world, body, f"e-{self.jobs}"))

    def refund(self, cents: int) -> Journey:
        """A request for all of an order of a new customer."""
        self.jobs += 1
        order, address = f"{20_000 + self.jobs}", f"ada@home{self.jobs}.example"
        bought = {
            "customer": f"cus_{self.jobs}",
            "email": address,
            "created": int(self.world.clock.now().timestamp()),
        }
        self.world.payments.has_order(order, cents, "eur", **bought)
        amount = {"minor": cents, "currency": "EUR"}
        text = "The lamp arrived broken, please refund me."
        said = {"order": order, "email": address, "message": text, "amount": amount}
        body = json.dumps(said).encode()
        return Journey(self.world, accept(self.world, body, f"e-{self.jobs}", workflow=REFUND))

    def letter(self) -> Journey:
        """A mail that asks for a refund and names no order."""
        self.jobs += 1
        body = mail(WITHOUT_ORDER, sender=f"ada@home{self.jobs}.example", number=self.jobs)
        event = f"e-{self.jobs}"
        return Journey(self.world, accept(self.world, body, event, "upload", REFUND))

    def is_stuck(self, journey: Journey, status: str, why: str) -> None:
        """The job was left so."""
        self.stuck[status, why, workflow_of(journey)] += 1

    def leaves(self, journey: Journey, why: str, rules: Mapping[str, tuple[str, ...]]) -> None:
        """Nobody decides on what `rules` asked about."""
        self.is_stuck(journey, "WAITING_FOR_REVIEW", why)
        self.rules.update((rule, "open") for asked in rules.values() for rule in asked)

    def fails(self, journey: Journey, step: str, what: str) -> None:
        """One time that something went wrong."""
        self.failing[step, what] += 1
        self.failed.setdefault((step, what), set()).add(journey.job_id)

    def decides(
        self,
        journey: Journey,
        by: str,
        choice: Choice,
        reader: str,
        rules: Mapping[str, tuple[str, ...]],
        *,
        edited: str = "",
    ) -> None:
        """Somebody decides on everything; `rules` are those that asked, by action."""
        pending = journey.record.pending
        assert pending
        assert sorted(pending.actions.values()) == sorted(rules), "other actions wait than are told"
        journey.is_decided(choice, by, "" if choice is Choice.APPROVE else "not this one")
        for action, asked in rules.items():
            how = "edit" if action == edited else choice.value
            self.choices[how] += 1
            self.workflows[workflow_of(journey), how] += 1
            self.readers[reader, how] += 1
            self.rules.update((rule, how) for rule in asked)

    def ends(self, journey: Journey) -> None:
        """An hour passes, everything works again, and what the machine was told is written down."""
        self.world.clock.passes(hours=1)
        self.world.crm.works_again()
        self.world.payments.works_again()
        self.world.model.works_again()
        for step, what in journey.errors:
            if what not in NO_FAILURE:
                self.fails(journey, step, what)

    @property
    def expects(self) -> Told:
        """What an operator must be told."""
        groups = Counter[tuple[str, str]]()
        whose = dict[tuple[str, str], set[str]]()
        for (status, why, workflow), count in self.stuck.items():
            groups[status, why] += count
            whose.setdefault((status, why), set()).add(workflow)
        return Told(
            stuck={key: (count, frozenset(whose[key])) for key, count in groups.items()},
            failing={key: (count, len(self.failed[key])) for key, count in self.failing.items()},
            overrides={
                by: _shares(counts)
                for by, counts in (
                    ("workflow", self.workflows),
                    ("reader", self.readers),
                    ("rule", self.rules),
                )
            },
            choices=dict(self.choices),
            rules={
                rule: {how: self.rules[rule, how] for how in OUTCOMES} for rule, _ in self.rules
            },
        )


OUTCOMES = ("approve", "edit", "reject", "expired", "open")


@dataclass(frozen=True)
class Told:
    """The numbers of `stuck`, `failing`, `overrides` and `stats`."""

    stuck: Mapping[tuple[str, str], tuple[int, frozenset[str]]]
    """By status and cause: so many jobs, of these workflows."""
    failing: Mapping[tuple[str, str], tuple[int, int]]
    """By step and what: so many times, in so many jobs."""
    overrides: Mapping[str, Mapping[str, tuple[int, int, float, float]]]
    """By workflow, reader and rule: overridden, decided, and the interval."""
    choices: Mapping[str, int]
    rules: Mapping[str, Mapping[str, int]]


def _shares(counts: Counts) -> dict[str, tuple[int, int, float, float]]:
    found = {}
    for name in {name for name, _ in counts}:
        n = sum(counts[name, how] for how in ("approve", "edit", "reject"))
        hits = n - counts[name, "approve"]
        if n:
            found[name] = (hits, n, *wilson(hits, n))
    return found


def told(terminal: Terminal) -> Told:
    """What the four commands say, asked for all jobs."""
    every = ("--most", "10000")
    stuck = terminal.json("stuck", *every)
    failing = terminal.json("failing", *every, "--hours", "9600")
    overrides = terminal.json("overrides", *every, "--days", "400")
    stats = terminal.json("stats", *every, "--days", "400")
    assert [one["cut"] for one in (stuck, failing, overrides, stats)] == [[]] * 4
    return Told(
        stuck=_groups(stuck["stuck"]),
        failing={
            (one["step"], one["what"]): (one["count"], one["jobs"]) for one in failing["failing"]
        },
        overrides={
            by: {
                one["name"]: (one["overridden"], one["decided"], one["low"], one["high"])
                for one in overrides[by]
            }
            for by in ("workflow", "reader", "rule")
        },
        choices=stats["choices"],
        rules={one["rule"]: {how: one[how] for how in OUTCOMES} for one in stats["rules"]},
    )


def _groups(lines: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
    """By status and cause alone: what is to be done may differ by how long it lasts."""
    found: dict[tuple[str, str], tuple[int, frozenset[str]]] = {}
    for one in lines:
        count, whose = found.get((one["status"], one["cause"]), (0, frozenset()))
        found[one["status"], one["cause"]] = count + one["count"], whose | {*one["workflows"]}
    return found


def workflow_of(journey: Journey) -> str:
    """Whose job it is: that of its door, which never changes."""
    return journey.record.job.workflow


DRAFTED = {REPLY: ("reply.drafted", "sender.unauthenticated")}
UNSURE = {
    "crm.upsert_contact": ("confidence.low",),
    "crm.create_lead": ("confidence.low",),
    "crm.request_callback": ("confidence.low",),
    REPLY: ("confidence.low", *DRAFTED[REPLY]),
}
OVER = dict.fromkeys(("payments.refund", REPLY), ("refund.over_auto",))
PUSHED = OVER | {"notify.push": ("always",)}


def is_signed(journal: Journal) -> Journey:
    """A lead whose reply is approved."""
    journey = journal.lead()
    journey.goes()
    journal.decides(journey, "ana", Choice.APPROVE, READ, DRAFTED)
    journey.answered()
    return journey


def is_rejected(journal: Journal) -> Journey:
    """A lead whose reply nobody wants."""
    journey = journal.lead()
    journey.goes()
    journal.decides(journey, "ben", Choice.REJECT, READ, DRAFTED)
    journey.answered()
    return journey


def is_edited(journal: Journal) -> Journey:
    """Ana changes the reply, Ben signs it."""
    journey = journal.lead()
    journey.goes()
    replans.edits(journal.world, journey, REPLY, subject="Your quote for 40 licences")
    journal.decides(journey, "ben", Choice.APPROVE, READ, DRAFTED, edited=REPLY)
    journey.answered()
    return journey


def is_edited_and_left(journal: Journal) -> Journey:
    """Ana changes the reply, and Ben says nothing."""
    journey = journal.lead()
    journey.goes()
    replans.edits(journal.world, journey, REPLY, subject="Your quote for 40 licences")
    journal.leaves(journey, "a signature of Ben Okafor", DRAFTED)
    return journey


def is_left_to_sellers(journal: Journal) -> Journey:
    """A lead that nobody signs."""
    journey = journal.lead()
    journey.goes()
    journal.leaves(journey, SELLERS, DRAFTED)
    return journey


def is_of_nowhere(journal: Journal) -> Journey:
    """A country of which no rule says anything."""
    journey = journal.lead(country="Mongolia", phone="+976 7012 0142")
    journey.goes()
    why = "a case (sales-ops): no rule says whether we serve the country that is stated"
    journal.is_stuck(journey, "ESCALATED", why)
    return journey


def crm(error: CountersignError, status: str, why: str) -> Callable[[Journal], Journey]:
    """The CRM answers so, for longer than anybody waits."""

    def dealt(journal: Journal) -> Journey:
        journey = journal.lead()
        journal.world.crm.fails_with(error, times=MANY)
        journey.goes()
        journal.is_stuck(journey, status, why)
        return journey

    return dealt


def payments(error: CountersignError, status: str, why: str) -> Callable[[Journal], Journey]:
    """The account of payments answers so, for longer than anybody waits."""

    def dealt(journal: Journal) -> Journey:
        journey = journal.refund(4_990)
        journal.world.payments.fails_with(error, times=MANY)
        journey.goes()
        journal.is_stuck(journey, status, why)
        return journey

    return dealt


def model(answer: Exception | str, status: str, why: str) -> Callable[[Journal], Journey]:
    """The model answers so, whatever it is asked."""

    def dealt(journal: Journal) -> Journey:
        journey = journal.lead()
        journal.world.model.answers(*[answer] * MANY)
        journey.goes()
        journal.is_stuck(journey, status, why)
        return journey

    return dealt


def is_guessed_and_signed(journal: Journal) -> Journey:
    """The model is away; what the plain reader made of it is approved."""
    journey = journal.lead()
    journal.world.model.answers(*[Unavailable("the model does not answer")] * MANY)
    journey.goes()
    journal.world.model.works_again()
    journal.decides(journey, "ana", Choice.APPROVE, GUESSED, UNSURE)
    journey.answered()
    return journey


def is_guessed_and_rejected(journal: Journal) -> Journey:
    """The model asks to wait for too long; what the plain reader made of it is not wanted."""
    journey = journal.lead()
    journal.world.model.answers(*[Throttled("slow down", 600)] * MANY)
    journey.goes()
    journal.world.model.works_again()
    journal.decides(journey, "ana", Choice.REJECT, GUESSED, UNSURE)
    journey.answered()
    return journey


def is_sent_or_not(journal: Journal) -> Journey:
    """The mail server took the reply, or did not: its answer was lost."""
    journey = journal.lead()
    journey.goes()
    journal.decides(journey, "ana", Choice.APPROVE, READ, DRAFTED)
    journal.world.mail.fails_with(Ambiguous("its answer was lost"), after_sending=True)
    journey.answered()
    journal.fails(journey, "Act", f"{REPLY} unknown")
    journal.is_stuck(journey, "ESCALATED", "nobody knows whether an action took effect")
    return journey


def is_killed(journal: Journal) -> Journey:
    """Its execution ran out of time, and the recorder heard of it."""
    journey = journal.lead()
    journey.stops_before("Act")
    assert record_end(journal.world.deps, journey.job_id, journey.job_id, "TIMED_OUT")
    journal.fails(journey, "machine", "execution ended")
    journal.is_stuck(journey, "FAILED", "the execution ran out of time")
    return journey


def is_forgotten(journal: Journal) -> Journey:
    """Its execution stops, and nobody says so."""
    journey = journal.lead()
    journey.stops_before("Act")
    journal.is_stuck(journey, "PROCESSING", "no step has written for a quarter of an hour")
    return journey


def is_not_begun(journal: Journal) -> Journey:
    """Accepted, and never taken from the queue."""
    journey = journal.lead()
    journal.is_stuck(journey, "PENDING", "it was accepted and has not begun")
    return journey


def is_given_back(journal: Journal) -> Journey:
    """A small refund that asks nobody."""
    journey = journal.refund(4_990)
    journey.goes()
    return journey


def is_given_back_by(journal: Journal) -> Journey:
    """A refund that a person signs."""
    journey = journal.refund(DEAR)
    journey.goes()
    journal.decides(journey, "jonas", Choice.APPROVE, READ, PUSHED)
    journey.answered()
    return journey


def is_kept(journal: Journal) -> Journey:
    """A refund that a person refuses."""
    journey = journal.refund(DEAR)
    journey.goes()
    journal.decides(journey, "robin", Choice.REJECT, READ, PUSHED)
    journey.answered()
    return journey


def is_left_to_the_till(journal: Journal) -> Journey:
    """A refund that nobody signs."""
    journey = journal.refund(DEAR)
    journey.goes()
    journal.leaves(journey, "a signature of Jonas or Robin", PUSHED)
    return journey


def is_asked(journal: Journal) -> Journey:
    """A mail without an order: its sender is asked, and is silent."""
    journey = journal.letter()
    journey.goes()
    why = "its sender was asked and has not answered"
    journal.is_stuck(journey, "WAITING_FOR_SENDER", why)
    return journey


def is_paid_or_not(journal: Journal) -> Journey:
    """The answer of the account of payments is lost: what it did is looked for later."""
    journey = journal.refund(4_990)
    journal.world.payments.loses_the_answer()
    journey.goes()
    journal.is_stuck(journey, "PARKED", f"the answer was lost{LATER}")
    return journey


NO_KEY = "the CRM does not take our key"
_OURS = "ValueError in Propose; the log has it"
_MEND = "give it the rights it lacks, or run `countersign …"
_SET = "give it the rights it lacks, or run `countersign secrets set …"
DEALT: tuple[Callable[[Journal], Journey], ...] = (
    is_signed,
    is_rejected,
    is_edited,
    is_edited_and_left,
    is_left_to_sellers,
    is_of_nowhere,
    crm(Unavailable("the CRM is down"), "PARKED", "the CRM is down"),
    crm(Throttled("later"), "PARKED", "its turn at crm comes at … UTC"),
    crm(Misconfigured(NO_KEY), "PARKED", f"{NO_KEY}: {_MEND}"),
    crm(Refused("it does not take that"), "ESCALATED", "a case (sales-ops): it does not take that"),
    payments(Unavailable("the till is down"), "PARKED", "the till is down"),
    payments(Misconfigured("no key"), "PARKED", f"no key: {_SET}"),
    payments(Refused("not this one"), "ESCALATED", "a case (payments-ops): not this one"),
    model(ValueError("ours"), "ESCALATED", f"a case (sales-ops): {_OURS}"),
    is_guessed_and_signed,
    is_guessed_and_rejected,
    is_sent_or_not,
    is_killed,
    is_forgotten,
    is_not_begun,
    is_given_back,
    is_given_back_by,
    is_kept,
    is_left_to_the_till,
    is_asked,
    is_paid_or_not,
)


def nobody_signs(journal: Journal, count: int) -> Iterator[Journey]:
    """Leads of which all tiers' time passes. They come first: the clock wakes others too."""
    left = [journal.lead() for _ in range(count)]
    for journey in left:
        journey.goes()
    for _ in range(6):
        journal.world.clock.passes(days=1)
        tick(journal.world.deps)
    for journey in left:
        journey.answered()
        journal.rules.update((rule, "expired") for rule in DRAFTED[REPLY])
        journal.is_stuck(journey, "ESCALATED", "a case (sales-ops): nobody decided in time")
        yield journey


def a_journal(jobs: int, dealt: random.Random) -> Journal:
    """So many jobs: each fault once, then as they are dealt."""
    world = a_pipeline_world()
    free = dict.fromkeys(world.settings.connector_limits, ())
    world.settings = world.settings.model_copy(update={"connector_limits": free})
    world.deps = world.deps_again()
    journal = Journal(world)
    with redirect_stdout(StringIO()) as out:
        for journey in nobody_signs(journal, 3):
            journal.ends(journey)
        rest = jobs - journal.jobs - len(DEALT)
        ways = [*DEALT, *dealt.choices(DEALT, k=rest)]
        dealt.shuffle(ways)
        for way in ways:
            journal.ends(way(journal))
    journal.lines = out.getvalue().splitlines()
    return journal


@pytest.fixture(scope="module")
def short() -> Journal:
    """60 jobs."""
    return a_journal(60, dice())


def operator(journal: Journal, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Somebody who asks about these jobs."""
    terminal = Terminal(capsys)
    terminal.world, terminal.lines = journal.world, [*journal.lines]
    terminal.forgets()
    return terminal


def test_what_is_told_is_what_was_done(short: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cause, step, rule, reader and workflow so often as the journal has it, and no other."""
    assert told(operator(short, capsys)) == short.expects


def loses_a_line(terminal: Terminal) -> None:
    """One line of a function is not there."""
    lost = next(one for one in terminal.lines if observability.STEP_ERRORS in one)
    terminal.lines.remove(lost)


def loses_a_row(terminal: Terminal) -> None:
    """One job that waits stands in no list."""
    records = terminal.world.store._records
    del records[next(k for k, one in records.items() if one.job.status is Status.PARKED)]


def loses_an_edit(terminal: Terminal) -> None:
    """One reply that was changed counts as approved as it was."""
    records = terminal.world.store._records
    job_id, index = next(
        (job_id, index)
        for job_id, one in records.items()
        for index, held in enumerate(one.ledger)
        if held.edited_by and one.job.status is Status.COMPLETED
    )
    ledger = [*records[job_id].ledger]
    ledger[index] = ledger[index].model_copy(update={"edited_by": ""})
    records[job_id] = replace(records[job_id], ledger=tuple(ledger))


@pytest.mark.control
@pytest.mark.parametrize(
    ("loses", "where"),
    [
        (loses_a_line, {"failing"}),
        (loses_a_row, {"stuck"}),
        (loses_an_edit, {"overrides", "choices", "rules"}),
    ],
)
def test_one_that_is_lost_is_found(
    short: Journal,
    capsys: pytest.CaptureFixture[str],
    loses: Callable[[Terminal], None],
    where: set[str],
) -> None:
    """Control: with one cause, step or override less, those numbers are not the journal's, and the
    others are."""
    terminal, before = operator(short, capsys), dict(short.world.store._records)
    loses(terminal)
    found = told(terminal)
    short.world.store._records.update(before)
    names = ("stuck", "failing", "overrides", "choices", "rules")
    assert {n for n in names if getattr(found, n) != getattr(short.expects, n)} == where


@pytest.mark.soak
def test_it_is_so_of_a_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    """The same for 1,000 jobs, in any order of faults."""
    journal = a_journal(1_000, dice())
    assert told(operator(journal, capsys)) == journal.expects
