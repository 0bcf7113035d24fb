"""A signed HTTP request to AWS, read as the rights that it needs: IAM action, resource, keys."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]

_SCOPE = re.compile(r"Credential=(?P<key>[^/,]+)/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_HASH_KEY = re.compile(r"\s*(#?\w+)\s*=\s*(:\w+)")
_MODEL_PATH = re.compile(r"/model/(?P<model>.+)/converse")
_PROFILE = re.compile(r"(?:global|us-gov|apac|[a-z]{2})\.\w+\.")
_TABLE_KEYS = ("pk", "id")
"""What our tables call their partition key."""
_ITEM_VERBS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_OBJECT_VERBS = {
    "GET": "GetObject",
    "HEAD": "GetObject",
    "PUT": "PutObject",
    "DELETE": "DeleteObject",
}
_BUCKET_VERBS = {"GET": "ListBucket", "HEAD": "ListBucket"}


@dataclass(frozen=True)
class Request:
    """What came over the wire. `headers` by lower-case name, `query` without leading `?`."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def signed(self) -> re.Match[str] | None:
        """The access `key`, `region` and `service` that the request is signed for."""
        return _SCOPE.search(self.headers.get("authorization", ""))


@dataclass(frozen=True)
class Need:
    """One right. `leading`: the partition keys named (dynamodb:LeadingKeys), empty for none."""

    action: str
    resource: str
    leading: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Where ARNs of the request are, and the `identities` that SES has verified there."""

    region: str
    account: str
    identities: Container[str] = ()

    def arn(self, service: str, rest: str) -> str:
        """`arn:aws:service:region:account:rest`."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


def needs(request: Request, account: str, identities: Container[str] = ()) -> tuple[Need, ...]:
    """Every right that the request needs, in an account with these `identities` of SES; empty when
    it is not signed.

    What this module does not know needs the operation's own name on `*`, which no policy of ours
    allows: an unknown call is loud.
    """
    signed = request.signed
    if signed is None:
        return ()
    scope, service = Scope(signed["region"], account, identities), signed["service"]
    reader = _READERS.get(service)
    found = tuple(reader(request, scope)) if reader else ()
    return found or (Need(f"{service}:{_operation(request)}", "*"),)


def _operation(request: Request) -> str:
    """The operation that the header names, or method and path."""
    named = request.headers.get("x-amz-target", "").rpartition(".")[2]
    return named or f"{request.method} {request.path}"


def _json(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.body or b"{}")
    return found


def _dynamodb(request: Request, scope: Scope) -> Iterator[Need]:
    verb, body = _operation(request), _json(request)
    for item in body.get("TransactItems", ()):
        for member, detail in item.items():
            yield _on_table(_ITEM_VERBS[member], detail, scope)
    for table, asked in body.get("RequestItems", {}).items():
        yield Need(f"dynamodb:{verb}", _table(scope, table), _batch_keys(asked))
    if "TableName" in body:
        yield _on_table(verb, body, scope)


def _on_table(verb: str, body: Body, scope: Scope) -> Need:
    index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
    return Need(f"dynamodb:{verb}", _table(scope, body["TableName"]) + index, _leading(body))


def _table(scope: Scope, name: str) -> str:
    return name if name.startswith("arn:") else scope.arn("dynamodb", f"table/{name}")


def _leading(body: Body) -> tuple[str, ...]:
    """The partition key of an item, of a key, or of a query's condition."""
    asked = _HASH_KEY.match(body.get("KeyConditionExpression", ""))
    if asked:
        return (_text(body["ExpressionAttributeValues"][asked[2]]),)
    return _partition(body.get("Item") or body.get("Key") or {})


def _partition(item: Body) -> tuple[str, ...]:
    return next(((_text(item[name]),) for name in _TABLE_KEYS if name in item), ())


def _text(value: Body) -> str:
    return str(next(iter(value.values())))


def _batch_keys(asked: Any) -> tuple[str, ...]:
    """Of BatchGetItem (`Keys`) or BatchWriteItem (a list of puts and deletes)."""
    items = asked["Keys"] if isinstance(asked, dict) else [_written(one) for one in asked]
    return tuple(key for item in items for key in _partition(item))


def _written(one: Body) -> Any:
    (put,) = one.values()
    return put.get("Item") or put["Key"]


def _s3(request: Request, _scope: Scope) -> Iterator[Need]:
    bucket, _, key = urllib.parse.unquote(request.path).lstrip("/").partition("/")
    verbs = _OBJECT_VERBS if key else _BUCKET_VERBS
    known = set(urllib.parse.parse_qs(request.query, keep_blank_values=True))
    verb = verbs.get(request.method)
    if verb is None or known - {"versionId", "x-id", "list-type", "prefix", "encoding-type"}:
        return
    versioned = "versionId" in known and verb != "PutObject"
    arn = f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"
    yield Need(f"s3:{verb}{'Version' if versioned else ''}", arn)


