"""Ages in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.ages import age_words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(0), "under a minute"),
        (timedelta(seconds=-5), "under a minute"),
        (timedelta(seconds=59), "under a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=400, hours=23), "400 days"),
    ],
)
def test_age_is_told_in_whole_units(age: timedelta, words: str) -> None:
    """Rounded down; a clock that is a little ahead makes nothing negative."""
    assert age_words(age) == words


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=3650)))
def test_words_say_no_more_than_the_age(age: timedelta) -> None:
    """What is said is at most the age, and more than half of it."""
    number, unit = age_words(age).split()
    told = timedelta(**{f"{unit.rstrip('s')}s": int(number)})
    assert told <= age < 2 * told
