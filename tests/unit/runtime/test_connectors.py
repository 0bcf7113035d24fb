"""The register of connectors: an unknown one is refused, and whoever names one names a row."""

from __future__ import annotations

import pytest

from countersign.actions.crm.visited import VisitedCrm
from countersign.domain.errors import InternalError
from countersign.domain.mail import JobMailer
from countersign.runtime.connectors import CODES, CONNECTORS, MODEL, system
from countersign.runtime.deps import Deps
from countersign.runtime.settings import SECRETS, Settings
from infra.build.layers import GROUPS
from infra.cli.secrets import shapes
from infra.settings import context, load
from tests.fakes.world import World
from workflows import WORKFLOWS


@pytest.fixture
def deps() -> Deps:
    """The adapters of a world of fakes."""
    return World(lambda _: {}).deps


@pytest.mark.parametrize("name", ["ticketing", "", "CRM", "mail "])
def test_an_unknown_connector_is_refused(name: str, deps: Deps) -> None:
    """No id but that of a row gets an adapter: nobody is handed the CRM's reader or a mailer."""
    with pytest.raises(InternalError, match=r"there is no connector .*there are crm, mail, "):
        deps.actor_port(name)
    with pytest.raises(InternalError, match="there is no connector"):
        deps.reader(name)


def test_a_connector_that_only_acts_is_not_read(deps: Deps) -> None:
    """Mail and messages have nothing to look up."""
    for name in ("mail", "notify"):
        with pytest.raises(InternalError, match=f"the connector {name} has nothing to read"):
            deps.reader(name)


@pytest.mark.control
def test_a_known_connector_gets_its_own_adapter(deps: Deps) -> None:
    """Control: each row leads to its system's adapter; the CRM's remembers, and the mailer marks
    the job."""
    assert deps.reader("crm") is deps.crm_reader
    assert deps.reader("payments") is deps.payments_reader
    assert isinstance(deps.actor_port("crm"), VisitedCrm)
    assert deps.actor_port("payments") is deps.payments
    assert deps.actor_port("notify") is deps.channels
    mailer = deps.actor_port("mail")
    assert isinstance(mailer, JobMailer)
    assert mailer.job_id == deps.job_id


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_names_connectors_that_there_are(workflow: str) -> None:
    """What it reads can be read, and each of its actions has a system to act on."""
    held = WORKFLOWS[workflow]
    assert CONNECTORS[held.reads].look
    acts = {one.connector for one in (*held.actions.values(), *held.earlier)}
    assert acts <= {*CONNECTORS, *(one.connector for one in load("local").http_targets)}


def test_every_secret_has_a_shape() -> None:
    """Nothing that an operator can set is stored unchecked; senders and callers have secrets of
    their own."""
    assert set(shapes.SHAPES) == set(SECRETS) - {"webhook", "callers"}


def test_a_row_names_settings_and_layers_that_there_are() -> None:
    """What a row's functions are told and load exists."""
    for row in CONNECTORS.values():
        told = {*row.settings, *(key.setting for key in row.keys)}
        assert told <= set(Settings.model_fields)
        assert set(row.layers) <= set(GROUPS)


@pytest.mark.parametrize("stage", context()["stages"])
def test_every_stage_limits_every_key(stage: str) -> None:
    """None runs under the careful default because its name was mistyped or forgotten."""
    held = load(stage)
    own = (system(one.connector) for one in held.http_targets)
    keys = {key for row in (*CONNECTORS.values(), *own) for key in row.paced_by}
    assert set(held.connector_limits) == keys | {CODES, MODEL}
