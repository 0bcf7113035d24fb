"""Who said what, and when, whichever file it stands in.

Every word of the file that somebody said is in a line; what is left out, and what had to be
repaired, is counted in `defects`. webvtt-py 0.6 and srt 3.5 read the two subtitle formats too, and
leave out what they do not understand without saying so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

from countersign.parsing.charsets import decode
from countersign.parsing.json import NotJson, loads
from countersign.parsing.sniff import sniff
from countersign.parsing.text import clean, one_line
from countersign.parsing.transcripts.services import said_by_service
from countersign.parsing.transcripts.subtitles import is_subtitled, subtitles


class NotTranscript(ValueError):  # noqa: N818 - it is the outcome that Prepare tells
    """The bytes hold nothing that somebody said; the sentence says what they hold."""


@dataclass(frozen=True)
class Cue:
    """What one person said in one go. Times in seconds from the beginning, None where the file has
    none; `speaker` empty where it does not say."""

    text: str
    speaker: str = ""
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Transcript:
    """A call. `contact` is the address of the customer, where the file states one."""

    lines: tuple[Cue, ...]
    title: str = ""
    contact: str = ""
    language: str = ""
    defects: tuple[str, ...] = ()


LINE_WORDS = 60
"""A line is what can be cited: longer turns are cut at the ends of sentences."""
_UNSPACED_SIGNS = 4
"""So many signs of a script without spaces count as a word."""
_CLOCK = r"[\[(<]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d+)?[\])>]?"
_NAME = r"[^\W\d_][^:\uff1a\[\]<>!?;\"\u201c\u201d\u2026\u3002\uff01\uff1f\u061f\u061b\n]{0,58}?"
_HEAD = re.compile(
    rf"(?P<before>{_CLOCK})?[\s>*\u00bb\u2013\u2014-]*"
    rf"(?:(?P<name>{_NAME})\s*(?P<after>{_CLOCK})?\s?(?::\*{{0,2}}(?:\s+|$)|\uff1a\s*)"
    rf"|(?P<alone>{_NAME})\s+(?P<then>{_CLOCK})\s*$)"
)
"""Who begins to speak: `Ann: …`, `[0:03] Ann: …`, `>> ANN: …`, `**Ann:** …`, `Ann (0:03): …`,
`Ann  0:03` on a line of its own, with the full-width colon too. A name may have marks that are no
letters."""
_TIMED = re.compile(rf"({_CLOCK})\s*")
_STATED = re.compile(r"(title|contact|language)\s*:\s*(\S.*)", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[\u3002\uff01\uff1f])")
_WORD = re.compile(r"[^\W_]+(?:[\u2019'.-][^\W_]+)*")
_TWICE = 2
_DEPTH = 12
"""Of a service's JSON."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(body: bytes) -> Transcript:
    """The call in a file. Raises NotTranscript."""
    found = sniff(body)
    if found == "json":
        return _from_json(body)
    if found not in {"text", "mail"}:
        raise NotTranscript(f"This is no text that can be read ({found}).")
    text, wrong = decode(body, "utf-16" if body.startswith(_UTF16) else None)
    text = clean(text.replace("\x00", "\ufffd"))
    stated, rest = _stated(text)
    if is_subtitled(text):
        cues, defects = subtitles(text)
        held = _speakers([Cue(*one) for one in cues])
    else:
        held, defects = list(_turns(rest)), []
    return _made(held, stated, [*([wrong] if wrong else []), *defects])


