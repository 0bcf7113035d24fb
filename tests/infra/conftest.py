"""Stages are synthesized once for all tests, and not at all when nothing changed since."""

from pathlib import Path

import pytest

from infra.build.synth import default_out, synthesize
from tests.infra.template import Template

STAGES = ("dev", "prod", "local")


@pytest.fixture(scope="session", params=STAGES)
def assembly(request: pytest.FixtureRequest) -> Path:
    """The cloud assembly of each stage in turn."""
    stage = str(request.param)
    return synthesize(stage, default_out(stage))


@pytest.fixture(scope="session")
def dev() -> Template:
    """The template of the stage dev."""
    return Template(synthesize("dev", default_out("dev")))


@pytest.fixture(scope="session")
def prod() -> Template:
    """The template of the stage prod."""
    return Template(synthesize("prod", default_out("prod")))
