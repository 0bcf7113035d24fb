"""Which style declarations hide an element of an HTML mail."""

import re
from collections.abc import Iterator

_MAX_CSS = 100_000
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_RULE = re.compile(r"([^{}]*)(\{|\}|\Z)")  # \Z: text without a brace is one match, not a scan each
_SIMPLE_SELECTOR = re.compile(r"[a-z0-9]*([.#][\w-]+)")
_ZERO = r"0*(?:\.0*)?\s*(?:px|pt|em|rem|%|vw|vh)?"
_TINY = rf"(?:{_ZERO}|0*1(?:\.\d*)?\s*(?:px|pt)|0*\.\d+\s*(?:px|pt)|0*\.[0-2]\d*\s*(?:em|rem))"
_NOTHING = re.compile(_ZERO)
_HIDING = {
    "display": re.compile(r"none"),
    "opacity": re.compile(r"0*(?:\.0[0-9]*)?%?"),
    "text-indent": re.compile(r"-\d{3,}.*"),
    "left": re.compile(r"-\d{3,}.*"),
    "top": re.compile(r"-\d{3,}.*"),
}
# These pass to the elements inside, which can set them again: newsletters put `font-size: 0` on a
# table cell and a readable size on the text in it.
_INHERITED = {
    "font-size": re.compile(_TINY),
    "visibility": re.compile(r"hidden|collapse"),
    "color": re.compile(r"transparent|rgba\([^)]*,\s*0*(?:\.0+)?\s*\)"),
}
_RELATIVE = re.compile(r"[\d.]+\s*(?:em|%)|inherit|smaller|larger")
_BOXES = ("height", "max-height", "width", "max-width")

Style = dict[str, str]


def read(style: str) -> Style:
    """Read declarations (`name: value; …`) into a table; the last of a name counts."""
    plain = _COMMENT.sub(" ", style.lower()).replace("!important", "")
    pairs = (one.split(":", 1) for one in plain.split(";") if ":" in one)
    return {name.strip(): value.strip() for name, value in pairs}


def hides(style: Style) -> bool:
    """Say whether the declarations hide an element with all that is in it."""
    if any(_matches(_HIDING, name, value) for name, value in style.items()):
        return True
    clipped = style.get("overflow") in {"hidden", "clip"}
    return clipped and any(_NOTHING.fullmatch(style.get(name, "auto")) for name in _BOXES)


def unseen(style: Style, inherited: frozenset[str]) -> frozenset[str]:
    """Return the inherited properties that make text unseen here, given those of the parent."""
    own = {name: value for name, value in style.items() if name in _INHERITED}
    restored = {name for name, value in own.items() if not _RELATIVE.fullmatch(value)}
    hiding = {name for name, value in own.items() if _matches(_INHERITED, name, value)}
    return (inherited - restored) | hiding


def hidden_names(sheet: str) -> frozenset[str]:
    """Return the `.class` and `#id` names that a style sheet hides whatever the screen.

    Rules inside @media and alike hold for some screens only and are left out.
    """
    found: set[str] = set()
    for selectors, declarations in _top_rules(_COMMENT.sub(" ", sheet[:_MAX_CSS]).lower()):
        style = read(declarations)
        if hides(style) or unseen(style, frozenset()):
            matches = (_SIMPLE_SELECTOR.fullmatch(one.strip()) for one in selectors.split(","))
            found.update(match[1] for match in matches if match)
    return frozenset(found)


def _matches(patterns: dict[str, re.Pattern[str]], name: str, value: str) -> bool:
    pattern = patterns.get(name)
    return bool(pattern and pattern.fullmatch(value))


def _top_rules(sheet: str) -> Iterator[tuple[str, str]]:
    depth = 0
    selectors = ""
    for text, brace in _RULE.findall(sheet):
        if brace == "{":
            depth += 1
            selectors = text if depth == 1 else selectors
        elif brace:
            if depth == 1 and not selectors.strip().startswith("@"):
                yield selectors, text
            depth = max(depth - 1, 0)
