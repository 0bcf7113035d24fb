"""A text in sentences that stand in it verbatim, and which of them say what it is about."""
# ruff: noqa: E501, RUF001 - patterns in many languages and scripts

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from countersign.extraction.patterns import amounts
from countersign.extraction.patterns.injection import order_in

_END = re.compile(
    r"(?<=[^\W\d_][^\W\d_\s][.!?])\s+(?=\W?[^\Wa-z_])|(?<=[\d)\]%€][.!?])\s+(?=\W?[A-ZÄÖÜÉ])|(?<=[。！？؟])\s*|\n\s*\n|\n(?=\s*[-*•]|[^\W\d_][^\W\d_ -]{1,19}:\s)"
)
_ABBREVIATION = re.compile(
    r"\b(?:tsd|tys|mio|mrd|nr|no|dr|mr|mrs|ms|prof|st|ca|approx|incl|inkl|zzgl|inc|ltd|co|corp|b|g|e|a|m|sr|sra|sig|mme|dott|dhr|mevr|"
    r"tel|ref|max|min|bzw|usw|etc|ud)\.$",
    re.IGNORECASE,
)  # fmt: skip
"""What ends in a point and ends no sentence."""
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|day)|greetings|to whom|hallo|guten (?:tag|morgen)|sehr geehrte\w*|"
    r"liebe\w*|moin|servus|bonjour|bonsoir|salut|madame|hola|buenos días|buenas|estimad\w+|buongiorno|salve|gentil\w+|"
    r"goedendag|goedemorgen|beste|geachte|olá|bom dia|prezad\w+|hej|hei|dzień dobry|здравствуйте|добрый день|お世話になっております)\b(?:[ \t]+[\w.'’-]+){0,4}[ \t]*[,!:\n]\s*",
    re.IGNORECASE,
)  # fmt: skip
_CLOSING = re.compile(
    r"^\s*(?:(?:kind|best|warm|many)?\s*(?:regards|wishes)|sincerely|yours|cheers|thanks|thank you|many thanks|"
    r"mit freundlichen grüßen|freundliche grüße|viele grüße|beste grüße|mfg|danke|vielen dank|cordialement|bien à vous|"
    r"merci|salutations|un saludo|saludos|atentamente|gracias|cordiali saluti|distinti saluti|grazie|"
    r"met vriendelijke groet\w*|groeten|atenciosamente|obrigad[oa]|vänliga hälsningar|med venlig hilsen|с уважением|"
    r"pozdrawiam|よろしくお願い\w*)\b[^.?\n]{0,40}[,.!]?\s*$",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_RULE = r"(?:<!--.*?-->|<!--|-->|<!\[[^\]>]*\]>|(?:[-=_*~#+|][ \t]*){3,})"
_HEAD = re.compile(
    r"(?:\[[A-Z ]{4,20}\]|(?:view|open|read) this (?:e-?mail|message) (?:in|with) (?:your|a|the) (?:web ?)?browser\.?|"
    r"caution: this (?:e-?mail|message) (?:originated|came) from outside[^\n]*|"
    r"(?:message|comments?|enquiry|inquiry|nachricht|kommentar|anfrage|mitteilung|mensaje|messaggio|bericht|mensagem|commentaire|remarques?):)\s*",
    re.IGNORECASE,
)
"""What a form or a mail server puts before somebody's words."""
_RULES = re.compile(rf"\A(?:\s*{_RULE})+|(?:{_RULE}\s*)+\Z", re.DOTALL)
"""Lines and comments around a sentence that say nothing."""
_LONGEST = 600
_IDEAL = range(40, 281)
_MAX_SUMMARY = 3
Asked = Callable[[str], float]
"""How much a sentence says about what its writer wants: the weight of its key words."""


def body(text: str) -> str:
    """`text` up to the line in which its writer takes leave."""
    # A "thanks" in the first line is no leave.
    closing = next((m for m in _CLOSING.finditer(text) if m.start() > len(text) // 3), None)
    return text[: closing.start()] if closing else text


def farewell(text: str) -> str:
    """What stands under that line: usually a name and a company."""
    closings = [m for m in _CLOSING.finditer(text) if m.start() > len(text) // 3]
    return text[closings[0].end() :] if closings else ""


def split(text: str) -> list[str]:
    """The sentences of `text`, each as it stands there, without greetings.

    They end before the first order to a model: what follows one is more of it.
    """
    found = (_without_greeting(_RULES.sub("", piece).strip()) for piece in pieces(text, _END))
    told = takewhile(lambda piece: not order_in(piece), found)
    return [piece[:_LONGEST] for piece in told if len(piece) > 1]


def pieces(text: str, ends: re.Pattern[str]) -> Iterator[str]:
    """`text`, cut at each of `ends` that is not behind an abbreviation."""
    start = 0
    for end in ends.finditer(text):
        if not _ABBREVIATION.search(text[start : end.start()]):
            yield text[start : end.start()]
            start = end.end()
    yield text[start:]


def need(sentences: list[str], asked: Asked) -> str:
    """The sentence that best says what the sender wants, or what a heading that does is about;
    empty when there is none."""
    ranked = [(_weight(sentence, asked), -at) for at, sentence in enumerate(sentences)]
    if not ranked:
        return ""
    best = -max(ranked)[1]
    below = sentences[best + 1 : best + 2]
    return below[0] if below and sentences[best].endswith((":", "：")) else sentences[best]


def summary(sentences: list[str], asked: Asked) -> list[str]:
    """The most informative sentences, at most three, in their order."""
    ranked = sorted(sentences, key=lambda sentence: _weight(sentence, asked), reverse=True)
    chosen = set(ranked[:_MAX_SUMMARY])
    return list(dict.fromkeys(sentence for sentence in sentences if sentence in chosen))


def _weight(sentence: str, asked: Asked) -> float:
    numbers = 0.5 * bool(re.search(r"\d", sentence))
    money = 0.5 * any(True for _ in amounts.sums(sentence))
    ideal = (len(sentence) in _IDEAL) + ("?" in sentence) * 0.5
    return asked(sentence) + numbers + money + ideal


def _without_greeting(piece: str) -> str:
    for head in (_HEAD, _GREETING):
        found = head.match(piece)
        piece = piece[found.end() :].strip() if found else piece
    return piece
