"""The text that a reader of an HTML mail sees, with quoted history marked by `> `.

The tree is lexbor's, built as browsers build it (1 ms for 100 KB, html5lib takes 470); what can be
seen of it is our own rule: html2text and selectolax give out text that `display:none` hides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from countersign.parsing.css import Sheet, Sight, sheet, sight

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

UNSEEN = "Text that nobody sees, by its colour, size or place, was left out."
TOO_DEEP = "The HTML nests deeper than any reader shows; what follows was left out."
HISTORY_MARK = "-----Original Message-----"
_MAX_QUOTES = 9
_MAX_OPEN = 1_000
"""Elements open at once. A browser's work is their number times that of the tags."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CLOSED_BY_OTHERS = frozenset(
    {"area", "base", "body", "br", "col", "dd", "dt", "embed", "head", "hr", "html", "img", "input"}
    | {"li", "link", "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr"}
    | {"wbr"}
)
_META_CHARSET = re.compile(
    rb"<meta\b[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:-]{1,40})", re.IGNORECASE
)
_META_BYTES = 4_096
_NEVER_SEEN = frozenset(
    {"head", "script", "style", "title", "xmp", "iframe", "noembed", "noframes", "canvas"}
    | {"template", "select", "datalist", "audio", "video", "svg", "xml"}
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl"}
    | {"dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "tfoot"}
    | {"thead", "tr", "ul"}
)
_OWN_LOOK = frozenset({"pre", "blockquote", "dialog"})
_QUOTING_CLASSES = frozenset({".gmail_quote", ".yahoo_quoted", ".protonmail_quote"})
_HISTORY_IDS = frozenset({"#divrplyfwdmsg", "#appendonsend", "#olk_src_body_section"})
_NO_LINE = re.compile(r"none|0(?:px)?\b.*")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Shown:
    """The visible text, and a sentence for each thing that was left out of it."""

    text: str
    defects: tuple[str, ...] = ()


class _Inside(NamedTuple):
    """What holds for the text of an open element, its own and its parents' doing."""

    sight: Sight = Sight()
    quotes: int = 0
    preformatted: bool = False


@dataclass
class _Page:
    """What has been written so far."""

    pieces: list[str] = field(default_factory=list)
    unseen: bool = False
    at_start: bool = True
    after_space: bool = True

    def write(self, text: str, inside: _Inside) -> None:
        """Add text as an element shows it."""
        if inside.sight.is_seen:
            self._write(text, inside)
        elif not inside.sight.hidden:
            self.unseen = self.unseen or bool(_WORD.search(text))

    def break_line(self, *, block: bool = False) -> None:
        """Start a new line; a block starts one only where text stands before it."""
        if not (block and self.at_start):
            self.pieces.append("\n")
        self.at_start = self.after_space = True

    def _write(self, text: str, inside: _Inside) -> None:
        if not inside.preformatted:
            self._add(_SPACES.sub(" ", text), inside)
            return
        for at, line in enumerate(text.split("\n")):
            if at:
                self.break_line()
            self._add(line, inside)

    def _add(self, text: str, inside: _Inside) -> None:
        if self.after_space and not inside.preformatted:
            text = text.lstrip(" ")
        if not text:
            return
        if self.at_start:
            self.pieces.append("> " * inside.quotes)
        self.pieces.append(text)
        self.at_start = False
        self.after_space = text.endswith(" ")


def visible_text(markup: str) -> Shown:
    """Return the visible text of an HTML document or fragment; never raises.

    Left out: comments, scripts, styles, titles, and elements hidden by a style, by a class, id or
    element that the sheet hides, or by the `hidden` attribute. Noted: words that are there in the
    background's colour, in no size, or off the page; and what nests too deep.
    """
    # Loaded here: its library takes 4 ms, and only Prepare reads mails.
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - as said above

    page, shallow = _Page(), _shallow(markup)
    root = LexborHTMLParser(shallow.encode("utf-8", "replace")).root
    if root is None:
        return Shown("")
    rules = sheet("\n".join(node.text(deep=True) for node in root.css("style")))
    around = _Inside(Sight(is_sure=rules.is_whole))
    for node, inside, closes in _walk(root, around, rules):
        if node.is_text_node:
            page.write(node.text_content or "", inside)
        elif closes:
            _separate(page, node.tag or "", inside, closes=True)
        else:
            _open(page, node, inside)
    lost = {UNSEEN: page.unseen, TOO_DEEP: len(shallow) < len(markup)}
    return Shown("".join(page.pieces), tuple(one for one, holds in lost.items() if holds))


def _shallow(markup: str) -> str:
    """The markup up to where too many elements are open, so that building its tree stays quick."""
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if name in _CLOSED_BY_OTHERS:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > _MAX_OPEN:
            return markup[: tag.start()]
    return markup


def declared_charset(markup: bytes) -> str | None:
    """Return the charset that an HTML document names in its first lines, if it does."""
    found = _META_CHARSET.search(markup[:_META_BYTES])
    return found[1].decode("ascii") if found else None


def _walk(
    root: LexborNode, around: _Inside, rules: Sheet
) -> Iterator[tuple[LexborNode, _Inside, bool]]:
    """Every text and visible element in order, elements once more where they close."""
    stack: list[tuple[LexborNode, _Inside]] = []
    node: LexborNode | None = root
    inside = around
    while node is not None or stack:
        if node is None:
            closed, inside = stack.pop()
            yield closed, inside, True
            node = closed.next
            inside = stack[-1][1] if stack else around
        elif node.is_text_node:
            yield node, inside, False
            node = node.next
        elif node.is_element_node and node.tag not in _NEVER_SEEN:
            inner = _inside(node, inside, rules)
            yield node, inner, False
            stack.append((node, inner))
            inside = inner
            node = None if inner.sight.hidden else node.first_child
        else:
            node = node.next


def _open(page: _Page, node: LexborNode, inside: _Inside) -> None:
    if inside.sight.is_trick:
        page.unseen = page.unseen or bool(_WORD.search(node.text(deep=True)))
    if f"#{(node.id or '').lower()}" in _HISTORY_IDS:
        page.break_line(block=True)
        page.write(HISTORY_MARK, inside)
    _separate(page, node.tag or "", inside, closes=False)


def _separate(page: _Page, name: str, inside: _Inside, *, closes: bool) -> None:
    if name in _BLOCKS:
        page.break_line(block=True)
    elif closes:
        return
    elif name == "br":
        page.break_line()
    elif name in {"td", "th"}:
        page.write(" ", inside)
    if name == "li" and not closes:
        page.write("- ", inside)


def _inside(node: LexborNode, around: _Inside, rules: Sheet) -> _Inside:
    name, given = node.tag or "", node.attributes
    if not given and name not in rules.rules and name not in _OWN_LOOK:
        return around
    labels = _labels(given)
    style = rules.style(name, labels, given.get("style") or "")
    seen = sight(style, around.sight, given) if style or given else around.sight
    if name == "dialog" and "open" not in given:
        seen = Sight(hidden=True, is_trick=True)
    quotes = around.quotes + _opens_quote(name, labels, style, given, around.quotes)
    return _Inside(seen, min(quotes, _MAX_QUOTES), around.preformatted or name == "pre")


def _labels(given: Mapping[str, str | None]) -> frozenset[str]:
    named = (f"#{name}" for name in (given.get("id") or "").lower().split())
    return frozenset([*named, *(f".{name}" for name in (given.get("class") or "").lower().split())])


def _opens_quote(
    name: str,
    labels: frozenset[str],
    style: Mapping[str, str],
    given: Mapping[str, str | None],
    outside: int,
) -> bool:
    """Whether the element holds history. A blockquote that a program does not mark as a citation
    and that shows no line at its side is an indent."""
    if name != "blockquote":
        # A class such as gmail_quote wraps a blockquote: two marks for one level of history.
        return bool(labels & _QUOTING_CLASSES) and not outside
    if given.get("type") == "cite" or "cite" in given or any("quote" in one for one in labels):
        return True
    side = style.get("border-left", style.get("border", ""))
    return not (_NO_LINE.match(side) or (not side and "margin" in " ".join(style)))
