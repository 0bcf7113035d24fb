"""A synthesized template, with a vocabulary for what the tests of the stack ask it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """One IAM statement of a role."""

    role: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


class Template:
    """The template of one stage; logical ids are those of CDK."""

    def __init__(self, assembly: Path) -> None:
        (path,) = assembly.glob("*.template.json")
        self.path = path
        self.body: dict[str, Any] = json.loads(path.read_text())

    def of(self, kind: str) -> dict[str, Properties]:
        """Properties by logical id of all resources of a type such as `SQS::Queue`."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def one(self, kind: str) -> Properties:
        """Properties of the only resource of a type."""
        (properties,) = self.of(kind).values()
        return properties

    def function(self, name: str) -> Properties:
        """Properties of the function of a row."""
        (found,) = (
            properties
            for logical, properties in self.of("Lambda::Function").items()
            if logical.removeprefix("Functions")[:-8] == name
        )
        return found

    def statements(self) -> Iterator[Statement]:
        """Every statement of every role of ours."""
        for role, properties in self.of("IAM::Role").items():
            for policy in properties.get("Policies", []):
                for row in policy["PolicyDocument"]["Statement"]:
                    yield Statement(role, _texts(row["Action"]), _texts(row["Resource"]))


def role_of(function: Properties) -> str:
    """The logical id of a function's role."""
    return str(function["Role"]["Fn::GetAtt"][0])


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(item if isinstance(item, str) else json.dumps(item) for item in values)
