"""The rewrites change what the emulator cannot do, and nothing else."""

from typing import Any

import pytest

from infra.local.cloud.rewrites import REWRITES, Local, rewrite
from infra.local.cloud.templates import Template

KNOWN = frozenset(
    {
        "AWS::CloudWatch::Alarm",
        "AWS::Lambda::Function",
        "AWS::Lambda::LayerVersion",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


def function(**properties: Any) -> dict[str, Any]:
    code = {"S3Bucket": "assets", "S3Key": "abc.zip"}
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.13", "Handler": "a.handler", "Code": code, **properties},
    }


def run(resources: dict[str, Any], **more: Any) -> tuple[Template, list[str]]:
    overrides = more.pop("overrides", {})
    return rewrite({"Resources": resources, **more}, Local(KNOWN, overrides))


def test_a_template_that_needs_nothing_stays_as_it_is() -> None:
    """A template of supported resources without special cases comes back equal, with no line."""
    resources = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}}
    template, lines = run(resources, Outputs={"Name": {"Value": {"Ref": "Queue"}}})
    assert template == {"Resources": resources, "Outputs": {"Name": {"Value": {"Ref": "Queue"}}}}
    assert lines == []


def test_the_given_template_is_not_changed() -> None:
    """The rewrites work on a copy."""
    resources = {"F": function(Layers=["x"])}
    run(resources)
    assert resources == {"F": function(Layers=["x"])}


def test_an_unsupported_type_goes_with_everything_that_points_at_it() -> None:
    """A dropped resource leaves no reference, dependency or output behind, and is counted."""
    template, lines = run(
        {
            "Odd": {"Type": "AWS::Odd::Thing", "Properties": {}},
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "DependsOn": ["Odd", "Other"],
                "Properties": {"A": [{"Ref": "Odd"}], "B": {"Fn::GetAtt": ["Odd", "Arn"]}},
            },
            "Other": {"Type": "AWS::SQS::Queue", "DependsOn": "Odd"},
        },
        Outputs={"Odd": {"Value": {"Fn::GetAtt": "Odd.Arn"}}, "Kept": {"Value": {"Ref": "Queue"}}},
    )
    gone = {"Ref": "AWS::NoValue"}
    assert template["Resources"] == {
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "DependsOn": ["Other"],
            "Properties": {"A": [gone], "B": gone},
        },
        "Other": {"Type": "AWS::SQS::Queue"},
    }
    assert template["Outputs"] == {"Kept": {"Value": {"Ref": "Queue"}}}
    assert lines == ["dropped types: 1 (the emulator does not know them): AWS::Odd::Thing"]


def test_a_secret_is_named_by_its_arn() -> None:
    """`Ref` of a secret becomes its ARN wherever it stands; other references stay."""
    template, _ = run(
        {
            "Key": {"Type": "AWS::SecretsManager::Secret", "Properties": {}},
            "F": function(Environment={"Variables": {"K": {"Ref": "Key"}, "Q": {"Ref": "Queue"}}}),
            "Queue": {"Type": "AWS::SQS::Queue"},
        },
        Outputs={"Key": {"Value": {"Ref": "Key"}}},
    )
    arn = {"Fn::GetAtt": ["Key", "Id"]}
    variables = template["Resources"]["F"]["Properties"]["Environment"]["Variables"]
    assert variables == {"K": arn, "Q": {"Ref": "Queue"}}
    assert template["Outputs"]["Key"]["Value"] == arn


@pytest.mark.parametrize(
    ("properties", "runtime"),
    [
        ({}, "provided.al2023"),
        ({"Runtime": "python3.11"}, "provided.al2023"),
        ({"Runtime": "nodejs22.x"}, "nodejs22.x"),
        ({"Code": {"ZipFile": "pass"}}, "python3.13"),
    ],
)
def test_python_assets_run_under_our_interpreter(properties: dict[str, Any], runtime: str) -> None:
    """Only Python functions whose code is an asset become custom runtimes."""
    template, _ = run({"F": function(**properties)})
    assert template["Resources"]["F"]["Properties"]["Runtime"] == runtime


def test_layers_are_left_out() -> None:
    """Neither a layer nor a function's list of layers remains."""
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {}}
    template, _ = run({"Core": layer, "F": function(Layers=[{"Ref": "Core"}])})
    assert set(template["Resources"]) == {"F"}
    assert "Layers" not in template["Resources"]["F"]["Properties"]


def statement(effect: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:*", "Condition": condition}


TLS_ONLY = statement("Deny", {"Bool": {"aws:SecureTransport": "false"}})
OWN_ACCOUNT = statement("Deny", {"StringNotEquals": {"aws:SourceAccount": "000000000000"}})


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": document}}


def test_only_the_statement_about_tls_leaves_a_policy() -> None:
    """Every other statement of a bucket policy holds locally too; an emptied policy goes."""
    template, _ = run({"Both": policy(TLS_ONLY, OWN_ACCOUNT), "One": policy(TLS_ONLY)})
    assert template["Resources"] == {"Both": policy(OWN_ACCOUNT)}


def test_addresses_replace_only_variables_that_exist() -> None:
    """An override never adds a variable to a function that does not have it."""
    template, lines = run(
        {
            "Model": function(Environment={"Variables": {"MODEL_BASE_URL": "https://api.example"}}),
            "Plain": function(),
        },
        overrides={"MODEL_BASE_URL": "http://127.0.0.1:8402", "CRM_BASE_URL": "http://127.0.0.1:1"},
    )
    model = template["Resources"]["Model"]["Properties"]["Environment"]["Variables"]
    assert model == {"MODEL_BASE_URL": "http://127.0.0.1:8402"}
    assert "Environment" not in template["Resources"]["Plain"]["Properties"]
    assert "addresses: 1 (the outside systems run on this machine)" in lines


def test_bucket_events_become_a_property_of_the_bucket() -> None:
    """CDK's notification resource turns into the property that it would set."""
    custom = {
        "Type": "Custom::S3BucketNotifications",
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": ["Handler", "Arn"]},
            "BucketName": {"Ref": "Uploads"},
            "NotificationConfiguration": {"EventBridgeConfiguration": {}},
        },
    }
    inline = function(Code={"ZipFile": "pass"})
    template, _ = run({"Uploads": {"Type": "AWS::S3::Bucket"}, "Custom": custom, "Handler": inline})
    assert template["Resources"] == {
        "Uploads": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "NotificationConfiguration": {
                    "EventBridgeConfiguration": {"EventBridgeEnabled": True}
                }
            },
        }
    }


def test_metric_math_alarms_are_left_out() -> None:
    """An alarm on one metric stays, one that computes goes."""
    single = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "m"}}
    computed = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}}
    template, _ = run({"Single": single, "Computed": computed})
    assert set(template["Resources"]) == {"Single"}


def test_rewriting_twice_changes_nothing_more() -> None:
    """A rewritten template has nothing left to rewrite, except what stays true of it."""
    once, _ = run({"F": function(Layers=["x"]), "Both": policy(TLS_ONLY, OWN_ACCOUNT)})
    twice, _ = rewrite(once, Local(KNOWN))
    assert twice == once


def test_every_rewrite_gives_its_reason() -> None:
    """What is changed is told to the person who starts the local cloud, with the reason."""
    assert all(row.name and row.reason for row in REWRITES)
    assert len({row.name for row in REWRITES}) == len(REWRITES)
