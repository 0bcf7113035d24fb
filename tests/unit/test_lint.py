"""What belongs together in a workflow and stands in several places: a sentence for each fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countersign.domain.errors import DefinitionBroken
from countersign.domain.policy.policy import Answer, PolicyLine
from countersign.domain.workflow import Workflow
from countersign.stages.stage_files import company
from infra.build import lint
from infra.local.people import demo
from infra.settings import context
from tests.unit.test_workflow import FLOW
from tests.unit.workflows.address_change import WORKFLOW as ADDRESS_CHANGE
from tests.unit.workflows.bench import NOW
from workflows import WORKFLOWS, registered

STAGES = context()["stages"]
FORBIDS = PolicyLine("never", ("crm.set_address",), Answer.FORBID)


def lined(*lines: PolicyLine) -> Workflow[Any]:
    """The one-page workflow with these lines in its policy's place."""
    return replace(FLOW, policy=replace(FLOW.policy, lines=lines))


def more(*lines: PolicyLine) -> Workflow[Any]:
    """The one-page workflow with these lines on top."""
    return lined(*FLOW.policy.lines, *lines)


@pytest.mark.parametrize("stage", STAGES)
def test_the_workflows_of_every_stage_belong_together(stage: str) -> None:
    """Rules, lines, actions, stage files and the company's file: no fault in any stage."""
    assert list(lint.faults(lint.PACKAGE, stage, STAGES)) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_role_has_somebody_in_the_demo(name: str) -> None:
    """The local directory has people for the owner and for each tier, who may sign there."""
    assert list(lint.of_roles(WORKFLOWS[name], demo(NOW))) == []


def test_the_page_that_the_others_are_seeded_from_has_no_fault() -> None:
    """The one-page workflow is clean, so that each control below has exactly its own fault."""
    assert list(lint.of_policy(FLOW)) == []
    assert list(lint.of_roles(FLOW, demo(NOW))) == []


@pytest.mark.control
@pytest.mark.parametrize(
    ("workflow", "fault"),
    [
        (
            replace(FLOW, rules=(*FLOW.rules, replace(FLOW.rules[0], id="nobody.hears"))),
            "address_change: no line hears the rule nobody.hears: write ask or forbid for it",
        ),
        (
            more(PolicyLine("typo", ("crm.set_address",), Answer.ASK, "other_contry")),
            "the line typo hears other_contry, and no rule is called so; there are cap.reached",
        ),
        (
            more(PolicyLine("typo", ("crm.set_adress",), Answer.ASK)),
            "speaks of crm.set_adress, and there is no such action; there are crm.set_address",
        ),
        (
            lined(*(line for line in FLOW.policy.lines if line.when is not None)),
            "crm.set_address can never happen: no line lets it run or ask",
        ),
        (
            more(PolicyLine("milder", ("crm.set_address",), Answer.RUN, "unknown_sender")),
            "the line milder can never win: unknown_sender",
        ),
    ],
    ids=["unheard", "unknown rule", "unknown action", "no line", "milder"],
)
def test_control_each_fault_of_a_policy_is_seen(workflow: Workflow[Any], fault: str) -> None:
    """Control: one seeded fault, one sentence that names it and what to do."""
    (told,) = lint.of_policy(workflow)
    assert fault in told


@pytest.mark.control
def test_control_a_line_that_forbids_always_is_seen_and_so_is_what_it_beats() -> None:
    """Control: the action can never happen, and every milder line of it says which one wins."""
    told = list(lint.of_policy(more(FORBIDS)))
    assert any("a line forbids crm.set_address whatever is found" in one for one in told)
    assert sum("can never win: never is stricter" in one for one in told) == len(told) - 1


def test_a_net_under_every_action_is_no_contradiction() -> None:
    """A workflow may have none but the actions that a stricter line speaks of: the engine's own
    lines forbid a mail where they ask for all else."""
    net = (
        PolicyLine("strict", ("crm.set_address",), Answer.FORBID, "unknown_sender"),
        PolicyLine("net", ("*",), Answer.ASK, "unknown_sender"),
    )
    assert list(lint.of_policy(lined(*FLOW.policy.lines, *net))) == []


