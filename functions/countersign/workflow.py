"""A workflow on one page: what a business states, and a default of the engine for all the rest.

    class Address(Form):                 # what enters; e-mail and message come with Form
        country: Optional | None = None

    class Says(Answer):                  # what the model must answer
        address: Quoted | None           # must stand in its own quote
        country: Derived | None          # rests on a quote

    WORKFLOW = workflow("address_change", title="…", owner="sales-ops", tiers=("sales",),
        form=Address, answer=Says, actions=[crm.SET_ADDRESS], lookups=[("crm", "contact")],
        propose=propose, policy=[run(crm.SET_ADDRESS, "a change within the country runs by itself"),
                forbid(crm.SET_ADDRESS, "the CRM does not know the sender", unknown_sender)])

`workflow()` gives a `Definition`: a value that has read nothing yet. Its `at(package, stage)` reads
the prompt and the stage files beside it and gives the `Workflow` that the engine runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import ContractBroken
from countersign.domain.ledger.action import Action, ProposedAction
from countersign.domain.policy import policy
from countersign.domain.policy.policy import Answer as Allowed
from countersign.domain.policy.policy import Policy, PolicyLine, Quorum
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Lookup
from countersign.domain.policy.rules import Rule, Situation, findings
from countersign.domain.workflow import Raw, Tier, Workflow
from countersign.extraction import checks, forms, kinds, messages, reader, scoring
from countersign.extraction.answers import strict_schema
from countersign.extraction.checks import Hit
from countersign.extraction.forms import Form
from countersign.extraction.kinds import Answer, Chosen, Derived, Language, Quoted, Sum, Summary
from countersign.extraction.messages import Document, Source
from countersign.extraction.prompts import Prompts
from countersign.extraction.release import StageFile, release, stage_file

__all__ = [
    "Answer",
    "Chosen",
    "Definition",
    "Derived",
    "Form",
    "Language",
    "Quoted",
    "Sum",
    "Summary",
    "ask",
    "forbid",
    "note",
    "run",
    "said",
    "verdict",
    "workflow",
]

TIER_HOURS = 8

Check = Callable[[Situation[Any]], Hit | bool]
"""What a rule looks for: (value, threshold) or True when it found it, None or False when not."""
Actions = Action[Any, Any] | str | Sequence[Action[Any, Any] | str]


@dataclass(frozen=True)
class Clause:
    """A line of the policy together with the rule that it hears; or one of the two alone."""

    line: PolicyLine | None
    rule: Rule[Any] | None


def run(actions: Actions, sentence: str, *, line: str = "") -> Clause:
    """These actions may run by themselves when nothing objects."""
    return _clause(Allowed.RUN, actions, sentence, None, {"line": line})


def ask(actions: Actions, sentence: str, when: Check | str | None = None, **more: Any) -> Clause:
    """These actions need a signature: always, or when the check finds something. `when` may be the
    id of a rule that another clause brings. `more`: `rule` and `line` (ids; the check's name
    without them), `quorum`, `escalate` (a person takes the whole job over)."""
    return _clause(Allowed.ASK, actions, sentence, when, more)


def forbid(actions: Actions, sentence: str, when: Check | str | None = None, **more: Any) -> Clause:
    """These actions never run, whoever would sign: always, or when the check finds something."""
    return _clause(Allowed.FORBID, actions, sentence, when, more)


def note(sentence: str, check: Check, *, rule: str = "") -> Clause:
    """A finding that is shown and counted and decides nothing."""
    return Clause(None, _rule(rule, sentence, check))


def said(situation: Situation[Any], name: str) -> str:
    """What is known of `name`: as a person corrected it, else as the form states it, else as the
    text says it; empty when nobody does."""
    stated: Mapping[str, str] = getattr(situation.input, "stated", {})
    corrected = situation.proposal.corrected(name)
    return corrected or stated.get(name, "") or situation.proposal.value(name) or ""


def verdict(clauses: Iterable[Clause], action: str, situation: Situation[Any]) -> policy.Verdict:
    """What these clauses say to an action here, for what a plan makes depend on it."""
    held = tuple(clauses)
    found = findings(_rules("", held), situation)
    lines = tuple(clause.line for clause in held if clause.line)
    return Policy(version="", author="", lines=lines).verdict(action, found)


@dataclass(frozen=True)
class Definition:
    """All that a workflow's folder states. `more` replaces defaults of the engine by the names of
    `Workflow`'s fields."""

    id: str
    title: str
    owner: str
    tiers: tuple[Tier, ...]
    input: type[Contract]
    answer: type[Contract]
    actions: tuple[Action[Any, Any], ...]
    want: Callable[[Situation[Any]], Iterable[ProposedAction]]
    clauses: tuple[Clause, ...]
    connectors: tuple[str, ...]
    lookups: Callable[[Any, Proposal], tuple[Lookup, ...]]
    read: Callable[[Raw], Any]
    prompts: Prompts[Any]
    needs: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def at(self, package: str, stage: str) -> Workflow[Any]:
        """The workflow in one stage: prompt and stage files read from `package`. Raises
        ContractBroken with the file and what is wrong in it, or for an answer without kinds."""
        held = stage_file(package, stage)
        usual: dict[str, Any] = {
            "source_text": self.prompts.source_text,
            "source_parts": self.prompts.source_parts,
            "prompt_text": self.prompts.prompt_text,
            "confidence": partial(scoring.usual, self.prompts.source_text, self.needs),
            "money": kinds.sums(self.answer),
            **self._reader(),
        }
        return Workflow(**self._stated(package, stage, held) | usual | dict(self.more))

    def rules(self) -> tuple[Rule[Any], ...]:
        """Every rule once, in the order of the clauses."""
        return _rules(self.id, self.clauses)

    def lines(self) -> tuple[PolicyLine, ...]:
        """The lines of the policy."""
        return tuple(clause.line for clause in self.clauses if clause.line)

    def _stated(self, package: str, stage: str, held: StageFile) -> dict[str, Any]:
        owner = held.owner or self.owner
        tiers = tuple(_tier(row.role, row.hours) for row in held.tiers) or self.tiers
        policy = {"version": _version(self.id, self.lines()), "author": owner, **self.policy}
        return {
            "id": self.id,
            "title": self.title,
            "owner": owner,
            "success": held.success,
            "thresholds": held.thresholds,
            "input": self.input,
            "answer": self.answer,
            "release": release(package, stage),
            "rules": self.rules(),
            "policy": Policy(lines=self.lines(), **policy),
            "actions": {action.id: action for action in self.actions},
            "notes": frozenset(one.rule.id for one in self.clauses if one.rule and not one.line),
            "tiers": tiers,
            "read": self.read,
            "dismiss": messages.dismiss,
            "requester": messages.requester,
            "schema": partial(strict_schema, self.answer),
            "draft": kinds.draft,
            "connectors": self.connectors,
            "lookups": self.lookups,
            "want": lambda situation: tuple(self.want(situation)),
        }

    def _reader(self) -> dict[str, Any]:
        """The folder's own reader, as sure as it says; or the modest one, which always asks."""
        if "offline" in self.more:
            return {}
        return {"offline": partial(reader.modest, self.answer), "offline_cap": reader.CAP}


