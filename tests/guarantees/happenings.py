"""Everything that may happen to the pipeline, each by its name: what senders, customers, people who
sign, operators, outside systems, processes and time do."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from countersign.domain.errors import Misconfigured, Unavailable
from countersign.domain.jobs.cases import Way
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.inbox import open_case
from countersign.domain.jobs.job import Status
from tests.answers import WITHOUT_ORDER, mail
from tests.fakes.journey import form
from tests.guarantees.pipeline import LOSES, ORDERS, ROOM, Pipeline, Sent
from tests.guarantees.pipeline_judge import Judge, next_time
from tests.guarantees.test_t43_changes import FLOW, Greeting, code, forbidding, prompting, version
from tests.seeds import dealt_by
from tests.unit.steps import test_front_desk
from tests.unit.steps.refunds import ADA

SIGNERS = ("ana", "ben", "cleo", "jonas", "robin", "ines", "sam")


@dataclass
class Life:
    """One run: the pipeline, and the judge beside it."""

    pipeline: Pipeline
    judge: Judge

    @classmethod
    def begins(cls, pipeline: Pipeline | None = None) -> Life:
        """Nothing has happened yet."""
        made = pipeline or Pipeline()
        return cls(made, Judge(made))

    def happens(self, name: str, number: int) -> None:
        """One thing, and the judgement after it."""
        self.acts(name, number)
        self.judge.judge()

    def acts(self, name: str, number: int) -> None:
        """One thing. Its details are dealt apart from its name: by the same draw, what senders do
        would be the details of their share of the numbers alone, and nothing dear."""
        HAPPENINGS[name](self, dealt_by(f"{name} {number}"))

    def new(self) -> str:
        """The next event's id."""
        return f"evt-{len(self.pipeline.sent) + 1}"


Happens = Callable[[Life, random.Random], None]


def a_form_comes(life: Life, dealt: random.Random) -> None:
    """A lead by the web form: a new person, or one of two who wrote before."""
    event = life.new()
    who = dealt.choice([f"{event}@hafenwerk.example", "anna.lindner@hafenwerk.example"])
    body = form(email=who, consent=dealt.random() < 0.7)
    life.pipeline.arrives(Sent(event, body, "lead_intake", "webhook"))


DEAR = ("1050", "1060", "1060", "1060")
"""Of ORDERS those that people sign."""


def a_refund_is_asked(life: Life, dealt: random.Random) -> None:
    """For an order that is small, or more often dear, or too dear for one signature; twice is
    another matter."""
    number = dealt.choice((*sorted(ORDERS), *DEAR))
    cents = ORDERS[number]
    text = f"The lamp arrived broken, please refund me {cents / 100:.2f} EUR for order {number}."
    sent = Sent(life.new(), mail(text, number=len(life.pipeline.sent)), "refund_request", "upload")
    life.pipeline.arrives(sent)


def a_question_is_needed(life: Life, _: random.Random) -> None:
    """A refund is asked that names no order: the sender is asked which."""
    body = mail(WITHOUT_ORDER, number=100 + len(life.pipeline.sent))
    life.pipeline.arrives(Sent(life.new(), body, "refund_request", "upload"))


def the_desk_is_written_to(life: Life, _: random.Random) -> None:
    """A mail that names no process is routed."""
    event = life.new()
    body = test_front_desk.mail(
        test_front_desk.SALE, sender=f"Anna Lindner <{event}@hafenwerk.example>"
    )
    life.pipeline.arrives(Sent(event, body, "front_desk", "upload"))


def a_form_is_broken(life: Life, _: random.Random) -> None:
    """A form that breaks its contract is accepted, and told so."""
    life.pipeline.arrives(Sent(life.new(), b'{"name": 7}', "lead_intake", "webhook"))


def it_comes_again(life: Life, dealt: random.Random) -> None:
    """A message of before is delivered again, as it was."""
    if life.pipeline.sent:
        life.pipeline.arrives(dealt.choice(list(life.pipeline.sent.values())))