def test_a_line_that_hands_the_job_over_is_heard_beside_a_stricter_one() -> None:
    """It decides who goes on, not what runs."""
    over = PolicyLine("over", ("crm.set_address",), Answer.ASK, "unknown_sender", escalate=True)
    assert list(lint.of_policy(more(over))) == []


def test_a_finding_of_the_engine_may_be_heard_and_a_rule_may_be_a_note() -> None:
    """Caps are no rule of the workflow; a rule that decides nothing is no fault."""
    caps = PolicyLine("cap", ("crm.set_address",), Answer.ASK, "cap.reached")
    assert list(lint.of_policy(more(caps))) == []
    silent = lined(*(line for line in FLOW.policy.lines if line.when != "other_country"))
    assert len(list(lint.of_policy(silent))) == 1
    assert list(lint.of_policy(replace(silent, notes=frozenset({"other_country"})))) == []


@pytest.mark.control
def test_control_a_role_that_nobody_has_is_seen() -> None:
    """Control: owner and tier are told apart, and whoever answers for the policy signs nothing."""
    tiers = (replace(FLOW.tiers[0], role="salse"),)
    (told,) = lint.of_roles(replace(FLOW, tiers=tiers), demo(NOW))
    assert "nobody has the role salse, which signs" in told
    (told,) = lint.of_roles(replace(FLOW, owner="sale-ops"), demo(NOW))
    assert "nobody has the role sale-ops, which owns it" in told
    (told,) = lint.of_roles(replace(FLOW, policy=replace(FLOW.policy, author="sales")), demo(NOW))
    assert "without answering for the policy as sales does" in told


def test_a_stage_whose_directory_is_empty_lacks_every_role() -> None:
    """What a deployment warns of: owner and tiers of each workflow, until somebody has them."""
    told = list(lint.of_directory(WORKFLOWS, ()))
    asked = [(one.owner, *(tier.role for tier in one.tiers)) for one in WORKFLOWS.values()]
    assert len(told) == sum(map(len, asked))
    assert all(one.endswith("there are none") for one in told)
    assert list(lint.of_directory(WORKFLOWS, demo(NOW))) == []


def test_a_default_owner_is_one_of_the_sellers() -> None:
    """What no country decides must not go to nobody."""
    held = company("workflows", "local")
    assert held is not None
    assert list(lint.of_company("local.toml", held)) == []
    (told,) = lint.of_company("local.toml", held.model_copy(update={"default_owner": "1009"}))
    assert "default_owner 1009 is no seller; there are 1001, 1002, 1003" in told


@pytest.mark.control
@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"languages": ("en", "sv")},
            "languages: no fixed reply is written in sv; there are de, en, es, fr, it, ja, nl, pt",
        ),
        (
            {"groups": ("all@elsewhere.example",)},
            "groups: all@elsewhere.example is in no domain of ours; example.com are",
        ),
        (
            {"fields": {"crm": {"deals.amonut": "acv"}}},
            "fields.crm: the stage's field map names deals.amonut, which no workflow reads",
        ),
        (
            {"fields": {"payments": {"charges.order": "a", "charges.number": "b"}}},
            "fields.payments: the stage's field map names charges.number",
        ),
        (
            {"fields": {"mail": {"mails.subject": "s"}}},
            "fields.mail: nothing of mail can be renamed; there are crm, payments",
        ),
    ],
    ids=["language", "group", "field of the CRM", "field of payments", "connector"],
)
def test_control_each_fault_of_the_companys_file_is_seen(
    changed: dict[str, Any], fault: str
) -> None:
    """Control: one seeded fault, one sentence."""
    held = company("workflows", "local")
    assert held is not None
    (told,) = lint.of_company("local.toml", held.model_copy(update=changed))
    assert fault in told


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """A package `kept_stages` with a folder for stage files."""
    root = tmp_path / "kept_stages"
    (root / "stages").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    yield root
    sys.path.remove(str(tmp_path))
    sys.modules.pop("kept_stages", None)


