"""The exported record: whoever has its root finds every change, and redaction is none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from countersign.domain.canonical import canonical
from countersign.domain.contract import Stored
from countersign.domain.errors import ContractBroken, UnknownVersion
from countersign.domain.jobs.audit import GENESIS
from countersign.domain.jobs.change import Change, JobRecord, after, transition
from countersign.domain.jobs.job import Status
from countersign.domain.policy.policy import Answer
from countersign.domain.reporting.export import exported, patch, redacted, sealed_in, verify
from countersign.domain.reporting.seals import Head, Seal, SealedHead, proof_of, root_of
from tests.builders import AT, Memo, approval, case, decision, held, job, record, salts

COST = {"calls": 1, "usd": "0.01"}


def whole() -> JobRecord:
    """A job with an answer, an edited and signed action, a case and three entries."""
    first = held(0, "crm.memo", Answer.ASK, "budget", text="call back")
    edited = held(0, "crm.memo", Answer.ASK, text="write", edited_by="ben", edited_from=first.body)
    asked = approval(edited)
    signed = asked.model_copy(update={"decision": decision(asked)})
    made = record(
        (edited, held(1)),
        job=job(audit_length=0, audit_head=GENESIS),
        results={"proposal": Stored.of(Memo(text="Ada, 12 Rose Lane"))},
        approvals={"a-1": signed},
        case=case(),
    )
    salt = salts()
    for event in ("begun", "decided", "closed"):
        change = Change(event, "state:X", fields={"who": "Ada"}, status=Status.PROCESSING)
        row, entry = transition(made.job, change, AT, salt)
        made = after(made, row, entry, change)
    return made


FIRST_ENTRY = 8
"""The line of the first entry of the trail."""
DATA, ROOT = exported(whole(), COST, salts())


def test_a_result_whose_text_is_gone_leaves_its_digest() -> None:
    """The rest of the job is taken out all the same, and verifies."""

    def gone() -> str:
        raise UnknownVersion("gone")

    there = Stored(contract="test.memo", version=1, apart="d1").read_by(gone)
    data, root = exported(replace(whole(), results={"proposal": there}), COST, salts())
    assert verify(data, root) == []
    assert b'"gone":"d1"' in data


def test_what_was_exported_verifies_with_its_root_and_with_no_other() -> None:
    """Everything stands in it, the edit as a patch; another root is not its own."""
    assert verify(DATA, ROOT) == verify(DATA) == []
    assert "the one of the root" in verify(DATA, "0" * 64)[0]
    kinds = [json.loads(line)["kind"] for line in DATA.splitlines()]
    assert kinds == [
        *("job", "versions", "result", "action", "action", "approval", "case"),
        *["audit"] * 3,
        "cost",
    ]
    action = json.loads(DATA.splitlines()[3])["body"]
    assert action["edits"] == [{"op": "replace", "path": "/text", "value": "write"}]


@pytest.mark.parametrize("at", range(0, len(DATA), 61))
def test_one_flipped_byte_is_found_and_its_line_is_named(at: int) -> None:
    """Wherever it lies: in a body, a salt, a hash, a name, a sign of JSON, or an end of line."""
    flipped = bytearray(DATA)
    flipped[at] ^= 1
    line = DATA[:at].count(b"\n") + 1
    faults = verify(bytes(flipped), ROOT)
    assert faults
    entry = line - FIRST_ENTRY + 1  # a field of the trail is named by its entry
    assert f"line {line} " in faults[0] or f"entry {entry}: field" in faults[0]


def test_lines_that_are_missing_moved_or_cut_are_found() -> None:
    """Also the last one, which only the root tells."""
    lines = DATA.splitlines(keepends=True)
    assert verify(b"".join(lines[1:]), ROOT)
    assert verify(b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]), ROOT)
    short = b"".join(lines[:-1])
    assert "lines are missing" in verify(short, ROOT)[0]
    assert verify(short) == []
    assert verify(DATA[:-1], ROOT)


@pytest.mark.control
def test_without_a_root_a_file_that_was_made_anew_passes() -> None:
    """Control: whoever forges the whole chain is found by its root alone, or by what contradicts
    itself inside."""
    other = exported(whole(), {**COST, "usd": "0.00"}, salts())[0]
    assert verify(other) == []
    assert verify(other, ROOT)
    forged = whole()
    bad = forged.ledger[0].model_copy(update={"digest": "0" * 64})
    data, root = exported(JobRecord(**{**vars(forged), "ledger": (bad,)}), COST, salts())
    assert verify(data, root) == ["action 0: its bytes have not its digest"]
    cut = exported(JobRecord(**{**vars(forged), "audit": forged.audit[:2]}), COST, salts())[0]
    assert "the chain has 2 entries" in verify(cut)[0]


def test_redaction_takes_content_out_and_keeps_the_root() -> None:
    """Of results and actions the whole body, of the trail its erasable fields; what is left still
    verifies, and a byte that is flipped then is found as well."""
    for kind in ("result", "action", "audit"):
        less = redacted(DATA, [kind])
        assert verify(less, ROOT) == []
        assert len(less) < len(DATA)
    less = redacted(DATA, ["result", "audit", "case"])
    assert b"Rose Lane" not in less
    assert b'"Ada"' not in less
    assert verify(less.replace(b'"n":3', b'"n":4', 1), ROOT)
    with pytest.raises(ContractBroken, match="job"):
        redacted(DATA, ["job"])


@pytest.mark.parametrize(
    "text",
    [
        b"[1]\n",
        b"{}\n",
        b"\xff\n",
        b'{"n":1}\n',
        b"[" * 100_000 + b"\n",
        DATA.replace(b'"kind":"job"', b'"kind": "job"', 1),
        DATA.replace(b'"n":1,', b'"n":1.0,', 1),
    ],
)
def test_what_is_no_record_is_said_to_be_none(text: bytes) -> None:
    """Nor is a line that is spelt otherwise than the one which was written."""
    assert verify(text) == ["line 1 is not a line of a record"]


def test_a_chain_of_other_things_is_no_job() -> None:
    """A valid chain without its job, or a file of nothing."""
    said = ["the lines agree with each other, and are not those of a job"]
    assert verify(b"") == ["the file does not end with a whole line"]
    lone = {key: value for key, value in vars(whole()).items() if key != "audit"}
    data = exported(JobRecord(**lone), COST, salts())[0].splitlines(keepends=True)
    assert verify(data[0]) == ["the chain has 0 entries, the job says 3, or its end differs"]
    without = json.loads(data[0])
    assert (
        verify(canonical({k: v for k, v in without.items() if k not in {"body", "salt"}}) + b"\n")
        == said
    )


def test_a_patch_says_what_was_changed() -> None:
    """Added, removed and replaced, by the names of RFC 6901; a list as a whole."""
    before = {"a": 1, "b": {"c~/": [1]}, "gone": 0}
    after_ = {"a": 1, "b": {"c~/": [2]}, "new": 0}
    assert list(patch(before, after_)) == [
        {"op": "replace", "path": "/b/c~0~1", "value": [2]},
        {"op": "remove", "path": "/gone"},
        {"op": "add", "path": "/new", "value": 0},
    ]


def test_a_seal_goes_with_its_record_and_with_no_other() -> None:
    """The way of this trail to its root; that of another trail, or one that leads elsewhere, is
    named, however well its line is chained."""
    held_job = whole().job
    head = Head(job_id=held_job.job_id, length=held_job.audit_length, head=held_job.audit_head)
    leaves = [head.leaf, "e" * 64]
    seal = Seal(since=AT, to=AT, count=2, root=root_of(leaves))
    good = SealedHead(head=head, proof=proof_of(leaves, head.leaf), seal=seal)
    data, root = exported(whole(), COST, salts(), good)
    assert verify(data, root) == []
    assert sealed_in(data) == good
    assert sealed_in(DATA) is None
    for wrong in (
        good.model_copy(update={"proof": ()}),
        good.model_copy(update={"head": head.model_copy(update={"length": 1})}),
    ):
        assert "the seal is not one of" in verify(exported(whole(), COST, salts(), wrong)[0])[0]
    with pytest.raises(ContractBroken):
        redacted(data, ["seal"])
