"""New code for the functions: their processes end, and the next invocation starts another.

The emulator imports this: standard library only.
"""

import threading
import time
from typing import Any

EVERY_SECONDS = 0.05


def renew(runtime: Any) -> int:
    """Take every process out of the emulator's pools; idle ones end at once, and one that serves
    when it has answered. How many there were. `runtime` is the emulator's module of that name."""
    with runtime._lock:  # noqa: SLF001 - it has no public way to do this
        old = [worker for pool in runtime._workers.values() for worker in pool]  # noqa: SLF001
        runtime._workers.clear()  # noqa: SLF001
    threading.Thread(target=_end, args=(runtime, old), daemon=True).start()
    return len(old)


def _end(runtime: Any, workers: list[Any]) -> None:
    """In a thread: the emulator takes 0.1 s for the server of each."""
    while workers:
        busy = [worker for worker in workers if worker.in_use]
        runtime.kill_workers([worker for worker in workers if worker not in busy])
        workers = busy
        time.sleep(EVERY_SECONDS)
