"""The stack: a table of contents. What each part is stands in the part's own file."""

from aws_cdk import Stack
from constructs import Construct

from infra.settings import Settings
from infra.stack.api import Api
from infra.stack.approvals import Approvals
from infra.stack.functions import Functions
from infra.stack.intake import Intake
from infra.stack.mail import Mail
from infra.stack.names import arns, models, outputs, things, values
from infra.stack.pipeline import Pipeline
from infra.stack.storage import Storage
from infra.stack.watch import Watch
from infra.steps import function_name, staged
from workflows import WORKFLOWS


class CountersignStack(Stack):
    """Everything of one stage."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(
            scope,
            settings.stack_name,
            description="Countersign: the system around an AI prototype",
            termination_protection=bool(settings.protected),
        )
        storage = Storage(self, "Storage", settings)
        api = Api(self, "Api", settings)
        intake = Intake(self, "Intake", settings)
        approvals = Approvals(self, "Approvals", settings)
        mail = Mail(self, "Mail", settings)
        asked = models(self, settings)
        rows = staged(settings, asked)
        functions = Functions(
            self,
            "Functions",
            settings,
            rows,
            arns=arns(self, settings, storage, intake, approvals, mail) | asked,
            values=values(self, settings, storage, intake, api),
        )
        pipeline = Pipeline(self, "Pipeline", settings, functions, storage)
        intake.take_webhooks(api, functions["Webhook"])
        intake.take_calls(api, functions)
        intake.take_uploads(storage.uploads)
        intake.start_jobs(functions["Start"])
        intake.show_jobs(functions)
        approvals.serve(api, functions["Approvals"])
        pipeline.tick(functions["Tick"], intake.failures)
        pipeline.record_dead(functions["Record"], intake.failures)
        mail.hear(api, functions, intake.failures)
        watch = Watch(self, "Watch", settings, things(api, pipeline, intake, functions, mail))
        watch.jobs(WORKFLOWS, functions["Approvals"])
        watch.flow(intake.queue, pipeline.machine)
        watch.approvals()
        watch.queries(function_name(settings.stack_name, row) for row in rows)
        outputs(self, settings, storage, intake, api, pipeline, mail)
