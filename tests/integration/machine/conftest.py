"""One moto for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.machine.machine import Machines, machines


@pytest.fixture(scope="module")
def machine(made_up_credentials: None) -> Iterator[Machines]:
    """Makes machines of the real definition."""
    assert made_up_credentials is None
    with machines() as made:
        yield made
