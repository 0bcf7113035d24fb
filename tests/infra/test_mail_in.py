"""Mail that comes in, a sender's domain, and an address of one's own: only where a stage asks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from pydantic import ValidationError

from infra.build import mail
from infra.settings import MailIn, Settings, SettingsError, context

if TYPE_CHECKING:
    from aws_cdk import assertions

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/x"
MAIL_IN = MailIn(domain="in.cranes.internal", addresses={"refunds": "refund_request"})


def _settings(**changes: Any) -> Settings:
    held = {**context()["stages"]["dev"], "mail_from": "robot@cranes.internal", **changes}
    return Settings.model_validate_json(json.dumps({**held, "stage": "dev"}))


@pytest.fixture(scope="module")
def made() -> assertions.Template:
    """A stack of what such a stage has besides."""
    # To import CDK starts its Node process, which would do so for every worker that collects.
    from aws_cdk import App, Stack, assertions, aws_s3  # noqa: PLC0415

    from infra.stack.api import Api  # noqa: PLC0415
    from infra.stack.approvals import Approvals  # noqa: PLC0415
    from infra.stack.mail_in import Receiving  # noqa: PLC0415

    settings = _settings(
        sender_domain="cranes.internal",
        public_domain="sign.cranes.internal",
        certificate_arn=CERTIFICATE,
    )
    stack = Stack(App(), "s")
    bucket = aws_s3.Bucket(stack, "Uploads", enforce_ssl=True)
    Receiving(stack, "MailIn", settings, MAIL_IN, bucket)
    Approvals(stack, "Approvals", settings)
    assert Api(stack, "Api", settings).url == "https://sign.cranes.internal"
    return assertions.Template.from_stack(stack)


def _of(made: assertions.Template, kind: str) -> list[Mapping[str, Any]]:
    return [one["Properties"] for one in made.find_resources(f"AWS::{kind}").values()]


@pytest.mark.soak
def test_each_address_has_its_prefix_and_the_rest_is_the_front_desks(
    made: assertions.Template,
) -> None:
    """A rule puts an address's mail under its workflow, the next one all other mail of the domain
    under `inbox/`; each ends the search, so that no mail becomes two jobs."""
    rules = {one["Rule"]["Recipients"][0]: one["Rule"] for one in _of(made, "SES::ReceiptRule")}
    prefixes = {
        name: rule["Actions"][0]["S3Action"]["ObjectKeyPrefix"] for name, rule in rules.items()
    }
    assert prefixes == {
        "refunds@in.cranes.internal": "refund_request/",
        "in.cranes.internal": "inbox/",
    }
    assert all("StopAction" in rule["Actions"][1] for rule in rules.values())
    (last,) = (one for one in _of(made, "SES::ReceiptRule") if "After" in one)
    assert last["Rule"]["Recipients"] == ["in.cranes.internal"]


@pytest.mark.soak
def test_ses_writes_for_our_rules_alone(made: assertions.Template) -> None:
    """The bucket takes objects of SES only for rules of this set in this account."""
    (policy,) = _of(made, "S3::BucketPolicy")
    (ours,) = (
        one
        for one in policy["PolicyDocument"]["Statement"]
        if one["Principal"] == {"Service": "ses.amazonaws.com"}
    )
    assert ours["Action"] == "s3:PutObject"
    assert ours["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "countersign-dev:receipt-rule/*" in json.dumps(ours["Condition"]["ArnLike"])


@pytest.mark.soak
def test_what_belongs_into_the_dns_is_an_output(made: assertions.Template) -> None:
    """Easy DKIM, MAIL FROM with SPF, the mail that comes in, and the address of the pages."""
    outputs = {name: json.dumps(one["Value"]) for name, one in made.find_outputs("*").items()}
    assert {name for name in outputs if name.startswith("Dns")} == {
        *("DnsDkim1", "DnsDkim2", "DnsDkim3", "DnsMailFrom", "DnsSpf", "DnsMailIn", "DnsPublic"),
    }
    assert "in.cranes.internal MX 10 inbound-smtp." in outputs["DnsMailIn"]
    (api,) = _of(made, "ApiGatewayV2::Api")
    assert api["DisableExecuteApiEndpoint"] is True


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sender_domain": "other.internal"}, "robot@cranes.internal is not in other.internal"),
        ({"public_domain": "a.cranes.internal"}, "go together"),
        ({"mail_in": {"domain": "x.y", "addresses": {"a": "brew"}}}, "no workflow is called brew"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, Any], why: str) -> None:
    """A sender of another domain, an address without a certificate, mail for no workflow."""
    with pytest.raises(ValidationError, match=why):
        _settings(**changes)


@pytest.mark.usefixtures("made_up_credentials")
def test_a_rule_set_of_somebody_else_stays_the_active_one() -> None:
    """Where none is active ours is made so; where another is, the stage has to name it; and where a
    region takes no mail the deployment is refused before it begins."""
    before = dict(os.environ)
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
    settings = _settings()
    try:
        with mock_aws():
            ses = boto3.client("ses")
            mail.check(settings, MAIL_IN, "eu-west-1", receives=lambda _: True)
            ses.create_receipt_rule_set(RuleSetName="countersign-dev")
            assert "is active" in mail.activate(settings, MAIL_IN)
            ses.create_receipt_rule_set(RuleSetName="theirs")
            ses.set_active_receipt_rule_set(RuleSetName="theirs")
            assert "comes in" in mail.activate(settings, MAIL_IN)
            assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "theirs"
            with pytest.raises(SettingsError, match="theirs is active in eu-west-1: name it"):
                mail.check(settings, MAIL_IN, "eu-west-1", receives=lambda _: True)
            with pytest.raises(SettingsError, match="SES receives no mail in eu-west-1"):
                mail.check(settings, MAIL_IN, "eu-west-1", receives=lambda _: False)
    finally:
        os.environ.clear()
        os.environ |= before
