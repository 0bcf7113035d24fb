"""The header block of a mail or of one of its parts, read without trust in its form."""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote_to_bytes

from countersign.parsing.charsets import decode, is_utf8
from countersign.parsing.text import one_line

PLAIN = frozenset({"", "7bit", "8bit", "binary", "none"})
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


MAX_HEADER_BYTES = 262_144
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
_STRUCTURAL = re.compile(
    rb"(?:from|to|cc|date|subject|message-id|mime-version|content-[a-z-]+|received|return-path)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_ENVELOPE = re.compile(rb">?From ")  # the line that mbox files put before each mail
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_WORD_RUN = re.compile(rf"{_WORD.pattern}(?:\s*{_WORD.pattern})*")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.DOTALL)
_NUMBERED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_MAX_VALUE = 16_384
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")


@dataclass(frozen=True)
class Headers:
    """Fields in order; a value holds each byte as one character (Latin-1), unfolded."""

    fields: tuple[tuple[str, str], ...]
    defects: tuple[str, ...] = ()
    charset: str = ""
    """The body's, in which some programs write headers without saying so."""

    def all(self, name: str) -> list[str]:
        """Return every value of the field, topmost first."""
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> str:
        """Return the topmost value of the field, or an empty text."""
        return next(iter(self.all(name)), "")

    def text(self, name: str, limit: int) -> str:
        """Return the topmost value as readable text on one line of at most `limit` characters."""
        return decode_words(self.first(name), limit, self.charset)

    def token(self, name: str) -> str:
        """Return what stands before the first `;` of the topmost value, in lower case."""
        return self.first(name).split(";", 1)[0].split("(", 1)[0].strip().lower()

    def parameters(self, name: str) -> dict[str, str]:
        """Return the parameters of the topmost value, decoded (RFC 2231 pieces joined)."""
        return dict(_parameters(self.first(name)))


def split_headers(block: bytes) -> tuple[Headers, bytes]:
    """Read a header block (newlines are `\\n`); return it and the lines that are body after all."""
    lines = block.split(b"\n")
    last = max((at for at, line in enumerate(lines) if _STRUCTURAL.match(line)), default=-1)
    fields: list[list[bytes]] = []
    defects: list[str] = []
    for at, line in enumerate(lines):
        if _FIELD.match(line):
            fields.append([line])
        elif fields and line[:1] in {b" ", b"\t"}:
            fields[-1].append(line)
        elif at > last and line:
            defects.append("The headers end without an empty line.")
            return Headers(tuple(_read(fields)), tuple(defects)), b"\n".join(lines[at:])
        elif at or not _ENVELOPE.match(line):
            defects.append("A line among the headers is no header; it was skipped.")
    return Headers(tuple(_read(fields)), tuple(defects)), b""


def _read(fields: list[list[bytes]]) -> Iterator[tuple[str, str]]:
    for lines in fields:
        field = _FIELD.match(b" ".join(line.strip(b" \t") for line in lines))
        if field:
            value = field[2][:_MAX_VALUE]
            yield field[1].decode("ascii").lower(), value.decode("latin-1").strip()


def message_ids(value: str) -> tuple[str, ...]:
    """Return every id of a mail in a value, in order, each with its brackets."""
    found = _MESSAGE_ID.findall(value)
    return tuple(f"<{one}>" for one in found if one.isascii() and one.isprintable())


def decode_words(value: str, limit: int, charset: str = "") -> str:
    """Return a header value (one byte per character) as text, its encoded words decoded.

    Source of the form: RFC 2047. A word that cannot be decoded stays as it is. Raw bytes are UTF-8
    if they can be, else in `charset`.
    """
    raw = value.encode("latin-1")
    text = decode(raw, charset if not raw.isascii() and not is_utf8(raw) else None)[0]
    return one_line(_WORD_RUN.sub(lambda run: _decode_run(run[0]), text), limit)


def _decode_run(run: str) -> str:
    # Neighbours of one charset are joined first: senders split characters between two words.
    parts: list[tuple[str, bytes]] = []
    for charset, encoding, payload in _WORD.findall(run):
        name = charset.split("*", 1)[0].lower()
        raw = payload.encode("utf-8", "replace")
        decoded = from_base64(raw)[0] if encoding in "bB" else from_quoted_printable(raw, word=True)
        if parts and parts[-1][0] == name:
            decoded = parts.pop()[1] + decoded
        parts.append((name, decoded))
    return "".join(decode(raw, name)[0] for name, raw in parts)


def _parameters(value: str) -> Iterator[tuple[str, str]]:
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, raw in _PARAMETER.findall(value):
        numbered = _NUMBERED.fullmatch(name.lower())
        if numbered:
            piece = (int(numbered[2] or 0), bool(numbered[3]), _unquote(raw))
            pieces.setdefault(numbered[1], []).append(piece)
    for name, found in pieces.items():
        yield name, _join_pieces(found)


def _join_pieces(pieces: list[tuple[int, bool, str]]) -> str:
    if not any(extended for _, extended, _ in pieces):
        return "".join(text for _, _, text in _in_order(pieces))
    charset = ""
    raw = b""
    for at, (_, extended, text) in enumerate(_in_order(pieces)):
        if extended and not at and text.count("'") > 1:
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 - the rest is the value
        raw += unquote_to_bytes(text.encode("latin-1")) if extended else text.encode("latin-1")
    return decode(raw, charset or None)[0].encode("utf-8", "replace").decode("latin-1")


def _in_order(pieces: list[tuple[int, bool, str]]) -> list[tuple[int, bool, str]]:
    # Of two pieces with one number the first counts, and the encoded form before the plain one.
    ordered = sorted(pieces, key=lambda piece: (piece[0], not piece[1]))
    return [piece for at, piece in enumerate(ordered) if not at or piece[0] != ordered[at - 1][0]]


def _unquote(raw: str) -> str:
    raw = raw.strip()
    if not raw.startswith('"'):
        return raw.split("(", 1)[0].strip() if " (" in raw else raw
    # Only what a quote or a backslash needs: some programs write `C:\name` as it stands.
    return re.sub(r"\\([\"\\])", r"\1", raw[1:].removesuffix('"'))
