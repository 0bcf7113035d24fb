"""Ask the fork server for a process. As a program it is a function's `bootstrap`: it lives and ends
with the process that serves the function. Standard library only: it starts in 20 ms."""

import json
import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

SIZE = 4


@contextmanager
def forked(server: str, work: str, asked: Mapping[str, Any]) -> Iterator[socket.socket]:
    """A process that does `work` in folder `asked["code"]` with `asked["environment"]`, and writes
    where we write. It ends with the block; when it ends before, the connection does too."""
    body = json.dumps({"work": work, **asked}).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(server)
        socket.send_fds(connection, [len(body).to_bytes(SIZE, "big")], [1, 2])
        connection.sendall(body)
        yield connection


def answer_of(server: str, code: str, function: str, argument: Any) -> Any:
    """What `function` (`module:name`) says to `argument`, both in JSON's values, in a process that
    imports it from `code`. Raises ValueError when that process died; its traceback was printed."""
    asked = {"code": code, "environment": {}, "function": function, "argument": argument}
    with forked(server, "answer", asked) as connection:
        return json.loads(connection.makefile().read())


def main() -> None:
    """`fork_client.py SERVER CODE`."""
    server, code = sys.argv[1:]
    asked = {"code": code, "environment": dict(os.environ)}
    with forked(server, "serve", asked) as connection:
        connection.recv(1)
    sys.exit(1)  # nobody ended us, so the function's process has died


if __name__ == "__main__":
    main()
