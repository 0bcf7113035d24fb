"""A workflow on one page: what a business states, and a default of the engine for all the rest.

    class Address(Form):                 # what enters; e-mail and message come with Form
        country: str | None = None

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
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from countersign.domain.contract import Contract
from countersign.domain.errors import DefinitionBroken
from countersign.domain.ledger.action import Action, ProposedAction
from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.policy import AfterFailure, Policy, PolicyLine
from countersign.domain.policy.proposal import Proposal
from countersign.domain.policy.records import Lookup
from countersign.domain.policy.release import CAP
from countersign.domain.policy.rules import Rule, Situation
from countersign.domain.workflow import Raw, Tier, Workflow, money_facts
from countersign.extraction import forms, inbound, kinds, messages, reader, scoring
from countersign.extraction.clauses import (
    Check,
    Clause,
    ask,
    enough,
    flat,
    forbid,
    meant,
    missing,
    note,
    rules_of,
    run,
    verdict,
)
from countersign.extraction.forms import Form, FormInput
from countersign.extraction.kinds import (
    Answer,
    Chosen,
    Derived,
    Language,
    Prose,
    Quoted,
    Sum,
    Summary,
)
from countersign.extraction.messages import Document, Source
from countersign.extraction.prompts import Prompts
from countersign.model.schemas import strict_schema
from countersign.stages.release import budgets, check_roles, release
from countersign.stages.stage_files import StageFile, place_of, stage_file

__all__ = [
    "Answer",
    "Check",
    "Chosen",
    "Clause",
    "Definition",
    "Derived",
    "Document",
    "Form",
    "FormInput",
    "Language",
    "Prose",
    "Quoted",
    "Situation",
    "Sum",
    "Summary",
    "ask",
    "enough",
    "forbid",
    "note",
    "run",
    "said",
    "verdict",
    "workflow",
]

TIER_HOURS = 8


def said(situation: Situation[Any], name: str) -> str:
    """What is known of `name`: as a person corrected it, else as the form states it, else as the
    text says it; empty when nobody does."""
    corrected = situation.proposal.corrected(name)
    if corrected is not None:
        return corrected
    stated = getattr(situation.input, "stated", None)
    held = stated.get(name, "") if isinstance(stated, Mapping) else ""
    return held or situation.proposal.value(name) or ""


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
    destinations: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def at(self, package: str, stage: str) -> Workflow[Any]:
        """The workflow in one stage: prompt and stage files read from `package`. Raises
        DefinitionBroken with the file and what is wrong in it, or for an answer without kinds."""
        self._check()
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
        return rules_of(self.id, self.clauses)

    def lines(self) -> tuple[PolicyLine, ...]:
        """The lines of the policy."""
        return tuple(clause.line for clause in self.clauses if clause.line)

    def _stated(self, package: str, stage: str, held: StageFile) -> dict[str, Any]:
        owner = held.owner or self.owner
        tiers = tuple(_tier(row.role, row.hours) for row in held.tiers) or self.tiers
        self._check_destinations(package, stage, held)
        check_roles(package, stage, (owner, *(tier.role for tier in tiers)))
        policy = {"version": self._version(), "author": owner, **self.policy}
        return {
            "id": self.id,
            "title": self.title,
            "owner": owner,
            "success": held.success,
            "thresholds": held.thresholds,
            "input": self.input,
            "answer": self.answer,
            "release": release(package, stage),
            "budgets": budgets(package, stage),
            "rules": self.rules(),
            "policy": Policy(lines=self.lines(), **policy),
            "actions": {action.id: action for action in self.actions},
            "notes": frozenset(rule.id for rule in self.rules()) - self._heard(),
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

    def _version(self) -> str:
        """A policy without a version of its own is known by its lines and sentences; what a check
        does is not compared."""
        sentences = [(rule.id, rule.sentence) for rule in self.rules()]
        content = repr((self.lines(), sentences, sorted(self.policy.items())))
        return f"{self.id}/{hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def _heard(self) -> frozenset[str]:
        return frozenset(line.when for line in self.lines() if line.when)

    def _check(self) -> None:
        """Raises DefinitionBroken for a line about a rule or an action that does not exist, and for
        a needed fact that no answer has: it would never hold."""
        self._check_needs()
        known, own = (
            {*(rule.id for rule in self.rules()), REACHED},
            [one.id for one in self.actions],
        )
        for line in self.lines():
            if line.when and line.when not in known:
                there = ", ".join(sorted(known))
                near = meant([line.when], known)
                raise DefinitionBroken(
                    f"{self.id}: no rule is called {line.when}{near}; {there} are"
                )
            covered = any(map(line.covers, own)) or line.actions == ("*",)
            if not covered:
                raise DefinitionBroken(f"{self.id}: it has no action {', '.join(line.actions)}")

    def _check_needs(self) -> None:
        sums = kinds.sums(self.answer).values()
        there = {*kinds.kinds(self.answer), *(one for word in sums for one in money_facts(word))}
        for name in (one for either in self.needs for one in either.split("|")):
            if name not in there:
                known = ", ".join(sorted(there)) or "none"
                raise DefinitionBroken(f"{self.id}: needs {name}, and no such fact; {known} are")

    def _check_destinations(self, package: str, stage: str, held: StageFile) -> None:
        """Raises DefinitionBroken for a word of the stage file that the page does not read, and for
        an action in it that the workflow does not have."""
        self._check_sign_in(package, stage, held)
        unread = sorted(set(held.destinations) - set(self.destinations))
        if unread:
            there = ", ".join(self.destinations) or "none"
            raise DefinitionBroken(
                f"{place_of(package, stage)}: the page reads no destination {unread[0]}; it"
                f" reads {there}"
            )

    def _check_sign_in(self, package: str, stage: str, held: StageFile) -> None:
        """Raises DefinitionBroken for an action that the workflow does not have."""
        there = [one.id for one in self.actions]
        unknown = [one for one in held.sign_in if one not in there]
        if unknown:
            raise DefinitionBroken(
                f"{place_of(package, stage)}: sign_in names {unknown[0]}"
                f"{meant(unknown, there)}; its actions are {', '.join(there)}"
            )

    def _reader(self) -> dict[str, Any]:
        """The folder's own reader, as sure as it says; or the modest one, which always asks."""
        if "offline" in self.more:
            return {}
        return {"offline": partial(reader.modest, self.answer), "offline_cap": CAP}


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
    destinations: Sequence[str] = (),
    without: Collection[str] = (),
    vouches: bool = False,
    form_shown: Callable[[Any], Mapping[str, str]] = forms.shown,
    after_failure: AfterFailure = "escalate",
    policy_version: str = "",
    **more: Any,
) -> Definition:
    """A workflow, as its folder states it.

    `form` is what a form posts; a mail with the same words is read too. `source` instead of it says
    that the input is something else: a transcript, a brief, a row (see `Document`). `needs` are the
    facts that such an input should have, for our own confidence. `lookups` names connector and kind
    of record, looked up by the sender's address, or is a function. `destinations` are the page's
    words for who is told something; the stage file gives a team for each, and a rule or `propose`
    finds its channel in the list `destination.<word>`. `without` takes usual rules out by id
    (`usual`). Everything in `more` replaces a default, by the name of a field of `Workflow`.
    Raises DefinitionBroken for what cannot be a workflow.
    """
    forms.check(form)
    form = _named(form, f"{name}.form")
    entering = _named(source or forms.input_of(name, form), f"{name}.input")
    prompts = Prompts[Any](form_shown)
    pairs = () if callable(lookups) else _pairs(name, lookups)
    clauses = tuple(flat(policy))
    if callable(lookups) and not connectors:
        raise DefinitionBroken(f"{name}: lookups is a function: name the connectors that it asks")
    return Definition(
        id=name,
        title=title,
        owner=owner,
        tiers=_tiers(name, tiers),
        input=entering,
        answer=_named(answer, f"{name}.answer"),
        actions=tuple(actions),
        want=propose,
        clauses=(*clauses, *missing(clauses, without, prompts.source_text, _ids(actions))),
        connectors=tuple(dict.fromkeys((*connectors, *(one for one, _ in pairs)))) or ("crm",),
        lookups=lookups if callable(lookups) else partial(_by_sender, pairs),
        read=more.pop("read", None) or partial(_read, form, entering, vouches),
        prompts=prompts,
        needs=tuple(needs),
        destinations=tuple(destinations),
        policy={"after_failure": after_failure}
        | ({"version": policy_version} if policy_version else {}),
        more=_known(name, more),
    )


