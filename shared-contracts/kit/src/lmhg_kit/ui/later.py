"""What is first on a page and can only be drawn last: it depends on what the page draws after it.

The summary of a form's errors names fields by their labels, which the fields tell when they are drawn.
Wherever a template asks for it, its place is kept and it is drawn once the page is whole.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from markupsafe import Markup

LATER = frozenset({"error_summary"})
"""Components that are drawn when the page around them is."""


@dataclass
class Places:
    """The places that one rendering keeps; a form has one, the first that is asked for."""

    kept: dict[str, Callable[[], str]] = field(default_factory=dict[str, Callable[[], str]])
    forms: list[Any] = field(default_factory=list[Any])

    def keep(self, form: Any, draw: Callable[[], str]) -> Markup:  # noqa: ANN401 - a form of any struct
        """The mark of a new place; nothing where this form has one already."""
        if any(each is form for each in self.forms):
            return Markup("")
        mark = f"<!--{token_hex(16)}-->"
        self.forms.append(form)
        self.kept[mark] = draw
        return Markup(mark)  # noqa: S704 - a comment of hex digits

    def filled(self, page: str) -> str:
        """The page with each place drawn."""
        for mark, draw in self.kept.items():
            page = page.replace(mark, draw(), 1)
        return page


_PLACES: ContextVar[Places | None] = ContextVar("places", default=None)


@contextmanager
def drawn_later() -> Iterator[Places]:
    """While a page is rendered: what is to be drawn later keeps its place."""
    places = Places()
    token = _PLACES.set(places)
    try:
        yield places
    finally:
        _PLACES.reset(token)


def later(drawn: Callable[..., Any]) -> Callable[[Any], Any]:
    """A component over a form that is drawn when the page is whole; at once where no page is rendered."""

    def draw(form: Any) -> Any:  # noqa: ANN401 - a form of any struct, and markup
        places = _PLACES.get()
        return drawn(form) if places is None else places.keep(form, lambda: str(drawn(form)))

    return draw
