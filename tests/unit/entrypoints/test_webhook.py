"""The webhook door: what it answers, what it stores, and what it never does."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.entrypoints.deliveries import MAX_BYTES, NOBODYS
from countersign.entrypoints.tick import tick
from countersign.entrypoints.webhook import answered
from countersign.web.signature import sign
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import form
from tests.fakes.world import PORTAL_SECRET, WEBHOOK_SECRET, World


@pytest.fixture
def world() -> World:
    return World(lambda _: {})


def test_a_signed_form_is_accepted_stored_and_queued(world: World) -> None:
    """202 with the job's id; the payload, the release and the job are stored, the id is queued."""
    answer = Delivery(form()).arrives(world)
    job_id = json.loads(answer.body)["job_id"]
    assert answer.status == 202
    assert world.queue.sent == [job_id]
    assert world.store.load(job_id).job.status == "PENDING"
    assert {key.partition("/")[0] for key in world.payloads.keys()} == {"raw", "releases"}  # noqa: SIM118


def test_the_same_delivery_again_gets_the_same_answer_and_starts_nothing_new(world: World) -> None:
    """Once it has begun, a redelivery is answered and nothing else happens."""
    first = Delivery(form()).arrives(world)
    writes = world.store.writes
    assert Delivery(form()).arrives(world) == first
    assert world.store.writes == writes


def test_a_redelivery_heals_a_crash_between_storing_and_queueing(world: World) -> None:
    """The job is stored, so the sender hears 202; sent again, the job gets queued."""
    world.queue.broken = OSError("the queue is away")
    assert Delivery(form()).arrives(world).status == 202
    assert world.queue.sent == []
    world.queue.broken = None
    assert Delivery(form()).arrives(world).status == 202
    assert len(world.queue.sent) == 1


def test_what_was_stored_and_not_queued_is_queued_by_the_clock(world: World) -> None:
    """Without any redelivery, the due row of the stored job heals it within two minutes."""
    world.queue.broken = OSError("the queue is away")
    job_id = json.loads(Delivery(form()).arrives(world).body)["job_id"]
    world.queue.broken = None
    world.clock.passes(minutes=2)
    tick(world.deps)
    assert world.queue.sent == [job_id]


def an_event(world: World, **more: object) -> dict[str, object]:
    delivery = Delivery(form()).signed(world)
    return {
        "requestContext": {"http": {"method": "POST"}},
        "pathParameters": {"workflow": delivery.workflow},
        "headers": dict(delivery.headers),
        "body": delivery.body.decode(),
        **more,
    }


def test_a_failure_of_ours_before_the_job_is_stored_asks_to_come_again(world: World) -> None:
    """503 with a time to wait and a sentence; the same event is accepted once we are well."""
    world.store.fails_with(OSError("the table is away"))
    answer = answered(lambda: world.deps, an_event(world))
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert "send the same event again" in json.loads(answer.body)["message"]
    assert answered(lambda: world.deps, an_event(world)).status == 202


def test_a_secret_that_nobody_set_is_our_failure(world: World) -> None:
    """What is not configured is no fault of the sender, whose event must not be lost."""
    world.secrets.held.clear()
    assert answered(lambda: world.deps, an_event(world)).status == 503


@pytest.mark.parametrize("charset", ["cp1252", "latin-1", "utf-16", "utf-32", "cp932", "gb18030"])
def test_a_signed_body_in_another_encoding_is_told_so(world: World, charset: str) -> None:
    """400 with what to mend, whether the gateway hands the bytes over or what it made of them."""
    body = form().decode().replace("Anna", "Ännä 社").encode(charset, "replace")
    event = an_event(world, body=body.decode("utf-8", "replace"))
    event["headers"] = dict(Delivery(body).signed(world).headers)
    whole = event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    for one in (event, whole):
        answer = answered(lambda: world.deps, one)
        assert answer.status == 400, one
        assert "UTF-8" in json.loads(answer.body)["message"]
    assert world.queue.sent == []


