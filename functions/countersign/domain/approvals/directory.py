"""The directory: who may decide what, up to which amount, when, and who stands in for them.

It is data, so people change without a deployment, and whoever leaves is cut off at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import ClassVar

from countersign.domain.approvals.approval import Approval, Person, not_theirs
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.contract import Contract, Value
from countersign.domain.money import Money


class SigningLimit(Value):
    """Up to which amount somebody may approve actions of this id or pattern, in one currency."""

    actions: str
    most: Money


class Away(Value):
    """A time in which another person decides instead."""

    since: datetime
    until: datetime
    deputy: str


class Member(Contract):
    """Somebody who may decide: person, roles, limits, hours, absences."""

    CONTRACT: ClassVar[str] = "member"
    VERSION: ClassVar[int] = 1

    person: Person
    roles: tuple[str, ...]
    limits: tuple[SigningLimit, ...] = ()
    """Without a limit that covers it, an action that moves money cannot be approved."""
    hours: Hours = Hours()
    away: tuple[Away, ...] = ()
    left: bool = False
    """Whether the person is gone: nothing of theirs counts any more, open links included."""

    def covers(self, action: str, amount: Money | None) -> bool:
        """Whether the limits allow this amount; an action without an amount needs none."""
        if amount is None:
            return True
        fitting = (one.most for one in self.limits if fnmatchcase(action, one.actions))
        return any(
            most.currency == amount.currency and amount.amount <= most.amount for most in fitting
        )

    def deputy(self, at: datetime) -> str | None:
        """Id of who stands in at `at`; None when the person is there."""
        return next((one.deputy for one in self.away if one.since <= at < one.until), None)


def kept_from(member: Member, approval: Approval) -> str | None:
    """Why this member is kept from the request by who they are: themselves, or by a role of theirs
    that answers for the policy. None when they are not."""
    if approval.author in member.roles:
        return "nobody approves under a policy of their own"
    return not_theirs(approval, member.person)


class Directory(Value):
    """All members, as read at one moment."""

    members: tuple[Member, ...]

    def member(self, person_id: str) -> Member | None:
        """The member with this id, unless they left."""
        return next((m for m in self.members if m.person.id == person_id and not m.left), None)

    def by_address(self, address: str) -> Member | None:
        """The member with this mail address, unless they left."""
        wanted = address.casefold()
        found = (m for m in self.members if m.person.address.casefold() == wanted and not m.left)
        return next(found, None)

    def zone(self, person: Person, otherwise: str = "UTC") -> str:
        """The time zone of somebody who need not be a member; `otherwise` when nobody knows it."""
        found = self.member(person.id) or self.by_address(person.address)
        return found.hours.zone if found else otherwise

    def of_role(self, role: str) -> tuple[Member, ...]:
        """Who has `role`, in the order of their ids."""
        fitting = [m for m in self.members if role in m.roles and not m.left]
        return tuple(sorted(fitting, key=lambda m: m.person.id))

    def present(self, role: str, at: datetime) -> tuple[tuple[Member, str], ...]:
        """Who decides for `role` at `at`: (member, id of whom they stand in for or "").

        Deputies of absent members come in their place straight away; a chain of absences is
        followed, a circle of them ends with the member themselves.
        """
        seen: dict[str, tuple[Member, str]] = {}
        for asked in self.of_role(role):
            stands_in = self._present(asked, at, [])
            instead = asked.person.id if stands_in is not asked else ""
            seen.setdefault(stands_in.person.id, (stands_in, instead))
        return tuple(seen.values())

    def acting(self, key: str, at: datetime) -> Member | None:
        """The member of this id, with the roles of those for whom they stand in at `at`: who is
        mailed instead of somebody can do what the mail is about. None where there is none."""
        member = self.member(key)
        if member is None:
            return None
        away = (m for m in self.members if not m.left and self._present(m, at, []) is member)
        roles = dict.fromkeys((*member.roles, *(role for one in away for role in one.roles)))
        return member.model_copy(update={"roles": tuple(roles)})

    def _present(self, member: Member, at: datetime, passed: Sequence[str]) -> Member:
        deputy = self.member(member.deputy(at) or "")
        if deputy is None or deputy.person.id in passed:
            return member
        return self._present(deputy, at, [*passed, member.person.id])
