"""Chat Completions, asked and answered as OpenAI's published types say, on both sides of the wire.

The types are those of the pinned SDK, which are made from OpenAI's own description of its API.
Converse is held to botocore's description in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from botocore.validate import ParamValidator
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse

from countersign.connectors.bedrock.converse import body_of as conversing
from countersign.connectors.openai.client import body_of
from countersign.domain.ports import ModelRequest
from countersign.domain.workflow import Raw
from infra.local.converse import chat, spoken
from infra.local.offline_model import complete
from infra.settings import ROOT
from tests.unit.connectors.test_bedrock import ASKED, described
from workflows import WORKFLOWS

Body = Mapping[str, Any]


@cache
def _requests() -> TypeAdapter[Any]:
    return TypeAdapter(CompletionCreateParamsNonStreaming)


@cache
def _turns() -> TypeAdapter[Any]:
    """By itself: the request's own type reads its turns only when somebody iterates."""
    return TypeAdapter(ChatCompletionMessageParam)


def faults(body: Body) -> list[str]:
    """What OpenAI's types do not know of a request, and what they know otherwise."""
    wrong = (one for said in body["messages"] for one in _refused(_turns(), said))
    return [*_strangers(body), *_refused(_requests(), body), *wrong]


def _strangers(body: Body) -> Iterator[str]:
    """Fields without a type, in the request and in what it says of its answer's form."""
    form: Body = body["response_format"]
    known = (
        (body, CompletionCreateParamsNonStreaming.__annotations__),
        (form, ("type", "json_schema")),
        (form.get("json_schema", {}), ("name", "schema", "strict", "description")),
        *((one, ("role", "content")) for one in body["messages"]),
    )
    return (name for part, names in known for name in part if name not in names)


def _refused(types: TypeAdapter[Any], body: Body) -> Iterator[str]:
    try:
        types.validate_json(json.dumps(body), strict=True)
    except ValidationError as error:
        yield from (".".join(map(str, one["loc"])) for one in error.errors())


def asked(workflow: str, **changed: Any) -> ModelRequest:
    """A request of a workflow, in a repair round."""
    schema = WORKFLOWS[workflow].schema("openai")
    return replace(ASKED, schema=schema, schema_name=workflow, **changed)


def test_what_is_asked_is_what_openai_describes() -> None:
    """Every workflow's schema, with and without a temperature and an effort."""
    found = {
        (workflow, *changed.values()): faults(body_of(asked(workflow, **changed)))
        for workflow in WORKFLOWS
        for changed in ({}, {"temperature": "", "effort": "low"})
    }
    assert {one: wrong for one, wrong in found.items() if wrong} == {}


def test_the_double_answers_what_openai_and_aws_describe() -> None:
    """In both formats: an answer that no provider gives would prove nothing of the real one."""
    flow, form = WORKFLOWS["lead_intake"], ROOT / "events/01-web-form-complete/event.json"
    text = flow.prompt_text(flow.read(Raw(form.read_bytes(), "webhook", "")))
    question = asked(flow.id, messages=(("system", "Read it."), ("user", text)))
    said = complete(body_of(question))
    assert list(_refused(TypeAdapter(ChatCompletion), said)) == []
    body = conversing(replace(question, schema=flow.schema("bedrock")))
    told = json.loads(bytes(spoken(JSONResponse(complete(chat("m", body)))).body))
    shape = described().operation_model("Converse").output_shape
    assert shape
    assert ParamValidator().validate(told, shape).generate_report() == ""


@pytest.mark.control
@pytest.mark.parametrize(
    "broken",
    [
        {"max_tokens_to_sample": 10},
        {"max_completion_tokens": "10"},
        {"messages": [{"role": "customer", "content": "x"}]},
        {"messages": [{"role": "user", "text": "x"}]},
        {"response_format": {"type": "json_schema", "json_schema": {"schema": {}}}},
        {"response_format": {"type": "json", "json_schema": {"name": "x", "schema": {}}}},
        {"reasoning_effort": "much"},
    ],
)
def test_control_another_shape_is_seen(broken: Body) -> None:
    """So the comparison would see a field of another format, a wrong type and a missing name."""
    assert faults({**body_of(asked("lead_intake")), **broken})
