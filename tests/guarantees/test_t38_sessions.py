"""T38: what an action's session may reach is the job's own; the role behind it could reach more."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from countersign.connectors.aws.client import Credentials, client
from countersign.connectors.dynamodb.session import MOST_CHARACTERS, Right, Task, session_policy
from countersign.runtime.settings import Settings
from infra.local.cloud import deployer
from infra.local.stand import Stand
from infra.steps import BY_CONNECTOR, STEPS
from tests.seeds import dealt_by, drawn_seed

Figure = Callable[[str, int], None]
Access = Callable[[Any, str, str], None]
"""(client, table, partition) → makes one call, or raises ClientError."""
SEED = drawn_seed()
OWN = "w-session-own"
TASKS = [row for row in STEPS if row.task]
pytestmark = [pytest.mark.cloud, pytest.mark.timeout(300)]


def looks(db: Any, table: str, partition: str) -> None:
    """Read every row of a partition."""
    db.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": partition}},
    )


def writes(db: Any, table: str, partition: str) -> None:
    """Write a row."""
    db.put_item(TableName=table, Item={**_key(partition), "body": {"S": "{}"}})


def writes_with_its_own(db: Any, table: str, partition: str) -> None:
    """Write a row in a transaction whose other row is the job's."""
    rows = [{**_key(key), "body": {"S": "{}"}} for key in (f"JOB#{OWN}", partition)]
    db.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": row}} for row in rows]
    )


def updates(db: Any, table: str, partition: str) -> None:
    """Change a number of a row."""
    db.update_item(
        TableName=table,
        Key=_key(partition),
        UpdateExpression="SET queue = :now",
        ExpressionAttributeValues={":now": {"N": "1"}},
    )


ACCESSES: Sequence[Access] = (looks, writes, writes_with_its_own, updates)


def foreign(seed: int) -> list[str]:
    """25 partitions that are not the job's: other jobs, and everything else that the table holds.

    Ids that begin like the job's own, or end where it ends, are among them.
    """
    chance = dealt_by(seed)
    kinds = ("JOB", "JOB", "JOB", "SEEN", "LINK", "INBOX", "PERSON", "CAP", "CLAIM", "SIGNIN")
    made = [f"{kind}#{chance.randbytes(10).hex()}" for kind in kinds for _ in range(2)]
    near = [f"JOB#{OWN}x", f"JOB#{OWN[:-1]}", "JOB#*", "PACE#crm-read", "PACE#payments"]
    return made + near


def _key(partition: str) -> dict[str, Any]:
    return {"pk": {"S": partition}, "sk": {"S": "STATE"}}


class Sandbox:
    """One function as it stands in the deployed stack, and whoever holds its rights."""

    def __init__(self, stand: Stand, row: str) -> None:
        name = f"countersign-local-{BY_CONNECTOR[row]}"
        functions = deployer.client("lambda", stand.cloud.endpoint)
        held = functions.get_function_configuration(FunctionName=name)
        settings = Settings.of(held["Environment"]["Variables"])
        assert settings.task
        self.endpoint = stand.cloud.endpoint
        self.task: Task = settings.task
        self.table = settings.jobs_table
        self.own = self.assumes(deployer.client("sts", self.endpoint), held["Role"])

    def assumes(self, sts: Any, role: str, policy: str | None = None) -> Credentials:
        """The credentials of `role`, narrowed by `policy`."""
        more = {"Policy": policy} if policy else {}
        found = sts.assume_role(RoleArn=role, RoleSessionName=OWN, **more)["Credentials"]
        return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def session(self, *, narrowed: bool = True, role: str = "") -> Any:
        """A client of the table as the function makes it for its job, or without the policy."""
        policy = session_policy(self.task, OWN) if narrowed else None
        by = self.assumes(client("sts", self.own), role or self.task.role, policy)
        return client("dynamodb", by)

    def of_function(self, service: Any) -> Any:
        """A client with the rights of the function itself."""
        return client(service, self.own)


@pytest.fixture(scope="module")
def crm(whole_stand: Stand) -> Sandbox:
    return Sandbox(whole_stand, "ActCrm")


@pytest.fixture(scope="module")
def accesses() -> list[tuple[Access, str]]:
    """100 ways to reach what is not the job's."""
    print(f"seed {SEED}")  # noqa: T201 - shown when a test fails
    return [(access, partition) for partition in foreign(SEED) for access in ACCESSES]


