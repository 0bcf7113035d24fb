"""What wakes a person: alarms with a subscriber, and the dashboard to look at afterwards."""

from aws_cdk import Duration, Stack, aws_cloudwatch, aws_iam, aws_lambda, aws_sns, aws_sqs
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from countersign.runtime.connectors import remedies
from infra.settings import Settings

NAMESPACE = "Countersign"
OLDEST_DUE, IN_TURN = "OldestDueSeconds", "DueInTurn"
LATE_SECONDS = 600
"""A due row this late: `tick` does not keep up, or what it should start does not start."""
QUIET_MINUTES = 5
NOT_TO_HAPPEN = (
    *("MailsBounced", "MailComplaints", "WebhooksNotQueued", "CallbacksLost"),
    *("BreakersOpened", "SendersBreakForms", "CasesOverdue"),
)
"""Our own counters of which the first one is worth a look."""
NOT_TAKEN = "Misconfigured"
TRIED = Duration.minutes(15)
"""One job every five minutes finds out whether it is mended: between two the alarm stays."""

Metric = aws_cloudwatch.Metric
Missing = aws_cloudwatch.TreatMissingData
Never = Missing.NOT_BREACHING  # these metrics have no data while nothing happens
MINUTE = Duration.minutes(1)
HOUR = Duration.hours(1)
DAY = Duration.days(1)


class Watch(Construct):
    """A topic with a subscribed address, alarms that use it, and a dashboard."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._topic = aws_sns.Topic(self, "Alarms", enforce_ssl=True)
        self._topic.add_subscription(subscriptions.EmailSubscription(settings.alarm_address))
        self._let_alarms_publish()
        self._service = settings.stack_name
        self._dashboard = aws_cloudwatch.Dashboard(
            # Dashboards are the account's, whatever region.
            self,
            "Dashboard",
            dashboard_name=f"{settings.stack_name}-{Stack.of(self).region}",
        )

    def machine(self, machine: stepfunctions.StateMachine) -> None:
        """Alarm on each execution that failed or timed out: no job ends like that on purpose."""
        failed = machine.metric_failed(statistic="Sum", period=MINUTE)
        timed_out = machine.metric_timed_out(statistic="Sum", period=MINUTE)
        self._alarm("ExecutionsFailed", failed, above=0, missing=Never)
        self._alarm("ExecutionsTimedOut", timed_out, above=0, missing=Never)
        started = machine.metric_started(statistic="Sum")
        succeeded = machine.metric_succeeded(statistic="Sum")
        self._graph("Executions", started, succeeded, failed, timed_out)

    def queues(self, queue: aws_sqs.Queue, **dead: aws_sqs.Queue) -> None:
        """Alarm when anything is in one of the `dead` queues; show `queue` beside them."""
        depths = [
            letters.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=MINUTE
            )
            for name, letters in dead.items()
        ]
        for name, depth in zip(dead, depths, strict=True):
            self._alarm(f"{name.title()}Letters", depth, above=0, missing=Never)
        age = queue.metric_approximate_age_of_oldest_message(statistic="Maximum", period=MINUTE)
        self._graph("Intake: age of the oldest message (s)", age)
        self._graph("Dead letters", *depths)

    def clock(self) -> None:
        """Alarm when time does not go on: something is long due, or `tick` says nothing at all."""
        oldest = Metric(
            namespace=NAMESPACE,
            metric_name=OLDEST_DUE,
            dimensions_map={"service": self._service},
            statistic="Maximum",
            period=MINUTE,
        )
        self._alarm(
            "OldestDue",
            oldest,
            above=LATE_SECONDS,
            missing=Missing.BREACHING,
            periods=QUIET_MINUTES,
        )
        self._graph("Oldest due row (s)", oldest)
        terms = f'{{{NAMESPACE},service,system}} MetricName="{IN_TURN}" service="{self._service}"'
        found = f"SEARCH('{terms}', 'Maximum', {MINUTE.to_seconds():.0f})"
        self._expression("Due, and waiting for their turn", found, _label("system"), MINUTE)

    def counters(self, *names: str) -> None:
        """Alarm on each of these of our own counters, which count what should not happen."""
        metrics = [
            Metric(
                namespace=NAMESPACE,
                metric_name=name,
                dimensions_map={"service": self._service},
                statistic="Sum",
                period=MINUTE,
            )
            for name in names
        ]
        for name, metric in zip(names, metrics, strict=True):
            self._alarm(name, metric, above=0, missing=Never)
        self._graph("What should not happen", *metrics)
        self._keys()

    def _keys(self) -> None:
        """One alarm for each key that the other side may not take, which says what mends it: all
        jobs wait for that, and go on by themselves."""
        for key, remedy in remedies().items():
            metric = Metric(
                namespace=NAMESPACE,
                metric_name=NOT_TAKEN,
                dimensions_map={"service": self._service, "key": key},
                statistic="Sum",
                period=TRIED,
            )
            name = f"{NOT_TAKEN}-{key}"
            self._alarm(name, metric, above=0, missing=Never, says=remedy)

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
            "Decisions", "choice", "Sum", DAY, '(choice="edit" OR choice="reject")'
        )
        decided = self._found("Decisions", "choice", "Sum", DAY)
        rate = f"100 * SUM({overridden}) / SUM({decided})"
        self._expression("Overridden by a person (%)", rate, "overridden", DAY)

    def errors(self, **functions: aws_lambda.Function) -> None:
        """Alarm on errors of functions that no execution would fail by."""
        errors = [
            function.metric_errors(statistic="Sum", period=MINUTE)
            for name, function in functions.items()
        ]
        for name, metric in zip(functions, errors, strict=True):
            self._alarm(f"{name.title()}Errors", metric, above=0, missing=Never)
        slow = [function.metric_duration(statistic="p95") for name, function in functions.items()]
        self._graph("Errors of the doors", *errors)
        self._graph("Duration of the doors, p95 (ms)", *slow)

    def _alarm(
        self,
        name: str,
        metric: Metric,
        *,
        above: int,
        missing: aws_cloudwatch.TreatMissingData,
        periods: int = 1,
        says: str = "",
    ) -> None:
        alarm = aws_cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._service}-{name}",
            alarm_description=says or None,
            metric=metric,
            threshold=above,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        alarm.add_ok_action(actions.SnsAction(self._topic))

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

    def _let_alarms_publish(self) -> None:
        """A policy of ours (TLS only) replaces the default one that let the account's alarms in."""
        self._topic.add_to_resource_policy(
            aws_iam.PolicyStatement(
                principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self._topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )


def _label(dimension: str) -> str:
    return f"${{PROP('Dim.{dimension}')}}" if dimension else ""