def it_comes_otherwise(life: Life, dealt: random.Random) -> None:
    """The id of a form that was accepted comes with another body: a conflict, and nothing else."""
    pipeline = life.pipeline
    known = [pipeline.sent[one] for one in pipeline.accepted if pipeline.sent[one].door != "upload"]
    if known:
        first = dealt.choice(known)
        other = Sent(first.event, form(name="Somebody Else"), first.workflow, first.door)
        if pipeline.arrives(other) not in (0, 409, 503):
            life.judge.wrong.append("another body under a known id was not refused")


def the_sender_answers(life: Life, dealt: random.Random) -> None:
    """Who was asked which order it is says so, in the thread."""
    asked = _questions(life)
    if not asked:
        return
    number = dealt.choice(asked)
    thread = f"In-Reply-To: <mail-{number}@eu-central-1.amazonses.com>"
    body = mail("Sorry, it is order 1042.", thread, number=200 + len(life.pipeline.sent))
    life.pipeline.arrives(Sent(life.new(), body, "refund_request", "upload"))


def _questions(life: Life) -> list[int]:
    """Numbers of the mails in which Ada was asked something."""
    sent = enumerate(life.pipeline.world.mail.sent, 1)
    return [number for number, one in sent if one.to == ADA and "order" in one.text.lower()]


def they_write_again(life: Life, _: random.Random) -> None:
    """The same person writes about the same matter once more: it joins what is under way."""
    body = mail(
        "Hello, about order 1050: any news? Please refund me 120.00 EUR.",
        number=300 + len(life.pipeline.sent),
    )
    life.pipeline.arrives(Sent(life.new(), body, "refund_request", "upload"))


def the_queue_is_read(life: Life, _: random.Random) -> None:
    """Jobs that were accepted begin."""
    life.pipeline.queue_is_read()
    life.pipeline.begins()


def a_state_is_entered(life: Life, dealt: random.Random) -> None:
    """An execution goes one state further, or is at it once more."""
    going = life.pipeline.running()
    if going:
        life.pipeline.steps(dealt.choice(going))


def all_goes_on(life: Life, _: random.Random) -> None:
    """Everything runs until it waits: plans are made, actions executed and verified."""
    life.pipeline.runs()


def it_is_killed(life: Life, dealt: random.Random) -> None:
    """The process that writes next dies before one of its writes."""
    life.pipeline.world.store.crashes_before_write(dealt.randint(1, 4))
    going = life.pipeline.running()
    if going:
        life.pipeline.steps(dealt.choice(going))


def a_minute_passes(life: Life, _: random.Random) -> None:
    """Scheduled work runs."""
    life.pipeline.passes(60)
    life.pipeline.ticks()


def time_jumps(life: Life, dealt: random.Random) -> None:
    """Hours or weeks go by at once."""
    life.pipeline.passes(3600 * dealt.choice([0.2, 3, 25, 24 * 8, 24 * 46]))


def a_deadline_passes(life: Life, _: random.Random) -> None:
    """Whatever is due next is due, and done."""
    at = next_time(life.pipeline)
    if at:
        wait = (at - life.pipeline.clock.now()).total_seconds() + 1
        life.pipeline.passes(max(0.0, wait))
        life.pipeline.ticks()


def somebody_approves(life: Life, dealt: random.Random) -> None:
    """Somebody who was asked opens their newest link and approves."""
    _decides(life, dealt, "approve")


def somebody_rejects(life: Life, dealt: random.Random) -> None:
    """Or rejects."""
    _decides(life, dealt, "reject")


def all_approve(life: Life, dealt: random.Random) -> None:
    """Everybody who is asked about a request approves it, one after the other."""
    waiting = life.pipeline.waiting()
    if waiting:
        _all_sign(life, dealt.choice(waiting))


def _all_sign(life: Life, record: JobRecord) -> None:
    for person in record.pending.approvers if record.pending else ():
        _submits(life, life.pipeline.world.store.load(record.job.job_id), person.id, "approve")


def _decides(life: Life, dealt: random.Random, choice: str) -> None:
    waiting = life.pipeline.waiting()
    if waiting:
        record = dealt.choice(waiting)
        assert record.pending
        _submits(life, record, dealt.choice(record.pending.approvers).id, choice)


