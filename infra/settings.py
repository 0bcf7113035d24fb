"""The settings of a stage: typed, read from the context of `cdk.json`, checked before synthesis."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from countersign.domain.jobs.handing import AGENT_ACTIONS
from countersign.domain.jobs.senders import EVERY_WORKFLOW, Sender
from countersign.domain.ledger.targets import HTTP, HttpTarget
from countersign.domain.limits.pace import RateLimit, pace_of
from countersign.runtime.connectors import CONNECTORS, MODEL_KEY, system
from workflows import WORKFLOWS

ROOT = Path(__file__).parents[1]
CDK_JSON = ROOT / "cdk.json"
OUTSIDE_KEYS = (
    MODEL_KEY.name,
    *(key.name for connector in CONNECTORS.values() for key in connector.keys),
)
"""The secrets that other systems issue."""
SANDBOX = "mail-sandbox"
"""What a stage has whose account may mail only who is verified."""
COLUMNS = 116
"""Of `cdk.json`, where a value of one line is long."""
MOST_SENDERS = 2_000
"""Characters of the rows: all variables of a function together have 4 KB."""
MOST_TARGETS = 1_000
"""As above, of the rows of systems of the business's own."""
HOST = r"[a-z0-9-]+(?:\.[a-z0-9-]+)+"
ADDRESS = r"^[^@\s<>]+@[^@\s<>]+$"

# The retentions that CloudWatch Logs knows, as far as a stage would want one (days).
LogDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]


class SettingsError(ValueError):
    """The stage is unknown or its settings are wrong; one line says what and where."""


class Person(BaseModel):
    """Somebody who gets mail from the system: the owner of cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    address: str = Field(pattern=ADDRESS)


class MailIn(BaseModel):
    """A domain whose mail SES puts into the uploads bucket: as a job of the front desk, or of the
    workflow that `addresses` names for an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str = Field(pattern=rf"^{HOST}$")
    addresses: dict[str, str] = {}
    """By what stands before the @: the workflow that its mail is for."""
    rule_set: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    """The receipt rule set that is active in the region already: one is, in a region, and rules of
    others may be in it. Empty: ours is made, and `make deploy` makes it the active one."""

    @field_validator("addresses")
    @classmethod
    def _known(cls, addresses: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(addresses.values()) - set(WORKFLOWS))
        if unknown:
            raise ValueError(f"no workflow is called {unknown[0]}")
        return addresses


