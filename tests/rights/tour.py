"""What the events do not play: callbacks and messages that are lost, a hand start, a second event.

Each stop uses the product as people do, and takes away what the platform may lose; AWS's own
consoles are used for that with an administrator's rights.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from countersign.actions.plans.printing import FILE
from countersign.domain.jobs.intake import accepted, new_job
from countersign.domain.jobs.job import Source, Status
from countersign.domain.jobs.matters import subject_key
from countersign.domain.releases.rollout import Moved, Rollout, State, Statement
from countersign.reporting.monthly import last_month
from countersign.runtime.intake import store
from countersign.web.paths import document_path, job_path
from infra.cli.clock import moved
from infra.cli.secrets.command import awake
from infra.cli.submit import job_of_upload, post_webhook, upload
from infra.local.cloud import deployer
from infra.local.front.samples import ByColleague, samples
from infra.local.player.signer import Signer
from infra.local.stand import Stand
from infra.settings import load
from infra.steps import ROWS, function_name
from tests.fakes.journey import form
from tests.rights import campaigns, large
from tests.rights.person import downloads, operator, resumes, signed_in
from tests.rights.until import WITHIN, status, until
from tests.rollouts import rollout
from workflows.launch_plan.facts import key_of

ALL_OF_IT = {
    "system": "payments",
    "order": "1052",
    "refund": {"minor": 3900, "currency": "USD"},
}
POSTED = "143-annotations-coco"
"""The sample whose body it is."""
PLANS = ("Aurora 2 launch", "Dorado launch", "Equuleus launch")
"""The titles of sample briefs whose plan is delivered."""
NOT_YET, WRONG = "not set", "a key of yesterday"


def tour(stand: Stand) -> None:
    """All stops, after whatever was played: it moves the clock and takes secrets away."""
    twice_uploaded(stand)
    campaigns.edges(stand)
    a_file_is_posted(stand)
    an_alarm_stops_a_canary(stand)
    a_print_is_fetched(stand)
    without_a_model(stand)
    call = large.call(stand)
    large.same_matter_again(stand)
    unruly, asked, other = sent(stand, country="Atlantis"), sent(stand), sent(stand)
    silent, left = sent(stand), uploaded(stand, country="Atlantis")
    key = _replaced(stand, "PaymentsReadSecretArn", NOT_YET)
    begin_anew(stand, "LookPayments")
    refund = without_keys(stand)
    until(lambda: all(begun(stand, job) for job in (unruly, asked, other, refund)))
    lost = never_queued(stand, asked)
    with nobody_recording(stand):
        killed(stand, asked)
    signed_all_the_same(stand, asked)
    killed(stand, other)
    started_by_hand(stand)
    read_and_resumed_on_its_page(stand, unruly, left)
    until(lambda: status(stand, other) is Status.FAILED)
    with_the_wrong_key(stand, refund, key)
    large.refund(stand)
    assert moved(stand.deps, "+3m")
    until(lambda: ticked(stand) and attempt(stand, asked) > 1 and begun(stand, lost))
    assert moved(stand.deps, "+15m")
    until(lambda: ticked(stand) and not stand.deps.store.load(refund).reservations)
    over = {Status.ESCALATED}
    until(lambda: time_passes(stand) and {status(stand, one) for one in (silent, call)} == over)
    large.corrected_on_its_page(stand, call)
    hours_are_sealed(stand)
    a_month_passes(stand)


def ticked(stand: Stand) -> bool:
    """Scheduled work runs once more, to its end: what was busy the last time is done now."""
    functions = deployer.client("lambda", stand.cloud.endpoint)
    functions.invoke(FunctionName=stand.function("Tick"), Payload=b"{}")
    return True


def time_passes(stand: Stand) -> bool:
    """Two days in which nobody decides; a run that time leaps over would think that its own is
    over, so each comes to its end before the next."""
    assert moved(stand.deps, "+2d")
    return ticked(stand)


def sent(stand: Stand, **fields: Any) -> str:
    """A web form came in; its job's id."""
    event, address = secrets.token_hex(8), f"kim.{secrets.token_hex(4)}@hafenwerk.example"
    body = form(email=address, **fields)
    at = stand.deps.clock.now()
    return post_webhook(stand.url, "lead_intake", stand.webhook_secret, event, body, at=at).job_id


def uploaded(stand: Stand, **fields: Any) -> str:
    """The same form as a file; its job's id."""
    bucket, s3 = stand.deps.settings.uploads_bucket, deployer.client("s3", stand.cloud.endpoint)
    body = form(email=f"kim.{secrets.token_hex(4)}@hafenwerk.example", **fields)
    key = f"lead_intake/{secrets.token_hex(8)}-form.json"
    return job_of_upload(stand.deps.store, upload(s3, bucket, key, body))


