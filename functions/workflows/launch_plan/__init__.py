"""launch_plan: a brief becomes a plan that somebody signed, on its milestones' owners' desks."""

from __future__ import annotations

from countersign.actions.plans.delivery import DELIVER, differences
from countersign.workflow import workflow
from workflows.launch_plan.actions import ACTIONS, propose
from workflows.launch_plan.contract import Brief, Says, read
from workflows.launch_plan.facts import key_of, title_of
from workflows.launch_plan.offline import offline
from workflows.launch_plan.policy import POLICY

WORKFLOW = workflow(
    "launch_plan",
    title="Launch plan",
    owner="sales-ops",
    tiers=["sales", "sales-lead"],
    source=Brief,
    read=read,
    answer=Says,
    actions=ACTIONS,
    connectors=["crm"],
    destinations=["launch"],
    propose=propose,
    policy=POLICY,
    # Who uploads a brief is one of ours: nothing in it is a customer's wish.
    without=["sender.unauthenticated", "customer.unsure", "text.language"],
    offline=offline,
    knows_people=True,
    leads=DELIVER.id,
    shows={DELIVER.id: differences},
    about=lambda given, proposal: key_of(title_of(given, proposal)),
)
