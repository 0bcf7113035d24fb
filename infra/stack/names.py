"""What the rows of `infra/steps.py` name: the ARN of each thing, the value of each variable."""

import json

from aws_cdk import ArnFormat, CfnOutput, Stack

from countersign.domain.jobs.senders import queue_of
from countersign.runtime.settings import SECRETS
from infra.settings import Settings, secret_output, target_output
from infra.stack.api import Api
from infra.stack.approvals import Approvals
from infra.stack.campaigns import Campaigns, campaign_set, sender_arn
from infra.stack.campaigns import set_arn as campaign_set_arn
from infra.stack.functions import Functions
from infra.stack.intake import Intake
from infra.stack.machines import machine_arns
from infra.stack.mail import Mail, set_arn, set_name
from infra.stack.model import invoked
from infra.stack.pipeline import Pipeline
from infra.stack.storage import Storage
from infra.steps import CAMPAIGNS, MODEL, SHOWS, VERDICTS, acting, waits


def arns(  # noqa: PLR0917 - the stack's parts
    stack: Stack,
    settings: Settings,
    storage: Storage,
    intake: Intake,
    approvals: Approvals,
    mail: Mail,
) -> dict[str, str]:
    """The ARNs of the things that a Grant can be on."""
    return {
        "jobs": storage.jobs.table_arn,
        "idempotency": storage.idempotency.table_arn,
        "uploads": storage.uploads.bucket_arn,
        "payloads": storage.payloads.bucket_arn,
        "seals": storage.seals.bucket_arn,
        "seal-key": storage.seal_key.key_arn,
        **({VERDICTS: storage.verdict_key.key_arn} if storage.verdict_key else {}),
        "intake": intake.queue.queue_arn,
        "failures": intake.failures.queue_arn,
        **({SHOWS: intake.shadow.queue.queue_arn} if intake.shadow else {}),
        "sender": approvals.sender_arn,
        "mail-set": set_arn(stack, settings),
        "alarms": stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name=f"{settings.alarms}*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        ),
        **{name: secret.secret_arn for name, secret in storage.secrets.items()},
        **machine_arns(stack, settings),
        **{queue_of(name): queue.queue_arn for name, queue in intake.calls.items()},
        **{waits(one.id): _execution(stack, one.answers) for one in settings.waiting_callers},
        **(_of_campaigns(stack, settings, mail.campaigns) if mail.campaigns else {}),
    }


def _of_campaigns(stack: Stack, settings: Settings, campaigns: Campaigns) -> dict[str, str]:
    return {
        CAMPAIGNS: campaigns.queue.queue_arn,
        "campaign-sender": sender_arn(stack, settings),
        "campaign-set": campaign_set_arn(stack, settings),
        "mail-account": "*",
    }


def _execution(stack: Stack, answers: str) -> str:
    """The ARN of the machine or function that waits, in the stage's account where none is named."""
    kind, _, name = answers.partition(":")
    if kind == "arn":
        return answers
    service = "states" if kind == "stateMachine" else "lambda"
    return stack.format_arn(
        service=service, resource=kind, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
    )


def models(stack: Stack, settings: Settings) -> dict[str, str]:
    """The models that the stage may invoke; none where it has a key instead."""
    found = invoked(settings, stack.region, stack.account)
    return {f"{MODEL}{number}": arn for number, arn in enumerate(found)}


