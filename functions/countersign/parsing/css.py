"""Which text of an HTML mail a reader can see: inline styles, and one sheet's classes, ids and
elements. No wider cascade: what a rule says for some screens only, or for a place inside another,
hides nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_MAX_CSS = 100_000
_MAX_DISTANCE = 16
"""By how much two colours differ, of 255 in each part, and still look alike."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?")
_CALCULATED = re.compile(r"calc\(\s*([\d.]+\s*[a-z%]*)\s*\)")
"""A single value needs no sum."""
_VARIABLE = re.compile(r"var\([^(),]*,([^()]*)\)")
"""In mail nothing sets one: its fallback holds, which may be one again."""
_DEEPEST = 4
_RULE = re.compile(r"([^{}]*)(\{|\}|\Z)")  # \Z: text without a brace is one match, not a scan each
_SELECTOR = re.compile(r"([a-z][a-z0-9]*)?([.#][\w-]+)?")
_NOUGHT = r"-?(?:0+(?:\.0*)?|\.0+)\s*(?:px|pt|em|rem|%|vw|vh)?"
_ZERO = re.compile(_NOUGHT)
_FLAT = re.compile(rf"{_NOUGHT}|0*[01](?:\.\d*)?\s*(?:px|pt)")
_TINY = re.compile(
    rf"{_NOUGHT}|0*[0-2](?:\.\d*)?\s*(?:px|pt)|0*\.\d+\s*(?:px|pt)"
    r"|0*\.[0-2]\d*\s*(?:em|rem)|0*\d(?:\.\d*)?\s*%"
)
_AWAY = re.compile(r"-\d{3,}.*")
_FAR = re.compile(r"-\d{4,}.*")
_HIDING: Mapping[str, re.Pattern[str]] = {
    "display": re.compile(r"none"),
    "mso-hide": re.compile(r"all"),
    "opacity": re.compile(r"0*(?:\.0[0-9]*)?%?"),
    "transform": re.compile(
        r".*scale[xy]?\(\s*0*(?:\.0\d*)?\s*[,)].*|.*translate[xy]?\(\s*-\d{3,}.*"
        r"|.*rotate[xy]\(\s*-?(?:90|270)deg.*|.*matrix\(\s*0\s*,\s*0\s*,.*"
    ),
    "scale": re.compile(r"0*(?:\.0\d*)?%?"),
    "translate": _AWAY,
    "inset": _AWAY,
    "filter": re.compile(r".*opacity\(\s*0*(?:\.0\d*)?%?\s*\).*"),
    "content-visibility": re.compile(r"hidden"),
    "clip": re.compile(r"rect\((?:\s*[01](?:px)?\s*,?){4}\)"),
    "clip-path": re.compile(r"inset\(\s*(?:[5-9]\d|100)%.*|circle\(\s*0.*"),
    "text-indent": re.compile(r"-\d{3,}.*|100%"),
    "zoom": _ZERO,
    "left": _AWAY,
    "top": _AWAY,
    "right": _AWAY,
    "margin-left": _FAR,
    "margin-top": _FAR,
}
_EXPECTED = frozenset({"display", "mso-hide", "hidden"})
"""By these newsletters hide a preview, and everybody knows: it is not counted."""
# These pass to the elements inside, which can set them again: newsletters put `font-size: 0` on a
# table cell and a readable size on the text in it.
_INHERITED: Mapping[str, re.Pattern[str]] = {
    "font-size": _TINY,
    "line-height": _ZERO,
    "visibility": re.compile(r"hidden|collapse"),
    "letter-spacing": re.compile(r"-(?:0?\.[5-9]\d*|[1-9]\d*(?:\.\d+)?)em|-\d{2,}(?:px|pt)"),
    "color": re.compile(
        r"transparent|(?:rgba|hsla)\([^)]*[,/]\s*0*(?:\.0\d*)?%?\s*\)|(?:rgb|hsl)\([^)]*/\s*0*(?:\.0\d*)?%?\s*\)"
        r"|#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)"
    ),
}
_RELATIVE = re.compile(r"[\d.]+\s*(?:em|%)|inherit|smaller|larger")
_BOXES = ("height", "max-height", "width", "max-width")
_FONT_SIZE = re.compile(r"(?:^|\s)(\d*\.?\d+(?:px|pt|em|rem|%)?)(?:\s*/\s*(\S+))?\s")
_IMAGE = re.compile(r"url\(|gradient\(")
_HEX = re.compile(r"#(?:([0-9a-f]{3})f?|([0-9a-f]{6})(?:ff)?)\b")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3}%?)[\s,]+(\d{1,3}%?)[\s,]+(\d{1,3}%?)(?:\s*[,/]\s*1(?:\.0*)?)?\s*\)"
)
_GREY = re.compile(
    r"hsla?\(\s*\d+(?:deg)?[\s,]+(?:\d+%[\s,]+(?=(?:0|100)%)|0%[\s,]+)(\d{1,3})%\s*\)"
)
"""Of colours by hue what has none: grey, white, black."""
_NAMED = {
    "white": "ffffff",
    "black": "000000",
    "silver": "c0c0c0",
    "gray": "808080",
    "grey": "808080",
    "maroon": "800000",
    "red": "ff0000",
    "purple": "800080",
    "fuchsia": "ff00ff",
    "green": "008000",
    "lime": "00ff00",
    "olive": "808000",
    "yellow": "ffff00",
    "navy": "000080",
    "blue": "0000ff",
    "teal": "008080",
    "aqua": "00ffff",
    "snow": "fffafa",
    "ivory": "fffff0",
    "whitesmoke": "f5f5f5",
    "ghostwhite": "f8f8ff",
    "floralwhite": "fffaf0",
    "mintcream": "f5fffa",
    "azure": "f0ffff",
    "aliceblue": "f0f8ff",
    "seashell": "fff5ee",
}
"""HTML 4's sixteen, and what people take for white."""

