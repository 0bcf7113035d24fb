"""Rights: one role per function, explicit verbs on explicit things, and nothing that CDK adds."""

from typing import Any

import pytest

from countersign.connectors.dynamodb import session
from countersign.connectors.dynamodb.session import Task, batch_policy, session_policy
from countersign.runtime.starting import STARTS
from infra.build.synth import default_out, synthesize
from infra.settings import SANDBOX, load
from infra.steps import (
    BY_CONNECTOR,
    LANE,
    RECIPIENTS,
    ROWS,
    SENDING,
    STEPS,
    Grant,
    Row,
    staged,
)
from tests.infra.template import Statement, Template, role_of

# The actions for which AWS offers no resource to name.
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "ses:GetAccount",
}
REGION = "ap-southeast-1"
LONGEST_STAGE, LONGEST_REGION, MOST_ROLE_NAME, MOST_BUCKET_NAME = 16, len(REGION), 64, 63
DEV, STACK = "countersign-dev", f"countersign-{'s' * LONGEST_STAGE}"
PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": "1" * 12, "AWS::Partition": "aws"}
A_JOB, DAYS = f"j-{'a' * 24}", ("2026-11-30", "2026-12-01")
OF_EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def too_wide(statements: list[Statement]) -> list[Statement]:
    """The statements with a wildcard in a verb, or on everything without need."""
    return [
        row
        for row in statements
        if any("*" in action for action in row.actions)
        or ("*" in row.resources and not WITHOUT_RESOURCE.issuperset(row.actions))
    ]


def test_every_function_has_a_role_of_its_own(dev: Template) -> None:
    """No two functions share a role, and no role comes from somewhere else."""
    rows = staged(load("dev"), ())
    roles = [role_of(dev.function(row.name)) for row in rows]
    assert len(set(roles)) == len(rows) == len(dev.of("Lambda::Function"))


def actions_of(template: Template, role: str) -> set[str]:
    """All that a role may do."""
    return {a for s in template.statements() if s.role == role for a in s.actions}


def row_of(row: Row) -> set[str]:
    """All that a row says, where nothing is paced that need not be."""
    return {action for grant in row.needs(()) for action in grant.actions}


def task_role(template: Template, row: Row) -> str:
    """The logical id of the row's task role."""
    (found,) = (
        name for name in template.of("IAM::Role") if name.startswith(f"Functions{row.name}TaskRole")
    )
    return found


def own(row: Row) -> set[str]:
    """What the function's own role may, beside its log and its trace."""
    return {"sts:AssumeRole"} if row.task else row_of(row)


def test_a_role_has_its_row_and_nothing_else(dev: Template) -> None:
    """A function's actions are those of its row, and the right to write its log and its trace;
    with a task role the row is that one's, and the function may only assume it."""
    for row in staged(load("dev"), ()):
        role = role_of(dev.function(row.name))
        assert actions_of(dev, role) == own(row) | OF_EVERY_FUNCTION, row.name
        if row.task:
            assert actions_of(dev, task_role(dev, row)) == row_of(row)


def test_whatever_acts_has_a_task_role() -> None:
    """Every function that carries out effects of a connector, the child that works on a batch of a
    file, and no other."""
    acting = {name for name in BY_CONNECTOR if name[:3] == "Act"}
    assert {row.name for row in (*ROWS, *LANE) if row.task} == {*acting, "Work"}


def test_a_task_role_is_its_functions_alone(dev: Template) -> None:
    """Each of both names the other, and nobody else, in at most 64 characters."""
    for row in (row for row in staged(load("dev"), ()) if row.task):
        properties = dev.of("IAM::Role")[task_role(dev, row)]
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        mine = role_of(dev.function(row.name))
        assert trust["Principal"] == {"AWS": {"Fn::GetAtt": [mine, "Arn"]}}
        (assume,) = (
            s for s in dev.statements() if s.role == mine and "sts:AssumeRole" in s.actions
        )
        assert assume.resources == (assume.resources[0],)
        begins, region, ends = properties["RoleName"]["Fn::Join"][1]
        assert region == {"Ref": "AWS::Region"}
        assert begins in assume.resources[0]
        longest = len(begins) + LONGEST_REGION + len(ends) + LONGEST_STAGE - len("dev")
        assert longest <= MOST_ROLE_NAME


def test_each_session_fits_what_sts_takes(dev: Template) -> None:
    """With the longest names that a stage, a region and CloudFormation may give; a child's of a
    batch too."""
    longest = Longest(dev)
    for row in (row for row in staged(load("dev"), ()) if row.task):
        held = dev.function(row.name)["Environment"]["Variables"]["TASK"]
        task = Task.model_validate_json(longest.of(held))
        assert task.sends or session_policy(task, A_JOB)
        assert row not in (LANE[0], SENDING) or batch_policy(task, A_JOB, 999_999, DAYS)


