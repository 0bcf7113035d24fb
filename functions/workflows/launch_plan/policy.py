"""Rules and policy of launch_plan: a plan is always signed, and what it says follows from that."""

from __future__ import annotations

from countersign.actions.crm import CREATE_TASK
from countersign.actions.mail import ASK_SENDER
from countersign.actions.notify import MAIL, PUSH
from countersign.actions.plans.delivery import DELIVER, Delivery
from countersign.actions.plans.plan import MAY_BE_MEANT
from countersign.domain.policy.rules import Situation
from countersign.workflow import ask, forbid, run
from workflows.launch_plan.contract import Brief
from workflows.launch_plan.facts import found_flaws
from workflows.launch_plan.questions import told

Hit = tuple[str, str] | None
_FOLLOWING = (CREATE_TASK, MAIL, PUSH)


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
    return open_ends(s) if any(isinstance(one, Delivery) for one in s.edited) else None


POLICY = (
    ask(DELIVER, "a plan is signed before anybody works by it"),
    ask(DELIVER, "it cannot be delivered before it is edited: {value}", open_ends),
    ask(DELIVER, "it names days that nobody may mean: {value}", odd_days),
    forbid(DELIVER, "the plan would not be whole: {value}", edited_apart),
    run(_FOLLOWING, "what was signed is passed on to those who carry it out"),
    run(ASK_SENDER, "whoever wrote the brief is asked once for what it leaves open"),
)
