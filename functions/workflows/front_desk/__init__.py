"""front_desk: one inbox, and for each matter of a message the process or the team that takes it."""

from __future__ import annotations

from countersign.actions import desk
from countersign.workflow import workflow
from workflows.front_desk.actions import came_from, propose
from workflows.front_desk.contract import DeskAnswer, DeskInput, form_shown, read
from workflows.front_desk.facts import confidence
from workflows.front_desk.offline import offline
from workflows.front_desk.policy import POLICY, WITHOUT
from workflows.front_desk.signs import goes_back, signs

WORKFLOW = workflow(
    "front_desk",
    title="Front desk",
    owner="operations",
    tiers=("sales", "sales-lead"),
    source=DeskInput,
    read=read,
    form_shown=form_shown,
    answer=DeskAnswer,
    actions=[desk.HAND_OVER],
    propose=propose,
    policy=POLICY,
    without=WITHOUT,
    confidence=confidence,
    offline=offline,
    signs=signs,
    goes_back=goes_back,
    evidence={desk.HAND_OVER.id: came_from},
)
