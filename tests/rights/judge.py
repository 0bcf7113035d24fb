"""Judges recorded calls by the product's own rights: what was denied, what nobody needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from botocore.loaders import Loader

from infra.build.synth import default_out, synthesize
from infra.local.rights.calls import Journal
from infra.local.rights.wire import Need
from infra.settings import load
from infra.steps import acting
from tests.rights.behalf import ON_BEHALF
from tests.rights.policy import Statement, allowed, allowed_in_session
from tests.rights.stack import Stack

CLOCK = ("CLOCK",)
"""The row that functions read where time can be moved, which is nowhere but on the local stage."""
ASSUME = "sts:AssumeRole"
Rights = Mapping[str, Sequence[Statement]]
"""The statements of each role, by the role's logical id."""


@dataclass(frozen=True)
class Use:
    """A right that a role used, `policy` being its session's own one, if it has one."""

    role: str
    need: Need
    policy: str | None = None


def product(names: Mapping[str, str], stage: str = "prod") -> Stack:
    """A stage's template, as if the local stack with these `names` had been deployed from it: the
    local stage's own additions have no part in the judgement, but for what acts on systems of the
    business, of which only that stage has one."""
    there = _template(stage)
    if stage.startswith("local"):
        return Stack(there, names)
    local = _template("local")["Resources"]
    more = {one: _timeless(held) for one, held in local.items() if _SYSTEMS(one)}
    return Stack({**there, "Resources": {**there["Resources"], **more}}, names)


_SYSTEMS = re.compile(
    "|".join(
        f"Functions{acting(one).name}|StorageSecret{one.connector.replace('-', '')}"
        for one in load("local").http_targets
    )
    + "|PipelineMachineRole"
).match
"""Whether a logical id is of such a function, its roles, its log, its secret, or the role that
invokes it."""


_PUT, PERSON = "dynamodb:PutItem", "CONTACTED#"


def _timeless(held: dict[str, Any]) -> dict[str, Any]:
    """Without reading the clock: a function that acts queries by its task's role, else nothing."""
    for policy in held.get("Properties", {}).get("Policies", ()):
        rights = policy["PolicyDocument"]
        kept = [one for one in rights["Statement"] if one["Action"] != "dynamodb:Query"]
        rights["Statement"] = kept
    return held


def _template(stage: str) -> dict[str, Any]:
    (path,) = synthesize(stage, default_out(stage)).glob("*.template.json")
    text = path.read_text().replace(f"countersign-{stage}", "countersign-local")
    found: dict[str, Any] = json.loads(text)
    return found


def used(stack: Stack, journal: Journal) -> frozenset[Use]:
    """What functions used, each thing once; the clock's row apart."""
    logical = {stack.names[name]: name for name in stack.of("IAM::Role")}
    found = frozenset(
        Use(logical[call.role], need, call.policy)
        for call in journal.calls
        for need in call.needs
        if need.leading != CLOCK
    )
    return found | frozenset(_given_back(found))


def _given_back(found: Iterable[Use]) -> Iterator[Use]:
    """Who writes down that a person was written to takes it back where the provider asks to wait:
    the contract test of `withdraw` shows it, and the mailbox of this machine never asks to."""
    for one in found:
        if one.need.action == _PUT and one.need.leading and one.need.leading[0].startswith(PERSON):
            yield replace(one, need=replace(one.need, action="dynamodb:DeleteItem"))


def demanded(stack: Stack) -> frozenset[Use]:
    """What AWS uses on the roles' behalf, by the table ON_BEHALF."""
    return frozenset(Use(*demand) for row in ON_BEHALF for demand in row.of(stack))


def denied(stack: Stack, rights: Rights, uses: Iterable[Use]) -> list[Use]:
    """The uses that the rights do not allow."""
    return [one for one in uses if not _may(stack, rights, one)]


def _may(stack: Stack, rights: Rights, use: Use) -> bool:
    if not allowed_in_session(rights[use.role], use.policy, use.need):
        return False
    return use.need.action != ASSUME or _trusts(stack, use)


def _trusts(stack: Stack, use: Use) -> bool:
    """Whether the role that is assumed trusts this one by name."""
    other = stack.logical("IAM::Role", use.need.resource)
    return stack.arn(use.role) in stack.trusted(other)


def unused(rights: Rights, uses: Iterable[Use]) -> list[tuple[str, Statement]]:
    """Each verb on each resource that is granted and that nobody used. A wildcard in a verb stands
    for every verb of its service, each of which must be used."""
    needs: dict[str, list[Need]] = {}
    for use in uses:
        needs.setdefault(use.role, []).append(use.need)
    return [
        (role, grant)
        for role, grant in grants(rights)
        if not any(grant.covers(need) for need in needs.get(role, []))
    ]


def grants(rights: Rights) -> Iterator[tuple[str, Statement]]:
    """Each allowed verb on each resource, with its role."""
    for role, statements in rights.items():
        for statement in statements:
            if statement.effect == "Allow":
                yield from ((role, one) for wide in statement.singles() for one in _verbs(wide))


def _verbs(grant: Statement) -> Iterator[Statement]:
    (action,) = grant.actions
    service, _, verb = action.partition(":")
    if "*" not in verb:
        yield grant
        return
    for name in _operations(service):
        if replace(grant, resources=("*",)).covers(Need(f"{service}:{name}", "any")):
            yield replace(grant, actions=(f"{service}:{name}",))


@cache
def _operations(service: str) -> tuple[str, ...]:
    return tuple(Loader().load_service_model(service, "service-2")["operations"])


def spare(stack: Stack, rights: Rights, uses: frozenset[Use]) -> list[tuple[str, Statement]]:
    """The grants that can be taken away without any use being denied."""
    mine: dict[str, list[Use]] = {}
    for use in uses:
        mine.setdefault(use.role, []).append(use)
    found = []
    for role, grant in grants(rights):
        rest = {role: tuple(_without(rights[role], grant))}
        if not denied(stack, rest, mine.get(role, [])):
            found.append((role, grant))
    return found


def _without(statements: Iterable[Statement], grant: Statement) -> Iterator[Statement]:
    for statement in statements:
        yield from (one for one in statement.singles() if one != grant)


def foreign(rights: Rights, uses: frozenset[Use]) -> Iterator[tuple[str, Use]]:
    """Each role with each use of another role that it may not make itself."""
    for role, statements in rights.items():
        for use in uses:
            if use.role != role and not allowed(statements, use.need):
                yield role, use
