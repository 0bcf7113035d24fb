"""What is wrong with a business's workflows, in sentences: found at synthesis and by `make check`.

What a contract can refuse by itself (a metric, a time zone, a repeated limit) is refused where it
is read; this is about what belongs together and is written in several places.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from importlib import import_module, resources
from typing import Any

from countersign.actions.field_map import Names, misnamed
from countersign.actions.registry import FIELDS
from countersign.domain.approvals.codes import ABOVE as CODE_ABOVE
from countersign.domain.approvals.directory import Member
from countersign.domain.errors import DefinitionBroken
from countersign.domain.limits.caps import REACHED
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.policy.release import ERRORS_BELOW
from countersign.domain.reporting.sampling import LIMIT as SAMPLED
from countersign.domain.workflow import Workflow, Workflows, money_facts
from countersign.extraction.kinds import kinds
from countersign.extraction.replies import ACKNOWLEDGEMENTS
from countersign.model.schemas import strict_schema, subset_of
from countersign.stages.company import Company
from countersign.stages.stage_files import (
    USUAL_NUMBERS,
    company,
    per_currency,
    place_of,
    stage_file,
    stages,
)

PACKAGE = "workflows"
FOUND_BY_THE_ENGINE = frozenset({REACHED})
"""Findings that a line may hear although no rule of the workflow makes them."""
READ_BY_THE_ENGINE = frozenset({*USUAL_NUMBERS, SAMPLED, CODE_ABOVE, ERRORS_BELOW})
"""Names of a workflow's file that its own code need not read."""


class LintError(ValueError):
    """The workflows do not belong together; one line for each fault says what to do."""


def check(stage: str, known: Collection[str], campaign_from: str = "") -> None:
    """Raises LintError with every fault of the workflows in `stage`. `known` are all stages;
    `campaign_from` is the stage's, empty where it sends no campaigns."""
    found = [*faults(PACKAGE, stage, known), *of_campaigns(PACKAGE, stage, campaign_from)]
    if found:
        raise LintError("\n".join(found))


def faults(package: str, stage: str, known: Collection[str]) -> Iterator[str]:
    """Everything that is wrong with the workflows of `package` in `stage`."""
    yield from of_files(package, known)
    register = import_module(package).registered(stage)
    try:
        held = company(package, stage)
        if held:
            yield from of_company(place_of(package, stage), held)
    except DefinitionBroken as broken:
        yield str(broken)
    for name in register:
        yield from of_files(f"{package}.{name}", known)
        try:
            yield from of_limits(f"{package}.{name}", stage)
            yield from of_amounts(f"{package}.{name}", stage)
            yield from of_facts(f"{package}.{name}", register[name])
            yield from of_policy(register[name])
            yield from of_schemas(register[name])
        except DefinitionBroken as broken:
            yield str(broken)


def of_files(package: str, known: Collection[str]) -> Iterator[str]:
    """A package with any stage file has one for each stage, and none for a stage that is none."""
    there, where = stages(package), package.replace(".", "/")
    for stage in sorted(set(there) - set(known)):
        yield f"{where}/stages/{stage}.toml: cdk.json has no stage {stage}; it has {_list(known)}"
    for stage in sorted(set(known) - set(there)) if there else ():
        yield (
            f"{where}/stages has no {stage}.toml: copy one, or write `like = "
            f'"{there[0]}"` and what differs'
        )


def of_campaigns(package: str, stage: str, campaign_from: str) -> Iterator[str]:
    """What a plan says, and people sign, is the address that the stage sends from: of a plan with
    another one no message goes."""
    for name in import_module(package).registered(stage) if campaign_from else ():
        try:
            stated = stage_file(f"{package}.{name}", stage).lists.get("campaign.from", ())
        except DefinitionBroken:
            continue  # told by `faults`
        if stated and tuple(stated) != (campaign_from,):
            yield (
                f"{place_of(f'{package}.{name}', stage)}: campaign.from is {', '.join(stated)},"
                f" and campaign_from of the stage in cdk.json is {campaign_from}: write the same"
            )


def of_limits(package: str, stage: str) -> Iterator[str]:
    """Code reads each number, amount and list of a workflow's file: a name that is mistyped would
    leave the rule with what it has without it."""
    held, read = stage_file(package, stage), _texts(package)
    for table in ("numbers", "amounts", "lists"):
        for name in getattr(held, table):
            if name not in {*read, *READ_BY_THE_ENGINE} and not name.startswith(_begins(read)):
                yield (
                    f"{place_of(package, stage)}: {table}: nothing reads"
                    f" {name}: correct its name, or take it out"
                )


