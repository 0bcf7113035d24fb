"""Work in several threads: at the same time, and in order where it has the same owner."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from threading import Event, Lock, Thread, get_ident

import pytest

from countersign.runtime.workers import WAITING, Workers

LONG = 10.0
"""Seconds after which a test gives up."""


def test_pieces_of_different_owners_are_under_way_at_the_same_time() -> None:
    """Each waits until another one has begun."""
    lock, several = Lock(), Event()
    begun = 0

    def meets() -> int:
        nonlocal begun
        with lock:
            begun += 1
            if begun > 1:
                several.set()
        return several.wait(LONG)

    with Workers(8) as workers:
        for number in range(20):
            workers.takes(f"j-{number}", meets)
    assert workers.done() == 20


def test_pieces_of_one_owner_are_done_in_their_order() -> None:
    """Two rows of one job never meet."""
    done = defaultdict[str, list[int]](list)

    def notes(owner: str, number: int) -> int:
        done[owner].append(number)
        return 1

    with Workers(8) as workers:
        for number in range(200):
            owner = f"j-{number % 7}"
            workers.takes(owner, partial(notes, owner, number))
    assert all(numbers == sorted(numbers) for numbers in done.values())
    assert workers.done() == sum(map(len, done.values())) == 200


def test_whoever_hands_out_more_than_they_can_do_waits() -> None:
    """What is not begun yet is not read either."""
    goes_on = Event()
    with Workers(1) as workers:
        for _ in range(WAITING):
            workers.takes("j-1", lambda: goes_on.wait(LONG))
        one_more = Thread(target=workers.takes, args=("j-1", lambda: 1))
        one_more.start()
        one_more.join(0.2)
        waits = one_more.is_alive()
        goes_on.set()
        one_more.join()
    assert waits
    assert workers.done() == WAITING + 1


def fails() -> int:
    """A piece of work with a fault."""
    raise ValueError("poison")


def test_a_fault_is_told_at_the_end() -> None:
    """The others are done all the same."""
    done: list[int] = []
    with Workers(2) as workers:
        workers.takes("j-1", fails)
        for number in range(5):
            workers.takes(f"j-{number}", partial(_append, done, number))
    with pytest.raises(ValueError, match="poison"):
        workers.done()
    assert sorted(done) == [*range(5)]


def test_who_hands_out_no_more_leaves_nothing_behind() -> None:
    """An error while handing out: what has not begun never does."""
    done: list[int] = []
    goes_on = Event()

    def hands_out(workers: Workers) -> None:
        workers.takes("j-1", lambda: goes_on.wait(LONG))
        workers.takes("j-1", partial(_append, done, 1))
        Thread(target=goes_on.set).start()
        raise OSError("the table is away")

    with pytest.raises(OSError, match="away"), Workers(1) as workers:
        hands_out(workers)
    assert len(done) <= 1


def test_without_threads_it_is_done_at_once() -> None:
    """By whoever hands it out, fault and all."""
    with Workers(0) as workers:
        for _ in range(WAITING + 5):
            workers.takes("j-1", get_ident)
        with pytest.raises(ValueError, match="poison"):
            workers.takes("j-1", fails)
    assert workers.done() == (WAITING + 5) * get_ident()


def _append(done: list[int], number: int) -> int:
    done.append(number)
    return 1
