"""`python -m infra.approval_bench MODULE:CLASS`: put one system through the twelve checks. Ends
with 1 where one of them failed.
"""

from __future__ import annotations

import sys
from importlib import import_module

from infra.approval_bench.checks import Verdict
from infra.approval_bench.report import measured, section


def main(words: list[str]) -> int:
    """The exit code; 2 for anything but one MODULE:CLASS."""
    module, named, name = "".join(words[:1]).partition(":")
    if not named or len(words) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        new = getattr(import_module(module), name)
    except (ImportError, AttributeError) as missing:
        sys.stderr.write(f"There is no {words[0]} to be tried: {missing}\n")
        return 2
    sys.stdout.write(section(new))
    return int(any(one.verdict is Verdict.FAILS for one in measured(new).values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
