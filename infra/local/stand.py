"""Everything of `make run` together: the emulated cloud, the deployed stage, the front."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
from starlette.routing import BaseRoute

from countersign.connectors.http import certificates
from countersign.domain.limits.circuit_breaker import Breaker
from countersign.runtime.connectors import MODEL
from countersign.runtime.deps import Deps
from infra.build.synth import default_out, synthesize
from infra.cli.releases.weekly import keep_cases
from infra.cli.target import OUTSIDE, pointed_at, settings_of, variables
from infra.local import converse, offline_model, people
from infra.local.bad_model import Trouble
from infra.local.cloud import deployer, model_double, proxy
from infra.local.cloud.assembly import read_assembly
from infra.local.cloud.fork_client import answer_of
from infra.local.cloud.processes import LocalCloud, local_cloud, scratch_folder
from infra.local.cloud.serving import HOST, listening, serving
from infra.local.cloud.throttling import RouteThrottles
from infra.local.company import ours
from infra.local.crm.app import RATE, crm_app
from infra.local.crm.seed import seed
from infra.local.demo.page import mark
from infra.local.front.app import Front
from infra.local.front.mailbox import Mailbox
from infra.local.front.samples import samples
from infra.local.keys import Keys
from infra.local.partner import partner_app
from infra.local.payments import store
from infra.local.payments.app import payments_app
from infra.local.player.colleague import Colleague
from infra.local.player.provider import Provider
from infra.local.player.sender import Sender
from infra.local.reload import STAGE, check
from infra.local.shop import shop_app
from infra.local.slack import push_app
from infra.settings import load
from infra.steps import BY_CONNECTOR, acting

Say = Callable[[str], None]
HERE = "http://127.0.0.1:8400"
"""What stands in `cdk.json` for the front's own address, whatever its port is."""
IN_REAL_TIME = "dev"
"""The stage with this one's settings whose functions have no virtual clock."""


@dataclass(frozen=True)
class RealModel:
    """A model server that the user chose instead of the offline one."""

    base_url: str
    key: str
    name: str = ""


@dataclass(frozen=True)
class Plan:
    """What to start. `port` 0 takes free ones; `approval_seconds` 0 leaves it to the workflow;
    `real_time` takes the functions' virtual clock away, which asks the table once a second;
    `code` is a folder that functions run from, as it is when each process starts, instead of what
    was deployed; `keep` is a folder in which jobs, mails, keys and demo systems outlive the run;
    `limits` multiplies the limits, the demo CRM's and those that functions are told of; `shows`
    gives the stage what shows live jobs to candidates; `bedrock` is a model that the emulator's
    Bedrock answers for, without a key."""

    port: int
    approval_seconds: int = 0
    model: RealModel | None = None
    real_time: bool = False
    code: Path | None = None
    keep: Path | None = None
    limits: int = 1
    shows: bool = False
    bedrock: str = ""

    @property
    def assembly(self) -> str:
        """The stage as it is synthesized."""
        if self.bedrock:
            return f"{STAGE}:model_base_url:;model_name:{self.bedrock}"
        return f"{STAGE}:shows_candidates" if self.shows else STAGE


@dataclass(frozen=True)
class Stand:
    """The running whole. `url` is for people, `cloud.endpoint` for AWS clients."""

    url: str
    cloud: LocalCloud
    assembly: str
    """The stage as it was synthesized."""
    outputs: Mapping[str, str]
    rewrites: list[str]
    overrides: Mapping[str, str]
    """The addresses that the functions were given; an update of the stack needs them again."""
    webhook_secret: str
    deps: Deps
    mailbox: Mailbox
    sender: Sender
    provider: Provider
    shop: Provider
    colleague: Colleague

    def variables(self) -> dict[str, str]:
        """The lines of `.local/env`."""
        return {
            "COUNTERSIGN_URL": self.url,
            "COUNTERSIGN_WEBHOOK_SECRET": self.webhook_secret,
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_REGION": deployer.REGION,
            "STAGE": STAGE,
            **variables(self.outputs),
        }

    def update(self) -> None:
        """Synthesize anew, and update the stack in place: jobs and secrets stay. Raises
        SettingsError, SynthesisError or DeployError, and then the stack is as it was."""
        assembly = synthesize(self.assembly, default_out(self.assembly))
        deployer.deploy(assembly, self.cloud.endpoint, self.overrides)

    def tick(self) -> None:
        """Run the scheduled work now, instead of at the next full minute, to its end: two at once
        would try the same rows."""
        functions = deployer.client("lambda", self.cloud.endpoint)
        functions.invoke(FunctionName=self.function("Tick"), Payload=b"{}")

    def function(self, row: str) -> str:
        """The deployed name of a function in `infra/steps.py`."""
        stack = self.outputs["StateMachineArn"].rpartition(":")[2].removesuffix("-jobs")
        known = {one.name: one.called for one in map(acting, load(STAGE).http_targets)}
        return f"{stack}-{(BY_CONNECTOR | known).get(row, row)}"


