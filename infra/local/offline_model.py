"""A model server in OpenAI's shape that answers by each workflow's plain heuristics.

A sample event may bring a model's answer with it: to exactly its message that one is given, under
a name of its own, so that what a model would let run can be shown without one.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from countersign.domain.jobs.handing import CLOSED
from countersign.domain.jobs.job import Status
from countersign.domain.workflow import Raw, Workflow
from countersign.model.feedback import apply
from countersign.model.segments import OF_AN_ITEM, SUFFIX
from infra.local.bad_model import Trouble
from infra.local.demo.answer import DemoAnswer, Refusal
from infra.local.demo.system import json_object, same
from infra.local.front.samples import Ending, Sample, samples
from workflows import WORKFLOWS

MODEL = "offline-heuristics"
SCRIPTED = "sample-answer"
"""The model's name where the answer stands beside a sample event; nothing is paid for it."""
REFUSAL = "I cannot help with this message."
LETTERS_PER_TOKEN = 4
MAX_BYTES = 4_000_000


class OpenAIRefusal(Refusal):
    """A refusal in OpenAI's error object."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        kind = "invalid_request_error"
        error = {"message": message, "type": kind, "param": None, "code": code}
        super().__init__(message, DemoAnswer(status, {"error": error}))


Answer = Callable[[Mapping[str, Any]], tuple[int, Mapping[str, Any]]]


def answer(asked: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """Status and body for one request."""
    try:
        return 200, complete(asked)
    except OpenAIRefusal as refused:
        return refused.answer.status, refused.answer.body


def routes(key: str, answer: Answer = answer, trouble: Trouble | None = None) -> list[Route]:
    """`/v1/chat/completions` and `/v1/models` for callers that bear `key`."""
    said = trouble or Trouble()

    async def completions(request: Request) -> Response:
        try:
            _admit(request, key)
            asked = _read(await request.body())
            status, body = await run_in_threadpool(answer, asked)
            return said.answered(status, body)
        except OpenAIRefusal as refused:
            return refused.answer.response()

    async def models(request: Request) -> Response:
        try:
            _admit(request, key)
        except OpenAIRefusal as refused:
            return refused.answer.response()
        known = {"id": MODEL, "object": "model", "created": 0, "owned_by": "countersign"}
        return JSONResponse({"object": "list", "data": [known]})

    return [
        Route("/v1/chat/completions", completions, methods=["POST"]),
        Route("/v1/models", models),
    ]


def complete(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The completion for one request. Raises OpenAIRefusal for what is malformed or unknown."""
    name, texts = _schema(asked), _texts(asked)
    workflow = WORKFLOWS[name.removesuffix(SUFFIX).removesuffix(OF_AN_ITEM)]
    question, *more = _questions(texts)
    scripted = _scripted().get((name, question))
    said = _heuristics(workflow, name)(question) if scripted is None else scripted
    answer = apply(said, more[-1] if more else "", workflow.heeds)
    content = json.dumps(answer, ensure_ascii=False)
    repairs = any(role == "assistant" for role, _ in texts)
    ending = None if repairs else _endings().get((name, question))
    counted = scripted is None
    sent = _tokens(*(text for _, text in texts)) * counted
    received = _tokens(content) * counted
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": SCRIPTED if scripted else MODEL,
        "choices": [_choice(content, ending)],
        "usage": {
            "prompt_tokens": sent,
            "completion_tokens": received,
            "total_tokens": sent + received,
        },
    }


def one_of_each() -> None:
    """The first event of each workflow that is read as it came and that completes is answered: in
    whoever is forked from here the events are read, and the words of the readers compiled."""
    _scripted()
    _endings()
    whole = [one for one in samples() if one.expect.status is Status.COMPLETED and _is_read(one)]
    for name, sample in {one.expect.workflow: one for one in reversed(whole)}.items():
        flow = WORKFLOWS[name]
        if not (flow.segmented or flow.lane or name in CLOSED):
            flow.offline(flow.prompt_text(_read_by(flow, sample)))


def _is_read(sample: Sample) -> bool:
    """What a caller proposes was made by a model of its own: no workflow reads it."""
    return sample.expect.door != "propose"


