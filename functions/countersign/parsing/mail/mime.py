"""The tree of parts of a mail, within bounds on size, number, depth and header length."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from countersign.domain.errors import Quarantined
from countersign.parsing.mail.headers import (
    MAX_HEADER_BYTES,
    Headers,
    base64_size,
    decode_words,
    from_base64,
    from_quoted_printable,
    split_headers,
)
from countersign.parsing.text import unix_lines

MAX_BYTES = 41_943_040  # what Amazon SES accepts for one inbound mail, encoded
MAX_PARTS = 1_000
MAX_DEPTH = 50
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
# A delimiter line of a multipart whose boundary is not declared: a field of a part follows it.
_LIKELY_DELIMITER = re.compile(
    rb"^--(\S[^\n]{0,200}?)[ \t]*\n(?=content-)", re.IGNORECASE | re.MULTILINE
)
_AFTER_DELIMITER = re.compile(rb"(--)?[ \t]*(?:\n|\Z)")
_SPOKEN = re.compile(rb"\s*(?=[^\n]{0,300}[^A-Za-z0-9+/=\s])(?:[^\s]{1,30} +){3}[^\s]")
"""How words look on a line, and nothing that is encoded."""
_NAME_CHARACTERS = 255
_NO_LETTER = re.compile(r"[^a-z0-9]")
_ENCODINGS = {
    **dict.fromkeys(("quotedprintable", "quotedprintible", "qp", "q"), "quoted-printable"),
    **dict.fromkeys(("7bits", "8bits", "utf8", "usascii", "plain", "text", "identity"), "8bit"),
    **dict.fromkeys(("uuencode", "xuuencode", "uue", "xuue"), "8bit"),  # cut out of the text
    "b64": "base64",
}
"""What senders write, without signs, for the encodings that there are."""


@dataclass(frozen=True)
class MimePart:
    """One node of the tree: its headers, its still encoded body, and its parts if it has any."""

    headers: Headers
    body: bytes
    parts: tuple["MimePart", ...] = ()
    content_type: str = "text/plain"

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Return the parameters of Content-Type, one byte per character."""
        return self.headers.parameters("content-type")

    @property
    def name(self) -> str | None:
        """Return the file name that the sender gave, as text; never a path to use."""
        given = self.headers.parameters("content-disposition").get("filename")
        return decode_words(given or self.parameters.get("name", ""), _NAME_CHARACTERS) or None

    @property
    def is_attachment(self) -> bool:
        """Say whether the sender gave this part as a file and not as text to be read."""
        return self.headers.token("content-disposition") == "attachment"

    @property
    def encoding(self) -> str:
        """Return the Content-Transfer-Encoding in lower case, by its usual name."""
        given = _NO_LETTER.sub("", self.headers.token("content-transfer-encoding"))
        return _ENCODINGS.get(given, given)

    @property
    def size(self) -> int:
        """Return the size in bytes after decoding, without decoding."""
        return base64_size(self.body) if self.encoding == "base64" else len(self.body)

    def decoded(self, limit: int) -> tuple[bytes, str | None]:
        """Undo the transfer encoding of the first `limit` encoded bytes; also say what was wrong.

        An encoding that we do not know is left as it is.
        """
        raw = self.body[:limit]
        if self.encoding == "base64" and _SPOKEN.match(raw):
            return raw, "A part says that it is base64, and is none; it was read as it stands."
        if self.encoding == "base64":
            plain, damaged = from_base64(raw)
            return plain, "Damaged base64 was repaired." if damaged else None
        if self.encoding == "quoted-printable":
            return from_quoted_printable(raw), None
        return raw, None


@dataclass
class _Walk:
    """What is counted and noted while the tree is read."""

    buffer: bytes
    parts: int = 0
    defects: list[str] = field(default_factory=list)


def read_tree(raw: bytes) -> tuple[MimePart, tuple[str, ...]]:
    """Read the bytes of a mail as a tree of parts; also return what had to be repaired.

    Attached mails (message/…) stay closed. Raises Quarantined when a bound is exceeded.
    """
    if len(raw) > MAX_BYTES:
        raise Quarantined(f"The mail is larger than {MAX_BYTES} bytes.")
    text = unix_lines(raw.removeprefix(b"\xef\xbb\xbf")).lstrip(b"\n")
    walk = _Walk(b"\n" + text)
    root = _read_part(walk, 1, len(walk.buffer), 0, "text/plain")
    return root, tuple(dict.fromkeys(walk.defects))


def _read_part(walk: _Walk, start: int, end: int, depth: int, default: str) -> MimePart:
    walk.parts += 1
    if walk.parts > MAX_PARTS or depth > MAX_DEPTH:
        raise Quarantined(
            f"The mail has more than {MAX_PARTS} parts or nests them deeper than {MAX_DEPTH}."
        )
    headers, body_start = _read_headers(walk, start, end)
    content_type = _content_type(headers, default)
    if not content_type.startswith("multipart/"):
        return MimePart(headers, walk.buffer[body_start:end], (), content_type)
    inner = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    spans = _split(walk, headers, body_start, end)
    parts = tuple(_read_part(walk, *span, depth + 1, inner) for span in spans)
    if parts:
        return MimePart(headers, b"", parts, content_type)
    walk.defects.append("A multipart has no parts; it was read as text.")
    return MimePart(headers, walk.buffer[body_start:end], (), "text/plain")


def _read_headers(walk: _Walk, start: int, end: int) -> tuple[Headers, int]:
    if walk.buffer.startswith(b"\n", start, end):  # no headers at all
        return Headers(()), start + 1
    block_end = walk.buffer.find(b"\n\n", start, end)
    block_end = end if block_end < 0 else block_end
    if block_end - start > MAX_HEADER_BYTES:
        raise Quarantined(f"The headers are longer than {MAX_HEADER_BYTES} bytes.")
    headers, rest = split_headers(walk.buffer[start:block_end])
    walk.defects.extend(headers.defects)
    if rest:
        return headers, block_end - len(rest)
    return headers, min(block_end + 2, end)


def _content_type(headers: Headers, default: str) -> str:
    given = headers.token("content-type").replace(" ", "")
    if not given:
        return default
    return given if _TYPE.fullmatch(given) else "text/plain"


def _split(walk: _Walk, headers: Headers, start: int, end: int) -> list[tuple[int, int]]:
    declared = headers.parameters("content-type").get("boundary", "").rstrip()
    spans = _bounded(_spans(walk, declared.encode("latin-1"), start, end)) if declared else []
    if spans:
        return spans
    guess = _LIKELY_DELIMITER.search(walk.buffer, start, end)
    if not guess:
        return []
    walk.defects.append("A multipart names no boundary that occurs; it was guessed.")
    return _bounded(_spans(walk, guess[1], start, end))


def _bounded(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    return list(islice(spans, MAX_PARTS + 1))


def _spans(walk: _Walk, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each part; text before the first and after the last is skipped."""
    opened: int | None = None
    for line_start, after, closes in _delimiters(walk.buffer, boundary, start, end):
        if opened is not None:
            yield opened, max(line_start, opened)
        opened = None if closes else after
    if opened is not None:
        walk.defects.append("A multipart is not closed.")
        yield opened, end


def _delimiters(
    buffer: bytes, boundary: bytes, start: int, end: int
) -> Iterator[tuple[int, int, bool]]:
    mark = b"\n--" + boundary
    at = buffer.find(mark, start - 1, end)
    while at >= 0:
        after = _AFTER_DELIMITER.match(buffer, at + len(mark), end)
        if after:
            yield at, after.end(), bool(after[1])
        at = buffer.find(mark, at + len(mark) - 1, end)
