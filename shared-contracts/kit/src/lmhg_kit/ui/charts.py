"""Charts as geometry: pure functions from numbers to places in a square of 100 by 100.

The components draw it as SVG stretched to its frame; words stand beside it as HTML, so that they
keep their size on a phone. Nothing here needs a style attribute, which the content policy forbids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

SIZE = 100.0
GAP = 0.2
"""The part of a column's width that stays empty beside its bar."""
POINTS_MAX = 400
"""Labels of one chart; more would be thinner than a line."""
LABELS_SHOWN = 5
ROUND_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)

Series: TypeAlias = Sequence[object]
"""A name, its numbers in the order of the labels, and a tone for its colour."""


@dataclass(frozen=True)
class Bar:
    """One piece of a column, with the words that name it."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Column:
    """All pieces over one label."""

    label: str
    x: float
    width: float
    bars: tuple[Bar, ...]
    says: str
    href: str


@dataclass(frozen=True)
class Line:
    """One series as the points of a polyline."""

    name: str
    tone: str
    points: str
    last: float


@dataclass(frozen=True)
class Plot:
    """What a chart shows: columns or lines, the top of its scale, the labels that fit."""

    top: float
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    shown: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True)
class Step:
    """One step of a funnel: how many, and what part of the first."""

    label: str
    number: float
    width: float
    share: int


def nice_top(largest: float) -> float:
    """The end of a scale that holds this number: a round one, not far above; at least 1."""
    power = 1.0
    while power * 10 < largest:
        power *= 10
    return next(power * step for step in ROUND_STEPS if power * step >= largest)


def bars(labels: Sequence[str], series: Sequence[Series], hrefs: Sequence[str] = ()) -> Plot:
    """Columns of stacked bars. Raises: ValueError where numbers and labels differ in count."""
    known = [_series(one, labels) for one in series]
    totals = [sum(numbers[at] for _, numbers, _ in known) for at in range(len(labels))]
    top = nice_top(max(totals, default=0))
    step = SIZE / max(len(labels), 1)
    columns: list[Column] = []
    for at, label in enumerate(labels):
        pieces: list[Bar] = []
        floor = SIZE
        for _, numbers, tone in known:
            height = numbers[at] / top * SIZE
            floor -= height
            if height:
                x = step * (at + GAP / 2)
                pieces.append(Bar(_r(x), _r(floor), _r(step * (1 - GAP)), _r(height), tone))
        says = f"{label}: " + ", ".join(
            f"{name} {number(numbers[at])}" for name, numbers, _ in known
        )
        href = hrefs[at] if at < len(hrefs) else ""
        columns.append(Column(label, _r(step * at), _r(step), tuple(pieces), says, href))
    return _plot(labels, known, top=top, columns=tuple(columns))


def lines(labels: Sequence[str], series: Sequence[Series]) -> Plot:
    """One line a series. Raises: ValueError where numbers and labels differ in count."""
    known = [_series(one, labels) for one in series]
    top = nice_top(max((max(numbers, default=0) for _, numbers, _ in known), default=0))
    drawn = tuple(
        Line(name, tone, polyline(numbers, top=top), numbers[-1] if numbers else 0)
        for name, numbers, tone in known
    )
    return _plot(labels, known, top=top, drawn=drawn)


def polyline(numbers: Sequence[float], *, top: float | None = None) -> str:
    """The points of a line from the left edge to the right one, as SVG writes them."""
    high = top or max(numbers, default=0) or 1
    step = SIZE / max(len(numbers) - 1, 1)
    places = ((step * at, SIZE - each / high * SIZE) for at, each in enumerate(numbers))
    return " ".join(f"{_r(x):g},{_r(y):g}" for x, y in places)


def funnel(steps: Sequence[tuple[str, float]]) -> tuple[Step, ...]:
    """Each step against the first; a first step of nothing makes all of them nothing."""
    first = steps[0][1] if steps else 0
    shares = [(label, count, count / first if first else 0.0) for label, count in steps]
    return tuple(
        Step(label, count, _r(min(share, 1) * SIZE), round(share * 100))
        for label, count, share in shares
    )


def number(value: float) -> str:
    """A number as a chart writes it: 1,204 or 0.5."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.1f}"


def _series(one: Series, labels: Sequence[str]) -> tuple[str, list[float], str]:
    name, values = str(one[0]), one[1]
    if not isinstance(values, Sequence) or len(values) != len(labels) or len(labels) > POINTS_MAX:
        message = f"series {name!r} does not have one number a label"
        raise ValueError(message)
    return name, [float(str(value)) for value in values], str(one[2]) if len(one) > 2 else "accent"


def _plot(
    labels: Sequence[str],
    known: Sequence[tuple[str, list[float], str]],
    *,
    top: float,
    columns: tuple[Column, ...] = (),
    drawn: tuple[Line, ...] = (),
) -> Plot:
    rows = tuple(
        (label, tuple(numbers[at] for _, numbers, _ in known)) for at, label in enumerate(labels)
    )
    legend = tuple((name, tone) for name, _, tone in known)
    return Plot(top, columns, drawn, _thinned(labels), legend, rows)


def _thinned(labels: Sequence[str]) -> tuple[str, ...]:
    """The first label, the last, and as many between as a phone can show, evenly."""
    if len(labels) <= LABELS_SHOWN:
        return tuple(labels)
    last, parts = len(labels) - 1, LABELS_SHOWN - 1
    while parts > 1 and last % parts:
        parts -= 1
    return tuple(labels[last * at // parts] for at in range(parts + 1))


def _r(value: float) -> float:
    """Two decimals are a hundredth of a pixel or so; fewer letters on the way."""
    return round(value, 2)
