"""The emulator as it is installed, without any of our corrections: what the CDK CLI deploys to.

Run by the emulator's own Python: `bare_emulator.py [--knows PYTHON]`. With `--knows` it has heard
of what it lacks and AWS has, so that the template can be deployed as it is: composite alarms, saved
queries and alarms over several metrics are kept by name and do nothing, an identity of SES says its
DKIM records, and functions run in the environment of PYTHON, since the layers that are deployed are
for another processor and another version than this machine's.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

LACKS = ("AWS::CloudWatch::CompositeAlarm", "AWS::Logs::QueryDefinition")
"""Kinds of resources that the emulator refuses and AWS has."""


def _made(logical_id: str, _props: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    name = f"{stack}-{logical_id}"
    return name, {"Arn": f"arn:aws:cloudwatch:::alarm:{name}", "QueryDefinitionId": name}


def _changed(name: str, _old: Any, _new: Any, _stack: str) -> tuple[str, dict[str, str]]:
    return name, {"Arn": f"arn:aws:cloudwatch:::alarm:{name}", "QueryDefinitionId": name}


def _gone(_name: str, _props: dict[str, Any]) -> None:
    """Nothing is there."""


def _teach() -> None:
    known: dict[str, Any] = importlib.import_module(
        "ministack.services.cloudformation.provisioners"
    )._RESOURCE_HANDLERS
    ours = {"create": _made, "update": _changed, "delete": _gone}
    known |= dict.fromkeys(LACKS, ours)
    alarms = dict(known["AWS::CloudWatch::Alarm"])

    def create(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        computes = "Metrics" in props  # over several metrics: the emulator knows alarms on one
        return (_made if computes else alarms["create"])(logical_id, props, stack)

    def delete(name: str, props: dict[str, Any]) -> None:
        (_gone if "Metrics" in props else alarms["delete"])(name, props)

    known["AWS::CloudWatch::Alarm"] = {**alarms, "create": create, "delete": delete}
    known["AWS::SES::EmailIdentity"] = _signing(known["AWS::SES::EmailIdentity"])


def _signing(identities: dict[str, Any]) -> dict[str, Any]:
    """An identity's DKIM records are attributes of it, where a stack may read them for its outputs:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-emailidentity.html
    """

    def told(domain: str, has: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        names = {f"DkimDNSTokenName{n}": f"token{n}._domainkey.{domain}" for n in (1, 2, 3)}
        values = {f"DkimDNSTokenValue{n}": f"token{n}.dkim.amazonses.com" for n in (1, 2, 3)}
        return domain, {**has, **names, **values}

    def create(logical_id: str, props: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
        return told(*identities["create"](logical_id, props, stack))

    return {**identities, "create": create}


def _runs_in(python: str) -> None:
    runtime: Any = importlib.import_module("ministack.core.lambda_runtime")
    functions: Any = importlib.import_module("ministack.services.lambda_svc")
    found = runtime._detect_runtime_binary

    def binary(wanted: str) -> tuple[str, str]:
        ours, script = found(wanted)
        return (python if wanted.startswith("python") else ours), script

    def no_layer(_attached: Any) -> None:
        """What is in it stands in PYTHON's environment."""

    runtime._detect_runtime_binary = binary
    functions._resolve_layer_zip = no_layer


if __name__ == "__main__":
    if "--knows" in sys.argv:
        _runs_in(sys.argv.pop())
        sys.argv.remove("--knows")
        _teach()
    importlib.import_module("ministack.app").main()
