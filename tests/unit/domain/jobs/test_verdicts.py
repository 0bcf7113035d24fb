"""Verdicts: when there is one, what it says, and how a signature is written in a token."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from countersign.domain.contract import Stored
from countersign.domain.jobs.change import Due, JobRecord
from countersign.domain.jobs.proposals import told
from countersign.domain.jobs.verdicts import (
    LIVES,
    REPORT_WITHIN,
    REPORTED,
    Reported,
    ReportedAction,
    by_caller,
    claims,
    jwk,
    token,
)
from countersign.domain.ledger.action import Receipt
from countersign.domain.ledger.entry import ActionStatus
from tests import builders
from tests.builders import AT

S = ActionStatus
WAITS = Due(kind="report", at=AT + REPORT_WITHIN)


def allowed(**parts: Any) -> JobRecord:
    """A job with one action that its caller may do, and one that is done here."""
    held: dict[str, Any] = {"status": S.VERIFIED, "receipt": Receipt(id="cs-1")}
    theirs = builders.held(action_id="crm.memo.verdict", **held)
    ours = builders.held(index=1, **held)
    return builders.record([theirs, ours], **{"due": {"report": WAITS}} | parts)


def reported(done: bool) -> dict[str, Stored]:
    """What the caller said of it."""
    said = Reported(actions=(ReportedAction(number=0, done=done, receipt="re_1" if done else ""),))
    return {REPORTED: Stored.of(said)}


def test_only_what_its_caller_does_has_a_verdict_and_only_while_its_report_is_awaited() -> None:
    """Its bytes, whose it is, and at most five minutes; none before, after, or once it is told."""
    record = allowed()
    assert [one.index for one in by_caller(record)] == [0]
    (said,) = claims(record, "https://us.example", "agent", AT)
    assert json.loads(said["params"]) == {"text": "call back"}
    assert (said["aud"], said["action"], said["number"]) == ("agent", "crm.memo", 0)
    assert said["exp"] - said["iat"] == LIVES.total_seconds()
    (last,) = claims(record, "i", "agent", AT + REPORT_WITHIN - timedelta(minutes=2))
    assert last["exp"] - last["iat"] == timedelta(minutes=2).total_seconds()
    for none in (allowed(due={}), allowed(results=reported(done=True))):
        assert list(claims(none, "i", "agent", AT)) == []
    assert list(claims(record, "i", "agent", AT + REPORT_WITHIN)) == []


def test_what_a_caller_made_of_it_is_where_it_stands() -> None:
    """Allowed, done with its own receipt, failed; and silent too long is not known."""
    standing = {
        "approved": allowed(),
        "done": allowed(results=reported(done=True)),
        "failed": allowed(results=reported(done=False)),
        "unknown": allowed(case=builders.case()),
    }
    for state, record in standing.items():
        first, second = told(record, {0: "a.b.c"})["actions"]
        assert (first["state"], first["verdict"]) == (state, "a.b.c")
        assert (second["state"], second["receipt"]) == ("done", "cs-1")
        assert first.get("receipt") == ("re_1" if state == "done" else None)
        assert first["action"] == "crm.memo"


def always(signature: bytes, _text: bytes) -> bytes:
    """A key that gives this signature to anything."""
    return signature


def test_a_token_is_signed_as_its_readers_expect() -> None:
    """Numbers of any length fill 32 bytes each; the key's name is in the head and in the set."""
    key = ec.generate_private_key(ec.SECP256R1())
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    made = token({"jti": "1"}, spki, lambda text: key.sign(text, ec.ECDSA(hashes.SHA256())))
    head, said, signature = (base64.urlsafe_b64decode(one + "==") for one in made.split("."))
    assert json.loads(head) == {"alg": "ES256", "typ": "JWT", "kid": jwk(spki)["kid"]}
    assert json.loads(said) == {"jti": "1"}
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    signed = made.rpartition(".")[0].encode()
    key.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    for r, s in ((1, 2**255), (2**248 - 1, 7), (2**256 - 1, 2**200)):
        short = token({}, spki, partial(always, encode_dss_signature(r, s))).rpartition(".")[2]
        raw = base64.urlsafe_b64decode(short + "==")
        assert (int.from_bytes(raw[:32]), int.from_bytes(raw[32:]), len(raw)) == (r, s, 64)
