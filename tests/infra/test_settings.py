"""Settings: typed, and wrong ones say where."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings import SettingsError, chosen_stage, context, load


def cdk_json(folder: Path, **changes: Any) -> Path:
    """A `cdk.json` whose stage `dev` has these settings changed."""
    stages = context()["stages"]
    stages["dev"].update(changes)
    path = folder / "cdk.json"
    path.write_text(json.dumps({"context": {"stages": stages}}))
    return path


@pytest.mark.parametrize("stage", ["dev", "prod", "local"])
def test_every_stage_loads(stage: str) -> None:
    """The stages of cdk.json are valid and name their stack."""
    assert load(stage).stack_name == f"countersign-{stage}"


ONE_A_MINUTE = {"requests": 1, "seconds": 60}
"""An action needs three requests, and its function has 100 seconds."""


def test_an_unknown_stage_names_the_known_ones() -> None:
    """Whoever mistypes a stage reads which there are."""
    with pytest.raises(
        SettingsError, match=r"^Unknown stage 'live': cdk\.json has dev, local, prod\.$"
    ):
        load("live")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"approvers": []}, "approvers"),
        ({"log_days": 8}, "log_days"),
        ({"mail_from": "nobody"}, "mail_from"),
        ({"crm_base_url": "ftp://crm.example.com"}, "crm_base_url"),
        ({"jobs_started_at_once": 1}, "jobs_started_at_once"),
        ({"connector_limits": {"crm-write": [ONE_A_MINUTE]}}, "connector_limits"),
        ({"colour": "red"}, "colour"),
        ({"case_owner": {"id": "x", "name": "X", "address": "x"}}, "case_owner.address"),
    ],
)
def test_a_wrong_setting_says_where(tmp_path: Path, changes: dict[str, Any], where: str) -> None:
    """A setting that is missing, unknown or out of its bounds is named in one line."""
    with pytest.raises(
        SettingsError, match=rf"^Stage 'dev' in cdk\.json is wrong: {where}: "
    ) as error:
        load("dev", cdk_json(tmp_path, **changes))
    assert "\n" not in str(error.value)


def test_an_execution_of_another_account_is_refused_unless_it_is_named(tmp_path: Path) -> None:
    """Before anything is synthesized; of the stage's own account a row says the name alone."""
    theirs = "arn:aws:lambda:eu-central-1:123456789012:function:orders"
    row = {"id": "orders", "answers": theirs, "proposes": [{"action": "payments.refund"}]}
    with pytest.raises(SettingsError, match="123456789012, which other_accounts does not name"):
        load("dev", cdk_json(tmp_path, senders=[row]))
    named = cdk_json(tmp_path, senders=[row], other_accounts=["123456789012"])
    assert [one.id for one in load("dev", named).waiting_callers] == ["orders"]


def test_the_stage_comes_from_the_context_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-c stage=` wins over the variable STAGE, and dev is what is left."""
    monkeypatch.setenv("STAGE", "prod")
    assert (chosen_stage("local"), chosen_stage(None)) == ("local", "prod")
    monkeypatch.delenv("STAGE")
    assert chosen_stage(None) == "dev"