def _submits(life: Life, record: JobRecord | None, person: str, choice: str) -> None:
    approval = record.pending if record else None
    browser = life.pipeline.browser(approval, person) if approval else None
    if approval is None or browser is None:
        return
    with life.pipeline.killed():
        browser.opens()
        filled = browser.filled(choice)
        if browser.posts(filled).status == 303:
            life.judge.note(approval, person, choice, filled["shown"])


def somebody_decides_late(life: Life, dealt: random.Random) -> None:
    """A page about a request that is decided, void or over is submitted all the same."""
    every = [(one, a) for one in life.pipeline.records() for a in one.approvals.values()]
    if not every:
        return
    _, approval = dealt.choice(every)
    person, choice = dealt.choice(approval.approvers), dealt.choice(["approve", "reject"])
    browser = life.pipeline.browser(approval, person.id)
    if browser is None:
        return
    with life.pipeline.killed():
        browser.opens()
        shown = " ".join(approval.digests)
        choices = {f"choice-{one[:12]}": choice for one in approval.digests}
        cause = {"cause": "wrong facts" if choice == "reject" else "", "reason": ""}
        sent = {
            "shown": shown,
            "code": browser.code(),
            **cause,
            **choices,
            **browser.filled(choice),
        }
        browser.posts(sent)


def somebody_edits(life: Life, dealt: random.Random) -> None:
    """Somebody who was asked changes the words of a reply."""
    waiting = life.pipeline.waiting()
    if not waiting:
        return
    record = dealt.choice(waiting)
    assert record.pending
    person = dealt.choice(record.pending.approvers).id
    browser = life.pipeline.browser(record.pending, person)
    last = len(record.ledger)
    if browser is None:
        return
    with life.pipeline.killed():
        browser.goes_to(edit=str(last))
        fields = browser.fields()
        name = next((one for one in fields if one.endswith("text")), "")
        before = life.judge.editors.get(record.ledger[-1].digest, set())
        if name and browser.posts({**fields, name: f"Hello {dealt.random()}"}).status == 200:
            now = life.pipeline.world.store.load(record.job.job_id).ledger[-1].digest
            life.judge.editors[now] = {*before, person}


def somebody_leaves(life: Life, dealt: random.Random) -> None:
    """Somebody who signs leaves the company, rather who has signed; a few stay."""
    gone = life.judge.gone
    signed = sorted({one.by for one in life.judge.said if one.by in SIGNERS} - gone)
    person = dealt.choice(signed or SIGNERS)
    if len(gone) < (2 if signed else 1):
        gone.add(person)
        life.pipeline.leaves(person)


WAYS: tuple[Way, ...] = ("resume", "resume", "done", "close")


def a_case_is_taken_up(life: Life, dealt: random.Random) -> None:
    """Somebody looks into a case, and lets it go on, ends it as done, or closes it."""
    held = [one for one in life.pipeline.records() if _is_a_case(one)]
    if not held:
        return
    record, way = dealt.choice(held), dealt.choice(WAYS)
    person = dealt.choice(["kim", "ana", "ines"])
    life.pipeline.takes_up(record.job.job_id, way, person)


def _is_a_case(record: JobRecord) -> bool:
    return record.job.status in (Status.ESCALATED, Status.FAILED) or bool(open_case(record))


def it_is_undone(life: Life, dealt: random.Random) -> None:
    """Somebody in charge orders a job's actions to be taken back."""
    jobs = [one for one in life.pipeline.records() if one.ledger]
    if jobs:
        job = dealt.choice(jobs).job.job_id
        life.pipeline.undoes(job, dealt.choice(["ana", "kim"]))


def an_operator_pauses(life: Life, dealt: random.Random) -> None:
    """A workflow is stopped; nothing begins after it."""
    name = dealt.choice(["lead_intake", "refund_request"])
    life.pipeline.pauses(name)
    life.judge.paused.add(name)


def an_operator_resumes(life: Life, _: random.Random) -> None:
    """What was stopped goes on."""
    for name in sorted(life.judge.paused):
        life.pipeline.resumes(name)
    life.judge.paused.clear()


