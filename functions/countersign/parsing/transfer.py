"""Content-Transfer-Encodings undone, however damaged."""

import binascii
import re
from collections.abc import Iterator
from itertools import pairwise

PLAIN = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"})
_SPACE = re.compile(rb"\s+")
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDING = re.compile(rb"=+")
_QUAD = 4
_UU_EDGE = re.compile(
    r"^(?:(?P<begin>begin [0-7]{3,4}(?: (?P<name>\S.{0,200})|(?= *$)) *)|end *)\n?", re.MULTILINE
)
_UU_LINE = 62


def from_base64(raw: bytes) -> tuple[bytes, bool]:
    """Decode base64 with all foreign bytes left out; also say whether something was wrong.

    Padding in the middle (pieces encoded one by one) starts a new piece.
    """
    dense = _SPACE.sub(b"", raw)
    kept = _FOREIGN.sub(b"", dense)
    pieces = [_decode_piece(piece) for piece in _PADDING.split(kept)]
    return b"".join(pieces), len(kept) != len(dense) or len(kept) % _QUAD != 0


def base64_size(raw: bytes) -> int:
    """Return how many bytes the base64 text stands for, without decoding it."""
    return len(raw.translate(None, b" \t\r\n=")) * 3 // _QUAD


def from_quoted_printable(raw: bytes, *, word: bool = False) -> bytes:
    """Decode quoted-printable; in an encoded `word` an underscore is a space."""
    return binascii.a2b_qp(raw, header=word)


def cut_uuencoded(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Take uuencoded files out of a text; return the rest and the (name, size) of each."""
    kept: list[str] = []
    files: list[tuple[str, int]] = []
    done = 0
    for name, start, body, body_end, end in _uuencoded(text):
        kept.append(text[done:start])
        files.append((name, (body_end - body) * 3 // _QUAD))
        done = end
    return "".join([*kept, text[done:]]), tuple(files)


def _uuencoded(text: str) -> Iterator[tuple[str, int, int, int, int]]:
    edges = list(_UU_EDGE.finditer(text))
    for begin, end in pairwise(edges):
        lines = text[begin.end() : end.start()].split("\n")
        is_pair = begin["begin"] and not end["begin"]
        if is_pair and all(len(line) <= _UU_LINE for line in lines):
            yield (begin["name"] or "").strip(), begin.start(), begin.end(), end.start(), end.end()


def _decode_piece(piece: bytes) -> bytes:
    whole = piece[:-1] if len(piece) % _QUAD == 1 else piece
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % _QUAD))
