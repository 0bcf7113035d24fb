"""Everything of `make run` together: the emulated cloud, the deployed stage, the front."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from starlette.routing import BaseRoute

from countersign.runtime import Deps
from countersign.settings import Settings
from infra.commands.submit import new_secret
from infra.commands.target import point_at, variables
from infra.local import crm, crm_seed, deployer, offline_model, proxy
from infra.local.front import Front
from infra.local.mailbox import Mailbox
from infra.local.processes import (
    LocalCloud,
    LocalError,
    PortTakenError,
    local_cloud,
    scratch_folder,
)
from infra.local.samples import samples
from infra.local.sender import Sender
from infra.synth import default_out, synthesize

HOST = "127.0.0.1"
UP_WITHIN = 10.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class RealModel:
    """A model server that the user chose instead of the offline one."""

    base_url: str
    key: str
    name: str = ""


@dataclass(frozen=True)
class Plan:
    """What to start. `port` 0 takes free ones; `approval_seconds` 0 leaves it to the workflow."""

    port: int
    approval_seconds: int = 0
    model: RealModel | None = None


@dataclass(frozen=True)
class Stand:
    """The running whole. `url` is for people, `cloud.endpoint` for AWS clients."""

    url: str
    cloud: LocalCloud
    outputs: Mapping[str, str]
    rewrites: list[str]
    webhook_secret: str
    deps: Deps
    mailbox: Mailbox
    sender: Sender

    def variables(self) -> dict[str, str]:
        """The lines of `.local/env`."""
        return {
            "COUNTERSIGN_URL": self.url,
            "COUNTERSIGN_WEBHOOK_SECRET": self.webhook_secret,
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_REGION": deployer.REGION,
            **variables(self.outputs),
        }

    def tick(self) -> None:
        """Run the scheduled work now, instead of at the next full minute."""
        name = self.outputs["StateMachineArn"].rpartition(":")[2].removesuffix("-jobs")
        functions = deployer.client("lambda", self.cloud.endpoint)
        functions.invoke(FunctionName=f"{name}-Tick", InvocationType="Event", Payload=b"{}")


@contextmanager
def stand(plan: Plan, say: Say) -> Iterator[Stand]:
    """Start everything, tell each step to `say`, and end everything with the block.

    Call it from the main thread. Raises LocalError, DeployError, SynthesisError or EventsError.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(_listening(plan.port))
        port = listener.getsockname()[1]
        known = samples()
        assembly = synthesize("local", default_out("local"))
        say("template synthesized")
        cloud = stack.enter_context(local_cloud(plan.port and plan.port + 1))
        say(f"emulated cloud on {cloud.endpoint}")
        url, keys = f"http://{HOST}:{port}", _Keys.made()
        deployed = deployer.deploy(assembly, cloud.endpoint, _overrides(plan, url))
        point_at(cloud.endpoint, deployer.REGION)
        keys.put(cloud.endpoint, deployed.outputs, plan.model)
        say(f"{len(deployed.outputs)} outputs deployed, {len(deployed.rewrites)} rewrites")
        deps = Deps(Settings.of(variables(deployed.outputs)))
        mailbox = Mailbox(cloud.endpoint, url)
        stack.callback(mailbox.close)
        sender = Sender(url, keys.webhook, deps.store, cloud.endpoint, deps.settings.uploads_bucket)
        folder = stack.enter_context(scratch_folder())
        client = httpx.AsyncClient(timeout=60.0)
        api_url = deployer.api_url(cloud.endpoint, deployed.outputs["ApiUrl"])
        doors = _doors(stack, folder, keys, api_url, client)
        front = Front(
            store=deps.store,
            mails=mailbox.all,
            send=sender.sample,
            samples=known,
            offline=plan.model is None,
            now=lambda: datetime.now(UTC),
            doors=doors,
            end=client.aclose,
        )
        stack.enter_context(_serving(front, listener))
        say(f"front on {url}")
        yield Stand(
            url,
            cloud,
            deployed.outputs,
            deployed.rewrites,
            keys.webhook,
            deps,
            mailbox,
            sender,
        )


@dataclass(frozen=True)
class _Keys:
    """The run's own secrets, made anew for each."""

    webhook: str
    crm_read: str
    crm_write: str
    model: str

    @classmethod
    def made(cls) -> _Keys:
        read, write, model = (secrets.token_urlsafe(24) for _ in range(3))
        return cls(new_secret(secrets.token_bytes(32)), read, write, model)

    def put(self, endpoint: str, outputs: Mapping[str, str], model: RealModel | None) -> None:
        """Fill the stack's secrets, as an operator does after the first deployment."""
        values = {
            "WebhookSecretArn": json.dumps({"current": self.webhook}),
            "CrmReadSecretArn": self.crm_read,
            "CrmWriteSecretArn": self.crm_write,
            "ModelKeySecretArn": model.key if model else self.model,
        }
        manager = deployer.client("secretsmanager", endpoint)
        for output, value in values.items():
            manager.put_secret_value(SecretId=outputs[output], SecretString=value)


def _overrides(plan: Plan, url: str) -> dict[str, str]:
    model = plan.model
    return {
        "PUBLIC_BASE_URL": url,
        "CRM_BASE_URL": url,
        "MODEL_BASE_URL": model.base_url if model else f"{url}/v1",
        "MODEL_NAME": (model.name if model else offline_model.MODEL),
        **({"APPROVAL_SECONDS": str(plan.approval_seconds)} if plan.approval_seconds else {}),
    }


def _doors(
    stack: ExitStack, folder: Path, keys: _Keys, api_url: str, client: httpx.AsyncClient
) -> list[BaseRoute]:
    """The proxied API, the demo CRM and the offline model."""
    database = folder / "crm.sqlite"
    crm_seed.seed(database)
    app = crm.crm_app(database, token_write=keys.crm_write, token_read=keys.crm_read)
    stack.callback(app.state.store.close)
    return [*proxy.routes(api_url, client), *offline_model.routes(keys.model), *app.routes]


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(
                f"Port {port} on {HOST} is taken: stop the program that uses it, or move "
                "everything with PORT=, for example `make run PORT=9400`."
            ) from error
        listener.listen(512)
        yield listener


@contextmanager
def _serving(front: Front, listener: socket.socket) -> Iterator[None]:
    """Serve in a thread; the main thread keeps the signals."""
    config = uvicorn.Config(
        front.app(), log_config=None, access_log=False, timeout_graceful_shutdown=2, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="front")
    thread.start()
    try:
        deadline = time.monotonic() + UP_WITHIN
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise LocalError("The front does not start; .local/run.log has the details.")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
