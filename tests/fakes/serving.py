"""An application under uvicorn, as the adapters meet the demo systems."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def served(
    app: ASGIApp,
    lifespan: Literal["auto", "off"] = "auto",
    certified: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """The address of the app on a free port of 127.0.0.1; over TLS with the files of a certificate
    and its key."""
    cert, key = certified or (None, None)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="critical",
        ws="none",
        lifespan=lifespan,
        ssl_certfile=cert,
        ssl_keyfile=key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http{'s' if certified else ''}://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
