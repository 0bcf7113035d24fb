"""Text from outside without what a reader cannot see."""

import re
import unicodedata

# Controls but tab and newline; zero-width and soft hyphens; bidi marks, embeddings and isolates;
# interlinear and tag characters; variation selectors but the emoji one; halves of a surrogate pair.
# And the sign that stands between the parts of a source: who writes it would make a part of theirs.
# Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u241e\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\U0001d173-\U0001d17a\ud800-\udfff]"
)
_RETURNS = re.compile(rb"\r+\n?")
_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LONG_RUN = re.compile("[\u0300-\U0010ffff]{31}")
_MAX_MARKS = 30  # Unicode's stream-safe limit (UAX #15); NFC is quadratic in a longer run


def unix_lines(raw: bytes) -> bytes:
    """Return the bytes with every line end (CRLF, CR CR LF, CR) as one LF."""
    plain = raw.replace(b"\r\n", b"\n")
    if b"\r" not in plain:
        return plain
    return _RETURNS.sub(lambda run: b"\n" if run[0].endswith(b"\n") else b"\n" * len(run[0]), plain)


def clean(text: str) -> str:
    """Return NFC text with `\\n` line ends, plain spaces, and no invisible character."""
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", text))
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _few_marks(_SPACES.sub(" ", text)))


def one_line(text: str, limit: int) -> str:
    """Return cleaned text on one line with single spaces, at most `limit` characters."""
    return " ".join(clean(text).split())[:limit]


def tidy(text: str) -> str:
    """Return cleaned text without trailing spaces, with at most one empty line in a row."""
    lines = [line.rstrip() for line in clean(text).split("\n")]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip("\n")


def _few_marks(text: str) -> str:
    if not _LONG_RUN.search(text):
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)