class Settings(BaseModel):
    """What differs between stages. Everything named `_days` is a retention in days."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern=r"^[a-z][a-z0-9]{0,15}$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]
    keep_data: bool
    """Tables, buckets, secrets and the queue outlive the stack."""
    protected: bool | None = None
    """Tables and stack resist deletion. `make deploy` writes true once the first deployment of a
    stage that keeps its data is whole: until then a failure must leave nothing behind."""
    bytecode: bool
    """Ship bytecode for Lambda's Python, if this machine has that Python: a step imports in a third
    of the CPU time (624 to 216 ms for Decide, 998 to 419 ms for Propose, Python 3.13)."""
    log_days: LogDays
    upload_days: int = Field(ge=1)
    payload_days: int = Field(ge=1)
    mail_from: str = Field(pattern=ADDRESS)
    campaign_from: str = Field(default="", pattern=rf"^$|{ADDRESS}")
    """Whom campaigns are from; empty: the stage sends none. Its domain is another one than that of
    `mail_from`: receivers judge a domain by its complaints, and approvals must arrive whatever
    people think of a campaign."""
    unsubscribe_at_once: int = Field(default=0, ge=0, le=100)
    """So many of the account's functions are kept for the page that unsubscribes, and no more ever
    run: nobody's campaign takes those of webhooks and approvals. 0: none are kept, since an account
    that runs few at once has none to spare."""
    mail_authserv_id: str = Field(min_length=1)
    """The name by which our own mail receiver signs its Authentication-Results header."""
    sender: Literal["create", "existing"] = "create"
    """Whether SES is told of the sender by this stack, or knows it already."""
    sandbox_recipients: tuple[str, ...] = ()
    """While SES keeps the account in its sandbox: the verified addresses that get mail. The right
    to send is asked for on each of them too."""
    sender_domain: str = Field(default="", pattern=rf"^$|^{HOST}$")
    """Verify this domain instead of the address `mail_from`: with Easy DKIM and a MAIL FROM of its
    own. The records for the DNS are outputs of the stack."""
    mail_in: MailIn | None = None
    """Mail that SES receives for us; None: it receives none."""
    public_domain: str = Field(default="", pattern=rf"^$|^{HOST}$")
    """Where pages and webhooks are, instead of AWS's own address, which is then off."""
    certificate_arn: str = Field(default="", pattern=r"^$|^arn:aws[a-z-]*:acm:")
    """The certificate of `public_domain`, in the stack's region."""
    mail_inbound: str = Field(default="", pattern=r"^$|^[^@\s<>+]+@[^@\s<>]+$")
    """Where answers to our mails arrive, by a token after a `+`; empty: no mail comes in there, and
    answers are known by their thread alone."""
    alarm_address: str = Field(pattern=ADDRESS)
    case_owner: Person
    approval_seconds: int = Field(ge=0)
    """How long each tier of approvers has; 0 leaves it to the workflow."""
    crm_base_url: str = Field(pattern=r"^https?://")
    payments_base_url: str = Field(pattern=r"^https?://")
    model_base_url: str = Field(default="", pattern=r"^$|^https?://")
    """Of a server that speaks OpenAI's Chat Completions and takes a key; empty: Amazon Bedrock
    answers, asked with the function's own role."""
    model_regions: tuple[str, ...] = ()
    """Where the inference profiles of Bedrock's models may answer: as
    `aws bedrock get-inference-profile` lists them for the stage's region."""
    model_name: str = ""
    """What answers in the place of the releases' models; empty: nothing does."""
    connector_limits: dict[str, tuple[RateLimit, ...]]
    """By key: how many requests all functions together may make with it, in any so many seconds."""
    http_targets: tuple[HttpTarget, ...] = ()
    """The business's own systems on which rows of `actions/http_request.py` act: for each a secret,
    a function and a right on that secret alone. Systems that only a VPC reaches: not yet."""
    senders: tuple[Sender, ...]
    """The systems that may post signed events. Their secrets stand in the secret `webhook`."""
    other_accounts: tuple[str, ...] = ()
    """Accounts beside the stage's own whose durable functions may wait for us."""
    shows_candidates: bool = False
    """Whether live jobs can be shown to a release in shadow: a queue and a function for that, whose
    polling costs some $0.30 a month."""
    requests_per_second: int = Field(ge=1)
    jobs_started_at_once: int = Field(ge=2, le=1000)
    """Most concurrent pollers of the intake queue; the event source's own bounds are 2 to 1000."""

    def limits_json(self) -> str:
        """The limits of connectors, as functions read them."""
        limits = {
            key: [limit.model_dump(exclude_defaults=True) for limit in listed]
            for key, listed in self.connector_limits.items()
        }
        return json.dumps(limits, sort_keys=True)

    def targets_json(self) -> str:
        """The business's own systems, as functions read them."""
        return json.dumps(
            [one.model_dump(mode="json", exclude_defaults=True) for one in self.http_targets]
        )

    def senders_json(self) -> str:
        """The senders, as the webhook's function reads them."""
        return json.dumps(
            [one.model_dump(mode="json", exclude_defaults=True) for one in self.senders]
        )

    @model_validator(mode="after")
    def _sent_from_the_domain(self) -> Self:
        of = self.mail_from.partition("@")[2]
        if self.sender_domain and not f".{of}".endswith(f".{self.sender_domain}"):
            raise ValueError(f"sender_domain: {self.mail_from} is not in {self.sender_domain}")
        if bool(self.public_domain) is not bool(self.certificate_arn):
            raise ValueError("public_domain and certificate_arn go together")
        return self

    @model_validator(mode="after")
    def _campaigns_apart(self) -> Self:
        own, approvals = self.campaign_domain, self.mail_from.partition("@")[2].lower()
        if own == approvals or own == self.sender_domain.lower() != "":
            raise ValueError(
                f"campaign_from: {own} is the domain of approvals too: complaints about a campaign"
                f" would keep requests from arriving; use another one, such as news.{own}"
            )
        if self.unsubscribe_at_once and not self.campaign_from:
            raise ValueError("unsubscribe_at_once: a stage without campaign_from has no such page")
        return self

    @property
    def campaign_domain(self) -> str:
        """The domain of `campaign_from`: what SES verifies for campaigns."""
        return self.campaign_from.partition("@")[2].lower()

    @property
    def has(self) -> frozenset[str]:
        """What only some stages have, and need rights for: the keys whose pace it names, and SES's
        sandbox."""
        sandbox = (SANDBOX,) if self.sandbox_recipients else ()
        return frozenset((*self.connector_limits, *sandbox))

    @property
    def takes_verdicts(self) -> bool:
        """Whether a caller does by itself what it may."""
        return any(one.takes_verdicts for one in self.senders)

    @model_validator(mode="after")
    def _wait_where_they_may(self) -> Self:
        for one in self.senders:
            if one.account and one.account not in self.other_accounts:
                raise ValueError(
                    f"senders: {one.id}: {one.answers} is in the account {one.account}, which "
                    "other_accounts does not name; of the stage's own write function:<name>"
                )
        return self

    @property
    def waiting_callers(self) -> tuple[Sender, ...]:
        """Those whose executions wait for an answer."""
        return tuple(one for one in self.senders if one.answers)

    @property
    def has_callers(self) -> bool:
        """Whether anybody may propose: then there is a door for agents that speak MCP."""
        return any(one.proposes for one in self.senders)

    @property
    def identity(self) -> str:
        """What SES verifies: the domain, or the address."""
        return self.sender_domain or self.mail_from

    @field_validator("senders")
    @classmethod
    def _fit_into_a_function(cls, senders: tuple[Sender, ...]) -> tuple[Sender, ...]:
        ids = [one.id for one in senders]
        if len(set(ids)) < len(ids):
            raise ValueError("two senders have one id")
        known = {EVERY_WORKFLOW, *WORKFLOWS}
        for one in senders:
            unknown = sorted(set(one.workflows) - known)
            if unknown:
                raise ValueError(f"{one.id}: no workflow is called {unknown[0]}")
            strange = sorted({row.action for row in one.proposes} - set(_proposable()))
            if strange:
                raise ValueError(f"{one.id}: nobody can propose {strange[0]}")
        if sum(len(one.model_dump_json(exclude_defaults=True)) for one in senders) > MOST_SENDERS:
            raise ValueError("these are more senders than a function's variables have room for")
        return senders

    @model_validator(mode="after")
    def _told_by_https(self) -> Self:
        clear = [one for one in self.senders if one.outcomes_to.startswith("http://")]
        if clear and self.stage != "local":
            raise ValueError(f"senders: {clear[0].id}: outcomes_to must be https")
        return self

    @field_validator("http_targets")
    @classmethod
    def _fit_beside_each_other(cls, targets: tuple[HttpTarget, ...]) -> tuple[HttpTarget, ...]:
        if len({one.id for one in targets}) < len(targets):
            raise ValueError("two systems have one id")
        if sum(len(one.model_dump_json(exclude_defaults=True)) for one in targets) > MOST_TARGETS:
            raise ValueError("these are more systems than a function's variables have room for")
        return targets

    @model_validator(mode="after")
    def _acts_on_what_is_there(self) -> Self:
        here = [one.id for one in self.http_targets if one.loopback]
        if here and self.stage != "local":
            raise ValueError(
                f"http_targets: {here[0]}: a system of this machine is for the stage local alone"
            )
        there = {one.connector for one in self.http_targets}
        for asked, connector in _acted_on(self.senders):
            if connector not in there:
                name = connector.removeprefix(HTTP)
                raise ValueError(
                    f"http_targets: {asked} acts on the system {name}, which the stage does not"
                    " have: give it a row with its url, or take the action out"
                )
        return self

    @field_validator("connector_limits")
    @classmethod
    def _serve_a_visit(
        cls, limits: dict[str, tuple[RateLimit, ...]]
    ) -> dict[str, tuple[RateLimit, ...]]:
        own = (system(name) for name in limits if name.startswith(HTTP))
        for side in (side for row in (*CONNECTORS.values(), *own) for side in row.sides):
            takes = pace_of(limits.get(side.paced_by, ())).due(0, side.requests - 1) / 1_000_000
            if takes > side.seconds / 2:
                raise ValueError(
                    f"{side.paced_by}: the {side.requests} requests of one action or lookup"
                    f" would take {takes:.0f} s, half of the function's time is"
                    f" {side.seconds // 2}; the limit is too low to work with"
                )
        return limits

    @property
    def outside_keys(self) -> tuple[str, ...]:
        """The secrets that other systems issue for this stage."""
        issued = (one for one in OUTSIDE_KEYS if self.model_base_url or one != MODEL_KEY.name)
        return (*issued, *(one.connector for one in self.http_targets))

    @property
    def stack_name(self) -> str:
        """The stack's name, and the prefix of every explicit name in it."""
        return f"countersign-{self.stage}"

    @property
    def alarms(self) -> str:
        """What the names of its alarms begin with."""
        return f"{self.stack_name}-"


