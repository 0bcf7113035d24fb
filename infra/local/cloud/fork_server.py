"""Processes that run our code, forked from one that has loaded what the code imports.

Starting Python and its libraries takes a second and more; a fork takes milliseconds, and only our
own code is imported in it, as it is on the disk at that moment. Code that was checked stays loaded
too, in the process that imported it: what runs it is forked from there. AWS's own runtime client
runs the handlers. Run as `fork_server.py SOCKET`; it prints one line of JSON when it listens.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

LIBRARIES = (
    *("aws_lambda_powertools", "aws_lambda_powertools.utilities.idempotency", "boto3", "botocore"),
    *(
        "certifi",
        "email_validator",
        "httpcore",
        "httpx",
        "httpcore2",
        "httpx2",
        "jinja2",
        "openai",
        "phonenumbers",
        "pydantic",
        "stripe",
    ),
    *("selectolax.lexbor", "starlette.responses", "starlette.routing", "pycurl", "yaml"),
)
"""Every library that `functions/` and the offline model import. Not the runtime client: at import
it reads where it is to ask for work."""
SERVICES = ("dynamodb", "sesv2")
"""The services that functions call by boto3's clients, whose descriptions are read ahead: in the
one Powertools keeps what was answered, by the other mail leaves."""
SIZE = 4
NAME_LETTERS = 15
LONGEST = 1 << 17
"""Bytes of a request that is handed on in one packet: the kernel takes 200 kB. A longer one, about
a call of some hours, is done in a process that is forked from the server."""
Work = Callable[[socket.socket, Mapping[str, Any], socket.socket], None]
"""Who asked, what is asked, and the server."""


def main() -> None:
    """Serve until the process group is ended; whoever asks meanwhile waits for the libraries."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(sys.argv[1])
        listener.listen(512)
        sys.stdout.write('{"ready": true}\n')
        sys.stdout.flush()
        load()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are collected by the kernel
        checked = Checked()
        while True:
            connection, _ = listener.accept()
            _answer_to(connection, listener, checked)


class Checked:
    """The process that has imported a folder's code, for each folder; what is asked of that code is
    passed on to it. While a newer one imports, and when that finds a fault, the older one serves.
    A process whose socket is closed ends."""

    def __init__(self) -> None:
        self._serving: dict[str, socket.socket] = {}
        self._importing: dict[str, socket.socket] = {}

    def begins(self, code: str, process: socket.socket) -> None:
        """A newer process imports the code, and says one byte when it has."""
        self._closed(self._importing, code)
        self._importing[code] = process

    def of(self, code: str) -> socket.socket | None:
        """The newest that has imported the code, if there is one."""
        try:
            newer = self._importing.get(code)
            said = newer.recv(1, socket.MSG_DONTWAIT) if newer else b""
        except BlockingIOError:  # it still imports
            return self._serving.get(code)
        if newer and said:
            self._closed(self._serving, code)
            self._serving[code] = self._importing.pop(code)
        self._closed(self._importing, code)
        return self._serving.get(code)

    def close(self) -> None:
        """In a fork: the sockets are the server's alone."""
        for process in (*self._serving.values(), *self._importing.values()):
            process.close()

    @staticmethod
    def _closed(processes: dict[str, socket.socket], code: str) -> None:
        if code in processes:
            processes.pop(code).close()


def _answer_to(connection: socket.socket, listener: socket.socket, checked: Checked) -> None:
    size, descriptors, _, _ = socket.recv_fds(connection, SIZE, 2)
    with connection.makefile("rb") as stream:
        body = stream.read(int.from_bytes(size, "big"))
    with connection:
        if body:  # else whoever asked is gone
            _do(connection, body, descriptors, listener, checked)
    for descriptor in descriptors:
        os.close(descriptor)


def _do(
    connection: socket.socket,
    body: bytes,
    descriptors: list[int],
    listener: socket.socket,
    checked: Checked,
) -> None:
    """In a process that is forked from here, or from the one that has imported the code."""
    asked = json.loads(body)
    checks = asked["work"] == "check"
    serving = None if checks else checked.of(asked["code"])
    if serving and len(body) <= LONGEST:
        socket.send_fds(serving, [body], [connection.fileno(), *descriptors])
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        listener.close()
        checked.close()
        ours.close()
        _child(connection, asked, descriptors, theirs)
    theirs.close()
    if checks:
        checked.begins(asked["code"], ours)
    else:
        ours.close()


