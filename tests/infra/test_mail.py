"""Mail: sent under a configuration set whose bounces and complaints come back to one function."""

from infra.steps import ROWS
from tests.infra.template import Template

RETURNED = ["Email Bounced", "Email Complaint Received", "Email Rejected"]
SENDS = {"ActMail", "Ask", "Escalate", "Approvals", "Tick"}


def the_set(template: Template) -> str:
    """The set of all mails but those of campaigns."""
    (name,) = (
        name
        for name, one in template.of("SES::ConfigurationSet").items()
        if not one["Name"].endswith("-campaigns")
    )
    return name


def test_the_set_publishes_what_comes_back_to_the_default_bus(dev: Template) -> None:
    """Bounces, complaints and rejects, enabled, on the only bus that SES can reach."""
    name = the_set(dev)
    (destination,) = (
        one
        for one in dev.of("SES::ConfigurationSetEventDestination").values()
        if one["ConfigurationSetName"] == {"Ref": name}
    )
    published = destination["EventDestination"]
    assert published["Enabled"] is True
    assert set(published["MatchingEventTypes"]) == {"bounce", "complaint", "reject"}
    assert "event-bus/default" in str(published["EventBridgeDestination"]["EventBusArn"])


def test_one_rule_hears_of_this_stages_mails_only(dev: Template, prod: Template) -> None:
    """Source, types and the set's name; events of another stage's mails go past."""
    for template, stage in ((dev, "dev"), (prod, "prod")):
        rules = template.of("Events::Rule").values()
        (rule,) = (r for r in rules if r.get("EventPattern", {}).get("detail-type") == RETURNED)
        assert rule["EventPattern"]["source"] == ["aws.ses"]
        tags = {"ses:configuration-set": [f"countersign-{stage}"]}
        assert rule["EventPattern"]["detail"] == {"mail": {"tags": tags}}
        (target,) = rule["Targets"]
        assert "Delivery" in target["Arn"]["Fn::GetAtt"][0]


def test_whoever_sends_has_the_right_on_identity_and_set(dev: Template) -> None:
    """SES asks for both as soon as a set is named; the set's name is the one that is deployed."""
    published = dev.of("SES::ConfigurationSet")[the_set(dev)]
    for row in ROWS:
        on = {grant.on for grant in row.needs(()) if grant.service == "ses"}
        assert on == ({"sender", "mail-set"} if row.name in SENDS else set()), row.name
        assert ("MAIL_CONFIGURATION_SET" in row.env) is (row.name in SENDS)
    named = dev.function("ActMail")["Environment"]["Variables"]["MAIL_CONFIGURATION_SET"]
    assert named == published["Name"] == "countersign-dev"
    resources = [r for s in dev.statements() if "ses:SendEmail" in s.actions for r in s.resources]
    assert any("configuration-set/countersign-dev" in resource for resource in resources)


def test_delivery_may_write_jobs_and_nothing_else(dev: Template) -> None:
    """It reads no secret, sends no mail and wakes nobody: `tick` does what follows."""
    (row,) = (row for row in ROWS if row.name == "Delivery")
    assert {(grant.on, grant.service) for grant in row.may} == {
        ("jobs", "dynamodb"),
        ("failures", "sqs"),
    }
    assert set(row.layers) == {"core"}
    assert "DeleteItem" not in str([grant.verbs for grant in row.may])
    assert dev.function("Delivery")["Timeout"] == row.timeout


def test_what_should_not_happen_has_an_alarm(dev: Template) -> None:
    """Each of these counters wakes somebody, by the dimension that is emitted: the service."""
    every = dev.of("CloudWatch::Alarm").values()
    alarms = {a["MetricName"]: a for a in every if "MetricName" in a}  # the others compute
    for name in ("MailsBounced", "MailComplaints", "WebhooksNotQueued", "CallbacksLost"):
        assert alarms[name]["Dimensions"] == [{"Name": "service", "Value": "countersign-dev"}]
        assert alarms[name]["Threshold"] == 0
