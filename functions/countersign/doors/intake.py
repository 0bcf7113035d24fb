"""What the webhook and the upload door share: the pinned release, and storing a new job once."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain.canonical import canonical
from countersign.domain.change import Change, created
from countersign.domain.job import Job
from countersign.domain.ports import Seen
from countersign.domain.release import Release, release_key
from countersign.workflows import WORKFLOWS


def pin(deps: Deps, workflow: str) -> str:
    """Digest of the workflow's release with the stage's model; the bucket holds it from now on."""
    shipped: Release = WORKFLOWS[workflow].release
    model = deps.settings.model_name or shipped.model
    release = shipped.model_copy(update={"model": model})
    pinned = release.digest
    if pinned not in deps.published:
        deps.payloads.put(release_key(pinned), canonical(release))
        deps.published.add(pinned)
    return pinned


def store(deps: Deps, job: Job, change: Change) -> Seen | None:
    """Store the job if this event is new; else tell what is known of it."""
    stored, entry = created(job, change, deps.ids.salt)
    return deps.store.create(stored, entry, change)
