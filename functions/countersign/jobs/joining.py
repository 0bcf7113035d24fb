"""What somebody writes later finds the job that it goes back to, and is heard or shown there."""

from __future__ import annotations

from countersign.domain.errors import Joined, NeedsPerson, NotFound, Unavailable, UnknownVersion
from countersign.domain.jobs.change import Change, JobRecord
from countersign.domain.planning.joining import LONGEST, Way, Word, Writer, bring
from countersign.extraction.later import joined, repeats
from countersign.extraction.messages import Source, words
from countersign.runtime.deps import Deps


def join(deps: Deps, record: JobRecord, given: object, earlier: str, *, waits: bool = True) -> None:
    """Bring `given`, which the job of `record` is about, to the job `earlier`. Comes back when the
    job of `record` goes on by itself; a second call does nothing else than the first.

    Raises Joined when the other job has it; Unavailable when that one is at work, and `waits` says
    that nothing can be said before it rests; NeedsPerson when it waits for the answer of somebody
    else, unless a person has sent this on.
    """
    if not isinstance(given, Source) or given.automatic:  # what a machine writes answers nothing
        return
    said = _word(deps, record, given)
    try:
        found = _brought(deps, earlier, given, said)
    except NotFound:
        return
    if found is Way.JOINS:
        raise Joined(f"joined {earlier}: what it says is heard there")
    if found is Way.WAITS and waits:
        raise Unavailable(f"{earlier}, to which this belongs, is at work")
    if found is Way.STRANGER and record.case is None:
        raise NeedsPerson(
            f"this belongs to {earlier}, which waits for the answer of the person whom we asked, "
            "and nobody vouches that it is theirs"
        )


def _word(deps: Deps, record: JobRecord, given: Source) -> Word:
    return Word(
        job_id=record.job.job_id,
        at=deps.clock.now(),
        sender=given.sender,
        vouched=given.authenticated,
        text=words(given)[:LONGEST],
        way=Way.ALONE,
    )


def _brought(deps: Deps, earlier: str, given: Source, said: Word) -> Way:
    """What becomes of it. Raises NotFound for a job that is gone, StoreConflict."""
    found = Way.ALONE

    def change_of(held: JobRecord) -> Change | None:
        nonlocal found
        first = _input(deps, held)
        if first is None:
            return None
        writer, whole = Writer(first.sender, first.authenticated), joined(first, given)
        same = repeats(given, first)
        found, change = bring(held, said, writer, whole, deps.clock.now(), repeats=same)
        return change

    deps.update(earlier, change_of)
    return found


def _input(deps: Deps, held: JobRecord) -> Source | None:
    """What a job is about; None where this code cannot read it, or nobody has yet."""
    workflow, stored = deps.workflows.get(held.job.workflow), held.results.get("input")
    try:
        given = stored.as_(workflow.input) if stored and workflow else None
    except UnknownVersion:
        return None
    return given if isinstance(given, Source) else None
