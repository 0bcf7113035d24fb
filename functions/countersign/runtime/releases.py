"""Releases by their address, as the bucket holds them."""

from __future__ import annotations

from pydantic import ValidationError

from countersign.domain.errors import Ungrounded, UnknownVersion
from countersign.domain.jobs.job import Pointer
from countersign.domain.policy.release import Release, release_key
from countersign.runtime.deps import Deps

MOST_RELEASES = 8
"""Kept in a process; a prompt with its examples may be 100 kB."""


def release_at(deps: Deps, digest: str) -> Release:
    """The release under this digest; its content must match it. A process reads each once. Raises
    Ungrounded, UnknownVersion, NotFound."""
    if digest in deps.releases:
        return deps.releases[digest]
    body = deps.payloads.get(Pointer(bucket="", key=release_key(digest)))
    try:
        release = Release.model_validate_json(body)
    except ValidationError:
        raise UnknownVersion("the job's release was written by code that is gone") from None
    if release.digest != digest:
        raise Ungrounded("the release in the bucket is not the one the job is pinned to")
    if len(deps.releases) >= MOST_RELEASES:
        deps.releases.clear()
    deps.releases[digest] = release
    return release
