"""Text out of bytes, whatever charset a sender says that they are in."""
# ruff: noqa: RUF001 - letters of other alphabets

import codecs
import re
from collections.abc import Iterable, Mapping

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
_ALIASES = {
    **dict.fromkeys(("utf8mb4", "utf-8mb4"), "utf-8"),
    **{f"iso-8859-{part}-{how}": f"iso-8859-{part}" for part in (6, 8) for how in "ie"},
    "windows-874": "cp874",
    "cp-850": "cp850",
}
_CODE_PAGE = re.compile(r"^(?:cp|win|windows)[-_ ]?(?=\d)")
_WESTERN = "cp1252"
_JAPANESE = {"euc_jp": "EUC-JP", "cp932": "Shift_JIS"}
_ESCAPED = frozenset({"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr"})
_JIS = re.compile(rb"\x1b\$[@B]")
_KANA = re.compile("[\u3041-\u30fa]")
_HALF = re.compile("[\uff61-\uff9f]")
"""As what EUC-JP shows itself when it is read as Shift_JIS."""
_KANA_SHARE = 0.2
_HAN = "的一是不了在人有我们們您你请請问問价價品谢謝公司好要个個为為"
_CYRILLIC = "оеаинтсрвлкмдпуя"
_ELSEWHERE: Mapping[str, tuple[str, str, str, float]] = {
    "cp949": (
        "EUC-KR",
        "\uac00-\ud7a3",
        "이다는의에을를가고은하기사지로서니습합요해주세부탁드립안녕",
        0.15,
    ),
    "gb18030": ("GB 18030", "\u4e00-\u9fff", _HAN, 0.05),
    "big5": ("Big5", "\u4e00-\u9fff", _HAN, 0.05),
    "cp1251": ("Windows-1251", "\u0400-\u04ff", _CYRILLIC, 0.6),
    "koi8-r": ("KOI8-R", "\u0400-\u04ff", _CYRILLIC, 0.6),
    "cp1255": ("Windows-1255", "\u05d0-\u05ea", "יוהלאמרתבש", 0.45),
    "cp1256": ("Windows-1256", "\u0621-\u064a", "اليمنرتبوعد", 0.6),
    "cp874": ("Windows-874", "\u0e01-\u0e5b", "านรอกเงมยลวดทส่้ัีิคปะบขใไ", 0.6),
    "cp1253": ("Windows-1253", "\u0386-\u03ce", "αοιετσνηυρπκςάέήί", 0.6),
}
"""Charsets of other scripts: their name, their letters, frequent ones, and the least share of these
in a text. Each of the two Cyrillic ones shows the other's small letters as capitals."""
_ALPHABETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "cp1252": (
        "Windows-1252",
        (
            *("äöüßéèàçêáóëï", "éèêëïôöñçåüäàáóø", "àâæçéèêëîïôœùûüÿ", "áéíóúüñç", "àèéìíòóùúç"),
            *("áâãàçéêíóôõúü", "ëéïóöüáèêûç", "åäöéüàšž", "æøåéóôüäö", "áðéíóúýþæö", "äöõüšž"),
        ),
    ),
    "cp1250": (
        "Windows-1250",
        (
            *("ąćęłńóśźż", "áčďéěíňóřšťúůýžöü", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž"),
            "ăâîşţ",
        ),
    ),
    "iso8859-2": (
        "ISO-8859-2",
        ("ąćęłńóśźż", "áčďéěíňóřšťúůýžöü", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž"),
    ),
    "cp1254": ("Windows-1254", ("çğıi\u0307öşüâîû",)),
}
"""Of the Latin charsets their name, and the letters beyond ASCII by which each of their languages
is written, with those of its foreign words: the alphabets, as a school teaches them."""
_WITHIN = re.compile(
    r"(?<=[^\W\d_])[^\w\s\x00-\x7f\u2010-\u2026\u00ab\u00bb\u00b7](?=[^\W\d_])|[²³¹¼½¾±×÷¤¦¨¬¯´¸¶](?=[^\W\d_])"
)
"""A sign within a word is a letter of another charset."""
_ANYWHERES = frozenset("ªºµ")
_SCRIPT_SHARE = 0.6
"""Of all letters of a text in such a script: Western text has few beyond ASCII."""
_FEWEST = 3
_ASCII = bytes(range(128))
_FEW_HIGH = 5
"""One byte in so many is beyond ASCII, at least, in a text of another script."""
_READ_AS = "The declared charset does not fit the text; it was read as {}."


def decode(raw: bytes, declared: str | None) -> Decoded:
    """Decode by the declared charset, else UTF-8, else what the bytes show to be Japanese, of
    another script or of a Latin alphabet, else Windows-1252, and say what was wrong."""
    codec = _codec(declared)
    if codec not in _ESCAPED and _JIS.search(raw):
        escaped = _strictly(raw, "iso2022_jp_2")
        if escaped is not None:
            return escaped, _READ_AS.format("ISO-2022-JP") if declared else None
    if raw.isascii() and codec in {None, "utf-8", _WESTERN}:
        return raw.decode("ascii"), _unknown(declared, codec)
    if codec in {None, _WESTERN}:
        return _guess(raw, declared, codec)
    return _by_declaration(raw, codec)


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    return _strictly(raw, "utf-8") is not None


def _by_declaration(raw: bytes, codec: str) -> Decoded:
    strict = _strictly(raw, codec)
    if strict is not None:
        return _if_garbled(raw, codec, strict) or (strict, None)
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None:
        return utf8, "The declared charset does not fit the text; it was read as UTF-8."
    other = _japanese(raw) or _other_script(raw)
    if other:
        return other
    loose = raw.decode(codec, errors="replace")
    lost = loose.count("�")
    if sum(not char.isascii() for char in loose) - lost > lost:
        return loose, "Some bytes do not fit the declared charset; they were replaced."
    text, name = _latin(raw)
    return text, _READ_AS.format(name)


def _if_garbled(raw: bytes, codec: str, text: str) -> Decoded | None:
    """What the bytes show to be where another charset than they are in makes `text` of them too."""
    if codec in _JAPANESE and len(_HALF.findall(text)) > len(_KANA.findall(text)):
        return _japanese(raw)
    if codec in _ELSEWHERE and not _frequency(raw, codec):
        return _other_script(raw)
    return None


def _guess(raw: bytes, declared: str | None, codec: str | None) -> Decoded:
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None and codec == _WESTERN:
        return utf8, "The declared charset does not fit the text; it was read as UTF-8."
    if utf8 is not None:
        return utf8, _unknown(declared, codec)
    other = _japanese(raw) or _other_script(raw)
    if other:
        return other
    text, name = _latin(raw)
    if codec is None:
        return text, f"The text declares no known charset; it was read as {name}."
    return text, None if name == "Windows-1252" else _READ_AS.format(name)


def _japanese(raw: bytes) -> Decoded | None:
    """The text in the Japanese charset in which a good part of it is kana; None in none."""
    for codec, name in _JAPANESE.items():
        text = _strictly(raw, codec)
        if text and len(_KANA.findall(text)) >= _KANA_SHARE * len(text):
            return text, _READ_AS.format(name)
    return None


def _other_script(raw: bytes) -> Decoded | None:
    """The text in the charset in which most of its letters are of one script, and the largest share
    of these are its frequent ones; None in none."""
    if len(raw.translate(None, _ASCII)) * _FEW_HIGH < len(raw):
        return None
    found = [(_frequency(raw, codec), codec) for codec in _ELSEWHERE]
    share, codec = max(found)
    if not share:
        return None
    return raw.decode(codec), _READ_AS.format(_ELSEWHERE[codec][0])


def _frequency(raw: bytes, codec: str) -> float:
    """How many times the least share of frequent letters the text has in the charset; nought where
    it has less, or other letters than its script's."""
    _, script, frequent, least = _ELSEWHERE[codec]
    text = _strictly(raw, codec) or ""
    text = text.lower() if text.isupper() else text
    own = re.findall(f"[{script}]", text)
    if len(own) < max(_FEWEST, _SCRIPT_SHARE * sum(map(str.isalpha, text))):
        return 0.0
    share = sum(sign in frequent for sign in own) / len(own)
    return share / least if share >= least else 0.0


def _unknown(declared: str | None, codec: str | None) -> str | None:
    if declared and codec is None:
        return "The declared charset is unknown; the text was read as UTF-8."
    return None


def _codec(declared: str | None) -> str | None:
    name = (declared or "").strip().strip("'\"").lower()
    for candidate in (
        _ALIASES.get(name, name),
        name.removeprefix("x-"),
        _CODE_PAGE.sub("cp", name),
    ):
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


def _latin(raw: bytes) -> tuple[str, str]:
    """The text and the name of the first Latin charset in which all of its letters are those of
    one language; without one of Windows-1252, which has a sign for nearly every byte."""
    for codec, (name, alphabets) in _ALPHABETS.items():
        text = _strictly(raw, codec)
        if text is not None and _is_of_one(text, alphabets):
            return text, name
    text = _strictly(raw, _WESTERN)
    return (raw.decode("latin-1") if text is None else text), "Windows-1252"


def _is_of_one(text: str, alphabets: Iterable[str]) -> bool:
    if _WITHIN.search(text):
        return False
    letters = {one for one in text.lower() if one.isalpha() and not one.isascii()} - _ANYWHERES
    return any(letters <= set(alphabet) for alphabet in alphabets)