def _proposable() -> Iterable[str]:
    """The actions that a business lets its callers choose from."""
    return WORKFLOWS[AGENT_ACTIONS].actions if AGENT_ACTIONS in WORKFLOWS else ()


def _acted_on(senders: Iterable[Sender]) -> Iterable[tuple[str, str]]:
    """Each action on a system of the business that this stage may come to, and the connector of
    that system: what its workflows do, and of what callers propose what their rows name."""
    proposed = {row.action for one in senders for row in one.proposes if not row.by_caller}
    for name, flow in WORKFLOWS.items():
        for action in flow.actions.values():
            if action.connector.startswith(HTTP) and (
                name != AGENT_ACTIONS or action.id in proposed
            ):
                yield f"{action.id} of {name}", action.connector


def context(cdk_json: Path = CDK_JSON) -> dict[str, Any]:
    """The context of `cdk.json`: feature flags and stages."""
    found: dict[str, Any] = json.loads(cdk_json.read_text())["context"]
    return found


def load(stage: str, cdk_json: Path = CDK_JSON) -> Settings:
    """The settings of `stage`; of `local:shows_candidates` those of `local` with that switch on, of
    `local:model_base_url:;model_name:m` with these texts. Raises SettingsError."""
    name, _, others = stage.partition(":")
    stages = context(cdk_json)["stages"]
    for other in filter(None, others.split(";")) if name in stages else ():
        setting, is_text, text = other.partition(":")
        stages = {**stages, name: {**stages[name], setting: text if is_text else True}}
    return _checked(name, stages, cdk_json.name)


