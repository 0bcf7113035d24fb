"""What SES says of the account, once a minute, in the row that all blocks are taken from."""

from __future__ import annotations

from dataclasses import asdict

from countersign.domain.campaigns.quota import needs_reading, read
from countersign.runtime.deps import Deps


def look(deps: Deps) -> None:
    """Ask SES where the stage sends campaigns and nobody asked in this minute; of several who ask
    at once one is heard. Raises Throttled, Unavailable, Misconfigured: after five minutes without
    an answer campaigns take nothing any more."""
    if not deps.settings.campaign_from:
        return
    row, now = deps.sending_limits.row(), deps.wall.now()
    if needs_reading(row, now):
        said = read(row, now, **asdict(deps.sending_account.said()))
        deps.sending_limits.keep(row.reading, said)
