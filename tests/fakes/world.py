"""A whole world of fakes around the steps and doors, with words for what happens in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from countersign.connectors.aws.secrets import missing
from countersign.connectors.http import Gate, OpenGate
from countersign.domain.approvals.approval import Person
from countersign.domain.approvals.directory import Directory, Member
from countersign.domain.approvals.working_hours import Hours
from countersign.domain.errors import NotFound, SecretMissing, Unavailable
from countersign.domain.jobs.job import Pointer
from countersign.domain.jobs.senders import hashed, new_token
from countersign.domain.mail import Email, unsubscribe_headers
from countersign.domain.policy.proposal import Usage
from countersign.domain.ports import ModelAnswer, ModelRequest
from countersign.domain.reporting.usual import Usual
from countersign.domain.workflow import Workflow
from countersign.runtime.connectors import CODES, CONNECTORS, MODEL
from countersign.runtime.deps import Deps
from countersign.runtime.settings import Settings
from countersign.stages.company import Company
from infra.local.company import ours
from infra.settings import load
from tests.fakes.alarms import FakeAlarms
from tests.fakes.budgets import FakeBudgets
from tests.fakes.bulks import FakeBulks
from tests.fakes.callbacks import FakeCallbacks
from tests.fakes.campaigns import FakeCampaigns
from tests.fakes.caps import FakeCaps
from tests.fakes.channels import FakeChannels
from tests.fakes.codes import FakeCodes
from tests.fakes.crm import FakeCrm
from tests.fakes.files import FakeFiles
from tests.fakes.lanes import FakeItemRuns, FakeLanes
from tests.fakes.owner_reviews import FakeOwnerReviews
from tests.fakes.payments import FakePayments
from tests.fakes.press import FakePress
from tests.fakes.reviews import FakeReviews
from tests.fakes.rollouts import FakeRollouts
from tests.fakes.seals import FakeSeals, FakeSigner, FakeVerdictKey
from tests.fakes.senders import SENDERS, FakeSenderLimits, FakeWaiters
from tests.fakes.sending import FakeSendingAccount, FakeSendingLimits
from tests.fakes.shadows import FakeShadowQueue, FakeShadows
from tests.fakes.shop import FakeShop
from tests.fakes.sign_ins import FakeSignIns
from tests.fakes.store import FakeStore
from tests.fakes.suppression import FakeSuppressionList
from workflows import WORKFLOWS

OWN = frozenset(one.connector for one in load("local").http_targets)
"""What the demo's business has of its own."""
KEYS = OWN | frozenset(
    {CODES, MODEL, *(key for row in CONNECTORS.values() for key in row.paced_by)}
)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANA = Person(id="ana", name="Ana Costa", address="ana.costa@countersign.example")
CLEO = Person(id="cleo", name="Cleo Marsh", address="cleo.marsh@countersign.example")
KIM = Person(id="kim", name="Kim Reyes", address="kim.reyes@countersign.example")
BEN = Person(id="ben", name="Ben Okafor", address="ben.okafor@countersign.example")
PAGE_KEY = "page-key-of-the-tests"
WEBHOOK_SECRET = "whsec_" + "dGVzdHMtb25seS1zZWNyZXQtMzItYnl0ZXMtbG9uZw=="
PORTAL_SECRET = "whsec_" + "cG9ydGFsLXNlY3JldC1vZi0zMi1ieXRlcy1pbi10ZXN0cw=="
AGENT_SECRET = "whsec_" + "YWdlbnRzLXNlY3JldC1vZi0zMi1ieXRlcy1pbi10ZXN0cw=="
AGENT_TOKEN = new_token("agent", "t" * 43)
SHOP_SECRET = "whsec_" + "c2hvcHMtc2VjcmV0LW9mLTMyLWJ5dGVzLWluLXRlc3Q="


class FakeClock:
    """Time that moves when a test says so."""

    def __init__(self, at: datetime = START) -> None:
        self._now = at

    def now(self) -> datetime:
        return self._now

    def passes(self, **time: float) -> None:
        """Time passes."""
        self._now += timedelta(**time)

    def pauses(self, seconds: float) -> None:
        """ports.Pause."""
        self._now += timedelta(seconds=max(0.0, seconds))