Style = Mapping[str, str]
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)


class Sight(NamedTuple):
    """What holds for the text of an element: whether it is hidden, and what it inherits."""

    hidden: bool = False
    is_trick: bool = False
    """Whether it is hidden by more than `display: none` and alike."""
    unseen: frozenset[str] = frozenset()
    colour: Colour | None = None
    """None: the page's own, which is to be read."""
    ground: Colour | None = WHITE
    """None: an image, or a colour that is not known."""
    is_sure: bool = True
    """Whether no rule that is not read here may set another background."""

    @property
    def is_seen(self) -> bool:
        """Whether a reader sees the text."""
        if self.hidden or self.unseen:
            return False
        if not self.is_sure or self.colour is None or self.ground is None:
            return True
        return not _alike(self.colour, self.ground)


@dataclass(frozen=True)
class Sheet:
    """The rules that hold on every screen, by element, class and id; the later ones win."""

    rules: Mapping[str, Style]
    is_whole: bool
    """Whether no rule beside them sets a background."""

    def style(self, name: str, labels: Iterable[str], inline: str) -> dict[str, str]:
        """The declarations for an element, its `.class` and `#id` labels: the stronger win."""
        found = dict(self.rules.get(name, {}))
        for label in sorted(labels, key=lambda one: one.startswith("#")):
            found |= self.rules.get(label, {})
            found |= self.rules.get(name + label, {})
        return {**found, **read(inline)} if inline else found


@lru_cache(maxsize=512)
def read(style: str) -> Style:
    """Read declarations (`name: value; …`) into a table; the last of a name counts."""
    plain = _unescaped(_COMMENT.sub(" ", style.lower())).replace("!important", "")
    plain = _CALCULATED.sub(r"\1", plain)
    for _ in range(_DEEPEST):
        plain = _VARIABLE.sub(r"\1", plain)
    pairs = (one.split(":", 1) for one in plain.split(";") if ":" in one)
    found = {name.strip(): value.strip() for name, value in pairs}
    if "-webkit-text-fill-color" in found:
        found["color"] = found["-webkit-text-fill-color"]
    size = _FONT_SIZE.search(found.get("font", "") + " ")
    if size:
        found.setdefault("font-size", size[1])
        found.setdefault("line-height", size[2] or "normal")
    return found


def _unescaped(text: str) -> str:
    """The text with its escaped letters as they are read (CSS Syntax 4.3.7)."""
    return _ESCAPE.sub(lambda found: chr(min(int(found[1], 16), 0xFFFF)), text)