def _choice(content: str, ending: Ending | None) -> Mapping[str, Any]:
    """A choice with the whole content, or as an answer ends that is none."""
    refused, cut = ending == "refused", ending == "cut off"
    said = content[: len(content) // 2] if cut else content
    message = {"content": None, "refusal": REFUSAL} if refused else {"content": said}
    return {
        "index": 0,
        "message": {"role": "assistant", "refusal": None, **message},
        "finish_reason": "length" if cut else "stop",
        "logprobs": None,
    }


def _heuristics(workflow: Workflow[Any], name: str) -> Callable[[str], Mapping[str, Any]]:
    """What answers in the schema of that name: about the whole input, a segment or an item."""
    if name == workflow.id:
        return workflow.offline
    of_items = workflow.lane.asks if workflow.lane and name.endswith(OF_AN_ITEM) else None
    about = of_items or workflow.segmented
    return about.offline if about else workflow.offline


@lru_cache(maxsize=1)
def _scripted() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The answers beside sample events, by schema and message as a model is shown it."""
    return {asked: answer for one in samples() if one.answer for asked, answer in _answers(one)}


@lru_cache(maxsize=1)
def _endings() -> Mapping[tuple[str, str], Ending]:
    """How answers to sample events end that are not whole, by schema and message."""
    ended = [(WORKFLOWS[one.expect.workflow], one) for one in samples() if one.expect.ending]
    return {
        (flow.id, flow.prompt_text(_read_by(flow, one))): one.expect.ending
        for flow, one in ended
        if one.expect.ending
    }


def _read_by(workflow: Workflow[Any], sample: Sample) -> Any:
    return workflow.read(Raw(body=sample.load(), door=sample.expect.door, authserv_id=""))


def _answers(sample: Sample) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """The answer about the input; or, by the names of segments, those about each."""
    workflow, answer = WORKFLOWS[sample.expect.workflow], sample.answer or {}
    given = _read_by(workflow, sample)
    if workflow.segmented is None:
        yield (workflow.id, workflow.prompt_text(given)), answer
        return
    for one in workflow.segmented.split(given):
        if one.name in answer:
            yield (f"{workflow.id}{SUFFIX}", one.text), answer[one.name]


def _admit(request: Request, key: str) -> None:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not same(given, key):
        raise OpenAIRefusal(401, "Incorrect API key provided.", "invalid_api_key")


def _read(body: bytes) -> Mapping[str, Any]:
    if len(body) > MAX_BYTES:
        raise OpenAIRefusal(413, f"A request has at most {MAX_BYTES} bytes.")
    asked = json_object(body)
    if asked is None:
        raise OpenAIRefusal(400, "We could not parse the JSON body.")
    return asked


def _schema(asked: Mapping[str, Any]) -> str:
    """The schema's name is the workflow's id, or says that it is about a segment: without it there
    is nothing to answer in."""
    shape = asked.get("response_format")
    schema = shape.get("json_schema") if isinstance(shape, dict) else None
    name = schema.get("name") if isinstance(schema, dict) else None
    if not isinstance(name, str) or name not in _known():
        raise OpenAIRefusal(
            400,
            "The offline model answers only to response_format.json_schema.name of "
            f"{', '.join(sorted(_known()))}.",
        )
    return name


def _known() -> set[str]:
    segmented = {f"{one.id}{SUFFIX}" for one in WORKFLOWS.values() if one.segmented}
    items = {f"{one.id}{OF_AN_ITEM}" for one in WORKFLOWS.values() if one.lane and one.lane.asks}
    return {*WORKFLOWS, *segmented, *items}


def _texts(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    messages = asked.get("messages")
    if not isinstance(messages, list) or not all(_is_message(one) for one in messages):
        raise OpenAIRefusal(400, "Every message needs a role and a text.")
    return [(str(one["role"]), _text(one["content"])) for one in messages]


def _is_message(one: object) -> bool:
    return isinstance(one, dict) and "role" in one and isinstance(one.get("content"), str | list)


def _text(content: str | list[Any]) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))


def _questions(texts: list[tuple[str, str]]) -> list[str]:
    """The message in question, and what was observed of an earlier plan, if anything was: in a
    repair round the last user turn only lists faults, so they are those before the first answer."""
    roles = [role for role, _ in texts]
    asked = texts[: roles.index("assistant")] if "assistant" in roles else texts
    users = [text for role, text in asked if role == "user"]
    if not users:
        raise OpenAIRefusal(400, "There is no user message to read.")
    return users


def _tokens(*texts: str) -> int:
    return sum(-(-len(text) // LETTERS_PER_TOKEN) for text in texts)