def values(
    stack: Stack, settings: Settings, storage: Storage, intake: Intake, api: Api
) -> dict[str, str]:
    """The values of the variables that a row's `env` can name."""
    return {
        "JOBS_TABLE": storage.jobs.table_name,
        "IDEMPOTENCY_TABLE": storage.idempotency.table_name,
        "PAYLOADS_BUCKET": storage.payloads.bucket_name,
        "UPLOADS_BUCKET": storage.uploads.bucket_name,
        "SEALS_BUCKET": storage.seals.bucket_name,
        "SEAL_KEY": storage.seal_key.key_arn,
        "ALARMS": settings.alarms,
        **({"VERDICT_KEY": storage.verdict_key.key_arn} if storage.verdict_key else {}),
        "INTAKE_QUEUE_URL": intake.queue.queue_url,
        **({"SHADOW_QUEUE_URL": intake.shadow.queue.queue_url} if intake.shadow else {}),
        "STATE_MACHINE_ARN": machine_arns(stack, settings)["machine"],
        "ITEMS_MACHINE_ARN": machine_arns(stack, settings)["items-machine"],
        "PUBLIC_BASE_URL": api.url,
        "CRM_BASE_URL": settings.crm_base_url,
        "MODEL_BASE_URL": settings.model_base_url,
        "MODEL_NAME": settings.model_name,
        "PAYMENTS_BASE_URL": settings.payments_base_url,
        "MAIL_FROM": settings.mail_from,
        "MAIL_CONFIGURATION_SET": set_name(settings),
        "CAMPAIGN_FROM": settings.campaign_from,
        "CAMPAIGN_CONFIGURATION_SET": campaign_set(settings),
        "MAIL_AUTHSERV_ID": settings.mail_authserv_id,
        "MAIL_INBOUND": settings.mail_inbound,
        "CASE_OWNER": settings.case_owner.model_dump_json(),
        "APPROVAL_SECONDS": str(settings.approval_seconds),
        "CONNECTOR_LIMITS": settings.limits_json(),
        "SENDERS": settings.senders_json(),
        "HTTP_TARGETS": settings.targets_json(),
        **_secrets_of_systems(settings, storage),
        **{
            where.upper(): storage.secrets[name].secret_arn
            for name, where in SECRETS.items()
            if name in storage.secrets
        },
    }


def _secrets_of_systems(settings: Settings, storage: Storage) -> dict[str, str]:
    """Each function that acts on a system of the business is told of that one's secret."""
    return {
        f"{acting(one).name}/HTTP_SECRETS": json.dumps(
            {one.connector: storage.secrets[one.connector].secret_arn}
        )
        for one in settings.http_targets
    }


def things(
    api: Api,
    pipeline: Pipeline,
    intake: Intake,
    functions: Functions,
    mail: Mail,
) -> dict[str, dict[str, str]]:
    """What alarms on metrics of AWS watch: by which dimension AWS counts each."""
    return {
        "api": {"ApiId": api.http.api_id},
        "machine": {"StateMachineArn": pipeline.machine.state_machine_arn},
        "intake": {"QueueName": intake.dead.queue_name},
        "events": {"QueueName": intake.failures.queue_name},
        **({SHOWS: {"QueueName": intake.shadow.dead.queue_name}} if intake.shadow else {}),
        **({CAMPAIGNS: {"QueueName": mail.campaigns.dead.queue_name}} if mail.campaigns else {}),
        **{row.name: {"FunctionName": functions[row.name].function_name} for row in functions.rows},
    }


def outputs(  # noqa: PLR0917 - the stack's parts
    stack: Stack,
    settings: Settings,
    storage: Storage,
    intake: Intake,
    api: Api,
    pipeline: Pipeline,
    mail: Mail,
) -> None:
    """What an operator and the command line need to find."""
    found = {
        "ApiUrl": api.url,
        "ApiId": api.http.api_id,
        "JobsTable": storage.jobs.table_name,
        "UploadsBucket": storage.uploads.bucket_name,
        "PayloadsBucket": storage.payloads.bucket_name,
        "SealsBucket": storage.seals.bucket_name,
        "SealKeyArn": storage.seal_key.key_arn,
        "IntakeQueueUrl": intake.queue.queue_url,
        "IntakeDeadUrl": intake.dead.queue_url,
        "FailuresUrl": intake.failures.queue_url,
        "StateMachineArn": pipeline.machine.state_machine_arn,
        **{secret_output(name): one.secret_arn for name, one in storage.secrets.items()},
        **(_queues(mail.campaigns) if mail.campaigns else {}),
        **_outside(settings),
        **{target_output(one): one.model_dump_json() for one in settings.http_targets},
    }
    for name, value in found.items():
        CfnOutput(stack, name, value=value)


def _queues(campaigns: Campaigns) -> dict[str, str]:
    return {
        "CampaignQueueUrl": campaigns.queue.queue_url,
        "CampaignDeadUrl": campaigns.dead.queue_url,
    }


def _outside(settings: Settings) -> dict[str, str]:
    """What commands that ask outside systems need to find: what is deployed, not cdk.json's."""
    found = {
        "CrmBaseUrl": settings.crm_base_url,
        "PaymentsBaseUrl": settings.payments_base_url,
        "ModelBaseUrl": settings.model_base_url,
        "ModelName": settings.model_name,
    }
    return {name: value for name, value in found.items() if value}
