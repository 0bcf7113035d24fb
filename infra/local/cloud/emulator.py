"""The emulated cloud as one process, run by the emulator's own Python environment.

It prints one line of JSON when it serves (`{"ready": true, "port": 8401}`) or when it cannot
(`{"ready": false, "error": "..."}`), and ends on SIGTERM with its Lambda workers.
"""

import argparse
import asyncio
import errno
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
RESOURCE_TYPES_PATH = "/_local/resource-types"
FORK_SOCKET = "forks.sock"
"""In the scratch folder: where processes for the functions are asked for."""
RENEW_PATH = "/_local/renew"
CALLS = "calls.jsonl"
"""In the scratch folder: every call of a role (infra/local/rights/call_recorder.py)."""
KEPT = ("PATH", "LANG", "LC_ALL", "TZ")


def main() -> None:
    """Serve until SIGTERM. The scratch folder belongs to the caller, unless that has died."""
    arguments = _arguments()
    starter = os.getppid()
    try:
        listener = _listen(arguments.port)
    except OSError as error:
        _say(
            {
                "ready": False,
                "error": "port taken" if error.errno == errno.EADDRINUSE else str(error),
            }
        )
        sys.exit(1)
    port = listener.getsockname()[1]
    _isolate(port, arguments)
    sys.path[0] = str(Path(__file__).parents[3])  # this environment does not have our project
    patching = importlib.import_module("infra.local.cloud.patching")
    try:
        patching.apply(importlib.import_module("infra.local.cloud.patches").PATCHES, _emulators)
    except patching.PatchError as error:
        _say({"ready": False, "error": str(error)})
        sys.exit(1)
    try:
        importlib.import_module("uvloop").run(
            _serve(listener, port, Path(arguments.scratch) / CALLS)
        )
    finally:
        _end_workers()
        if os.getppid() != starter:
            shutil.rmtree(arguments.scratch, ignore_errors=True)
        # Threads that wait for a callback would keep the interpreter for as long as their timeout.
        os._exit(0)


def _end_workers() -> None:
    """Kill and collect the handlers; the emulator's own way takes 0.1 s for each."""
    pools = importlib.import_module("ministack.core.lambda_runtime")._workers  # noqa: SLF001
    children = [worker._proc for pool in pools.values() for worker in pool if worker._proc]  # noqa: SLF001
    for process in children:
        process.kill()
    for process in children:
        process.wait()


def _emulators(module: str) -> Any:
    loaded = importlib.import_module(module)
    os.environ.pop("LOG_LEVEL", None)  # read at import; handlers must not inherit it
    return loaded


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--scratch", required=True, help="an empty folder for code and payloads")
    parser.add_argument("--code", default="", help="run this folder, not what is deployed")
    parser.add_argument("--keep", default="", help="have the state from this folder, and leave it")
    return parser.parse_args()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(512)  # callers queue from here on, until the server takes over
    return listener


def _isolate(port: int, arguments: argparse.Namespace) -> None:
    """Leave nothing of the host's environment for the handlers, which inherit this one."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, **settings(port, arguments.scratch))
    os.environ.update(FORK_SERVER=f"{arguments.scratch}/{FORK_SOCKET}", LIVE_CODE=arguments.code)
    if arguments.keep:
        os.environ.update(persistence(arguments.keep))
    tempfile.tempdir = arguments.scratch


def settings(port: int, scratch: str) -> dict[str, str]:
    """The environment of the emulator and, by inheritance, of every handler."""
    return {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": HOST,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///nonexistent",
        "HOME": scratch,
        "TMPDIR": scratch,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


def persistence(folder: str) -> dict[str, str]:
    """What makes the emulator read its state at the start and write it at a clean end."""
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": f"{folder}/state",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": f"{folder}/s3",
    }


async def _serve(listener: socket.socket, port: int, calls: Path) -> None:
    """By uvicorn with httptools and uvloop: two thirds of the CPU per call that the emulator's own
    server takes."""
    uvicorn = importlib.import_module("uvicorn")
    recording = importlib.import_module("infra.local.rights.call_recorder").recording
    app = _with_ours(recording(importlib.import_module("ministack.app").app, calls))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server ends by them, and raises them anew when it has.
        signal.signal(number, lambda *_: None)
    saying = asyncio.create_task(_say_when_up(port))
    await server.serve(sockets=[listener])
    saying.cancel()


async def _say_when_up(port: int) -> None:
    """The listener queues this call until the server has started, so one is enough."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET /_ministack/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readline()
    writer.close()
    _say({"ready": True, "port": port})


App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def _with_ours(app: App) -> App:
    """Add the list of CloudFormation types that this emulator can create, and the renewal of the
    functions' processes."""
    provisioners = importlib.import_module("ministack.services.cloudformation.provisioners")
    runtime = importlib.import_module("ministack.core.lambda_runtime")
    renewal = importlib.import_module("infra.local.cloud.renewal")
    ours: dict[str, Callable[[], Any]] = {
        RESOURCE_TYPES_PATH: lambda: sorted(provisioners._RESOURCE_HANDLERS),  # noqa: SLF001  # no public list
        RENEW_PATH: lambda: renewal.renew(runtime),
    }
    headers = [(b"content-type", b"application/json")]

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope.get("path") not in ours:
            return await app(scope, receive, send)
        body = json.dumps(ours[scope["path"]]()).encode()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return None

    return answer


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
