"""The functions: for each row of `infra/steps.py` one role (or two), one log group, one Lambda."""

import json
from collections.abc import Iterable, Mapping, Sequence

from aws_cdk import Duration, Stack, aws_iam, aws_lambda, aws_logs
from constructs import Construct

from countersign.connectors.clock import MOVABLE
from countersign.runtime.connectors import MODEL, act_of
from infra.build import code, layers
from infra.settings import Settings
from infra.stack.logs import log_group
from infra.steps import ACT, RECIPIENTS, SEND, WORK, Grant, Row, function_name

RUNTIME = aws_lambda.Runtime(f"python{layers.LAMBDA_PYTHON}", aws_lambda.RuntimeFamily.PYTHON)


class Functions(Construct):
    """Functions by row name.

    `arns` gives the ARN of each thing that a Grant names, `values` that of each variable that a
    row's `env` names: `Row/NAME` where it is that row's own.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        settings: Settings,
        rows: Iterable[Row],
        *,
        arns: Mapping[str, str],
        values: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self._settings = settings
        self._arns = arns
        self._values = values
        self._code = self._bundle()
        self.rows = tuple(rows)
        used = {group for row in self.rows for group in row.layers}
        self._layers = {group: self._layer(group) for group in layers.GROUPS if group in used}
        self._functions = {row.name: self._function(row) for row in self.rows}

    def acting(self) -> list[aws_lambda.Function]:
        """Those that a state calls by the name of a connector."""
        return [self._functions[row.name] for row in self.rows if row.called.startswith(ACT)]

    def __getitem__(self, name: str) -> aws_lambda.Function:
        return self._functions[name]

    def __contains__(self, name: str) -> bool:
        return name in self._functions

    def of(self, rows: Iterable[Row]) -> dict[str, aws_lambda.Function]:
        """The functions of `rows`, by row name."""
        return {row.name: self._functions[row.name] for row in rows}

    def _bundle(self) -> aws_lambda.Code:
        folder = code.bundle(layers.LAMBDA_PYTHON, bytecode=self._settings.bytecode)
        return aws_lambda.Code.from_asset(str(folder), asset_hash=folder.name)

    def _layer(self, group: str) -> aws_lambda.LayerVersion:
        archive = layers.layer(group, bytecode=self._settings.bytecode)
        return aws_lambda.LayerVersion(
            self,
            f"Layer-{group}",
            code=aws_lambda.Code.from_asset(str(archive), asset_hash=archive.stem),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[aws_lambda.Architecture.ARM_64],
        )

    def _function(self, row: Row) -> aws_lambda.Function:
        name = function_name(self._settings.stack_name, row)
        log = log_group(self, f"{row.name}Log", f"/aws/lambda/{name}", self._settings)
        return aws_lambda.Function(
            self,
            row.name,
            function_name=name,
            handler=f"{row.handler}.handler",
            code=self._code,
            runtime=RUNTIME,
            architecture=aws_lambda.Architecture.ARM_64,
            timeout=Duration.seconds(row.timeout),
            memory_size=row.memory,
            reserved_concurrent_executions=row.at_once or None,
            layers=[self._layers[group] for group in row.layers],
            environment=self._environment(row),
            # What CDK would add by itself (fn:*, GetQueueUrl, …) is not in the row: refuse it.
            role=self._role(row, log).without_policy_updates(),
            log_group=log,
            tracing=aws_lambda.Tracing.ACTIVE,
        )

    def _role(self, row: Row, log: aws_logs.LogGroup) -> aws_iam.Role:
        rights = self._rights(row)
        statements = [
            _allow([log.log_group_arn], ["logs:CreateLogStream", "logs:PutLogEvents"]),
            trace(),
            *([_allow([self._task_arn(row)], ["sts:AssumeRole"])] if row.task else rights),
            *self._clock(),
        ]
        role = aws_iam.Role(
            self,
            f"{row.name}Role",
            assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"row": aws_iam.PolicyDocument(statements=statements)},
        )
        if row.task:
            self._task_role(row, role, rights)
        return role

    def _rights(self, row: Row) -> list[aws_iam.PolicyStatement]:
        return [self._allowed(grant) for grant in row.needs(self._settings.has)]

    def _allowed(self, grant: Grant) -> aws_iam.PolicyStatement:
        """What concerns recipients holds for mail from our own address alone; what concerns some
        rows of a table, for those."""
        allowed = _allow(self._on(grant), grant.actions)
        if grant.rows:
            # ForAllValues is true of a request without keys: Null makes such a request fail.
            allowed.add_condition(
                "ForAllValues:StringLike", {"dynamodb:LeadingKeys": f"{grant.rows}*"}
            )
            allowed.add_condition("Null", {"dynamodb:LeadingKeys": "false"})
        if grant.on == RECIPIENTS:
            own = [one for one in (self._settings.mail_from, self._settings.campaign_from) if one]
            allowed.add_condition("StringEquals", {"ses:FromAddress": own})
        return allowed

    def _on(self, grant: Grant) -> list[str]:
        """The resources of a grant."""
        if grant.on != RECIPIENTS:
            return [self._arn(grant)]
        stack = Stack.of(self)
        return [
            stack.format_arn(service="ses", resource="identity", resource_name=one)
            for one in self._settings.sandbox_recipients
        ]

    def _task_role(
        self, row: Row, function: aws_iam.Role, rights: list[aws_iam.PolicyStatement]
    ) -> None:
        """The role of the row's rights, for the function alone. It has a name, since each of the
        two roles names the other."""
        aws_iam.Role(
            self,
            f"{row.name}TaskRole",
            role_name=self._task_name(row),
            assumed_by=aws_iam.ArnPrincipal(function.role_arn),
            inline_policies={"row": aws_iam.PolicyDocument(statements=rights)},
        )

    def _task_name(self, row: Row) -> str:
        """Roles are the account's, whatever region: two regions must not want the same one."""
        return f"{function_name(self._settings.stack_name, row)}-{Stack.of(self).region}-task"

    def _task_arn(self, row: Row) -> str:
        return Stack.of(self).format_arn(
            service="iam", region="", resource="role", resource_name=self._task_name(row)
        )

    def _task(self, row: Row) -> dict[str, str]:
        """What the function has to know to assume its task role for a job."""
        if not row.task:
            return {}
        needed = row.needs(self._settings.has)
        pairs = dict.fromkeys((one.actions, on) for one in needed for on in self._told(one))
        rights = [{"actions": actions, "resource": on} for actions, on in pairs]
        task = {"role": self._task_arn(row), "rights": rights, **_paced(row)}
        return {"TASK": json.dumps(task)}

    def _told(self, grant: Grant) -> list[str]:
        """What a session is narrowed to. Models are no job's, and a profile is a name for each of
        its regions too: two of six regions are longer than STS takes. The role alone names them."""
        return ["*"] if grant.service == "bedrock" else self._on(grant)

    def _clock(self) -> list[aws_iam.PolicyStatement]:
        """Where time can be moved, every function may read by how much."""
        if self._settings.stage != MOVABLE:
            return []
        return [_allow([self._arns["jobs"]], ["dynamodb:Query"])]

    def _arn(self, grant: Grant) -> str:
        thing, slash, rest = grant.on.partition("/")
        return f"{self._arns[thing]}{slash}{rest}"

    def _environment(self, row: Row) -> dict[str, str]:
        return {
            "STAGE": self._settings.stage,
            "LOG_LEVEL": self._settings.log_level,
            # Also the dimension of every metric: two stages in one account stay apart.
            "POWERTOOLS_SERVICE_NAME": self._settings.stack_name,
            "POWERTOOLS_METRICS_NAMESPACE": "Countersign",
            "JOBS_TABLE": self._values["JOBS_TABLE"],
            **{name: self._value(row, name) for name in row.env},
            **self._task(row),
        }

    def _value(self, row: Row, name: str) -> str:
        """The stage's value of a variable, or the row's own."""
        own = f"{row.name}/{name}"
        return self._values[own if own in self._values else name]


def _paced(row: Row) -> dict[str, str | int | bool]:
    """What a session of the row reaches beside its job: the row of its connector's pace, and other
    partitions that its actions are about."""
    if row.name == WORK and "CONNECTOR_LIMITS" in row.env:
        return {"paced_by": MODEL}
    if row.name == SEND:
        return {"sends": True}
    if not row.called.startswith(ACT):
        return {}
    act = act_of(row.called.removeprefix(ACT))
    begets = {"children": act.children} if act.children else {}
    return {"paced_by": act.paced_by, **begets, **({"items": True} if act.items else {})}


def trace() -> aws_iam.PolicyStatement:
    """The right to send traces; X-Ray has no resources, so AWS offers nothing narrower than `*`."""
    return _allow(["*"], ["xray:PutTraceSegments", "xray:PutTelemetryRecords"])


def _allow(resources: Sequence[str], actions: Sequence[str]) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(resources=list(resources), actions=list(actions))
