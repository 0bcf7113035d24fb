"""What `tick` does with reservations that their job left behind: settle them, or free them."""

from __future__ import annotations

from countersign.deps import Deps
from countersign.domain.change import Change, Due, JobRecord
from countersign.domain.reservations import CHECK_AGAIN, Fate, fate
from countersign.domain.resume import AGAIN

TICK = "system:tick"


def settle_reservations(deps: Deps, record: JobRecord) -> None:
    """Free what will not be spent, and look again as long as something may be.

    The job is written before anything is freed: a Decide that was paused since it reserved finds
    another version and cannot store a plan that nothing is reserved for.
    """
    now = deps.clock.now()
    fates = {key: fate(record, held, now) for key, held in record.reservations.items()}
    freed = [record.reservations[key] for key, said in fates.items() if said is Fate.FREE]
    if freed:
        again = Due(kind="reservation", at=now + AGAIN)
        number = {"reservations": str(len(freed))}
        change = Change(event="caps are freed", actor=TICK, fields=number, due=(again,))
        record = deps.commit(record, change)
    for held in freed:
        deps.caps.release(held)
    if Fate.KEEP in fates.values():
        later = Due(kind="reservation", at=now + CHECK_AGAIN)
        deps.commit(record, Change(event="reservations kept", actor=TICK, due=(later,)))
    else:
        change = Change(event="reservations settled", actor=TICK, done=("reservation",))
        deps.commit(record, change)
