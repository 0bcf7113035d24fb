"""An upgrade never takes what holds data: logical ids are frozen, and a check sees a loss."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from infra.cli.upgrade import STATEFUL, faults
from tests.infra.template import Template

FROZEN = {
    "ApprovalsSenderC7D929AE": "AWS::SES::EmailIdentity",
    "IntakeDead9978894F": "AWS::SQS::Queue",
    "IntakeFailures0379DE39": "AWS::SQS::Queue",
    "IntakeQueue6FB53B87": "AWS::SQS::Queue",
    "StorageIdempotency5C96D584": "AWS::DynamoDB::Table",
    "StorageJobs4C7573CB": "AWS::DynamoDB::Table",
    "StoragePayloadsCE68CCE3": "AWS::S3::Bucket",
    "StorageSecretcrmreadC31632FE": "AWS::SecretsManager::Secret",
    "StorageSecretcrmwrite3489680C": "AWS::SecretsManager::Secret",
    "StorageSecretmodelkeyA5C20078": "AWS::SecretsManager::Secret",
    "StorageSecretnotifychannels6CE98A1F": "AWS::SecretsManager::Secret",
    "StorageSecretpagekey16AD654E": "AWS::SecretsManager::Secret",
    "StorageSecretpaymentsreadA9739028": "AWS::SecretsManager::Secret",
    "StorageSecretpaymentswriteBF42935D": "AWS::SecretsManager::Secret",
    "StorageSecretwebhook9291087F": "AWS::SecretsManager::Secret",
    "StorageUploadsBDC5E374": "AWS::S3::Bucket",
    "WatchAlarmsF7209698": "AWS::SNS::Topic",
}
"""Logical ids of what holds data. They never change: CloudFormation would make a new one, empty,
beside or instead of what a business has."""


def test_the_logical_ids_of_what_holds_data_are_frozen(prod: Template) -> None:
    """Each is there, under the id and with the type that it was first deployed with."""
    resources = prod.body["Resources"]
    found = {name: row["Type"] for name, row in resources.items() if row["Type"] in STATEFUL}
    assert {name: found.get(name) for name in FROZEN} == FROZEN


def test_the_same_template_again_loses_nothing(prod: Template) -> None:
    """A deployment of what is deployed is no upgrade; nor is a new function."""
    resources = prod.body["Resources"]
    assert list(faults(resources, resources)) == []
    assert list(faults(resources, {**resources, "New": {"Type": "AWS::Lambda::Function"}})) == []


def _table(resources: dict[str, Any]) -> dict[str, Any]:
    return next(
        row["Properties"]
        for row in resources.values()
        if row["Type"] == "AWS::DynamoDB::Table" and "GlobalSecondaryIndexes" in row["Properties"]
    )


def _drops(resources: dict[str, Any]) -> None:
    del resources["StorageJobs4C7573CB"]


def _rekeys(resources: dict[str, Any]) -> None:
    _table(resources)["KeySchema"][0]["AttributeName"] = "id"


def _reprojects(resources: dict[str, Any]) -> None:
    _table(resources)["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}


def _two_indexes(resources: dict[str, Any]) -> None:
    indexes = _table(resources)["GlobalSecondaryIndexes"]
    indexes[:] = [{**one, "IndexName": f"new-{one['IndexName']}"} for one in indexes[:1]] + indexes[
        1:
    ]


def _names(resources: dict[str, Any]) -> None:
    bucket = next(row for row in resources.values() if row["Type"] == "AWS::S3::Bucket")
    bucket["Properties"]["BucketName"] = "ours"


@pytest.mark.control
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_drops, "would be removed"),
        (_rekeys, "would be replaced, and be empty: KeySchema changes"),
        (_reprojects, "cannot change its keys or projection"),
        (_two_indexes, "one index changes per update"),
        (_names, "would be replaced, and be empty: BucketName changes"),
    ],
)
def test_control_each_loss_is_seen(prod: Template, change: Any, said: str) -> None:
    """Control: one seeded change of the template, one sentence."""
    before = prod.body["Resources"]
    after = copy.deepcopy(before)
    change(after)
    (told,) = faults(before, after)
    assert said in told


def test_one_index_more_is_an_upgrade(prod: Template) -> None:
    """One index per update comes or goes."""
    after = copy.deepcopy(prod.body["Resources"])
    indexes = _table(after)["GlobalSecondaryIndexes"]
    indexes.append({**indexes[0], "IndexName": "newer"})
    assert list(faults(prod.body["Resources"], after)) == []
