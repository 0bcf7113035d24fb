"""moto needs credentials to look like some; these open nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

_FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(autouse=True)
def _credentials() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(_FAKE)
    os.environ.pop("AWS_ENDPOINT_URL", None)
    yield
    os.environ.clear()
    os.environ.update(before)
