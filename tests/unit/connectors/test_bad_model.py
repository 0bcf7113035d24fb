"""Whatever a model's server does is the server's fault: a named outcome within its time, and never
an error that nobody foresaw.

`python -m tests.unit.connectors.test_bad_model` writes the table in docs/ anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import openai
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.bedrock.client import BedrockModel
from countersign.connectors.bounded import pause_of
from countersign.connectors.http import OpenGate
from countersign.connectors.openai.client import OpenAIModel, refusal
from countersign.connectors.openai.reading import answer_of
from countersign.domain.errors import (
    CountersignError,
    Misconfigured,
    Refused,
    Throttled,
    Unavailable,
)
from countersign.domain.ports import ModelRequest
from infra.local import converse
from infra.local.bad_model import DRIP, FAULTS, NO_FAULT, OFFERED, Trouble, chosen, faulty
from infra.settings import ROOT
from tests.fakes.serving import served

pytestmark = pytest.mark.enable_socket

SECONDS = 0.4
REQUEST = ModelRequest(
    model="m",
    messages=(("system", "Read it."), ("user", "Grüße, 2,500 EUR")),
    schema_name="s",
    schema={"type": "object"},
    temperature="0",
    max_output_tokens=10,
)
GOOD = {
    "model": "m-2026",
    "choices": [{"message": {"content": '{"a": 1}', "refusal": None}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {}},
}

BEFORE_AND_NOW: dict[str, tuple[str, type[CountersignError] | str]] = {
    "empty body": ("JSONDecodeError", Unavailable),
    "HTML": ("AttributeError", Unavailable),
    "cut JSON": ("JSONDecodeError", Unavailable),
    "lost connection": ("Unavailable", Unavailable),
    "not UTF-8": ("UnicodeDecodeError", Unavailable),
    "10 MB": ("read whole", Unavailable),
    "a list": ("AttributeError", Unavailable),
    "keys given twice": ("the second one counted", Unavailable),
    "deep nesting": ("RecursionError", Unavailable),
    "a gzip bomb": ("unpacked", Unavailable),
    "an error under 200": ("TypeError", Unavailable),
    "no choices": ("a case for a person", Unavailable),
    "choices null": ("a case for a person", Unavailable),
    "message null": ("AttributeError", Unavailable),
    "model null": ("AttributeError", "completed"),
    "usage null": ("counted as nothing", "completed"),
    "usage negative": ("a cost below zero", "completed"),
    "usage in words": ("TypeError", "completed"),
    "usage beyond reason": ("believed", "completed"),
    "refusal": ("a case for a person", "refused"),
    "cut at its limit": ("a case for a person", "truncated"),
    "filtered": ("an empty answer", "filtered"),
    "empty content": ("an empty answer", "empty"),
    "a tool call": ("an empty answer", "tool_call"),
    "another schema": ("repaired once", "completed"),
    "redirect": ("followed, with the prompt", Misconfigured),
    "401": ("Misconfigured", Misconfigured),
    "403": ("Misconfigured", Misconfigured),
    "404": ("Misconfigured", Misconfigured),
    "408": ("a case for a person", Unavailable),
    "409": ("a case for a person", Unavailable),
    "429 for 8 s": ("Throttled", Throttled),
    "429 for 600 s": ("Throttled", Throttled),
    "429 until a date": ("its time was lost", Throttled),
    "429 without a time": ("Throttled", Throttled),
    "500": ("Unavailable", Unavailable),
    "503": ("Unavailable", Unavailable),
    "silence": ("the whole of the function's time, five times", Unavailable),
    "a slow drip": ("held for as long as it dripped", Unavailable),
}
"""What OpenAI's client with a time-out made of it, and what is made of it now: an error, or how the
answer ended. An error of Python's own ended as a defect of ours."""


_TABLE = ROOT / "docs/howto/model-faults.md"
_HEAD = """# What a model's server may do, and what becomes of it

Each row is an answer that a double of the server gives, in both wire formats; a test plays it and
holds this table true. Before: what OpenAI's client with a time-out made of it; an error of Python's
own ended the job as a defect of ours. Now: the error that our client raises, or how the answer
counts as ended.

Unavailable and Throttled are asked again (to the second, where the server says when) up to the
workflow's patience, then its fallback answers, or the job parks or fails, as the workflow declares.
Misconfigured parks the job, opens the breaker and rings an alarm that names the mend. An answer
that was refused, truncated, filtered, empty or calls a tool is kept as evidence; it is asked for
once more with its own errors, then of the next size, then a person has the job.

| the server | before | now |
|---|---|---|
"""


