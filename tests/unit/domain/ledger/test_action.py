"""Actions: the bytes that are shown, signed and executed, and what their digest covers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.canonical import canonical, digest
from countersign.domain.errors import NotAuthorised, UnknownVersion
from countersign.domain.ledger.action import ProposedAction, Receipt
from countersign.domain.ledger.entry import ActionStatus, LedgerEntry, entry, params_of
from countersign.domain.ledger.integrity import check_bytes
from countersign.domain.policy.policy import Answer
from tests.builders import AT, EXPIRES, JOB_ID, Memo, action, held, verdict

PARTS: dict[str, Any] = {
    "action": "mail.memo",
    "version": 2,
    "text": "call never",
    "target": "contact/8",
    "job": "j-another",
    "policy": "letters/2",
    "expires": EXPIRES + timedelta(seconds=1),
}


def planned(**parts: Any) -> LedgerEntry:
    """An entry, one or more of its parts other than usual."""
    usual: dict[str, Any] = {
        "action": "crm.memo",
        "version": 1,
        "text": "call back",
        "target": "contact/7",
        "job": JOB_ID,
        "policy": "letters/1",
        "expires": EXPIRES,
    }
    given_ = usual | parts
    return entry(
        0,
        ProposedAction(
            action=given_["action"], params=Memo(text=given_["text"]), target=given_["target"]
        ),
        action(given_["action"], version=given_["version"]),
        verdict(Answer.RUN),
        job_id=given_["job"],
        policy=given_["policy"],
        expires_at=given_["expires"],
    )


@pytest.mark.parametrize("part", PARTS)
def test_the_digest_covers_every_part(part: str) -> None:
    """Another action, version, parameter, target, job, policy or expiry is another digest."""
    usual, other = planned(), planned(**{part: PARTS[part]})
    assert usual.digest != other.digest
    assert usual.key != other.key


@given(st.text(), st.text())
def test_the_same_effect_is_the_same_digest(one: str, other: str) -> None:
    """Two entries share their digest exactly when their bytes are the same."""
    a, b = planned(text=one), planned(text=other)
    assert (a.digest == b.digest) == (a.body == b.body)
    assert a == planned(text=one)


def test_the_bytes_are_canonical_and_complete() -> None:
    """The stored text says everything that is signed, in canonical form, under its digest."""
    made = planned()
    assert made.content() == {
        "action": "crm.memo",
        "version": 1,
        "params": {"text": "call back"},
        "target": "contact/7",
        "job": JOB_ID,
        "policy": "letters/1",
        "expires_at": "2026-04-16T09:00:00.000000Z",
    }
    assert canonical(made.content()) == made.body.encode()
    assert digest(made.body.encode()) == made.digest
    assert made.key == f"cs-{made.digest[:32]}"


@given(st.text())
def test_stored_entries_keep_their_bytes(text: str) -> None:
    """An entry that was stored and read has the same bytes, and they still meet the digest."""
    made = planned(text=text)
    back = LedgerEntry.model_validate_json(canonical(made))
    assert (back.body, back.digest) == (made.body, made.digest)
    check_bytes(back, JOB_ID, AT)


@given(st.text())
def test_parameters_come_back_out_of_the_bytes(text: str) -> None:
    """What is executed is read from what was signed."""
    made = planned(text=text)
    assert canonical(params_of(made, action())) == canonical(Memo(text=text))


def test_parameters_of_another_version_are_not_guessed() -> None:
    """Bytes planned by other code than is deployed raise UnknownVersion, which names both."""
    with pytest.raises(UnknownVersion, match=r"planned crm.memo v1; this code has crm.memo v2"):
        params_of(planned(), action(version=2))


def test_parameters_that_break_their_contract_are_not_read() -> None:
    """Stored bytes of another shape are for a person: they raise UnknownVersion, nothing else."""
    content = {**planned().content(), "params": {"te\u2067xt": "call"}}
    bent = planned().model_copy(update={"body": canonical(content).decode()})
    with pytest.raises(UnknownVersion, match="break its contract"):
        params_of(bent, action())


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer.RUN, ActionStatus.AUTHORISED),
        (Answer.ASK, ActionStatus.PLANNED),
        (Answer.FORBID, ActionStatus.FORBIDDEN),
    ],
)
def test_policy_sets_the_first_status(answer: Answer, status: ActionStatus) -> None:
    """Only policy's own leave makes an action ready to run."""
    made = held(answer=answer)
    assert (made.status, made.approval, made.connector) == (status, "", "crm")


def test_untouched_bytes_pass_until_their_expiry() -> None:
    """Bytes hold until just before their hard expiry, and not at it."""
    check_bytes(held(), JOB_ID, EXPIRES - timedelta(microseconds=1))
    for late in (timedelta(0), timedelta(days=1)):
        with pytest.raises(NotAuthorised, match="hard expiry"):
            check_bytes(held(), JOB_ID, EXPIRES + late)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "0",
        "{",
        '{"job": 1}',
        '{"job":"j","action":"a","version":1,"expires_at":"2026-04-16"}',
    ],
)
def test_bytes_that_are_no_actions_are_refused(body: str) -> None:
    """Bytes that meet their digest but describe no action of a job with an expiry never run."""
    forged = held(body=body, digest=digest(body.encode()))
    with pytest.raises(NotAuthorised, match="no action's"):
        check_bytes(forged, JOB_ID, AT)


@given(st.data())
def test_any_changed_letter_is_found(data: st.DataObject) -> None:
    """One other character anywhere in the bytes, valid JSON or not, is refused."""
    made = held()
    at = data.draw(st.integers(0, len(made.body) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda c: c != made.body[at]))
    forged = made.body[:at] + letter + made.body[at + 1 :]
    with pytest.raises(NotAuthorised, match="not the ones decided on"):
        check_bytes(made.model_copy(update={"body": forged}), JOB_ID, AT)


@pytest.mark.parametrize(
    "forged",
    [
        held(action="crm.other"),
        held(action_version=2),
        planned(job="j-another"),
    ],
)
def test_bytes_of_something_else_are_refused(forged: LedgerEntry) -> None:
    """Bytes run only as the action, version and job that they describe."""
    with pytest.raises(NotAuthorised, match="belongs to another"):
        check_bytes(forged, JOB_ID, AT)


@pytest.mark.control
def test_a_digest_alone_would_let_another_jobs_bytes_run() -> None:
    """Control: bytes moved here from another job meet their own digest perfectly."""
    moved = planned(job="j-another")
    assert digest(moved.body.encode()) == moved.digest
    with pytest.raises(NotAuthorised):
        check_bytes(moved, JOB_ID, AT)


def test_an_action_says_and_does_what_its_contract_says() -> None:
    """The contract is made of plain functions, so a test can hand in any port."""
    memo, one = Memo(text="call back"), action()
    assert one.words(memo) == "Write call back"
    assert one.do("port", memo, "cs-1") == Receipt(id="cs-1:call back:port")
    assert replace(one, version=2).expected(memo) == json.loads('{"text": "call back"}')


def test_an_action_is_proposed_with_its_own_parameters() -> None:
    """What a workflow wants carries the action's id and parameters that its contract takes."""
    wanted = action("crm.memo").proposed(target="contact/7", after="mail.memo", text="call Ada")
    assert (wanted.action, wanted.params) == ("crm.memo", Memo(text="call Ada"))
    assert (wanted.target, wanted.after) == ("contact/7", "mail.memo")
    with pytest.raises(ValueError, match="words"):
        action("crm.memo").proposed(target="contact/7", words="call Ada")
