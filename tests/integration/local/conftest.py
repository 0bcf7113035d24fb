"""A hand-written cloud assembly (functions, a table, a state machine) and a cloud that runs it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import deployer
from infra.local.cloud.deployer import Deployed
from infra.local.cloud.processes import LocalCloud, local_cloud

ADDRESSES = {"CRM_BASE_URL": "http://127.0.0.1:8403"}
ASSETS = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"

STEPS = Path(__file__).with_name("small_steps.py").read_text()


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    with local_cloud(0) as running:
        yield running


@pytest.fixture(scope="session")
def deployed(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    folder = small_assembly(tmp_path_factory.mktemp("assembly"))
    return deployer.deploy(folder, cloud.endpoint, ADDRESSES)


@pytest.fixture(scope="session")
def write_assembly() -> Callable[..., Path]:
    """A function that writes the assembly into a folder: see `small_assembly`."""
    return small_assembly


def small_assembly(folder: Path, *, greeting: str = "hello", broken: bool = False) -> Path:
    """Write the assembly into `folder`; another greeting is another code of `greet` alone."""
    folder.mkdir(exist_ok=True)
    codes = dict.fromkeys(("greet", "store", "ask", "attempt", "reflect"), STEPS)
    codes["greet"] = STEPS.replace("hello", greeting)
    files = {}
    for name, code in codes.items():
        key = f"{name}-{hashlib.sha256(code.encode()).hexdigest()}"
        (folder / key).mkdir(exist_ok=True)
        (folder / key / "small_steps.py").write_text(code)
        files[key] = _asset(key, "zip")
        codes[name] = f"{key}.zip"
    (folder / "Small.template.json").write_text(json.dumps(_template(codes, broken=broken)))
    (folder / "Small.assets.json").write_text(json.dumps({"version": "1", "files": files}))
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Small.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"Small": stack}}))
    return folder


def _asset(key: str, packaging: str) -> dict[str, Any]:
    place = {"bucketName": ASSETS, "objectKey": f"{key}.{packaging}"}
    return {"source": {"path": key, "packaging": packaging}, "destinations": {"here": place}}


def _template(keys: dict[str, str], *, broken: bool) -> dict[str, Any]:
    resources: dict[str, Any] = {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            },
        },
        "Greet": _function(keys["greet"], "greet", {"CRM_BASE_URL": "https://crm.example.com"}),
        "Store": _function(keys["store"], "store", {"TABLE": {"Ref": "Table"}}),
        "Ask": _function(keys["ask"], "ask", {"TABLE": {"Ref": "Table"}}),
        "Reflect": _function(keys["reflect"], "reflect", {}),
        "Attempt": _function(keys["attempt"], "attempt", {}, role="Limited"),
        "Role": _role(
            {"Action": ["dynamodb:PutItem", "dynamodb:GetItem"], "Resource": _arn("Table")}
        ),
        "Limited": _role(
            {"Action": "states:SendTaskSuccess", "Resource": {"Ref": "Machine"}},
            {
                "Action": "ses:SendEmail",
                "Resource": {"Fn::Sub": "arn:aws:ses:*:${AWS::AccountId}:identity/example.com"},
                "Condition": {"StringEquals": {"ses:FromAddress": "desk@example.com"}},
            },
        ),
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": _arn("Role"),
                "DefinitionString": {"Fn::Sub": json.dumps(definition())},
            },
        },
        "Sender": {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "example.com"},
        },
        "Schedule": {"Type": "AWS::Unheard::Of", "Properties": {}},
        **_http_api("Reflect"),
    }
    if broken:
        resources["Queue"] = {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": "perhaps"}}
        resources["Machine"]["Properties"]["RoleArn"] = {"Fn::GetAtt": ["Table", "Nothing"]}
    named = ("Table", "Greet", "Store", "Reflect", "Attempt", "Machine")
    outputs: dict[str, Any] = {name: {"Value": {"Ref": name}} for name in named}
    outputs["Address"] = {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}
    return {"Resources": resources, "Outputs": outputs}


def _function(
    key: str, handler: str, variables: dict[str, Any], role: str = "Role"
) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": f"small_steps.{handler}",
            "Timeout": 10,
            "Code": {"S3Bucket": {"Fn::Sub": ASSETS}, "S3Key": key},
            "Role": _arn(role),
            "Environment": {"Variables": variables},
        },
    }


def _http_api(function: str) -> dict[str, Any]:
    api = {"ApiId": {"Ref": "Api"}}
    integration = {
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": _arn(function),
        "PayloadFormatVersion": "2.0",
    }
    target = {"Fn::Sub": "integrations/${Integration}"}
    properties = {
        "Api": {"Name": "small", "ProtocolType": "HTTP"},
        "Integration": {**api, **integration},
        "Route": {**api, "RouteKey": "OPTIONS /approvals/{link}", "Target": target},
        "Stage": {**api, "StageName": "$default", "AutoDeploy": True},
    }
    return {
        name: {"Type": f"AWS::ApiGatewayV2::{name}", "Properties": value}
        for name, value in properties.items()
    }


def _arn(resource: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [resource, "Arn"]}


def _role(*rights: dict[str, Any]) -> dict[str, Any]:
    trusted = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    statements = [{"Effect": "Allow", **right} for right in rights]
    policy = {"Version": "2012-10-17", "Statement": statements}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "rights", "PolicyDocument": policy}],
        },
    }


def definition() -> dict[str, Any]:
    """Greet, store with a catch by our own error class, and if asked a callback that fails."""
    refused = [{"ErrorEquals": ["RefusedError"], "ResultPath": "$.error", "Next": "Refused"}]
    payload = {"refuse.$": "$.refuse", "delete.$": "$.delete", "wait.$": "$.wait"}
    callback = {"token.$": "$$.Task.Token", "quiet.$": "$.quiet"}
    storing = {"ResultPath": None, "Catch": refused}
    waiting = {"TimeoutSeconds": 30, "Catch": refused}
    return {
        "StartAt": "Greet",
        "States": {
            "Greet": _task("Greet", {}, {"ResultPath": "$.greeting", "Next": "Store"}),
            "Store": _task("Store", payload, {**storing, "Next": "Which"}),
            "Which": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.ask", "BooleanEquals": True, "Next": "Ask"}],
                "Default": "Done",
            },
            "Ask": _task("Ask", callback, {**waiting, "Next": "Done"}, ".waitForTaskToken"),
            "Refused": {"Type": "Pass", "Result": "refused", "ResultPath": "$.end", "End": True},
            "Done": {"Type": "Pass", "Result": "done", "ResultPath": "$.end", "End": True},
        },
    }


def _task(
    function: str, payload: dict[str, Any], rest: dict[str, Any], mode: str = ""
) -> dict[str, Any]:
    parameters = {"FunctionName": f"${{{function}.Arn}}", "Payload": payload}
    resource = f"arn:aws:states:::lambda:invoke{mode}"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **rest}