def workflow(
    name: str,
    *,
    title: str,
    owner: str,
    tiers: Sequence[str | Tier],
    answer: type[Contract],
    actions: Sequence[Action[Any, Any]],
    propose: Callable[[Situation[Any]], Iterable[ProposedAction]],
    policy: Iterable[Clause | Iterable[Clause]],
    lookups: Sequence[tuple[str, str]] | Callable[[Any, Proposal], tuple[Lookup, ...]] = (),
    connectors: Sequence[str] = (),
    form: type[Form] = Form,
    source: type[Source] | None = None,
    needs: Sequence[str] = (),
    without: Collection[str] = (),
    vouches: bool = False,
    form_shown: Callable[[Any], Mapping[str, str]] = forms.shown,
    after_failure: str = "escalate",
    policy_version: str = "",
    **more: Any,
) -> Definition:
    """A workflow, as its folder states it.

    `form` is what a form posts; a mail with the same words is read too. `source` instead of it says
    that the input is something else: a transcript, a brief, a row (see `Document`). `needs` are the
    facts that such an input should have, for our own confidence. `lookups` names connector and kind
    of record, looked up by the sender's address, or is a function. `without` takes usual rules out
    by id (`usual`). Everything in `more` replaces a default, by the name of a field of `Workflow`.
    Raises ContractBroken for what cannot be a workflow.
    """
    named = _named(answer, f"{name}.answer")
    form = _named(form, f"{name}.form")
    entering = source or forms.input_of(name, form)
    prompts = Prompts[Any](form_shown)
    pairs = () if callable(lookups) else tuple(lookups)
    clauses = tuple(_flat(policy))
    return Definition(
        id=name,
        title=title,
        owner=owner,
        tiers=tuple(one if isinstance(one, Tier) else _tier(one, TIER_HOURS) for one in tiers),
        input=_named(entering, f"{name}.input"),
        answer=named,
        actions=tuple(actions),
        want=propose,
        clauses=(*clauses, *_missing(clauses, without, prompts.source_text)),
        connectors=tuple(dict.fromkeys((*connectors, *(one for one, _ in pairs)))) or ("crm",),
        lookups=lookups if callable(lookups) else partial(_by_sender, pairs),
        read=more.pop("read", None) or partial(_read, form, entering, vouches),
        prompts=prompts,
        needs=tuple(needs),
        policy={"after_failure": after_failure}
        | ({"version": policy_version} if policy_version else {}),
        more=_known(name, more),
    )


