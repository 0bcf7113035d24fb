"""Campaigns in the template: nothing that they use is what approvals use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countersign.web.responses import METHODS
from infra.settings import SettingsError, context, load
from infra.steps import CAMPAIGNING, DOORS, STEPS
from tests.infra.template import Template
from tests.infra.test_settings import cdk_json

BECAME = [
    *("Email Sent", "Email Delivered", "Email Bounced", "Email Complaint Received"),
    *("Email Rejected", "Email Delivery Delayed"),
]
A_SECOND = 20
"""As infra/stack/campaigns.py has them, which tests do not import: with it comes CDK."""
ROUTES = {f"{method} /unsubscribe/{{token}}" for method in METHODS}


def the_set(template: Template) -> tuple[str, str]:
    """Id and name of the campaigns' configuration set."""
    ((held, one),) = (
        (held, one)
        for held, one in template.of("SES::ConfigurationSet").items()
        if one["Name"].endswith("-campaigns")
    )
    return held, str(one["Name"])


def test_campaigns_publish_their_whole_course_under_a_set_of_their_own(dev: Template) -> None:
    """Sends, deliveries, bounces, complaints and what is rejected or late, to the default bus."""
    held, name = the_set(dev)
    assert name == "countersign-dev-campaigns"
    (destination,) = (
        one["EventDestination"]
        for one in dev.of("SES::ConfigurationSetEventDestination").values()
        if one["ConfigurationSetName"] == {"Ref": held}
    )
    assert destination["Enabled"] is True
    assert set(destination["MatchingEventTypes"]) == {
        *("send", "delivery", "bounce", "complaint", "reject", "deliveryDelay")
    }
    assert "event-bus/default" in str(destination["EventBridgeDestination"]["EventBusArn"])


def test_what_becomes_of_them_is_queued_for_a_bounded_function_of_its_own(dev: Template) -> None:
    """One rule hears of this set's mails, a queue holds them with its dead letters behind it, and
    the consumer takes batches and never more than a few at once."""
    _, name = the_set(dev)
    rules = dev.of("Events::Rule").values()
    (rule,) = (r for r in rules if r.get("EventPattern", {}).get("detail-type") == BECAME)
    assert rule["EventPattern"]["detail"] == {"mail": {"tags": {"ses:configuration-set": [name]}}}
    (target,) = rule["Targets"]
    queue = target["Arn"]["Fn::GetAtt"][0]
    dead = target["DeadLetterConfig"]["Arn"]
    held = dev.of("SQS::Queue")[queue]
    assert held["RedrivePolicy"]["deadLetterTargetArn"] == dead
    (source,) = (
        one
        for one in dev.of("Lambda::EventSourceMapping").values()
        if one["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}
    )
    assert "CampaignEvents" in source["FunctionName"]["Ref"]
    assert source["BatchSize"] > 1
    assert source["ScalingConfig"]["MaximumConcurrency"] <= 10
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_page_has_a_limit_of_its_own_beside_everybody_else_s(dev: Template) -> None:
    """Each of its routes; no other route has one, and none of its calls is another's."""
    stage = dev.one("ApiGatewayV2::Stage")
    assert set(stage["RouteSettings"]) == ROUTES
    assert {json.dumps(one, sort_keys=True) for one in stage["RouteSettings"].values()} == {
        json.dumps({"ThrottlingBurstLimit": 2 * A_SECOND, "ThrottlingRateLimit": A_SECOND})
    }
    (made,) = (
        one for one in dev.body["Resources"].values() if one["Type"] == "AWS::ApiGatewayV2::Stage"
    )
    routes = {
        name for name, one in dev.of("ApiGatewayV2::Route").items() if one["RouteKey"] in ROUTES
    }
    assert routes <= set(made["DependsOn"])


def test_functions_are_kept_for_the_page_where_the_stage_says_so(
    dev: Template, prod: Template
) -> None:
    """In `prod` ten, and no more ever run; in `dev`, whose account may be a new one, none."""
    assert load("prod").unsubscribe_at_once == 10
    assert prod.function("Unsubscribe")["ReservedConcurrentExecutions"] == 10
    assert "ReservedConcurrentExecutions" not in dev.function("Unsubscribe")
    for row in (*STEPS, *DOORS):
        assert "ReservedConcurrentExecutions" not in prod.function(row.name)


def test_who_hears_and_who_unsubscribes_reaches_no_job_and_no_mail() -> None:
    """Rows of messages, of addresses for unsubscribing, of counts, and new ones of the suppression
    list; neither reads a secret or a payload, and neither takes anybody off the list."""
    for row in CAMPAIGNING:
        on_table = [grant for grant in row.may if grant.on == "jobs"]
        assert all(grant.rows for grant in on_table), row.name
        assert "DeleteItem" not in str([grant.verbs for grant in on_table])
        assert {grant.service for grant in row.may} <= {"dynamodb", "sqs"}
    (leaves,) = (row for row in CAMPAIGNING if row.name == "Unsubscribe")
    assert {grant.rows for grant in leaves.may} == {"UNSUBSCRIBE#", "SUPPRESSION", "CAMPAIGN#"}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"campaign_from": "news@example.com"}, "the domain of approvals too"),
        ({"campaign_from": "news@EXAMPLE.com"}, "the domain of approvals too"),
        (
            {"sender_domain": "example.com", "campaign_from": "news@example.com"},
            "the domain of approvals too",
        ),
        ({"campaign_from": "nobody"}, "campaign_from"),
        ({"campaign_from": "", "unsubscribe_at_once": 5}, "has no such page"),
    ],
)
def test_a_stage_whose_campaigns_come_from_approvals_domain_is_refused(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    """Before anything is synthesized, with what to do. Control: a subdomain of its own loads."""
    with pytest.raises(SettingsError, match=says):
        load("dev", cdk_json(tmp_path, **changes))
    assert load("dev").campaign_domain != context()["stages"]["dev"]["mail_from"].partition("@")[2]


def test_their_domain_is_verified_and_its_records_are_outputs(dev: Template) -> None:
    """DKIM, a MAIL FROM of its own and SPF, beside those of approvals and not among them."""
    identities = {one["EmailIdentity"] for one in dev.of("SES::EmailIdentity").values()}
    assert identities == {"countersign-dev@example.com", "news.example.com"}
    outputs = set(dev.body["Outputs"])
    wanted = {"DnsCampaignDkim1", "DnsCampaignMailFrom", "DnsCampaignSpf", "CampaignQueueUrl"}
    assert wanted <= outputs
