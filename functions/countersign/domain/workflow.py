"""A workflow: everything that makes one business process different from another, as one value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from countersign.domain.contract import Contract, Value
from countersign.domain.errors import UnknownVersion
from countersign.domain.lane.lane import Lane
from countersign.domain.ledger.action import Action, Difference, ProposedAction
from countersign.domain.ledger.entry import LedgerEntry
from countersign.domain.limits.budgets import Budgets
from countersign.domain.limits.caps import Cap
from countersign.domain.policy.policy import Policy
from countersign.domain.policy.proposal import Fact, Proposal
from countersign.domain.policy.records import Lookup, Records
from countersign.domain.policy.release import Limits, Release
from countersign.domain.policy.rules import Rule, Situation

InputT = TypeVar("InputT", bound=Contract)

Metric = Literal[
    "approved_unchanged_share",
    "rejected_or_escalated_share",
    "ungrounded_share",
    "run_alone_share",
    "hours_to_outcome_p90",
    "hours_to_callback_p90",
    "unknown_outcomes",
    "failed_verifications",
    "wrong_recipients",
    "cap_reached_days",
]
"""Names of what criteria compare. Shares are 0 to 1, over a calendar month; times in hours of the
owner's working time; the rest are counts in a month. Of a threshold's approved_unchanged_share and
failed_verifications an alarm says it on the day that reaches it."""

AfterSilence = Literal["close", "escalate"]

PARTS = "\n\u241e\n"
"""Between the parts of a source text (a form's fields, a mail's subject and body): a sign that no
quote can span."""


class Criterion(Value):
    """What the owner expects of the workflow, or when they must act: a metric's name, compared."""

    metric: Metric
    compare: Literal[">=", "<="]
    value: Decimal
    sentence: str


@dataclass(frozen=True)
class Tier:
    """A role that is asked, and how much of their working time its people have to decide."""

    role: str
    within: timedelta


@dataclass(frozen=True)
class Ours:
    """Addresses of the company: they write for somebody else, or to us; never are they customers.
    All in small letters."""

    domains: frozenset[str] = frozenset()
    relays: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def has(self, address: str) -> bool:
        """Whether it is one of ours: at a domain of ours, or named."""
        plain = address.casefold()
        return self.sends_for_others(plain) or plain.rpartition("@")[2] in self.domains

    def sends_for_others(self, address: str) -> bool:
        """Whether several people write by it: a web site's form, a scanner, a group."""
        return address.casefold() in self.relays | self.groups


@dataclass(frozen=True)
class Raw:
    """What a door accepted, before anybody has read it."""

    body: bytes
    door: str
    authserv_id: str
    """Whose `Authentication-Results` header may be believed."""
    vouched: bool = False
    """Whether the system that posted it knows whose address is in it."""
    ours: Ours = Ours()


@dataclass(frozen=True)
class Claim:
    """A row that one job at a time may hold: who is first with this contact and need.

    `key` is opaque (a digest), `body` is what `joins` compares, `days` how long it holds.
    """

    key: str
    body: str
    days: int


@dataclass(frozen=True)
class Dealing:
    """Something earlier with the same contact, as a person is told of it."""

    title: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A model's answer after its contract: facts, wishes and drafts, and its own confidence."""

    facts: Mapping[str, Fact]
    wishes: tuple[str, ...]
    drafts: Mapping[str, str]
    confidence: Decimal


@dataclass(frozen=True)
class Segment:
    """A piece of a long input, which the model is asked about by itself."""

    name: str
    text: str
    """What the model is shown of it."""


@dataclass(frozen=True)
class Joined:
    """What the answers about all segments are together."""

    text: str
    """What the model is shown to write the last prose from."""
    facts: Mapping[str, Fact]
    dropped: Mapping[str, str]
    """What an answer says and the lines that it cites do not, by the name it would have had."""
    covered: Decimal
    """The share of the input's lines that are in a segment with a valid answer, 0 to 1."""


