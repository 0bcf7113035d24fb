"""The only way to an effect: exact bytes, and policy's leave or a person's signature on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.approvals.approval import Approval, Choice, apply_decision, decide
from countersign.domain.approvals.authority import check_authority
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.canonical import canonical, digest
from countersign.domain.errors import NotAuthorised
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry
from countersign.domain.policy.policy import Answer, Quorum
from tests.builders import ANA, AT, BEN, EXPIRES, JOB_ID, approval, decision, held, verdict

THERE = Directory(members=tuple(Member(person=one, roles=("sales",)) for one in (ANA, BEN)))


@dataclass(frozen=True)
class Scene:
    """Everything that the check looks at."""

    entry: LedgerEntry
    approval: Approval
    job_id: str = JOB_ID
    now: datetime = AT + timedelta(hours=2)
    people: Directory = THERE

    def check(self) -> None:
        """Ask for leave. Raises NotAuthorised."""
        approvals = {self.approval.approval_id: self.approval}
        check_authority(self.entry, approvals, self.job_id, self.now, lambda: self.people)

    def refusal(self) -> str:
        """Why there is no leave; empty when there is."""
        try:
            self.check()
        except NotAuthorised as refused:
            return str(refused)
        return ""

    def entry_with(self, **parts: Any) -> Scene:
        """The same with another entry."""
        return replace(self, entry=self.entry.model_copy(update=parts))

    def approval_with(self, **parts: Any) -> Scene:
        """The same with another approval."""
        return replace(self, approval=self.approval.model_copy(update=parts))

    def decision_with(self, **parts: Any) -> Scene:
        """The same with another decision."""
        said = self.approval.decision or decision(self.approval)
        return self.approval_with(decision=said.model_copy(update=parts))


def signed() -> Scene:
    """One action that policy asked about and Ana approved."""
    entry = held(0, "mail.memo", Answer.ASK, "draft")
    decided = decide(approval(entry), decision(approval(entry)))
    return Scene(entry=apply_decision(decided, [entry])[0], approval=decided)


def rewritten(scene: Scene, name: str, value: Any) -> Scene:
    """The bytes changed and their digest recomputed, as somebody with the table's keys could."""
    body = canonical({**scene.entry.content(), name: value})
    return scene.entry_with(body=body.decode(), digest=digest(body))


GONE = tuple(one.model_copy(update={"left": True}) for one in THERE.members)
OTHER = "9" * 64
FORGERIES: dict[str, Callable[[Scene], Scene]] = {
    "a letter of the bytes": lambda s: s.entry_with(body=s.entry.body.replace("call", "mail")),
    "spaces in the bytes": lambda s: s.entry_with(body=json.dumps(json.loads(s.entry.body))),
    "no bytes": lambda s: s.entry_with(body=""),
    "digest": lambda s: s.entry_with(digest=OTHER),
    "parameters, digest too": lambda s: rewritten(s, "params", {"text": "pay"}),
    "target, digest too": lambda s: rewritten(s, "target", "contact/8"),
    "job, digest too": lambda s: rewritten(s, "job", "j-another"),
    "expiry, digest too": lambda s: rewritten(s, "expires_at", "2099-01-01T00:00:00.000000Z"),
    "action's name": lambda s: s.entry_with(action="crm.memo"),
    "action's version": lambda s: s.entry_with(action_version=2),
    "planned": lambda s: s.entry_with(status=ActionStatus.PLANNED),
    "rejected": lambda s: s.entry_with(status=ActionStatus.REJECTED),
    "done already": lambda s: s.entry_with(status=ActionStatus.VERIFIED),
    "unknown": lambda s: s.entry_with(status=ActionStatus.UNKNOWN),
    "forbidden": lambda s: s.entry_with(verdict=verdict(Answer.FORBID, "spam")),
    "no approval": lambda s: s.entry_with(approval=""),
    "another approval": lambda s: s.entry_with(approval="a-2"),
    "superseded": lambda s: s.approval_with(superseded=True),
    "undecided": lambda s: s.approval_with(decision=None),
    "over other digests": lambda s: s.approval_with(digests=(OTHER,)),
    "over more digests": lambda s: s.approval_with(digests=(*s.approval.digests, OTHER)),
    "approvers": lambda s: s.approval_with(approvers=(BEN,)),
    "nobody asked": lambda s: s.approval_with(approvers=()),
    "four eyes needed": lambda s: s.approval_with(quorum=Quorum.TWO),
    "edited by its only signer": lambda s: s.approval_with(
        editors={s.approval.digests[0]: ("ana",)},
        quorum=Quorum.ALL,
        approvers=s.approval.approvers[:1],
    ),
    "of the requester": lambda s: s.approval_with(requester=ANA.address),
    "under the own policy": lambda s: s.approval_with(author="ana"),
    "an earlier deadline": lambda s: s.approval_with(deadline=AT),
    "decided by another": lambda s: s.decision_with(by="eve"),
    "decided too late": lambda s: s.decision_with(at=AT + timedelta(days=2)),
    "rejected by choice": lambda s: s.decision_with(
        choices=dict.fromkeys(s.approval.digests, Choice.REJECT)
    ),
    "choices about nothing": lambda s: s.decision_with(choices={}),
    "choices about others": lambda s: s.decision_with(choices={OTHER: Choice.APPROVE}),
    "here from another job": lambda s: replace(s, job_id="j-another"),
    "past the hard expiry": lambda s: replace(s, now=EXPIRES),
    "its signer left": lambda s: replace(s, people=Directory(members=(GONE[0], THERE.members[1]))),
    "its signer is unknown": lambda s: replace(s, people=Directory(members=())),
}


