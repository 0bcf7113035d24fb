"""The text that a reader of an HTML mail sees, with quoted history marked by `> `."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from countersign.parsing import css

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
    page = _Page(css.hidden_names("\n".join(_STYLE_SHEET.findall(markup))))
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
    style = css.read(given.get("style", ""))
    hidden = name in _NEVER_SEEN or "hidden" in given or css.hides(style)
    return _Element(
        name=name,
        hidden=parent.hidden or hidden or bool(labels & page.hidden_names),
        unseen=css.unseen(style, parent.unseen),
        quotes=_quotes(name, labels, parent.quotes),
        preformatted=parent.preformatted or name == "pre",
    )


def _quotes(name: str, labels: frozenset[str], outside: int) -> int:
    # A class such as gmail_quote wraps a blockquote: two marks for one level of history.
    opens = name == "blockquote" or (bool(labels & _QUOTING_CLASSES) and not outside)
    return min(outside + opens, _MAX_QUOTES)