@dataclass(frozen=True)
class Segmented(Generic[InputT]):
    """How a long input is read in segments: each by a request of its own, joined by code."""

    answer: type[Contract]
    """What the model must answer about one segment."""
    split: Callable[[InputT], Sequence[Segment]]
    faults: Callable[[InputT, Segment, Any], Sequence[str]]
    """What an answer gets wrong about its segment, in sentences for the repair round."""
    join: Callable[[InputT, Mapping[str, Any]], Joined]
    """The answers by the names of their segments; a segment without a valid one is missing."""
    offline: Callable[[str], Mapping[str, Any]]
    """The plain heuristics for one segment: what the model is shown to an answer."""


@dataclass(frozen=True)
class Workflow(Generic[InputT]):
    """One business process: contract, rules, prompt, policy, actions, owner, success criteria."""

    id: str
    title: str
    owner: str
    """The role that answers for it, gets its cases, and is asked questions about its requests."""
    success: tuple[Criterion, ...]
    thresholds: tuple[Criterion, ...]
    """Failure thresholds: when one holds, the owner must act."""
    input: type[InputT]
    answer: type[Contract]
    release: Release
    rules: tuple[Rule[InputT], ...]
    policy: Policy
    actions: Mapping[str, Action[Any, Any]]
    tiers: tuple[Tier, ...]
    """Who is asked for a signature, in order; after the last one time decides."""

    read: Callable[[Raw], InputT]
    """Bytes to input. Raises Quarantined or ContractBroken."""
    dismiss: Callable[[InputT], str]
    """Why the input ends here without an answer (automatic mail); empty: it goes on."""
    requester: Callable[[InputT], str]
    """Mail address of who asks for it; they never approve their own request."""
    source_text: Callable[[InputT], str]
    """The text in which every quote must stand."""
    source_parts: Callable[[InputT], Sequence[tuple[str, str]]]
    """The same text in its parts, each with its name, as people are shown it."""
    prompt_text: Callable[[InputT], str]
    """What the model is shown: the source, masked."""
    schema: Callable[[str], Mapping[str, Any]]
    """The answer's contract as a strict JSON schema, in one of the subsets that providers take."""
    draft: Callable[[InputT, Any], Draft]
    """The contract's answer as facts, wishes and drafts."""
    confidence: Callable[[InputT, Draft], Decimal]
    """Our own confidence, 0 to 1, from measured features."""
    offline: Callable[[str], Mapping[str, Any]]
    """The plain heuristics: prompt text to an answer."""
    connectors: tuple[str, ...]
    """The connectors whose records it looks at, in this order; at least one."""
    lookups: Callable[[InputT, Proposal], tuple[Lookup, ...]]
    want: Callable[[Situation[InputT]], Sequence[ProposedAction]]
    signs: Callable[[InputT, Limits], Draft | None] = lambda _given, _limits: None
    """What needs no model: facts that signs of the input decide alone; None: the model is asked."""
    goes_back: Callable[[str, Limits], Draft | None] = lambda _to, _limits: None
    """The same of an input that goes back to a job which this workflow or team has."""
    cosigners: Callable[[InputT], Sequence[str]] = lambda _given: ()
    """Roles of each of which somebody must sign beside the tiers, whatever is asked."""
    claim: Callable[[InputT, Proposal, Limits], Claim | None] = lambda _given, _plan, _limits: None
    joins: Callable[[str, str, float], bool] = lambda _mine, _theirs, _hours: False
    """(my claim's body, the holder's body, hours between) → whether mine joins the holder's."""
    caps: Callable[[Situation[InputT], Contract], Sequence[Cap]] = lambda _seen, _params: ()
    """Which caps an action with these parameters falls under when it runs without a signature."""
    history: Callable[[Records, Collection[str]], Sequence[Dealing]] = lambda _found, _ours: ()
    """Earlier dealings with the contact, of what Look found, without those under our own keys."""
    shows: Mapping[str, Callable[[Any, Records], Sequence[Difference] | None]] = field(
        default_factory=dict
    )
    """What an action that only adds something makes of a record, by its id: shown to who signs.
    None: not known. Unlike an action's `differences` it keeps nothing from running."""
    evidence: Mapping[str, Callable[[Situation[Any], Any], Sequence[tuple[str, str]]]] = field(
        default_factory=dict
    )
    """What who signs an action should know of its target, by the action's id: names and values in
    their own words, of what Look found. What of it changes after they were asked is asked again."""
    passing: frozenset[str] = frozenset()
    """Names of evidence that may change without that: it tells how far something is, or says in
    other words what stands there anyway."""
    earlier: tuple[Action[Any, Any], ...] = ()
    """Versions of actions that still run for one deploy: jobs that wait were planned with them."""
    after_silence: AfterSilence = "close"
    """What follows when nobody answers our question: the job closes, or a person gets it."""
    heeds: Mapping[str, str] = field(default_factory=dict)
    """Which part of the answer a field of a target is about: the plain heuristics leave it out when
    the target would not take it."""
    money: Mapping[str, str] = field(default_factory=dict)
    """Parts of the answer that are sums, each with the word before `money_facts`."""
    notes: frozenset[str] = frozenset()
    """Ids of rules that are shown and decide nothing."""
    offline_cap: Decimal = Decimal(1)
    """The most confidence that an answer of `offline` can have."""
    budgets: Budgets = field(default_factory=Budgets)
    """What its calls of the model may cost, as the stage says now: no release pins it."""
    knows_people: bool = False
    """Whether its records have the directory too: see `records.PEOPLE`."""
    leads: str = ""
    """Id of the action from whose parameters the rest of a plan follows: who edits it has the rest
    made anew. Empty: an edit changes one action alone."""
    about: Callable[[InputT, Proposal], str] = lambda _given, _proposal: ""
    """What the job is about, by a name that later versions of it have too: what was done of it
    before is among the records (`records.VERSIONS`). Empty: it has no versions."""
    shares_answers: bool = False
    """Whether one job's valid answer is another's, where both ask the same under one release."""
    lane: Lane[InputT] | None = None
    """How a file of many items is worked through; None: the input is one matter."""
    segmented: Segmented[InputT] | None = None
    """How an input is read that is too long to be accounted for in one answer; None: at once."""

    @property
    def holidays(self) -> frozenset[date]:
        """Days of the company on which nobody works: no deadline counts them."""
        listed = self.release.limits.lists.get("company.holidays", ())
        return frozenset(map(date.fromisoformat, listed))

    @property
    def zone(self) -> str:
        """The company's time zone, for people whose own nobody knows."""
        return next(iter(self.release.limits.lists.get("company.zone", ())), "UTC")

    @property
    def reads(self) -> str:
        """The connector that is looked at first."""
        return self.connectors[0]


Workflows = Mapping[str, Workflow[Any]]
"""A business's processes by id."""


def money_facts(word: str) -> tuple[str, str]:
    """The names of the two facts that a sum becomes."""
    return f"{word}_amount", f"{word}_currency"


def known(workflow: Workflow[Any], held: LedgerEntry) -> Action[Any, Any] | None:
    """As `action_for`; None when this code has no such contract."""
    every = (*workflow.actions.values(), *workflow.earlier)
    planned = (held.action, held.action_version)
    return next((one for one in every if (one.id, one.version) == planned), None)


def action_for(workflow: Workflow[Any], held: LedgerEntry) -> Action[Any, Any]:
    """The contract with which an entry was planned: the current one, or one that still runs.

    Raises UnknownVersion when this code has neither.
    """
    action = known(workflow, held)
    if action:
        return action
    current = workflow.actions.get(held.action)
    there = (one for one in (current, *workflow.earlier) if one and one.id == held.action)
    versions = " and ".join(f"{one.id} v{one.version}" for one in there)
    raise UnknownVersion(
        f"planned {held.action} v{held.action_version}; this code has "
        + (versions or "no such action")
    )