class FakeIds:
    """Randomness that a test can foresee."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def token(self, bits: int) -> str:
        return f"token-{next(self._count):06d}-{bits}"

    def salt(self) -> str:
        return f"{next(self._count):032x}"

    def digits(self, count: int) -> str:
        return f"{next(self._count) * 7919 % 10**count:0{count}d}"


_ROLES = ((ANA, "sales"), (BEN, "sales"), (CLEO, "sales-lead"), (KIM, "operations"))


class FakePeople:
    """The directory: two sellers, their lead and who takes up cases, at work around the clock."""

    def __init__(self) -> None:
        always = Hours(days=tuple(range(7)), opens=0, closes=24 * 60)
        self._members = {
            person.id: Member(person=person, roles=(role,), hours=always) for person, role in _ROLES
        }

    def directory(self) -> Directory:
        return Directory(members=tuple(self._members.values()))

    def save(self, member: Member) -> None:
        self._members[member.person.id] = member

    def leaves(self, person: Person) -> None:
        """Somebody leaves the company."""
        self.save(self._members[person.id].model_copy(update={"left": True}))

    def becomes(self, person: Person, /, **what: object) -> None:
        """Something about somebody changes: roles, limits, hours, away."""
        self.save(self._members[person.id].model_copy(update=what))


class FakePayloads:
    """Buckets in memory."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], bytes] = {}
        self.reads = 0

    def put(self, key: str, body: bytes) -> Pointer:
        return self.holds("", key, body)

    def put_first(self, key: str, body: bytes) -> bool:
        return self._stored.setdefault(("", key), body) is body

    def holds(self, bucket: str, key: str, body: bytes) -> Pointer:
        """Arrange: an object lies in a bucket."""
        self._stored[bucket, key] = body
        return Pointer.to(bucket, key)

    def get(self, pointer: Pointer) -> bytes:
        self.reads += 1
        try:
            return self._stored[pointer.bucket, pointer.object_key]
        except KeyError:
            raise NotFound("nothing is stored under this pointer") from None

    def copy(self, pointer: Pointer, into: BinaryIO) -> None:
        into.write(self.get(pointer))

    def link(self, pointer: Pointer, name: str, seconds: int) -> str:
        return f"https://bucket.example/{pointer.object_key}?as={name}&for={seconds}"

    def at(self, key: str) -> bytes:
        """What lies in the payload bucket under a key."""
        return self._stored["", key]

    def forgets(self) -> None:
        """Retention removed everything."""
        self._stored.clear()

    def keys(self) -> set[str]:
        """All keys, of all buckets."""
        return {key for _, key in self._stored}


class FakeMail:
    """A provider that accepts, refuses or loses its answer; as the adapter it takes no address for
    unsubscribing that receivers would not post to."""

    def __init__(self) -> None:
        self.sent: list[Email] = []
        self.broken: Exception | None = None
        self._faults: list[tuple[Exception, bool]] = []

    def fails_with(self, error: Exception, *, after_sending: bool = False) -> None:
        """The next mail ends in `error`, sent or not."""
        self._faults.append((error, after_sending))

    def send(self, email: Email) -> str:
        unsubscribe_headers(email.unsubscribe)
        if self.broken:
            raise self.broken
        fault = self._faults.pop(0) if self._faults else None
        if fault is None or fault[1]:
            self.sent.append(email)
        if fault:
            raise fault[0]
        return f"mail-{len(self.sent)}"

    def to(self, address: str) -> list[Email]:
        """What one address received."""
        return [email for email in self.sent if email.to == address]


