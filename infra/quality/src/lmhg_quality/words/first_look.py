"""What a page shows before anybody opens "Technical details": no id, code, setting or zone of a program."""

import re
from html.parser import HTMLParser

from lmhg_quality.words.rules import Word
from lmhg_quality.words.saying import tidy

RAW = (
    Word(re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "a short number"),
    Word(re.compile(r"(?<![@\w.:/-])[a-z]{2,}(?:_[a-z]+)+\b(?![\w.]*@)"), "words for the code"),
    Word(re.compile(r"\bUTC\b"), "Eastern Time, once a page"),
    Word(re.compile(r"\b(?:America|Europe|Etc)/[A-Z]\w+"), "Eastern Time, once a page"),
    Word(re.compile(r"\bLMHG_[A-Z_]+\b"), "words for the setting"),
    Word(re.compile(r"\b20\d\d-\d\d-\d\d(?:T\d|\b(?!\d))"), "Nov 27, 2026"),
)  # fmt: skip
UNSHOWN = frozenset({"script", "style", "title", "template", "option", "pre"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "rect", "polyline"})  # fmt: skip


def first_look(html: str) -> str:
    """The text of a page's content that is shown at once."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return tidy(" ".join(reader.text))


def raw_in(html: str) -> list[str]:
    """What a page shows that only a program understands."""
    text = first_look(html)
    return [
        f"“{found[0]}”: say {rule.instead}" for rule in RAW for found in rule.pattern.finditer(text)
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is inside a hidden part is hidden too."""
        if tag in _VOID:
            return
        classes = (dict(attrs).get("class") or "").split()
        if self._hidden or tag in UNSHOWN or (tag == "details" and "technical" in classes):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Back to where the hidden part began."""
        if tag in self._hidden:
            while self._hidden and self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Shown text."""
        if not self._hidden and data.strip():
            self.text.append(data)
