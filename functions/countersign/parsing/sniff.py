"""What some bytes are, by their content and never by a name."""

import re
from typing import Literal

from countersign.parsing.json import NotJson, loads
from countersign.parsing.text import unix_lines

Kind = Literal["json", "mail", "text", "binary", "empty"]

_LOOKED_AT = 65_536
_CONTROL_SHARE = 0.02
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_FILES: dict[str, tuple[bytes, ...]] = {
    "a PDF": (b"%PDF-",),
    "a picture": (b"GIF87a", b"GIF89a", b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*"),
    "an archive or an Office file": (b"PK\x03\x04", b"PK\x05\x06"),
    "an Outlook or an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"),
    "a winmail.dat of Outlook": (b"\x78\x9f\x3e\x22",),
    "an archive": (
        *(b"\x1f\x8b", b"BZh9", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00"),
        b"\x28\xb5\x2f\xfd",
    ),
    "a recording": (b"RIFF", b"OggS", b"ID3\x03", b"ID3\x04", b"\xff\xfb", b"fLaC"),
    "a binary file": (b"\x7fELF", b"SQLite format 3\x00"),
}
"""How files begin that are no text, by what they are called."""
_MAGIC = tuple(start for starts in _FILES.values() for start in starts)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1b") + b"\x7f"
_JSON_START = re.compile(rb'\{\s*["}]|\[\s*["\[{\]]')
_FIELD = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
_FOREIGN_LINES = 3
_STRONG = frozenset(
    b"from received return-path message-id mime-version delivered-to dkim-signature content-type "
    b"authentication-results x-mailer".split()
)
_KNOWN = _STRONG | frozenset(
    b"to cc bcc subject date reply-to sender in-reply-to references content-transfer-encoding "
    b"list-id x-originating-ip thread-topic importance".split()
)


def sniff(raw: bytes) -> Kind:
    """Return the kind of the bytes; "mail" needs a header block of known mail fields."""
    body = raw.removeprefix(_UTF8_BOM)
    if not body.strip():
        return "empty"
    if body.startswith(_MAGIC):
        return "binary"
    if looks_like_mail(body):
        return "mail"
    if _is_json(body):
        return "json"
    return "text" if _is_text(raw) else "binary"


def file_kind(raw: bytes) -> str:
    """What a binary file is called, as far as its first bytes tell."""
    body = raw.removeprefix(_UTF8_BOM)
    return next((n for n, starts in _FILES.items() if body.startswith(starts)), "a binary file")


def looks_like_mail(raw: bytes) -> bool:
    """Say whether the bytes start with a header block: one sure mail field, or two likely ones."""
    names = _field_names(raw, foreign_lines=0)
    return bool(names & _STRONG) or len(names & _KNOWN) > 1


def has_mail_field(raw: bytes) -> bool:
    """Say whether a mail field stands in the first lines, whatever stands before it."""
    return bool(_field_names(raw, foreign_lines=_FOREIGN_LINES) & _KNOWN)


def _field_names(raw: bytes, *, foreign_lines: int) -> set[bytes]:
    names: set[bytes] = set()
    head = unix_lines(raw[:_LOOKED_AT].removeprefix(_UTF8_BOM)).lstrip(b"\n")
    for line in head.split(b"\n"):
        field = _FIELD.match(line)
        if field:
            names.add(field[1].lower())
        elif not line or not (_may_stand_among_fields(line, names) or foreign_lines):
            break
        else:
            foreign_lines -= not _may_stand_among_fields(line, names)
    return names


def _may_stand_among_fields(line: bytes, names: set[bytes]) -> bool:
    is_envelope = not names and line.startswith((b"From ", b">From "))  # mbox
    return is_envelope or (bool(names) and line.startswith((b" ", b"\t")))


def _is_json(body: bytes) -> bool:
    start = body.lstrip(b" \t\r\n")
    if _JSON_START.match(start):
        return True
    return start.startswith((b"{", b"[")) and _reads_as_json(body)


def _reads_as_json(body: bytes) -> bool:
    try:
        loads(body)
    except NotJson:
        return False
    return True


def _is_text(raw: bytes) -> bool:
    head = raw[:_LOOKED_AT]
    if head.startswith(_UTF16_BOMS):
        return _is_utf16(head)
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\x00" not in head and controls <= _CONTROL_SHARE * len(head)


def _is_utf16(head: bytes) -> bool:
    text = head[: len(head) & ~1].decode("utf-16", errors="replace")
    return text.count("�") <= 1 and "\x00" not in text