@contextmanager
def stand(plan: Plan, say: Say) -> Iterator[Stand]:
    """Start everything, tell each step to `say`, and end everything with the block.

    Call it from the main thread. Raises LocalError, DeployError, SynthesisError or EventsError.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(listening(plan.port))
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        folder = plan.keep or stack.enter_context(scratch_folder())
        folder.mkdir(parents=True, exist_ok=True)
        keys = Keys.kept(folder / "keys.json")
        assembly = synthesize(plan.assembly, default_out(plan.assembly))
        say("template synthesized")
        clouds = stack.enter_context(ExitStack())
        cloud = clouds.enter_context(local_cloud(plan.port and plan.port + 1, plan.code, plan.keep))
        say(f"emulated cloud on {cloud.endpoint}")
        loaded = stack.enter_context(_loading(cloud, plan.code))
        stack.enter_context(pointed_at(cloud.endpoint, deployer.REGION))
        whole = _deployed(plan, url, keys, assembly, cloud)
        say(f"stack deployed, template changed in {len(whole.rewrites)} places")
        (cloud.scratch / model_double.FILE).write_text(url)
        stack.callback(whole.mailbox.close)
        front = _front(stack, whole, keys, plan, folder)
        stack.enter_context(serving(front.app(), listener))
        for fault in filter(None, [loaded()]):
            say(fault)
        say(f"pages on {url}")
        # Functions end before the systems that they call: none of these seems to have failed.
        stack.enter_context(clouds.pop_all())
        yield whole


@contextmanager
def _loading(cloud: LocalCloud, code: Path | None) -> Iterator[Callable[[], str]]:
    """Import the code that the functions run from while the stack is deployed; who calls what comes
    of it waits for the end, and gets the first fault, or nothing."""
    with ThreadPoolExecutor(1) as beside:
        yield beside.submit(check, cloud, code).result if code else str


def _deployed(plan: Plan, url: str, keys: Keys, assembly: Path, cloud: LocalCloud) -> Stand:
    """The stage on the emulator, its secrets filled, and the adapters that reach it."""
    overrides = _overrides(plan, url)
    deployed = deployer.deploy(assembly, cloud.endpoint, overrides)
    here = {output: overrides[name] for name, output in OUTSIDE.items()}
    outputs = {name: one.replace(HERE, url) for name, one in deployed.outputs.items()} | here
    keys.put(cloud.endpoint, outputs, url, plan.model.key if plan.model else "")
    deps = Deps(settings_of(STAGE, outputs))
    if not deps.people.directory().members:
        for member in people.since_now():
            deps.people.save(member)
    if plan.shows:
        keep_cases(deps)
    uploads = deps.settings.uploads_bucket
    return Stand(
        url=url,
        cloud=cloud,
        assembly=plan.assembly,
        outputs=outputs,
        rewrites=deployed.rewrites,
        overrides=overrides,
        webhook_secret=keys.webhook,
        deps=deps,
        mailbox=Mailbox(cloud.endpoint, url),
        sender=Sender(url, keys.of_senders(), deps, cloud.endpoint, uploads),
        provider=Provider(url, keys.payments_write),
        shop=Provider(url, keys.shop, "shop"),
        colleague=Colleague(url, keys.crm_write),
    )


def _front(stack: ExitStack, whole: Stand, keys: Keys, plan: Plan, folder: Path) -> Front:
    """The pages, the proxied API, the demo CRM and the offline model on one address."""
    offline = plan.model is None
    said = mark(offline=offline)
    systems = _systems(stack, keys, said, folder, plan)
    client = httpx.AsyncClient(timeout=60.0, verify=certificates())
    api_url = deployer.api_url(whole.cloud.endpoint, whole.outputs["ApiUrl"])
    answer = _answer(whole.cloud, plan)
    template = read_assembly(default_out(whole.assembly)).template
    limits = RouteThrottles(template["Resources"])
    trouble = Trouble(partial(_close_breaker, whole.deps))
    model = [
        *offline_model.routes(keys.model, answer, trouble),
        *converse.routes(answer, trouble),
    ]
    return Front(
        store=whole.deps.store,
        mails=whole.mailbox.all,
        send=whole.sender.sample,
        answer=whole.sender.answer,
        samples=samples(),
        offline=offline,
        now=whole.deps.clock.now,
        moved=whole.deps.offset.read,
        trouble=trouble if offline else None,
        doors=[*proxy.routes(api_url, client, said, limits), *(model if offline else ()), *systems],
        end=client.aclose,
    )


def _close_breaker(deps: Deps) -> None:
    """The model's: else it would answer for what somebody chooses next."""
    held = deps.limits.state(MODEL).breaker
    deps.limits.replace(held, Breaker(key=MODEL))


