"""Who fits a freed time: examples a front desk would agree with, and what holds for every waitlist."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.referrals.public import PAYERS
from lmhg_gateway.features.waitlist.matching_rules import (
    MEETS,
    TIMES,
    Panel,
    Time,
    Verdict,
    Waiting,
    joined,
    match,
    rank,
    time_code,
)

TUESDAY = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
TIME = Time(clinician_id="robin", clinician="Robin Vance", starts_at=TUESDAY, meets="in_person")
PANEL = Panel(payers=frozenset({"medicaid"}), states=frozenset({"KY"}))
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
people = st.lists(
    st.builds(
        Waiting,
        referral_id=st.uuids().map(str),
        since=st.integers(0, 400).map(lambda days: LONG_AGO + timedelta(days=days)),
        urgency=st.sampled_from(("routine", "soon", "urgent")),
        payer=st.sampled_from(PAYERS),
        clinicians=st.frozensets(st.sampled_from(("robin", "sam")), max_size=2),
        times=st.frozensets(st.sampled_from(sorted(TIMES)), max_size=21),
        meets=st.sampled_from(("", *MEETS)),
        state=st.sampled_from(("", "KY", "IN")),
    ),
    max_size=12,
    unique_by=lambda each: each.referral_id,
)


def said(person: Waiting, panel: Panel = PANEL) -> list[tuple[str, str]]:
    """Each point with its words."""
    return [(each.verdict.value, each.said) for each in match(person, TIME, panel).points]


def test_everything_fits_and_says_why() -> None:
    """Each of the five points has its reason."""
    person = Waiting(
        referral_id="a",
        since=LONG_AGO,
        payer="medicaid",
        clinicians=frozenset({"robin"}),
        times=frozenset({"tue_afternoon"}),
        meets="in_person",
        state="KY",
    )
    assert said(person) == [
        ("fits", "Wants Robin Vance"),
        ("fits", "Tuesday afternoon works"),
        ("fits", "Wants in person"),
        ("fits", "Robin Vance takes Medicaid"),
        ("fits", "Licensed in KY"),
    ]


def test_what_speaks_against_it_is_said_too() -> None:
    """Another clinician, another time, another format, another payer, another state."""
    person = Waiting(
        referral_id="a",
        since=LONG_AGO,
        payer="medicare",
        clinicians=frozenset({"sam"}),
        times=frozenset({"tue_evening"}),
        meets="telehealth",
        state="IN",
    )
    assert said(person) == [
        ("misses", "Wants another clinician"),
        ("misses", "Tuesday afternoon does not work"),
        ("misses", "Wants telehealth only"),
        ("misses", "Robin Vance does not take Medicare"),
        ("misses", "Robin Vance has no license in IN"),
    ]


def test_nothing_known_speaks_against_nothing() -> None:
    """What no one noted costs nobody their place."""
    person = Waiting(referral_id="a", since=LONG_AGO, payer="commercial")
    found = match(person, TIME, Panel())
    assert found.fits
    assert found.open_points == 5


def test_a_record_that_is_over_is_not_the_same_as_none() -> None:
    """Someone whose panels and licenses all ended takes nobody by them; the first record is believed."""
    person = Waiting(referral_id="a", since=LONG_AGO, payer="medicaid", state="KY")
    over = Panel(payers=frozenset(), states=frozenset())
    assert not match(person, TIME, over).fits
    assert joined([Panel(), over, PANEL]) == over


def test_parts_of_the_day_begin_at_noon_and_at_five() -> None:
    """As wishes name them."""
    hours = {11: "tue_morning", 12: "tue_afternoon", 16: "tue_afternoon", 17: "tue_evening"}
    assert {hour: time_code(TUESDAY.replace(hour=hour)) for hour in hours} == hours


def test_the_first_who_knows_is_believed() -> None:
    """A feature that knows licenses goes before what the practice typed; payers may come from another."""
    licences = Panel(states=frozenset({"KY"}))
    typed = Panel(payers=frozenset({"medicaid"}), states=frozenset({"IN"}))
    assert joined([licences, typed]) == PANEL
    assert joined([]) == Panel()


@given(people)
def test_nobody_with_a_miss_goes_before_one_without(waiting: list[Waiting]) -> None:
    """And no one is lost or doubled."""
    found = rank(waiting, TIME, PANEL)
    fits = [each.fits for each in found]
    assert fits == sorted(fits, reverse=True)
    assert sorted(each.referral_id for each in found) == sorted(
        each.referral_id for each in waiting
    )


@given(people, st.randoms())
def test_order_does_not_depend_on_how_they_were_read(
    waiting: list[Waiting], chance: Random
) -> None:
    """The same people give the same order."""
    mixed = list(waiting)
    chance.shuffle(mixed)
    assert rank(mixed, TIME, PANEL) == rank(waiting, TIME, PANEL)


@given(people)
def test_among_equals_the_longer_wait_comes_first(waiting: list[Waiting]) -> None:
    """For those who miss as much and are as urgent."""
    by_id = {each.referral_id: each for each in waiting}
    found = rank(waiting, TIME, PANEL)
    for one, two in pairwise(found):
        first, second = by_id[one.referral_id], by_id[two.referral_id]
        misses = [sum(p.verdict is Verdict.MISSES for p in each.points) for each in (one, two)]
        if misses[0] == misses[1] and first.urgency == second.urgency:
            assert first.since <= second.since


@given(people)
def test_each_point_says_something_once(waiting: list[Waiting]) -> None:
    """Five points, each with words."""
    for each in rank(waiting, TIME, PANEL):
        assert len({point.said for point in each.points}) == 5
