"""Clauses: a line of the policy and the rule that it hears, said at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from typing import Any, cast

from countersign.domain.errors import DefinitionBroken
from countersign.domain.ledger.action import Action
from countersign.domain.planning.inquiry import ASK_SENDER
from countersign.domain.policy.policy import Answer, Policy, PolicyLine, Quorum, Verdict
from countersign.domain.policy.records import TEXTS_RULE
from countersign.domain.policy.rules import Rule, Situation, findings
from countersign.extraction import checks, forms, inquiries, replies
from countersign.extraction.checks import Hit
from countersign.extraction.prompts import Prompts
from countersign.extraction.readers import askers

_MAIL = ("email.*",)
_UNSURE = "confidence.low"
_WHO = "it is not sure who the customer is: {value}"
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
    return _clause(Answer.RUN, actions, sentence, None, {"line": line})


def ask(actions: Actions, sentence: str, when: Check | str | None = None, **more: Any) -> Clause:
    """These actions need a signature: always, or when the check finds something. `when` may be the
    id of a rule that another clause brings. `more`: `rule` and `line` (ids; the check's name
    without them), `quorum`, `escalate` (a person takes the whole job over)."""
    return _clause(Answer.ASK, actions, sentence, when, more)


def forbid(actions: Actions, sentence: str, when: Check | str | None = None, **more: Any) -> Clause:
    """These actions never run, whoever would sign: always, or when the check finds something."""
    return _clause(Answer.FORBID, actions, sentence, when, more)


def note(sentence: str, check: Check, *, rule: str = "") -> Clause:
    """A finding that is shown and counted and decides nothing."""
    return Clause(None, _rule(rule, sentence, check))


def verdict(
    policy: Iterable[Clause | Iterable[Clause]],
    action: str,
    situation: Situation[Any],
    *,
    without: Collection[str] = (),
    form_shown: Callable[[Any], Mapping[str, str]] = forms.shown,
) -> Verdict:
    """What a page's policy says to an action here, the usual askers included, for what a plan makes
    depend on it. `without` and `form_shown` are as the page states them."""
    rules, about = _about(tuple(flat(policy)), action, frozenset(without), form_shown)
    return about.verdict(action, findings(rules, situation))


@lru_cache(maxsize=64)
def _about(
    clauses: tuple[Clause, ...],
    action: str,
    without: frozenset[str],
    form_shown: Callable[[Any], Mapping[str, str]],
) -> tuple[tuple[Rule[Any], ...], Policy]:
    """The lines of a page's policy about one action, and the rules that they hear."""
    known = {action, *(one for clause in clauses if clause.line for one in clause.line.actions)}
    held = (*clauses, *missing(clauses, without, Prompts[Any](form_shown).source_text, known))
    lines = tuple(one.line for one in held if one.line and one.line.covers(action))
    heard = {line.when for line in lines}
    rules = tuple(rule for rule in rules_of("", held) if rule.id in heard)
    return rules, Policy(version="", author="", lines=lines)


def usual(
    source_text: Callable[[Any], str], actions: Collection[str]
) -> Mapping[str, tuple[Clause, ...]]:
    """The askers that every workflow has unless it takes them out by name or hears them itself:
    those about the message, and what the readers hear in it that bears on its `actions`."""
    rows = (*_about_message(source_text), *_about_reading())
    about = {rule: (ask("*", sentence, check, rule=rule),) for rule, sentence, check in rows}
    who = forbid("*", _WHO, checks.unsure_who, rule="customer.unsure", escalate=True)
    usual_ones = {**about, "customer.unsure": (who,)}
    return {**usual_ones, **_of_machines(actions), **_of_readers(actions)}


def _of_machines(actions: Collection[str]) -> Mapping[str, tuple[Clause, ...]]:
    """Nothing is sent by itself to what may be a machine: two of them would write for ever; and
    nothing at all to nobody."""
    if not _any_covered(_MAIL, actions):
        return {}
    sentence = "a machine may have written the message ({value}): a mail back may begin a loop"
    loop = ask(_MAIL, sentence, checks.by_a_machine, rule="sender.automatic")
    sentence = "the message names nobody who could be answered"
    nobody = forbid(_MAIL, sentence, checks.by_nobody, rule="sender.unknown", escalate=True)
    return {
        "sender.automatic": (loop,),
        "sender.unknown": (nobody,),
        TEXTS_RULE: (enough(_MAIL, _no_draft),),
    }


def enough(actions: Actions, is_fixed: Callable[[Situation[Any]], bool]) -> Clause:
    """No more fixed texts to one correspondent and day; a draft, which somebody reads, is none."""
    return forbid(
        actions,
        "this correspondent had enough of our fixed texts: {value}, {threshold}",
        partial(_enough, is_fixed),
        rule=TEXTS_RULE,
    )


def _enough(is_fixed: Callable[[Situation[Any]], bool], situation: Situation[Any]) -> Hit:
    return checks.enough_texts(situation) if is_fixed(situation) else None


def _no_draft(situation: Situation[Any]) -> bool:
    return not replies.drafted(situation.proposal) and not situation.edited


def _about_message(source_text: Callable[[Any], str]) -> tuple[tuple[str, str, Check], ...]:
    return (
        (
            "sender.unauthenticated",
            "nobody vouches that the sender is who they say: {value}",
            checks.unauthenticated,
        ),
        (
            "injection.suspected",
            "the message gives orders to a model: {value}",
            lambda situation: checks.orders(source_text(situation.input)),
        ),
        (
            "prose.unsupported",
            "the model says what the message does not: {value}",
            lambda situation: checks.foreign_prose(situation, source_text(situation.input)),
        ),
    )


