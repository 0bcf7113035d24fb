"""What stays of a job: a tombstone with digests, or all but somebody's words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from countersign.domain.canonical import canonical, digest
from countersign.domain.contract import Stored
from countersign.domain.errors import UnknownVersion
from countersign.domain.jobs.audit import GENESIS
from countersign.domain.jobs.audit import verify as faults_of
from countersign.domain.jobs.change import Change, Due, JobRecord, after, transition
from countersign.domain.jobs.forgetting import (
    CUT,
    TOMBSTONE,
    Cut,
    Tombstone,
    burial,
    buried,
    cutting,
    entombed,
    is_erased,
    refusal,
    without,
)
from countersign.domain.jobs.job import Status
from countersign.domain.jobs.traces import Traces
from countersign.domain.ledger.entry import ActionStatus
from countersign.domain.reporting.export import erased, exported, verify
from tests.builders import AT, Memo, approval, case, decision, held, job, record, salts

BO = "bo@b.example"
TRACES = Traces((BO,))
SALT = salts()


def goes(before: JobRecord, change: Change) -> JobRecord:
    """The job after a change."""
    row, entry = transition(before.job, change, AT, SALT)
    return after(before, row, entry, change)


def whole() -> JobRecord:
    """An ended job that names Bo in each of its parts, beside what does not."""
    signed, asked = held(0, text=BO), held(1, note=f"for {BO}")
    request = approval(signed, requester=BO)
    request = request.model_copy(update={"signatures": (decision(request),)})
    expired = approval(approval_id="a-2")
    made = record(
        (signed, asked, held(2)),
        job=job(Status.COMPLETED, audit_length=0, audit_head=GENESIS, reason=f"{BO} agreed"),
        results={
            "input": Stored.of(Memo(text=f"from {BO}")),
            "other": Stored.of(Memo(text="from nobody")),
            "apart": Stored(contract="test.memo", version=1, apart="d" * 64),
        },
        approvals={"a-1": request, "a-2": expired},
        case=case(reason=f"ask {BO}"),
    )
    made.results["apart"].read_by(gone)
    return goes(made, Change("done", "state:X", fields={"who": BO, "why": "asked"}))


def gone() -> str:
    """A text that nobody can read any more."""
    raise UnknownVersion("gone")


def test_a_tombstone_says_who_did_what_and_no_word_of_it() -> None:
    """Digests of all results, also of one that is gone; the bytes that were signed, and by whom;
    the chain is valid, commits to it, and the record says that it was erased."""
    before = whole()
    stone = entombed(before, "kim", AT, Decimal("0.5"))
    left = buried(goes(before, burial(stone)))
    assert (is_erased(before), is_erased(left)) == (False, True)
    assert BO not in canonical({"all": [left.job, *left.audit, *left.results.values()]}).decode()
    assert stone.results["input"] == digest(before.results["input"].body.encode())
    assert stone.results["apart"] == "d" * 64
    assert [one.digest for one in stone.actions] == [one.digest for one in before.ledger]
    assert [(one.approval, one.by) for one in stone.decisions] == [("a-1", "ana")]
    end = left.job
    assert faults_of(left.audit, length=end.audit_length, head=end.audit_head) == []
    data, root = exported(left, {}, SALT)
    (said,) = erased(data)
    assert (verify(data, root), "erased by kim" in said) == ([], True)


def test_a_last_word_counts_where_no_signatures_are_kept_apart() -> None:
    """Rows of earlier code have the decision alone."""
    asked = approval(held(0))
    decided = asked.model_copy(update={"decision": decision(asked)})
    stone = entombed(record((), approvals={"a-1": decided}), "kim", AT, Decimal(0))
    assert [one.by for one in stone.decisions] == ["ana"]


def test_of_a_job_of_somebody_else_their_words_are_cut_and_nothing_else() -> None:
    """It says of which parts, twice where twice was cut; a byte that nobody cut is found."""
    before = whole()
    rest = without(before, TRACES)
    assert {one.what for one in rest.parts} == {
        *("result input", "action 0", "notes of action 1", "approval a-1", "case"),
    }
    after_ = rest.record
    kept = [after_.results["other"], after_.ledger[2], after_.approvals["a-2"]]
    assert kept == [before.results["other"], before.ledger[2], before.approvals["a-2"]]
    assert [{*one.fields} for one in after_.audit] == [{"why"}]
    cut = goes(after_, cutting(after_, rest.parts, "kim", AT))
    again = goes(cut, cutting(cut, rest.parts[:1], "kim", AT))
    assert len(again.results[CUT].as_(Cut).parts) == 6
    assert BO not in exported(again, {}, SALT)[0].decode()
    data, root = exported(again, {}, SALT)
    (said,) = erased(data)
    assert (verify(data, root), "action 0" in said) == ([], True)
    more = replace(again, ledger=(held(0, text="else").model_copy(update={"digest": "1" * 64}),))
    assert verify(*exported(more, {}, SALT)) == ["action 0: its bytes have not its digest"]


@pytest.mark.control
def test_control_a_tombstone_of_ones_own_is_none() -> None:
    """The trail commits to the real one."""
    left = buried(goes(whole(), burial(entombed(whole(), "kim", AT, Decimal(0)))))
    other = left.results[TOMBSTONE].as_(Tombstone).model_copy(update={"by": "eve"})
    forged = replace(left, results={TOMBSTONE: Stored.of(other)})
    assert verify(*exported(forged, {}, SALT)) == [
        "the tombstone is not the one that the trail commits to"
    ]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"job": job(Status.PARKED)}, "PARKED"),
        ({"ledger": (held(0, status=ActionStatus.UNKNOWN),)}, "nobody knows"),
        ({"due": {"reservation": Due(kind="reservation", at=AT)}}, "a cap"),
        ({}, ""),
    ],
)
def test_what_is_under_way_or_in_doubt_is_not_erased(changed: dict[str, object], why: str) -> None:
    """Each says what is in the way."""
    said = refusal(replace(record((), job=job(Status.COMPLETED)), **changed))  # type: ignore[arg-type] # a part each
    assert why in said if why else not said
