"""Taking in a job, whichever door or desk it comes through: its release, its rows, its message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from countersign import observability
from countersign.domain.canonical import canonical
from countersign.domain.errors import CountersignError, NotFound
from countersign.domain.jobs.change import Change, created
from countersign.domain.jobs.job import Job, Status
from countersign.domain.policy.release import Release, release_key
from countersign.domain.ports import KnownEvent
from countersign.domain.releases.rollout import Rollout, current, pick, shown_to
from countersign.domain.releases.trials import entering
from countersign.runtime.deps import Deps
from countersign.stages.prices import prices

READ_AGAIN = timedelta(seconds=60)
"""So long a process that takes jobs in believes what it read last of stored releases."""


def pin(deps: Deps, workflow: str) -> str:
    """Digest of the release that the workflow's jobs get, whatever canary runs; the bucket holds it
    from now on."""
    return current(_running(deps), workflow, ground(deps, workflow))


def drawn(deps: Deps, job: Job, change: Change) -> tuple[Job, Change]:
    """A new job and its first change, under the release that is drawn for it: what ships with the
    code, what was promoted, or the canary's."""
    now, door = ground(deps, job.workflow), job.source.door
    found = pick(_running(deps), job.workflow, now, door, job.job_id)
    return entering(found, job, change)


def shipped(deps: Deps, workflow: str) -> Release:
    """The release that ships with the code, with the stage's model."""
    release: Release = deps.workflows[workflow].release
    if not deps.settings.model_name:
        return release
    return _with_model(deps, release)


def ground(deps: Deps, workflow: str) -> str:
    """Its digest; the bucket holds it from now on."""
    of, pinned = deps.pinned.get(workflow, (None, ""))
    if of is not deps.workflows[workflow].release:
        release = shipped(deps, workflow)
        deps.payloads.put(release_key(release.digest), canonical(release))
        pinned = release.digest
        deps.pinned[workflow] = deps.workflows[workflow].release, pinned
    return pinned


def _running(deps: Deps) -> Sequence[Rollout]:
    """Stored releases that jobs come to, as this process read them at most a minute ago."""
    now = deps.wall.now()
    read, rows = deps.memory.rollouts
    if read is None or now - read > READ_AGAIN:
        rows = deps.rollouts.running()
        deps.memory.rollouts = now, rows
    return rows


def _with_model(deps: Deps, release: Release) -> Release:
    """The release with the stage's one model in the place of each size's."""
    own = deps.company.prices if deps.company else ()
    price = prices().of(deps.settings.model_name, "standard", where="MODEL_NAME", own=own)
    sizes = tuple(one.model_copy(update={"price": price}) for one in release.sizes)
    return release.model_copy(update={"sizes": sizes})


def store(deps: Deps, job: Job, change: Change) -> KnownEvent | None:
    """Store the job if this event is new; else tell what is known of it."""
    stored, entry = created(job, change, deps.ids.salt)
    return deps.store.create(stored, entry, change)


def queue(deps: Deps, job_id: str, workflow: str, *, known: bool = False) -> None:
    """Ask for a stored job to be started; one that was `known` before only if it has not begun. It
    is stored with a due row, so that a failure here costs minutes, not the job: `tick` queues it
    again."""
    if not known:
        observability.count("JobsAccepted", workflow=workflow)
    try:
        if not known or _not_begun(deps, job_id):
            deps.queue.send(job_id, workflow)
    except Exception as error:  # noqa: BLE001 - counted; the row heals
        observability.logger().warning("not queued", extra={"class": type(error).__name__})
        observability.count("WebhooksNotQueued")


def _not_begun(deps: Deps, job_id: str) -> bool:
    """Whether an earlier delivery stored the job and then failed to queue it."""
    try:
        job: Job = deps.store.load(job_id).job
    except NotFound:
        return False
    return job.status is Status.PENDING


def shows(deps: Deps, job_id: str, workflow: str) -> None:
    """Show a job that has begun to the candidate in shadow, where there is one and the hash says
    so. Nothing is asked in a stage without such a queue."""
    if not deps.settings.shadow_queue_url or workflow not in deps.workflows:
        return
    try:
        release = shown_to(_running(deps), workflow, shipped(deps, workflow).digest, job_id)
        if release:
            deps.shadow_queue.show(job_id, release)
    except CountersignError as trouble:  # the job has begun: its shadow is not worth another start
        observability.logger().warning("not shown", extra={"class": type(trouble).__name__})
        observability.count("ShadowsLeftOut")
