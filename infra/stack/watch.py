"""What wakes a person: alarms with a subscriber, and what to look at afterwards."""

from collections.abc import Iterable, Mapping

from aws_cdk import Duration, Stack, aws_cloudwatch, aws_iam, aws_lambda, aws_logs, aws_sns, aws_sqs
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from countersign.domain.workflow import Workflows
from countersign.observability import NAMESPACE
from infra.alarms import QUERIES, RUNBOOK, Alarm, Share, alarms, anchor, of_thresholds
from infra.settings import Settings
from infra.steps import staged
from workflows import registered

Thing = Mapping[str, str]
"""The dimensions under which AWS counts one thing."""
IN_TURN = "DueInTurn"
TROUBLES = ("CasesOpen", "Replans", "OutcomesUnknown")
OLDEST = ("OldestDueSeconds", "OldestJobSeconds", "OldestApprovalSeconds")
PAGE = "CustomersAffected"
"""The one alarm that wakes somebody."""

Metric = aws_cloudwatch.Metric
Missing = aws_cloudwatch.TreatMissingData
MISSING = {"quiet": Missing.NOT_BREACHING, "silence": Missing.MISSING}
Compare = aws_cloudwatch.ComparisonOperator
# A count of samples is never below none: only that there are none any more changes its state.
COMPARE = {
    "quiet": Compare.GREATER_THAN_THRESHOLD,
    "silence": Compare.LESS_THAN_THRESHOLD,
}
MINUTE = Duration.minutes(1)
HOUR = Duration.hours(1)
DAY = Duration.days(1)
WEEK = Duration.days(7)


