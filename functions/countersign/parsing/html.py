"""The text that a reader of an HTML mail sees, with quoted history marked by `> `.

Our own, because html2text and selectolax give out text that `display:none` hides.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

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


HISTORY_MARK = "-----Original Message-----"
_MAX_QUOTES = 9
# Every alternative accepts an unclosed construct up to the end, so no scan is ever repeated.
_TOKEN = re.compile(
    r"(?P<comment><!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*>?)"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*)"
    r"""(?P<attributes>(?:[^>=]+|=\s*+(?:"[^"]*"|'[^']*')|=)*+)>?"""
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]+)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s>]*))?""")
_STYLE_SHEET = re.compile(r"<style\b[^>]*>(.*?)(?:</style|\Z)", re.DOTALL | re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta\b[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:-]{1,40})", re.IGNORECASE
)
_META_BYTES = 4_096
_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_NEVER_SEEN = frozenset({"head", "template", "object", "select", "datalist", "audio", "video"})
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl"}
    | {"dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot"}
    | {"thead", "tr", "ul"}
)
_SELF_CLOSING = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
_SPECIAL = _NEVER_SEEN | {"pre", "blockquote"}
_QUOTING_CLASSES = frozenset({".gmail_quote", ".yahoo_quoted", ".protonmail_quote"})
_HISTORY_IDS = frozenset({"#divrplyfwdmsg", "#appendonsend", "#olk_src_body_section"})
_SPACES = re.compile(r"\s+")


class _Element(NamedTuple):
    """An open element with what holds for the text in it, its own and its parents' doing."""

    name: str = ""
    hidden: bool = False
    unseen: frozenset[str] = frozenset()
    quotes: int = 0
    preformatted: bool = False


@dataclass
class _Page:
    """What has been read so far: the open elements and the visible text in pieces."""

    hidden_names: frozenset[str]
    stack: list[_Element] = field(default_factory=lambda: [_Element()])
    open_names: Counter[str] = field(default_factory=Counter)
    pieces: list[str] = field(default_factory=list)
    at_start: bool = True
    after_space: bool = True

    def write(self, text: str) -> None:
        """Add text as the innermost open element shows it."""
        inner = self.stack[-1]
        if inner.hidden or inner.unseen:
            return
        if not inner.preformatted:
            self._add(_SPACES.sub(" ", text))
            return
        for at, line in enumerate(text.split("\n")):
            if at:
                self.break_line()
            self._add(line)

    def break_line(self, *, block: bool = False) -> None:
        """Start a new line; a block starts one only where text stands before it."""
        if not (block and self.at_start):
            self.pieces.append("\n")
        self.at_start = self.after_space = True

    def _add(self, text: str) -> None:
        if self.after_space and not self.stack[-1].preformatted:
            text = text.lstrip(" ")
        if not text:
            return
        if self.at_start:
            self.pieces.append("> " * self.stack[-1].quotes)
        self.pieces.append(text)
        self.at_start = False
        self.after_space = text.endswith(" ")


def visible_text(markup: str) -> str:
    """Return the visible text of an HTML document or fragment; never raises.

    Left out: comments, scripts, styles, titles, and elements hidden by a style, by a class or id
    that the sheet hides, or by the `hidden` attribute.
    """
    page = _Page(hidden_names("\n".join(_STYLE_SHEET.findall(markup))))
    for match in _tokens(markup):
        if match["text"]:
            page.write(html.unescape(match["text"]))
        elif match["name"] and match["close"]:
            _close(page, match["name"].lower())
        elif match["name"]:
            _open(page, match["name"].lower(), match["attributes"])
    return "".join(page.pieces)


def declared_charset(markup: bytes) -> str | None:
    """Return the charset that an HTML document names in its first lines, if it does."""
    found = _META_CHARSET.search(markup[:_META_BYTES])
    return found[1].decode("ascii") if found else None


def _tokens(markup: str) -> Iterator[re.Match[str]]:
    at = 0
    while match := _TOKEN.match(markup, at):
        yield match
        at = match.end()
        name = (match["name"] or "").lower()
        if name in _RAW and not match["close"]:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(markup, at)
            at = closing.start() if closing else len(markup)


def _open(page: _Page, name: str, attributes: str) -> None:
    given = _attributes(attributes) if attributes.strip() else {}
    labels = _labels(given) if given else frozenset()
    if labels & _HISTORY_IDS:
        page.break_line(block=True)
        page.write(HISTORY_MARK)
    if name in _SELF_CLOSING and page.stack[-1].name == name:
        page.open_names[page.stack.pop().name] -= 1
    if name not in _VOID:
        page.stack.append(_element(page, name, given, labels))
        page.open_names[name] += 1
    _separate(page, name)


def _separate(page: _Page, name: str) -> None:
    if name == "br":
        page.break_line()
    elif name in _BLOCKS:
        page.break_line(block=True)
    elif name in {"td", "th", "option"}:
        page.write(" ")
    if name == "li":
        page.write("- ")


def _close(page: _Page, name: str) -> None:
    while page.open_names[name]:
        closed = page.stack.pop().name
        page.open_names[closed] -= 1
        if closed == name:
            break
    if name in _BLOCKS:
        page.break_line(block=True)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), html.unescape(value.strip("\"'")))
    return found


def _labels(given: dict[str, str]) -> frozenset[str]:
    classes = {"." + name for name in given.get("class", "").lower().split()}
    return frozenset(classes | {"#" + given.get("id", "").strip().lower()})


def _element(page: _Page, name: str, given: dict[str, str], labels: frozenset[str]) -> _Element:
    parent = page.stack[-1]
    if not given and name not in _SPECIAL:
        return parent._replace(name=name)
    style = read(given.get("style", ""))
    hidden = name in _NEVER_SEEN or "hidden" in given or hides(style)
    return _Element(
        name=name,
        hidden=parent.hidden or hidden or bool(labels & page.hidden_names),
        unseen=unseen(style, parent.unseen),
        quotes=_quotes(name, labels, parent.quotes),
        preformatted=parent.preformatted or name == "pre",
    )


def _quotes(name: str, labels: frozenset[str], outside: int) -> int:
    # A class such as gmail_quote wraps a blockquote: two marks for one level of history.
    opens = name == "blockquote" or (bool(labels & _QUOTING_CLASSES) and not outside)
    return min(outside + opens, _MAX_QUOTES)