class FakeQueue:
    """The intake queue."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.broken: Exception | None = None

    def send(self, job_id: str, workflow: str) -> None:  # noqa: ARG002 - the port's shape
        if self.broken:
            raise self.broken
        self.sent.append(job_id)


class FakeExecutions:
    """The state machine as seen from outside: what was started, which tokens wait."""

    def __init__(self) -> None:
        self.started: list[tuple[str, str]] = []
        self.succeeded: list[str] = []
        self.waiting: set[str] = set()
        self.dead: set[str] = set()
        self.broken: Exception | None = None

    def start(self, name: str, job_id: str) -> bool:
        if (name, job_id) not in self.started:
            self.started.append((name, job_id))
        return self.running(name)

    def succeed(self, token: str, job_id: str) -> bool:  # noqa: ARG002 - the port's shape
        if self.broken:
            raise self.broken
        if token not in self.waiting:
            return False
        self.waiting.discard(token)
        self.succeeded.append(token)
        return True

    def running(self, name: str) -> bool:
        return name not in self.dead


_SHORT = {"model": "model-key"}
"""Short names of secrets that are called otherwise here."""


class FakeSecrets:
    """Secrets by name."""

    def __init__(self) -> None:
        self.held = {
            "webhook": json.dumps(
                {
                    "current": WEBHOOK_SECRET,
                    "portal": {"current": PORTAL_SECRET},
                    "shop": {"current": SHOP_SECRET},
                    "agent": {"current": AGENT_SECRET},
                    "advised": {"current": AGENT_SECRET},
                }
            ),
            "callers": json.dumps({"agent": {"current": hashed(AGENT_TOKEN)}}),
            "page-key": PAGE_KEY,
            "model": "model-key-of-the-tests",
        }

    def get(self, name: str) -> str:
        if name not in self.held:
            raise SecretMissing(missing(_SHORT.get(name, name)))
        return self.held[name]


class FakeModel:
    """A model that answers from a script, or by a function when the script is empty."""

    def __init__(self, otherwise: Callable[[str], Any], clock: FakeClock) -> None:
        self._clock = clock
        self.silent = False
        """Whether it takes all the time that it is given, and says nothing."""
        self.asked: list[ModelRequest] = []
        self.times: list[datetime] = []
        """When it was asked."""
        self.gate: Gate = OpenGate()
        """What each request passes, as of the real one."""
        self.broken: Exception | None = None
        self._script: list[str | Exception | ModelAnswer] = []
        self._otherwise = otherwise

    def answers(self, *script: str | Exception | ModelAnswer) -> None:
        """The next answers, in order; an exception is raised, a text is a completed answer."""
        self._script.extend(script)

    def works_again(self) -> None:
        """It answers by its function, whatever was scripted."""
        self._script.clear()

    def answer(self, request: ModelRequest, seconds: float) -> ModelAnswer:
        assert seconds > 0
        self.gate.before()
        self.asked.append(request)
        self.times.append(self._clock.now())
        if self.silent:
            self._clock.pauses(seconds)
            raise Unavailable("the model does not answer")
        if self.broken:
            raise self.broken
        said = self._script.pop(0) if self._script else self._by_function(request)
        if isinstance(said, Exception):
            raise said
        usage = Usage(calls=1, input_tokens=900, output_tokens=300)
        if isinstance(said, ModelAnswer):
            return said
        return ModelAnswer(content=said, model="scripted", offline=False, usage=usage)

    def _by_function(self, request: ModelRequest) -> str:
        shown = next(text for role, text in request.messages if role == "user")
        return json.dumps(self._otherwise(shown))


class FakeUsuals:
    """Usuals."""

    def __init__(self) -> None:
        self._held: dict[str, Usual] = {}

    def all(self) -> Mapping[str, Usual]:
        return dict(self._held)

    def put(self, workflow: str, usual: Usual) -> None:
        self._held[workflow] = usual


class World:
    """All fakes, and the Deps made of them."""

    def __init__(
        self,
        otherwise: Callable[[str], Any],
        workflows: Mapping[str, Workflow[Any]] = WORKFLOWS,
        business: Company | None = None,
    ) -> None:
        self.business = business or ours()
        self.workflows = workflows
        self.clock = FakeClock()
        self.ids = FakeIds()
        self.store = FakeStore()
        self.limits = self.store.limits
        self.caps = FakeCaps(self.store)
        self.budgets = FakeBudgets()
        self.people = FakePeople()
        self.reviews = FakeReviews(self.store)
        self.sign_ins = FakeSignIns()
        self.codes = FakeCodes()
        self.sender_limits = FakeSenderLimits()
        self.waiters = FakeWaiters()
        self.bulks = FakeBulks()
        self.lanes = FakeLanes()
        self.item_runs = FakeItemRuns()
        self.sending_limits = FakeSendingLimits()
        self.shadows = FakeShadows()
        self.shadow_queue = FakeShadowQueue()
        self.rollouts = FakeRollouts()
        self.alarms = FakeAlarms()
        self.owner_reviews = FakeOwnerReviews()
        self.seals, self.signer = FakeSeals(self.store), FakeSigner()
        self.sealed_roots, self.verdict_key = FakePayloads(), FakeVerdictKey()
        self.usual = FakeUsuals()
        self.suppression = FakeSuppressionList(self.store)
        self.sending_account = FakeSendingAccount()
        self.campaigns = FakeCampaigns(self.lanes, self.store.suppressed)
        self.payloads = FakePayloads()
        self.mail = FakeMail()
        self.campaign_mail = FakeMail()
        self.queue = FakeQueue()
        self.executions = FakeExecutions()
        self.secrets = FakeSecrets()
        self.crm = FakeCrm(sellers=self.business.sellers)
        self.payments = FakePayments()
        self.channels = FakeChannels()
        self.channels.known = self.business.channels
        self.files = FakeFiles()
        self.press = FakePress(self.files)
        self.callbacks = FakeCallbacks()
        self.shop = FakeShop()
        self.model = FakeModel(otherwise, self.clock)
        self.settings = Settings(
            stage="test",
            public_base_url="https://countersign.example",
            mail_from="hello@countersign.example",
            campaign_from="news@news.countersign.example",
            mail_authserv_id="mx.countersign.example",
            webhook_secret="webhook",
            verdict_key="verdicts",
            callers_secret="callers",
            page_key_secret="page-key",
            model_secret="model",
            # Nobody waits for a turn, unless a test is about that.
            connector_limits=dict.fromkeys(KEYS, ()),
            case_owner=ANA,
            senders=SENDERS,
        )
        self.deps = self.deps_again()

    def deps_again(self) -> Deps:
        """What a new process would see: the same world, nothing kept in memory."""
        deps = Deps(
            self.settings,
            workflows=self.workflows,
            company=self.business,
            clock=self.clock,
            wall=self.clock,
            ids=self.ids,
            store=self.store,
            limits=self.limits,
            caps=self.caps,
            budgets=self.budgets,
            payloads=self.payloads,
            mail=self.mail,
            queue=self.queue,
            executions=self.executions,
            secrets=self.secrets,
            crm=self.crm,
            crm_reader=self.crm,
            payments=self.payments,
            channels=self.channels,
            systems=lambda _connector: self.shop,
            payments_reader=self.payments,
            people=self.people,
            reviews=self.reviews,
            sign_ins=self.sign_ins,
            codes=self.codes,
            sender_limits=self.sender_limits,
            waiters=self.waiters,
            bulks=self.bulks,
            lanes=self.lanes,
            item_runs=self.item_runs,
            campaigns=self.campaigns,
            campaign_mail=self.campaign_mail,
            sending_limits=self.sending_limits,
            shadows=self.shadows,
            shadow_queue=self.shadow_queue,
            rollouts=self.rollouts,
            alarms=self.alarms,
            owner_reviews=self.owner_reviews,
            seals=self.seals,
            signer=self.signer,
            sealed_roots=self.sealed_roots,
            verdict_signer=self.verdict_key,
            usual=self.usual,
            suppression=self.suppression,
            campaign_events=self.campaigns,
            sending_account=self.sending_account,
            pause=self.clock.pauses,
            model=self.model,
            files=self.files,
            press=self.press,
            callbacks=self.callbacks,
        )
        self.crm.gate = self.model.gate = deps.meter
        return deps
