"""moto needs credentials to look like some; these open nothing."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _credentials(made_up_credentials: None) -> None:
    """For every test here."""