def denied(call: Callable[[], None]) -> bool:
    """Whether AWS refuses for want of rights; any other error is one of the test."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return True
    return False


@pytest.mark.guarantee("T38")
def test_a_session_reaches_nothing_of_others(
    crm: Sandbox, accesses: list[tuple[Access, str]], figure: Figure
) -> None:
    """100 of 100 accesses to other partitions are denied, alone and beside the job's own row."""
    db = crm.session()
    refused = sum(denied(lambda: access(db, crm.table, key)) for access, key in accesses)  # noqa: B023 - called at once
    assert len(accesses) == 100
    assert refused == 100, f"seed {SEED}"
    figure("100 of 100 foreign keys denied to a job's session", 100)


@pytest.mark.guarantee("T38")
def test_a_session_does_the_jobs_own_work(crm: Sandbox) -> None:
    """Its rows are read and written; the row of its connector's key is read and updated, and never
    replaced."""
    db = crm.session()
    may = {f"JOB#{OWN}": (looks, writes), "PACE#crm-write": (looks, updates)}
    for partition, accesses in may.items():
        for access in accesses:
            assert not denied(lambda: access(db, crm.table, partition))  # noqa: B023 - called at once
    assert denied(lambda: updates(db, crm.table, f"JOB#{OWN}"))
    assert denied(lambda: writes(db, crm.table, "PACE#crm-write"))


@pytest.mark.guarantee("T38")
def test_a_session_reads_the_directory_and_writes_nothing_into_it(crm: Sandbox) -> None:
    """Whether who signed is still there is read before the effect; nobody is added or changed."""
    db = crm.session()
    looks(db, crm.table, "PEOPLE")
    assert all(denied(lambda: access(db, crm.table, "PEOPLE")) for access in ACCESSES[1:])  # noqa: B023 - called at once


@pytest.mark.guarantee("T38")
def test_what_has_no_keys_is_closed(crm: Sandbox) -> None:
    """Neither index of the table can be asked, and nothing can be listed, fetched or deleted."""
    db, table = crm.session(), crm.table
    of_due = {":shard": {"S": f"JOB#{OWN}"}}
    key = _key(f"JOB#{OWN}")
    for call in (
        lambda: db.scan(TableName=table),
        lambda: db.delete_item(TableName=table, Key=key),
        lambda: db.get_item(TableName=table, Key=key),
        lambda: db.query(
            TableName=table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard",
            ExpressionAttributeValues=of_due,
        ),
    ):
        assert denied(call)


@pytest.mark.guarantee("T38")
def test_the_function_itself_can_do_nothing_but_assume_its_own_role(
    whole_stand: Stand, crm: Sandbox
) -> None:
    """Its own role writes no row and reads no secret; the task role of another one is refused."""
    db = crm.of_function("dynamodb")
    assert denied(lambda: writes(db, crm.table, f"JOB#{OWN}"))
    secret = whole_stand.outputs["CrmWriteSecretArn"]
    assert denied(lambda: crm.of_function("secretsmanager").get_secret_value(SecretId=secret))
    other = Sandbox(whole_stand, "ActMail").task.role
    with pytest.raises(ClientError, match="AccessDenied"):
        crm.session(role=other)


@pytest.mark.guarantee("T38")
@pytest.mark.parametrize("row", [row.name for row in TASKS])
def test_a_policy_fits_for_the_longest_ids(whole_stand: Stand, row: str, figure: Figure) -> None:
    """At most 2,048 characters with the longest stage and account, and a job id of 64."""
    task = Sandbox(whole_stand, row).task
    longer = tuple(
        Right(actions=one.actions, resource=one.resource.replace("local", "s" * 16))
        for one in task.rights
    )
    policy = session_policy(task.model_copy(update={"rights": longer}), "w" * 64)
    assert len(policy) <= MOST_CHARACTERS
    assert json.loads(policy)["Statement"]
    figure(f"policy of {row}: {len(policy)} characters", 1)


@pytest.mark.control
@pytest.mark.guarantee("T38")
def test_control_the_role_without_a_session_policy_reaches_all_of_it(
    crm: Sandbox, accesses: list[tuple[Access, str]]
) -> None:
    """The same 100 succeed where a function uses its task role as it is."""
    db = crm.session(narrowed=False)
    assert not any(denied(lambda: access(db, crm.table, key)) for access, key in accesses)  # noqa: B023 - called at once
    admin = deployer.client("dynamodb", crm.endpoint)
    for key in {f"JOB#{OWN}", *(key for _, key in accesses)}:  # they belong to nothing
        admin.delete_item(TableName=crm.table, Key=_key(key))
