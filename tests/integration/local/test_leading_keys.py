"""The emulator's rights by partition key, which it ignores without our patch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import Credentials, client
from infra.cli.target import pointed_at
from infra.local.cloud import deployer
from infra.local.cloud.leading_keys import hash_key_of, item_keys, leading_keys
from infra.local.cloud.processes import LocalCloud
from tests.fakes.tables import create_jobs_table
from tests.integration.local.test_local_patches import unpatched as unpatched  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.cloud

TABLE = "keyed"
OPERATORS = ("StringEquals", "ForAllValues:StringEquals")
MINE, OTHERS = {"pk": {"S": "mine"}, "sk": {"S": "1"}}, {"pk": {"S": "others"}, "sk": {"S": "1"}}
SCHEMA = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {"IndexName": "due", "KeySchema": [{"AttributeName": "shard", "KeyType": "HASH"}]}
    ],
}


def queried(name: str, value: str, **more: Any) -> dict[str, Any]:
    """A query by one key, whose name is a placeholder."""
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "#k = :k AND begins_with(sk, :other)",
        "ExpressionAttributeNames": {"#k": name},
        "ExpressionAttributeValues": {":k": {"S": value}, ":other": {"S": "x"}},
        **more,
    }


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ({"TableName": TABLE, "Key": MINE}, ["mine"]),
        ({"TableName": f"arn:aws:dynamodb:r:1:table/{TABLE}", "Item": OTHERS}, ["others"]),
        (queried("pk", "mine"), ["mine"]),
        (queried("shard", "3", IndexName="due"), ["3"]),
        ({"TableName": TABLE}, []),
        ({"RequestItems": {TABLE: {"Keys": [MINE, OTHERS]}}}, ["mine", "others"]),
        (
            {
                "RequestItems": {
                    TABLE: [{"PutRequest": {"Item": MINE}}, {"DeleteRequest": {"Key": OTHERS}}]
                }
            },
            ["mine", "others"],
        ),
        (
            {
                "TransactItems": [
                    {"Put": {"TableName": TABLE, "Item": MINE}},
                    {"ConditionCheck": {"TableName": TABLE, "Key": OTHERS}},
                ]
            },
            ["mine", "others"],
        ),
    ],
)
def test_every_shape_of_request_tells_its_keys(body: dict[str, Any], keys: list[str]) -> None:
    """Whatever a request is called, all partitions that it names are found."""
    assert leading_keys(body, hash_key_of({TABLE: SCHEMA}.get)) == keys


def test_each_item_of_a_transaction_is_judged_by_its_own_key() -> None:
    """A right on one partition is enough for the item that is there."""
    items = [
        {"Put": {"TableName": TABLE, "Item": MINE}},
        {"ConditionCheck": {"TableName": TABLE, "Key": OTHERS}},
    ]
    body = json.dumps({"TransactItems": items}).encode()
    told = item_keys(body, hash_key_of({TABLE: SCHEMA}.get))
    assert [one["dynamodb:LeadingKeys"] for one in told] == ["mine", "others"]


def outcomes(cloud: LocalCloud, operator: str) -> list[bool]:
    """For each of five calls, whether a role that has the key `mine` alone may make it."""
    db = client("dynamodb", _role(cloud, operator))
    both = [{"Put": {"TableName": TABLE, "Item": item}} for item in (MINE, OTHERS)]
    values = {":pk": {"S": "others"}}
    return [
        _allowed(lambda: db.put_item(TableName=TABLE, Item=MINE)),
        _allowed(lambda: db.put_item(TableName=TABLE, Item=OTHERS)),
        _allowed(lambda: db.transact_write_items(TransactItems=both)),  # type: ignore[arg-type] # its stub wants literals
        _allowed(lambda: db.batch_get_item(RequestItems={TABLE: {"Keys": [MINE, OTHERS]}})),
        _allowed(
            lambda: db.query(
                TableName=TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values
            )
        ),
    ]


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_right_on_one_key_is_no_right_on_another(cloud: LocalCloud, operator: str) -> None:
    """Its own key alone; a transaction or a batch with a foreign one is refused whole."""
    with pointed_at(cloud.endpoint, "us-east-1"):
        assert outcomes(cloud, operator) == [True, False, False, False, False]


@pytest.mark.soak
@pytest.mark.control
def test_control_the_emulator_as_it_comes_ignores_keys(unpatched: LocalCloud) -> None:
    """Without the patch every key passes."""
    with pointed_at(unpatched.endpoint, "us-east-1"):
        assert outcomes(unpatched, "ForAllValues:StringEquals") == [True] * 5


def _allowed(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if "AccessDenied" not in str(error):
            raise
        return False
    return True


def _role(cloud: LocalCloud, operator: str) -> Credentials:
    """A role with verbs on one table, for one key, and its credentials."""
    iam, name = deployer.client("iam", cloud.endpoint), operator.replace(":", "-")
    table = deployer.client("dynamodb", cloud.endpoint)
    if TABLE not in table.list_tables()["TableNames"]:
        create_jobs_table(table, TABLE)
    statement = {
        "Effect": "Allow",
        "Action": [f"dynamodb:{verb}" for verb in ("PutItem", "Query", "BatchGetItem")],
        "Resource": f"arn:aws:dynamodb:*:*:table/{TABLE}",
        "Condition": {operator: {"dynamodb:LeadingKeys": ["mine"]}},
    }
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="keys", PolicyDocument=_policy(statement))
    found = deployer.client("sts", cloud.endpoint).assume_role(
        RoleArn=role["Arn"], RoleSessionName="one"
    )["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
