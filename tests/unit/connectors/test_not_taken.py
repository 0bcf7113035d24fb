"""A key, a sender or a model that is not taken is told apart from what is wrong with one job."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from countersign.connectors.aws.ses import SesMailer
from countersign.connectors.http import OpenGate
from countersign.connectors.openai.client import OpenAIModel
from countersign.domain.errors import Ambiguous, Misconfigured, Refused, Throttled, Unavailable
from countersign.domain.mail import Email
from countersign.domain.ports import ModelRequest
from tests.unit.connectors.aws_faults import answering

SENDER = "hello@countersign.example"
UNVERIFIED = (
    "Email address is not verified. The following identities failed the check in region US-EAST-1: "
)


def mailer(code: str, message: str = "made up", status: int = 400) -> SesMailer:
    """SES answers each mail with this error."""
    return SesMailer(SENDER, "mails", answering(code, status, message=message)("sesv2"))


@pytest.mark.parametrize(
    ("code", "message", "meaning"),
    [
        ("AccessDeniedException", "made up", Misconfigured),
        ("AccountSuspendedException", "made up", Misconfigured),
        ("SendingPausedException", "made up", Misconfigured),
        ("MailFromDomainNotVerifiedException", "made up", Misconfigured),
        ("NotFoundException", "Configuration set <mails> does not exist.", Misconfigured),
        ("MessageRejected", UNVERIFIED + SENDER, Misconfigured),
        ("MessageRejected", UNVERIFIED + "a@b.example, Hello@Countersign.example", Misconfigured),
        ("MessageRejected", UNVERIFIED + "countersign.example", Misconfigured),
        ("MessageRejected", UNVERIFIED + "someone@hafenwerk.example", Refused),
        ("MessageRejected", "made up", Refused),
        ("BadRequestException", "Illegal address", Refused),
        ("TooManyRequestsException", "made up", Throttled),
        ("ThrottlingException", "Maximum sending rate exceeded.", Throttled),
        ("LimitExceededException", "made up", Throttled),
    ],
)
def test_what_ses_says_of_the_sender_is_no_recipients_fault(
    code: str, message: str, meaning: type[Exception]
) -> None:
    """It has one code for a sender and for a recipient of the sandbox that is not verified."""
    email = Email(to="someone@hafenwerk.example", subject="s", text="t")
    with pytest.raises(meaning):
        mailer(code, message).send(email)


def test_an_error_of_ses_itself_stays_ambiguous() -> None:
    """Whatever its code: the mail may have been taken."""
    with pytest.raises(Ambiguous):
        mailer("NotFoundException", status=503).send(Email(to="a@b.example", subject="", text=""))


def model(status: int, code: str | None) -> OpenAIModel:
    """An endpoint that answers each request with this error, on loopback."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            body = json.dumps({"error": {"message": "made up", "code": code}}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    return OpenAIModel(f"http://127.0.0.1:{server.server_port}/v1", "key", OpenGate())


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (401, "invalid_api_key", Misconfigured),
        (402, None, Misconfigured),
        (403, None, Misconfigured),
        (404, "model_not_found", Misconfigured),
        (400, "model_not_found", Misconfigured),
        (429, "insufficient_quota", Misconfigured),
        (400, None, Refused),
        (422, None, Refused),
        (429, None, Throttled),
        (500, None, Unavailable),
    ],
)
def test_a_key_or_model_that_the_endpoint_does_not_take(
    status: int, code: str | None, meaning: type[Exception]
) -> None:
    """A request that is wrong in itself, a pause and an outage stay what they are."""
    request = ModelRequest(
        model="m",
        messages=(("user", "hello"),),
        schema_name="s",
        schema={"type": "object"},
        temperature="0",
        max_output_tokens=10,
    )
    with pytest.raises(meaning):
        model(status, code).answer(request, 10.0)


def test_what_a_mail_encloses_is_handed_over_as_ses_takes_it() -> None:
    """By SES's own model of a request; a mail without anything says nothing of attachments."""
    ses = boto3.client("sesv2", region_name="eu-central-1")
    seen: list[dict[str, Any]] = []
    ses.meta.events.register("provide-client-params.*.*", lambda params, **_: seen.append(params))
    files = {"plan.pdf": b"%PDF", "plan.ics": b"BEGIN", "plan.json": b"{}"}
    with Stubber(ses) as stub:
        for one in (files, {}):
            stub.add_response("send_email", {"MessageId": "id-1"})
            mail = Email(to="a@b.example", subject="Plan", text="Plan", files=one)
            assert SesMailer(SENDER, "mails", ses).send(mail) == "id-1"
    enclosed, bare = (one["Content"]["Simple"] for one in seen)
    assert [
        (a["FileName"], a["RawContent"], a["ContentType"]) for a in enclosed["Attachments"]
    ] == [
        ("plan.pdf", b"%PDF", "application/pdf"),
        ("plan.ics", b"BEGIN", "text/calendar"),
        ("plan.json", b"{}", "application/json"),
    ]
    assert "Attachments" not in bare
