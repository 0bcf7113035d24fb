"""Each of the CRM's contract tests runs on the fake and on the adapter with the demo server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.crm_sides import FakeSide, ServerSide, Side, server_side


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSide]:
    """One demo CRM for all tests."""
    with server_side(tmp_path_factory.mktemp("crm")) as running:
        yield running


@pytest.fixture(params=["fake", "server"])
def side(request: pytest.FixtureRequest) -> Side:
    """Each test runs on both sides, on empty records."""
    if request.param == "fake":
        return FakeSide()
    running: ServerSide = request.getfixturevalue("server")
    running.empty()
    return running
