"""The recorder before the emulator: who called, what it needs, and whether it was refused."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

from infra.local.rights.call_recorder import Recorder, heard_and_said
from infra.local.rights.wire import Request

POLICY = '{"Statement": []}'
SESSIONS: dict[str, dict[str, Any]] = {
    "ASIAFUNCTION": {"Arn": "arn:aws:sts::000000000000:assumed-role/role-a/function-a"},
    "ASIATASK": {
        "Arn": "arn:aws:sts::000000000000:assumed-role/role-b/j-1",
        "SessionPolicies": {"Policy": POLICY},
    },
}


def signed(key: str) -> Request:
    """A Query, signed with an access key."""
    scope = f"Credential={key}/20261120/us-east-1/dynamodb/aws4_request"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        "x-amz-target": "DynamoDB_20120810.Query",
    }
    return Request("POST", "/", "", headers, b'{"TableName": "jobs"}')


def noted(request: Request, *, denied: bool = False) -> list[dict[str, Any]]:
    """The lines that one call leaves."""
    journal = io.StringIO()
    Recorder(journal, SESSIONS).note(request, denied=denied)
    return [json.loads(line) for line in journal.getvalue().splitlines()]


def test_a_roles_call_is_one_line() -> None:
    """With the role, its session, the rights it needs, and whether it was refused."""
    (line,) = noted(signed("ASIAFUNCTION"), denied=True)
    need = {
        "action": "dynamodb:Query",
        "resource": "arn:aws:dynamodb:us-east-1:000000000000:table/jobs",
        "leading": [],
    }
    assert line == {
        "role": "role-a",
        "session": "function-a",
        "policy": None,
        "denied": True,
        "needs": [need],
    }


def test_a_session_is_recorded_with_its_own_policy() -> None:
    """A task role's session is narrower than its role."""
    (line,) = noted(signed("ASIATASK"))
    assert (line["role"], line["session"], line["policy"]) == ("role-b", "j-1", POLICY)


def test_nobody_elses_call_is_recorded() -> None:
    """An administrator's keys are no session of a role; what is not signed is nobody's."""
    assert noted(signed("test")) == []
    assert noted(Request("GET", "/", "", {}, b"")) == []


def heard(status: int, *parts: bytes) -> tuple[bytes, bool]:
    """The body that passed, and whether the answer was a refusal."""
    asked = [{"body": b"one "}, {"body": b"two"}]
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return asked.pop(0)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def talk() -> tuple[bytes, bool]:
        hears, says = heard_and_said(receive, send)
        await hears.receive()
        await hears.receive()
        await says.send({"type": "http.response.start", "status": status})
        for part in parts:
            await says.send({"type": "http.response.body", "body": part})
        return bytes(hears.body), says.refused

    passed = asyncio.run(talk())
    assert [one.get("body") for one in said[1:]] == list(parts)
    return passed


def test_a_refusal_is_told_from_other_answers() -> None:
    """By IAM's words in an answer that is an error; everything passes unchanged."""
    assert heard(200, b"AccessDenied is a word") == (b"one two", False)
    assert heard(400, b"ConditionalCheckFailed") == (b"one two", False)
    assert heard(400, b'{"__type": "AccessDeniedException"}') == (b"one two", True)
    assert heard(403, b"<Code>AccessDenied</Code>") == (b"one two", True)