def sheet(text: str) -> Sheet:
    """Read a style sheet. Rules inside @media and alike hold for some screens only and are left
    out, and so are those for an element inside another."""
    rules: dict[str, dict[str, str]] = {}
    is_whole = True
    for selectors, declarations, plain in _rules(_COMMENT.sub(" ", text[:_MAX_CSS]).lower()):
        style = read(declarations)
        for one in (selector.strip() for selector in selectors.split(",")):
            if plain and one and _SELECTOR.fullmatch(one):
                rules[one] = {**rules.get(one, {}), **style}
            elif "background" in declarations:
                is_whole = False
    return Sheet(rules, is_whole)


def sight(style: Style, around: Sight, attributes: Mapping[str, str | None]) -> Sight:
    """What holds inside an element of that style, given what holds around it."""
    if "hidden" in attributes or (style and _hides(style)):
        hiding = {name for name in style if _matches(_HIDING, name, style[name])}
        return Sight(hidden=True, is_trick=not _EXPECTED & {*hiding, *attributes})
    colour = style.get("color") or attributes.get("color") or ""
    return around._replace(
        unseen=_unseen(style, around.unseen) if style else around.unseen,
        colour=_colour(colour) if colour else around.colour,
        ground=_ground(style, around.ground, attributes),
    )


def _hides(style: Style) -> bool:
    """Say whether the declarations hide an element with all that is in it."""
    if any(_matches(_HIDING, name, value) for name, value in style.items()):
        return True
    clipped = style.get("overflow") in {"hidden", "clip"}
    return clipped and any(_FLAT.fullmatch(style.get(name, "auto")) for name in _BOXES)


def _unseen(style: Style, inherited: frozenset[str]) -> frozenset[str]:
    """Return the inherited properties that make text unseen here, given those of the parent."""
    own = {name: value for name, value in style.items() if name in _INHERITED}
    restored = {name for name, value in own.items() if not _RELATIVE.fullmatch(value)}
    hiding = {name for name, value in own.items() if _matches(_INHERITED, name, value)}
    return (inherited - restored) | hiding


def _matches(patterns: Mapping[str, re.Pattern[str]], name: str, value: str) -> bool:
    pattern = patterns.get(name)
    return bool(pattern and pattern.fullmatch(value))


def _ground(style: Style, around: Colour | None, given: Mapping[str, str | None]) -> Colour | None:
    """The nearest background that is set; None where it is an image."""
    stated = f"{style.get('background-color', '')} {style.get('background', '')}".strip()
    stated = stated or (given.get("bgcolor") or "").lower()
    if "gradient(" in stated and "url(" not in stated and len(set(_HEX.findall(stated))) == 1:
        return _colour(stated)
    if _IMAGE.search(stated + style.get("background-image", "")) or given.get("background"):
        return None
    if not stated or stated in {"none", "transparent", "inherit", "initial"}:
        return around
    return _colour(stated)


def _colour(text: str) -> Colour | None:
    """The colour that a value names; None for one that is not known here."""
    plain = text.lower()
    for word in plain.replace(",", " ").split():
        if word in _NAMED:
            plain = "#" + _NAMED[word]
    exact = _HEX.search(plain)
    if exact:
        pairs = exact[2] or "".join(one * 2 for one in exact[1])
        return (int(pairs[:2], 16), int(pairs[2:4], 16), int(pairs[4:], 16))
    grey = _GREY.search(plain)
    if grey:
        part = int(grey[1]) * 255 // 100
        return (part, part, part)
    parts = _RGB.search(plain)
    return (_part(parts[1]), _part(parts[2]), _part(parts[3])) if parts else None


def _part(stated: str) -> int:
    return int(stated[:-1]) * 255 // 100 if stated.endswith("%") else int(stated)


def _alike(colour: Colour, ground: Colour) -> bool:
    return all(abs(a - b) <= _MAX_DISTANCE for a, b in zip(colour, ground, strict=True))


def _rules(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each rule's selectors and declarations, and whether it holds on every screen."""
    depth = 0
    selectors = [""]
    for piece, brace in _RULE.findall(text):
        if brace == "{":
            depth += 1
            selectors.append(piece)
        elif brace:
            yield selectors[-1], piece, depth == 1 and not selectors[-1].strip().startswith("@")
            depth = max(depth - 1, 0)
            selectors = selectors[: depth + 1] or [""]
