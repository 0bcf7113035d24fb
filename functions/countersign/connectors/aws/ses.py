"""Mail through SES. It has no idempotency key: a lost answer is ambiguous, never sent again."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from countersign.connectors.aws.client import client, guarded
from countersign.domain.campaigns.sending import Said
from countersign.domain.errors import Ambiguous, Misconfigured, Refused, Throttled, Unavailable
from countersign.domain.mail import Email, unsubscribe_headers

if TYPE_CHECKING:
    from types_boto3_sesv2 import SESV2Client
    from types_boto3_sesv2.type_defs import (
        AttachmentTypeDef,
        BodyTypeDef,
        MessageHeaderTypeDef,
        MessageTagTypeDef,
    )

    class Enclosed(TypedDict, total=False):
        """The part of a message that is there only if something is enclosed."""

        Attachments: list[AttachmentTypeDef]


_THROTTLED = frozenset({"TooManyRequestsException", "LimitExceededException", "Throttling"}) | {
    "ThrottlingException"
}
_NOT_OURS = frozenset({"AccessDeniedException", "AccountSuspendedException"}) | {
    *("MailFromDomainNotVerifiedException", "SendingPausedException", "NotFoundException"),
    *("AccessDenied", "InvalidClientTokenId", "UnrecognizedClientException"),
}
"""Of the sender, the account or the configuration set, whoever the mail is for."""
_SERVER_ERROR = 500
_TYPES = {"pdf": "application/pdf", "ics": "text/calendar", "json": "application/json"}
"""Of what we enclose, by the endings of its names."""
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")  # SES's own limits for the value of a tag


class SesMailer:
    """Sends as one verified identity, under the configuration set that publishes what becomes of
    the mails. The tags of a mail come back in its events."""

    def __init__(self, sender: str, configuration_set: str, ses: SESV2Client | None = None) -> None:
        self._sender = sender
        self._set = configuration_set
        self._ses = ses or client("sesv2")

    def send(self, email: Email) -> str:
        """SES's id of the accepted mail. Raises Throttled, Unavailable, Misconfigured, Refused or
        Ambiguous."""
        body: BodyTypeDef = {"Text": {"Data": email.text, "Charset": "UTF-8"}}
        if email.html:
            body["Html"] = {"Data": email.html, "Charset": "UTF-8"}
        try:
            sent = self._ses.send_email(
                FromEmailAddress=self._sender,
                ConfigurationSetName=self._set,
                EmailTags=_tags(email),
                Destination={"ToAddresses": [email.to]},
                ReplyToAddresses=[email.reply_to] if email.reply_to else [],
                Content={
                    "Simple": {
                        "Subject": {"Data": email.subject, "Charset": "UTF-8"},
                        "Body": body,
                        "Headers": _headers(email),
                        **_enclosed(email),
                    }
                },
            )
        except ClientError as error:
            raise self._refusal(error) from None
        except (ConnectTimeoutError, EndpointConnectionError):
            raise Unavailable("SES could not be reached; nothing was sent") from None
        except HTTPClientError:
            raise Ambiguous("SES took the mail or not: its answer was lost") from None
        return sent["MessageId"]

    def _refusal(self, error: ClientError) -> Exception:
        code = error.response["Error"]["Code"]
        if code in _THROTTLED:
            return Throttled("SES asks to send more slowly")
        if error.response["ResponseMetadata"].get("HTTPStatusCode", 400) >= _SERVER_ERROR:
            return Ambiguous(f"SES answered {code}: the mail may have been taken")
        if code in _NOT_OURS or self._is_unverified(error):
            return Misconfigured(
                f"SES sends nothing as {self._sender} ({code}): verify it there, and see that "
                "sending is not paused (`aws sesv2 get-account`)"
            )
        return Refused(f"SES refuses the mail: {code}")

    def _is_unverified(self, error: ClientError) -> bool:
        """Whether it is the sender that is not verified. In the sandbox a recipient may be that
        too, by the same code: SES names those that failed."""
        told = error.response["Error"].get("Message", "")
        failed = {one.strip().lower() for one in told.rpartition(":")[2].split(",")}
        own = self._sender.lower()
        return "not verified" in told and bool(failed & {own, own.rpartition("@")[2]})


class SesAccount:
    """What SES says of the account: campaigns.sending.SendingAccount."""

    def __init__(self, ses: SESV2Client | None = None) -> None:
        self._ses = guarded(ses or client("sesv2"))

    def said(self) -> Said:
        """Counts are of this region's account, by whoever sent. Raises Misconfigured without the
        right to ask."""
        try:
            found = self._ses.get_account()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise Misconfigured(f"SES does not say how much was sent ({code})") from None
        quota = found.get("SendQuota", {})
        return Said(
            sent=math.ceil(quota.get("SentLast24Hours", 0)),
            quota=int(quota.get("Max24HourSend", 0)),
            rate=int(quota.get("MaxSendRate", 0)),
            allowed=found.get("SendingEnabled", False),
        )


def _enclosed(email: Email) -> Enclosed:
    """SES makes the parts of the mail itself."""
    if not email.files:
        return {}
    return {
        "Attachments": [
            {
                "FileName": name,
                "RawContent": body,
                "ContentType": _TYPES[name.rpartition(".")[2]],
                "ContentTransferEncoding": "BASE64",
            }
            for name, body in email.files.items()
        ]
    }


def _tags(email: Email) -> list[MessageTagTypeDef]:
    """What SES would refuse as a tag is left out: a mail without a trace beats no mail."""
    told = email.about.items()
    return [{"Name": name, "Value": value} for name, value in told if _TAG.fullmatch(value)]


def _headers(email: Email) -> list[MessageHeaderTypeDef]:
    way_out = unsubscribe_headers(email.unsubscribe)
    said: list[MessageHeaderTypeDef] = [{"Name": n, "Value": v} for n, v in way_out.items()]
    if email.automatic:
        said.append({"Name": "Auto-Submitted", "Value": email.automatic})
    if not email.in_reply_to:
        return said
    return [
        *said,
        {"Name": "In-Reply-To", "Value": email.in_reply_to},
        {"Name": "References", "Value": email.in_reply_to},
    ]
