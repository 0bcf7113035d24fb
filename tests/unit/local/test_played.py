"""The table of a played run, as a person sees it on a narrow terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from infra.local.front.samples import samples
from infra.local.player.played import Played, table

COLUMNS = 80


def test_a_job_id_is_never_broken() -> None:
    """An id can be copied whole from 80 columns, whichever event it belongs to."""
    waits = "Robin Doyle or Mira Sommer or Jonas Adler"
    ids = [f"j-{number:024}" for number, _ in enumerate(samples())]
    rows = [
        Played(one, job_id, one.expect.status or "", waits, 12.3)
        for one, job_id in zip(samples(), ids, strict=True)
    ]
    out = StringIO()
    Console(file=out, width=COLUMNS).print(table(rows))
    assert all(job_id in out.getvalue() for job_id in ids)
