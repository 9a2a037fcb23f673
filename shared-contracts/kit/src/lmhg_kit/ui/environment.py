"""The Jinja environment: strict, escaping, with the components as `ui` and times in local zone."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import jinja2
from jinja2.compiler import CodeGenerator
from jinja2.ext import Extension
from markupsafe import _escape_inner  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage] - its public `escape` makes a Markup of each value

from lmhg_kit.ui import charts
from lmhg_kit.ui.diffs import diff_lines
from lmhg_kit.ui.spans import span_on
from lmhg_kit.ui.sprite import icon_drawings

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
COMPONENTS = FOLDER / "components"
KEPT = frozenset({"badge", "icon", "moment", "nav"})
"""Components that depend on their arguments alone, and whose arguments name nobody."""
KEPT_MAX = 2048
HUES = 5
"""Colours of avatars."""


_MARGIN = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Leaves the margins of a template to those who read it: to a browser each is one space."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - as Jinja calls it
        """The source as it is compiled. A text that keeps its lines comes from a value, never from here."""
        return _MARGIN.sub(" ", source)


def escaped(value: object) -> str:
    """What `markupsafe.escape` gives, as plain text: of a page's outputs hundreds are joined at once."""
    if type(value) is str:
        return _escape_inner(value)
    if hasattr(value, "__html__"):
        return cast("Any", value).__html__()
    return _escape_inner(str(value))


class _Escaping(CodeGenerator):
    """Compiles an output to `escaped`, which makes no object of its own for each."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:  # noqa: ANN401 - as Jinja calls it
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class Escaping(jinja2.Environment):
    """An environment whose templates escape by `escaped`."""

    code_generator_class = _Escaping
    escaped = staticmethod(escaped)


class LocalTimes:
    """Moments as people at the practice read them, with the zone shown."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)

    def clock(self, at: datetime) -> str:
        """Hour and minute, such as 14:02."""
        return f"{at.astimezone(self.zone):%H:%M}"

    def clock_zone(self, at: datetime) -> str:
        """Hour, minute and zone, such as 14:02 EST."""
        return f"{at.astimezone(self.zone):%H:%M %Z}"

    def span(self, starts_at: datetime, ends_at: datetime, day: date) -> str:
        """From when to when on one day of a calendar, such as 9:00 AM to 10:30 AM."""
        return span_on(day, starts_at, ends_at, self.zone)

    def moment(self, at: datetime) -> str:
        """Day and time with the zone, such as Sun 22 Nov 2026, 14:02 EST."""
        return f"{at.astimezone(self.zone):%a %-d %b %Y, %H:%M %Z}"

    def second(self, at: datetime) -> str:
        """Day and time to the second with the zone, for what is followed step by step."""
        return f"{at.astimezone(self.zone):%a %-d %b %Y, %H:%M:%S %Z}"

    def precise(self, at: datetime) -> str:
        """Day and time to the millisecond with the zone, for ledgers."""
        local = at.astimezone(self.zone)
        return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%Z}"

    def day(self, at: datetime | date) -> str:
        """The day alone, such as Sun 22 Nov 2026."""
        local = at.astimezone(self.zone).date() if isinstance(at, datetime) else at
        return f"{local:%a %-d %b %Y}"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def birth_day(day: date) -> str:
    """A birth date, such as Oct 8, 1969."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


_INITIALS = {"it_support": "IT support"}


def words(code: str) -> str:
    """A code as words: `referred_out` reads "Referred out"."""
    return _INITIALS.get(code) or code.replace("_", " ").replace(".", " ").capitalize()


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
    """First letters of the first and the last name, such as AR; a question mark for nobody."""
    parts = name.split()
    ends = parts[:1] + parts[-1:] if len(parts) > 1 else parts
    return "".join(part[0] for part in ends).upper() or "?"


def hue(name: str) -> int:
    """A number of a colour that stays with a name."""
    return sum(name.encode()) % HUES


def build_environment(
    folders: Iterable[Path], *, timezone: str, static_url: Callable[[str], str]
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
    times = LocalTimes(timezone)
    open_filters: dict[str, Any] = env.filters
    open_filters.update(
        clock=times.clock,
        clock_zone=times.clock_zone,
        span=times.span,
        moment=times.moment,
        second=times.second,
        precise=times.precise,
        day=times.day,
        birth_day=birth_day,
        words=words,
        count_of=count_of,
        plural=plural,
        initials=initials,
        hue=hue,
    )
    ui = SimpleNamespace()
    open_globals: dict[str, Any] = env.globals
    open_globals.update(
        static_url=static_url,
        icon_drawing=icon_drawings(),
        charts=charts,
        diff_lines=diff_lines,
        timezone=timezone,
        ui=ui,
    )
    for name in ("parts", "chart_parts"):
        open_globals[name] = env.get_template(f"components/{name}.html").module
    _load_components(env, ui)
    return env


def component_names() -> list[str]:
    """The components: one folder each, with a macro of the same name."""
    return sorted(path.name for path in COMPONENTS.iterdir() if (path / "macro.html").exists())


def _load_components(env: jinja2.Environment, ui: SimpleNamespace) -> None:
    """Put every component's macro under its name; components find each other there."""
    for name in component_names():
        module = env.get_template(f"components/{name}/macro.html").module
        drawn = getattr(module, name)
        setattr(ui, name, _kept(drawn) if name in KEPT else drawn)


def _kept(drawn: Callable[..., Any]) -> Callable[..., Any]:
    """A component that is drawn once for each set of arguments; markup and text are told apart."""
    kept = lru_cache(maxsize=KEPT_MAX, typed=True)(drawn)

    def draw(*given: object, **named: object) -> object:
        """Drawn anew where an argument can be no key, such as a list."""
        can_be_key = all(each.__hash__ for each in (*given, *named.values()))
        return kept(*given, **named) if can_be_key else drawn(*given, **named)

    return draw
