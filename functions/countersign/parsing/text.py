"""Text from outside without what a reader cannot see."""

import codecs
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
_ELSEWHERE = {
    "cp949": (
        "EUC-KR",
        "\uac00-\ud7a3",
        "이다는의에을를가고은하기사지로서니습합요해주세부탁드립안녕",
        0.15,
    ),
    "gb18030": ("GB 18030", "\u4e00-\u9fff", _HAN, 0.05),
    "big5": ("Big5", "\u4e00-\u9fff", _HAN, 0.05),
    "cp1251": ("Windows-1251", "\u0400-\u04ff", _CYRILLIC, 0.6),
    "koi8_r": ("KOI8-R", "\u0400-\u04ff", _CYRILLIC, 0.6),
}
"""Charsets of other scripts: their name, their letters, frequent ones, and the least share of these
in a text. Each of the two Cyrillic ones shows the other's small letters as capitals."""
_SCRIPT_SHARE = 0.6
"""Of all letters of a text in such a script: Western text has few beyond ASCII."""
_FEWEST = 3
_ASCII = bytes(range(128))
_FEW_HIGH = 5
"""One byte in so many is beyond ASCII, at least, in a text of another script."""
_READ_AS = "The declared charset does not fit the text; it was read as {}."


def decode(raw: bytes, declared: str | None) -> Decoded:
    """Decode by the declared charset, else UTF-8, else what the bytes show to be Japanese, else
    Windows-1252, and say what was wrong."""
    codec = _codec(declared)
    if codec not in _ESCAPED and _JIS.search(raw):
        escaped = _strictly(raw, "iso2022_jp_2")
        if escaped is not None:
            return escaped, _READ_AS.format("ISO-2022-JP") if declared else None
    if raw.isascii() and codec in {None, "utf-8", _WESTERN}:
        return raw.decode("ascii"), _unknown(declared, codec)
    if codec in {None, _WESTERN}:
        return _guess(raw, declared, codec)
    return _by_declaration(raw, str(codec))


def is_utf8(raw: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    return _strictly(raw, "utf-8") is not None


def _by_declaration(raw: bytes, codec: str) -> Decoded:
    strict = _strictly(raw, codec)
    if strict is not None:
        is_garbled = codec in _JAPANESE and len(_HALF.findall(strict)) > len(_KANA.findall(strict))
        return (is_garbled and _japanese(raw)) or (strict, None)
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
    return _western(raw), "The declared charset does not fit the text; it was read as Windows-1252."


def _guess(raw: bytes, declared: str | None, codec: str | None) -> Decoded:
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None and codec == _WESTERN:
        return utf8, "The declared charset does not fit the text; it was read as UTF-8."
    if utf8 is not None:
        return utf8, _unknown(declared, codec)
    other = _japanese(raw) or _other_script(raw)
    if other:
        return other
    sentence = "The text declares no known charset; it was read as Windows-1252."
    return _western(raw), sentence if codec is None else None


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
    """The share of frequent letters in the charset; nought where they are not its script's."""
    _, script, frequent, least = _ELSEWHERE[codec]
    text = _strictly(raw, codec) or ""
    text = text.lower() if text.isupper() else text
    own = re.findall(f"[{script}]", text)
    if len(own) < max(_FEWEST, _SCRIPT_SHARE * sum(map(str.isalpha, text))):
        return 0.0
    share = sum(sign in frequent for sign in own) / len(own)
    return share if share >= least else 0.0


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


def _western(raw: bytes) -> str:
    text = _strictly(raw, _WESTERN)
    return raw.decode("latin-1") if text is None else text
