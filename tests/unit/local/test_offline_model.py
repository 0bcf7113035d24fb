"""The offline model speaks OpenAI's protocol and answers by the workflow's heuristics."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from countersign.connectors.answers import OFFLINE_MARK
from countersign.domain.ledger.action import Difference
from countersign.domain.ledger.entry import Observation
from countersign.domain.planning.replan import Observations, ObservedAction, Round
from countersign.domain.workflow import Raw
from countersign.model.feedback import describe
from infra.local.front.samples import samples
from infra.local.offline_model import MODEL, SCRIPTED, routes
from tests.fakes.journey import Journey, accept, form
from tests.fakes.world import World
from workflows import WORKFLOWS

KEY = "key-of-the-tests"


def asks(key: str = KEY, **asked: Any) -> Any:
    """One request to the endpoint."""
    client = TestClient(Starlette(routes=routes(KEY)))
    headers = {"authorization": f"Bearer {key}"}
    return client.post("/v1/chat/completions", json=asked, headers=headers)


def request(*messages: tuple[str, str], name: str = "lead_intake") -> dict[str, Any]:
    """The request as our client sends it."""
    said = [{"role": role, "content": text} for role, text in messages]
    shape = {"type": "json_schema", "json_schema": {"name": name, "schema": {}, "strict": True}}
    return {"model": "any", "messages": said, "response_format": shape}


@pytest.fixture(scope="module")
def prompt() -> str:
    """What the model is shown of a web form."""
    world = World(WORKFLOWS["lead_intake"].offline)
    Journey(world, accept(world, form())).goes()
    return next(text for role, text in world.model.asked[0].messages if role == "user")


def test_it_answers_by_the_workflows_heuristics(prompt: str) -> None:
    """The content is what the workflow's own offline function says, and the model says its name."""
    answer = asks(**request(("system", "…"), ("user", prompt))).json()
    content = json.loads(answer["choices"][0]["message"]["content"])
    assert content == json.loads(json.dumps(WORKFLOWS["lead_intake"].offline(prompt)))
    assert answer["model"] == MODEL
    assert answer["choices"][0]["finish_reason"] == "stop"


def _shown(name: str, **other: object) -> str:
    """A sample event as a model is shown it, with some fields of its form different."""
    sample = next(one for one in samples() if one.name == name)
    body = json.dumps({**json.loads(sample.load()), **other}).encode()
    flow = WORKFLOWS[sample.expect.workflow]
    return flow.prompt_text(flow.read(Raw(body=body, door=sample.expect.door, authserv_id="")))


def test_an_answer_beside_an_event_is_given_to_exactly_its_message() -> None:
    """It is said under a name of its own and costs nothing; one other letter, and the heuristics
    answer."""
    (sample,) = (one for one in samples() if one.name == "31-refund-small")
    shown = _shown(sample.name)
    answer = asks(**request(("user", shown), name="refund_request")).json()
    assert json.loads(answer["choices"][0]["message"]["content"]) == sample.answer
    assert (answer["model"], answer["usage"]["total_tokens"]) == (SCRIPTED, 0)
    assert not SCRIPTED.startswith(OFFLINE_MARK)
    other = _shown(sample.name, message="The lamp arrived broken. Please refund me.")
    assert asks(**request(("user", other), name="refund_request")).json()["model"] == MODEL
    assert asks(**request(("user", shown))).json()["model"] == MODEL


@pytest.mark.parametrize(("ending", "said"), [("refused", "stop"), ("cut off", "length")])
def test_an_event_says_how_answers_to_its_message_end(ending: str, said: str) -> None:
    """A refusal has no content, half an answer ends at its limit; a repair is answered whole."""
    sample = next(one for one in samples() if one.expect.ending == ending)
    workflow = WORKFLOWS[sample.expect.workflow]
    raw = Raw(body=sample.load(), door=sample.expect.door, authserv_id="")
    question = ("user", workflow.prompt_text(workflow.read(raw)))
    (choice,) = asks(**request(question)).json()["choices"]
    assert choice["finish_reason"] == said
    assert (choice["message"]["refusal"] is None) is (ending == "cut off")
    (mended,) = asks(**request(question, ("assistant", "x"), ("user", "y"))).json()["choices"]
    assert json.loads(mended["message"]["content"])
    assert mended["finish_reason"] == "stop"


def test_usage_adds_up(prompt: str) -> None:
    """Tokens are counted from lengths, in and out."""
    used = asks(**request(("user", prompt))).json()["usage"]
    assert used["prompt_tokens"] == -(-len(prompt) // 4)
    assert used["total_tokens"] == used["prompt_tokens"] + used["completion_tokens"]


def test_a_repair_round_reads_the_message_again(prompt: str) -> None:
    """In a repair the last turn lists faults; the answer is still about the message."""
    once = asks(**request(("user", prompt))).json()["choices"][0]["message"]["content"]
    turns = (("user", prompt), ("assistant", "{}"), ("user", "Your answer breaks these rules: …"))
    again = asks(**request(*turns)).json()["choices"][0]["message"]["content"]
    assert again == once


def test_what_a_target_refused_is_left_out_of_the_next_answer(prompt: str) -> None:
    """A second user turn tells what was observed; the part behind that field is not said again."""
    fields = (Difference(name="deal_currency_code", before="", after="INVALID_OPTION"),)
    one = ObservedAction(
        action="crm.create_lead", words="no", seen=Observation(refused=True, fields=fields)
    )
    seen = describe(Observations(rounds=(Round(observations=(one,)),)))
    turns = (("user", prompt), ("user", seen), ("assistant", "{}"), ("user", "again"))
    said = asks(**request(*turns)).json()["choices"][0]["message"]["content"]
    whole = WORKFLOWS["lead_intake"].offline(prompt)
    assert whole["budget"]
    assert json.loads(said) == json.loads(json.dumps({**whole, "budget": None}))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(("user", "x"), name="unknown"), 400),
        (request(("system", "x")), 400),
        ({"messages": [{"role": "user", "content": "x"}]}, 400),
        (request(("user", "x")) | {"messages": "x"}, 400),
        (request(("user", "x")) | {"messages": [{"role": "user"}]}, 400),
        (request(("user", "x")) | {"response_format": {"json_schema": {"name": []}}}, 400),
    ],
)
def test_wrong_requests_get_openais_error(asked: dict[str, Any], status: int) -> None:
    """What cannot be answered is refused in the shape that clients read."""
    answer = asks(**asked)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_wrong_key_is_refused() -> None:
    """Only the bearer of this run's key is answered."""
    answer = asks("another", **request(("user", "x")))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
