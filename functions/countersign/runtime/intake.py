"""Taking in a job, whichever door or desk it comes through: its release, its rows, its message."""

from __future__ import annotations

from countersign import observability
from countersign.domain.canonical import canonical
from countersign.domain.errors import CountersignError, NotFound
from countersign.domain.jobs.change import Change, created
from countersign.domain.jobs.job import Job, Status
from countersign.domain.policy.release import Release, release_key
from countersign.domain.ports import KnownEvent
from countersign.domain.releases.rollout import shown_to
from countersign.releases.prices import prices
from countersign.runtime.deps import Deps


def pin(deps: Deps, workflow: str) -> str:
    """Digest of the workflow's release with the stage's model; the bucket holds it from now on."""
    release = shipped(deps, workflow)
    pinned = release.digest
    if pinned not in deps.published:
        deps.payloads.put(release_key(pinned), canonical(release))
        deps.published.add(pinned)
    return pinned


def shipped(deps: Deps, workflow: str) -> Release:
    """What ships with the code, with the stage's model."""
    release: Release = deps.workflows[workflow].release
    return _with_model(deps, release) if deps.settings.model_name else release


def _with_model(deps: Deps, shipped: Release) -> Release:
    """The release with the stage's one model in the place of each size's."""
    own = deps.company.prices if deps.company else ()
    price = prices().of(deps.settings.model_name, "standard", where="MODEL_NAME", own=own)
    sizes = tuple(one.model_copy(update={"price": price}) for one in shipped.sizes)
    return shipped.model_copy(update={"sizes": sizes})


def store(deps: Deps, job: Job, change: Change) -> KnownEvent | None:
    """Store the job if this event is new; else tell what is known of it."""
    stored, entry = created(job, change, deps.ids.salt)
    return deps.store.create(stored, entry, change)


def queue(deps: Deps, job_id: str, workflow: str, *, known: bool = False) -> None:
    """Ask for a stored job to be started; one that was `known` before only if it has not begun. It
    is stored with a due row, so that a failure here costs minutes, not the job: `tick` queues it
    again."""
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
        ground = shipped(deps, workflow).digest
        release = shown_to(deps.rollouts.running(), workflow, ground, job_id)
        if release:
            deps.shadow_queue.show(job_id, release)
    except CountersignError as trouble:  # the job has begun: its shadow is not worth another start
        observability.logger().warning("not shown", extra={"class": type(trouble).__name__})
        observability.count("ShadowsLeftOut")
