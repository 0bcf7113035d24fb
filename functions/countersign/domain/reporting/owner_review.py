"""A workflow's month as its owner is asked about it: one page, one decision, which is kept.

Its trail is a hash chain of its own, as a job's: who was asked, who decided what, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol

from countersign.domain.contract import Contract
from countersign.domain.errors import AlreadyDecided, ContractBroken
from countersign.domain.jobs import audit

Course = Literal["continue", "change", "stop"]
COURSES: tuple[Course, ...] = ("continue", "change", "stop")
DECIDE_IN = timedelta(days=10)
EACH = timedelta(days=5)
"""Between two mails to somebody who has not decided."""


class OwnerReview(Contract):
    """One month of one workflow. `version` grows with every write."""

    CONTRACT: ClassVar[str] = "owner.review"
    VERSION: ClassVar[int] = 1

    workflow: str
    month: str
    """As `2026-10`."""
    owner: str
    """The role that is asked."""
    opened_at: datetime
    due_at: datetime
    asked_at: datetime | None = None
    """When its people were mailed last; None: not yet, or there was nothing to ask about."""
    figures: str
    """The page's numbers as JSON, as they were when it was made: what is decided is what is shown.
    Without a job in that month and the one before there are none."""
    course: Course | None = None
    by: str = ""
    words: str = ""
    version: int = 0
    trail: tuple[audit.Entry, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether somebody has to decide on it."""
        return bool(self.figures) and self.course is None


class OwnerReviews(Protocol):
    """Workflows' months, and what their owners decided."""

    def of(self, month: str) -> Sequence[OwnerReview]:
        """All of a month, as `2026-10`, read consistently."""

    def change(self, before: OwnerReview | None, after: OwnerReview) -> None:
        """Store `after`. Raises StoreConflict when what is stored is not `before` any more."""

    def began(self, now: datetime) -> datetime:
        """When this was asked first; now, if it never was."""


def entered(
    review: OwnerReview,
    event: str,
    actor: str,
    now: datetime,
    *,
    salt: Callable[[], str],
    said: Mapping[str, str],
    **after: object,
) -> OwnerReview:
    """The review with one more entry of its trail, and what that changes."""
    entry = audit.append(
        review.trail[-1].hash if review.trail else audit.GENESIS,
        len(review.trail) + 1,
        job_id=f"{review.workflow} {review.month}",
        at=now,
        actor=actor,
        event=event,
        fields={name: audit.ErasableField(value=v, salt=salt()) for name, v in said.items()},
    )
    changed = {**after, "trail": (*review.trail, entry), "version": review.version + 1}
    return review.model_copy(update=changed)


def decided(
    review: OwnerReview,
    course: str,
    now: datetime,
    *,
    by: str,
    words: str,
    salt: Callable[[], str],
) -> OwnerReview:
    """The review as this person decided it. Raises AlreadyDecided, and ContractBroken for a course
    that there is not, or one that needs words and has none."""
    if not review.asks:
        raise AlreadyDecided(f"{review.by or 'nobody'} has decided {review.course or 'nothing'}")
    chosen = next((one for one in COURSES if one == course), None)
    if chosen is None:
        raise ContractBroken(f"choose one of {', '.join(COURSES)}")
    if chosen != "continue" and not words.strip():
        raise ContractBroken("say what is to change, or why it stops")
    said = {"course": chosen, "words": words}
    after = {"course": chosen, "by": by, "words": words}
    return entered(review, "month decided", f"person:{by}", now, salt=salt, said=said, **after)


def overdue(review: OwnerReview, now: datetime) -> bool:
    """Whether nobody has decided in time."""
    return review.asks and now >= review.due_at


def is_to_be_mailed(review: OwnerReview, now: datetime) -> bool:
    """Whether its people are mailed now: at once, and again while nobody has decided."""
    return review.asks and (review.asked_at is None or now >= review.asked_at + EACH)
