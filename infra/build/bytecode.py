"""Bytecode for Lambda's Python: a read-only layer cannot keep what a cold start compiles."""

import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def interpreter(version: str) -> str | None:
    """A Python of `version` (`3.13`) on the PATH that works, or None: then only sources ship."""
    python = shutil.which(f"python{version}")
    if python is None:
        return None
    says = "import sys; print('{}.{}'.format(*sys.version_info))"
    done = subprocess.run([python, "-I", "-c", says], capture_output=True, text=True, check=False)  # noqa: S603  # no shell
    return python if done.stdout.strip() == version else None


def named(content: str, *, bytecode: bool) -> str:
    """The name of an asset: what it holds and what its stage wants, whatever machine makes it. So
    two machines deploy the same template, also where one of them has no Python to compile with."""
    return f"{content}-pyc" if bytecode else content


def kept(cache: Path, python: str | None) -> Path:
    """Where this machine keeps what it made: of one name it may have made both."""
    return cache / ("compiled" if python else "sources")


def compile_tree(folder: Path, python: str) -> None:
    """Put the bytecode of the interpreter `python` beside every module in `folder`.

    The bytecode is bound to the source's content, not to its time, and is not checked again.
    """
    command = [python, "-I", "-m", "compileall", "-q", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder), str(folder)]
    # A package may ship templates that are no Python: those stay as they are.
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # no shell, our own words
