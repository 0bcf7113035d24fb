"""A page taken apart: its elements, their attributes, and the texts from outside."""

from __future__ import annotations

from html.parser import HTMLParser


class Elements(HTMLParser):
    """The tags and attributes of a page, and the text inside each element with `class="text"`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.marked: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        is_text = "text" in (dict(attrs).get("class") or "").split()
        if tag not in {"input", "meta", "br"}:
            self._open.append((tag, is_text))
        if is_text:
            self.texts.append("")
        if tag == "mark":
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        assert self._open.pop()[0] == tag, "the page is not well-formed"

    def handle_data(self, data: str) -> None:
        """Text."""
        if any(is_text for _, is_text in self._open):
            self.texts[-1] += data
        if any(tag == "mark" for tag, _ in self._open):
            self.marked[-1] += data