def _ids(actions: Sequence[Action[Any, Any]]) -> tuple[str, ...]:
    return tuple(one.id for one in actions)


def _read(form: type[Form], into: type[Any], vouches: bool, raw: Raw) -> Any:
    """A document as what it is; a form or a mail as a message."""
    if issubclass(into, Document):
        return inbound.read_document(raw, into)
    vouched = vouches and raw.vouched
    return inbound.read(
        raw,
        into,
        lambda body: forms.read(form, into, body, vouched=vouched),
        form.CONTRACT,
    )


def _tiers(name: str, tiers: Sequence[str | Tier]) -> tuple[Tier, ...]:
    if isinstance(tiers, str) or not tiers:
        raise DefinitionBroken(f"{name}: tiers is a list of roles, at least one")
    return tuple(one if isinstance(one, Tier) else _tier(one, TIER_HOURS) for one in tiers)


def _pairs(name: str, lookups: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """(connector, kind) of each; a kind is the name of its answer, so each stands there once."""
    pairs = tuple(lookups)
    if any(isinstance(one, str) for one in pairs):
        raise DefinitionBroken(f"{name}: lookups is a list of (connector, kind)")
    kinds_of = [kind for _, kind in pairs]
    if len(set(kinds_of)) < len(kinds_of):
        raise DefinitionBroken(
            f"{name}: two lookups have one kind: write a function that names them"
        )
    return pairs


def _tier(role: str, hours: Decimal | int) -> Tier:
    return Tier(role=role, within=timedelta(hours=float(hours)))


def _named(kind: type[Any], contract: str) -> Any:
    """`kind`, or where it states no id of its own a kind of its own with this one: what several
    workflows use must not take the first one's name."""
    if "CONTRACT" in vars(kind):
        return kind
    about = {"__module__": kind.__module__, "__doc__": kind.__doc__}
    ids = {"CONTRACT": contract, "VERSION": getattr(kind, "VERSION", 1)}
    return type(kind.__name__, (kind,), about | ids)


_REPLACEABLE = (
    *("confidence", "offline", "offline_cap", "draft", "dismiss", "requester"),
    *("signs", "goes_back", "claim", "cosigners", "joins", "caps", "history", "shows"),
    *("evidence", "passing"),
    *("heeds", "earlier", "after_silence", "segmented", "shares_answers"),
    *("knows_people", "leads", "about", "lane"),
)
"""Fields of `Workflow` that a folder may say itself. What decides is not among them."""


def _known(name: str, more: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = sorted(set(more) - set(_REPLACEABLE))
    if unknown:
        raise DefinitionBroken(
            f"{name}: {', '.join(unknown)} cannot be replaced; what can: {', '.join(_REPLACEABLE)}"
        )
    return more


def _by_sender(pairs: Sequence[tuple[str, str]], given: Source, _: Proposal) -> tuple[Lookup, ...]:
    """Each kind of record, by the address that wrote."""
    address = given.sender.lower()
    return tuple(
        Lookup(name=kind, connector=connector, kind=kind, field="email", value=address)
        for connector, kind in pairs
        if address
    )