def twice_uploaded(stand: Stand) -> None:
    """S3 tells of one object twice, as it may."""
    key = f"lead_intake/{secrets.token_hex(8)}-form.json"
    bucket, s3 = stand.deps.settings.uploads_bucket, deployer.client("s3", stand.cloud.endpoint)
    job_of_upload(stand.deps.store, upload(s3, bucket, key, form()))
    head = s3.head_object(Bucket=bucket, Key=key)
    thing = {"key": key, "size": head["ContentLength"], "version-id": head["VersionId"]}
    told = {"detail": {"bucket": {"name": bucket}, "object": thing}}
    queue = deployer.client("sqs", stand.cloud.endpoint)
    queue.send_message(QueueUrl=stand.outputs["IntakeQueueUrl"], MessageBody=json.dumps(told))


def a_file_is_posted(stand: Stand) -> None:
    """Annotations come by the webhook and not as a file; their job's page is looked at while a run
    over them is under way, and what is made of them is fetched from it."""
    event, at = secrets.token_hex(8), stand.deps.clock.now()
    body = next(one for one in samples() if one.name == POSTED).load()
    with closing(signed_in(stand, operator(stand))) as browser:
        said = post_webhook(stand.url, "annotation_qa", stand.webhook_secret, event, body, at=at)
        until(lambda: status(stand, said.job_id) is Status.COMPLETED)
        lanes = stand.deps.lanes
        run = lanes.run(said.job_id)
        assert run
        assert run.documents
        # The run may have been over before any page was opened: it is looked at as it stood.
        earlier = run.model_copy(update={"ended_at": None, "version": run.version + 1})
        lanes.keep_run(run, earlier)
        browser.get(job_path(said.job_id)).raise_for_status()
        lanes.keep_run(earlier, run.model_copy(update={"version": run.version + 2}))
        for name in run.documents:
            browser.get(document_path(said.job_id, name)).raise_for_status()


def an_alarm_stops_a_canary(stand: Stand) -> None:
    """An alarm of the stage rings, as CloudWatch has it, that a release's statement names."""
    alarms = deployer.client("cloudwatch", stand.cloud.endpoint)
    rings = f"{load('local').alarms}Defects"
    alarms.set_alarm_state(AlarmName=rings, StateValue="ALARM", StateReason="tried")
    statement = Statement(better="-", smallest=Decimal("0.1"), told="nobody", alarms=("Defects",))
    began = Moved(at=stand.deps.clock.now(), to=State.CANARY, share=Decimal("0.1"), by="-", why="-")
    held = rollout("a" * 64, state=State.CANARY, share=began.share, moves=(began,))
    held = held.model_copy(update={"statement": statement})
    stand.deps.rollouts.change([(None, held)])
    after = until_stopped(stand, held)
    assert after.moves[-1].why == "harm: the alarm Defects rings"


def until_stopped(stand: Stand, held: Rollout) -> Rollout:
    """The release, once nothing runs under it."""

    def now() -> Rollout:
        return stand.deps.rollouts.rollout(held.workflow, held.digest)

    until(lambda: ticked(stand) and now().state is State.ABORTED)
    return now()


def a_print_is_fetched(stand: Stand) -> None:
    """A signed plan's print is fetched from its job's page: it lies in the bucket alone."""
    keys = (subject_key("launch_plan", key_of(title)) for title in PLANS)
    jobs = [row.job_id for key in keys for row in stand.deps.store.matters(key, 1)]
    done = next(one for one in jobs if status(stand, one) is Status.COMPLETED)
    with closing(signed_in(stand, operator(stand))) as browser:
        found = browser.get(document_path(done, FILE)).raise_for_status()
    assert found.content.startswith(b"%PDF")


def never_queued(stand: Stand, like: str) -> str:
    """A job whose door died between storing and queueing it; else it is as another one."""
    deps, event = stand.deps, secrets.token_hex(8)
    body, now = form(email=f"kim.{event}@hafenwerk.example"), deps.clock.now()
    source = Source(
        door="webhook",
        sender="lead_intake",
        event_id=event,
        payload=deps.payloads.put(f"raw/{event}", body),
        body_digest=event,
        size=len(body),
        received_at=now,
    )
    job = new_job("lead_intake", deps.store.load(like).job.release, source, now)
    store(deps, job, accepted(job))
    return job.job_id


@contextmanager
def nobody_recording(stand: Stand) -> Iterator[None]:
    """The event about a dead execution does not arrive."""
    events = deployer.client("events", stand.cloud.endpoint)
    rules = events.list_rules()["Rules"]
    name = next(rule["Name"] for rule in rules if "RecordRule" in rule["Name"])
    events.disable_rule(Name=name)
    try:
        yield
    finally:
        events.enable_rule(Name=name)


