"""From one inbox to the right process: the desk's job, its children, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import ContractBroken, NotPermitted
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.handing import child_id, children
from countersign.domain.jobs.job import Status
from countersign.domain.planning.joining import Later
from countersign.domain.releases.candidates import candidate
from countersign.jobs.moving import move
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import ANA, World
from tests.unit.approvals.test_approval_edit import at_work
from workflows import WORKFLOWS

WHO = "anna.lindner@hafenwerk.example"
SALE = "Hello, please send us a quote for 40 licences of your dispatch software."
WRONG = "refund_request"


def mail(text: str, *more: str, sender: str = f"Anna Lindner <{WHO}>") -> bytes:
    """A mail whose sender our receiver vouches for."""
    domain = sender.rpartition("@")[2].rstrip(">")
    head = (
        f"Authentication-Results: mx.countersign.example; dmarc=pass header.from={domain}",
        f"From: {sender}",
        "To: hello@example.com",
        "Subject: Hello",
        f"Message-ID: <m{abs(hash(text))}@mail.example>",
        "MIME-Version: 1.0",
        *more,
        "Content-Type: text/plain; charset=utf-8",
    )
    return "\r\n".join((*head, "", text)).encode()


def read(prompt: str) -> Mapping[str, Any]:
    """What the child's model answers: the plain reader of its process."""
    return WORKFLOWS["lead_intake"].offline(prompt)


def said(**parts: tuple[str, str]) -> str:
    """The desk's model: matters with their quotes."""
    empty = dict.fromkeys(("first", "second", "third", "concerns", "order", "language"))
    found = {name: {"value": value, "quotes": [quote]} for name, (value, quote) in parts.items()}
    return json.dumps({**empty, **found, "confidence": 95})


def desk(
    body: bytes, *answers: str, door: Any = "upload", world: World | None = None
) -> tuple[World, Journey]:
    """The desk's job about a message, run until it ends or waits."""
    world = world or World(read)
    world.model.answers(*answers)
    event = f"evt-{len(world.store.records())}"
    journey = Journey(world, accept(world, body, event, door, "front_desk"))
    journey.goes()
    return world, journey


def child(world: World, parent: Journey, number: int = 1) -> Journey:
    """One of its children, not begun."""
    return Journey(world, child_id(parent.job_id, number))


def carried_out(journey: Journey) -> None:
    """A person signs all that the plain reader of the process wants."""
    assert journey.goes() == "Ask"
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"


def test_a_matter_goes_to_its_process_in_eight_transitions() -> None:
    """The desk's own job: no request to a connector but its own; the child does the work."""
    world, journey = desk(mail(SALE), said(first=("sales", SALE[7:])))
    assert journey.visited == ["Prepare", "Propose", "Look", "Decide", "Act", "Close"]
    assert journey.record.job.status is Status.COMPLETED
    assert children(journey.record) == ((child(world, journey).job_id, "lead_intake"),)
    made = child(world, journey)
    carried_out(made)
    assert made.record.job.workflow == "lead_intake"
    assert made.statuses()["crm.create_lead"] == "verified"


def test_where_a_sign_decides_no_model_and_no_system_is_asked() -> None:
    """A mail to an address of the press office: the case is there without a word of a model."""
    body = mail(SALE).replace(b"hello@example.com", b"press@example.com")
    world, journey = desk(body)
    assert (world.model.asked, world.crm.reads, world.crm.journal) == ([], 0, [])
    made = child(world, journey)
    assert made.goes() == "Escalate"
    case = made.record.case
    assert case
    assert case.owner == "press"


def test_several_matters_are_several_children_of_one_message() -> None:
    """Each reads the same payload; a repeat of the whole visit creates none."""
    text = f"{SALE} And our invoice for March has the wrong address."
    answer = said(first=("sales", SALE[7:]), second=("invoice", "our invoice for March"))
    world, journey = desk(mail(text), answer)
    assert [to for _, to in children(journey.record)] == ["lead_intake", "team:finance"]
    payloads = {world.store.load(one).job.source.payload for one, _ in children(journey.record)}
    assert payloads == {journey.record.job.source.payload}
    assert len(world.store.records()) == 3


STRANGER = {
    "Your name": "Somebody Else",
    "E-mail": WHO,
    "Message": SALE,
    "Phone": "+33 1 99 00 99 00",
}