def _about_reading() -> tuple[tuple[str, str, Check], ...]:
    return (
        (
            _UNSURE,
            "the reading is only {value|little} sure; below {threshold|the limit} a person looks",
            checks.low_confidence,
        ),
        (
            "size.over_limit",
            "the message is larger than what is handled unseen: {value}",
            checks.over_size,
        ),
        (
            "facts.dropped",
            "the model says what no words of the message show: {value}",
            checks.dropped(),
        ),
        (
            "source.only_quoted",
            "it stands only in what the message quotes: {value}",
            checks.only_quoted,
        ),
    )


def _of_readers(actions: Collection[str]) -> Mapping[str, tuple[Clause, ...]]:
    found: dict[str, tuple[Clause, ...]] = {}
    for row in askers.rows(money=_any_covered(("payments.*",), actions)):
        if _any_covered(row.actions, actions):
            first = row.rule not in found
            made = _clause(
                row.answer,
                row.actions,
                row.sentence,
                row.check if first else row.rule,
                {"rule": row.rule},
            )
            found[row.rule] = (*found.get(row.rule, ()), made)
    return found


def _any_covered(patterns: Collection[str], actions: Collection[str]) -> bool:
    return any(fnmatchcase(action, pattern) for action in actions for pattern in patterns)


def missing(
    clauses: Sequence[Clause],
    without: Collection[str],
    source_text: Callable[[Any], str],
    actions: Collection[str],
) -> tuple[Clause, ...]:
    """The usual askers that the folder neither brings itself nor takes out. What only hears one by
    its id leaves it in place."""
    own = {clause.rule.id for clause in clauses if clause.rule and clause.line}
    every = usual(source_text, actions)
    unknown = sorted(set(without) - set(every))
    if unknown:
        raise DefinitionBroken(
            f"there is no usual rule {', '.join(unknown)}{meant(unknown, every)}"
        )
    if _UNSURE in without:
        raise DefinitionBroken(
            f"{_UNSURE} cannot be taken out: what is unsure asks; raise its limit"
        )
    kept = (ones for rule, ones in every.items() if rule not in {*own, *without})
    return (*(one for ones in kept for one in ones), *_of_inquiries(actions))


def _of_inquiries(actions: Collection[str]) -> Iterator[Clause]:
    """What holds of every question to a sender, whatever a folder says of it: by itself it goes to
    nobody who is not vouched for, and to no machine."""
    if ASK_SENDER in actions:
        yield ask(
            ASK_SENDER,
            "nobody vouches for the sender who is asked",
            checks.unauthenticated,
            rule="inquiry.unauthenticated",
        )
        yield forbid(
            ASK_SENDER,
            "the question would find nobody, or not for the first time",
            inquiries.unanswerable,
            rule="inquiry.unanswerable",
        )


def meant(unknown: Iterable[str], known: Collection[str]) -> str:
    """`; did you mean confidence.low?`, for what is nearly a name that there is; else nothing."""
    near = [close for one in unknown for close in get_close_matches(one, known, 1)]
    return f"; did you mean {' and '.join(near)}?" if near else ""


def rules_of(name: str, clauses: Iterable[Clause]) -> tuple[Rule[Any], ...]:
    """Every rule that the clauses bring, once, in their order. Raises DefinitionBroken when two
    bring one of the same name: the second clause hears it by its id."""
    found: dict[str, Rule[Any]] = {}
    for rule in (clause.rule for clause in clauses if clause.rule):
        if found.setdefault(rule.id, rule) is not rule:
            raise DefinitionBroken(f"{name}: two rules are called {rule.id}: hear it by its id")
    return tuple(found.values())


def flat(policy: Iterable[Clause | Iterable[Clause]]) -> Iterable[Clause]:
    """The clauses of a policy in which some stand together."""
    for one in policy:
        if isinstance(one, Clause):
            yield one
        else:
            yield from one


def _clause(
    answer: Answer, actions: Actions, sentence: str, when: Check | str | None, more: dict[str, Any]
) -> Clause:
    ids, named = _ids(actions), more.pop("rule", "")
    if not ids or when == "":
        raise DefinitionBroken(
            f"“{sentence}”: a clause names at least one action, and a rule by its id"
        )
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
        raise DefinitionBroken(f"a clause has no {', '.join(sorted(more))}")
    return Clause(line, rule)


def _rule(name: str, sentence: str, check: Any) -> Rule[Any]:
    found = name or getattr(check, "__name__", "").strip("_")
    if not found.isidentifier() and not name:
        raise DefinitionBroken(f"“{sentence}”: this check has no name: say rule=…")
    return Rule(found, sentence, partial(_hit, check))


def _hit(check: Check, situation: Situation[Any]) -> Hit:
    """What the check finds: it looks once at a situation, whichever clauses bring it."""
    if check not in situation.heard:
        found = check(situation)
        situation.heard[check] = ("", "") if found is True else found or None
    return cast("Hit", situation.heard[check])


def _ids(actions: Actions) -> tuple[str, ...]:
    among = [actions] if isinstance(actions, Action | str) else actions
    return tuple(one if isinstance(one, str) else one.id for one in among)
