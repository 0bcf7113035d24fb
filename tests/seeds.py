"""Random numbers whose seed is printed; `SEED=… pytest …` plays a run again."""

from __future__ import annotations

import os
import random


def drawn_seed() -> int:
    """A new seed, or that of the run that is played again."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")  # noqa: T201 - a failing run is played again by it
    return seed


def dice() -> random.Random:
    """Random numbers by a new seed."""
    return dealt_by(drawn_seed())


def dealt_by(seed: int | str) -> random.Random:
    """Random numbers by a seed."""
    return random.Random(seed)  # noqa: S311 - replayable, not secret
