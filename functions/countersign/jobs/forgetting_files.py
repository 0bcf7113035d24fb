"""Files of jobs in which somebody's words stand: what came, documents, the items of a file."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from countersign.domain.canonical import digest
from countersign.domain.jobs.change import JobRecord
from countersign.domain.jobs.forgetting import CutPart, Objects, Version, without
from countersign.domain.jobs.job import Pointer
from countersign.domain.jobs.traces import Traces
from countersign.domain.lane.batches import Line
from countersign.runtime.deps import Deps

DOCUMENTS, ITEMS, RAW = "documents/", "lane/", "raw/"
"""Where the payload bucket has them, below a job's id."""
_BATCHES = "batches/"
"""Where the rows themselves lie, of what there is of a file's items."""
_ZIP = b"PK\x03\x04"
_MOST_UNPACKED = 500_000_000
"""Bytes of a zip's files together that are held in an operator's memory."""


@dataclass(frozen=True)
class CutFile:
    """An object of a job of somebody else in which words are to be cut, and all that is to go."""

    key: str
    versions: tuple[Version, ...]
    before: bytes
    after: bytes

    @property
    def part(self) -> CutPart:
        """What the trail says of it: the key may name somebody."""
        what = f"file {digest(self.key.encode())[:12]}"
        return CutPart(what=what, before=digest(self.before), after=digest(self.after))

    def cut(self, objects: Objects, bucket: str, apart: str) -> Pointer:
        """Store what is left in `bucket`, then delete what was there. What came by another one is
        kept below `apart`: there it would come as a new job."""
        here = self.versions[0].bucket == bucket
        left = objects.put(bucket, self.key if here else apart + digest(self.after), self.after)
        objects.delete(self.versions)
        return left


def stands_in(deps: Deps, objects: Objects, traces: Traces, record: JobRecord) -> bool:
    """Whether anything of it is to be cut out of the job or its files."""
    return bool(without(record, traces).parts) or any(dirty(deps, objects, traces, record))


def dirty(deps: Deps, objects: Objects, traces: Traces, record: JobRecord) -> Iterator[CutFile]:
    """The files in which anything is to be cut."""
    for versions in files_of(deps, objects, record):
        bodies = [objects.read(one) for one in versions]
        cut = [cut_body(traces, body) for body in bodies]
        if any(after not in (None, body) for body, after in zip(bodies, cut, strict=True)):
            yield CutFile(versions[0].key, versions, bodies[0], cut[0] or b"")


def cut_body(traces: Traces, body: bytes) -> bytes | None:
    """A file without what is theirs: a text, or a zip of texts, as a campaign's brief and list come
    in one; None for what is neither, which a person must look at."""
    if not body.startswith(_ZIP):
        return traces.cut_file(body)
    try:
        with ZipFile(BytesIO(body)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _MOST_UNPACKED:
                return None
            entries = {one.filename: archive.read(one) for one in archive.infolist()}
    except (BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return None
    cut = {name: traces.cut_file(held) for name, held in entries.items()}
    left = {name: held for name, held in cut.items() if held is not None}
    return None if len(left) < len(cut) else body if left == entries else _zipped(left)


def _zipped(entries: Mapping[str, bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(ZipInfo(name), body, ZIP_DEFLATED)
    return held.getvalue()


def files_of(deps: Deps, objects: Objects, record: JobRecord) -> Iterator[tuple[Version, ...]]:
    """Each file of a job with its versions, the latest first: its documents, the batches of its
    items with their results, and what came."""
    bucket, by_key = deps.settings.payloads_bucket, dict[str, list[Version]]()
    job_id = record.job.job_id
    below = [v for name in (DOCUMENTS, ITEMS) for v in objects.below(bucket, f"{name}{job_id}/")]
    for one in (*below, *came(objects, record)):
        by_key.setdefault(one.key, []).append(one)
    yield from map(tuple, by_key.values())


def rows_of(deps: Deps, objects: Objects, traces: Traces, record: JobRecord) -> Iterator[int]:
    """The rows of a job's file in which they stand."""
    below = f"{ITEMS}{record.job.job_id}/{_BATCHES}"
    for one in objects.below(deps.settings.payloads_bucket, below):
        for line in objects.read(one).splitlines():
            if traces.cut(line.decode()) != line.decode():
                yield Line.model_validate_json(line).number


def with_items(deps: Deps, objects: Objects) -> Iterator[str]:
    """Ids of the jobs of whose items the bucket still has anything."""
    below = objects.below(deps.settings.payloads_bucket, ITEMS)
    yield from dict.fromkeys(one.key.removeprefix(ITEMS).partition("/")[0] for one in below)


def came(objects: Objects, record: JobRecord) -> Iterator[Version]:
    """What came, in the version that the job is of: others of the same key are other jobs'."""
    at = record.job.source.payload
    for one in objects.below(at.bucket, at.object_key):
        if one.key == at.object_key and at.version in (None, one.id):
            yield one
