"""A synthesized template, with the names under which its resources exist, as rights of roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.rights.policy import NotUnderstoodError, Statement, read, texts

REGION, ACCOUNT = "us-east-1", "000000000000"
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
Properties = Mapping[str, Any]

_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{name}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{last}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{name}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{name}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{name}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{name}}",
    "AWS::SNS::Topic": "{name}",
    "AWS::StepFunctions::StateMachine": "{name}",
}


@dataclass(frozen=True)
class Stack:
    """`body`: the template. `names`: what `Ref` of each logical id gives."""

    body: Mapping[str, Any]
    names: Mapping[str, str]

    def of(self, kind: str) -> dict[str, Properties]:
        """Properties by logical id of all resources of a type such as `SQS::Queue`."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.body["Resources"].items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def arn(self, logical: str) -> str:
        """The ARN of a resource. Raises NotUnderstoodError for a type that has none here."""
        kind, name = self.body["Resources"][logical]["Type"], self.names[logical]
        if kind not in _ARNS:
            raise NotUnderstoodError(f"ARN of {kind}")
        return _ARNS[kind].format(name=name, last=name.rpartition("/")[2])

    def resolved(self, value: Any) -> Any:
        """A value of the template, without intrinsic functions. Raises NotUnderstoodError."""
        if isinstance(value, list):
            return [self.resolved(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._intrinsic(function, argument)
        return {name: self.resolved(one) for name, one in value.items()}

    def _intrinsic(self, function: str, argument: Any) -> Any:
        if function == "Ref":
            return PSEUDO.get(argument) or self.names[argument]
        if function == "Fn::GetAtt" and argument[1] == "Arn":
            return self.arn(argument[0])
        if function == "Fn::Join":
            return argument[0].join(self.resolved(argument[1]))
        raise NotUnderstoodError(f"{function} of {argument}")

    def roles(self) -> dict[str, tuple[Statement, ...]]:
        """The statements of each role, by the role's logical id."""
        return {name: tuple(self._inline(name, row)) for name, row in self.of("IAM::Role").items()}

    def _inline(self, role: str, properties: Properties) -> Iterator[Statement]:
        for policy in properties.get("Policies", []):
            yield from read(self.resolved(policy["PolicyDocument"]), role)

    def role_of(self, function: str) -> str:
        """The logical id of a function's role."""
        return str(self.of("Lambda::Function")[function]["Role"]["Fn::GetAtt"][0])

    def logical(self, kind: str, physical: str) -> str:
        """The logical id of a resource, by its name or ARN there. Raises KeyError."""
        for name in self.of(kind):
            if physical in (self.names[name], self.arn(name)):
                return name
        raise KeyError(physical)

    def trusted(self, role: str) -> frozenset[str]:
        """Who may assume a role: ARNs of roles, names of services."""
        document = self.resolved(self.of("IAM::Role")[role]["AssumeRolePolicyDocument"])
        return frozenset(
            who
            for row in document["Statement"]
            if row["Effect"] == "Allow" and "sts:AssumeRole" in texts(row["Action"])
            for names in row["Principal"].values()
            for who in texts(names)
        )
