"""A web server on loopback, in a thread of this process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from infra.local.cloud.processes import LocalError, PortTakenError

HOST = "127.0.0.1"
UP_WITHIN = 10.0


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A socket on `port` of this machine. Raises PortTakenError."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(
                f"Port {port} on {HOST} is taken: stop the program that uses it, or move "
                "everything with PORT=, for example `make run PORT=9400`."
            ) from error
        listener.listen(512)
        yield listener


@contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve in a thread; the main thread keeps the signals."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=2, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="front")
    thread.start()
    try:
        deadline = time.monotonic() + UP_WITHIN
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise LocalError("The front does not start; .local/run.log has the details.")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join()
