"""The lines by which mail programs introduce what they quote: "On …, Ann <a@…> wrote:"."""
# ruff: noqa: RUF001 - the letters of other alphabets are meant

import re

from countersign.parsing.mail.phrases import WROTE, WROTE_UNSPACED

_QUOTE = re.compile(r" ?>(?!From )")
ENDS = (":", "\uff1a")
_VERB = re.compile(rf"(?<!\w)(?:{WROTE})(?!\w)|(?:{WROTE_UNSPACED})", re.IGNORECASE)
_ADDRESS = r"[<(\[]*(?:mailto:)?[\w.+'-]++@[\w.-]+[>)\]]*"
_YEAR, _TIME = re.compile(r"\d{4}"), re.compile(r"\d[:.]\d\d")
_WHOSE = re.compile(rf"\s<\s?{_ADDRESS}\s*[:\uff1a]$")
# Between the verb and the colon stand a name, an address or a date, and no clause of the sender's.
_NAME = re.compile(
    rf"(?:[\s,.]++|{_ADDRESS}|<[^<>]*+>|\([^()]*+\)|[\"'“”„«»*|/-]++"
    r"|[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯΑ-Ω][\w.'’-]*+|\d[\w.:/-]*+"
    r"|(?:von|van|de|der|den|des|la|le|di|da|do|dos|del|el|y|e|bin|al|on|op|am|um|om|at|kl|uhr|h|às"
    r"|a las|alle ore|il|en|em|dne|v|in message)\b)*+"
)
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:i|we|ich|wir|je|nous|yo|nosotros|io|noi|eu|nós|ik|wij|jag|my|я|мы)(?!\w)|j['’]ai",
    re.IGNORECASE,
)
_SAID = re.compile(r"\d|@")
_MOST_LINES = 4
_MOST_CHARACTERS = 400


def found_in(lines: list[str]) -> dict[int, int]:
    """Return {line: how many lines of its attribution are left} for every line of one."""
    found: dict[int, int] = {}
    for last, line in enumerate(lines):
        if line.rstrip().endswith(ENDS) and _may_be_one(lines, last):
            size = _size(lines, last)
            found.update({last - size + 1 + step: size - step for step in range(size)})
    return found


def _may_be_one(lines: list[str], last: int) -> bool:
    """Whether a date or an address is near: most lines that end in a colon have neither."""
    return any(map(_SAID.search, lines[max(0, last - _MOST_LINES + 1) : last + 1]))


def is_quote(line: str) -> bool:
    """Whether a mail program, or its user, marked the line as somebody else's."""
    return bool(_QUOTE.match(line))


def is_next_quoted(lines: list[str], at: int) -> bool:
    """Whether the next line that says something, from `at` on, is marked so."""
    return is_quote(next((line for line in lines[at : at + 3] if line.strip()), ""))


def _size(lines: list[str], last: int) -> int:
    """Return how many lines, up to `last`, one attribution takes; 0 when there is none.

    Programs wrap it anywhere: it grows upwards until its brackets close and it names a date.
    """
    quoted = is_next_quoted(lines, last + 1)
    fits = 0
    for size in range(1, min(_MOST_LINES, last + 1) + 1):
        first = lines[last - size + 1]
        text = " ".join(line.lstrip("> ").rstrip() for line in lines[last - size + 1 : last + 1])
        if not first.strip("> ") or len(text) > _MOST_CHARACTERS:
            break
        if is_quote(first) is not is_quote(lines[last]):
            break
        is_dated = bool(_YEAR.search(text) or _TIME.search(text))
        if _is_attribution(text, quoted=quoted) and (quoted or is_dated):
            fits = size
            if is_dated:
                break
    return fits


def _is_attribution(text: str, *, quoted: bool) -> bool:
    if text.count("<") != text.count(">"):
        return False
    if (
        _YEAR.search(text)
        and _TIME.search(text)
        and (_WHOSE.search(text) or (quoted and "@" in text))
    ):
        return True  # some languages write no verb, and the verbs of all are not listed
    said = list(_VERB.finditer(text))
    if not said:
        return False
    is_name = _NAME.fullmatch(text[said[-1].end() :].rstrip(" :\uff1a"))
    return bool(is_name) and ("@" in text or not _FIRST_PERSON.search(text))
