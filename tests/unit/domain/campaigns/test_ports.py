"""The ports of campaigns."""

from __future__ import annotations

from inspect import signature

from countersign.domain.campaigns.ports import CampaignEvents, CampaignStore


def _taking(port: type, name: str) -> set[str]:
    """Its own methods that are handed something of this name."""
    own = {of for of in vars(port) if not of.startswith("_")}
    return {of for of in own if name in signature(getattr(port, of)).parameters}


def test_whatever_notes_a_moment_is_told_it() -> None:
    """No adapter reads a clock of its own: a test's moments are the ones that are stored."""
    assert _taking(CampaignEvents, "at") == {"event", "opt_out", "keep_stop"}
    assert _taking(CampaignStore, "intent") == {"intend", "withdraw"}
    assert _taking(CampaignStore, "since") == {"standing"}
