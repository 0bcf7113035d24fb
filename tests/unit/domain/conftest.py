"""How random tests run: no time limit per example, no files; a failure prints how to repeat it."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("domain", deadline=None, database=None, print_blob=True)
settings.load_profile("domain")
