"""Mail addresses out of header values, by structure first and by decoding after."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from countersign.parsing.mail.headers import decode_words

_MAX_ADDRESS = 254
_MAX_LOCAL = 64
_MAX_ADDRESSES = 200
_NAME_CHARACTERS = 200
_MAX_VALUE = 2_000
# Quoted strings, comments and angle brackets are taken whole, so that a comma, a bracket or an
# address inside a display name stays part of that name.
_TOKEN = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*"?)|\((?P<comment>[^()]*)\)?|<(?P<angle>[^<>]*)>?"""
    r"""|(?P<end>[,;])|(?P<group>:)|(?P<text>[^"(<,;:)>]+)|[)>]""",
    re.DOTALL,
)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})"
)
_QUOTED = re.compile(rf'"({_ATOM}(?:\.{_ATOM})*)"')
_BRACKETED = re.compile(
    rf"[<\[]\s*({_ATOM}(?:\.{_ATOM})*\s*@\s*[^\s<>\[\]@,;:]{{1,253}}(?:\s\.[^\s<>\[\]@,;:]{{1,63}}|(?<=\.)\s[^\s<>\[\]@,;:]{{1,63}}){{0,3}})\s*[>\]]"
)
_SCHEME = re.compile(r"(?:mailto|smtp):", re.IGNORECASE)
_ANYWHERE = re.compile(r"(?<![\w@.+-])(\w[\w.+-]{0,63}@[\w.-]{1,253}\w)(?!@)")
_AROUND = " \t\"'<>[(,;:|-"
"""What stands between a name and its address."""


@dataclass(frozen=True)
class Mailbox:
    """One mailbox of a header; the address is None when it is not one that mail can be sent to."""

    name: str
    address: str | None

    @property
    def domain(self) -> str | None:
        """Return the domain of the address, in lower case."""
        return self.address.rpartition("@")[2] if self.address else None


def mailboxes(value: str, charset: str = "") -> tuple[Mailbox, ...]:
    """Read the mailboxes of a From, To, Cc or Reply-To value (one byte per character); names in raw
    bytes that are no UTF-8 are in `charset`."""
    found = [_mailbox(tokens, charset) for tokens in _split(value) if tokens]
    return tuple(found[:_MAX_ADDRESSES])


def repaired(value: str) -> Mailbox | None:
    """The mailbox of a value that breaks the grammar, when one address and no other is readable
    in it: as a mail program shows `Whitlock, Dana <dana@example.com>`. Brackets count first."""
    stated = html.unescape(decode_words(value, _MAX_VALUE))
    text = _SCHEME.sub("", unicodedata.normalize("NFKC", stated))
    for pattern in (_BRACKETED, _ANYWHERE):
        shown = [valid_address("".join(found.split())) for found in pattern.findall(text)]
        usable = set(filter(None, shown))
        if len(usable) == 1:
            address = usable.pop()
            before = re.split(re.escape(address.partition("@")[0]) + r"\s*@", text, maxsplit=1)[0]
            return Mailbox(before.strip(_AROUND)[:_NAME_CHARACTERS], address)
        if usable:
            return None
    return None


def valid_address(text: str) -> str | None:
    """Return the address with its domain in lower case ASCII, or None if it is unusable.

    Refused: address literals, domains without a dot, non-ASCII local parts, and those that only
    quotes make one.
    """
    local, at, domain = text.strip().rpartition("@")
    needless = _QUOTED.fullmatch(local)  # quotes that nothing needs are no part of it (RFC 5322)
    local = needless[1] if needless else local
    domain = _ascii_domain(domain)
    fits = len(local) <= _MAX_LOCAL and len(local) + len(domain) < _MAX_ADDRESS
    if at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
        return f"{local}@{domain}"
    return None


def _ascii_domain(domain: str) -> str:
    if len(domain) > _MAX_ADDRESS:
        return ""
    try:
        return domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _split(value: str) -> Iterator[list[re.Match[str]]]:
    tokens: list[re.Match[str]] = []
    for match in _TOKEN.finditer(value):
        if match["group"]:  # "undisclosed-recipients:" names a group, not a person
            tokens = []
        elif match["end"]:
            yield tokens
            tokens = []
        elif match[0].strip():
            tokens.append(match)
    yield tokens


def _mailbox(tokens: list[re.Match[str]], charset: str) -> Mailbox:
    angles = [match["angle"] for match in tokens if match["angle"] is not None]
    words = [_plain(match) for match in tokens if match["quoted"] or match["text"]]
    comments = [match["comment"] for match in tokens if match["comment"]]
    if angles:
        # Two bracketed addresses are a trick, not a mailbox.
        address = _decoded(angles[0]) if len(angles) == 1 else ""
        return Mailbox(_name(words or comments, charset), valid_address(address))
    alone = valid_address(_decoded("".join(words)))
    return Mailbox(_name(comments if alone else [*words, *comments], charset), alone)


def _plain(match: re.Match[str]) -> str:
    if match["quoted"]:
        return re.sub(r"\\(.)", r"\1", match["quoted"][1:].removesuffix('"'))
    return match[0]


def _decoded(address: str) -> str:
    # Only raw UTF-8 (RFC 6532): an encoded word inside an address is not an address.
    return address.encode("latin-1").decode("utf-8", "replace")


def _name(words: list[str], charset: str) -> str:
    return decode_words(" ".join(word.strip() for word in words), _NAME_CHARACTERS, charset)