def of_amounts(package: str, stage: str) -> Iterator[str]:
    """Every table of amounts has the same currencies: one that a single table lacks has no limit
    there, and asks or is stopped where nobody meant it."""
    tables = {
        name: {one.currency for one in per_currency(table)}
        for name, table in stage_file(package, stage).amounts.items()
    }
    every = set[str]().union(*tables.values())
    for name, there in tables.items():
        if every - there:
            yield (
                f"{place_of(package, stage)}: amounts: {name} says nothing of"
                f" {_list(every - there)}, and other tables do: add it, or take it out there"
            )


def of_facts(package: str, workflow: Workflow[Any]) -> Iterator[str]:
    """What code asks of a proposal is a part of the answer or of the form: a name that is mistyped
    is never stated, and its rule finds nothing."""
    sums = (name for prefix in workflow.money.values() for name in money_facts(prefix))
    known = {*kinds(workflow.answer), *_stated(workflow), *sums}
    for name in sorted(_asked(package) - known):
        yield (
            f"{package.replace('.', '/')}: nothing states {name}: correct its name; there are"
            f" {_list(known)}"
        )


def of_company(where: str, held: Company) -> Iterator[str]:
    """Whoever gets what no country decides is one of the sellers; each language that somebody here
    reads has its fixed reply; groups are addresses of ours; a field map speaks of fields that there
    are."""
    if held.default_owner not in held.sellers:
        yield (
            f"{where}: default_owner {held.default_owner} is no seller; there are "
            f"{_list(held.sellers)}"
        )

    for code in sorted(set(held.languages) - set(ACKNOWLEDGEMENTS)):
        there = _list(ACKNOWLEDGEMENTS)
        yield f"{where}: languages: no fixed reply is written in {code}; there are {there}"
    for address in (one for one in held.groups if one.partition("@")[2] not in held.domains):
        yield f"{where}: groups: {address} is in no domain of ours; {_list(held.domains)} are"
    for connector in sorted({*held.fields, *held.constants}):
        told = _of_fields(connector, held.names(connector))
        yield from (f"{where}: fields.{connector}: {one}" for one in told)


def of_schemas(workflow: Workflow[Any]) -> Iterator[str]:
    """Every model that the stage asks takes the answer's contract, and that of a segment."""
    held = workflow.segmented
    for subset in sorted({subset_of(size.price) for size in workflow.release.sizes}):
        for of in (workflow.answer, held.answer) if held else (workflow.answer,):
            try:
                strict_schema(of, subset)
            except DefinitionBroken as broken:
                yield f"workflows/{workflow.id}: {broken}"


def of_policy(workflow: Workflow[Any]) -> Iterator[str]:
    """Rules, lines and actions are each other's."""
    yield from _unheard(workflow)
    for line in workflow.policy.lines:
        yield from _of_line(workflow, line)
    yield from _never_wins(workflow)
    for action in workflow.actions:
        yield from _of_action(workflow, action)


def of_roles(workflow: Workflow[Any], members: Iterable[Member]) -> Iterator[str]:
    """Somebody has every role that the workflow asks; of a tier, somebody who may sign under it."""
    here = [member for member in members if not member.left]
    if not any(workflow.owner in member.roles for member in here):
        yield (
            f"{workflow.id}: nobody has the role {workflow.owner}, which owns it and gets its"
            f" cases; {_roles(here)}"
        )
    author = workflow.policy.author
    signers = [one for one in here if author not in (*one.roles, one.person.id)]
    for tier in workflow.tiers:
        if not any(tier.role in member.roles for member in signers):
            yield (
                f"{workflow.id}: nobody has the role {tier.role}, which signs, without answering"
                f" for the policy as {author} does; {_roles(here)}"
            )


def of_directory(workflows: Workflows, members: Iterable[Member]) -> Iterator[str]:
    """The roles of all workflows that a stage's directory has nobody for."""
    there = tuple(members)
    for workflow in workflows.values():
        yield from of_roles(workflow, there)


def _stated(workflow: Workflow[Any]) -> set[str]:
    """The fields of a form, where the input has any."""
    stated = workflow.input.model_fields.get("stated")
    own = getattr(stated.annotation, "model_fields", {}) if stated else {}
    return {*own, *getattr(workflow.input, "STATES", ())}


