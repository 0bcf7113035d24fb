"""Converse, spoken without boto3: asked as botocore's own model of it says, refused by name."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from countersign.connectors.aws.client import Credentials, Place, place_of_process
from countersign.connectors.aws.signed import Signer
from countersign.connectors.bedrock.client import BedrockModel, asking, refusal
from countersign.connectors.bedrock.converse import answer_of, body_of
from countersign.connectors.http import OpenGate
from countersign.domain.errors import Misconfigured, Refused, Throttled, Unavailable
from countersign.domain.ports import ModelRequest
from tests.fakes.peers import Peer
from tests.unit.connectors.test_signed import by_botocore
from workflows import WORKFLOWS

CLAUDE, NOVA = "eu.anthropic.claude-haiku-5-5", "amazon.nova-lite-v1:0"
OWN = Credentials("AKID", "secret/+", "a token")
SESSION = Credentials("ASIA", "other", "of a job")
DENIED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}"
URL = Place("eu-central-1", OWN).url("bedrock-runtime")
ASKED = ModelRequest(
    model=CLAUDE,
    messages=(
        ("system", "Read it."),
        ("user", "Grüße"),
        ("user", "An earlier plan failed."),
        ("assistant", " "),
        ("user", "Your answer breaks these rules."),
    ),
    schema_name="lead_intake",
    schema=WORKFLOWS["lead_intake"].schema("bedrock"),
    temperature="0",
    max_output_tokens=10,
)
USED = {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10}


def described() -> ServiceModel:
    """botocore's description of the service."""
    return ServiceModel(Loader().load_service_model("bedrock-runtime", "service-2"))


def faults(body: dict[str, Any], model: str = CLAUDE) -> str:
    """What botocore's model finds wrong in a request."""
    shape = described().operation_model("Converse").input_shape
    assert shape
    return str(ParamValidator().validate({**body, "modelId": model}, shape).generate_report())


@pytest.mark.parametrize("model", [CLAUDE, NOVA])
@pytest.mark.parametrize("workflow", sorted(WORKFLOWS))
def test_what_is_asked_is_what_botocore_describes(model: str, workflow: str) -> None:
    """Every workflow's schema, by the field for it and by a tool that has to be called."""
    schema = WORKFLOWS[workflow].schema("bedrock" if model == CLAUDE else "bedrock-tool")
    body = body_of(replace(ASKED, model=model, schema=schema, schema_name=workflow))
    assert faults(json.loads(json.dumps(body)), model) == ""
    assert ("toolConfig" in body) is (model == NOVA)
    assert ("outputConfig" in body) is (model == CLAUDE)


@pytest.mark.control
@pytest.mark.parametrize(
    "broken",
    [
        {"outputConfig": {"textFormat": {"type": "json_schema"}}},
        {"inferenceConfig": {"maxTokens": "10"}},
        {"messages": [{"role": "user", "content": "plain"}]},
        {"max_tokens": 10},
    ],
)
def test_control_another_shape_is_seen(broken: dict[str, Any]) -> None:
    """So the comparison above would see a field of another format."""
    assert faults({**body_of(ASKED), **broken}) != ""


def test_a_request_is_signed_and_addressed_as_botocore_does() -> None:
    """The service's own name in the signature, and the model's colon quoted in the path."""
    asked = replace(ASKED, model=NOVA)
    sent = Signer("bedrock", "eu-central-1", URL, OWN).signed(asking(asked))
    assert described().signing_name == "bedrock"
    assert described().endpoint_prefix == "bedrock-runtime"
    assert unquote(sent.path) == f"/model/{NOVA}/converse"
    assert "%3A" in sent.path
    assert sent.headers["authorization"].endswith(f"={by_botocore(URL, sent, OWN)}")


@pytest.mark.enable_socket
@pytest.mark.parametrize(("by", "key"), [(None, OWN.key), (SESSION, SESSION.key)])
def test_who_works_for_one_job_asks_with_its_session(by: Credentials | None, key: str) -> None:
    """A function with a task role may ask nothing itself; one without signs with its own role."""
    peer = Peer([DENIED])
    place = Place("eu-central-1", OWN, peer.url)
    with (
        closing(peer),
        closing(BedrockModel(place, OpenGate(), by)) as model,
        pytest.raises(Misconfigured),
    ):
        model.answer(replace(ASKED, model=NOVA), 5.0)
    ((sent,),) = peer.came
    assert f"Credential={key}/".encode() in sent


def test_turns_alternate_and_none_is_blank() -> None:
    """Converse refuses two turns of one speaker in a row, and a blank text."""
    (turn,) = body_of(ASKED)["messages"]
    assert turn["role"] == "user"
    assert len(turn["content"]) == 3


def test_a_model_that_takes_no_temperature_is_given_none() -> None:
    """It is left out of the request, not sent as null; the most tokens are always said."""
    assert body_of(ASKED)["inferenceConfig"] == {"maxTokens": 10, "temperature": 0.0}
    assert body_of(replace(ASKED, temperature=""))["inferenceConfig"] == {"maxTokens": 10}


def said(stop: str, *content: dict[str, Any], **used: int) -> bytes:
    """An answer of Converse."""
    body = {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": stop,
        "usage": {**USED, **used},
    }
    return json.dumps(body).encode()


