"""The policy of the front desk: a sign runs, the model's word where nothing speaks against it, and
else a person is asked where it belongs."""

from __future__ import annotations

from countersign.actions.desk import HAND_OVER
from countersign.extraction.checks import Hit
from countersign.extraction.patterns import sentences
from countersign.extraction.readers.askers import own_words
from countersign.extraction.readers.hearing import heard
from countersign.workflow import ask, forbid, note, run
from workflows.front_desk import facts
from workflows.front_desk.facts import Desk
from workflows.front_desk.keywords import adds

_MUST_HEAR = {
    "opt_out": "opt_out",
    "erasure": "erasure",
    "dispute": "refund",
    "threat": "complaint",
}
"""What a text says must not be missed, whatever a model answers."""
_SAME = {"opt_out": {"opt_out", "erasure"}, "refund": {"refund", "complaint"}}


def _not_understood(situation: Desk) -> Hit:
    unread = _is_unread(situation) and not facts.follows(situation)
    return ("nothing", "a matter") if unread else None


def _is_unread(situation: Desk) -> bool:
    known = facts.matters(situation.proposal)
    return "sign" not in situation.proposal.facts and [*known] in ([], ["other"])


def _unheard(situation: Desk) -> Hit:
    """The text says something that stands in no matter."""
    if "sign" in situation.proposal.facts or facts.follows(situation):
        return None
    said, known = heard(own_words(situation.input)), set(facts.matters(situation.proposal))
    for kind, matter in _MUST_HEAR.items():
        if kind in said and not known & _SAME.get(matter, {matter}):
            return said[kind], ", ".join(sorted(known)) or "nothing"
    return None


def _beside(situation: Desk) -> Hit:
    """The text adds something that stands in no matter, and has no word of one."""
    if "sign" in situation.proposal.facts or facts.follows(situation):
        return None
    known = facts.matters(situation.proposal)
    quoted = [one for fact in known.values() for one in fact.quotes]
    among = (
        one
        for one in sentences.split(own_words(situation.input))
        if not any(quote in one or one in quote for quote in quoted)
    )
    said = adds(among, known)
    return (said, ", ".join(sorted(known))) if said and known else None


def _spam(situation: Desk) -> Hit:
    return ("spam", "a matter of ours") if facts.is_surely_spam(situation) else None


def _follows(situation: Desk) -> Hit:
    followed = facts.follows(situation)
    return (followed, "") if followed else None


POLICY = (
    run(HAND_OVER, "a matter goes to the process or the team that takes it"),
    ask(
        HAND_OVER,
        "nobody understood what it is about; say where it belongs",
        _not_understood,
        rule="matter.not_understood",
    ),
    ask(
        HAND_OVER,
        "the text says “{value}”, and what was understood is {threshold}; say where it belongs",
        _unheard,
        rule="matter.unheard",
    ),
    ask(
        HAND_OVER,
        "the text goes on “{value}”, and what was understood is {threshold}; say where it belongs",
        _beside,
        rule="matter.beside",
    ),
    forbid(HAND_OVER, "it is surely advertising of somebody else's", _spam, rule="matter.spam"),
    note("the message goes back to one that {value} has", _follows, rule="matter.follows"),
)
WITHOUT = (
    *("sender.unauthenticated", "customer.unsure", "prose.unsupported", "source.only_quoted"),
    *("text.opt_out", "text.erasure"),
)
"""Handing over reaches nobody outside, and whoever takes the matter asks all of this. What the text
says and no matter holds is asked here: `matter.unheard`."""