def test_control_a_wrong_signature_stays_one(world: World) -> None:
    """Control: bytes that were not replaced, and a stale or missing signature, are 401; U+FFFD
    under a good signature is text like any other."""
    good = Delivery(form().decode().replace("Anna", "An\ufffda").encode())
    assert good.arrives(world).status == 202
    headers = good.signed(world).headers
    for changed in (form(), form() + b"\xff"):
        assert replace(good, body=changed, headers=headers).arrives(world).status == 401
    late = {**headers, "webhook-timestamp": "1"}
    bare = {name: said for name, said in headers.items() if name != "webhook-signature"}
    for bad in (late, bare):
        assert replace(good, headers=bad).arrives(world).status == 401


def test_a_body_that_is_not_the_base64_it_announces_is_refused(world: World) -> None:
    """400: sending it again would not help."""
    event = an_event(world, body="***", isBase64Encoded=True)
    assert answered(lambda: world.deps, event).status == 400


def test_an_old_and_a_new_secret_are_both_good_during_a_rotation(world: World) -> None:
    """A revoked one is refused as soon as it is gone."""
    new = "whsec_" + "bmV3LXNlY3JldC1vZi0zMi1ieXRlcy1mb3ItdGVzdHM="
    world.secrets.held["webhook"] = json.dumps({"current": new, "previous": WEBHOOK_SECRET})
    assert Delivery(form()).arrives(world).status == 202
    world.secrets.held["webhook"] = json.dumps({"current": new})
    assert Delivery(form(), id="evt-2").arrives(world).status == 401


def portal(**parts: Any) -> Delivery:
    """What the second sender posts."""
    return Delivery(form(), sender="portal", secret=PORTAL_SECRET, **parts)


def test_two_senders_may_use_the_same_event_id(world: World) -> None:
    """Each has ids of its own: two jobs, and of each sender's repeat none."""
    answers = [one.arrives(world) for one in (Delivery(form()), portal(), Delivery(form()))]
    jobs = [json.loads(one.body)["job_id"] for one in answers]
    assert jobs[0] == jobs[2] != jobs[1]
    assert world.store.load(jobs[0]).job.source.sender == "lead_intake"
    assert world.store.load(jobs[1]).job.source.sender == "lead_intake/portal"


def test_only_a_row_that_says_so_vouches_for_an_address(world: World) -> None:
    """The signature is good for both; whose address it is, one of them knows."""
    jobs = [json.loads(one.arrives(world).body)["job_id"] for one in (Delivery(form()), portal())]
    assert [world.store.load(one).job.source.vouched for one in jobs] == [True, False]


def test_a_stranger_and_a_sender_elsewhere_hear_what_a_wrong_signature_hears(world: World) -> None:
    """Status, words and headers are the same, and nothing is written: nobody learns who is who."""
    wrong = replace(portal(), secret=WEBHOOK_SECRET)
    stranger = replace(portal(), sender="stranger")
    elsewhere = portal(workflow="refund_request")
    with_what_is_compared = replace(stranger, secret=NOBODYS)
    tried = (wrong, stranger, elsewhere, with_what_is_compared)
    refusals = {(a.status, a.body, str(a.headers)) for a in (one.arrives(world) for one in tried)}
    assert len(refusals) == 1
    assert {status for status, *_ in refusals} == {401}
    assert (world.store.writes, world.payloads.keys()) == (0, set())


def test_a_sender_without_a_secret_posts_nothing(world: World) -> None:
    """Retired: its row still stands, and what stands for a missing secret opens nothing."""
    world.secrets.held["webhook"] = json.dumps({"current": WEBHOOK_SECRET})
    assert portal().arrives(world).status == 401
    assert replace(portal(), secret=NOBODYS).arrives(world).status == 401


def test_over_its_limit_one_sender_waits_and_the_others_go_on(world: World) -> None:
    """429 with the seconds of the minute that are left; unsigned requests cost it nothing."""
    strangers = [replace(portal(id=f"s-{n}"), secret=WEBHOOK_SECRET) for n in range(20)]
    assert {one.arrives(world).status for one in strangers} == {401}
    world.clock.passes(seconds=20)
    told = [portal(id=f"evt-{n}").arrives(world) for n in range(6)]
    assert [one.status for one in told] == [202] * 5 + [429]
    assert told[-1].headers["retry-after"] == "40"
    assert Delivery(form()).arrives(world).status == 202
    world.clock.passes(seconds=40)
    assert portal(id="evt-5").arrives(world).status == 202


