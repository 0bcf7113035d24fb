"""Whether our own receiver vouches for the sender's domain (RFC 8601), and nobody else."""

import re
from dataclasses import dataclass

from countersign.parsing.mail.headers import Headers

_FIELD = "authentication-results"
_ATOM = re.compile(r'"[^"]*"|[^"();]+|[();]')
_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(?=\s|$)", re.IGNORECASE)
_PROPERTY = re.compile(r"\s(header\.(?:d|i|from))\s*=\s*(\S+)", re.IGNORECASE)
_MIN_DOTS = 1
_MAX_VALUE = 8_192


@dataclass(frozen=True)
class _Result:
    method: str
    value: str
    properties: tuple[tuple[str, str], ...]

    def domain(self, name: str) -> str | None:
        """Return the domain in the property, or None when it is missing or given twice."""
        found = [value for key, value in self.properties if key == name]
        return found[0].rpartition("@")[2].strip('"').lower() if len(found) == 1 else None


def is_authenticated(headers: Headers, from_domain: str | None, *, authserv_id: str) -> bool:
    """Say whether the topmost Authentication-Results is ours and proves the From domain.

    It does with `dmarc=pass`, or with `dkim=pass` whose `header.d` (or `header.i` when there is no
    d) is the From domain or a parent of it. A dmarc verdict other than pass or none, several From
    fields, or a header that cannot be read without doubt, all mean no.
    """
    topmost = headers.first(_FIELD)
    statements = _statements(topmost)
    if not from_domain or not authserv_id or len(headers.all("from")) != 1 or not statements:
        return False
    if _issuer(statements[0]) != authserv_id:
        return False
    results = [result for text in statements[1:] if (result := _result(text))]
    return _proves(results, from_domain)


def _issuer(statement: str) -> str:
    """Return the authserv-id; a version number may follow it."""
    words = statement.split()
    return words[0] if words and words[1:] in ([], ["1"]) else ""


def _proves(results: list[_Result], domain: str) -> bool:
    verdicts = [result for result in results if result.method == "dmarc"]
    if any(result.value not in {"pass", "none"} for result in verdicts):
        return False
    passed = [result for result in verdicts if result.value == "pass"]
    if passed:
        return all(_names_domain(result, domain) for result in passed)
    return any(_is_aligned(result, domain) for result in results)


def _names_domain(result: _Result, domain: str) -> bool:
    given = [value for key, value in result.properties if key == "header.from"]
    return not given or result.domain("header.from") == domain


def _is_aligned(result: _Result, domain: str) -> bool:
    if (result.method, result.value) != ("dkim", "pass"):
        return False
    keys = {key for key, _ in result.properties}
    signer = result.domain("header.d" if "header.d" in keys else "header.i")
    if not signer or signer.count(".") < _MIN_DOTS:
        return False
    return domain == signer or domain.endswith("." + signer)


def _result(statement: str) -> _Result | None:
    found = _RESULT.match(statement)
    if not found:
        return None
    pairs = tuple(
        (key.lower(), value) for key, value in _PROPERTY.findall(statement[found.end() :])
    )
    return _Result(found[1].lower(), found[2].lower(), pairs)


def _statements(value: str) -> list[str]:
    """Split at semicolons outside comments and quotes; none when that cannot be done surely."""
    if "\\" in value or len(value) > _MAX_VALUE:
        return []
    pieces = [""]
    depth = 0
    for atom in _ATOM.findall(value):
        depth += (atom == "(") - (atom == ")")
        if depth < 0:
            return []
        if atom == ";" and not depth:
            pieces.append("")
        elif not depth:
            pieces[-1] += _without_spaces(atom)
    is_whole = not depth and len("".join(_ATOM.findall(value))) == len(value)
    return pieces if is_whole else []


def _without_spaces(atom: str) -> str:
    """Keep a quoted string one word, and make a closed comment a space."""
    if atom.startswith('"'):
        return re.sub(r"\s", "_", atom)
    return " " if atom == ")" else atom
