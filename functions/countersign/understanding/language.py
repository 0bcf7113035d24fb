"""Which language a text is in, by its script and its most common words."""

from __future__ import annotations

import re

from countersign.understanding.stop_words import LANGUAGES, STOP_WORDS

_NAMES = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
    "spanish": "es",
    "español": "es",
    "italian": "it",
    "italiano": "it",
    "dutch": "nl",
    "nederlands": "nl",
    "portuguese": "pt",
    "português": "pt",
    "japanese": "ja",
    "chinese": "zh",
}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("fa", re.compile("[\u067e\u0686\u0698\u06af]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("uk", re.compile("[\u0404\u0406\u0407\u0454\u0456\u0457\u0490\u0491]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+")
_SHARE = 0.15
_FEWEST = 2


def code(stated: str) -> str:
    """The ISO 639-1 code in `en`, `en-GB` or `English`; empty when it is none that we know."""
    plain = stated.strip().lower()
    short = re.split("[-_]", plain)[0]
    return short if short in LANGUAGES else _NAMES.get(plain, "")


def detect(text: str) -> str:
    """The ISO 639-1 code of the language of `text`; empty when it is too short to tell."""
    letters = len(_LETTER.findall(text)) or 1
    rare = {"ja", "fa", "uk"}  # a few of these letters tell the language from its neighbours
    for code, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if share > (0.02 if code in rare else _SHARE):
            return code
    words = [word.lower() for word in _WORD.findall(text)]
    counted = {code: sum(word in known for word in words) for code, known in STOP_WORDS.items()}
    best = max(counted, key=lambda code: counted[code])
    return best if counted[best] >= _FEWEST else ""
