"""What a reviewer says of a job whose actions ran by themselves."""

from __future__ import annotations

from countersign.domain.jobs.change import Change, Due, JobRecord
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.reviews import Review, ReviewAnswer
from countersign.jobs.handover import new_case
from countersign.runtime.deps import Deps


def answer_review(deps: Deps, review_id: str, said: ReviewAnswer) -> None:
    """Store what was said. What was found wrong, and not made wrong by us, is a case first: an
    answer is never counted and then forgotten. Raises NotFound, AlreadyDecided."""
    review = deps.reviews.review(review_id)
    if said.verdict == "wrong" and review.answer is None and not review.planted:
        deps.update(review.job_id, lambda record: _found_wrong(deps, record, review, said))
    deps.reviews.answer(review.model_copy(update={"answer": said}))


def _found_wrong(
    deps: Deps, record: JobRecord, review: Review, said: ReviewAnswer
) -> Change | None:
    """None where the job has a case already, or is being undone."""
    if record.job.status is not Status.COMPLETED:
        return None
    reason = f"a review found its actions wrong: {said.why}"
    return Change(
        event="found wrong",
        actor=f"person:{said.by}",
        status=Status.ESCALATED,
        reason=reason,
        fields={"review": review.review_id},
        case=new_case(deps, record, reason),
        due=(Due(kind="case", at=deps.clock.now()),),
    )