def test_stage_files_are_complete_and_of_stages_that_there_are(package: Path) -> None:
    """A package with any file has one for each stage; a stage that cdk.json lacks is told."""
    assert list(lint.of_files("kept_stages", ["dev", "local"])) == []
    (package / "stages" / "local.toml").write_text("")
    (package / "stages" / "lcoal.toml").write_text("")
    assert list(lint.of_files("kept_stages", ["dev", "local"])) == [
        "kept_stages/stages/lcoal.toml: cdk.json has no stage lcoal; it has dev, local",
        'kept_stages/stages has no dev.toml: copy one, or write `like = "lcoal"` and what differs',
    ]


def test_a_name_that_nothing_reads_is_a_fault(package: Path) -> None:
    """A mistyped limit is told with its table; what the engine reads, and a name of which the code
    has the beginning, are none."""
    (package / "rules.py").write_text('def hours(of): return f"callback.hours.{of}", "lost.days"')
    (package / "stages" / "local.toml").write_text(
        """
[numbers]
"confidence.min" = "0.9"
"confidense.min" = "0.9"
"sample.share" = "0.1"
"callback.hours.high" = "2"
"lost.days" = "3"
[lists]
"stages.lots" = ["x"]
"""
    )
    assert list(lint.of_limits("kept_stages", "local")) == [
        f"kept_stages/stages/local.toml: {table}: nothing reads {name}: correct its name, or take"
        " it out"
        for table, name in (("numbers", "confidense.min"), ("lists", "stages.lots"))
    ]


def test_a_currency_that_one_table_lacks_is_a_fault(package: Path) -> None:
    """It would have no limit there, and nobody meant that."""
    (package / "stages" / "dev.toml").write_text(
        """
[amounts]
"auto.max" = "EUR 50 USD 55"
"cap.daily" = "EUR 2000"
"""
    )
    (told,) = lint.of_amounts("kept_stages", "dev")
    assert "kept_stages/stages/dev.toml: amounts: cap.daily says nothing of USD, and" in told


@pytest.mark.parametrize("stage", STAGES)
def test_a_campaign_is_signed_from_the_address_that_sends_it(stage: str) -> None:
    """The workflow's address and the stage's are one; a stage without campaigns has none."""
    own = context()["stages"][stage]["campaign_from"]
    assert list(lint.of_campaigns(lint.PACKAGE, stage, own)) == []
    assert list(lint.of_campaigns(lint.PACKAGE, stage, "")) == []


@pytest.mark.control
def test_control_a_campaign_that_would_be_sent_from_elsewhere_is_told() -> None:
    """With both addresses and both places."""
    (told,) = lint.of_campaigns(lint.PACKAGE, "local", "news@elsewhere.example")
    assert told == (
        "workflows/outreach/stages/local.toml: campaign.from is news@news.example.com, and"
        " campaign_from of the stage in cdk.json is news@elsewhere.example: write the same"
    )
    with pytest.raises(lint.LintError, match=r"campaign\.from"):
        lint.check("local", STAGES, "news@elsewhere.example")


def test_a_fault_ends_the_synthesis_with_its_sentence() -> None:
    """`check` raises with one line for each fault, also where a stage has no files at all."""
    lint.check("local", STAGES)
    with pytest.raises(lint.LintError, match=r"has no moon\.toml: copy one"):
        lint.check("local", [*STAGES, "moon"])
    with pytest.raises(DefinitionBroken, match=r"has no moon\.toml"):
        registered("moon")["lead_intake"]


def test_a_fact_that_nothing_states_is_a_fault(package: Path) -> None:
    """A mistyped name would leave its rule without anything to find, in silence; parts of the
    answer, both facts of a sum and fields of the form are known."""
    (package / "rules.py").write_text(
        "def far(s): return said(s, 'country') != s.proposal.value('adress') or s.input.words"
    )
    (told,) = lint.of_facts("kept_stages", FLOW)
    assert told.startswith(
        "kept_stages: nothing states adress: correct its name; there are address"
    )
    assert all(
        list(lint.of_facts(f"workflows.{name}", WORKFLOWS[name])) == [] for name in WORKFLOWS
    )


def test_a_needed_fact_that_no_answer_has_is_a_fault() -> None:
    """Everything would be unsure, and nothing would say why."""
    with pytest.raises(DefinitionBroken, match=r"needs adress, and no such fact; address, country"):
        replace(ADDRESS_CHANGE, needs=("address|adress",)).at("kept", "local")
