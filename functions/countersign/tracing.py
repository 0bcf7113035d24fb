"""What an invocation spends its time on, as subsegments of AWS X-Ray, each with the job's id.

X-Ray's daemon stands beside every function and takes them as datagrams, one each. AWS's own library
for that loads 400 modules, which would double a cold start.
"""

from __future__ import annotations

import json
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from countersign import observability

_HEAD = b'{"format":"json","version":1}\n'
_PARENT: ContextVar[str] = ContextVar("the subsegment that is open")


@dataclass
class _Tracer:
    """The invocation that this process works on; None: it is not sampled."""

    trace: _Trace | None = None


@dataclass(frozen=True)
class _Trace:
    root: str
    parent: str
    daemon: tuple[str, int]
    annotations: Mapping[str, str]

    def tells(self, name: str, parent: str, own: str, since: float, *, failed: bool) -> None:
        """One subsegment that has ended."""
        said = {
            "type": "subsegment",
            "name": name,
            "id": own,
            "trace_id": self.root,
            "parent_id": parent,
            "start_time": since,
            "end_time": time.time(),
            "fault": failed,
            "annotations": dict(self.annotations),
        }
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
            to.sendto(_HEAD + json.dumps(said).encode(), self.daemon)


@lru_cache(maxsize=1)
def _tracer() -> _Tracer:
    return _Tracer()


def begins(header: str, daemon: str, **annotations: str) -> None:
    """An invocation begins that Lambda calls so: its root, its parent, and whether it is sampled.
    `daemon` is where X-Ray listens, `host:port`."""
    named = dict(part.partition("=")[::2] for part in header.split(";"))
    host, _, port = daemon.rpartition(":")
    sampled = named.get("Sampled") == "1" and host
    _tracer().trace = (
        _Trace(named["Root"], named["Parent"], (host, int(port)), annotations) if sampled else None
    )


@contextmanager
def span(name: str) -> Iterator[None]:
    """Something that takes time, within whatever span is open. `name` says what is reached or done,
    and nothing of any content."""
    trace = _tracer().trace
    if trace is None:
        yield
        return
    own, since, failed = secrets.token_hex(8), time.time(), True
    parent = _PARENT.get(trace.parent)
    opened = _PARENT.set(own)
    try:
        yield
        failed = False
    finally:
        _PARENT.reset(opened)
        _told(trace, name, parent, own, since, failed=failed)


def _told(trace: _Trace, name: str, parent: str, own: str, since: float, *, failed: bool) -> None:
    """A trace is worth no job: what cannot be sent ends it, and the log says so."""
    try:
        trace.tells(name, parent, own, since, failed=failed)
    except OSError as trouble:
        _tracer().trace = None
        observability.logger().warning("not traced", extra={"class": type(trouble).__name__})