@pytest.mark.control
def test_control_a_session_that_says_the_table_in_each_statement_is_too_long(
    dev: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of the child that sends first did: it could not send one message."""
    longest = Longest(dev)
    task = Task.model_validate_json(
        longest.of(dev.function(SENDING.name)["Environment"]["Variables"]["TASK"])
    )
    monkeypatch.setattr(session, "_TABLE", task.rights[0].resource)
    with pytest.raises(ValueError, match="characters"):
        batch_policy(task, A_JOB, 999_999, DAYS)


class Longest:
    """Values of a template with the longest names that its things may get."""

    def __init__(self, template: Template) -> None:
        self._types = {name: one["Type"] for name, one in template.body["Resources"].items()}

    def of(self, value: Any) -> str:
        """A value as text."""
        if isinstance(value, str):
            return value.replace(DEV, STACK)
        if "Fn::Join" in value:
            between, parts = value["Fn::Join"]
            return str(between).join(map(self.of, parts))
        name = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        if name in PSEUDO:
            return PSEUDO[name]
        made = f"{STACK}-{name}-{'x' * 13}"
        if self._types[name] == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{made[:MOST_BUCKET_NAME]}"
        return f"arn:aws:service:{REGION}:{PSEUDO['AWS::AccountId']}:resource/{made}"


def test_only_the_local_stage_reads_the_clock_besides() -> None:
    """Where time can be moved every function may query the table; elsewhere it is by its row."""
    for stage in ("local", "dev", "prod"):
        template = Template(synthesize(stage, default_out(stage)))
        for row in staged(load(stage), ()):
            actions = actions_of(template, role_of(template.function(row.name)))
            more = {"dynamodb:Query"} if stage == "local" else set()
            assert actions == own(row) | OF_EVERY_FUNCTION | more, (stage, row.name)


def more_in(feature: str) -> set[tuple[str, str, tuple[str, ...]]]:
    """(row, thing, actions) of what only a stage with this gives."""
    return {
        (row.name, grant.on, grant.actions)
        for row in ROWS
        for grant in set(row.needs((feature,))) - set(row.needs(()))
    }


def test_what_only_some_stages_need_only_those_give() -> None:
    """Start writes the row of starts where they are paced; who mails may mail to verified
    addresses where SES asks for that."""
    assert more_in(STARTS) == {("Start", "jobs", ("dynamodb:UpdateItem",))}
    mailing = {row.name for row in ROWS if any(one.on == "sender" for one in row.may)}
    verbs = {"ActMail": ("ses:SendEmail", "ses:SendRawEmail")}  # its mails may enclose documents
    wanted = {(one, RECIPIENTS, verbs.get(one, ("ses:SendEmail",))) for one in mailing}
    assert more_in(SANDBOX) == wanted
    assert {STARTS, SANDBOX}.isdisjoint(load("dev").has)
    sandboxed = load("dev").model_copy(update={"sandbox_recipients": ("ana@cranes.internal",)})
    assert sandboxed.has == load("dev").has | {SANDBOX}


def test_nothing_adds_rights_beside_the_roles(dev: Template) -> None:
    """There is no policy and no managed policy: what a role may stands in the role."""
    assert dev.of("IAM::Policy") == {}
    assert all("ManagedPolicyArns" not in role for role in dev.of("IAM::Role").values())


@pytest.mark.guarantee("T36")
def test_verbs_are_explicit_and_resources_named(dev: Template) -> None:
    """No verb has a wildcard; `*` is the resource only where AWS offers no other."""
    assert too_wide(list(dev.statements())) == []


@pytest.mark.control
@pytest.mark.guarantee("T36")
def test_wide_statements_are_seen() -> None:
    """What CDK grants by itself is recognised as too wide."""
    by_verb = Statement("r", ("dynamodb:*",), ("arn:aws:dynamodb:::table/jobs",))
    by_resource = Statement("r", ("states:SendTaskSuccess",), ("*",))
    assert too_wide([by_verb, by_resource]) == [by_verb, by_resource]


@pytest.mark.guarantee("T36")
def test_task_tokens_are_answered_on_one_machine_only(dev: Template) -> None:
    """`states:SendTask*` is on the machine, never on `*`, and only Approvals and Tick have it."""
    found = [s for s in dev.statements() if any(a.startswith("states:SendTask") for a in s.actions)]
    assert all("countersign-dev-jobs" in r for s in found for r in s.resources)
    assert {s.role for s in found} == {
        role_of(dev.function("Approvals")),
        role_of(dev.function("Tick")),
    }


def test_a_connector_reads_its_own_secret_only(dev: Template) -> None:
    """Every secret is readable by exactly one function, and by no function of the machine twice;
    the model's key by the two that ask it, that of senders by the two that check and make
    signatures."""
    there = staged(load("dev"), ())
    readers = [
        *((one.on, row.name) for row in there for one in row.may if "GetSecretValue" in one.verbs)
    ]
    assert sorted(readers) == [
        ("crm-read", "LookCrm"),
        ("crm-write", "ActCrm"),
        ("model-key", "Propose"),
        ("model-key", "Work"),
        ("notify-channels", "ActNotify"),
        ("page-key", "Approvals"),
        ("payments-read", "LookPayments"),
        ("payments-write", "ActPayments"),
        ("webhook", "Tick"),
        ("webhook", "Webhook"),
    ]
    arns = [
        r for s in dev.statements() if "GetSecretValue" in "".join(s.actions) for r in s.resources
    ]
    assert len(arns) == len(readers) == len(set(arns)) + 2


def test_only_the_machine_invokes_steps(dev: Template) -> None:
    """Each machine invokes the functions of its states by name; no function invokes another."""
    found = [s for s in dev.statements() if "lambda:InvokeFunction" in s.actions]
    named = [set(one.resources) for one in found]
    assert sorted(map(len, named)) == sorted((len(STEPS) + 1, len((*LANE, SENDING)) - 1))
    assert named[0].isdisjoint(named[1])
    assert "*" not in "".join(set().union(*named))


def test_a_grant_spells_its_actions() -> None:
    """A grant is one service and its verbs."""
    grant = Grant("jobs", "dynamodb", "Query PutItem")
    assert grant.actions == ("dynamodb:Query", "dynamodb:PutItem")