def _table() -> str:
    """The document."""
    rows = (
        f"| {fault} | {before} | {now if isinstance(now, str) else now.__name__} |\n"
        for fault, (before, now) in BEFORE_AND_NOW.items()
    )
    return _HEAD + "".join(rows)


@dataclass
class Provider:
    """An endpoint in trouble. `fault` is its kind; `requests` how often it was asked."""

    url: str = ""
    fault: str = NO_FAULT
    requests: int = 0

    async def completions(self, request: Request) -> Response:
        """The one route."""
        await request.body()
        self.requests += 1
        return faulty(self.fault, GOOD) if self.fault else JSONResponse(GOOD)

    async def converse(self, request: Request) -> Response:
        """The same in Bedrock's format."""
        return converse.spoken(await self.completions(request))

    def openai(self) -> OpenAIModel:
        """A client that speaks Chat Completions."""
        return OpenAIModel(f"{self.url}/v1", "key", OpenGate())

    def bedrock(self) -> BedrockModel:
        """A client that speaks Converse."""
        return BedrockModel(
            Place("eu-central-1", Credentials("AKID", "s", "t"), self.url), OpenGate()
        )


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """One server for all kinds."""
    made = Provider()
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", made.completions, methods=["POST"]),
            Route("/model/{model}/converse", made.converse, methods=["POST"]),
        ]
    )
    with served(app) as url:
        made.url = url
        yield made


def outcome(provider: Provider, fault: str, seconds: float = 5.0, by: str = "openai") -> Any:
    """What asking once gives: an answer or an error of ours. Any other error goes through."""
    provider.fault, provider.requests = fault, 0
    client: OpenAIModel | BedrockModel = getattr(provider, by)()
    with closing(client) as model:
        try:
            return model.answer(REQUEST, seconds)
        except CountersignError as error:
            return error


@pytest.mark.parametrize("by", ["openai", "bedrock"])
@pytest.mark.parametrize("fault", sorted(BEFORE_AND_NOW))
def test_every_kind_of_trouble_has_its_outcome(provider: Provider, fault: str, by: str) -> None:
    """One request, one outcome, within the time that it had; the same in each format."""
    started = time.monotonic()
    got = outcome(provider, fault, SECONDS if fault in {"silence", "a slow drip"} else 5.0, by)
    took = time.monotonic() - started
    _, now = BEFORE_AND_NOW[fault]
    assert (got.ended if isinstance(now, str) else type(got)) == now
    assert provider.requests == 1
    assert took < 5.0


def test_the_table_has_every_kind() -> None:
    """What the double can do and the table does not say changes the answer, not its form; the
    document is the table."""
    assert _TABLE.read_text("utf-8") == _table()
    in_the_answer = {"another language", "an attacker's proposal"}
    assert set(FAULTS) - set(BEFORE_AND_NOW) == in_the_answer


@pytest.mark.control
def test_control_a_time_out_of_httpx_is_one_of_each_read(provider: Provider) -> None:
    """The client as it comes waits for a dripping server much longer than it was told to."""
    provider.fault = "a slow drip"
    naive = openai.OpenAI(
        base_url=f"{provider.url}/v1", api_key="k", max_retries=0, timeout=3 * DRIP
    )
    messages: Any = [{"role": "user", "content": "x"}]
    with (
        naive,
        naive.chat.completions.with_streaming_response.create(
            model="m", messages=messages
        ) as answer,
    ):
        started = time.monotonic()
        for _ in answer.iter_bytes(1):
            if time.monotonic() - started > 10 * DRIP:
                break
        assert time.monotonic() - started > 6 * DRIP


def test_tokens_that_cannot_be_believed_count_as_the_most(provider: Provider) -> None:
    """Not said is not nothing: a budget must not be kept by not counting."""
    for fault in ("usage null", "usage negative", "usage in words", "usage beyond reason"):
        assert outcome(provider, fault).usage == REQUEST.most
    assert outcome(provider, NO_FAULT).usage.input_tokens == 7
    assert REQUEST.most.input_tokens >= len("Read it.Grüße, 2,500 EUR".encode())


