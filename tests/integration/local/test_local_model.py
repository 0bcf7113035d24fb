"""Converse through the emulator: the right is judged, the call recorded, our double answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.bedrock.client import BedrockModel
from countersign.connectors.http import OpenGate
from countersign.domain.errors import Misconfigured
from countersign.domain.ports import ModelRequest
from infra.local import converse
from infra.local.cloud import deployer, model_double
from infra.local.cloud.emulator import CALLS
from infra.local.cloud.processes import LocalCloud
from tests.fakes.serving import served
from tests.rights.until import until

pytestmark = [pytest.mark.enable_socket, pytest.mark.cloud]

PROFILE, MODEL = "eu.anthropic.claude-haiku-5-5", "amazon.nova-lite-v1:0"
ARNS = {
    PROFILE: f"arn:aws:bedrock:us-east-1:000000000000:inference-profile/{PROFILE}",
    MODEL: f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}",
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def answered(asked: Any) -> tuple[int, dict[str, Any]]:
    """The double: it says which model it was asked for."""
    said = {"message": {"content": json.dumps({"of": asked["model"]})}, "finish_reason": "stop"}
    return 200, {"choices": [said], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


@pytest.fixture(scope="module")
def double(cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The emulator with a model behind it."""
    with served(Starlette(routes=converse.routes(answered))) as url:
        (cloud.scratch / model_double.FILE).write_text(url)
        yield cloud


@contextmanager
def asked_by(cloud: LocalCloud, *may: str) -> Iterator[BedrockModel]:
    """Bedrock as a role asks it that may invoke these."""
    iam = deployer.client("iam", cloud.endpoint)
    role = f"asks-{len(may)}-{hash(may) & 0xFFFF}"
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    allow = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": list(may)}
    iam.put_role_policy(
        RoleName=role,
        PolicyName="may",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    sts = deployer.client("sts", cloud.endpoint)
    held = sts.assume_role(RoleArn=arn, RoleSessionName="model")["Credentials"]
    by = Credentials(held["AccessKeyId"], held["SecretAccessKey"], held["SessionToken"])
    with closing(BedrockModel(Place("us-east-1", by, cloud.endpoint), OpenGate())) as model:
        yield model


def request(model: str) -> ModelRequest:
    """A question."""
    return ModelRequest(model, (("user", "Grüße"),), "s", {"type": "object"}, "0", 10)


def recorded(cloud: LocalCloud) -> list[dict[str, Any]]:
    """The calls of Bedrock that were written down."""
    lines = (cloud.scratch / CALLS).read_text().splitlines()
    return [one for one in map(json.loads, lines) if "bedrock" in str(one["needs"])]


@pytest.mark.parametrize("model", [PROFILE, MODEL])
def test_a_role_asks_the_model_it_may_invoke_and_no_other(double: LocalCloud, model: str) -> None:
    """A profile by the profile's name and a model by its own; both calls are recorded, with the
    right that they need."""
    other = next(name for name in ARNS if name != model)
    before = len(recorded(double))
    with asked_by(double, ARNS[model]) as asks:
        got = asks.answer(request(model), 20.0)
        with pytest.raises(Misconfigured, match="ask for access"):
            asks.answer(request(other), 20.0)
    until(lambda: len(recorded(double)) >= before + 2)  # a line is written after the answer
    allowed, denied = recorded(double)[before:]
    assert json.loads(got.content) == {"of": model} if model == PROFILE else got.ended
    assert got.usage.input_tokens == 7
    assert (allowed["denied"], denied["denied"]) == (False, True)
    assert allowed["needs"][0]["resource"] == ARNS[model]
    assert denied["needs"][0]["resource"] == ARNS[other]
