"""The system that sent an event is told how its job ended, and may ask how it stands."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from countersign.domain.approvals.approval import Choice
from countersign.domain.errors import CountersignError, Refused, Throttled, Unavailable
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.outcomes import GIVES_UP, status_token
from countersign.domain.jobs.senders import held, renewed, revoked
from countersign.entrypoints.tick import tick
from countersign.entrypoints.webhook import answered
from countersign.jobs.rollback import roll_back
from tests.fakes.callbacks import Told
from tests.fakes.deliveries import Delivery
from tests.fakes.journey import Journey, form
from tests.fakes.world import SHOP_SECRET, WEBHOOK_SECRET, World
from workflows import WORKFLOWS

SHOP = "shop"


@pytest.fixture
def world() -> World:
    return World(WORKFLOWS["lead_intake"].offline)


def sent(world: World, event: str = "evt-1", sender: str = SHOP) -> dict[str, Any]:
    """What the door answers to a lead."""
    secret = SHOP_SECRET if sender == SHOP else WEBHOOK_SECRET
    body = form(email=f"anna@{event}.example", company=f"{event} GmbH")
    given = Delivery(body, id=event, sender=sender, secret=secret).arrives(world)
    assert given.status == 202
    found: dict[str, Any] = json.loads(given.body)
    return found


def ended(world: World, event: str = "evt-1", sender: str = SHOP) -> Journey:
    """A lead that went all its way; its reply was rejected."""
    journey = Journey(world, sent(world, event, sender)["job_id"])
    journey.goes()
    journey.is_decided(Choice.REJECT, reason="not now")
    journey.answered()
    assert journey.record.job.status is Status.COMPLETED
    return journey


def minutes(world: World, n: int) -> None:
    """Time is run once a minute."""
    for _ in range(n):
        world.clock.passes(seconds=60)
        tick(world.deps)


def content(told: Told) -> Any:
    """What was told, if the library of Standard Webhooks finds our signature right."""
    Webhook(SHOP_SECRET).verify(told.body, dict(told.headers))
    return json.loads(told.body)


def now(world: World) -> None:
    """The library compares with the machine's own time."""
    world.clock.passes(seconds=(datetime.now(UTC) - world.clock.now()).total_seconds())


def test_the_end_is_told_once_and_signed(world: World) -> None:
    """Status and actions under the event's own id, to the row's address; no word of the message,
    and nothing more is due."""
    now(world)
    journey = ended(world)
    tick(world.deps)
    tick(world.deps)
    (told,) = world.callbacks.told
    said = content(told)
    assert (told.url, said["type"]) == ("https://shop.example/ended", "job.ended")
    assert said["data"]["job_id"] == journey.job_id
    assert (said["data"]["event_id"], said["data"]["status"]) == ("evt-1", "COMPLETED")
    actions = {one["action"]: one["status"] for one in said["data"]["actions"]}
    assert (actions["crm.create_lead"], actions["email.send_reply"]) == ("verified", "rejected")
    assert b"GmbH" not in told.body
    assert b"not now" not in told.body
    assert "outcome" not in journey.record.due
    assert journey.record.audit[-1].event == "sender told"


def test_who_wants_to_hear_nothing_is_told_nothing(world: World) -> None:
    """Control: the same lead by the default sender leaves no row and no address."""
    assert "status_url" not in sent(world, "evt-2", "default")
    assert "outcome" not in ended(world, "evt-3", "default").record.due
    minutes(world, 2)
    assert world.callbacks.tries == 0


def test_a_receiver_that_is_away_for_an_hour_hears_all_and_is_left_alone(world: World) -> None:
    """Ten ends of its jobs reach it when it is back, each once; meanwhile it is tried a few times
    an hour, not once a minute and job."""
    world.callbacks.fails_with(Unavailable("no answer"))
    jobs = {ended(world, f"evt-{n}").job_id for n in range(10)}
    minutes(world, 60)
    assert world.callbacks.tries < 40
    world.callbacks.works_again()
    minutes(world, 20)
    told = [json.loads(one.body)["data"]["job_id"] for one in world.callbacks.told]
    assert sorted(told) == sorted(jobs)
    assert len({one.headers["webhook-id"] for one in world.callbacks.told}) == len(jobs)


