"""Resolve every dependency group into a lock with hashes and without download addresses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infra.build.layers import GROUPS, LOCKS

OPTIONS = (
    "--generate-hashes",
    "--no-emit-index-url",
    "--python-version=3.11",
    "--universal",
    "--no-annotate",
    "--no-header",
    "--quiet",
)


def main() -> int:
    """Write all locks; the layers' are held to the versions that the tests ran with."""
    _compile("dev", "pyproject.toml")
    for layer in GROUPS:
        _compile(layer, "-c", str(LOCKS / "dev.txt"))
    _compile("deploy", "-c", str(LOCKS / "dev.txt"))
    _compile("emulator")
    _only_uv()
    return 0


def _compile(group: str, *more: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "compile", "--group", group, *more, *OPTIONS]
    subprocess.run([*command, "-o", str(LOCKS / f"{group}.txt")], check=True)  # noqa: S603 - ours


def _only_uv() -> None:
    """The part of the lock that pip itself installs, before uv is there."""
    blocks = (LOCKS / "dev.txt").read_text().replace("\\\n", "\\\x00").splitlines()
    mine = [block.replace("\x00", "\n") for block in blocks if block.startswith("uv==")]
    (LOCKS / "uv.txt").write_text("\n".join(mine) + "\n")


if __name__ == "__main__":
    sys.exit(main())
