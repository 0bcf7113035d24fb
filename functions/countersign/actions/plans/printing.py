"""`plan.print`: the plan that somebody signed, on paper, in a function of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import ClassVar

from countersign.actions.paper import Paper, Press, texts
from countersign.actions.plans.delivery import NAME, Delivery
from countersign.domain.ledger.action import Action, Receipt, Undo

FILE = f"{NAME}.pdf"
_LETTERS = (
    "20-7e a0-377 37a-37f 384-38a 38c 38e-3a1 3a3-3e1 3f0-52f 591-5c7 5d0-5ea 5ef-5f4 600-6ff"
    " 750-77f 870-88e 890-891 898-97f 10fb 1ab0-1ac0 1ac5 1ac7-1ace 1c80-1c88 1d00-1df9"
    " 1dfb-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4"
    " 1fb6-1fc4 1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-2064 2066-2071"
    " 2074-208e 2090-209c 20a0-20c0 20f0 2100-215f 2183-2184 2189 2212 221a 25cc 2c60-2c7f"
    " 2de0-2e5d a640-a69f a700-a7ca a7d0-a7d1 a7d3 a7d5-a7d9 a7f2-a7ff a8ff a92e ab30-ab6b"
    " fb00-fb06 fb1d-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44 fb46-fbc2 fbd3-fd8f fd92-fdc7"
    " fdcf fdf0-fe00 fe20-fe2f fe70-fe74 fe76-fefc feff fffc-fffd 10780-10785 10787-107b0"
    " 107b2-107ba 10efd-10eff 1df00-1df1e"
)
"""The letters of the shipped fonts, as ranges of code points in hexadecimal; a test holds them to
the files, which lie where this does not."""


class Printing(Delivery):
    """The same version of a plan, and the font file that the stage names for letters that the
    shipped ones lack."""

    CONTRACT: ClassVar[str] = "plan.print"
    VERSION: ClassVar[int] = 1

    font: str = ""

    @property
    def paper(self) -> Paper:
        """What is printed."""
        return Paper(
            title=self.title,
            language=self.language,
            digest=self.digest,
            at=self.at,
            blocks=self.blocks,
            font=self.font,
        )


def unprintable(delivery: Delivery) -> str:
    """The letters of a plan that no shipped font has, each once."""
    held = "".join("".join(text.split()) for text in texts(delivery.blocks))
    return "".join(dict.fromkeys(one for one in held if ord(one) not in _known()))


def place(delivery: Delivery) -> str:
    """The printed file below a job's documents: named by the data, so that a mail of the same plan
    knows it before it is there."""
    return f"{delivery.digest}/{FILE}"


@cache
def _known() -> frozenset[int]:
    found: set[int] = set()
    for one in _LETTERS.split():
        first, _, last = one.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def _words(printing: Printing) -> str:
    return f"Print version {printing.number} of the launch plan “{printing.title}”."


def _undo_words(printing: Printing) -> str:
    return f"Remove the print of version {printing.number} of the launch plan “{printing.title}”."


def _print(press: Press, printing: Printing, key: str) -> Receipt:  # noqa: ARG001 - see `place`
    press.put(place(printing), press.printed(printing.paper))
    return Receipt(id=printing.digest)


def _find(press: Press, printing: Printing, key: str) -> Receipt | None:  # noqa: ARG001 - see `place`
    there = press.get(place(printing)) == press.printed(printing.paper)
    return Receipt(id=printing.digest) if there else None


def _read_back(press: Press, printing: Printing, receipt: Receipt) -> Mapping[str, str]:
    """The digest of the data that the stored file is a print of: its bytes are those that printing
    that data gives, or it is a print of nothing known."""
    held = press.get(f"{receipt.id}/{FILE}")
    return {FILE: printing.digest} if held == press.printed(printing.paper) else {}


def _expected(printing: Printing) -> Mapping[str, str]:
    return {FILE: printing.digest}


def _state(press: Press, printing: Printing, key: str, at: str) -> Mapping[str, str]:  # noqa: ARG001
    held = press.get(f"{at or printing.digest}/{FILE}")
    return {} if held is None else {"id": printing.digest, FILE: hashlib.sha256(held).hexdigest()}


def _restore(
    press: Press,
    printing: Printing,
    key: str,  # noqa: ARG001 - see `place`
    at: str,
    _values: Mapping[str, str],
) -> None:
    press.remove(f"{at or printing.digest}/{FILE}")


PRINT: Action[Printing, Press] = Action(
    id="plan.print",
    version=1,
    connector="press",
    params=Printing,
    words=_words,
    do=_print,
    find=_find,
    read_back=_read_back,
    expected=_expected,
    inner=(*(name for name in Printing.model_fields if name != "title"),),
    prints=lambda printing: (place(printing),),
    undo=Undo(words=_undo_words, creates=True, state=_state, restore=_restore),
)
