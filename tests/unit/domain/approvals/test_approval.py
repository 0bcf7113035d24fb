"""Approvals: one decision, by who was asked, in time, over the exact bytes that were shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from countersign.domain.approvals.approval import (
    EXPIRY,
    Approval,
    Choice,
    apply_decision,
    bound_editors,
    decide,
    expire,
    kept_rejections,
)
from countersign.domain.errors import AlreadyDecided, ContractBroken, NotAuthorised
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.planning.edits import editors
from countersign.domain.policy.policy import Answer, Quorum
from tests.builders import ANA, AT, BEN, JOB_ID, approval, decision, held

MAIL = held(0, "mail.memo", Answer.ASK, "draft")
LEAD = held(1, "crm.memo", Answer.ASK, "budget")
ASKED = approval(MAIL, LEAD)
DEADLINE = ASKED.deadline


def test_an_approval_knows_its_people() -> None:
    """Only who was asked is found."""
    assert ASKED.person("ben") == BEN
    assert ASKED.person("eve") is None
    assert ASKED.person("") is None


def test_a_decision_is_kept_with_the_request() -> None:
    """Deciding leaves the request as it was and adds who, what and when."""
    said = decision(ASKED)
    decided = decide(ASKED, said)
    assert decided.decision == said
    assert decided.signatures == (said,)
    assert decided.model_copy(update={"decision": None, "signatures": ()}) == ASKED
    assert ASKED.decision is None


@pytest.mark.parametrize("second", [Choice.APPROVE, Choice.REJECT])
def test_there_is_one_decision(second: Choice) -> None:
    """A second decision, same or other, learns who decided; so does expiry."""
    decided = decide(ASKED, decision(ASKED))
    with pytest.raises(AlreadyDecided, match=r"ana decided at .*2026"):
        decide(decided, decision(ASKED, second, by=BEN.id))
    with pytest.raises(AlreadyDecided, match="ana decided"):
        expire(decided, DEADLINE)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"at": DEADLINE}, "deadline has passed"),
        ({"at": DEADLINE + timedelta(days=9)}, "deadline has passed"),
        ({"by": "eve"}, "was not asked"),
        ({"by": EXPIRY}, "was not asked"),
        ({"by": ANA.address}, "was not asked"),
        ({"choices": {}}, "not about the actions"),
        ({"choices": {MAIL.digest: Choice.APPROVE}}, "not about the actions"),
        (
            {"choices": dict.fromkeys((*ASKED.digests, "9" * 64), Choice.APPROVE)},
            "not about the actions",
        ),
        (
            {"choices": {MAIL.digest: Choice.APPROVE, LEAD.digest: Choice.REJECT}},
            "needs a reason",
        ),
        (
            {"choices": dict.fromkeys(ASKED.digests, Choice.REJECT), "reason": " \n"},
            "needs a reason",
        ),
    ],
)
def test_a_decision_that_does_not_count(parts: dict[str, Any], why: str) -> None:
    """Too late, not asked, over other bytes, or a rejection without words: NotAuthorised."""
    with pytest.raises(NotAuthorised, match=why):
        decide(ASKED, decision(ASKED, **parts))


def test_the_last_moment_counts() -> None:
    """A decision just before the deadline is a decision."""
    late = DEADLINE - timedelta(microseconds=1)
    assert decide(ASKED, decision(ASKED, at=late)).decision


def test_a_replaced_request_cannot_be_decided() -> None:
    """A signature on a request that a newer one replaced is refused."""
    with pytest.raises(NotAuthorised, match="replaced"):
        decide(approval(MAIL, superseded=True), decision(approval(MAIL)))


def test_expiry_is_a_rejection_by_time() -> None:
    """From the deadline on, time rejects everything, and says that it was time."""
    with pytest.raises(NotAuthorised, match="has not passed"):
        expire(ASKED, DEADLINE - timedelta(microseconds=1))
    said = expire(ASKED, DEADLINE).decision
    assert said
    assert (said.by, said.via, said.at) == (EXPIRY, "expiry", DEADLINE)
    assert said.choices == dict.fromkeys(ASKED.digests, Choice.REJECT)


def settled(asked: Approval) -> dict[int, tuple[str, str, str]]:
    """Status, approval and note by index, of the entries that the decision moves."""
    return {e.index: (e.status, e.approval, e.note) for e in apply_decision(asked, (MAIL, LEAD))}


def test_a_decision_moves_each_action() -> None:
    """Approved actions may run, rejected ones end, each naming the approval; a rejection's words
    are about what it rejects."""
    mixed = {MAIL.digest: Choice.REJECT, LEAD.digest: Choice.APPROVE}
    decided = decide(ASKED, decision(ASKED, choices=mixed, reason="wrong tone"))
    assert settled(decided) == {
        0: (ActionStatus.REJECTED, "a-1", "wrong tone"),
        1: (ActionStatus.AUTHORISED, "a-1", ""),
    }


def test_expiry_ends_the_actions_as_expired() -> None:
    """What nobody decided on is expired, not rejected: a person gets it as a case."""
    assert {status for status, *_ in settled(expire(ASKED, DEADLINE)).values()} == {
        ActionStatus.EXPIRED
    }


def test_what_a_person_rejected_is_rejected_although_time_ended_the_request() -> None:
    """One of two rejects the mail, then time is over: resuming may not ask for it again."""
    asked = approval(MAIL, LEAD, quorum=Quorum.TWO)
    mixed = {MAIL.digest: Choice.REJECT, LEAD.digest: Choice.APPROVE}
    once = decide(asked, decision(asked, choices=mixed, reason="wrong tone"))
    assert settled(expire(once, DEADLINE)) == {
        0: (ActionStatus.REJECTED, "a-1", "wrong tone"),
        1: (ActionStatus.EXPIRED, "a-1", "nobody decided in time"),
    }


def test_a_request_that_is_replaced_takes_no_rejection_back() -> None:
    """One of two rejects the mail, then something replaces the request: the mail stays rejected in
    their words; what nobody rejected, or is decided already, stays as it is."""
    asked = approval(MAIL, LEAD, quorum=Quorum.TWO)
    mixed = {MAIL.digest: Choice.REJECT, LEAD.digest: Choice.APPROVE}
    once = decide(asked, decision(asked, choices=mixed, reason="wrong tone"))
    (kept,) = kept_rejections(once, [MAIL, LEAD])
    assert (kept.digest, kept.status) == (MAIL.digest, ActionStatus.REJECTED)
    assert (kept.approval, kept.note) == (asked.approval_id, "wrong tone")
    ended = MAIL.model_copy(update={"status": ActionStatus.FORBIDDEN})
    assert kept_rejections(once, [ended, LEAD]) == ()
    assert kept_rejections(asked, [MAIL, LEAD]) == ()


def test_where_all_must_sign_nobody_waits_for_who_has_left() -> None:
    """Of two the other's signature is enough then; where all have left none is."""
    asked = approval(MAIL, quorum=Quorum.ALL)
    number = len(asked.approvers)
    assert asked.needed == number
    assert asked.model_copy(update={"left": (BEN.id,)}).needed == number - 1
    assert asked.model_copy(update={"left": tuple(p.id for p in asked.approvers)}).needed == 1