class Watch(Construct):
    """Two topics with a subscribed address, the alarms that use them, saved queries, and a
    dashboard. `things` says by which dimension AWS knows what an alarm of its metrics watches."""

    def __init__(
        self, scope: Construct, name: str, settings: Settings, things: Mapping[str, Thing]
    ) -> None:
        super().__init__(scope, name)
        self._service = settings.stack_name
        self._named, self._things = settings.alarms, things
        self._topic = self._heard("Alarms", settings)
        self._pages = self._heard("Pages", settings)
        self._dashboard = aws_cloudwatch.Dashboard(
            # Dashboards are the account's, whatever region.
            self,
            "Dashboard",
            dashboard_name=f"{settings.stack_name}-{Stack.of(self).region}",
        )
        self._alarms(settings, registered(settings.stage))

    def _alarms(self, settings: Settings, flows: Workflows) -> None:
        """Each row of the table rings by itself; those that mean that customers wait page together,
        but for a silence, which pages itself: to a rule it is the same as being new. How they stand
        is the dashboard's first row."""
        # Which models are asked is no matter of how long a step has.
        of_all = alarms(settings.http_targets, staged(settings, ()))
        every = (*of_all, *of_thresholds(flows))
        rows = [one for one in every if {*one.of, *one.where} <= {*self._things}]
        made = {one.name: self._alarm(one) for one in rows}
        waking = [made[one.name] for one in rows if one.customers and one.missing != "silence"]
        page = aws_cloudwatch.CompositeAlarm(
            self,
            PAGE,
            composite_alarm_name=f"{self._named}{PAGE}",
            alarm_description=f"Customers wait or are turned away. {RUNBOOK}#{anchor(PAGE)}",
            alarm_rule=aws_cloudwatch.AlarmRule.any_of(*waking),
        )
        page.add_alarm_action(actions.SnsAction(self._pages))
        page.add_ok_action(actions.SnsAction(self._pages))
        self._dashboard.add_widgets(
            aws_cloudwatch.AlarmStatusWidget(
                title="Is it working?", alarms=list(made.values()), width=24, height=5
            )
        )

    def jobs(self, workflows: Iterable[str], stuck: aws_lambda.IFunction) -> None:
        """What is stuck, who waits, and what it costs, whatever the workflow; then a row for each
        workflow."""
        self._dashboard.add_widgets(
            aws_cloudwatch.CustomWidget(
                title="What is stuck, and why?",
                function_arn=stuck.function_arn,
                width=24,
                height=6,
            )
        )
        self._graph("Is anyone waiting? (s)", *map(self._of_ours, OLDEST))
        self._costs_today()
        self._search("Jobs that ended", "JobsEnded", "status", "Sum", HOUR)
        self._search("Jobs that came", "JobsAccepted", "", "Sum", HOUR)
        self._graph("Cases, new plans, unknown outcomes", *map(self._of_ours, TROUBLES))
        self._times()
        self._shares()
        for one in sorted(workflows):
            only = f'workflow="{one}"'
            for title, name, also in (
                ("jobs that ended", "JobsEnded", "status"),
                ("decided as", "Decisions", "choice"),
            ):
                found = self._found(name, also, "Sum", HOUR, only)
                self._expression(f"{one}: {title}", found, _label(also), HOUR)

    def _times(self) -> None:
        """From start to end with all waits, and of each step by itself."""
        for at in ("p50", "p90", "p99"):
            self._search(f"From start to end: {at} (s)", "JobSeconds", "", at, DAY)
            terms = f'{{AWS/Lambda,FunctionName}} MetricName="Duration" "{self._service}"'
            found = f"SEARCH('{terms}', '{at}', {HOUR.to_seconds():.0f})"
            self._expression(f"Each step: {at} (ms)", found, _label("FunctionName"), HOUR)

    def _shares(self) -> None:
        """Of a day's ends: completed, with a person, and read without a model; and what each job
        cost of the model."""
        every = f"SUM({self._found('JobsEnded', 'status', 'Sum', DAY)})"
        completed, person = (
            f"SUM({self._found('JobsEnded', 'status', 'Sum', DAY, f'status={one}')})"
            for one in ("COMPLETED", "ESCALATED")
        )
        without = f"SUM({self._found('ModelFallbacks', '', 'Sum', DAY)})"
        usd = f"SUM({self._usd(DAY)})"
        for title, what in (
            ("Completed (%)", f"100 * {completed} / {every}"),
            ("Ended with a person (%)", f"100 * {person} / {every}"),
            ("Read without the model (%)", f"100 * {without} / {every}"),
            ("The model per job (US$)", f"{usd} / {every}"),
        ):
            self._expression(title, what, title, DAY)

    def _usd(self, period: Duration) -> str:
        terms = f'{{{NAMESPACE},service,model}} MetricName="ModelUsd" service="{self._service}"'
        return f"SEARCH('{terms}', 'Sum', {period.to_seconds():.0f})"

    def _costs_today(self) -> None:
        """What the model took since midnight UTC; the rest of a day's cost stands in AWS's bill."""
        spent = aws_cloudwatch.MathExpression(
            expression=f"SUM({self._usd(DAY)})",
            label="today",
            period=DAY,
            using_metrics={},
        )
        self._dashboard.add_widgets(
            aws_cloudwatch.SingleValueWidget(
                title="What does the model cost today? (US$)", metrics=[spent], width=12, height=6
            )
        )

    def flow(self, queue: aws_sqs.Queue, machine: stepfunctions.StateMachine) -> None:
        """Show the way in, the way through, and the model."""
        age = queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=MINUTE)
        self._graph("Intake: age of the oldest message (s)", age)
        started = machine.metric_started(statistic="Sum")
        succeeded = machine.metric_succeeded(statistic="Sum")
        failed = machine.metric_failed(statistic="Sum")
        self._graph("Executions", started, succeeded, failed)
        terms = f'{{{NAMESPACE},service,system}} MetricName="{IN_TURN}" service="{self._service}"'
        found = f"SEARCH('{terms}', 'Maximum', {MINUTE.to_seconds():.0f})"
        self._expression("Due, and waiting for their turn", found, _label("system"), MINUTE)
        self._model()

    def _model(self) -> None:
        """What the model costs by its name, and how it answers by workflow."""
        for title, name, statistic in (
            ("The model: US$ an hour", "ModelUsd", "Sum"),
            ("The model: tokens an hour", "ModelTokens", "Sum"),
            ("The model: seconds to its answer, p90", "ModelSeconds", "p90"),
        ):
            terms = f'{{{NAMESPACE},service,model}} MetricName="{name}" service="{self._service}"'
            found = f"SEARCH('{terms}', '{statistic}', {HOUR.to_seconds():.0f})"
            self._expression(title, found, _label("model"), HOUR)
        for title, name in (
            ("shown its faults", "ModelRepairs"),
            ("asked of a larger one", "ModelSizeUps"),
            ("refused", "ModelRefusals"),
            ("done without", "ModelFallbacks"),
            ("answers read again", "AnswersReused"),
        ):
            self._search(f"The model: {title}", name, "", "Sum", HOUR)

    def queries(self, functions: Iterable[str]) -> None:
        """The operator's questions, saved where they look for them."""
        groups = [f"/aws/lambda/{name}" for name in functions]
        failing = next(iter(QUERIES))
        self._dashboard.add_widgets(
            aws_cloudwatch.LogQueryWidget(
                title=failing,
                log_group_names=groups,
                query_string=QUERIES[failing],
                view=aws_cloudwatch.LogQueryVisualizationType.TABLE,
                width=24,
                height=6,
            )
        )
        for number, (title, text) in enumerate(QUERIES.items()):
            aws_logs.CfnQueryDefinition(
                self,
                f"Query{number}",
                name=f"{self._service}/{title}",
                query_string=text,
                log_group_names=groups,
            )

    def approvals(self) -> None:
        """Show what waits for people, how long they take, and what they say.

        By searches: each workflow, tier and choice appears once it has been emitted.
        """
        self._search("Requests that wait", "PendingApprovals", "tier", "Maximum")
        self._search("Requests that wait: oldest (s)", "PendingSeconds", "tier", "Maximum")
        self._search("Requests that wait: median age (s)", "PendingSeconds", "tier", "p50")
        self._search("Time to decide: median (s)", "SecondsToDecide", "", "p50", HOUR)
        self._search("Time to decide: p90 (s)", "SecondsToDecide", "", "p90", HOUR)
        self._search("Decided as", "Decisions", "choice", "Sum", HOUR)
        self._search("Decided within 3 s of opening", "QuickDecisions", "", "Sum", HOUR)
        self._search("Expired", "ApprovalsExpired", "", "Sum", HOUR)
        overridden = self._found(
            "Decisions", "choice", "Sum", WEEK, '(choice="edit" OR choice="reject")'
        )
        decided = self._found("Decisions", "choice", "Sum", WEEK)
        rate = f"100 * SUM({overridden}) / SUM({decided})"
        self._expression("Overridden by a person, by week (%)", rate, "overridden", WEEK)

    def _alarm(self, one: Alarm) -> aws_cloudwatch.Alarm:
        alarm = aws_cloudwatch.Alarm(
            self,
            one.name,
            alarm_name=f"{self._named}{one.name}",
            alarm_description=one.says,
            metric=self._metric(one),
            threshold=one.above,
            comparison_operator=COMPARE[one.missing],
            evaluation_periods=one.periods,
            treat_missing_data=MISSING[one.missing],
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        alarm.add_ok_action(actions.SnsAction(self._topic))
        if one.missing == "silence":
            for topic in (self._topic, *([self._pages] if one.customers else [])):
                alarm.add_insufficient_data_action(actions.SnsAction(topic))
        return alarm

    def _metric(self, one: Alarm) -> aws_cloudwatch.IMetric:
        """What an alarm watches; of several things of AWS's their sum, or the highest share."""
        if one.share:
            return self._share(one, one.share)
        period = Duration.minutes(one.minutes)
        ours = {"service": self._service, **dict(one.dimensions)}
        found = {
            f"m{number}": Metric(
                namespace=one.namespace,
                metric_name=one.metric,
                dimensions_map=dimensions,
                statistic=one.statistic,
                period=period,
            )
            for number, dimensions in enumerate([self._things[name] for name in one.of] or [ours])
        }
        if len(found) == 1 and not one.percent_of:
            return found["m0"]
        shares = (f"100*FILL(m{n},0)/{whole}" for n, whole in enumerate(one.percent_of))
        total = "+".join(f"FILL({name},0)" for name in found)
        return aws_cloudwatch.MathExpression(
            expression=f"MAX([{','.join(shares)}])" if one.percent_of else total,
            using_metrics=found,
            period=period,
        )

    def _share(self, one: Alarm, share: Share) -> aws_cloudwatch.IMetric:
        period, known = Duration.minutes(one.minutes), dict(one.dimensions)
        found = {
            value: Metric(
                namespace=one.namespace,
                metric_name=one.metric,
                dimensions_map={"service": self._service, **known, share.dimension: value},
                statistic=one.statistic,
                period=period,
            )
            for value in share.among
        }
        hits, among = ("+".join(f"FILL({v},0)" for v in of) for of in (share.hits, share.among))
        return aws_cloudwatch.MathExpression(
            expression=f"IF({among}>={share.fewest}, 100*({hits})/({among}), 0)",
            using_metrics=found,
            period=period,
        )

    def _of_ours(self, name: str) -> aws_cloudwatch.Metric:
        return Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"service": self._service},
            statistic="Maximum",
            period=MINUTE,
        )

    def _heard(self, name: str, settings: Settings) -> aws_sns.Topic:
        topic = aws_sns.Topic(self, name, enforce_ssl=True)
        topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_address))
        self._let_alarms_publish(topic)
        return topic

    def _graph(self, title: str, *metrics: aws_cloudwatch.IMetric) -> None:
        self._dashboard.add_widgets(
            aws_cloudwatch.GraphWidget(title=title, left=list(metrics), width=12, height=6)
        )

    def _search(
        self, title: str, name: str, also: str, statistic: str, period: Duration = MINUTE
    ) -> None:
        found = self._found(name, also, statistic, period)
        self._expression(title, found, f"${{PROP('Dim.workflow')}} {_label(also)}".strip(), period)

    def _found(self, name: str, also: str, statistic: str, period: Duration, only: str = "") -> str:
        """A search for every workflow's metric of this name, by one dimension more or none."""
        schema = ",".join([NAMESPACE, "service", "workflow", *([also] if also else [])])
        terms = f'MetricName="{name}" service="{self._service}" {only}'.strip()
        return f"SEARCH('{{{schema}}} {terms}', '{statistic}', {period.to_seconds():.0f})"

    def _expression(self, title: str, expression: str, label: str, period: Duration) -> None:
        found = aws_cloudwatch.MathExpression(
            expression=expression, label=label, period=period, using_metrics={}
        )
        self._graph(title, found)

    def _let_alarms_publish(self, topic: aws_sns.Topic) -> None:
        """A policy of ours (TLS only) replaces the default one that let the account's alarms in."""
        topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )


def _label(dimension: str) -> str:
    return f"${{PROP('Dim.{dimension}')}}" if dimension else ""