BROKEN = form(email=None, phone=7)
LIKE_A_CARD = "4111 1111 1111 1111"


def test_a_broken_form_is_accepted_and_its_problems_are_told(world: World) -> None:
    """202 with the job and the names of the fields, never their values: most form services switch
    off an endpoint that answers 4xx. A repeat is told the same and stores nothing."""
    first = Delivery(form(email=None, phone=7, company=LIKE_A_CARD)).arrives(world)
    writes = world.store.writes
    again = Delivery(form(email=None, phone=7, company=LIKE_A_CARD)).arrives(world)
    said = json.loads(first.body)
    assert (first.status, again, world.store.writes) == (202, first, writes)
    assert [one.partition(":")[0] for one in said["problems"]] == ["email", "phone"]
    assert LIKE_A_CARD not in first.body
    assert world.store.load(said["job_id"]).job.status == "PENDING"


def test_who_reads_answers_may_mend_what_it_sent(world: World) -> None:
    """422 with the same problems and the word to stop repeating it; nothing is claimed: the same
    id with a mended body is a new event."""
    broken = replace(portal(), body=BROKEN).arrives(world)
    assert (broken.status, broken.headers["webhook-delivery"]) == (422, "abort-message")
    assert len(json.loads(broken.body)["problems"]) == 2
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])
    assert portal().arrives(world).status == 202


def test_a_sender_who_breaks_forms_raises_one_alarm_a_day(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each broken form is a job; the first of a sender on a day is the alarm."""

    def alarms() -> int:
        return capsys.readouterr().out.count('"SendersBreakForms":')

    for number in range(3):
        Delivery(BROKEN, id=f"evt-{number}").arrives(world)
        Delivery(BROKEN, id=f"evt-{number}").arrives(world)
    assert alarms() == 1
    world.clock.passes(days=1)
    Delivery(BROKEN, id="evt-9").arrives(world)
    assert alarms() == 1


def test_a_field_that_the_form_does_not_know_is_no_problem(world: World) -> None:
    """The web site's form gets a field more on any day: it is kept as evidence, and is no fact."""
    answer = Delivery(form(topic="pricing", **{"x\nto": {"a": 1.5}})).arrives(world)
    assert (answer.status, "problems" in json.loads(answer.body)) == (202, False)


@pytest.mark.parametrize(
    ("delivery", "status"),
    [
        (Delivery(form(), workflow="nothing"), 404),
        (Delivery(form(), headers={"webhook-id": "evt-1"}), 401),
        (Delivery(b"{"), 400),
        (Delivery(b'{"a": NaN}'), 400),
        (Delivery(b'{"a": 1, "a": 2}'), 400),
        (Delivery(b"[" * 100_000), 400),
        (Delivery(b"\xff\xfe"), 400),
        (Delivery(b" " * (MAX_BYTES + 1)), 413),
    ],
)
def test_what_is_refused_is_told_why_and_leaves_nothing(
    world: World, delivery: Delivery, status: int
) -> None:
    """A clear status, a sentence, and not one write."""
    answer = delivery.arrives(world)
    assert answer.status == status
    assert json.loads(answer.body)["message"]
    assert (world.store.writes, world.payloads.keys(), world.queue.sent) == (0, set(), [])


def test_a_large_body_is_refused_before_anything_reads_it(world: World) -> None:
    """413 comes before the signature and before the parser: the cheap check is the first."""
    world.secrets.held.clear()
    assert Delivery(b"[" * (MAX_BYTES + 1), headers={"x": "y"}).arrives(world).status == 413


def test_a_signature_for_another_id_is_refused(world: World) -> None:
    """The id is signed: replaying a body under a new id needs the secret."""
    signed = Delivery(form()).signed(world)
    moved = replace(signed, headers={**signed.headers, "webhook-id": "evt-9"})
    assert moved.arrives(world).status == 401
    assert sign(WEBHOOK_SECRET, "a", 1, b"x") != sign(WEBHOOK_SECRET, "b", 1, b"x")
