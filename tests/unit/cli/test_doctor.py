"""The doctor: a healthy stage has no problem, and each thing that is wrong is named with its way
to mend it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from countersign.actions.field_map import Field, Property, Schema
from countersign.domain.errors import Misconfigured
from countersign.domain.ports import ModelAnswer
from countersign.domain.workflow import Workflow
from countersign.stages.prices import prices
from infra.build.account import Account, AccountError
from infra.cli.doctor.after import after_deploy
from infra.cli.doctor.before import before_deploy
from infra.cli.doctor.cloud import Identity, MailAccount
from infra.cli.doctor.line import Line
from infra.cli.fields import needed
from infra.local.company import ours
from infra.local.crm.schema import CURRENCIES, LANGUAGES, PIPELINES
from infra.local.people import demo
from infra.settings import Settings, context, load
from tests.fakes.shop import FakeShop
from tests.fakes.world import World
from workflows import WORKFLOWS

PRODUCTION = MailAccount(production=True, sending=True, quota=50_000, rate=14)
SIGNED = Identity(verified=True, dkim=True)


@dataclass
class HealthyCloud:
    """An account in which everything is as it should be, until a test says otherwise."""

    mail_account: MailAccount = PRODUCTION
    sender: Identity | None = SIGNED
    bootstrapped: int = 30
    functions: int = 1_000
    off: timedelta = timedelta(0)
    signed_in: bool = True
    takes: bool = True
    heard: Sequence[tuple[str, bool]] = (("alarms@cranes.internal", True),)
    paged: Sequence[tuple[str, bool]] = (("alarms@cranes.internal", True),)
    dead: int = 0

    def account(self) -> Account:
        if not self.signed_in:
            raise AccountError("AWS does not take these credentials")
        return Account("123456789012", "eu-west-3", "user/ops")

    def bootstrap(self) -> int:
        return self.bootstrapped

    def mail(self) -> MailAccount:
        return self.mail_account

    def identity(self, name: str) -> Identity | None:
        return self.sender if "@" in name else None

    def receives(self, domain: str) -> bool:
        return self.takes and bool(domain)

    def concurrency(self) -> int:
        return self.functions

    def letters(self, queue_url: str) -> int:
        return self.dead if queue_url == "dead" else 0

    def subscribers(self, stack: str) -> Mapping[str, Sequence[tuple[str, bool]]]:
        return {"alarms": self.heard, "pages": self.paged} if stack else {}

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


@dataclass
class Crm:
    """A CRM's account that has what the demo's company uses."""

    owned_by: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(ours().sellers, "a@cranes.internal")
    )
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(PIPELINES))
    lacks: str = ""
    closed: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {"deal_currency_code": CURRENCIES, "hs_language": LANGUAGES}
    )
    broken: bool = False

    def schema(self, kind: str) -> Schema:
        if self.broken:
            raise Misconfigured("the CRM does not take our key (401 INVALID_AUTHENTICATION)")
        return Schema(
            properties=tuple(
                Property(
                    name=one.name,
                    type=one.type,
                    unique=one.unique,
                    options=self.closed.get(one.name, ()),
                )
                for one in needed(WORKFLOWS)[kind]
                if one.name != self.lacks
            )
        )

    def owners(self) -> Mapping[str, str]:
        return self.owned_by

    def pipelines(self) -> Mapping[str, tuple[str, ...]]:
        return self.lines

    def make(self, kind: str, made: Field) -> None:
        raise AssertionError(f"the doctor makes nothing: {kind}.{made.name}")


class Payments:
    """A payments account whose charges say their orders, or do not."""

    def __init__(self, number: str = "1042") -> None:
        self._number = number

    def newest(self) -> Mapping[str, str]:
        return {"ch_1": self._number}


class Model:
    """A model that answers within a schema, or does not."""

    def __init__(self, content: str = "", *, denies: bool = False) -> None:
        self._content = content
        self._denies = denies

    def answer(self, request: Any, seconds: float) -> ModelAnswer:
        assert seconds > 0
        if self._denies:
            raise Misconfigured("the model is not given to us")
        said = WORKFLOWS[request.schema_name].offline(request.messages[-1][1])
        content = self._content or json.dumps(said)
        return ModelAnswer(content=content, model="m", offline=False, usage=request.most)


class Vault:
    """Secrets by where they are."""

    def __init__(self, unset: str = "") -> None:
        self._unset = unset

    def read(self, arn: str) -> str:
        return "" if arn == self._unset else "set"


@dataclass
class Stage:
    """A deployed stage with all that is around it."""

    cloud: HealthyCloud = field(default_factory=HealthyCloud)
    crm: Crm = field(default_factory=Crm)
    payments: Payments = field(default_factory=Payments)
    model: Model = field(default_factory=Model)
    vault: Vault = field(default_factory=Vault)
    workflows: Mapping[str, Workflow[Any]] = field(default_factory=lambda: WORKFLOWS)
    people: bool = True
    alarm_address: str = "alarms@cranes.internal"
    recipients: tuple[str, ...] = ()
    kept: int = 10
    """Functions for the page that unsubscribes."""
    bedrock: bool = False
    """Whether it has no key for its model."""
    system: Callable[[FakeShop], None] | None = None
    """What befalls the system of the business's own, which it has then."""

    def lines(self) -> list[Line]:
        """What the doctor says of it."""
        return [*self._before(), *self._after()]

    def _before(self) -> Iterator[Line]:
        people = {"id": "ops", "name": "Elena Ruiz", "address": "elena@cranes.internal"}
        own = {
            "mail_from": "robot@cranes.internal",
            "campaign_from": "news@news.cranes.internal",
            "unsubscribe_at_once": self.kept,
            "mail_inbound": "answers@cranes.internal",
            "alarm_address": self.alarm_address,
            "sandbox_recipients": self.recipients,
            "case_owner": people,
        }
        held = {**context()["stages"]["dev"], **own, "stage": "dev"}
        settings = Settings.model_validate_json(json.dumps(held))
        # The stage's files are the demo's here; tests/infra/test_demo.py is about them.
        return (one for one in before_deploy(settings, self.cloud) if ".toml" not in one.says)

    def _after(self) -> Iterator[Line]:
        world = World(WORKFLOWS["lead_intake"].offline, self.workflows)
        deps = world.deps
        given = {"crm_schema": self.crm, "crm_setup": self.crm, "payments_check": self.payments}
        vars(deps).update(given | {"model": self.model})
        if self.system:
            self.system(world.shop)
            own = {"http_targets": load("local").http_targets}
            deps.settings = deps.settings.model_copy(update=own)
        if self.bedrock:
            deps.settings = deps.settings.model_copy(update={"model_secret": ""})
        for member in demo(world.clock.now()) if self.people else ():
            world.people.save(member)
        return after_deploy(
            deps, "countersign-dev", self.vault, self.cloud, {"dead letters": "dead"}
        )


