"""`make run`: everything on this machine, with pages to look at; ONCE=1 plays `events/`."""

from __future__ import annotations

import argparse
import sys

NEEDED = (3, 11)
WRONG_USE = 2
LAST_PORT = 65_535


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < LAST_PORT:
        raise argparse.ArgumentTypeError(f"{port} and the port after it must be 1 to {LAST_PORT}")
    return port


def main() -> None:
    """`python -m infra.local.run [--once [--events 31] | --keep] [--port 8400]`; 2: it could not
    start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="play events/ and end")
    parser.add_argument("--events", default="", help="only those whose names begin so")
    parser.add_argument(
        "--keep", action="store_true", help="go on with the jobs of the last --keep"
    )
    parser.add_argument("--shadow", action="store_true", help="show live jobs to candidates")
    parser.add_argument("--port", type=_port, default=8400, help="the next one is taken too")
    arguments = parser.parse_args()
    if arguments.events and not arguments.once:
        parser.error("--events are played with --once: make run ONCE=1 EVENTS=31")
    if arguments.once and arguments.keep:
        parser.error("--once plays on an empty cloud: leave out --keep (KEEP=1)")
    if sys.version_info < NEEDED:
        sys.stderr.write(
            f"Countersign needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Remove .venv and run `make` with a newer python3 on the PATH.\n"
        )
        sys.exit(WRONG_USE)
    # Only now: these modules use what older versions of Python do not have.
    from infra.local import session  # noqa: PLC0415 - as said above

    once, keep, events = arguments.once, arguments.keep, arguments.events
    port, shadow = arguments.port, arguments.shadow
    sys.exit(session.run(once=once, port=port, keep=keep, events=events, shadow=shadow))


if __name__ == "__main__":
    main()
