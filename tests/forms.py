"""A promise's two sizes: the short form in `make test`, the long one in `make soak`."""

from __future__ import annotations

from typing import Any

import pytest


def forms(short: Any, long: Any) -> list[Any]:
    """The values of one parameter, as `short` and `long`: the same proof, more often."""
    return [
        pytest.param(short, id="short"),
        pytest.param(long, id="long", marks=pytest.mark.soak),
    ]