def _with_a_model_that_ends() -> Mapping[str, Workflow[Any]]:
    """The processes, one of which asks a model that retires two months after the prices' day."""
    flow = WORKFLOWS["lead_intake"]
    ends = {"retires": prices().as_of + timedelta(days=60), "successor": "its-successor"}
    sizes = tuple(
        one.model_copy(update={"price": one.price.model_copy(update=ends)})
        for one in flow.release.sizes
    )
    return {
        **WORKFLOWS,
        flow.id: replace(flow, release=flow.release.model_copy(update={"sizes": sizes})),
    }


def _problems(stage: Stage) -> list[Line]:
    return [one for one in stage.lines() if one.state == "problem"]


def test_a_healthy_stage_has_no_problem() -> None:
    """Every line is ok; each fits into 80 columns and names its thing."""
    lines = Stage().lines()
    assert [str(one) for one in lines if one.state == "problem"] == []
    assert {one.name for one in lines} >= {
        *("account", "clock", "bootstrap", "mail", "sending", "mail quota", "sender", "DKIM"),
        *("inbound mail", "concurrency", "secrets", "people", "CRM", "payments", "model"),
        *("alarms", "dead letters", "campaigns", "unsubscribe", "campaign limits"),
    }


def test_without_an_account_one_line_says_so_and_aws_is_asked_nothing_more() -> None:
    """Each further answer would be that there are no credentials, with a wrong way to mend it."""
    stage = Stage(cloud=HealthyCloud(signed_in=False))
    asked = list(stage._before())
    assert [one.name for one in asked if one.name != "stage files"] == ["account"]


@pytest.mark.parametrize(("bedrock", "mend"), [(True, "InvokeModel"), (False, "model-key")])
def test_who_mends_a_model_that_denies_us_is_told_a_role_or_a_key(
    bedrock: bool,
    mend: str,
) -> None:
    """A stage of Bedrock has no key that could be set; the other one is the control."""
    (one,) = _problems(Stage(model=Model(denies=True), bedrock=bedrock))
    assert mend in one.mend
    assert ("model-key" in one.mend) is not bedrock


@pytest.mark.parametrize(
    ("befalls", "says", "mend"),
    [
        (FakeShop.does_not_know_us, "401", "http-shop"),
        (FakeShop.throttles, "asked to wait", "http-shop"),
        (lambda shop: shop.orders.clear(), "", ""),
    ],
)
def test_a_system_of_the_business_is_asked_with_its_key(
    befalls: Callable[[FakeShop], None], says: str, mend: str
) -> None:
    """What its row lets be read is read; a key that is not taken names the secret. Control: where
    nothing befalls it, it is well."""
    lines = [one for one in Stage(system=befalls).lines() if one.name == "shop"]
    assert [one.state for one in lines] == ["problem" if says else "ok"]
    assert says in lines[0].says
    assert mend in lines[0].mend