def _answer(cloud: LocalCloud, plan: Plan) -> offline_model.Answer:
    """The offline model by the workflows as they are: with `code`, in a process for each answer."""
    if plan.code is None:
        return offline_model.answer
    function = f"{offline_model.__name__}:{offline_model.answer.__name__}"
    return partial(answer_of, str(cloud.fork_socket), str(plan.code), function)


def _systems(stack: ExitStack, keys: Keys, said: str, folder: Path, plan: Plan) -> list[BaseRoute]:
    """The demo CRM, payments provider and channels, each on a database of its own."""
    seed(folder / "crm.sqlite")
    store.seed(folder / "payments.sqlite")
    systems = (
        crm_app(
            folder / "crm.sqlite",
            token_write=keys.crm_write,
            token_read=keys.crm_read,
            rate=RATE * plan.limits,
            mark=said,
        ),
        payments_app(
            folder / "payments.sqlite",
            key_write=keys.payments_write,
            key_read=keys.payments_read,
            mark=said,
        ),
        push_app(dict.fromkeys(ours().channels, keys.channel), key=keys.channel, mark=said),
        shop_app(token=keys.shop, mark=said),
        partner_app(tuple(keys.of_senders().values()), key=keys.channel, mark=said),
    )
    for app in systems:
        stack.callback(app.state.store.close)
    return [route for app in systems for route in app.routes]


def _overrides(plan: Plan, url: str) -> dict[str, str]:
    model = plan.model
    return {
        "PUBLIC_BASE_URL": url,
        "CRM_BASE_URL": url,
        "PAYMENTS_BASE_URL": f"{url}/payments",
        "MODEL_BASE_URL": model.base_url if model else f"{url}/v1",
        "MODEL_NAME": plan.bedrock or (model.name if model else offline_model.MODEL),
        **({"APPROVAL_SECONDS": str(plan.approval_seconds)} if plan.approval_seconds else {}),
        **({"STAGE": IN_REAL_TIME} if plan.real_time else {}),
        **({"CONNECTOR_LIMITS": _multiplied(plan.limits)} if plan.limits != 1 else {}),
        "SENDERS": load(STAGE).senders_json().replace(HERE, url),
        "HTTP_TARGETS": load(STAGE).targets_json().replace(HERE, url),
    }


def _multiplied(times: int) -> str:
    limits = json.loads(load(STAGE).limits_json())
    more = {
        key: [{**one, "requests": one["requests"] * times} for one in all_of_it]
        for key, all_of_it in limits.items()
    }
    return json.dumps(more)
