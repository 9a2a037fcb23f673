"""What a template says: its text between tags, its labels, and the strings that it hands to components."""

from collections.abc import Iterator
from html.parser import HTMLParser

import jinja2

from lmhg_quality.words.saying import GAP, Saying, is_prose, tidy

INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "small", "span", "strong", "time"}
)
READ_ATTRIBUTES = frozenset({"alt", "aria-label", "data-busy", "data-said", "placeholder", "title"})
UNREAD_ELEMENTS = frozenset({"script", "style", "code", "pre"})
UNREAD_COMPONENTS = frozenset({"code", "hash"})
"""What shows a command or a number to copy."""
Token = tuple[int, str, str]
"""Line, sort and text, as Jinja's lexer gives it."""
TECHNICAL_CALL = "ui.technical"
_LINE = "\x1e"
"""A block of the template ended: what follows is another text."""
_TECHNICAL, _PLAIN = "\x01", "\x02"
UNREAD_ARGUMENTS = frozenset(
    {"tone", "type", "name", "icon", "classes", "value", "path", "href", "permission", "id"}
)


def sayings(source: str, file: str, *, technical: bool = False) -> Iterator[Saying]:
    """Everything a reader of this template may see, in its order."""
    html, strings = _taken_apart(source)
    yield from (
        Saying(text, file, line, technical or inside)
        for text, line, inside in strings
        if is_prose(text)
    )
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for text, line, inside in reader.said:
        if is_prose(text):
            yield Saying(text, file, line, technical or inside)


def _taken_apart(source: str) -> tuple[str, list[tuple[str, int, bool]]]:
    """The HTML with gaps for values, and the strings inside expressions."""
    html: list[str] = []
    strings: list[tuple[str, int, bool]] = []
    calls: list[bool] = []
    tokens: list[Token] = []
    for line, kind, value in jinja2.Environment(autoescape=True).lex(source):
        if kind == "data":
            html.append(value)
        elif kind in {"variable_begin", "block_begin"}:
            tokens = []
        elif kind in {"variable_end", "block_end"}:
            strings += [(text, at, any(calls)) for text, at in _strings(tokens)]
            html.append(
                _mark(kind, tokens, calls) + "\n" * sum(v.count("\n") for _, _, v in tokens)
            )
        elif kind in {"comment", "comment_begin", "comment_end"}:
            html.append("\n" * value.count("\n"))
        else:
            tokens.append((line, kind, value))
    return "".join(html), strings


def _mark(kind: str, tokens: list[Token], calls: list[bool]) -> str:
    """What stands in the HTML for a value or a statement."""
    if kind == "variable_end":
        return GAP
    names = [value for _, kind, value in tokens if kind in {"name", "operator"}]
    word = names[0] if names else ""
    if word == "call":
        calls.append("".join(names[1:]).startswith(TECHNICAL_CALL))
        return _LINE + (_TECHNICAL if calls[-1] else "")
    if word == "endcall":
        return _LINE + (_PLAIN if calls.pop() else "")
    return "" if word in {"if", "endif", "set", "do", "with", "endwith"} else _LINE


def _strings(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    """Strings to read in one expression; what is joined by `~` is one text with gaps."""
    shown = [token for token in tokens if token[1] != "whitespace"]
    if _names(shown) & UNREAD_COMPONENTS:
        return
    for argument in _split(shown, ","):
        name = argument[0][2] if len(argument) > 1 and argument[1][2] == "=" else ""
        if name in UNREAD_ARGUMENTS:
            continue
        parts = list(_split(argument, "~"))
        if len(parts) > 1:
            yield tidy("".join(_alone(part) or GAP for part in parts)), argument[0][0]
        for part in parts:
            if len(parts) == 1 or not _alone(part):
                yield from _singles(part)


def _split(tokens: list[Token], at: str) -> Iterator[list[Token]]:
    """The stretches between operators of one sort; none is empty."""
    stretch: list[Token] = []
    for token in tokens:
        if token[2] != at:
            stretch.append(token)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _alone(part: list[Token]) -> str:
    """The text of a part that is one string, with nothing but names and brackets around it."""
    strings = [value for _, kind, value in part if kind == "string"]
    rest = {value for _, kind, value in part if kind not in {"string", "name"}} - set("()[]{}.:=")
    return _text(strings[0]) if len(strings) == 1 and not rest and "if" not in _names(part) else ""


def _singles(part: list[Token]) -> Iterator[tuple[str, int]]:
    """Each string of a part, unless something is only compared with it."""
    before = ""
    for line, kind, value in part:
        if kind == "string" and before not in {"==", "!=", "in"}:
            yield tidy(_text(value)), line
        before = value


def _names(part: list[Token]) -> set[str]:
    return {value for _, kind, value in part if kind == "name"}


def _text(literal: str) -> str:
    return literal[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\n", "\n")


class _Reader(HTMLParser):
    """Collects texts and labels; inline elements do not end a text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, int, bool]] = []
        self._text = ""
        self._line = 0
        self._unread = 0
        self._technical = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins another text; its labels are texts of their own."""
        self._unread += tag in UNREAD_ELEMENTS
        if tag not in INLINE:
            self._flush()
        for name, value in attrs:
            if name in READ_ATTRIBUTES and value:
                self.said.append((tidy(value), self.getpos()[0], self._technical > 0))

    def handle_endtag(self, tag: str) -> None:
        """A block ends its text."""
        self._unread -= tag in UNREAD_ELEMENTS
        if tag not in INLINE:
            self._flush()

    def handle_data(self, data: str) -> None:
        """Text, cut where a statement of the template stood."""
        if self._unread:
            return
        for n, each in enumerate(data.split(_LINE)):
            if n:
                self._flush()
            self._technical += each.count(_TECHNICAL) - each.count(_PLAIN)
            piece = each.replace(_TECHNICAL, "").replace(_PLAIN, "")
            if not self._text.strip() and piece.strip():
                self._line = self.getpos()[0]
            self._text += piece

    def close(self) -> None:
        """The last text."""
        super().close()
        self._flush()

    def _flush(self) -> None:
        text, self._text = tidy(self._text), ""
        if text.strip(GAP + " "):
            self.said.append((text, self._line, self._technical > 0))
