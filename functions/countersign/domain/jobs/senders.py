"""Senders: the systems that post signed events. A signature vouches for the system, not for what it
sends.

The rows are settings of the stage. The secrets stand in one JSON object: `current` and, during a
rotation, `previous` of the sender `default`, and by id an object of the same two of every other. Of
the tokens of callers that speak MCP only hashes stand, in an object of the same shape.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from countersign.domain.contract import Value
from countersign.domain.errors import ContractBroken, NotFound

DEFAULT = "default"
"""Who posts to a path that names nobody."""
EVERY_WORKFLOW = "*"
CURRENT, PREVIOUS = "current", "previous"
PREFIX, TOKEN = "whsec_", "cst_"
MINUTE = 60

_NAME = r"[A-Za-z0-9_-]{1,80}"
_EXECUTIONS = (
    rf"^$|^(?:stateMachine|function):{_NAME}$"
    rf"|^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{{12}}:function:{_NAME}(?::{_NAME})?$"
)
Held = Mapping[str, Any]
"""The JSON object with everybody's secrets."""


Amount = Annotated[Decimal, Field(gt=0)]


class MayPropose(Value):
    """One action that a sender may propose, and how far it goes without and with a signature.
    Amounts stand by their currency (ISO 4217)."""

    action: str
    """The id of its contract."""
    by_caller: bool = False
    """Whether its caller does it, by a signed verdict; else it is done here."""
    asks: bool = True
    """Of an action that moves no money: whether somebody signs it."""
    alone: Mapping[str, Amount] = {}
    """Up to here it runs by itself; in a currency that is not named it asks."""
    a_day: Mapping[str, Amount] = {}
    """As much of that on one day; in a currency that is not named nothing runs by itself."""
    most: Mapping[str, Amount] = {}
    """Above this it is refused, whoever would sign, and in a currency that is not named."""


class Sender(Value):
    """One system that may post, and what its signature is worth."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    workflows: tuple[str, ...] = ()
    """The workflows that it may post to; `*`: all of them."""
    proposes: tuple[MayPropose, ...] = ()
    """The actions that it may propose at `/propose/<id>`."""
    reads_answers: bool = False
    """Whether it hears a 4xx and mends what it sent; most form services switch the door off."""
    vouches_for_address: bool = False
    """Whether it knows its customers: the address in its form is an account's, not a guess."""
    requests_a_minute: int = Field(default=0, ge=0)
    """Most requests within a minute of the clock; 0: it has no limit of its own."""
    status_address: bool = False
    """Whether the door's answer names an address that says how the job stands."""
    outcomes_to: str = Field(default="", pattern=r"^$|^https?://[^@\s]+$")
    """Where it is told, signed with its secret, how each of its jobs ended; empty: nowhere."""

    answers: str = Field(default="", pattern=_EXECUTIONS)
    """Of a caller that is an execution and waits: whose, `stateMachine:<name>` or `function:<name>`
    in the stage's own account and region, or a function's ARN. It comes by a function of its own,
    and how its proposal ended lets it go on; empty: nothing waits. A task's token is taken from the
    account of its machine alone, so that a machine has no ARN here."""
    by_queue: bool = False
    """Whether it also comes by a queue of its own, which takes what the function cannot at once."""

    @field_validator("id")
    @classmethod
    def _is_no_word_of_the_secrets(cls, sender_id: str) -> str:
        if sender_id in (CURRENT, PREVIOUS):
            raise ValueError(f"a sender cannot be called {sender_id}")
        return sender_id

    @model_validator(mode="after")
    def _may_do_something(self) -> Self:
        if not self.workflows and not self.proposes:
            raise ValueError("a sender posts to a workflow, or proposes an action")
        if len({one.action for one in self.proposes}) < len(self.proposes):
            raise ValueError("an action that may be proposed has one row")
        if self.answers and (not self.proposes or self.takes_verdicts):
            raise ValueError("an execution is answered once what it proposes was done here")
        if self.by_queue and not self.answers:
            raise ValueError("by_queue is for executions that wait: say whose, by `answers`")
        return self

    def may_post_to(self, workflow: str) -> bool:
        """Whether events for this workflow are taken from it."""
        return workflow in self.workflows or EVERY_WORKFLOW in self.workflows

    @property
    def account(self) -> str:
        """The account of the execution, where its row names one."""
        return self.answers.split(":")[4] if self.answers.startswith("arn:") else ""

    @property
    def takes_verdicts(self) -> bool:
        """Whether any of what it proposes it does itself."""
        return any(one.by_caller for one in self.proposes)

    def identity(self, workflow: str) -> str:
        """Whose event ids these are. The default sender's stays the workflow's id: what came before
        there were others keeps its job."""
        return workflow if self.id == DEFAULT else f"{workflow}/{self.id}"


