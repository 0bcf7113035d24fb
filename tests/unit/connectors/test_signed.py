"""AWS, called without boto3: signed, refused and tried again as botocore would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from botocore import auth
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Rights
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.json_api import APIS, JsonApi, refusal
from countersign.connectors.aws.services import S3Payloads
from countersign.connectors.aws.signed import Answer, Request
from countersign.connectors.aws.xml_api import S3, Sts
from countersign.domain.errors import NotFound, Unavailable
from countersign.domain.jobs.job import Pointer
from countersign.runtime.settings import Settings

OWN = Credentials("AKID", "secret/+", "a token")
JOBS = Credentials("ASIA", "another", "its token")
POINTER = Pointer(bucket="payloads", key="k")
HERE = Place("eu-central-1", OWN)
ITEM = {"pk": {"S": "JOB#j-1 é"}, "sk": {"S": "STATE"}}
CALLED = {
    "dynamodb": "Query TransactWriteItems UpdateItem PutItem GetItem BatchGetItem DeleteItem",
    "sqs": "SendMessage",
    "stepfunctions": "StartExecution SendTaskSuccess DescribeExecution",
    "secretsmanager": "GetSecretValue",
    "kms": "Sign",
    "cloudwatch": "DescribeAlarms",
}
CANCELLED = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message": "Transaction cancelled",
    "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}],
}
SLOW = {"__type": "com.amazon.coral.availability#ThrottlingException", "message": "slow down"}
WRONG = {"__type": "com.amazon.coral.validate#ValidationException", "message": "wrong"}
Told = Answer | Exception


def said(body: Mapping[str, object], status: int = 400) -> Answer:
    """An answer of AWS."""
    return Answer(status, json.dumps(body).encode())


class Wire:
    """Gives these answers, one for each request, and the last one from then on."""

    def __init__(self, *answers: Told) -> None:
        self._answers = list(answers)
        self.sent: list[tuple[str, Request]] = []
        self.paused: list[float] = []

    def __call__(self, url: str, request: Request) -> Answer:
        self.sent.append((url, request))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def api(self, service: str = "dynamodb", by: Credentials | None = None) -> JsonApi:
        """A service at the other end."""
        return JsonApi(service, HERE, by, send=self, wait=self._waits)

    def _waits(self, seconds: float) -> None:
        self.paused.append(seconds)


def by_botocore(url: str, sent: Request, by: Credentials) -> str:
    """The signature that botocore gives the same request."""
    plain = {name: text for name, text in sent.headers.items() if name != "authorization"}
    whole = f"{url}{sent.path}?{sent.query}" if sent.query else f"{url}{sent.path}"
    request = AWSRequest(sent.method, whole, plain, sent.body)
    request.context["timestamp"] = sent.headers["x-amz-date"]
    scope = sent.headers["authorization"].split("/")
    made = S3SigV4Auth if scope[3] == "s3" else SigV4Auth
    auth = made(Rights(by.key, by.secret, by.token), scope[3], scope[2])
    told = auth.string_to_sign(request, auth.canonical_request(request))
    signed: str = auth.signature(told, request)
    return signed


@pytest.mark.parametrize("service", APIS)
@pytest.mark.parametrize("by", [None, JOBS])
def test_a_request_is_signed_as_botocore_signs_it(service: str, by: Credentials | None) -> None:
    """With the rights of the job where it has some, else with the function's own."""
    wire = Wire(Answer(200, b"{}"))
    wire.api(service, by).put_item(TableName="jobs", Item=ITEM)
    url, sent = wire.sent[0]
    assert json.loads(sent.body) == {"TableName": "jobs", "Item": ITEM}
    assert sent.headers["authorization"].endswith(f"={by_botocore(url, sent, by or OWN)}")