def killed(stand: Stand, job: str) -> None:
    """Its execution dies while it waits for a signature."""
    until(lambda: status(stand, job) is Status.WAITING_FOR_REVIEW)
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    execution = stand.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    states.stop_execution(executionArn=f"{execution}:{job}")


def signed_all_the_same(stand: Stand, job: str) -> None:
    """Nobody knows that there is nobody to tell."""
    signer = Signer(stand.url)
    until(lambda: signer.decide(job, "approve", ""))


def without_keys(stand: Stand) -> str:
    """A refund of an order that nobody else asks about comes in before the key for reading
    payments is set: it parks."""
    sample = next(one for one in samples() if one.name.startswith("49-"))
    return stand.sender.send(sample, secrets.token_hex(4)).job_id


def with_the_wrong_key(stand: Stand, job: str, key: str) -> None:
    """Then that one is set, and the key that moves money is an old one: it parks once more. When
    that is mended too, a colleague has given the money back: what was reserved is freed."""
    until(lambda: status(stand, job) is Status.PARKED)
    right = _replaced(stand, "PaymentsWriteSecretArn", WRONG)
    begin_anew(stand, "ActPayments")
    before = attempt(stand, job)
    mends(stand, "PaymentsReadSecretArn", key, "payments-read")
    until(lambda: attempt(stand, job) > before and status(stand, job) is Status.PARKED)
    stand.provider.refunds(ByColleague.model_validate(ALL_OF_IT))
    mends(stand, "PaymentsWriteSecretArn", right, "payments-write")


def without_a_model(stand: Stand) -> None:
    """A form comes in before the model's key is set: it parks until it is."""
    key = _replaced(stand, "ModelKeySecretArn", NOT_YET)
    begin_anew(stand, "Propose")
    job = sent(stand)
    until(lambda: status(stand, job) is Status.PARKED)
    mends(stand, "ModelKeySecretArn", key, "model-key")
    until(lambda: status(stand, job) is not Status.PARKED)


def mends(stand: Stand, output: str, value: str, name: str) -> None:
    """An operator sets the secret, as `countersign secrets set` does, and the next minute comes."""
    _replaced(stand, output, value)
    assert awake(stand.deps, name)
    stand.tick()


def begin_anew(stand: Stand, row: str) -> None:
    """A function's next call is a first one, in a new process that remembers no secret: whatever
    sets its configuration, also to what it is, has this effect on AWS too."""
    functions = deployer.client("lambda", stand.cloud.endpoint)
    name = function_name(load("local").stack_name, next(one for one in ROWS if one.name == row))
    held = functions.get_function_configuration(FunctionName=name)
    functions.update_function_configuration(FunctionName=name, Timeout=held["Timeout"])


def _replaced(stand: Stand, output: str, value: str) -> str:
    """Set a secret of the stack; what it was before."""
    manager = deployer.client("secretsmanager", stand.cloud.endpoint)
    before: str = manager.get_secret_value(SecretId=stand.outputs[output])["SecretString"]
    manager.put_secret_value(SecretId=stand.outputs[output], SecretString=value)
    return before


def started_by_hand(stand: Stand) -> None:
    """Somebody starts the machine in the console, without a job: it fails, and so does recording
    it."""
    states = deployer.client("stepfunctions", stand.cloud.endpoint)
    states.start_execution(stateMachineArn=stand.outputs["StateMachineArn"], input="{}")


def read_and_resumed_on_its_page(stand: Stand, job: str, left: str) -> None:
    """The originals of two cases are read, of a form that was sent and of one that was uploaded;
    and one case is ended on its page."""
    until(lambda: {status(stand, one) for one in (job, left)} == {Status.ESCALATED})
    with closing(signed_in(stand, operator(stand))) as browser:
        assert all(b"Atlantis" in downloads(browser, one) for one in (job, left))
        resumes(browser, job)
        listed = browser.get("/approvals/jobs").raise_for_status().text
        assert job in listed


def hours_are_sealed(stand: Stand) -> None:
    """What changed stands under the signed root of its hour."""
    assert moved(stand.deps, "+2h")
    began = stand.deps.clock.now() - timedelta(days=30)
    until(
        lambda: (
            ticked(stand)
            and any(one.root for one in stand.deps.seals.between(began, stand.deps.clock.now()))
        )
    )


def a_month_passes(stand: Stand) -> None:
    """The workflows' owners are asked about the month that is over."""
    assert moved(stand.deps, "+32d")
    month = f"{last_month(stand.deps.clock.now()):%Y-%m}"
    until(lambda: ticked(stand) and stand.deps.owner_reviews.of(month) != [], 3 * WITHIN)


def begun(stand: Stand, job: str) -> bool:
    """Whether its execution does something."""
    return status(stand, job) is not Status.PENDING


def attempt(stand: Stand, job: str) -> int:
    """How often the job was begun."""
    return stand.deps.store.load(job).job.attempt
