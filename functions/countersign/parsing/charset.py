"""Bytes of a declared, a wrong or an unknown charset into text, as well as can be."""

import codecs
import re

Decoded = tuple[str, str | None]
"""The text, and the sentence that says what was wrong with the declared charset, if anything."""

_NAME = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")
# Python codecs that are not charsets of mail: some are slow on long input, some run escapes.
_NOT_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape", "undefined"}
    | {"raw-unicode-escape", "charmap", "mbcs", "oem", "palmos"}
)
# Senders declare the small set and use the large one, which agrees on what the small one has.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_ALIASES = {"utf8mb4": "utf-8", "utf-8mb4": "utf-8", "windows-874": "cp874", "cp-850": "cp850"}
_WESTERN = "cp1252"


def decode(raw: bytes, declared: str | None) -> Decoded:
    """Decode by the declared charset, else UTF-8, else Windows-1252, and say what was wrong."""
    codec = _codec(declared)
    if raw.isascii() and codec in {None, "utf-8", _WESTERN}:
        return raw.decode("ascii"), _unknown(declared, codec)
    if codec in {None, _WESTERN}:
        return _guess(raw, declared, codec)
    return _by_declaration(raw, str(codec))


def _by_declaration(raw: bytes, codec: str) -> Decoded:
    strict = _strictly(raw, codec)
    if strict is not None:
        return strict, None
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None:
        return utf8, "The declared charset does not fit the text; it was read as UTF-8."
    loose = raw.decode(codec, errors="replace")
    lost = loose.count("�")
    if sum(not char.isascii() for char in loose) - lost > lost:
        return loose, "Some bytes do not fit the declared charset; they were replaced."
    return _western(raw), "The declared charset does not fit the text; it was read as Windows-1252."


def _guess(raw: bytes, declared: str | None, codec: str | None) -> Decoded:
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None and codec == _WESTERN:
        return utf8, "The declared charset does not fit the text; it was read as UTF-8."
    if utf8 is not None:
        return utf8, _unknown(declared, codec)
    sentence = "The text declares no known charset; it was read as Windows-1252."
    return _western(raw), sentence if codec is None else None


def _unknown(declared: str | None, codec: str | None) -> str | None:
    if declared and codec is None:
        return "The declared charset is unknown; the text was read as UTF-8."
    return None


def _codec(declared: str | None) -> str | None:
    name = (declared or "").strip().strip("'\"").lower()
    for candidate in (_ALIASES.get(name, name), name.removeprefix("x-")):
        found = _look_up(candidate)
        if found:
            return _SUPERSETS.get(found, found)
    return None


def _look_up(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        found = codecs.lookup(name).name
        b"a".decode(found, "replace")  # refuses codecs from bytes to bytes
    except (LookupError, ValueError):
        return None
    return None if found in _NOT_CHARSETS else found


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeError:
        return None


def _western(raw: bytes) -> str:
    text = _strictly(raw, _WESTERN)
    return raw.decode("latin-1") if text is None else text