@pytest.mark.parametrize("by", [None, JOBS])
@pytest.mark.parametrize("version", [None, "v/1+ä"])
def test_a_link_is_signed_as_botocore_signs_it(
    by: Credentials | None, version: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its query, for so long, under the name that the file is to have."""
    pointer = Pointer.to("", "lane/j 1/made/corrected é.json", version)
    s3: Any = S3(HERE, by)
    made = S3Payloads("payloads", s3).link(pointer, "corrected.json", 60)
    plain, _, signature = made.partition("&X-Amz-Signature=")
    said = dict(parse_qsl(plain.partition("?")[2]))
    monkeypatch.setattr(auth, "get_current_datetime", lambda: at(said["X-Amz-Date"]))
    given = {name: text for name, text in said.items() if not name.startswith("X-Amz-")}
    asked = AWSRequest("GET", plain.partition("?")[0], params=given)
    rights = by or OWN
    signer = S3SigV4QueryAuth(
        Rights(rights.key, rights.secret, rights.token), "s3", HERE.region, expires=60
    )
    signer.add_auth(asked)
    assert str(asked.url).partition("X-Amz-Signature=")[2] == signature
    assert given["response-content-disposition"] == 'attachment; filename="corrected.json"'
    assert given.get("versionId") == version


def at(date: str) -> datetime:
    """A signature's moment."""
    return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@pytest.mark.control
def test_control_another_secret_or_body_has_another_signature() -> None:
    """So the comparison above sees both."""
    wire = Wire(Answer(200, b"{}"))
    wire.api().put_item(TableName="jobs", Item=ITEM)
    url, sent = wire.sent[0]
    others = [by_botocore(url, sent, JOBS), by_botocore(url, replace(sent, body=b"{}"), OWN)]
    assert not any(sent.headers["authorization"].endswith(f"={other}") for other in others)


@pytest.mark.parametrize("service", APIS)
def test_a_service_is_spoken_to_as_its_description_says(service: str) -> None:
    """Target, version, host, and every operation that a function of ours calls."""
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    name, target, version = APIS[service]
    assert model.metadata["targetPrefix"] == target
    assert model.metadata["jsonVersion"] == version
    assert model.endpoint_prefix == model.signing_name == name
    assert set(CALLED[service].split()) <= set(model.operation_names)


@pytest.mark.parametrize("body", [CANCELLED, SLOW, WRONG])
def test_a_refusal_is_read_as_botocore_reads_it(body: Mapping[str, object]) -> None:
    """Its code, its words, and why each write of a transaction was refused."""
    model = ServiceModel(Loader().load_service_model("dynamodb", "service-2"), "dynamodb")
    text = json.dumps(body).encode()
    whole = {"status_code": 400, "headers": {}, "body": text}
    shape = model.operation_model("TransactWriteItems").output_shape
    assert shape
    theirs = create_parser("json").parse(whole, shape)
    ours = refusal(400, text)
    assert ours["Error"] == theirs["Error"]
    assert ours.get("CancellationReasons") == body.get("CancellationReasons")


def test_an_answer_of_whoever_stands_before_aws_has_its_status_as_code() -> None:
    """It is no JSON, or none of AWS."""
    for text in (b"<html>", b"[]", b"", b"\xff"):
        assert refusal(503, text)["Error"] == {"Code": "503", "Message": ""}


@pytest.mark.parametrize("trouble", [said(SLOW), said({}, 503), Unavailable("cut")])
def test_trouble_that_passes_is_tried_again(trouble: Told) -> None:
    """Twice more, after up to one second and up to two."""
    wire = Wire(trouble, trouble, said({"Items": []}, 200))
    assert wire.api().query(TableName="jobs") == {"Items": []}
    assert len(wire.sent) == 3
    assert [0 <= one <= most for one, most in zip(wire.paused, (1, 2), strict=True)] == [True] * 2


def test_trouble_that_stays_is_told() -> None:
    """After three tries: as AWS said it, or that nothing was answered."""
    slow, silent = Wire(said(SLOW)), Wire(Unavailable("AWS gave no answer"))
    with pytest.raises(ClientError, match="ThrottlingException"):
        slow.api().query(TableName="jobs")
    with pytest.raises(Unavailable, match="no answer"):
        silent.api().query(TableName="jobs")
    assert len(slow.sent) == len(silent.sent) == 3


@pytest.mark.parametrize("body", [CANCELLED, WRONG])
def test_what_no_retry_helps_is_sent_once(body: Mapping[str, object]) -> None:
    """A condition that failed, a request that is wrong."""
    wire = Wire(said(body))
    with pytest.raises(ClientError):
        wire.api().transact_write_items(TransactItems=[])
    assert len(wire.sent) == 1
    assert wire.paused == []


def test_where_a_function_runs_is_told_by_lambda() -> None:
    """A command at a terminal, and a test, are no function: boto3 finds their rights."""
    told = {
        "AWS_LAMBDA_FUNCTION_NAME": "decide",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "secret/+",
        "AWS_SESSION_TOKEN": "a token",
    }
    settings = Settings.of(told)
    assert settings.place == HERE
    assert "secret/+" not in f"{settings!r}{HERE!r}"
    assert "a token" not in f"{settings!r}{HERE!r}"
    del told["AWS_LAMBDA_FUNCTION_NAME"]
    assert Settings.of(told).place is None


def test_each_service_has_its_own_host_unless_the_stand_has_one_for_all() -> None:
    """In China they have another name."""
    assert HERE.url("states") == "https://states.eu-central-1.amazonaws.com"
    assert Place("cn-north-1", OWN).url("sqs") == "https://sqs.cn-north-1.amazonaws.com.cn"
    assert Place("eu-central-1", OWN, "http://127.0.0.1:1").url("sqs") == "http://127.0.0.1:1"


def test_a_private_name_is_no_operation() -> None:
    """What copies or describes an object asks for such."""
    assert not hasattr(Wire(Answer(200, b"")).api(), "_private")


ASSUMED = b"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>another/+=</SecretAccessKey>
<SessionToken>its token</SessionToken><Expiration>2026-11-29T20:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""
DENIED = b"""<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>not you</Message></Error></ErrorResponse>"""


def test_a_role_is_assumed_with_the_function_s_own_rights() -> None:
    """The form is signed as botocore signs it."""
    wire = Wire(Answer(200, ASSUMED))
    assumed = Sts(HERE, wire).assume_role(RoleArn="arn:role/a b", DurationSeconds=900)
    assert assumed["Credentials"] == {
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "another/+=",
        "SessionToken": "its token",
    }
    url, sent = wire.sent[0]
    assert dict(parse_qsl(sent.body.decode())) == {
        "Action": "AssumeRole",
        "Version": ServiceModel(Loader().load_service_model("sts", "service-2")).api_version,
        "RoleArn": "arn:role/a b",
        "DurationSeconds": "900",
    }
    assert sent.headers["authorization"].endswith(f"={by_botocore(url, sent, OWN)}")


def test_a_role_that_is_refused_or_not_given_is_no_session() -> None:
    """A refusal has its code; an answer without credentials is none."""
    with pytest.raises(ClientError, match="AccessDenied"):
        Sts(HERE, Wire(Answer(403, DENIED))).assume_role(RoleArn="r")
    with pytest.raises(ClientError, match="502"):
        Sts(HERE, Wire(Answer(502, b"<html>")), lambda _: None).assume_role(RoleArn="r")
    with pytest.raises(Unavailable):
        Sts(HERE, Wire(Answer(200, b"<x/>"))).assume_role(RoleArn="r")


KEY = "uploads/Änderung #1, 50 %+.eml"
GONE = b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>no such</Message></Error>"


def test_an_object_is_put_and_got_under_its_own_name() -> None:
    """Whatever signs its key and version hold; both are signed as botocore signs them."""
    wire = Wire(Answer(200, b"", {"x-amz-version-id": "v/1="}), Answer(200, b"content"))
    s3 = S3(HERE, JOBS, wire)
    assert s3.put_object(Bucket="payloads", Key=KEY, Body=b"content") == {"VersionId": "v/1="}
    got = s3.get_object(Bucket="payloads", Key=KEY, VersionId="v/1=")
    assert got["Body"].read() == b"content"
    for url, sent in wire.sent:
        assert unquote(sent.path) == f"/payloads/{KEY}"
        assert sent.headers["authorization"].endswith(f"={by_botocore(url, sent, JOBS)}")
    put, get = (sent for _, sent in wire.sent)
    assert (put.method, put.body, put.query) == ("PUT", b"content", "")
    assert (get.method, get.body, parse_qsl(get.query)) == ("GET", b"", [("versionId", "v/1=")])


def test_an_object_that_is_gone_has_its_code_and_one_without_versions_none() -> None:
    """The adapter knows what the code means."""
    with pytest.raises(NotFound):
        S3Payloads("payloads", S3(HERE, None, Wire(Answer(404, GONE)))).get(POINTER)  # type: ignore[arg-type] # it has the two calls
    assert S3(HERE, None, Wire(Answer(200, b""))).put_object(Bucket="b", Key="k", Body=b"") == {}


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        (Answer(200, b""), True),
        (Answer(412, b"<Error><Code>PreconditionFailed</Code></Error>"), False),
        (Answer(409, b"<Error><Code>ConditionalRequestConflict</Code></Error>"), False),
    ],
)
def test_of_two_writers_of_a_shared_object_the_first_wins(answer: Answer, *, stored: bool) -> None:
    """By S3's own condition, which is signed with the rest; any other refusal goes through."""
    wire = Wire(answer)
    payloads = S3Payloads("payloads", S3(HERE, None, wire, wire._waits))  # type: ignore[arg-type]
    assert payloads.put_first("answers/x", b"{}") is stored
    url, sent = wire.sent[0]
    assert sent.headers["if-none-match"] == "*"
    assert sent.headers["authorization"].endswith(f"={by_botocore(url, sent, OWN)}")


def test_a_refusal_of_another_kind_is_none_of_a_second_writer() -> None:
    """A missing right must not look like somebody else's answer."""
    wire = Wire(Answer(403, b"<Error><Code>AccessDenied</Code></Error>"))
    payloads = S3Payloads("payloads", S3(HERE, None, wire))  # type: ignore[arg-type] # it has the two calls
    with pytest.raises(ClientError, match="AccessDenied"):
        payloads.put_first("answers/x", b"{}")