def _checked(stage: str, stages: Mapping[str, Any], file: str) -> Settings:
    if stage not in stages:
        known = ", ".join(sorted(stages))
        raise SettingsError(f"Unknown stage {stage!r}: {file} has {known}.")
    try:
        return Settings.model_validate_json(json.dumps({**stages[stage], "stage": stage}))
    except ValidationError as error:
        wrong = "; ".join(f"{_path(row['loc'])}: {row['msg']}" for row in error.errors())
        raise SettingsError(f"Stage {stage!r} in {file} is wrong: {wrong}.") from error


def save_senders(stage: str, senders: Sequence[Sender], cdk_json: Path = CDK_JSON) -> None:
    """Write the senders of `stage` into `cdk.json`. Raises SettingsError, and then writes nothing,
    where the stage would not load with them."""
    said = [one.model_dump(mode="json", exclude_defaults=True) for one in senders]
    _save(stage, {"senders": said}, cdk_json)


def save_protected(stage: str, cdk_json: Path = CDK_JSON) -> None:
    """Write into `cdk.json` that tables and stack of `stage` resist deletion."""
    _save(stage, {"protected": True}, cdk_json)


def _save(stage: str, changes: Mapping[str, Any], cdk_json: Path) -> None:
    held = json.loads(cdk_json.read_text())
    stages = held["context"]["stages"]
    stages[stage] |= changes
    _checked(stage, stages, cdk_json.name)
    cdk_json.write_text(laid_out(held) + "\n")


def laid_out(value: Any, indent: int = 0, begins: int = 0) -> str:
    """JSON as `cdk.json` is laid out: what fits into a line stands in one. `begins` is how much of
    the first line is taken."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or begins + len(line) < COLUMNS:
        return line
    deeper = indent + 2
    names = (
        [f"{json.dumps(one)}: " for one in value] if isinstance(value, dict) else [""] * len(value)
    )
    parts = value.values() if isinstance(value, dict) else value
    rows = [
        f"{' ' * deeper}{name}{laid_out(part, deeper, deeper + len(name))}"
        for name, part in zip(names, parts, strict=True)
    ]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n" + ",\n".join(rows) + f"\n{' ' * indent}{last}"


def own_rule_set(settings: Settings) -> str:
    """The name of SES's rule set that the stack makes where none is active."""
    return settings.stack_name


def secret_output(name: str) -> str:
    """The stack's output that says where a secret is: `CrmReadSecretArn` of `crm-read`."""
    return f"{name.title().replace('-', '')}SecretArn"


def target_output(target: HttpTarget) -> str:
    """The stack's output that says where a system of the business is: `HttpBookingsTarget`."""
    return f"{target.connector.title().replace('-', '')}Target"


def chosen_stage(from_context: str | None) -> str:
    """`-c stage=…`, else the variable STAGE, else dev."""
    return from_context or os.environ.get("STAGE") or "dev"


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)