def test_an_answer_without_a_name_has_the_one_that_was_asked(provider: Provider) -> None:
    """And it is not taken for the heuristics."""
    got = outcome(provider, "model null")
    assert (got.model, got.offline) == ("m", False)


def test_a_server_s_name_for_its_model_makes_no_heuristics_of_it() -> None:
    """They cost nothing, and budgets would count nothing: who was asked for must be them too."""
    said = json.dumps({**GOOD, "model": "offline-heuristics"}).encode()
    asked = replace(REQUEST, model="offline")
    assert [answer_of(said, one).offline for one in (REQUEST, asked)] == [False, True]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "8"}, 8.0),
        ({"retry-after": "600"}, 600.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "2", "retry-after-ms": "1500"}, 1.5),
        (
            {
                "retry-after": "Fri, 06 Mar 2026 10:01:30 GMT",
                "date": "Fri, 06 Mar 2026 10:00:00 GMT",
            },
            90.0,
        ),
        (
            {
                "retry-after": "Fri, 06 Mar 2026 09:00:00 GMT",
                "date": "Fri, 06 Mar 2026 10:00:00 GMT",
            },
            0.0,
        ),
        ({"retry-after": "99999999"}, 86_400.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_a_pause_is_kept_to_the_second(headers: dict[str, str], seconds: float | None) -> None:
    """As a number of seconds or milliseconds, or as a date by the server's own clock."""
    assert pause_of(headers) == seconds


def test_a_redirect_is_not_followed(provider: Provider) -> None:
    """The prompt goes to the endpoint that was named, and nowhere else."""
    assert "somewhere else" in str(outcome(provider, "redirect"))
    assert provider.requests == 1


def test_a_model_that_takes_no_temperature_is_given_none() -> None:
    """It is left out of the request, not sent as null."""
    sent: list[dict[str, Any]] = []

    async def keeps(request: Request) -> Response:
        sent.append(json.loads(await request.body()))
        return JSONResponse(GOOD)

    app = Starlette(routes=[Route("/v1/chat/completions", keeps, methods=["POST"])])
    with served(app) as url, closing(OpenAIModel(f"{url}/v1", "key", OpenGate())) as model:
        model.answer(replace(REQUEST, temperature=""), 5.0)
        model.answer(REQUEST, 5.0)
    assert [one.get("temperature", "none") for one in sent] == ["none", 0.0]
    assert all(one["max_completion_tokens"] == 10 for one in sent)


def test_a_seed_chooses_the_same_kind_for_the_same_request() -> None:
    """By seed and request alone; every kind comes up, and no fault too."""
    kinds = ("HTML", "503")
    first = [chosen(7, {"n": n}, kinds) for n in range(50)]
    assert first == [chosen(7, {"n": n}, kinds) for n in range(50)]
    assert set(first) == {NO_FAULT, *kinds}
    assert first != [chosen(8, {"n": n}, kinds) for n in range(50)]


def test_a_request_that_is_wrong_in_itself_stays_refused() -> None:
    """400 and 422 without a code of the account are about this job."""
    assert isinstance(refusal(400, {}, b""), Refused)
    assert isinstance(refusal(413, {}, b"[]"), Refused)
    assert isinstance(refusal(400, {}, b'{"error": {"code": "model_not_found"}}'), Misconfigured)


def test_what_a_person_lets_the_model_do_is_what_it_answers() -> None:
    """Each offered kind is one of the double's; a refusal of the request itself stays; what the one
    before left behind is put away first."""
    forgotten: list[str] = []
    trouble = Trouble(lambda: forgotten.append(trouble.kind))
    assert set(OFFERED) <= set(FAULTS)
    assert trouble.answered(200, GOOD).body == JSONResponse(GOOD).body
    trouble.choose("HTML")
    assert b"<title>" in trouble.answered(200, GOOD).body
    assert trouble.answered(401, {"error": {}}).status_code == 401
    trouble.choose(NO_FAULT)
    assert b"<title>" not in trouble.answered(200, GOOD).body
    with pytest.raises(ValueError, match="is none of"):
        trouble.choose("explodes")
    assert forgotten == [NO_FAULT, "HTML"]


if __name__ == "__main__":
    _TABLE.write_text(_table(), "utf-8")