def load() -> None:
    """Import the libraries, and keep botocore's descriptions for all sessions to come."""
    for name in LIBRARIES:
        importlib.import_module(name)
    _share_descriptions()
    session = importlib.import_module("boto3").Session(region_name="us-east-1")
    for service in SERVICES:
        session.client(service, aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106 - never used
    gc.collect()
    gc.freeze()  # a collection in a child does not touch, and so not copy, what is shared


def _share_descriptions() -> None:
    """Each boto3 session parses them anew (0.1 s of CPU); nobody changes them."""
    loader = importlib.import_module("botocore.loaders").JSONFileLoader
    parse, parsed = loader.load_file, {}

    def load_file(self: object, path: str) -> Any:
        if path not in parsed:
            parsed[path] = parse(self, path)
        return parsed[path]

    loader.load_file = load_file


def _child(
    connection: socket.socket,
    asked: Mapping[str, Any],
    descriptors: Sequence[int],
    server: socket.socket,
) -> None:
    """Do what was asked, as a process of its own, and end with whoever asked."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        for number, descriptor in enumerate(descriptors, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["code"])
        if asked["code"] not in sys.path:
            sys.path.insert(0, asked["code"])
        importlib.invalidate_caches()
        WORK[asked["work"]](connection, asked, server)
    except Exception:  # noqa: BLE001 - to the function's log; there is nobody above
        traceback.print_exc()
    finally:  # in any case: a child never goes on as a second server
        sys.stdout.flush()
        os._exit(0)


def _serve_function(
    connection: socket.socket, asked: Mapping[str, Any], server: socket.socket
) -> None:
    """AWS's runtime client with the function's handler, until the emulator ends it."""
    server.close()
    named(asked["environment"]["AWS_LAMBDA_FUNCTION_NAME"])
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    client = importlib.import_module("awslambdaric.__main__")
    client.main(["awslambdaric", asked["environment"]["_HANDLER"]])


def named(function: str) -> None:
    """Let `ps` and `make bench` tell the processes apart: by the last letters of their function's
    name, as many as Linux shows."""
    if sys.platform == "linux":
        Path("/proc/self/comm").write_text(shown(function))


def shown(function: str) -> str:
    """The name of its processes."""
    return function[-NAME_LETTERS:]


def _end_with(connection: socket.socket) -> None:
    try:
        connection.recv(1)
    finally:
        os._exit(0)


def _check_imports(
    connection: socket.socket, asked: Mapping[str, Any], server: socket.socket
) -> None:
    """Import each module, and lint the workflows in them; answers with the first fault as one line,
    or with an empty line, and then forks a process for everything that is asked of this code, until
    the server has a newer one. Whoever is gone has asked about a newer one meanwhile."""
    with suppress(ConnectionError):
        told = first_fault(asked)
        if told:
            connection.sendall(f"{told}\n".encode())
            return
        server.send(b"1")  # before whoever asked knows, and asks for what runs the code
        connection.sendall(b"\n")
        connection.close()
        _does_once(asked["first"])
        _serve_from_here(server)


def first_fault(asked: Mapping[str, Any]) -> str:
    """What the modules raise, or else what is wrong with the workflows in them; or nothing."""
    try:
        for name in asked["modules"]:
            importlib.import_module(name)
        lint = importlib.import_module("infra.build.lint")
        return str(next(lint.faults(lint.PACKAGE, asked["stage"], asked["stages"]), ""))
    except Exception as error:  # noqa: BLE001 - whatever a module raises is the answer
        return fault(error, Path(asked["code"]))


def _does_once(function: str) -> None:
    """Call it: what it loads and compiles is there in every fork. What it raises is the log's, and
    met again by who asks for the same."""
    try:
        _called(function)()
    except Exception:  # noqa: BLE001 - there is nobody above
        traceback.print_exc()


def _serve_from_here(server: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while True:
        body, descriptors, _, _ = socket.recv_fds(server, LONGEST, 3)
        if not body:
            return
        connection = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            _child(connection, json.loads(body), descriptors[1:], server)
        connection.close()
        for descriptor in descriptors[1:]:
            os.close(descriptor)


def fault(error: Exception, code: Path) -> str:
    """What is wrong and where: the last line of ours that was on the way, from `code` on."""
    frames = [(one.filename, one.lineno or 0) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "?", error.lineno or 0))
    ours = [(file, line) for file, line in frames if Path(file).is_relative_to(code)]
    file, line = (ours or frames)[-1]
    place = Path(file).relative_to(code.parent) if ours else file
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{place}:{line}: {type(error).__name__}: {words}"


def _answer(connection: socket.socket, asked: Mapping[str, Any], server: socket.socket) -> None:
    """Call one function, and answer with what it returns."""
    server.close()
    returned = _called(asked["function"])(asked["argument"])
    connection.sendall(json.dumps(returned).encode())


def _called(function: str) -> Callable[..., Any]:
    """The function of `module:name`."""
    module, _, name = function.partition(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]


WORK: Mapping[str, Work] = {"serve": _serve_function, "check": _check_imports, "answer": _answer}

if __name__ == "__main__":
    main()
