"""What is shipped of `functions/`: modules and their data, with bytecode, without samples."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from infra.build.bytecode import compile_tree, interpreter, kept, named
from infra.settings import ROOT

SOURCE = ROOT / "functions"
CACHE = ROOT / ".local" / "code"
CLIENT = SOURCE / "countersign" / "client.py"
"""For agents elsewhere; no handler needs it."""
KEEP_SECONDS = 3600
NOT_SHIPPED = frozenset(
    {"fonts", "__pycache__", "cases", "README.md", ".DS_Store", "contracts.lock.json"}
)


def bundle(python_version: str, *, bytecode: bool) -> Path:
    """The folder with the code of all functions, made once per content. Its name is the asset's."""
    python = interpreter(python_version) if bytecode else None
    folder = kept(CACHE, python) / named(digest(), bytecode=bytecode)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".building-") as scratch:
            built = Path(scratch) / "code"
            copy(built)
            if python:
                compile_tree(built, python)
            _place(built, folder)
            _forget_old(folder.parent)
    return folder


def copy(into: Path) -> None:
    """What is shipped, into a new folder."""
    for path in shipped():
        target = into / path.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def digest() -> str:
    """The content of what is shipped, as one name."""
    total = hashlib.sha256()
    for path in shipped():
        total.update(f"\0{path.relative_to(SOURCE)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def shipped() -> Iterator[Path]:
    """The files of `functions/` that a handler may need, in a fixed order."""
    for path in sorted(SOURCE.rglob("*")):
        if (
            path.is_file()
            and path != CLIENT
            and not NOT_SHIPPED.intersection(path.relative_to(SOURCE).parts)
        ):
            yield path


def _place(built: Path, folder: Path) -> None:
    """Move the finished folder to its place; another process may have been faster."""
    try:
        built.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def _forget_old(kept: Path) -> None:
    """Remove bundles of earlier content: each edit makes another, and synthesis copies its own."""
    for folder in kept.iterdir():
        if time.time() - folder.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