def usual(source_text: Callable[[Any], str]) -> Mapping[str, Clause]:
    """The askers that every workflow has unless it takes them out by name or hears them itself."""
    rows: tuple[tuple[str, str, Check], ...] = (
        ("confidence.low", "the confidence is too low", checks.low_confidence),
        ("sender.unauthenticated", "nobody vouches for the sender", checks.unauthenticated),
        (
            "injection.suspected",
            "the message gives orders to the model",
            lambda situation: checks.orders(source_text(situation.input)),
        ),
        ("size.over_limit", "it is larger than what is handled unseen", checks.over_size),
    )
    return {rule: ask("*", sentence, check, rule=rule) for rule, sentence, check in rows}


def _missing(
    clauses: Sequence[Clause], without: Collection[str], source_text: Callable[[Any], str]
) -> tuple[Clause, ...]:
    """The usual askers that the folder neither hears itself nor takes out."""
    own = {clause.line.when for clause in clauses if clause.line}
    every = usual(source_text)
    unknown = sorted(set(without) - set(every))
    if unknown:
        raise ContractBroken(f"there is no usual rule {', '.join(unknown)}")
    return tuple(one for rule, one in every.items() if rule not in {*own, *without})


def _clause(
    answer: Allowed, actions: Actions, sentence: str, when: Check | str | None, more: dict[str, Any]
) -> Clause:
    ids, named = _ids(actions), more.pop("rule", "")
    rule = _rule(named, sentence, when) if callable(when) else None
    hears = rule.id if rule else when if isinstance(when, str) else None
    line = PolicyLine(
        more.pop("line", "") or f"{hears or answer}:{ids[0]}",
        ids,
        answer,
        hears,
        "" if rule else sentence,
        escalate=more.pop("escalate", False),
        quorum=more.pop("quorum", Quorum.ONE),
    )
    if more:
        raise ContractBroken(f"a clause has no {', '.join(sorted(more))}")
    return Clause(line, rule)


def _rule(name: str, sentence: str, check: Any) -> Rule[Any]:
    return Rule(name or check.__name__.strip("_"), sentence, partial(_hit, check))


def _hit(check: Check, situation: Situation[Any]) -> Hit:
    found = check(situation)
    return ("", "") if found is True else found or None


def _rules(name: str, clauses: Iterable[Clause]) -> tuple[Rule[Any], ...]:
    found: dict[str, Rule[Any]] = {}
    for rule in (clause.rule for clause in clauses if clause.rule):
        if found.setdefault(rule.id, rule) is not rule:
            raise ContractBroken(f"{name}: two rules are called {rule.id}")
    return tuple(found.values())


def _ids(actions: Actions) -> tuple[str, ...]:
    among = [actions] if isinstance(actions, Action | str) else actions
    return tuple(one if isinstance(one, str) else one.id for one in among)


def _flat(policy: Iterable[Clause | Iterable[Clause]]) -> Iterable[Clause]:
    for one in policy:
        if isinstance(one, Clause):
            yield one
        else:
            yield from one


def _read(form: type[Form], into: type[Any], vouches: bool, raw: Raw) -> Any:
    """A document as what it is; a form or a mail as a message."""
    if issubclass(into, Document):
        return messages.read_document(raw, into)
    vouched = vouches and raw.door == "webhook"
    return messages.read(raw, into, lambda body: forms.read(form, into, body, vouched=vouched))


def _tier(role: str, hours: Decimal | int) -> Tier:
    return Tier(role=role, within=timedelta(hours=float(hours)))


def _named(kind: type[Any], contract: str) -> Any:
    """`kind` with an id and a version, where it states none: its folder's name is its id."""
    if not hasattr(kind, "CONTRACT"):
        kind.CONTRACT = contract
    if not hasattr(kind, "VERSION"):
        kind.VERSION = 1
    return kind


def _version(name: str, lines: Iterable[PolicyLine]) -> str:
    """A policy without a version of its own is known by its content."""
    return f"{name}/{hashlib.sha256(repr(tuple(lines)).encode()).hexdigest()[:12]}"


def _known(name: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = sorted(set(more) - {one.name for one in fields(Workflow)})
    if unknown:
        raise ContractBroken(f"{name}: a workflow has no {', '.join(unknown)}")
    return more


def _by_sender(pairs: Sequence[tuple[str, str]], given: Source, _: Proposal) -> tuple[Lookup, ...]:
    """Each kind of record, by the address that wrote."""
    address = given.sender.lower()
    return tuple(
        Lookup(name=kind, connector=connector, kind=kind, field="email", value=address)
        for connector, kind in pairs
        if address
    )
