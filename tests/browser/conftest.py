"""Says aloud when the browser tests could not run."""

from __future__ import annotations

import pytest

from tests.browser.serving import CHROMIUM


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One visible line at the end, even in a quiet run."""
    if not CHROMIUM.exists():
        terminalreporter.write_line(
            f"SKIPPED the browser tests: no Chromium at {CHROMIUM}", yellow=True
        )
