"""Policy: findings become, per action, run, ask or forbid, with the reasons. Nothing else may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Literal

from countersign.domain.contract import Value
from countersign.domain.policy.rules import Finding, Found
from countersign.domain.policy.states import PROBATION, SHADOW

AfterFailure = Literal["escalate", "replan", "undo"]
"""A person takes over; what was seen goes back to Propose; what was done is taken back."""


class Answer(StrEnum):
    """What may happen with an action, from the mildest to the strictest."""

    RUN = "run"
    ASK = "ask"
    FORBID = "forbid"


_STRICTNESS = {Answer.RUN: 0, Answer.ASK: 1, Answer.FORBID: 2}


class Quorum(StrEnum):
    """How many different people must approve: one of those asked, two (four eyes), or all."""

    ONE = "one"
    TWO = "two"
    ALL = "all"


_MOST = {Quorum.ONE: 0, Quorum.TWO: 1, Quorum.ALL: 2}


class Reason(Found):
    """Why: the policy line, and the rule behind it with its sentence."""

    line: str


class Verdict(Value):
    """The answer for one action, and all reasons of that strictness."""

    answer: Answer
    reasons: tuple[Reason, ...]
    escalate: bool = False
    """Whether a person must take the whole job over."""
    quorum: Quorum = Quorum.ONE
    would: Answer | None = None
    """What the lines answered where the workflow is in shadow; None: what is answered counts."""

    @property
    def rules(self) -> frozenset[str]:
        """The ids of the rules behind the answer."""
        return frozenset(reason.rule for reason in self.reasons)


@dataclass(frozen=True)
class PolicyLine:
    """One line of a policy: for these actions, when this rule found something, this answer.

    `actions` are action ids or patterns (`crm.*`). `when` is a rule id, or None for always.
    """

    id: str
    actions: tuple[str, ...]
    answer: Answer
    when: str | None = None
    sentence: str = ""
    escalate: bool = False
    quorum: Quorum = Quorum.ONE
    """How many people must sign, for lines that ask."""

    def covers(self, action: str) -> bool:
        """Whether the line speaks about this action."""
        return _covers(self.actions, action)


@lru_cache(maxsize=2048)  # the lines and actions of all workflows; asked for each pair of them
def _covers(patterns: tuple[str, ...], action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Policy:
    """An ordered table of lines with a version and who answers for it: a person's id, or a role.

    The strictest matching line wins. An action that no line speaks about is forbidden.
    """

    version: str
    author: str
    lines: tuple[PolicyLine, ...]
    after_failure: AfterFailure = "escalate"
    """What follows when a check after an action fails. A person gets what this cannot mend."""

    def verdict(self, action: str, found: Iterable[Finding]) -> Verdict:
        """The answer for `action`, given what the rules found, as far as the state of the release
        lets it."""
        by_rule = {finding.rule: finding for finding in found}
        return held_back(self._said(action, by_rule), by_rule)

    def _said(self, action: str, by_rule: Mapping[str, Finding]) -> Verdict:
        hits = [line for line in self.lines if _holds(line, by_rule) and line.covers(action)]
        if not hits:
            return Verdict(answer=Answer.FORBID, reasons=(_UNKNOWN,))
        answer = max((line.answer for line in hits), key=_STRICTNESS.__getitem__)
        decisive = [line for line in hits if line.answer is answer]
        return Verdict(
            answer=answer,
            reasons=tuple(_reason(line, by_rule) for line in decisive),
            escalate=any(line.escalate for line in hits),
            quorum=strictest(line.quorum for line in decisive),
        )


_UNKNOWN = Reason(line="default", rule="default", sentence="no line of the policy allows this")


def held_back(said: Verdict, found: Mapping[str, Finding]) -> Verdict:
    """What the lines said, as a workflow that is not live may follow it: in shadow nothing happens,
    and what would have is kept; on probation what would run by itself is asked."""
    if SHADOW in found:
        why = _reason(PolicyLine(SHADOW, ("*",), Answer.FORBID, SHADOW), found)
        reasons, answer = (*said.reasons, why), Answer.FORBID
        return said.model_copy(update={"answer": answer, "would": said.answer, "reasons": reasons})
    if PROBATION in found and said.answer is Answer.RUN:
        why = _reason(PolicyLine(PROBATION, ("*",), Answer.ASK, PROBATION), found)
        return said.model_copy(update={"answer": Answer.ASK, "reasons": (why,)})
    return said


def strictest(quorums: Iterable[Quorum]) -> Quorum:
    """The one that needs the most people."""
    return max(quorums, key=_MOST.__getitem__, default=Quorum.ONE)


def stricter(signed: Verdict, now: Verdict) -> bool:
    """Whether what policy says now needs more than what was signed: a harder answer, a reason
    that the signer did not see, or a person for the whole job."""
    if now.escalate and not signed.escalate:
        return True
    if now.answer is Answer.ASK and signed.answer is Answer.ASK:
        return not now.rules <= signed.rules
    return _STRICTNESS[now.answer] > _STRICTNESS[signed.answer]


def joined(held: Verdict, now: Verdict) -> Verdict:
    """Both verdicts at once: the harder answer, every reason, the most people."""
    seen = {(reason.line, reason.rule) for reason in now.reasons}
    kept = (reason for reason in held.reasons if (reason.line, reason.rule) not in seen)
    return Verdict(
        answer=max(held.answer, now.answer, key=_STRICTNESS.__getitem__),
        reasons=(*now.reasons, *kept),
        escalate=held.escalate or now.escalate,
        quorum=strictest((held.quorum, now.quorum)),
        would=now.would or held.would,
    )


def _holds(line: PolicyLine, found: Mapping[str, Finding]) -> bool:
    return line.when is None or line.when in found


def _reason(line: PolicyLine, found: Mapping[str, Finding]) -> Reason:
    finding = found.get(line.when or "")
    if finding is None:
        return Reason(line=line.id, rule="always", sentence=line.sentence)
    return Reason(
        line=line.id,
        rule=finding.rule,
        sentence=line.sentence or finding.sentence,
        value=finding.value,
        threshold=finding.threshold,
    )
