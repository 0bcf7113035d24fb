"""A stage asks its model by a key or by its role: the rights of the one, and never both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from countersign.connectors.aws.client import Credentials, Place
from countersign.connectors.aws.signed import Signer
from countersign.connectors.bedrock.client import asking
from countersign.domain.ports import ModelRequest
from infra.local.rights.wire import Need, Request, needs
from infra.settings import Settings, SettingsError, load
from infra.stack.model import invoked
from infra.steps import ROWS, Grant, rows
from tests.rights.policy import Statement, allowed

REGION, ACCOUNT = "eu-central-1", "000000000000"
GEO, GLOBAL = "eu.anthropic.claude-haiku-5-5", "global.anthropic.claude-haiku-5-5"
REGIONAL = "anthropic.claude-sonnet-5-5"
KEY = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:model-key"
READS_KEY = Need("secretsmanager:GetSecretValue", KEY)
AT = f"arn:aws:bedrock:{REGION}:"


def stage(model: str, *regions: str) -> Settings:
    """A stage that names a model of Bedrock."""
    said = {"model_base_url": "", "model_name": model, "model_regions": regions}
    return load("dev").model_copy(update=said)


def statements(models: Iterable[str]) -> list[Statement]:
    """What Propose may in a stage that invokes these ARNs, or none."""
    things = {f"model-{number}": arn for number, arn in enumerate(models)}
    (row,) = (one for one in rows(things) if one.name == "Propose")
    arns = {"model-key": KEY} | things
    return [_statement(grant, arns[grant.on]) for grant in row.may if grant.on in arns]


def _statement(grant: Grant, arn: str) -> Statement:
    return Statement("Propose", "Allow", grant.actions, (arn,))


def needed(model: str) -> Need:
    """What asking this model needs, as the recorder reads our own signed request."""
    url = Place(REGION, Credentials("AKID", "s", "t")).url("bedrock-runtime")
    asked = ModelRequest(model, (("user", "x"),), "s", {}, "", 1)
    sent = Signer("bedrock", REGION, url, Credentials("AKID", "s", "t")).signed(asking(asked))
    (need,) = needs(Request("POST", sent.path, "", sent.headers, sent.body), ACCOUNT)
    return need


@pytest.mark.guarantee("T37")
@pytest.mark.parametrize(
    ("model", "regions", "arns"),
    [
        (REGIONAL, (), [f"{AT}:foundation-model/{REGIONAL}"]),
        (
            GEO,
            ("eu-central-1", "eu-west-1"),
            [
                f"{AT}{ACCOUNT}:inference-profile/{GEO}",
                f"{AT}:foundation-model/anthropic.claude-haiku-5-5",
                "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-haiku-5-5",
            ],
        ),
        (
            GLOBAL,
            (),
            [
                f"{AT}{ACCOUNT}:inference-profile/{GLOBAL}",
                f"{AT}:foundation-model/anthropic.claude-haiku-5-5",
                "arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-5-5",
            ],
        ),
    ],
)
def test_a_stage_of_bedrock_invokes_its_models_and_reads_no_key(
    model: str, regions: tuple[str, ...], arns: list[str]
) -> None:
    """A profile is invoked with the model in each of its regions; what our client sends is
    allowed, another model and the key are not."""
    found = invoked(stage(model, *regions), REGION, ACCOUNT)
    assert list(found) == arns
    may = statements(found)
    assert allowed(may, needed(model))
    assert not allowed(may, READS_KEY)
    assert not allowed(may, needed("amazon.nova-lite-v1:0"))


@pytest.mark.guarantee("T37")
def test_a_stage_with_a_key_reads_it_and_invokes_nothing() -> None:
    """Its rows are those of the table."""
    assert invoked(load("dev"), REGION, ACCOUNT) == ()
    assert rows(()) == ROWS
    assert allowed(statements(()), READS_KEY)
    assert not allowed(statements(()), needed(REGIONAL))


def test_nobody_but_propose_changes_with_the_provider() -> None:
    """And it is told of no key and no address."""
    before, after = {one.name: one for one in ROWS}, {one.name: one for one in rows(["model-0"])}
    changed = [name for name, row in after.items() if row != before[name]]
    assert changed == ["Propose"]
    assert set(before["Propose"].env) - set(after["Propose"].env) == {
        "MODEL_SECRET",
        "MODEL_BASE_URL",
    }


def test_a_stage_of_bedrock_has_no_secret_of_a_model() -> None:
    """An operator is not asked for a key that nothing reads."""
    assert "model-key" in load("dev").outside_keys
    assert "model-key" not in stage(REGIONAL).outside_keys


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (stage("gpt-6-luna"), "does not serve gpt-6-luna of openai"),
        (stage(""), "does not serve gpt-6"),
        (stage(GEO), "name them in model_regions"),
    ],
)
def test_what_bedrock_cannot_answer_is_refused_at_synthesis(settings: Settings, says: str) -> None:
    """A model of another provider, and a profile whose regions nobody named."""
    with pytest.raises(SettingsError, match=says):
        invoked(settings, REGION, ACCOUNT)


@pytest.mark.control
def test_control_a_profile_without_its_models_regions_is_not_enough() -> None:
    """AWS judges both, so a grant on the profile alone would be denied at the first call."""
    profile, *rest = invoked(stage(GEO, "eu-central-1"), REGION, ACCOUNT)
    model = replace(needed(GEO), resource=rest[0])
    assert allowed(statements([profile, *rest]), model)
    assert not allowed(statements([profile]), model)