def _asked(package: str) -> set[str]:
    """The names in `said(situation, "name")`, `….value("name")` and `….corrected("name")`."""
    calls = (node for node in _parts(package) if isinstance(node, ast.Call) and node.args)
    asked = ((call, getattr(call.func, "attr", getattr(call.func, "id", ""))) for call in calls)
    names = (call.args[-1] for call, how in asked if how in {"said", "value", "corrected"})
    texts = (name.value for name in names if isinstance(name, ast.Constant))
    return {text for text in texts if isinstance(text, str)}


def _texts(package: str) -> set[str]:
    """Every text in the code of a package; of one that is put together, its beginning."""
    values = (node.value for node in _parts(package) if isinstance(node, ast.Constant))
    return {value for value in values if isinstance(value, str)}


def _parts(package: str) -> Iterator[ast.Call | ast.Constant]:
    folder = resources.files(package)
    sources = (file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".py"))
    return (part for source in sources for part in _of_source(source))


@lru_cache(maxsize=64)
def _of_source(source: str) -> tuple[ast.Call | ast.Constant, ...]:
    """The calls and constants of a module, which are asked for twice: going over all of its syntax
    is most of what linting costs."""
    walked = ast.walk(ast.parse(source))
    return tuple(node for node in walked if isinstance(node, ast.Call | ast.Constant))


def _begins(read: Iterable[str]) -> tuple[str, ...]:
    """`callback.hours.` of a name that ends with what is found."""
    return tuple(one for one in read if re.fullmatch(r"(\w+\.)+", one))


def _of_fields(connector: str, names: Names) -> Iterator[str]:
    fields = FIELDS.get(connector)
    if fields is None:
        yield f"nothing of {connector} can be renamed; there are {_list(FIELDS)}"
        return
    yield from (one.sentence for one in misnamed(fields, names))


def _unheard(workflow: Workflow[Any]) -> Iterator[str]:
    heard = {line.when for line in workflow.policy.lines} | workflow.notes
    for rule in workflow.rules:
        if rule.id not in heard:
            yield (
                f"{workflow.id}: no line hears the rule {rule.id}: write ask or forbid for it, or"
                " a note if it decides nothing"
            )


def _of_line(workflow: Workflow[Any], line: PolicyLine) -> Iterator[str]:
    rules = {rule.id for rule in workflow.rules} | FOUND_BY_THE_ENGINE
    if line.when is not None and line.when not in rules:
        yield (
            f"{workflow.id}: the line {line.id} hears {line.when}, and no rule is called so;"
            f" there are {_list(rules)}"
        )
    ids = {*workflow.actions, *(one.id for one in workflow.earlier)}
    for pattern in line.actions:
        if not any(PolicyLine("", (pattern,), line.answer).covers(one) for one in ids):
            yield (
                f"{workflow.id}: the line {line.id} speaks of {pattern}, and there is no such"
                f" action; there are {_list(ids)}"
            )


_EVERY = ("*",)


def _never_wins(workflow: Workflow[Any]) -> Iterator[str]:
    """A line that is always beside a stricter one for the same action contradicts it, and loses:
    a condition makes a policy stricter, never milder. Who hands a job over by it is heard; a line
    for every action is a net under those that are still to come."""
    lines = workflow.policy.lines
    for line in (one for one in lines if not one.escalate and one.actions != _EVERY):
        covered = [action for action in workflow.actions if line.covers(action)]
        beaten = [_stricter(lines, line, action) for action in covered]
        if covered and all(beaten):
            yield (
                f"{workflow.id}: the line {line.id} can never win: {_list(filter(None, beaten))}"
                f" is stricter whenever it holds; take one of them out"
            )


def _stricter(lines: Iterable[PolicyLine], than: PolicyLine, action: str) -> str:
    """The id of a line that beats `than` for an action whenever it holds; empty: none does."""
    order = list(Answer)
    always = (one for one in lines if one.when in (None, than.when) and one.covers(action))
    return next((o.id for o in always if order.index(o.answer) > order.index(than.answer)), "")


def _of_action(workflow: Workflow[Any], action: str) -> Iterator[str]:
    """Lines without a condition decide whether it can happen when nothing is found."""
    lines = (line for line in workflow.policy.lines if line.when is None and line.covers(action))
    always = {line.answer for line in lines}
    if Answer.FORBID in always:
        yield f"{workflow.id}: a line forbids {action} whatever is found: take the action out"
    elif not always:
        yield (
            f"{workflow.id}: {action} can never happen: no line lets it run or ask when nothing is"
            " found"
        )


def _roles(members: Iterable[Member]) -> str:
    return f"there are {_list(role for member in members for role in member.roles)}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "none"
