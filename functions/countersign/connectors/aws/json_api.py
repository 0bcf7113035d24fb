"""AWS's JSON protocol, spoken directly: the tables, the queue, the machine, the secrets, keys
and alarms.

A job makes some twenty such calls. boto3's client takes five times the CPU for each, and a tenth of
a second to be made; what it does beyond this (other protocols, profiles, pages, checks of types) no
function of ours uses.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.signed import Request, Send, Signed, Wait, sent

APIS: Mapping[str, tuple[str, str, str]] = {
    "dynamodb": ("dynamodb", "DynamoDB_20120810", "1.0"),
    "sqs": ("sqs", "AmazonSQS", "1.0"),
    "stepfunctions": ("states", "AWSStepFunctions", "1.0"),
    "secretsmanager": ("secretsmanager", "secretsmanager", "1.1"),
    "kms": ("kms", "TrentService", "1.1"),
    "cloudwatch": ("monitoring", "GraniteServiceVersion20100801", "1.0"),
}
"""By boto3's names for them: the name in hosts and signatures, the target, the JSON's version."""


class JsonApi:
    """A service's operations by boto3's names, with their parameters as AWS spells them. They raise
    what boto3's would."""

    def __init__(
        self,
        service: str,
        place: Place,
        by: Credentials | None = None,
        send: Send = sent,
        wait: Wait = time.sleep,
    ) -> None:
        name, self._target, version = APIS[service]
        self._type = f"application/x-amz-json-{version}"
        self._to = Signed(name, place, by, send, wait)

    def __getattr__(self, name: str) -> Callable[..., dict[str, Any]]:
        if name.startswith("_"):
            raise AttributeError(name)
        return partial(self._asked, name.title().replace("_", ""))

    def _asked(self, operation: str, **params: Any) -> dict[str, Any]:
        headers = {"content-type": self._type, "x-amz-target": f"{self._target}.{operation}"}
        asked = Request(headers, json.dumps(params).encode())
        found: dict[str, Any] = json.loads(self._to.asked(operation, asked, refusal).body or b"{}")
        return found


def refusal(status: int, text: bytes) -> Any:
    """The answer as botocore's errors hold it: the code without its name space."""
    try:
        body = dict(json.loads(text))
    except (ValueError, TypeError):
        body = {}  # of whatever stands before AWS
    code = str(body.pop("__type", status)).rpartition("#")[2]
    message = body.pop("message", body.pop("Message", ""))
    return {
        **body,
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