def test_what_was_signed_may_run() -> None:
    """Exact bytes with a live signature pass, before and after they are claimed."""
    assert signed().refusal() == ""
    assert signed().entry_with(status=ActionStatus.CLAIMED).refusal() == ""


def test_what_policy_lets_run_needs_no_signature() -> None:
    """Policy's own leave is enough, and still covers only the exact bytes."""
    free = replace(signed(), entry=held(0, "mail.memo", Answer.RUN))
    free.check()
    replace(free, people=Directory(members=())).check()
    with pytest.raises(NotAuthorised):
        FORGERIES["a letter of the bytes"](free).check()


@pytest.mark.parametrize("name", FORGERIES)
def test_each_forgery_is_refused(name: str) -> None:
    """Any one thing that is not as it was signed refuses the effect."""
    with pytest.raises(NotAuthorised, match=r"^action 0"):
        FORGERIES[name](signed()).check()


@given(st.lists(st.sampled_from(sorted(FORGERIES)), min_size=1, max_size=5))
def test_no_mix_of_forgeries_passes(names: list[str]) -> None:
    """Forgeries never cancel each other: any sequence of them is refused."""
    scene = signed()
    for name in names:
        if scene.entry.body:
            scene = FORGERIES[name](scene)
    with pytest.raises(NotAuthorised):
        scene.check()


@given(st.text(), st.text(), st.sampled_from(list(ActionStatus)), st.sampled_from(["", "own"]))
def test_random_bytes_never_pass(
    body: str, recorded: str, status: ActionStatus, matching: str
) -> None:
    """Whatever stands in the row, it runs only as the bytes that carry the signature."""
    forged = digest(body.encode()) if matching else recorded
    scene = signed().entry_with(body=body, digest=forged, status=status)
    with pytest.raises(NotAuthorised):
        scene.check()


@pytest.mark.control
def test_a_check_of_status_and_signature_alone_runs_other_bytes() -> None:
    """Control: "authorised, and somebody approved" holds for bytes that nobody saw."""

    def naive(scene: Scene) -> bool:
        said = scene.approval.decision
        approved = said is not None and Choice.APPROVE in said.choices.values()
        return scene.entry.status is ActionStatus.AUTHORISED and approved

    forged = FORGERIES["parameters, digest too"](signed())
    assert naive(forged)
    with pytest.raises(NotAuthorised):
        forged.check()
