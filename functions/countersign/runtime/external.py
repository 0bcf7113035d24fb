"""The adapters of outside systems: each made when it is first asked for, a client anew when its key
has changed."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from countersign.connectors.clock import Deadline, pause
from countersign.domain.errors import InternalError
from countersign.domain.ledger.targets import HTTP
from countersign.domain.mail import JobMailer
from countersign.runtime.connectors import act_of, look_of
from countersign.runtime.pace import Meter, MeteredMailer
from countersign.runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from countersign.actions.field_map import Account, Names
    from countersign.actions.files import Files
    from countersign.actions.http_request import Requests
    from countersign.actions.notify import Pushes
    from countersign.actions.paper import Press
    from countersign.actions.payments import Charges, Payments
    from countersign.connectors.aws.client import Credentials
    from countersign.connectors.aws.secrets import Kept
    from countersign.connectors.aws.signed import Send
    from countersign.connectors.hubspot.client import HubSpot
    from countersign.connectors.stripe.client import StripePayments
    from countersign.domain import ports
    from countersign.domain.jobs.outcomes import Waiters
    from countersign.domain.mail import Mailer
    from countersign.stages.company import Company


T = TypeVar("T")


class fresh(Generic[T]):  # noqa: N801 - it stands where `cached_property` would
    """A property that is worked out at each use; like a cached one it gives way to what a test
    hands in by name."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __get__(self, adapters: ExternalAdapters, owner: type[ExternalAdapters]) -> T:
        return self._make(adapters)