def test_a_strangers_form_with_a_customers_address_asks() -> None:
    """The desk's sender signed the delivery, and nothing vouches for the address in it: the child
    asks before it answers, and moves no phone number of the customer's."""
    world = World(read)
    held = world.crm.has_contact(WHO, phone="+49 30 23125 0142", firstname="Anna")
    world, journey = desk(
        json.dumps(STRANGER).encode(), said(first=("sales", SALE[7:])), door="webhook", world=world
    )
    made = child(world, journey)
    assert made.goes() == "Ask"
    given = made.record.results["input"].as_(WORKFLOWS["lead_intake"].input)
    assert (given.sender, given.authenticated) == (WHO, False)
    assert made.statuses()["email.send_reply"] == "planned"
    assert world.crm.holds("contacts", held)["phone"] == "+49 30 23125 0142"


@pytest.mark.control
def test_control_the_customers_own_mail_by_the_same_desk_is_vouched_for() -> None:
    """What our receiver vouches for stays so: it is the form's address that nobody knows."""
    world, journey = desk(mail(SALE), said(first=("sales", SALE[7:])))
    made = child(world, journey)
    made.goes()
    given = made.record.results["input"].as_(WORKFLOWS["lead_intake"].input)
    assert (given.sender, given.authenticated) == (WHO, True)


def test_a_form_is_read_by_its_own_contract_only_where_it_names_it() -> None:
    """The shop's object through the desk: with the form's id its fields are the form's; without it
    they are parts of a message, and nobody's account."""
    shop = {"order": "1042", "email": WHO, "message": "Please refund me.", "language": "en"}
    named = {**shop, "form": "refund_request.shop"}
    orders = []
    for body in (named, shop):
        world, journey = desk(
            json.dumps(body).encode(), said(first=("refund", "Please refund me."))
        )
        made = child(world, journey)
        made.stops_before("Propose")
        given = made.record.results["input"].as_(WORKFLOWS[WRONG].input)
        assert not given.authenticated
        orders.append(given.stated.order)
    assert orders == ["1042", ""]


def asked() -> tuple[World, Journey]:
    """A message that nobody understands."""
    nothing = said()
    return desk(mail("Kick-off is at ten on pitch two."), nothing)


def test_what_nobody_understands_asks_where_it_belongs_and_one_choice_settles_it() -> None:
    """Ana chooses another team on the page of the request: that is her signature, and the child is
    there; nobody else is asked. Her choice is a candidate for a case of the desk."""
    world, journey = asked()
    assert journey.visited[-1] == "Ask"
    browser = at_work(world, ANA.address, edit="1")
    assert "team:press" in browser.page
    answer = browser.posts(browser.fields(**{"field-destination": "team:press"}))
    assert (answer.status, "Your choice is recorded" in answer.body) == (200, True)
    assert journey.answered() == "Close"
    assert [to for _, to in children(journey.record)] == ["team:press"]
    (entry,) = journey.record.ledger
    assert journey.record.approvals[entry.approval].signers(entry.digest) == {"ana"}
    drawn = candidate(WORKFLOWS["front_desk"], journey.record)
    assert drawn
    chosen = "desk.hand_over destination", "team:operations", "team:press"
    assert [(one.what, one.model, one.person) for one in drawn.said] == [chosen]


def test_the_proposed_destination_is_approved_like_any_action() -> None:
    """Whoever is asked may also leave it where it would go."""
    world, journey = asked()
    journey.is_decided(Choice.APPROVE)
    assert journey.answered() == "Close"
    assert [to for _, to in children(journey.record)] == ["team:operations"]
    assert len(world.store.records()) == 2


def misrouted() -> tuple[World, Journey, Journey]:
    """A sale that went to refunds, whose job waits for somebody."""
    text = "Hello, my order 1042 was fine. Now we want twenty more jugs."
    world, journey = desk(mail(text), said(first=("refund", "my order 1042 was fine")))
    made = child(world, journey)
    world.model.answers(json.dumps(WORKFLOWS[WRONG].offline(prompt_of(made, WRONG))))
    made.goes()
    return world, journey, made


def prompt_of(journey: Journey, workflow: str) -> str:
    """What the job's model is shown."""
    journey.stops_before("Propose")
    held = journey.record.results["input"].as_(WORKFLOWS[workflow].input)
    return WORKFLOWS[workflow].prompt_text(held)