RELEASES: tuple[Callable[[], Any], ...] = (
    lambda: FLOW,
    prompting,
    forbidding,
    lambda: code(version(2, Greeting)),
)


def the_code_changes(life: Life, dealt: random.Random) -> None:
    """The next deploy has another prompt, a stricter policy, or another contract of the reply."""
    life.pipeline.deploys(lead_intake=dealt.choice(RELEASES)())


def the_budget_is_spent(life: Life, _: random.Random) -> None:
    """The day has no room for another call of the model."""
    life.pipeline.has_room(1)


def the_budget_is_raised(life: Life, _: random.Random) -> None:
    """It has again."""
    life.pipeline.has_room(ROOM)


def others_are_ahead(life: Life, dealt: random.Random) -> None:
    """A key's next turns are others': everybody waits for their own."""
    key = dealt.choice(["crm-read", "crm-write", "payments-write"])
    limits, now = life.pipeline.world.limits, life.pipeline.clock.now()
    limits.is_busy(key, now, dealt.choice([0.5, 40, 900]))


def something_throttles(life: Life, dealt: random.Random) -> None:
    """A table or a system asks to slow down, or does not answer."""
    times, how = dealt.randint(1, 3), dealt.choice(["throttles", "is silent"])
    system = dealt.choice(["store", "crm", "payments", "mail", "model"])
    life.pipeline.fails(system, how, times)


NO_CALLBACK = Unavailable("Step Functions does not answer")


def an_answer_is_lost(life: Life, dealt: random.Random) -> None:
    """A system did what it was told, and its answer never came; or it answers and did nothing; or
    Step Functions is not there to be called back."""
    pipeline = life.pipeline
    fails: tuple[Callable[[], None], ...] = (
        lambda: pipeline.fails("crm", LOSES),
        lambda: pipeline.fails("payments", LOSES),
        lambda: pipeline.fails("mail", LOSES),
        lambda: pipeline.fails("crm", "lies"),
        lambda: setattr(pipeline.world.executions, "broken", NO_CALLBACK),
    )
    dealt.choice(fails)()


WRONG_KEY = Misconfigured("the key is not taken (401)")


def a_key_is_wrong(life: Life, dealt: random.Random) -> None:
    """The account is misconfigured until somebody mends it."""
    world = life.pipeline.world
    fails: tuple[Callable[[], None], ...] = (
        lambda: world.crm.fails_with(WRONG_KEY, 10_000),
        lambda: setattr(world.mail, "broken", WRONG_KEY),
        lambda: setattr(world.model, "broken", WRONG_KEY),
    )
    dealt.choice(fails)()


def it_is_mended(life: Life, _: random.Random) -> None:
    """Every outside system works again."""
    world = life.pipeline.world
    world.crm.works_again()
    world.mail.broken = world.model.broken = world.executions.broken = None


def somebody_edits_the_crm(life: Life, dealt: random.Random) -> None:
    """A colleague changes a contact in the CRM's own pages."""
    held = life.pipeline.world.crm.all("contacts")
    if held:
        life.pipeline.edits_the_crm(dealt.choice(held).id)


_MESSAGES = (
    *(a_form_comes, a_form_comes, a_refund_is_asked, a_refund_is_asked, a_question_is_needed),
    *(the_desk_is_written_to, a_form_is_broken, it_comes_again, it_comes_otherwise),
    *(the_sender_answers, they_write_again),
)
_MACHINE = (the_queue_is_read, a_state_is_entered, all_goes_on, all_goes_on, it_is_killed)
_PEOPLE = (
    *(somebody_approves, all_approve, somebody_rejects, somebody_decides_late, somebody_edits),
    *(somebody_leaves, somebody_edits_the_crm),
)
_OPERATORS = (
    *(a_case_is_taken_up, it_is_undone, an_operator_pauses, an_operator_resumes),
    *(the_code_changes, the_budget_is_spent, the_budget_is_raised),
)
_OUTSIDE = (others_are_ahead, something_throttles, an_answer_is_lost, a_key_is_wrong, it_is_mended)
_TIME = (a_minute_passes, time_jumps, a_deadline_passes)
BY_WHOM: Mapping[str, tuple[Happens, ...]] = {
    "a message comes": _MESSAGES,
    "the machine goes on": _MACHINE,
    "people act": _PEOPLE,
    "operators act": _OPERATORS,
    "a system is in trouble": _OUTSIDE,
    "time passes": _TIME,
}
"""Who does it; what stands twice is dealt more often."""
HAPPENINGS: Mapping[str, Happens] = {
    one.__name__: one for group in BY_WHOM.values() for one in group
}


