"""What can be seen once a stage is deployed: its secrets, its people, and the systems outside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from countersign.actions.http_request import Asked
from countersign.domain.errors import ContractBroken, NotFound, Quarantined, Refused
from countersign.domain.ledger.targets import HttpTarget
from countersign.domain.ports import ModelRequest
from countersign.domain.workflow import Ours as OurAddresses
from countersign.domain.workflow import Raw, Workflow
from countersign.model.proposals import drafted
from countersign.model.schemas import subset_of
from countersign.runtime.deps import Deps
from countersign.stages.prices import prices
from infra.build.lint import of_directory
from infra.cli import fields
from infra.cli.doctor.cloud import Cloud
from infra.cli.doctor.line import Line, asked, judged, ok, problem

MESSAGE = json.dumps(
    {
        "name": "Anna Lindner",
        "email": "anna.lindner@hafenwerk.example",
        "message": "Hello, please send us a quote for 40 licences of your dispatch software.",
        "consent": True,
    }
).encode()
"""A made-up message of a made-up person: the only thing that the doctor sends anywhere."""
MODEL_SECONDS = 30.0
_KEY = "set the key anew: `countersign secrets set {}`"

_ACCESS = (
    "ask for access to the model in Bedrock's console of this region; who runs this needs"
    " `bedrock:InvokeModel` on it, as the role of Propose has it"
)


class Vault(Protocol):
    """Where a stage keeps its secrets."""

    def read(self, arn: str) -> str:
        """The text; empty when nobody has set it."""


def after_deploy(
    deps: Deps, stack: str, vault: Vault, cloud: Cloud, queues: Mapping[str, str]
) -> Iterator[Line]:
    """A line for each thing; `queues` are the addresses of the dead letters by name."""
    yield from asked("secrets", lambda: _secrets(deps, vault), "sign in with rights to read them")
    yield from asked("people", lambda: _people(deps), "sign in with rights to read the table")
    yield from asked("CRM", lambda: _crm(deps), _KEY.format("crm-read"))
    yield from asked("CRM, writing", lambda: _crm_writes(deps), _KEY.format("crm-write"))
    yield from asked("payments", lambda: _payments(deps), _KEY.format("payments-read"))
    for one in deps.settings.http_targets:
        yield from asked(one.id, partial(_system, deps, one), _KEY.format(one.connector))
    yield from asked("model", lambda: _model(deps), _model_mend(deps))
    yield from asked("model's end", lambda: _retiring(deps), "see the table of prices")
    yield from asked("alarms", lambda: _alarms(stack, cloud), "sign in with rights to read SNS")
    for name, url in queues.items():
        yield from asked(name, partial(_letters, name, url, cloud), "see the queue in SQS")


def _secrets(deps: Deps, vault: Vault) -> Iterator[Line]:
    unset = [name for name, arn in deps.settings.secret_arns.items() if not vault.read(arn)]
    for name in unset:
        yield problem("secrets", f"{name} is not set", f"`countersign secrets set {name}`")
    if not unset:
        yield ok("secrets", "all are set")


def _people(deps: Deps) -> Iterator[Line]:
    missing = list(of_directory(deps.workflows, deps.people.directory().members))
    for one in missing:
        yield problem("people", one, "`countersign people add` gives the role to somebody")
    if not missing:
        yield ok("people", "each role has somebody")


def _crm(deps: Deps) -> Iterator[Line]:
    found = fields.check(deps)
    for one in found:
        yield problem("CRM", one.sentence, "then `countersign fields` (--create makes ours)")
    if not found:
        yield ok("CRM", "it has all that the workflows and the company's files use")


def _crm_writes(deps: Deps) -> Iterator[Line]:
    deps.crm_setup.schema("contacts")
    yield ok("CRM, writing", "the account takes the key")


def _payments(deps: Deps) -> Iterator[Line]:
    newest = deps.payments_check.newest()
    named = sum(bool(number) for number in newest.values())
    yield judged(
        "payments",
        f"{named} of the {len(newest)} newest charges name an order",
        well=bool(named) or not newest,
        mend="say where orders stand: `orders_in` and `charges.order` of the company's file",
    )


def _system(deps: Deps, target: HttpTarget) -> Iterator[Line]:
    """It is reached under its own name, and takes the key where its row says what can be read."""
    asks = deps.systems(target.connector)
    try:
        asks.read(Asked("GET", target.checks or "/"))
    except (NotFound, Refused) as said:
        if target.checks:
            raise
        yield ok(target.id, f"{target.url} answers: {said}")
        return
    says = "answers and takes the key" if target.checks else "answers"
    yield ok(target.id, f"{target.url} {says}")


def _model_mend(deps: Deps) -> str:
    """A stage of Bedrock has no key: roles are let in, and a model is given to an account."""
    return _KEY.format("model-key") if deps.settings.model_secret else _ACCESS


def _model(deps: Deps) -> Iterator[Line]:
    """One question with the prompt and the schema of a workflow that takes a plain message."""
    workflow, given = _asking(deps)
    size = workflow.release.sizes[0]
    name = deps.settings.model_name or size.model
    answer = deps.model.answer(
        ModelRequest(
            model=name,
            messages=(
                ("system", workflow.release.prompt),
                ("user", workflow.prompt_text(given)),
            ),
            schema_name=workflow.id,
            schema=workflow.schema(subset_of(size.price)),
            temperature=size.temperature,
            max_output_tokens=size.max_output_tokens,
            effort=size.price.effort,
        ),
        MODEL_SECONDS,
    )
    draft, _ = drafted(workflow, given, answer.content)
    yield judged(
        "model",
        f"{name} {'leaves' if draft is None else 'keeps to'} the schema of {workflow.id}",
        well=draft is not None,
        mend="choose a model with structured outputs: [models] of the company's file",
    )


def _retiring(deps: Deps) -> Iterator[Line]:
    """By the day of the table of prices, so that the same code says the same on every day."""
    rows = [size.price for one in deps.workflows.values() for size in one.release.sizes]
    found = prices().retiring(rows)
    for one in found:
        yield problem("model's end", one, "name another under [models] of the company's file")
    if not found:
        yield ok("model's end", f"none retires within 90 days of {prices().as_of}")


def _asking(deps: Deps) -> tuple[Workflow[Any], Any]:
    """A workflow, and a message as it reads one. Raises ContractBroken where none takes one."""
    ours = deps.company.ours if deps.company else OurAddresses()
    raw = Raw(body=MESSAGE, door="webhook", authserv_id="", vouched=True, ours=ours)
    for workflow in deps.workflows.values():
        with suppress(ContractBroken, Quarantined):
            return workflow, workflow.read(raw)
    raise ContractBroken("no workflow takes a plain message: `countersign try` asks its model")


def _alarms(stack: str, cloud: Cloud) -> Iterator[Line]:
    for name, heard in (cloud.subscribers(stack) or {"alarms": ()}).items():
        if not heard:
            yield problem(
                name,
                "nobody hears them",
                "set `alarm_address` and deploy; where it was, subscribe it in SNS anew",
            )
        yield from (_heard(name, address, confirmed=confirmed) for address, confirmed in heard)


def _heard(name: str, address: str, *, confirmed: bool) -> Line:
    return judged(
        name,
        f"{address} {'hears them' if confirmed else 'has not confirmed'}",
        well=confirmed,
        mend="open AWS's mail to that address and confirm; deploy again to get another",
    )


def _letters(name: str, url: str, cloud: Cloud) -> Iterator[Line]:
    count = cloud.letters(url)
    yield judged(
        name,
        f"{count} message{'s' * (count > 1)}" if count else "empty",
        well=count == 0,
        mend="docs/operating.md says how to look at them and send them again",
    )
