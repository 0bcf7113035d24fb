"""The secrets of one run of the local cloud."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from countersign.domain.jobs.senders import DEFAULT, Held, renewed
from infra.cli.submit import new_secret
from infra.local.cloud import deployer
from infra.local.company import ours
from infra.local.slack import hook
from infra.settings import load


@dataclass(frozen=True)
class Keys:
    """The run's own secrets, made anew for each, or kept in a file from the first on."""

    webhook: str
    crm_read: str
    crm_write: str
    payments_read: str
    payments_write: str
    model: str
    channel: str
    shop: str

    @classmethod
    def made(cls) -> Keys:
        """New ones."""
        keys = (secrets.token_urlsafe(24) for _ in range(7))
        return cls(new_secret(secrets.token_bytes(32)), *keys)

    @classmethod
    def kept(cls, file: Path) -> Keys:
        """Those in `file`, which only its owner can read; new ones the first time."""
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(json.dumps(asdict(cls.made())))
        return cls(**json.loads(file.read_text()))

    def of_senders(self) -> dict[str, str]:
        """What each of the stage's senders signs with; those beside the default one follow from
        its own."""
        ids = (one.id for one in load("local").senders)
        return {one: self.webhook if one == DEFAULT else self._following(one) for one in ids}

    def _following(self, sender: str) -> str:
        return new_secret(hmac.digest(self.webhook.encode(), sender.encode(), "sha256"))

    def put(self, endpoint: str, outputs: Mapping[str, str], url: str, model_key: str) -> None:
        """Fill the stack's secrets, as an operator does after the first deployment.

        `url` is where the demo systems are, `model_key` that of a model server which is not ours. A
        stage whose model is asked with the function's own role has no key for it.
        """
        channels = {one: hook(url, one, self.channel) for one in ours().channels}
        door: Held = {}
        for sender, secret in self.of_senders().items():
            door = renewed(door, sender, secret)
        values = {
            "WebhookSecretArn": json.dumps(door),
            "CrmReadSecretArn": self.crm_read,
            "CrmWriteSecretArn": self.crm_write,
            "PaymentsReadSecretArn": self.payments_read,
            "PaymentsWriteSecretArn": self.payments_write,
            "NotifyChannelsSecretArn": json.dumps(channels),
            "HttpShopSecretArn": self.shop,
            "ModelKeySecretArn": model_key or self.model,
        }
        manager = deployer.client("secretsmanager", endpoint)
        for output in values.keys() & outputs.keys():
            manager.put_secret_value(SecretId=outputs[output], SecretString=values[output])