class ExternalAdapters:
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
        self.meter = Meter()
        """What each request to an outside system passes."""
        self.job_id = ""
        """The job that this invocation works on; the mails of its actions say so."""

    @property
    def stage(self) -> str:
        """The stage whose files hold. Raises InternalError when nobody said which."""
        if not self.settings.stage:
            raise InternalError("the setting STAGE is empty: no stage's files can be read")
        return self.settings.stage

    @cached_property
    def company(self) -> Company | None:
        """What is true of the company in this stage; None where its file says nothing."""
        from countersign.stages.stage_files import company

        return company(self.settings.workflows_package, self.stage)

    @cached_property
    def pause(self) -> ports.Pause:
        """Waiting, where an answer must take as long for everybody."""
        return pause

    @cached_property
    def send(self) -> Send:
        """Requests to AWS on their way."""
        from countersign.connectors.aws.signed import sent

        return sent

    def aws(self, service: str, by: Credentials | None = None) -> Any:
        """A service of AWS: a function speaks to it itself where it can, and boto3 does else."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.json_api import APIS, JsonApi
        from countersign.connectors.aws.xml_api import S3

        place = self.settings.place
        if place and service in APIS:
            return JsonApi(service, place, by, self.send, self.pause)
        if place and service == "s3":
            return S3(place, by, self.send, self.pause)
        return client(service, by)  # type: ignore[call-overload] # one of those that it knows

    def names(self, connector: str) -> Names:
        """An outside system's own names of our fields, and what its new objects get. The present
        ones hold for jobs of earlier releases too: what is renamed there is renamed for all."""
        from countersign.actions.field_map import Names

        return self.company.names(connector) if self.company else Names({})

    @cached_property
    def secrets(self) -> ports.Secrets:
        """Secrets Manager."""
        from countersign.connectors.aws.secrets import SecretsManager

        manager = self.aws("secretsmanager", self.by)
        return SecretsManager(manager, self.settings.secret_names, self.kept)

    @fresh
    def model(self) -> ports.Model:
        """The language model: where the stage has a key for it, else Bedrock's."""
        if not self.settings.model_secret:
            return self._bedrock
        from countersign.connectors.openai.client import OpenAIModel

        url = self.settings.model_base_url
        return self._connected(
            self.settings.model_secret, lambda key: OpenAIModel(url, key, self.meter)
        )

    @cached_property
    def _bedrock(self) -> ports.Model:
        from countersign.connectors.aws.client import place_of_process
        from countersign.connectors.bedrock.client import BedrockModel

        return BedrockModel(self.settings.place or place_of_process(), self.meter, self.by)

    @fresh
    def crm_reader(self) -> ports.Reader:
        """Read-only access to the CRM."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm_schema(self) -> Account:
        """What the CRM says of itself."""
        return self._hubspot(self.settings.crm_read_secret)

    @fresh
    def crm_setup(self) -> Account:
        """The same with the writing key, which may make properties."""
        return self._hubspot(self.settings.crm_write_secret)

    @fresh
    def crm(self) -> ports.Crm:
        """Writing access to the CRM."""
        return self._hubspot(self.settings.crm_write_secret)

    @fresh
    def visited_crm(self) -> ports.Crm:
        """The same, which remembers what one visit has read."""
        from countersign.actions.crm.visited import VisitedCrm

        return VisitedCrm(self.crm)

    def _hubspot(self, secret: str) -> HubSpot:
        from countersign.connectors.hubspot.client import HubSpot

        url, names = self.settings.crm_base_url, self.names("crm")
        make = partial(HubSpot, url, timeout=self.deadline.share, gate=self.meter, names=names)
        return self._connected(secret, make)

    @fresh
    def payments_reader(self) -> ports.Reader:
        """Read-only access to payments."""
        return self._stripe(self.settings.payments_read_secret)

    @fresh
    def payments_check(self) -> Charges:
        """The same, for seeing whether orders can be found there."""
        return self._stripe(self.settings.payments_read_secret)

    @fresh
    def payments(self) -> Payments:
        """Writing access to payments."""
        return self._stripe(self.settings.payments_write_secret)

    def _stripe(self, secret: str) -> StripePayments:
        from countersign.actions.payments import USUAL_PLACES
        from countersign.connectors.stripe.client import StripePayments

        url, names = self.settings.payments_base_url, self.names("payments")
        places = self.company.orders_in if self.company else USUAL_PLACES
        make = partial(
            StripePayments,
            url,
            timeout=self.deadline.share,
            gate=self.meter,
            names=names,
            orders_in=places,
        )
        return self._connected(secret, make)

    @fresh
    def channels(self) -> Pushes:
        """Posting to channels."""
        from countersign.connectors.slack import WebhookPushes

        return self._connected(
            self.settings.notify_secret,
            lambda key: WebhookPushes(key, timeout=self.deadline.share, gate=self.meter),
        )

    def systems(self, connector: str) -> Requests:
        """A system of the business. Raises InternalError for one that the stage does not have."""
        from countersign.connectors.http_request import HttpRequests

        target = self.settings.target(connector)
        if target is None:
            raise InternalError(f"this stage has no system behind {connector}: see `http_targets`")
        return self._connected(
            self.settings.http_secrets.get(connector, connector),
            lambda key: HttpRequests(target, key, timeout=self.deadline.share, gate=self.meter),
        )

    @cached_property
    def callbacks(self) -> ports.Callbacks:
        """Telling other companies' systems."""
        from countersign.connectors.callbacks import HttpCallbacks

        return HttpCallbacks()

    @cached_property
    def waiters(self) -> Waiters:
        """Executions of others that wait."""
        from countersign.connectors.aws.signed import Signed
        from countersign.connectors.aws.waiters import LambdaCallbacks, OthersExecutions

        place = self.settings.place
        durable = LambdaCallbacks(Signed("lambda", place)) if place else self.aws("lambda")
        return OthersExecutions(self.aws("stepfunctions"), durable)

    @cached_property
    def mail(self) -> Mailer:
        """Sending mail."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.ses import SesMailer

        ses = client("sesv2", self.by)
        return SesMailer(self.settings.mail_from, self.settings.mail_configuration_set, ses)

    @property
    def job_mail(self) -> Mailer:
        """Sending the mails of this job's actions."""
        mailer = MeteredMailer(self.mail, self.meter)
        return JobMailer(mailer, self.job_id, self.settings.mail_inbound, self._document)

    def _document(self, place: str) -> bytes | None:
        return self.files.get(place)

    @fresh
    def press(self) -> Press:
        """Printing this job's documents."""
        from countersign.runtime.press import JobPress

        return JobPress(self.files)

    @fresh
    def files(self) -> Files:
        """The documents of this job."""
        from countersign.connectors.aws.client import client
        from countersign.connectors.aws.services import JobFiles
        from countersign.connectors.dynamodb.session import documents_of

        place = documents_of(self.job_id)
        return JobFiles(self.settings.payloads_bucket, place, client("s3", self.by))

    def _connected(self, secret: str, make: Callable[[str], T]) -> T:
        """The process's client of an outside system; another one when its key has changed."""
        key = self.secrets.get(secret)
        held = self.connections.get(secret)
        if held is None or held[0] != key:
            held = self.connections[secret] = (key, make(key))
        client: T = held[1]
        return client

    def reader(self, connector: str) -> ports.Reader:
        """Read-only access to the system behind `connector`. Raises InternalError for an unknown
        one."""
        reader: ports.Reader = getattr(self, look_of(connector).adapter)
        return reader

    def actor_port(self, connector: str) -> object:
        """The port through which actions of `connector` are done. Raises InternalError for an
        unknown one."""
        port: object = getattr(self, act_of(connector).adapter)
        return self.systems(connector) if connector.startswith(HTTP) else port
