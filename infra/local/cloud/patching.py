"""Change single functions of the installed emulator, loudly when they are not what we expect."""

import inspect
import linecache
import operator
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


class PatchError(RuntimeError):
    """The installed emulator no longer has the text that a patch replaces."""


@dataclass(frozen=True)
class Patch:
    """Replace `old` by `new` in the source of `target` (a dotted name inside `module`).

    The text must be there exactly once: another version of the emulator does not slip through.
    """

    name: str
    reason: str
    module: str
    target: str
    old: str
    new: str


def apply(patches: Iterable[Patch], load: Callable[[str], Any]) -> None:
    """Apply each patch to the module that `load` returns for its name.

    Raises PatchError, naming the patch, when the text to replace is not there exactly once.
    """
    for patch in patches:
        _apply(patch, load(patch.module))


def _apply(patch: Patch, module: Any) -> None:
    owner, _, attribute = patch.target.rpartition(".")
    holder = operator.attrgetter(owner)(module) if owner else module
    source = _source(patch, holder, attribute).replace(patch.old, patch.new)
    file = f"<patch {patch.name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    code = compile(source, file, "exec", dont_inherit=True)
    made: dict[str, Any] = {}
    exec(code, vars(module), made)  # noqa: S102  # the emulator's own text, changed by one row
    setattr(holder, attribute, made[attribute])


def _source(patch: Patch, holder: Any, attribute: str) -> str:
    function = getattr(holder, attribute, None)
    source = textwrap.dedent(inspect.getsource(function)) if function is not None else ""
    if source.count(patch.old) != 1:
        raise PatchError(
            f"emulator patch '{patch.name}' does not fit the installed ministack: "
            f"{patch.module}.{patch.target} has changed; install the version in "
            "infra/requirements/emulator.txt or revise infra/local/cloud/patches.py"
        )
    return source