def words_of(text: str) -> int:
    """How many words a text has; of a script without spaces, four signs are one."""
    return sum(
        1 if one.isascii() or one[0] < "\u0e00" else -(-len(one) // _UNSPACED_SIGNS)
        for one in _WORD.findall(text)
    )


def _from_json(body: bytes) -> Transcript:
    try:
        held = loads(body, max_depth=_DEPTH)
    except NotJson as error:
        held = _json_lines(body)
        if held is None:
            raise NotTranscript(str(error)) from None
    rows, defects = said_by_service(held)
    top = held if isinstance(held, dict) else {}
    names = ("title", "contact", "language")
    stated = {name: top[name] for name in names if isinstance(top.get(name), str)}
    return _made([Cue(*row) for row in rows], stated, defects)


def _json_lines(body: bytes) -> Any:
    """The objects, where each line is one; None: it is no such file."""
    try:
        held = [loads(line, max_depth=_DEPTH) for line in body.splitlines() if line.strip()]
    except NotJson:
        return None
    return held if all(isinstance(one, dict) for one in held) else None


def _made(cues: Iterable[Cue], stated: dict[str, str], defects: Iterable[str]) -> Transcript:
    held = [replace(one, text=_plain(one.text), speaker=one_line(one.speaker, 60)) for one in cues]
    lines = tuple(_lines(one for one in held if one.text))
    if not lines:
        raise NotTranscript("Nothing in it is said by anybody.")
    times = [one.start for one in lines if one.start is not None]
    late = sum(later < earlier for earlier, later in pairwise(times))
    told = [f"Lines that begin before the one above them, and stay in their order: {late}."]
    return Transcript(
        lines=lines,
        title=one_line(stated.get("title", ""), 300),
        contact=one_line(stated.get("contact", ""), 254).lower(),
        language=one_line(stated.get("language", ""), 40),
        defects=(*defects, *(told if late else ())),
    )


def _plain(text: str) -> str:
    return " ".join(clean(text).split())


def _stated(text: str) -> tuple[dict[str, str], str]:
    """What heads the file, or stands in a note of WebVTT: `Contact: ada@example.com`."""
    stated: dict[str, str] = {}
    lines = text.split("\n")
    for at, line in enumerate(lines[:20]):
        found = _STATED.fullmatch(line.strip().removeprefix("NOTE").strip())
        if found:
            stated[found[1].lower()] = found[2].strip()
            lines[at] = ""
    return stated, "\n".join(lines)


def _turns(text: str) -> Iterator[Cue]:
    """Plain text: a paragraph, or a line that begins with a name, is a turn; a name or a time on a
    line of its own is that of what follows."""
    lines = [line.strip() for line in text.split("\n")]
    starts = sum(
        bool(line) and not before for before, line in zip(["", *lines], lines, strict=False)
    )
    names = _names(lines, starts)
    speaker, start, said, headed = "", None, list[str](), False
    for line in [*lines, ""]:
        opens = bool(line) and _name(line) in names
        if said and (not line or opens):
            yield Cue(" ".join(said), speaker, start)
            start, said, headed = None, [], False
        if line and not said:
            who, when, line = _opened(line, opens=opens)  # noqa: PLW2901 - what is left of it
            speaker = who if opens or not headed else speaker
            start = start if when is None and headed else when
            headed = not line
        if line:
            said.append(line)


def _names(texts: Iterable[str], starts: int) -> set[str]:
    """What heads two of the texts; or every name, where about half of the turns begin with one."""
    heads = Counter(_name(one) for one in texts)
    every = sum(count for name, count in heads.items() if name) * _TWICE >= starts
    return {name for name, count in heads.items() if name and (every or count >= _TWICE)}


def _opened(line: str, *, opens: bool) -> tuple[str, float | None, str]:
    """Who begins a turn, when, and what is left of its first line."""
    if opens and (head := _HEAD.match(line)):
        clock = head["before"] or head["after"] or head["then"]
        return _name(line), _seconds(clock) if clock else None, line[head.end() :]
    clocked = _TIMED.match(line)
    return "", _seconds(clocked[1]) if clocked else None, line[clocked.end() if clocked else 0 :]


def _name(line: str) -> str:
    # Most lines of a long file are no head, and none is without a colon.
    head = _HEAD.match(line) if ":" in line or "\uff1a" in line else None
    return (head["name"] or head["alone"]).strip(" ,-") if head else ""


def _seconds(clock: str) -> float:
    total = 0.0
    for part in clock.strip("[(<>)]").replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _speakers(cues: list[Cue]) -> list[Cue]:
    """Names that stand in the text of subtitles, at the beginning of any of its lines: what heads
    one line beside a name that heads two may be any word before a colon."""
    if any(one.speaker for one in cues):
        return cues
    lines = [line for one in cues for line in one.text.split("\n")]
    twice = {name for name, count in Counter(map(_name, lines)).items() if count >= _TWICE}
    named = twice - {""} or _names(lines, len(cues))
    return [piece for one in cues for piece in _without_names(one, named)]


def _without_names(cue: Cue, names: set[str]) -> Iterator[Cue]:
    speaker, said = "", list[str]()
    for line in cue.text.split("\n"):
        opens = _name(line) in names
        if opens and any(said):
            yield replace(cue, speaker=speaker, text="\n".join(said))
            said = []
        if opens:
            speaker, _, line = _opened(line, opens=True)  # noqa: PLW2901 - what is left of it
        said.append(line)
    yield replace(cue, speaker=speaker, text="\n".join(said))


def _lines(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Neighbouring cues of one speaker as one line, as long as it stays short; long ones cut."""
    for _, of_one in groupby(cues, key=lambda cue: cue.speaker):
        open_: Cue | None = None
        for cue in of_one:
            if open_ and _joins(open_, cue):
                ends = [one for one in (open_.end, cue.end) if one is not None]
                text = f"{open_.text} {cue.text}"
                open_ = replace(open_, text=text, end=max(ends, default=None))
                continue
            if open_:
                yield from _cut(open_)
            open_ = cue
        if open_:
            yield from _cut(open_)


def _joins(open_: Cue, cue: Cue) -> bool:
    """Whether it is short enough, and not of an earlier moment."""
    backwards = None not in (open_.start, cue.start) and cue.start < open_.start  # type: ignore[operator]
    return not backwards and words_of(open_.text) + words_of(cue.text) <= LINE_WORDS


def _cut(cue: Cue) -> Iterator[Cue]:
    """A long turn in pieces that end with a sentence, or after so many words without one. The times
    of a piece are the turn's: the file says no more."""
    held: list[str] = []
    count = 0
    for piece in (short for one in _END.split(cue.text) if one for short in _short(one)):
        many = words_of(piece)
        if held and count + many > LINE_WORDS:
            yield replace(cue, text=" ".join(held))
            held, count = [], 0
        held.append(piece)
        count += many
    if held:
        yield replace(cue, text=" ".join(held))


def _short(sentence: str) -> Iterator[str]:
    words = sentence.split(" ")
    for start in range(0, len(words), LINE_WORDS):
        yield " ".join(words[start : start + LINE_WORDS])