def _something_goes_on(life: Life) -> bool:
    pipeline = life.pipeline
    return bool(pipeline.messages or pipeline.world.queue.sent or pipeline.running())


def _somebody_is_asked(life: Life) -> bool:
    return bool(life.pipeline.waiting())


NEEDS: Mapping[str, Callable[[Life], bool]] = {
    "it_comes_again": lambda life: bool(life.pipeline.sent),
    "it_comes_otherwise": lambda life: bool(life.pipeline.accepted),
    "the_sender_answers": lambda life: bool(_questions(life)),
    "the_queue_is_read": _something_goes_on,
    "a_state_is_entered": lambda life: bool(life.pipeline.running()),
    "it_is_killed": _something_goes_on,
    "all_goes_on": _something_goes_on,
    "a_deadline_passes": lambda life: next_time(life.pipeline) is not None,
    **dict.fromkeys(
        ("somebody_approves", "somebody_rejects", "all_approve", "somebody_edits"),
        _somebody_is_asked,
    ),
    "somebody_decides_late": lambda life: any(one.approvals for one in life.pipeline.records()),
    "a_case_is_taken_up": lambda life: any(map(_is_a_case, life.pipeline.records())),
    "it_is_undone": lambda life: any(one.ledger for one in life.pipeline.records()),
    "an_operator_resumes": lambda life: bool(life.judge.paused),
    "the_budget_is_raised": lambda life: life.pipeline.room < ROOM,
    "somebody_edits_the_crm": lambda life: bool(life.pipeline.world.crm.all("contacts")),
}
"""Without which a thing cannot happen."""


def dealt(life: Life, number: int) -> str:
    """What this number makes happen next, of what can happen now: first whose doing it is."""
    dice = dealt_by(number)
    while True:
        names = [one.__name__ for one in BY_WHOM[dice.choice(sorted(BY_WHOM))]]
        able = [one for one in names if one not in NEEDS or NEEDS[one](life)]
        if able:
            return dice.choice(able)


HORIZON, HOP = timedelta(days=130), timedelta(minutes=30)
"""Longer than anything waits; and so long at least between two looks, once all is calm."""


def settles(life: Life, *, colleague: bool) -> None:
    """All trouble is mended, senders come again until they are heard, time passes, and a colleague
    signs whatever is asked, or nobody does: everything ends."""
    pipeline, nothing = life.pipeline, dealt_by(0)
    pipeline.world.store.calms_down()
    it_is_mended(life, nothing)
    an_operator_resumes(life, nothing)
    pipeline.has_room(ROOM)
    for sent in list(pipeline.sent.values()):
        if sent.door == "webhook" and sent.event not in pipeline.accepted:
            pipeline.arrives(sent)
    begun = pipeline.clock.now()
    while pipeline.clock.now() - begun < HORIZON:
        pipeline.runs()
        if colleague:
            _signs_all(life)
        life.judge.judge()
        at = next_time(pipeline)
        if life.judge.wrong or at is None or all(map(_rests, pipeline.records())):
            break
        wait = max(at - pipeline.clock.now(), HOP)
        pipeline.clock.passes(seconds=wait.total_seconds())
        pipeline.ticks()
    life.judge.judge()
    life.judge.ended()


def _signs_all(life: Life) -> None:
    for record in life.pipeline.waiting():
        _all_sign(life, record)
    life.pipeline.runs()


def _rests(record: JobRecord) -> bool:
    """Whether nothing of it is due but reminders of its case."""
    return not {kind for kind in record.due if kind != "overdue"}