def test_editors_as_earlier_code_stored_them_are_read() -> None:
    """One name for each action then, several now; and of an entry only the last one."""
    old = json.loads(approval(MAIL).model_dump_json()) | {"editors": {MAIL.digest: "ana"}}
    for stored in (old, old | {"editors": {MAIL.digest: ["ana"]}}):
        assert Approval.read(stored).editors == {MAIL.digest: ("ana",)}
    assert editors(MAIL.model_copy(update={"edited_by": "ana"})) == ("ana",)


@pytest.mark.parametrize("status", sorted(set(ActionStatus) - {ActionStatus.PLANNED}))
def test_only_waiting_actions_are_moved(status: ActionStatus) -> None:
    """A decision moves nothing that has already run, ended or been forbidden."""
    decided = decide(ASKED, decision(ASKED))
    assert apply_decision(decided, [MAIL.model_copy(update={"status": status})]) == ()


def test_other_bytes_are_not_moved() -> None:
    """An action that was not in the request stays as it was."""
    decided = decide(approval(MAIL), decision(approval(MAIL)))
    assert [e.index for e in apply_decision(decided, (MAIL, LEAD))] == [0]


def test_an_open_request_settles_nothing() -> None:
    """Without a decision there is nothing to carry over."""
    with pytest.raises(NotAuthorised, match="without a decision"):
        apply_decision(ASKED, (MAIL,))


def test_a_request_is_for_one_job() -> None:
    """Requests name their job and when they were made."""
    assert (ASKED.job_id, ASKED.requested_at) == (JOB_ID, AT)


@pytest.mark.control
@pytest.mark.parametrize("editors", ["ana", ["ana"], None, {"digest": 7}])
def test_editors_of_no_known_form_are_not_read(editors: Any) -> None:
    """Control: reading them as nobody would let editors sign their own change alone."""
    stored = json.loads(approval(MAIL).model_dump_json()) | {"editors": editors}
    with pytest.raises(ContractBroken, match="editors"):
        Approval.read(stored)


@pytest.mark.parametrize(
    ("quorum", "gone", "too_few"),
    [
        (Quorum.ONE, (), False),
        (Quorum.ONE, ("ana",), False),
        (Quorum.ONE, ("ana", "ben"), True),
        (Quorum.TWO, ("ana",), True),
        (Quorum.ALL, ("ben",), True),
        (Quorum.ALL, ("cleo",), False),
    ],
)
def test_a_request_is_out_of_reach_once_too_few_can_be_mailed(
    quorum: Quorum, gone: tuple[str, ...], too_few: bool
) -> None:
    """Fewer people with mail than must sign; who was not asked does not matter."""
    assert approval(MAIL, quorum=quorum, unreachable=gone).out_of_reach is too_few


def test_own_words_bind_nobody() -> None:
    """An editor of words may sign alone what the stage allows; of anything else they may not."""
    edited = ASKED.model_copy(
        update={"editors": dict.fromkeys(ASKED.digests, ("ana",)), "own_words": (MAIL.digest,)}
    )
    assert bound_editors(edited, MAIL.digest) == frozenset()
    assert bound_editors(edited, LEAD.digest) == {"ana"}
    with pytest.raises(NotAuthorised, match="somebody else's signature"):
        decide(edited, decision(edited))
    own = edited.model_copy(update={"own_words": ASKED.digests})
    assert decide(own, decision(own)).decision


def test_a_link_decides_nothing_that_needs_a_sign_in() -> None:
    """By the inbox and at a terminal it is decided; by a link it is not."""
    asked = ASKED.model_copy(update={"sign_in": True})
    with pytest.raises(NotAuthorised, match="by no mailed link"):
        decide(asked, decision(asked))
    said = decision(asked).model_copy(update={"via": "inbox"})
    assert decide(asked, said).decision