SEEDED: Mapping[str, tuple[Callable[[Stage], Stage], str]] = {
    "credentials": (
        lambda s: replace(s, cloud=HealthyCloud(signed_in=False)),
        "does not take these credentials",
    ),
    "clock": (
        lambda s: replace(s, cloud=HealthyCloud(off=timedelta(minutes=9))),
        "540 s from AWS's",
    ),
    "bootstrap": (
        lambda s: replace(s, cloud=HealthyCloud(bootstrapped=0)),
        "CDK is not set up here",
    ),
    "sandbox": (
        lambda s: replace(
            s, cloud=HealthyCloud(mail_account=replace(PRODUCTION, production=False))
        ),
        "SES is in its sandbox",
    ),
    "no sandbox any more": (
        lambda s: replace(s, recipients=("ana@cranes.internal",)),
        "which only the sandbox asks for",
    ),
    "paused": (
        lambda s: replace(s, cloud=HealthyCloud(mail_account=replace(PRODUCTION, sending=False))),
        "paused",
    ),
    "quota": (
        lambda s: replace(
            s, cloud=HealthyCloud(mail_account=replace(PRODUCTION, quota=200, rate=1))
        ),
        "200 a day, 1 a second",
    ),
    "sender": (lambda s: replace(s, cloud=HealthyCloud(sender=None)), "as a verified sender"),
    "DKIM": (
        lambda s: replace(s, cloud=HealthyCloud(sender=replace(SIGNED, dkim=False))),
        "not signed",
    ),
    "inbound": (lambda s: replace(s, cloud=HealthyCloud(takes=False)), "for cranes.internal"),
    "concurrency": (lambda s: replace(s, cloud=HealthyCloud(functions=10)), "10 functions at once"),
    "kept functions": (
        lambda s: replace(s, cloud=HealthyCloud(functions=105)),
        "10 functions are kept for it",
    ),
    "no kept functions": (lambda s: replace(s, kept=0), "no functions are kept for it"),
    "none to keep": (
        lambda s: replace(s, kept=0, cloud=HealthyCloud(functions=50)),
        "no functions are kept for it",
    ),
    "sender of campaigns": (
        lambda s: replace(s, cloud=HealthyCloud(sender=None)),
        "SES does not know news@news.cranes.internal",
    ),
    "example address": (
        lambda s: replace(s, alarm_address="operators@example.com"),
        "operators@example.com is an example address",
    ),
    "key of the CRM": (lambda s: replace(s, crm=Crm(broken=True)), "does not take our key"),
    "owners": (lambda s: replace(s, crm=Crm(owned_by={"7": "x@cranes.internal"})), "is no owner"),
    "pipeline": (lambda s: replace(s, crm=Crm(lines={"7": ()})), "no pipeline default"),
    "property": (lambda s: replace(s, crm=Crm(lacks="countersign_created_by")), "does not exist"),
    "currency": (
        lambda s: replace(s, crm=Crm(closed={"deal_currency_code": ("EUR",)})),
        "does not know the currency AED, AUD",
    ),
    "orders": (lambda s: replace(s, payments=Payments("")), "0 of the 1 newest charges"),
    "schema": (lambda s: replace(s, model=Model("Yes, I am.")), "leaves the schema of"),
    "model's end": (
        lambda s: replace(s, workflows=_with_a_model_that_ends()),
        "move to its-successor",
    ),
    "secret": (lambda s: replace(s, vault=Vault(unset="page-key")), "page-key is not set"),
    "roles": (lambda s: replace(s, people=False), "nobody has the role"),
    "alarms": (
        lambda s: replace(s, cloud=HealthyCloud(heard=(("a@cranes.internal", False),))),
        "has not confirmed",
    ),
    "pages": (
        lambda s: replace(s, cloud=HealthyCloud(paged=())),
        "nobody hears them",
    ),
    "dead letters": (lambda s: replace(s, cloud=HealthyCloud(dead=3)), "3 messages"),
}


@pytest.mark.control
@pytest.mark.parametrize("name", SEEDED)
def test_control_what_is_wrong_is_named_with_its_mending(name: str) -> None:
    """Control: one seeded misconfiguration, a problem that says it and how to mend it; no line is
    wider than a terminal."""
    seed, said = SEEDED[name]
    problems = _problems(seed(Stage()))
    assert any(said in one.says for one in problems), [one.says for one in problems]
    assert all(one.mend for one in problems)
    assert max(len(row) for one in problems for row in str(one).splitlines()) <= 80