def _sqs(request: Request, scope: Scope) -> Iterator[Need]:
    queue = str(_json(request).get("QueueUrl", "")).rpartition("/")[2]
    if queue:
        verb = _operation(request).removesuffix("Batch")
        yield Need(f"sqs:{verb}", scope.arn("sqs", queue))


def _states(request: Request, _scope: Scope) -> Iterator[Need]:
    body, verb = _json(request), _operation(request)
    named = (body.get(name) for name in ("executionArn", "stateMachineArn"))
    resource = next(filter(None, named), "") or _machine_of(body.get("taskToken", ""))
    if resource:
        yield Need(f"states:{verb}", resource)


def _machine_of(token: str) -> str:
    """The local cloud's tokens carry the execution they belong to (patch `callback-token`)."""
    try:
        execution = base64.urlsafe_b64decode(token).decode().rpartition(" ")[2]
    except ValueError:
        return ""
    return execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]


def _secrets(request: Request, _scope: Scope) -> Iterator[Need]:
    secret = str(_json(request).get("SecretId", ""))
    if secret.startswith("arn:"):
        yield Need(f"secretsmanager:{_operation(request)}", secret)


def _kms(request: Request, _scope: Scope) -> Iterator[Need]:
    key = str(_json(request).get("KeyId", ""))
    if key.startswith("arn:"):
        yield Need(f"kms:{_operation(request)}", key)


def _bedrock(request: Request, scope: Scope) -> Iterator[Need]:
    """Converse and its like: one action, on the model or the inference profile in the path."""
    found = _MODEL_PATH.fullmatch(urllib.parse.unquote(request.path))
    if found:
        arn = model_arn(found["model"], scope.region, scope.account)
        yield Need("bedrock:InvokeModel", arn)


def model_arn(model: str, region: str, account: str) -> str:
    """What is invoked by a name: a profile begins with where it answers, a model with whose it
    is."""
    if _PROFILE.match(model):
        return f"arn:aws:bedrock:{region}:{account}:inference-profile/{model}"
    return f"arn:aws:bedrock:{region}::foundation-model/{model}"


def _ses(request: Request, scope: Scope) -> Iterator[Need]:
    """GetAccount, which has no resource. SendEmail of the v2 API: the sender's identity, and the
    configuration set if one is named; of a mail that encloses something also the right to send raw
    ones."""
    if (request.method, request.path) == ("GET", "/v2/email/account"):
        yield Need("ses:GetAccount", "*")
    if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
        return
    body = _json(request)
    sender = str(body["FromEmailAddress"]).rpartition("<")[2].rstrip(">")
    if sender not in scope.identities:  # then its domain is the identity
        sender = sender.rpartition("@")[2]
    enclosed = "Attachments" in body.get("Content", {}).get("Simple", {})
    for action in ("ses:SendEmail", *(("ses:SendRawEmail",) if enclosed else ())):
        yield Need(action, scope.arn("ses", f"identity/{sender}"))
        if "ConfigurationSetName" in body:
            name = body["ConfigurationSetName"]
            yield Need(action, scope.arn("ses", f"configuration-set/{name}"))


def _sts(request: Request, _scope: Scope) -> Iterator[Need]:
    form = dict(urllib.parse.parse_qsl(request.body.decode()))
    if form.get("Action") == "AssumeRole":
        yield Need("sts:AssumeRole", form["RoleArn"])


def _events(request: Request, scope: Scope) -> Iterator[Need]:
    for bus in {str(e.get("EventBusName", "default")) for e in _json(request).get("Entries", [])}:
        arn = bus if bus.startswith("arn:") else scope.arn("events", f"event-bus/{bus}")
        yield Need(f"events:{_operation(request)}", arn)


def _cloudwatch(request: Request, scope: Scope) -> Iterator[Need]:
    """DescribeAlarms of named alarms: it is allowed by each of them."""
    for name in _json(request).get("AlarmNames", []):
        arn = scope.arn("cloudwatch", f"alarm:{name}")
        yield Need(f"cloudwatch:{_operation(request)}", arn)


_READERS: Mapping[str, Callable[[Request, Scope], Iterator[Need]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "states": _states,
    "secretsmanager": _secrets,
    "kms": _kms,
    "monitoring": _cloudwatch,
    "ses": _ses,
    "sts": _sts,
    "events": _events,
    "bedrock": _bedrock,
}