def function_of(sender_id: str) -> str:
    """The name of the function by which an execution comes, after the stack's."""
    return f"Calls{sender_id.title().replace('-', '')}"


def queue_of(sender_id: str) -> str:
    """The name of the queue by which an execution comes, after the stack's."""
    return f"calls-{sender_id}"


def calling(senders: Sequence[Sender], function: str) -> Sender | None:
    """Whose executions come by the function of this name."""
    there = (one for one in senders if one.answers)
    return next((one for one in there if function.endswith(f"-{function_of(one.id)}")), None)


def named(senders: Sequence[Sender], sender_id: str) -> Sender | None:
    """The row with this id."""
    return next((one for one in senders if one.id == sender_id), None)


def sender_of(identity: str) -> str:
    """The id of the sender whose `identity` this is."""
    return identity.partition("/")[2] or DEFAULT


def held(text: str) -> Held:
    """Everybody's secrets, out of the text that is stored; nobody's, where it is empty."""
    found: Held = json.loads(text or "{}")
    return found


def keys(secrets: Held, sender_id: str) -> tuple[str, ...]:
    """The secrets of a sender that are good, each as it signs with it; none for an unknown one."""
    return tuple(f"{PREFIX}{bare(value)}" for value in _own(secrets, sender_id).values())


def bare(value: str) -> str:
    """A secret as it is stored: without its prefix."""
    return value.removeprefix(PREFIX)


def new_token(sender_id: str, drawn: str) -> str:
    """A caller's bearer token: whose it is, and what nobody guesses (URL-safe, 32 bytes drawn)."""
    return f"{TOKEN}{sender_id}.{drawn}"


def token_of(token: str) -> str:
    """The id of the caller that a token says it is; empty for what is none."""
    said, dot, _ = token.removeprefix(TOKEN).partition(".")
    return said if dot and token.startswith(TOKEN) else ""


def hashed(token: str) -> str:
    """What is stored of a token. It is drawn, so that one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def lets_in(hashes: Held, token: str) -> bool:
    """Whether the token is one of its caller's that are good; the same work for everybody."""
    good, found = _own(hashes, token_of(token) or DEFAULT), hashed(token)
    wanted = [good.get(name, "") for name in (CURRENT, PREVIOUS)]
    return sum(hmac.compare_digest(found, one) for one in wanted) > 0


def renewed(secrets: Held, sender_id: str, value: str, command: str = "rotate") -> Held:
    """With `value` as the sender's current secret, and what was current still good. Raises
    ContractBroken, with the `command` that ends the older one, while two are good already."""
    own = _own(secrets, sender_id)
    if PREVIOUS in own:
        raise ContractBroken(
            f"two secrets of {sender_id} are good already: end the older one first, with "
            f"`countersign senders {command} {sender_id} --revoke`"
        )
    before = {PREVIOUS: own[CURRENT]} if CURRENT in own else {}
    return _with(secrets, sender_id, {CURRENT: bare(value), **before})


def revoked(secrets: Held, sender_id: str) -> Held:
    """Without the sender's previous secret. Raises ContractBroken without one."""
    own = _own(secrets, sender_id)
    if PREVIOUS not in own:
        raise ContractBroken(f"only one secret of {sender_id} is good: there is nothing to revoke")
    return _with(secrets, sender_id, {CURRENT: own[CURRENT]})


def retired(secrets: Held, sender_id: str) -> Held:
    """Without any secret of the sender: nothing that it signs is taken. Raises NotFound for one
    that has none."""
    if not _own(secrets, sender_id):
        raise NotFound(f"no sender {sender_id} has a secret here")
    return _with(secrets, sender_id, {})


def has_any(secrets: Held, sender_id: str) -> bool:
    """Whether a secret of the sender is good."""
    return bool(_own(secrets, sender_id))


def _own(secrets: Held, sender_id: str) -> Mapping[str, str]:
    if sender_id == DEFAULT:
        return {name: value for name, value in secrets.items() if isinstance(value, str)}
    own = secrets.get(sender_id, {})
    return own if isinstance(own, dict) else {}


def _with(secrets: Held, sender_id: str, own: Mapping[str, str]) -> Held:
    if sender_id == DEFAULT:
        return {**own, **{n: value for n, value in secrets.items() if isinstance(value, dict)}}
    rest = {name: value for name, value in secrets.items() if name != sender_id}
    return rest | ({sender_id: dict(own)} if own else {})