def test_a_misrouted_job_is_ended_and_handed_over_anew() -> None:
    """The child ends as moved, nothing of it ran; its parent goes on in a new execution and creates
    the next child, for the process that a person named; the audit trail of both says so."""
    world, journey, made = misrouted()
    parent = move(world.deps, made.job_id, "lead_intake", by="kim", reason="a sale, no refund")
    ended = made.record
    assert (ended.job.status, ended.job.reason) == (Status.REJECTED, "moved: a sale, no refund")
    assert parent.job.status is Status.RETRYING
    assert world.executions.started[-1] == (parent.job.execution, journey.job_id)
    Journey(world, journey.job_id).goes()
    assert [to for _, to in children(journey.record)] == [WRONG, "lead_intake"]
    assert child(world, journey, 2).record.job.workflow == "lead_intake"
    assert journey.record.job.status is Status.COMPLETED
    assert not ended.due


def test_who_may_not_undo_a_job_may_not_move_it() -> None:
    """The role is judged; nothing is written for anybody else, nor without a reason."""
    world, _, made = misrouted()
    before = made.record
    with pytest.raises(NotPermitted):
        move(world.deps, made.job_id, "lead_intake", by="nobody", reason="why not")
    for refused in (("lead_intake", ""), ("moon_landing", "why"), (WRONG, "why")):
        with pytest.raises(ContractBroken):
            move(world.deps, made.job_id, refused[0], by="kim", reason=refused[1])
    assert made.record == before


def test_what_did_something_is_rolled_back_first() -> None:
    """A child that wrote to the CRM is not moved as if nothing had happened."""
    world, journey = desk(mail(SALE), said(first=("sales", SALE[7:])))
    made = child(world, journey)
    carried_out(made)
    with pytest.raises(ContractBroken, match="roll it back first"):
        move(world.deps, made.job_id, "team:support", by="kim", reason="a fault, no sale")
    assert len(children(journey.record)) == 1


def test_a_thread_goes_where_its_first_message_went() -> None:
    """The second mail names the first: it joins the case of the team that has it, whatever the
    model says it is about."""
    body = mail("Nobody can log in, this is an outage.", sender="Tom <tom@portlogix.example>")
    world, journey = desk(body, said(first=("outage", "Nobody can log in")))
    case = child(world, journey)
    case.goes()
    first = body.decode().partition("Message-ID: ")[2].partition("\r\n")[0]
    again = mail("Any news?", f"In-Reply-To: {first}", sender="Tom <tom@portlogix.example>")
    world, second = desk(again, said(first=("other", "Any news?")), world=world)
    assert second.record.job.reason.startswith(f"joined {case.job_id}")
    assert [one.text for one in case.record.result("later", Later).words] == ["Any news?"]


def first_lead() -> tuple[World, str]:
    """A lead that came by the desk and is over, and the id of its mail."""
    body = mail(SALE)
    world, journey = desk(body, said(first=("sales", SALE[7:])))
    carried_out(child(world, journey))
    return world, body.decode().partition("Message-ID: ")[2].partition("\r\n")[0]


def test_a_thread_is_a_sign_and_asks_no_model() -> None:
    """What is over has nothing to be joined: the next mail goes to the same process, by its thread
    alone, and is read there."""
    world, first = first_lead()
    asked = len(world.model.asked)
    again = mail("And a starter kit, please.", f"In-Reply-To: {first}")
    world, second = desk(again, world=world)
    assert len(world.model.asked) == asked
    assert [to for _, to in children(second.record)] == ["lead_intake"]
    assert second.record.job.status is Status.COMPLETED


@pytest.mark.control
@pytest.mark.parametrize("line", ["In-Reply-To: <nobody@knows.example>", "X-Nothing: here"])
def test_control_without_a_thread_of_ours_the_model_is_asked(line: str) -> None:
    """An id that nobody knows is no sign."""
    world, _ = first_lead()
    asked = len(world.model.asked)
    again = mail("And a starter kit, please.", line)
    desk(again, said(first=("sales", "a starter kit")), world=world)
    assert len(world.model.asked) > asked


def test_a_job_that_no_desk_handed_over_is_not_moved() -> None:
    """It has no parent who could do it anew."""
    world = World(read)
    job_id = accept(world, form())
    with pytest.raises(ContractBroken, match="not handed over by a desk"):
        move(world.deps, job_id, "team:support", by="kim", reason="why")
    assert record_of(world, job_id).job.status is Status.PENDING


def record_of(world: World, job_id: str) -> JobRecord:
    """The job as it is stored."""
    return world.store.load(job_id)
