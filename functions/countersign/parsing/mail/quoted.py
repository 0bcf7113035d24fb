"""What the sender wrote now, apart from the history below it and the signature.

Our own, because mail-parser-reply takes the `From: Hamburg` of a transport for an earlier mail and
drops it with all that follows.
"""

import re
from dataclasses import dataclass

from countersign.parsing.mail.phrases import (
    FROM_FIELD,
    ORIGINAL_MESSAGE,
    OTHER_FIELDS,
    SENT_FROM,
    WROTE,
)

_MARKER = re.compile(
    rf"[ >*]*(?:[-_=]{{2,40}}\s*(?:{ORIGINAL_MESSAGE})\s*[-_=]{{0,40}}"
    r"|begin forwarded message:|inizio messaggio inoltrato:)\s*",
    re.IGNORECASE,
)
_COLON = "[:\uff1a]"
_FROM_LINE = re.compile(rf"[ >*]*(?:{FROM_FIELD})\s*\*?{_COLON}\*?\s*\S.*", re.IGNORECASE)
_FIELD_LINE = re.compile(rf"[ >*]*(?:{OTHER_FIELDS})\s*\*?{_COLON}.*", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    rf"(?=.*(?:\d|@)).*(?:(?<!\w)(?:{WROTE})(?!\w)).{{0,120}}{_COLON}\s*", re.IGNORECASE
)
_DATED = re.compile(r".*(?:\d{4}|\d[:.]\d\d|@).*")
_QUOTE = re.compile(r" ?>(?!From )")
_RULE = re.compile(r"\s*[_-]{10,100}\s*")
_SENT_FROM = re.compile(rf"\W{{0,3}}(?:{SENT_FROM})\b.{{0,60}}", re.IGNORECASE)
_SEPARATOR = re.compile(r"-- ?|__")
_EMPTY_LINES = re.compile(r"\n{3,}")
_MAX_SIGNATURE_LINES = 20
_ATTRIBUTION_LINES = 3
_ATTRIBUTION_CHARACTERS = 400
_FIELD_BLOCK_LINES = 6
_FIELDS_NEEDED = 2


@dataclass(frozen=True)
class Split:
    """The three parts of a text; together they hold every line that says something."""

    new: str
    quoted: str = ""
    signature: str = ""


def split(text: str) -> Split:
    """Split the text of a mail into what is new, the quoted history, and the signature.

    When nothing stands above the history (a forwarded mail), all of it counts as new; so does a
    signature that stands alone.
    """
    lines = text.split("\n")
    attributions = _attributions(lines)
    cut = next((at for at in range(len(lines)) if _starts_history(lines, at, attributions)), None)
    above = lines[:cut]
    is_quote = [bool(_QUOTE.match(line)) or at in attributions for at, line in enumerate(above)]
    own = [line for line, quote in zip(above, is_quote, strict=True) if not quote]
    history = [line for line, quote in zip(above, is_quote, strict=True) if quote]
    if not _joined(own):
        return Split(text.strip("\n"))
    end = _signature_start(own)
    new, signature = _joined(own[:end]), _joined(own[end:])
    quoted = _joined(history + lines[len(above) :])
    return Split(new, quoted, signature) if new else Split(signature, quoted)


def _joined(lines: list[str]) -> str:
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _starts_history(lines: list[str], at: int, attributions: dict[int, int]) -> bool:
    """Say whether everything from this line on is history, without quote marks."""
    if _MARKER.fullmatch(lines[at]) or _starts_field_block(lines, at):
        return True
    if _RULE.fullmatch(lines[at]):
        below = next((n for n in range(at + 1, min(at + 3, len(lines))) if lines[n].strip()), at)
        return below > at and _starts_field_block(lines, below)
    size = attributions.get(at)
    return size is not None and not _next_is_quote(lines, at + size)


def _starts_field_block(lines: list[str], at: int) -> bool:
    """Say whether a copied header (From, Sent, To, Subject) starts here."""
    if not _FROM_LINE.fullmatch(lines[at]):
        return False
    following = [line for line in lines[at + 1 : at + 1 + _FIELD_BLOCK_LINES] if line.strip()]
    return sum(bool(_FIELD_LINE.fullmatch(line)) for line in following) >= _FIELDS_NEEDED


def _attributions(lines: list[str]) -> dict[int, int]:
    """Return {first line: 1} for every line of each "on … wrote:", which may be wrapped."""
    found: dict[int, int] = {}
    for last, line in enumerate(lines):
        if line.rstrip().endswith((":", "\uff1a")):
            size = _attribution_size(lines, last)
            found.update({last - size + 1 + step: size - step for step in range(size)})
    return found


def _attribution_size(lines: list[str], last: int) -> int:
    """Return how many lines, up to `last`, one attribution takes; 0 when there is none."""
    for size in range(1, min(_ATTRIBUTION_LINES, last + 1) + 1):
        text = " ".join(line.strip() for line in lines[last - size + 1 : last + 1])
        if len(text) > _ATTRIBUTION_CHARACTERS or not lines[last - size + 1].strip():
            return 0
        if _ATTRIBUTION.fullmatch(text) and (_DATED.match(text) or _next_is_quote(lines, last + 1)):
            return size
    return 0


def _next_is_quote(lines: list[str], at: int) -> bool:
    line = next((line for line in lines[at : at + 3] if line.strip()), "")
    return bool(_QUOTE.match(line))


def _signature_start(lines: list[str]) -> int:
    """Return the index of the line where the signature starts, or the number of lines."""
    floor = max(len(lines) - _MAX_SIGNATURE_LINES, 0)
    for at in range(floor, len(lines)):
        if _SEPARATOR.fullmatch(lines[at]) or _SENT_FROM.fullmatch(lines[at]):
            return at
    return len(lines)
