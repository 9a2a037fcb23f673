"""Geometry of charts and lines of diffs: exact where it is arithmetic, bounded for anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.ui import charts
from lmhg_kit.ui.diffs import diff_lines
from lmhg_kit.ui.environment import hue, initials

COUNTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=40)


@given(st.floats(min_value=0, max_value=1e12))
def test_scale_holds_its_largest_and_is_not_far_above(largest: float) -> None:
    """A column never leaves the frame, and never hides at its foot."""
    top = charts.nice_top(largest)
    assert top >= largest
    assert top <= max(1, largest * 2.001)


@given(COUNTS, COUNTS)
def test_stacked_columns_stay_inside_and_touch(lower: list[int], upper: list[int]) -> None:
    """Pieces stand on each other, the lowest on the floor, and none above the frame."""
    length = min(len(lower), len(upper))
    labels = [str(at) for at in range(length)]
    series = [("a", lower[:length], "ok"), ("b", upper[:length], "bad")]
    for column in charts.bars(labels, series).columns:
        floor = 100.0
        for bar in column.bars:
            assert bar.y + bar.height == pytest.approx(floor, abs=0.02)
            assert bar.y >= -0.02
            floor = bar.y


def test_column_says_its_numbers_and_leads_where_it_should() -> None:
    """What the eye sees, a reader hears."""
    plot = charts.bars(["Mon", "Tue"], [("Sent", [1200, 0])], hrefs=["/a", "/b"])
    assert [(each.says, each.href) for each in plot.columns] == [
        ("Mon: Sent 1,200", "/a"),
        ("Tue: Sent 0", "/b"),
    ]
    assert plot.rows == (("Mon", (1200.0,)), ("Tue", (0.0,)))


def test_line_runs_from_edge_to_edge() -> None:
    """The first point on the left, the last on the right, the largest at the top of its scale."""
    (line,) = charts.lines(["a", "b", "c"], [("n", [0, 5, 10], "info")]).lines
    assert line.points == "0,100 50,50 100,0"


def test_funnel_measures_against_its_first_step() -> None:
    """Shares of the first step; nothing at all is no division by zero."""
    steps = charts.funnel([("Received", 40), ("Booked", 10)])
    assert [(each.width, each.share) for each in steps] == [(100.0, 100), (25.0, 25)]
    assert [each.share for each in charts.funnel([("Received", 0), ("Booked", 0)])] == [0, 0]
    assert charts.funnel([]) == ()


def test_numbers_that_do_not_fit_their_labels_are_refused() -> None:
    """A chart that would lie is not drawn."""
    with pytest.raises(ValueError, match="one number a label"):
        charts.bars(["a", "b"], [("n", [1])])
    many = [str(at) for at in range(charts.POINTS_MAX + 1)]
    with pytest.raises(ValueError, match="one number a label"):
        charts.lines(many, [("n", [0] * len(many))])


@given(st.integers(min_value=1, max_value=charts.POINTS_MAX))
def test_few_labels_are_shown_the_ends_among_them(count: int) -> None:
    """A phone has room for a handful; the first and the last are always there."""
    labels = [str(at) for at in range(count)]
    shown = charts.lines(labels, [("n", [1] * count)]).shown
    assert len(shown) <= charts.LABELS_SHOWN
    assert (shown[0], shown[-1]) == (labels[0], labels[-1])


def test_diff_tells_what_came_and_what_went() -> None:
    """Line by line, in order, without difflib's own marks."""
    lines = diff_lines("a\nb\nc", "a\nB\nc")
    assert [(each.change, each.text) for each in lines] == [
        ("same", "a"),
        ("went", "b"),
        ("came", "B"),
        ("same", "c"),
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Roy", "AR"), ("Ben", "B"), ("chidi van Okafor", "CO"), ("  ", "?")],
)
def test_initials_are_those_of_the_first_and_last_name(name: str, letters: str) -> None:
    """And nobody is a question mark."""
    assert initials(name) == letters
    assert 0 <= hue(name) <= 4
