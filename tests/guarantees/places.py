"""What the stack makes, made on moto: queue, bucket, secrets, machine, and the table."""

from __future__ import annotations

import json
from dataclasses import dataclass

import boto3

from countersign.domain.approvals.approval import Person
from countersign.runtime.settings import Settings
from tests.fakes.senders import SENDERS
from tests.fakes.tables import create_jobs_table
from tests.fakes.world import PAGE_KEY, WEBHOOK_SECRET

ROLE = "arn:aws:iam::123456789012:role/machine"
CLEO = Person(id="cleo", name="Cleo Marsh", address="cleo.marsh@countersign.example")
"""Who gets the cases."""
SECRETS = {
    "webhook": json.dumps({"current": WEBHOOK_SECRET}),
    "page-key": PAGE_KEY,
    "model": "model-key",
    "crm-read": "crm-r",
    "crm-write": "crm-w",
    "payments-read": "pay-r",
    "payments-write": "pay-w",
}
_WAITS = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}


@dataclass(frozen=True)
class Places:
    """Where the queue and the machine are."""

    queue: str
    machine: str


def made_places() -> Places:
    """Everything but the table's contents."""
    create_jobs_table(boto3.client("dynamodb"), "jobs")
    boto3.client("s3").create_bucket(Bucket="payloads")
    boto3.client("sesv2").create_email_identity(EmailIdentity="countersign.example")
    for name, text in SECRETS.items():
        boto3.client("secretsmanager").create_secret(Name=name, SecretString=text)
    return Places(
        queue=boto3.client("sqs").create_queue(QueueName="intake")["QueueUrl"],
        machine=boto3.client("stepfunctions").create_state_machine(
            name="jobs", definition=json.dumps(_WAITS), roleArn=ROLE
        )["stateMachineArn"],
    )


def emptied_table() -> None:
    """The table without a row."""
    boto3.client("dynamodb").delete_table(TableName="jobs")
    create_jobs_table(boto3.client("dynamodb"), "jobs")


def settings_of(places: Places, url: str) -> Settings:
    """What a function is told; the demo systems are at `url`."""
    return Settings(
        stage="dev",
        aws_lambda_function_name="every",
        aws_region="us-east-1",
        aws_access_key_id="testing",
        jobs_table="jobs",
        payloads_bucket="payloads",
        intake_queue_url=places.queue,
        state_machine_arn=places.machine,
        public_base_url="https://countersign.example",
        crm_base_url=url,
        crm_read_secret="crm-read",
        crm_write_secret="crm-write",
        payments_base_url=f"{url}/payments",
        payments_read_secret="payments-read",
        payments_write_secret="payments-write",
        model_base_url=f"{url}/v1",
        model_secret="model",
        webhook_secret="webhook",
        senders=SENDERS,
        page_key_secret="page-key",
        mail_from="hello@countersign.example",
        case_owner=CLEO,
    )
