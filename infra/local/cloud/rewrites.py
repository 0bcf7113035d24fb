"""What the local cloud changes in the synthesized template: pure functions, one row each."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.cloud.templates import Resource, Template, of_type, remove, replace

LOCAL_RUNTIME = "provided.al2023"
POLICY_TYPES = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
NOTIFICATIONS = "Custom::S3BucketNotifications"
HANGING = "Custom::S3AutoDeleteObjects"


@dataclass(frozen=True)
class Local:
    """What the rewrites need to know about this machine.

    `supported`: the resource types that the emulator can create. `overrides`: values for the
    environment variables that name an address, applied wherever a function has that variable.
    """

    supported: frozenset[str]
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rewrite:
    """One change: `apply` edits the template in place and returns how many resources it touched.

    `details` names, for the line that is printed, what the change is going to meet.
    """

    name: str
    reason: str
    apply: Callable[[Template, Local], int]
    details: Callable[[Template, Local], str] = lambda _template, _local: ""


def rewrite(template: Template, local: Local) -> tuple[Template, list[str]]:
    """A copy of the template that runs locally, and one line per rewrite that touched something."""
    result = copy.deepcopy(template)
    lines = []
    for row in REWRITES:
        details = row.details(result, local)
        touched = row.apply(result, local)
        if touched:
            lines.append(f"{row.name}: {touched} ({row.reason}){details and ': '}{details}")
    return result, lines


def bucket_events(template: Template, _local: Local) -> int:
    """Write a bucket's EventBridge notification as its property, as the custom resource would."""
    customs = dict(of_type(template, NOTIFICATIONS))
    for custom in customs.values():
        properties = custom["Properties"]
        bucket = template["Resources"][properties["BucketName"]["Ref"]]
        bucket.setdefault("Properties", {})["NotificationConfiguration"] = {
            "EventBridgeConfiguration": {"EventBridgeEnabled": True}
        }
    handlers = {
        custom["Properties"]["ServiceToken"]["Fn::GetAtt"][0] for custom in customs.values()
    }
    remove(template, set(customs) | handlers)
    return len(customs)


def unsupported_types(template: Template, local: Local) -> int:
    """Drop the resources that the emulator does not know; a reference to one becomes no value."""
    return remove(template, set(_unknown(template, local)))


def unsupported_names(template: Template, local: Local) -> str:
    """The types that `unsupported_types` drops."""
    return ", ".join(sorted(set(_unknown(template, local).values())))


def metric_math(template: Template, _local: Local) -> int:
    """Drop the alarms that compute over several metrics."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    return remove(template, {name for name, alarm in alarms if "Metrics" in alarm["Properties"]})


def layers(template: Template, _local: Local) -> int:
    """Drop Lambda layers and every function's list of them."""
    names = {
        name
        for name, resource in template["Resources"].items()
        if resource["Type"].startswith("AWS::Lambda::LayerVersion")
    }
    touched = remove(template, names)
    for _, function in of_type(template, "AWS::Lambda::Function"):
        touched += function["Properties"].pop("Layers", None) is not None
    return touched


def secret_references(template: Template, _local: Local) -> int:
    """`Ref` of a secret is its ARN on AWS and its name in the emulator: ask for the ARN."""
    secrets = {name for name, _ in of_type(template, "AWS::SecretsManager::Secret")}
    return replace(
        template,
        lambda node: {"Fn::GetAtt": [node["Ref"], "Id"]} if node.get("Ref") in secrets else None,
    )


def runtimes(template: Template, _local: Local) -> int:
    """Run Python functions as custom runtimes: their `bootstrap` starts AWS's runtime client."""
    functions = [function for _, function in python_functions(template)]
    for function in functions:
        function["Properties"]["Runtime"] = LOCAL_RUNTIME
    return len(functions)


def plain_http(template: Template, _local: Local) -> int:
    """Drop the statements that deny what does not come over TLS; locally nothing does."""
    touched = 0
    empty = set()
    for name, policy in of_type(template, *POLICY_TYPES):
        document = policy["Properties"]["PolicyDocument"]
        kept = [row for row in document["Statement"] if not _demands_tls(row)]
        touched += len(kept) < len(document["Statement"])
        document["Statement"] = kept
        if not kept:
            empty.add(name)
    remove(template, empty)
    return touched


def addresses(template: Template, local: Local) -> int:
    """Point the address variables that a function already has at this machine."""
    touched = 0
    for _, function in of_type(template, "AWS::Lambda::Function"):
        variables = function["Properties"].get("Environment", {}).get("Variables", {})
        ours = {name: value for name, value in local.overrides.items() if name in variables}
        variables.update(ours)
        touched += bool(ours)
    return touched


REWRITES = (
    Rewrite("bucket events", "the custom resource needs a bundled runtime", bucket_events),
    Rewrite(
        "dropped types", "the emulator does not know them", unsupported_types, unsupported_names
    ),
    Rewrite("metric math alarms", "the emulator alarms on single metrics only", metric_math),
    Rewrite("layers", "dependencies come from the project's environment", layers),
    Rewrite("secret references", "Ref returns a name there, not the ARN", secret_references),
    Rewrite("runtimes", "AWS's own runtime client runs the handlers", runtimes),
    Rewrite("TLS-only statements", "the local endpoint is plain http", plain_http),
    Rewrite("addresses", "the outside systems run on this machine", addresses),
)


def python_functions(template: Template) -> list[tuple[str, Resource]]:
    """The functions whose code is a Python asset, before or after `runtimes`."""
    return [
        (name, function)
        for name, function in of_type(template, "AWS::Lambda::Function")
        if str(function["Properties"].get("Runtime", "")).startswith(("python", LOCAL_RUNTIME))
        and "S3Key" in function["Properties"].get("Code", {})
    ]


def _unknown(template: Template, local: Local) -> dict[str, str]:
    """The type of each resource that the emulator cannot create, by logical name."""
    types = {name: resource["Type"] for name, resource in template["Resources"].items()}
    return {name: kind for name, kind in types.items() if not _is_known(kind, local.supported)}


def _is_known(kind: str, supported: frozenset[str]) -> bool:
    return kind in supported or (kind.startswith("Custom::") and kind != HANGING)


def _demands_tls(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return bool(statement["Effect"] == "Deny" and condition.get("aws:SecureTransport") == "false")
