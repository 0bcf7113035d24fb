"""What the sender wrote now, apart from the history below it and the signature.

Our own, because mail-parser-reply takes the `From: Hamburg` of a transport for an earlier mail and
drops it with all that follows. Nothing is dropped here: history goes into a part of its own, and
what only may be history stays in the text, each line behind the mark `> `.
"""

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from countersign.parsing.mail.attributions import ENDS, is_next_quoted, is_quote
from countersign.parsing.mail.attributions import found_in as attributions_in
from countersign.parsing.mail.phrases import (
    ANSWER_ABOVE,
    BEGIN_FORWARDED,
    DEVICE,
    FORWARDED_MESSAGE,
    FROM_FIELD,
    GREETING,
    ORIGINAL_MESSAGE,
    OTHER_FIELDS,
    SENT_FROM,
    SUBJECT_FIELD,
)

Kin = Literal["reply", "forward", ""]
"""What a mail is to an earlier one, by its header."""
Below = Literal["history", "doubtful", "forwarded"]

MARK = "> "
_DASHES = r"[-_=]{2,40}"
_ORIGINAL = re.compile(
    rf"[ >*]*{_DASHES}\s*(?:{ORIGINAL_MESSAGE})\s*[-_=]{{0,40}}\s*"
    rf"|[ >*]*{_DASHES}\s*on \w.{{10,200}} wrote\s*{_DASHES}\s*|\s*##-.{{8,200}}-##\s*"
    rf"|\W*(?:{ANSWER_ABOVE})\W*",
    re.IGNORECASE,
)
"""The last three: Zoho's line, and those above which a help desk asks to answer."""
_FORWARDED = re.compile(
    rf"[ >*]*(?:{_DASHES}\s*(?:{FORWARDED_MESSAGE})\s*[-_=]{{0,40}}|(?:{BEGIN_FORWARDED})\s*:)\s*",
    re.IGNORECASE,
)
_COLON = "[:\uff1a]"
_FROM_LINE = re.compile(rf"[ >*]*(?:{FROM_FIELD})\s*\*?{_COLON}\*?\s*\S.*", re.IGNORECASE)
_SUBJECT_LINE = re.compile(rf"[ >*]*(?:{SUBJECT_FIELD})\s*\*?{_COLON}.*", re.IGNORECASE)
_FIELD_LINE = re.compile(rf"[ >*]*(?:{OTHER_FIELDS})\s*\*?{_COLON}.*", re.IGNORECASE)
FIELD = re.compile(
    rf"[ >*]*(?:{FROM_FIELD}|{SUBJECT_FIELD}|{OTHER_FIELDS})\s*\*?{_COLON}.*", re.IGNORECASE
)
"""A line of a copied header."""
_STAMP = re.compile(r"@|\d[:.h]\d\d(?![.\d])")
_RULE = re.compile(r"\s*[_-]{10,100}\s*|\s*[_-]{2,40}[ \t]*[^\W\d_][^-_]{2,60}[_-]{2,40}\s*")
"""A line, or one with a word in it: what the word is, the copied header below says."""
_SENT_FROM = re.compile(rf"\W{{0,3}}(?:{SENT_FROM})\b(?:[^:?]|:(?=//)){{0,60}}", re.IGNORECASE)
_DEVICE = re.compile(rf"(?<!\w)(?:{DEVICE})(?![a-zà-ÿ])", re.IGNORECASE)
_GREETING = re.compile(rf"\W*(?:{GREETING})(?!\w)[^\n]{{0,60}}", re.IGNORECASE)
_SEPARATOR = re.compile(r"-- ?|__")
_POSTSCRIPT = re.compile(r"\W?p\.? ?s\.?\s*[:.,)-].*|nb\s*:.*|(?-i:PS)\s.*", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_MAX_SIGNATURE_LINES = 20
_AFTER_SENT_FROM = 3
_FIELD_BLOCK_LINES = 6
_FIELDS_NEEDED = 2
_FIELDS_ABOVE = 2
"""How many fields may stand above a copied From."""


@dataclass(frozen=True)
class Split:
    """The parts of a text; together they hold every line that says something."""

    new: str
    """The sender's own words and what they pass on. A line behind `> ` may be history."""
    quoted: str = ""
    signature: str = ""
    forwarded: str = ""
    """The end of `new` that they pass on, from its marker or copied header on."""


def split(text: str, kin: Kin = "") -> Split:
    """Split the text of a mail into what is new, the quoted history, and the signature.

    What is forwarded is new: it is what the mail is sent for. Copied headers and attributions in a
    mail that is no reply are doubtful, and so are quoted lines that nothing introduces. A signature
    that stands alone counts as new.
    """
    lines = text.split("\n")
    attributions = attributions_in(lines)
    cut, below = _cut(lines, attributions, kin)
    own, history = _apart(lines[:cut], attributions, kin)
    rest = lines[cut:]
    end, resumed = _signature(own)
    signature = _joined(own[end:resumed])
    passed_on = _joined(_unquoted(rest)) if below == "forwarded" else ""
    doubtful = _joined(_marked(rest)) if below == "doubtful" else ""
    written = (_joined([*own[:end], "", *own[resumed:]]), doubtful, passed_on)
    new = "\n\n".join(part for part in written if part)
    quoted = _joined([*history, *rest] if below == "history" else history)
    return Split(new, quoted, signature, passed_on) if new else Split(signature, quoted)


def _cut(lines: list[str], attributions: dict[int, int], kin: Kin) -> tuple[int, Below]:
    """Where what is not written now begins without quote marks, and what it is."""
    for at, line in enumerate(lines):
        if is_quote(line) and kin != "forward":
            continue
        if _FORWARDED.fullmatch(line):
            return at, "forwarded"
        if _is_copied(lines, at):
            is_marked = bool(_ORIGINAL.fullmatch(line) or _RULE.fullmatch(line))
            return at, _kind_of(kin, sure=is_marked, stamped=_is_stamped(lines, at))
        size = attributions.get(at)
        if size and not is_next_quoted(lines, at + size):
            names_address = "@" in "".join(lines[at : at + size])
            return at, "history" if kin == "reply" and names_address else "doubtful"
    return len(lines), "history"


def _kind_of(kin: Kin, *, sure: bool, stamped: bool) -> Below:
    if kin == "forward":
        return "forwarded"
    return "history" if sure or (kin == "reply" and stamped) else "doubtful"


def _is_stamped(lines: list[str], at: int) -> bool:
    """Whether a copied header has an address or a time: a transport's `From: Lyon` has none."""
    return bool(_STAMP.search("\n".join(lines[at : at + _FIELD_BLOCK_LINES])))


def _is_copied(lines: list[str], at: int) -> bool:
    """Whether a program's mark of an earlier mail stands here: a line, a rule, a copied header."""
    if _ORIGINAL.fullmatch(lines[at]) or _starts_field_block(lines, at):
        return True
    if not _RULE.fullmatch(lines[at]):
        return False
    below = next((n for n in range(at + 1, min(at + 3, len(lines))) if lines[n].strip()), at)
    return below > at and _starts_field_block(lines, below)


def _starts_field_block(lines: list[str], at: int) -> bool:
    """Whether a copied header (From, Sent, To, Subject) starts here. A transport has From, To and
    Date too: only an address or a subject makes it a mail's. Some programs begin with Sent."""
    if not FIELD.fullmatch(lines[at]):
        return False
    head = [line for line in lines[at : at + 1 + _FIELD_BLOCK_LINES] if line.strip()]
    top = takewhile(FIELD.fullmatch, head[: _FIELDS_ABOVE + 1])
    author = next((line for line in top if _FROM_LINE.fullmatch(line)), "")
    subjects = sum(bool(_SUBJECT_LINE.fullmatch(line)) for line in head)
    others = sum(bool(_FIELD_LINE.fullmatch(line)) for line in head)
    enough = subjects + others >= _FIELDS_NEEDED and (bool(subjects) or "@" in author)
    return bool(author) and enough


def _apart(lines: list[str], attributions: dict[int, int], kin: Kin) -> tuple[list[str], list[str]]:
    """The lines that the sender wrote, and the quoted ones with their attributions.

    Quoted lines that nothing introduces stay in a mail that is no reply; in a reply they do where
    they list what the line above announces.
    """
    own: list[str] = []
    history: list[str] = []
    introduced = listed = False
    for above, (at, line) in zip(["", *lines], enumerate(lines), strict=False):
        introduced = introduced or at in attributions
        if not is_quote(above):
            listed = kin != "reply" or above.rstrip().endswith(ENDS)
        is_history = at in attributions or (is_quote(line) and (introduced or not listed))
        (history if is_history else own).append(line)
    return own, history


def _marked(lines: list[str]) -> list[str]:
    return [f"{MARK}{line}" if line and not is_quote(line) else line for line in lines]


def _unquoted(lines: list[str]) -> list[str]:
    """Without the marks that some programs put before every line of what they forward."""
    said = [line for line in lines[1:] if line.strip()]
    if not said or not all(map(is_quote, said)):
        return lines
    return [line.removeprefix(">").removeprefix(" ") if is_quote(line) else line for line in lines]


def _joined(lines: list[str]) -> str:
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _signature(lines: list[str]) -> tuple[int, int]:
    """Where the signature starts and where a postscript resumes; both the end where there is none.

    The last separator counts, and none with a question below it, or below a greeting alone: others
    part the text.
    """
    floor = max(len(lines) - _MAX_SIGNATURE_LINES, 0)
    starts = [at for at in range(floor, len(lines)) if _starts_signature(lines, at)]
    start = starts[-1] if starts else len(lines)
    if starts and _is_sent_from(lines, start) and _SEPARATOR.fullmatch(lines[starts[0]]):
        start = starts[0]
    below = lines[start:]
    if _GREETING.fullmatch(_joined(lines[:start])) or _asks(below):
        return len(lines), len(lines)
    script = next((at for at, line in enumerate(below) if _POSTSCRIPT.fullmatch(line)), len(below))
    return start, start + script


def _asks(lines: list[str]) -> bool:
    return any(line.rstrip().endswith(("?", "\uff1f")) for line in lines)


def _starts_signature(lines: list[str], at: int) -> bool:
    return bool(_SEPARATOR.fullmatch(lines[at])) or _is_sent_from(lines, at)


def _is_sent_from(lines: list[str], at: int) -> bool:
    """Whether a program says here from which device it sends, at the end of the text."""
    if not _SENT_FROM.fullmatch(lines[at]) or not _DEVICE.search(lines[at]):
        return False
    return sum(bool(line.strip()) for line in lines[at + 1 :]) <= _AFTER_SENT_FROM
