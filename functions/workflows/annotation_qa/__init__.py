"""annotation_qa: a file of annotations is judged item by item by a rulebook; what is certainly
meant otherwise is corrected in the file's own format, and taken over by a signature."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from countersign.actions import bulk, files
from countersign.domain.lane.lane import Filed, Lane
from countersign.domain.ledger.action import ProposedAction
from countersign.domain.policy.proposal import Fact
from countersign.domain.policy.release import Limits, Release
from countersign.domain.workflow import Draft, Raw
from countersign.workflow import Answer, Document, Situation, Summary, ask, run, workflow
from workflows.annotation_qa import items

_LOST = Decimal("0.05")
"""The share of records that may be unreadable or fail before a person gets the job."""


class Annotations(Document):
    """A file of annotations, once every record of it was read."""

    CONTRACT: ClassVar[str] = "annotation_qa.input"
    VERSION: ClassVar[int] = 1


class Says(Answer):
    """Nothing that a model would add about the file."""

    CONTRACT: ClassVar[str] = "annotation_qa.answer"
    VERSION: ClassVar[int] = 1

    why: Summary | None


def read(raw: Raw) -> Annotations:
    """A small file at once, as it is tried on a bench. Raises Quarantined for what is none."""
    return items.glanced(Annotations, raw)


def describe(filed: Filed, release: Release) -> Annotations:
    """A file whose records lie in batches. Raises Quarantined for one that holds nothing."""
    return items.described(Annotations, filed, release)


def signs(given: Annotations, _limits: Limits) -> Draft:
    """All is said by the file itself."""
    facts = {name: Fact(value=said, quotes=(said,)) for name, said in given.parts.items()}
    return Draft(facts=facts, wishes=(), drafts={}, confidence=Decimal(1))


def propose(s: Situation[Annotations]) -> Iterator[ProposedAction]:
    """Every item is judged; once that is over, the corrected file is taken over."""
    said = s.input.parts
    yield bulk.RUN.proposed(
        target=said["file"],
        file=said["file"],
        digest=said["digest"],
        rows=int(said["records"]),
        quarantined=int(said["unreadable"]),
        failed_at_most=_LOST,
    )
    came = s.evidence.get(bulk.RUN.id, {})
    digest = came.get(f"document:{items.corrected_name(s.input)}")
    if digest:
        words, data = items.taken_over(s.input, came, digest)
        yield files.STORE.proposed(
            target=said["file"], name="corrected-annotations", markdown=words, data=data
        )


def unreadable(s: Situation[Annotations]) -> tuple[str, str] | None:
    """Part of the file is left out."""
    lost = s.input.parts["unreadable"]
    return None if lost == "0" else (lost, "0")


WORKFLOW = workflow(
    "annotation_qa",
    title="Quality of annotations",
    owner="operations",
    tiers=["sales-lead"],
    source=Annotations,
    read=read,
    answer=Says,
    actions=[bulk.RUN, files.STORE],
    propose=propose,
    signs=signs,
    # Who uploads annotations is one of ours: a file has no sender.
    without=["sender.unauthenticated"],
    policy=[
        run(bulk.RUN, "a file that is read whole is judged by itself"),
        ask(bulk.RUN, "{value} of its records cannot be read and would be left out", unreadable),
        ask(files.STORE, "somebody takes over what was corrected"),
    ],
    lane=Lane(
        read=items.read,
        describe=describe,
        work=items.work,
        finish=items.finish,
        asks=items.ASKS,
        batch=50,
        failed_at_most=_LOST,
    ),
)
