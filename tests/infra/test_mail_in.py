"""Mail that comes in, a sender's domain, and an address of one's own: only where a stage asks."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import ValidationError

from infra.build import mail, synth
from infra.settings import SANDBOX, MailIn, Settings, SettingsError, context
from infra.steps import ROWS
from tests.infra.template import Template
from tests.infra.test_synthesis import EXPLAINED, lint

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/x"
FROM = context()["stages"]["dev"]["campaign_from"]
MAIL_IN = MailIn(domain="in.cranes.internal", addresses={"refunds": "refund_request"})


def _settings(**changes: Any) -> Settings:
    held = {**context()["stages"]["dev"], "mail_from": "robot@cranes.internal", **changes}
    return Settings.model_validate_json(json.dumps({**held, "stage": "dev"}))


WHOLE = {
    "sender_domain": "cranes.internal",
    "public_domain": "sign.cranes.internal",
    "certificate_arn": CERTIFICATE,
    "mail_in": MAIL_IN.model_dump(),
    "sandbox_recipients": ["ana@cranes.internal"],
    "connector_limits": {
        **context()["stages"]["dev"]["connector_limits"],
        "starts": [{"requests": 1, "seconds": 1}],
    },
}
"""All that only some stages have, at once."""
_PROGRAM = """
import json, sys
from infra import app, settings
given = json.loads(sys.argv[1])
app.load = lambda stage: settings.Settings.model_validate_json(json.dumps(given))
app.main()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The whole stage, as `make deploy` would synthesize it: cdk-nag has found nothing more."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "whole.py").write_text(_PROGRAM)
    given = _settings(**WHOLE).model_dump_json(exclude_none=True)
    done = synth.run([sys.executable, str(folder / "whole.py"), given], "dev", folder / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    return Template(folder / "out")


@pytest.mark.soak
def test_cdk_nag_accepts_the_whole_stage(made: Template) -> None:
    """No finding that the table does not have, and cfn-lint has none either."""
    (plugin,) = json.loads((made.path.parent / "validation-report.json").read_text())[
        "pluginReports"
    ]
    assert (plugin["conclusion"], plugin["violations"]) == ("success", [])
    assert {one["Rule"]["Id"] for one in lint(made.path)} <= EXPLAINED


@pytest.mark.soak
def test_who_mails_in_the_sandbox_may_mail_to_those_alone(made: Template) -> None:
    """Each role with the right to send has it on the verified addresses, under the condition of our
    own sender; no other role names them, and Start alone may book a start."""
    sending, naming = set(), set()
    for role, properties in made.of("IAM::Role").items():
        for policy in properties["Policies"]:
            for row in policy["PolicyDocument"]["Statement"]:
                if "ses:SendEmail" not in str(row["Action"]):
                    continue
                sending.add(role)
                if "identity/ana@cranes.internal" in json.dumps(row["Resource"]):
                    naming.add(role)
                    wanted = {"StringEquals": {"ses:FromAddress": ["robot@cranes.internal", FROM]}}
                    assert row["Condition"] == wanted
    assert naming == sending
    assert len(naming) == len([row for row in ROWS if row.needs({SANDBOX}) != row.needs(())])


@pytest.mark.soak
def test_each_address_has_its_prefix_and_the_rest_is_the_front_desks(
    made: Template,
) -> None:
    """A rule puts an address's mail under its workflow, the next one all other mail of the domain
    under `inbox/`; each ends the search, so that no mail becomes two jobs."""
    every = list(made.of("SES::ReceiptRule").values())
    rules = {one["Rule"]["Recipients"][0]: one["Rule"] for one in every}
    prefixes = {
        name: rule["Actions"][0]["S3Action"]["ObjectKeyPrefix"] for name, rule in rules.items()
    }
    assert prefixes == {
        "refunds@in.cranes.internal": "refund_request/",
        "in.cranes.internal": "inbox/",
    }
    assert all("StopAction" in rule["Actions"][1] for rule in rules.values())
    (last,) = (one for one in every if "After" in one)
    assert last["Rule"]["Recipients"] == ["in.cranes.internal"]


@pytest.mark.soak
def test_ses_writes_for_our_rules_alone(made: Template) -> None:
    """The bucket takes objects of SES only for rules of this set in this account."""
    (ours,) = (
        one
        for policy in made.of("S3::BucketPolicy").values()
        for one in policy["PolicyDocument"]["Statement"]
        if one["Principal"] == {"Service": "ses.amazonaws.com"}
    )
    assert ours["Action"] == "s3:PutObject"
    assert ours["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "countersign-dev:receipt-rule/*" in json.dumps(ours["Condition"]["ArnLike"])


@pytest.mark.soak
def test_what_belongs_into_the_dns_is_an_output(made: Template) -> None:
    """Easy DKIM, MAIL FROM with SPF, the mail that comes in, and the address of the pages."""
    outputs = {name: json.dumps(one["Value"]) for name, one in made.body["Outputs"].items()}
    assert {name for name in outputs if name.startswith("Dns")} == {
        *("DnsDkim1", "DnsDkim2", "DnsDkim3", "DnsMailFrom", "DnsSpf", "DnsMailIn", "DnsPublic"),
    }
    assert "in.cranes.internal MX 10 inbound-smtp." in outputs["DnsMailIn"]
    assert made.one("ApiGatewayV2::Api")["DisableExecuteApiEndpoint"] is True
    assert "https://sign.cranes.internal" in outputs["ApiUrl"]
    told = made.function("Ask")["Environment"]["Variables"]["PUBLIC_BASE_URL"]
    assert told == "https://sign.cranes.internal"


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
