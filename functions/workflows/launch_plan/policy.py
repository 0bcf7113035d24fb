"""Rules and policy of launch_plan: a plan is always signed, and what it says follows from that."""

from __future__ import annotations

from countersign.actions.crm import CREATE_TASK
from countersign.actions.mail import ASK_SENDER
from countersign.actions.notify import DOCUMENTS, PUSH
from countersign.actions.plans.delivery import DELIVER, changes, in_effect
from countersign.actions.plans.plan import MAY_BE_MEANT
from countersign.actions.plans.printing import PRINT, unprintable
from countersign.domain.policy.rules import Situation
from countersign.workflow import ask, forbid, run
from workflows.launch_plan.contract import Brief
from workflows.launch_plan.facts import delivery, edited_ones, font_of, found_flaws, is_news
from workflows.launch_plan.questions import told

Hit = tuple[str, str] | None
_FOLLOWING = (PRINT, CREATE_TASK, DOCUMENTS, PUSH)
_SHOWN = 10
"""Letters."""


def open_ends(s: Situation[Brief]) -> Hit:
    """What is missing in the plan or contradicts itself."""
    found = [one for one in found_flaws(s) if one.kind not in MAY_BE_MEANT]
    return (told(found), "a whole plan") if found else None


def odd_days(s: Situation[Brief]) -> Hit:
    """Days on which nobody works, and days that are over: somebody may mean them."""
    found = [one for one in found_flaws(s) if one.kind in MAY_BE_MEANT]
    return (told(found), "working days to come") if found else None


def edited_apart(s: Situation[Brief]) -> Hit:
    """The same of a plan that somebody edited: an edit mends it, or is not taken."""
    return open_ends(s) if edited_ones(s) else None


def nothing_new(s: Situation[Brief]) -> Hit:
    """A brief that says what is in effect, whoever brings it; not the one that brought it so."""
    if DELIVER.id in s.evidence or is_news(s):
        return None
    return "the brief", "what was signed"


def another_version(s: Situation[Brief]) -> Hit:
    """What of the plan changes, where a version of it is in effect."""
    signed = in_effect(s.records)
    names = [one.name for one in changes(signed, delivery(s))] if signed else []
    return (", ".join(names), f"version {signed.number}") if signed and names else None


def without_a_print(s: Situation[Brief]) -> Hit:
    """Letters that no font of the stage has: they are told, and never printed as boxes."""
    letters = "" if font_of(s.limits) else unprintable(delivery(s))
    return (f"no font has {' '.join(letters[:_SHOWN])}", "a print") if letters else None


POLICY = (
    forbid(
        (DELIVER, *_FOLLOWING, ASK_SENDER), "the brief says what is in effect already", nothing_new
    ),
    ask(DELIVER, "a plan is signed before anybody works by it"),
    ask(DELIVER, "it cannot be delivered before it is edited: {value}", open_ends),
    ask(DELIVER, "it names days that nobody may mean: {value}", odd_days),
    ask(DELIVER, "it changes what was signed as {threshold}: {value}", another_version),
    ask(DELIVER, "there will be no PDF: {value}", without_a_print),
    forbid(DELIVER, "the plan would not be whole: {value}", edited_apart),
    run(_FOLLOWING, "what was signed is passed on to those who carry it out"),
    run(ASK_SENDER, "whoever wrote the brief is asked once for what it leaves open"),
)