CALLED = {"toolUse": {"toolUseId": "1", "name": "lead_intake", "input": {"a": "é"}}}
OTHER = {"toolUse": {"toolUseId": "1", "name": "look_up", "input": {}}}


@pytest.mark.parametrize(
    ("model", "raw", "content", "ended"),
    [
        (CLAUDE, said("end_turn", {"text": '{"a":'}, {"text": " 1}"}), '{"a": 1}', "completed"),
        (CLAUDE, said("stop_sequence", {"text": "{}"}), "{}", "completed"),
        (CLAUDE, said("max_tokens", {"text": '{"a'}), '{"a', "truncated"),
        (CLAUDE, said("model_context_window_exceeded"), "", "truncated"),
        (CLAUDE, said("guardrail_intervened", {"text": "Blocked."}), "Blocked.", "filtered"),
        (CLAUDE, said("content_filtered"), "", "filtered"),
        (CLAUDE, said("refusal", {"text": "I cannot."}), "I cannot.", "refused"),
        (CLAUDE, said("end_turn"), "", "empty"),
        (CLAUDE, said("end_turn", {"reasoningContent": {}}), "", "empty"),
        (CLAUDE, said("tool_use", CALLED), "", "tool_call"),
        (NOVA, said("tool_use", CALLED), '{"a": "é"}', "completed"),
        (NOVA, said("tool_use", OTHER), "", "tool_call"),
        (NOVA, said("tool_use", CALLED, CALLED), "", "tool_call"),
        (NOVA, said("max_tokens", CALLED), '{"a": "é"}', "truncated"),
        (NOVA, said("end_turn", {"text": "Sure!"}), "Sure!", "completed"),
        (CLAUDE, said("malformed_model_output", {"text": "{"}), "{", "completed"),
    ],
)
def test_an_answer_says_how_it_ended(model: str, raw: bytes, content: str, ended: str) -> None:
    """A call of the one tool that a model without schemas is offered is its answer."""
    got = answer_of(raw, replace(ASKED, model=model))
    assert (got.content, got.ended, got.model, got.offline) == (content, ended, model, False)


def test_tokens_of_the_cache_are_input() -> None:
    """Converse counts them beside it, and a price has a rate for each."""
    raw = said("end_turn", {"text": "{}"}, cacheReadInputTokens=100, cacheWriteInputTokens=20)
    used = answer_of(raw, ASKED).usage
    assert (used.input_tokens, used.cached_tokens, used.written_tokens) == (127, 100, 20)
    assert answer_of(said("end_turn", inputTokens=-1), ASKED).usage == ASKED.most


@pytest.mark.parametrize(
    ("status", "kind", "message", "means"),
    [
        (403, "AccessDeniedException", "", Misconfigured),
        (403, "UnrecognizedClientException", "", Misconfigured),
        (403, "ExpiredTokenException", "", Misconfigured),
        (404, "ResourceNotFoundException", "Could not resolve the model", Misconfigured),
        (400, "ValidationException", "The provided model identifier is invalid.", Misconfigured),
        (400, "ValidationException", "with on-demand throughput isn't supported", Misconfigured),
        (400, "ValidationException", "Input is too long.", Refused),
        (400, "", "", Refused),
        (429, "ThrottlingException", "", Throttled),
        (400, "ServiceQuotaExceededException", "", Throttled),
        (429, "ModelNotReadyException", "", Unavailable),
        (408, "ModelTimeoutException", "", Unavailable),
        (424, "ModelErrorException", "", Unavailable),
        (500, "InternalServerException", "", Unavailable),
        (503, "", "", Unavailable),
        (302, "", "", Misconfigured),
    ],
)
@pytest.mark.parametrize("told", ["header", "body"])
def test_a_refusal_is_told_by_its_name(
    status: int, kind: str, message: str, means: type[Exception], told: str
) -> None:
    """In the header, with whatever follows its colon, or in the body behind its name space."""
    spaced = f"com.amazon#{kind}" if kind else ""
    body = {"message": message} | ({"__type": spaced} if told == "body" else {})
    headers = {"x-amzn-errortype": f"{kind}:http://x/"} if told == "header" else {}
    assert type(refusal(status, headers, json.dumps(body).encode())) is means


def test_throttling_keeps_its_time() -> None:
    """To the second, where AWS says one."""
    headers = {"x-amzn-errortype": "ThrottlingException", "retry-after": "8"}
    told = refusal(429, headers, b"<html>")
    assert isinstance(told, Throttled)
    assert told.retry_after == 8.0


@pytest.mark.usefixtures("made_up_credentials")
def test_a_command_trusts_whom_boto3_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a company's network has authorities of its own, the environment or a profile names
    them. Control: where none are named, there is nothing but what all trust."""
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    assert place_of_process().trusts == ""
    monkeypatch.setenv("AWS_CA_BUNDLE", "/etc/ssl/theirs.pem")
    held = place_of_process()
    assert held.trusts == "/etc/ssl/theirs.pem"
    asked = replace(held, endpoint="https://127.0.0.1:1")
    with closing(BedrockModel(asked, OpenGate())) as model, pytest.raises(Unavailable):
        model.answer(ASKED, 1)
