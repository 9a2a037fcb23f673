"""The Jinja environment: strict, escaping, with the components as `ui` and times in local zone."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import jinja2
from jinja2.ext import Extension

from lmhg_kit.clock import utc_now
from lmhg_kit.ui import charts
from lmhg_kit.ui.cells import Cells
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.diffs import diff_lines
from lmhg_kit.ui.escaping import Escaping, called
from lmhg_kit.ui.formats import LocalTimes, dialed, long_day, phone, short_number, zone_words
from lmhg_kit.ui.later import LATER, later
from lmhg_kit.ui.sprite import icon_drawings
from lmhg_kit.ui.weeks import HOURS

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
COMPONENTS = FOLDER / "components"
KEPT = frozenset({"badge", "chart_bar", "icon", "moment", "nav"})
"""Components that depend on their arguments and the hour alone, and whose arguments name nobody."""
KEPT_MAX = 2048
HUES = 5
"""Colors of avatars."""
TITLES = frozenset({"dr", "mr", "mrs", "ms", "mx", "prof"})


_MARGIN = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Leaves the margins of a template to those who read it: to a browser each is one space."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - as Jinja calls it
        """The source as it is compiled. A text that keeps its lines comes from a value, never from here."""
        return _MARGIN.sub(" ", source)


def count_of(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 ticket, 2 tickets, 3 entries."""
    return f"{count:,} {one if count == 1 else many or plural(one)}"


def plural(one: str) -> str:
    """The plural of an English noun."""
    if one == "person":
        return "people"
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return one[:-1] + "ies"
    return one + ("es" if one.endswith(("s", "x", "ch", "sh")) else "s")


def initials(name: str) -> str:
    """First letters of the first and the last name, such as AR; a question mark where there is no name.

    A title is no name: two doctors do not look the same.
    """
    parts = _names(name)
    ends = parts[:1] + parts[-1:] if len(parts) > 1 else parts
    return "".join(part[0] for part in ends).upper() or "?"


def first_name(name: str) -> str:
    """What one calls a person: the first part of the name that is no title."""
    parts = _names(name)
    return parts[0] if parts else name


def _names(name: str) -> list[str]:
    """The parts of a name without its titles."""
    return [
        part for part in name.partition(",")[0].split() if part.rstrip(".").lower() not in TITLES
    ]


def hue(name: str) -> int:
    """A number of a colour that stays with a name."""
    return crc32(name.encode()) % HUES


def build_environment(
    folders: Iterable[Path],
    *,
    timezone: str,
    static_url: Callable[[str], str],
    now: Callable[[], datetime] = utc_now,
) -> jinja2.Environment:
    """Templates of these folders first, then the kit's own."""
    env = Escaping(
        loader=jinja2.FileSystemLoader(
            [*(str(folder) for folder in folders), str(FOLDER / "templates"), str(FOLDER)]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do", Unindented],
    )
    times, ui = LocalTimes(timezone, now), SimpleNamespace()
    open_filters: dict[str, Any] = env.filters
    open_filters.update(
        clock=times.clock,
        span=times.span,
        moment=times.moment,
        second=times.second,
        precise=times.precise,
        day=times.day,
        birth_day=long_day,
        part_of_day=times.part_of_day,
        first_name=first_name,
        phone=phone,
        plain=times.plain,
        short_number=short_number,
        dialed=dialed,
        words=words,
        count_of=count_of,
        plural=plural,
        initials=initials,
        hue=hue,
        rows=Cells(ui, day=times.day, now=now).rows,
    )
    open_globals: dict[str, Any] = env.globals
    open_globals.update(
        static_url=static_url,
        icon_drawing=icon_drawings(),
        charts=charts,
        diff_lines=diff_lines,
        zone_words=zone_words(timezone),
        week_hours=HOURS,
        ui=ui,
        kept=_kept(called, now),
    )
    for name in ("parts", "chart_parts"):
        open_globals[name] = env.get_template(f"components/{name}.html").module
    _load_components(env, ui, now)
    return env


def component_names() -> list[str]:
    """The components: one folder each, with a macro of the same name."""
    return sorted(path.name for path in COMPONENTS.iterdir() if (path / "macro.html").exists())


def _load_components(
    env: jinja2.Environment, ui: SimpleNamespace, now: Callable[[], datetime]
) -> None:
    """Put every component's macro under its name; components find each other there."""
    for name in component_names():
        module = env.get_template(f"components/{name}/macro.html").module
        drawn = getattr(module, name)
        drawn = _kept(drawn, now) if name in KEPT else later(drawn) if name in LATER else drawn
        setattr(ui, name, drawn)


def _kept(drawn: Callable[..., Any], now: Callable[[], datetime]) -> Callable[..., Any]:
    """A component that is drawn once an hour for each set of arguments; markup and text are told apart.

    Once an hour, because how a day reads depends on the year that it is.
    """

    @lru_cache(maxsize=KEPT_MAX, typed=True)
    def kept(_day: int, _hour: int, /, *given: object, **named: object) -> object:
        return drawn(*given, **named)

    def draw(*given: object, **named: object) -> object:
        """Drawn again where an argument can be no key, such as a list."""
        try:
            at = now()
            return kept(at.toordinal(), at.hour, *given, **named)
        except TypeError:
            return drawn(*given, **named)

    return draw
