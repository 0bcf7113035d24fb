"""What a caller proposes, and the input that it becomes: each action's exact parameters, by its own
contract, and beside them what the caller may propose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue

from countersign.actions import crm, payments
from countersign.actions.http_request import of_folder
from countersign.actions.verdict import verdict_on
from countersign.domain.canonical import canonical
from countersign.domain.contract import Contract, Value
from countersign.domain.errors import ContractBroken
from countersign.domain.jobs.senders import MayPropose
from countersign.domain.ledger.action import Action
from countersign.domain.workflow import Raw
from countersign.extraction.messages import Document, Text, address
from countersign.parsing.json import loads
from countersign.parsing.text import one_line, tidy

_SYSTEMS = of_folder(__package__)
"""Actions on the business's own systems, as its files say: another system is another file in
`systems/`, and docs/howto/own-system.md is how one is written."""
_DONE_HERE: tuple[Action[Any, Any], ...] = (
    payments.REFUND,
    crm.ADD_NOTE,
    *(held.action for held in _SYSTEMS),
)
ACTIONS = (*_DONE_HERE, *(verdict_on(one) for one in _DONE_HERE))
"""What callers may be given to propose; and the same, where the caller does it by our verdict."""
_TARGETS: Mapping[str, str] = {"payments.refund": "charge", "crm.add_note": "email"} | {
    held.action.id: held.target for held in _SYSTEMS
}
"""The parameter that says what an action is done to."""
BY_ID: Mapping[str, Action[Any, Any]] = {action.id: action for action in _DONE_HERE}
_MOST_ACTIONS, _MOST_EVIDENCE, _MOST_WORDS = 5, 20, 4_000


def target_of(action: str, params: Any) -> str:
    """What an action with these parameters is done to."""
    return str(getattr(params, _TARGETS[action]))


class ProposedCall(Value):
    """One action, with parameters as its contract has them."""

    action: str
    params: Mapping[str, JsonValue]


class Evidence(Value):
    """What the caller rests on: somebody's words, or where they stand."""

    quote: Annotated[str, Field(max_length=_MOST_WORDS)] = ""
    link: Annotated[str, Field(max_length=2_000, pattern=r"^$|^https://\S+$")] = ""


class AgentProposal(Contract):
    """What is posted."""

    CONTRACT: ClassVar[str] = "agent_actions.proposal"
    VERSION: ClassVar[int] = 1

    actions: Annotated[tuple[ProposedCall, ...], Field(min_length=1, max_length=_MOST_ACTIONS)]
    reason: Annotated[Text, Field(max_length=_MOST_WORDS)]
    """Why, for whoever signs."""
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=_MOST_EVIDENCE)] = ()
    requester: str = ""
    """Mail address of the person for whom the caller acts: they never sign it."""
    correlation: Annotated[str, Field(max_length=200)] = ""
    """The caller's own id of the matter."""
    deadline: datetime | None = None
    """After this nothing of it is done."""


class PlannedCall(Value):
    """One action whose parameters hold their contract: the canonical bytes, as text."""

    action: str
    params: str

    def parsed(self) -> Any:
        """The parameters."""
        return BY_ID[self.action].params.model_validate_json(self.params)

    @property
    def target(self) -> str:
        """What it is done to."""
        return target_of(self.action, self.parsed())

    @property
    def moves_money(self) -> bool:
        """Whether its contract names a sum."""
        return BY_ID[self.action].amount is not None


class Proposed(Document):
    """The input: the proposal, whose it is, and what its caller may propose."""

    CONTRACT: ClassVar[str] = "agent_actions.input"
    VERSION: ClassVar[int] = 2

    caller: str
    may: tuple[MayPropose, ...]
    """Of the actions that are proposed, as the caller's row said when they were."""
    actions: tuple[PlannedCall, ...]
    deadline: datetime | None

    def may_of(self, action: str) -> MayPropose | None:
        """What the caller may do of an action; None: it may not propose it."""
        return next((one for one in self.may if one.action == action), None)


def read(raw: Raw) -> Proposed:
    """What the door stored. Raises ContractBroken, which names the fields, and for an action that
    is none, parameters that break its contract, one target twice, or what no such door stored."""
    held = loads(raw.body)
    if not isinstance(held, dict) or not held.keys() >= {"proposal", "may"}:
        raise ContractBroken("agent_actions.input: a proposal comes by the door of its caller")
    said = AgentProposal.read(held["proposal"])
    planned = tuple(_planned(at, call) for at, call in enumerate(said.actions))
    if len({(one.action, one.target) for one in planned}) < len(planned):
        raise ContractBroken("one action twice on one target: say it in one")
    named = {one.action for one in planned}
    may = (MayPropose.model_validate_json(json.dumps(one)) for one in held["may"])
    return Proposed(
        channel="document",
        automatic=f"a proposal of {held['caller']}",
        sender=address(said.requester, said.CONTRACT) if said.requester else "",
        title=one_line(f"{held['caller']}: {said.correlation or ', '.join(sorted(named))}", 300),
        parts=dict(_parts(said)),
        caller=held["caller"],
        may=tuple(one for one in may if one.action in named),
        actions=planned,
        deadline=said.deadline,
    )


def _planned(at: int, call: ProposedCall) -> PlannedCall:
    action = BY_ID.get(call.action)
    if action is None:
        raise ContractBroken(f"actions.{at}.action: there are {', '.join(sorted(BY_ID))}")
    try:
        params = action.params.read(call.params)
    except ContractBroken as broken:
        raise ContractBroken(
            str(broken), [f"actions.{at}.params.{one}" for one in broken.problems]
        ) from None
    return PlannedCall(action=action.id, params=canonical(params).decode())


def _parts(said: AgentProposal) -> Iterator[tuple[str, str]]:
    yield "reason", tidy(said.reason)
    for number, one in enumerate(said.evidence, 1):
        yield f"evidence {number}", tidy("\n".join(filter(None, (one.quote, one.link))))
    if said.requester:
        yield "requested by", one_line(said.requester, 320)
