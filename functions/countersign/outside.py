"""The outside systems as one process reaches them: their keys, their clients, the mail."""
# ruff: noqa: PLC0415 - a function loads only the clients that it uses

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from countersign.connectors.system import Deadline
from countersign.mailing import JobMailer
from countersign.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from countersign.actions.notify import Pushes
    from countersign.actions.payments import Payments
    from countersign.connectors.aws import Credentials
    from countersign.connectors.hubspot import HubSpot
    from countersign.connectors.payments import StripePayments
    from countersign.connectors.secrets import Kept
    from countersign.domain import ports
    from countersign.domain.field_map import Described

T = TypeVar("T")


class fresh(Generic[T]):  # noqa: N801 - it stands where `cached_property` would
    """A property that is worked out at each use; like a cached one it gives way to what a test
    hands in by name."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, outside: Outside, owner: type[Outside]) -> T:
        return self._make(outside)


class Outside:
    """Each made when it is first asked for; a client anew when its key has changed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.by: Credentials | None = None
        """Whose rights the AWS clients have; None: the function's own."""
        self.kept: Kept = {}
        """Secrets as this process read them."""
        self.connections: dict[str, tuple[str, Any]] = {}
        """Clients of outside systems by secret, each with the key that it was made with."""
        self.deadline = Deadline()
        """When the present invocation must have ended: nothing outside is waited for longer."""
        self.job_id = ""
        """The job that this invocation works on; the mails of its actions say so."""

    @cached_property
    def secrets(self) -> ports.Secrets:
        """Secrets Manager."""
        from countersign.connectors.aws import client
        from countersign.connectors.secrets import SecretsManager

        manager = client("secretsmanager", self.by)
        return SecretsManager(manager, self.settings.secret_names, self.kept)

    @fresh
    def model(self) -> ports.Model:
        """The language model."""
        from countersign.connectors.openai_model import OpenAIModel

        url = self.settings.model_base_url
        return self._connected(self.settings.model_secret, lambda key: OpenAIModel(url, key))

    @fresh
    def crm_reader(self) -> ports.Reader:
        """Read-only access to the CRM."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm_schema(self) -> Described:
        """What the CRM says of its own objects."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm(self) -> ports.Crm:
        """Writing access to the CRM."""
        return self._hubspot(self.settings.crm_write_secret)

    def _hubspot(self, secret: str) -> HubSpot:
        from countersign.connectors.hubspot import HubSpot

        url, names = self.settings.crm_base_url, self.settings.crm_fields
        return self._connected(
            secret, lambda key: HubSpot(url, key, timeout=self.deadline.share, names=names)
        )

    @fresh
    def payments_reader(self) -> ports.Reader:
        """Read-only access to payments."""
        return self._stripe(self.settings.payments_read_secret)

    @fresh
    def payments(self) -> Payments:
        """Writing access to payments."""
        return self._stripe(self.settings.payments_write_secret)

    def _stripe(self, secret: str) -> StripePayments:
        from countersign.connectors.payments import StripePayments

        url = self.settings.payments_base_url
        return self._connected(
            secret, lambda key: StripePayments(url, key, timeout=self.deadline.share)
        )

    @fresh
    def channels(self) -> Pushes:
        """Posting to channels."""
        from countersign.connectors.push import WebhookPushes

        return self._connected(
            self.settings.notify_secret,
            lambda key: WebhookPushes(key, timeout=self.deadline.share),
        )

    @cached_property
    def mail(self) -> ports.Mailer:
        """Sending mail."""
        from countersign.connectors.aws import client
        from countersign.connectors.ses import SesMailer

        ses = client("sesv2", self.by)
        return SesMailer(self.settings.mail_from, self.settings.mail_configuration_set, ses)

    def _connected(self, secret: str, make: Callable[[str], T]) -> T:
        """The process's client of an outside system; another one when its key has changed."""
        key = self.secrets.get(secret)
        held = self.connections.get(secret)
        if held is None or held[0] != key:
            held = self.connections[secret] = (key, make(key))
        client: T = held[1]
        return client

    def reader(self, connector: str) -> ports.Reader:
        """Read-only access to the system behind `connector`."""
        return self.payments_reader if connector == "payments" else self.crm_reader

    def actor_port(self, connector: str) -> object:
        """The port through which actions of `connector` are done."""
        if connector == "payments":
            return self.payments
        if connector == "notify":
            return self.channels
        return self.crm if connector == "crm" else JobMailer(self.mail, self.job_id)