@pytest.mark.parametrize("trouble", [Unavailable("500"), Throttled("429"), Throttled("429", 30)])
def test_what_is_never_taken_ends_after_three_days(
    world: World, trouble: CountersignError, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then the job's record says that its sender was not told, and a number counts it."""
    world.callbacks.fails_with(trouble)
    journey = ended(world)
    minutes(world, 3)
    assert "outcome" in journey.record.due
    world.clock.passes(seconds=GIVES_UP.total_seconds())
    minutes(world, 70)
    assert "outcome" not in journey.record.due
    assert "sender not told" in {one.event for one in journey.record.audit}
    assert '"OutcomesNotTold":' in capsys.readouterr().out


def test_who_answers_gone_is_not_asked_again(world: World) -> None:
    """410 ends it at once."""
    world.callbacks.fails_with(Refused("410"))
    journey = ended(world)
    minutes(world, 5)
    assert world.callbacks.tries == 1
    assert journey.record.audit[-1].event == "sender hears no more"


def test_what_is_undone_later_is_told_as_another_end(world: World) -> None:
    """A rollback's end has an id of its own."""
    journey = ended(world)
    minutes(world, 1)
    roll_back(world.deps, journey.job_id, by="kim", reason="wrong customer")
    Journey(world, journey.job_id).goes()
    minutes(world, 1)
    ids = [one.headers["webhook-id"] for one in world.callbacks.told]
    assert ids == [f"{journey.job_id}-completed", f"{journey.job_id}-rolled_back"]


def test_a_row_that_is_gone_tells_nobody(world: World) -> None:
    """The sender was retired while its receiver was away: what is due is settled."""
    journey = ended(world)
    world.settings = world.settings.model_copy(update={"senders": ()})
    world.deps = world.deps_again()
    minutes(world, 1)
    assert (world.callbacks.tries, "outcome" in journey.record.due) == (0, False)


def asks(world: World, token: str) -> tuple[int, Any]:
    """What the status address answers."""
    event = {
        "requestContext": {"http": {"method": "GET"}},
        "pathParameters": {"token": token},
        "headers": {},
    }
    answer = answered(lambda: world.deps, event)
    return answer.status, json.loads(answer.body)


def test_its_sender_may_ask_how_it_stands(world: World) -> None:
    """The address is in the door's answer, the same for a repeat; it says the status and whether
    it is over, before and after."""
    first, again = sent(world), sent(world)
    assert first == again
    assert first["status_url"].startswith("https://countersign.example/status/")
    token = first["status_url"].rpartition("/")[2]
    status, said = asks(world, token)
    assert (status, said["status"], said["ended"]) == (200, "PENDING", False)
    assert set(said) == {"job_id", "workflow", "status", "ended", "updated_at"}
    ended(world)
    assert asks(world, token)[1]["ended"] is True


def test_nobody_else_may_and_all_refusals_are_alike(world: World) -> None:
    """Another sender's secret, a changed proof, a job of nobody, an upload and bytes that are no
    token at all get one and the same answer."""
    job_id = sent(world)["job_id"]
    token = status_token(SHOP_SECRET, job_id)
    assert asks(world, token)[0] == 200
    wrong = (
        status_token(WEBHOOK_SECRET, job_id),
        f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}",
        status_token(SHOP_SECRET, "j-nobodys"),
        job_id,
        f"{job_id}.",
        "..",
        "é.ü",
    )
    answers = {str(asks(world, one)) for one in wrong}
    assert answers == {"(404, {'message': 'there is no job at this address'})"}


def test_an_address_ends_with_the_secret_that_made_it(world: World) -> None:
    """While two secrets are good both open it; once the older one is revoked it leads nowhere."""
    token = status_token(SHOP_SECRET, sent(world)["job_id"])
    both = renewed(held(world.secrets.held["webhook"]), SHOP, "B" * 44)
    world.secrets.held["webhook"] = json.dumps(both)
    assert asks(world, token)[0] == 200
    world.secrets.held["webhook"] = json.dumps(revoked(both, SHOP))
    assert asks(world, token)[0] == 404


def test_a_wait_of_three_days_is_longer_than_any_weekend() -> None:
    """Whoever mends a receiver on Monday still hears Friday's."""
    assert timedelta(days=3) <= GIVES_UP
