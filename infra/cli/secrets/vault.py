"""Secrets Manager as the command line uses it: whether a secret is set, and setting it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from countersign.connectors.aws.client import client
from countersign.connectors.aws.secrets import UNSET

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient


class Vault:
    """The secrets of one stage, by their ARNs."""

    def __init__(self, manager: SecretsManagerClient | None = None) -> None:
        self._client = manager or client("secretsmanager")

    def read(self, arn: str) -> str:
        """The text; empty when nobody has set it."""
        try:
            text = self._client.get_secret_value(SecretId=arn)["SecretString"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            return ""
        return "" if text == UNSET else text

    def write(self, arn: str, text: str) -> None:
        """Replace the text; Secrets Manager keeps the one before as AWSPREVIOUS."""
        self._client.put_secret_value(SecretId=arn, SecretString=text)

    def changed_at(self, arn: str) -> datetime | None:
        """When its text was last replaced, as far as Secrets Manager says."""
        return self._client.describe_secret(SecretId=arn).get("LastChangedDate")
