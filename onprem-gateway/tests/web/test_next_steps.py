"""What is to be done next: examples a front desk would agree with, and what holds for every history."""

from dataclasses import fields as dataclass_fields
from dataclasses import replace as replace_facts
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.contacts.rules import RESULTS, Channel, Result, Try
from lmhg_gateway.features.referrals.call_rules import SAID, CallRulesForm
from lmhg_gateway.features.referrals.next_step_rules import (
    Facts,
    Policy,
    Step,
    Waits,
    next_step,
)
from lmhg_gateway.features.referrals.rules import (
    EXITS,
    Reason,
    State,
)
from lmhg_gateway.features.referrals.work_steps import STEPS
from lmhg_gateway.features.work_list.api import View
from lmhg_gateway.features.work_list.rules import LANES, VIEWS
from lmhg_kit.office_hours import OfficeHours

ZONE = ZoneInfo("America/Kentucky/Louisville")
HOURS = OfficeHours(ZONE, closed=frozenset({date(2026, 11, 26)}))
POLICY = Policy()


def at(text: str) -> datetime:
    """A moment at the practice in November 2026: "13 16:00"."""
    return datetime.strptime(f"2026-11-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def tried(*told: tuple[str, Channel, Result]) -> tuple[Try, ...]:
    """Tries, oldest first."""
    return tuple(Try(at(when), channel, result) for when, channel, result in told)


P, NO, VOICE = Channel.PHONE, Result.NO_ANSWER, Result.LEFT_VOICEMAIL
RECEIVED = Facts(state=State.RECEIVED, state_at=at("13 16:00"), arrived_at=at("13 16:00"))


def since(state: State, **facts: Any) -> Facts:
    """Someone who came on the 13th and is in a state since the 16th."""
    return Facts(state=state, state_at=at("16 10:00"), arrived_at=at("13 16:00"), **facts)


def new(*tries: Try, **facts: Any) -> Facts:
    """Someone who came on the 13th, with these tries."""
    return replace_facts(RECEIVED, tries=tries, **facts)


FOUR = tried(
    ("16 10:00", P, NO), ("18 10:00", P, VOICE), ("20 10:00", Channel.TEXT, Result.SENT),
    ("23 10:00", P, NO),
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "step", "until"),
    [
        (RECEIVED, Step.FIRST_CALL, at("16 16:00")),
        (new(*tried(("16 10:00", P, NO))), Step.CALL_BACK, at("18 10:00")),
        (
            new(*tried(("16 10:00", P, Result.WRONG_NUMBER)), has_other_ways=True),
            Step.OTHER_WAY,
            at("17 10:00"),
        ),
        (
            new(*tried(("16 10:00", P, NO), ("18 10:00", P, VOICE)), has_other_ways=True),
            Step.OTHER_WAY,
            at("20 10:00"),
        ),
        (new(*FOUR), Step.FINAL_LETTER, at("30 10:00")),
        (
            new(*FOUR, *tried(("23 11:00", Channel.LETTER, Result.SENT))),
            Step.CLOSE_UNREACHED,
            at("30 11:00"),
        ),
        (
            new(Try(at("16 10:00"), P, VOICE, date(2026, 11, 26))),
            Step.CALL_BACK,
            at("27 09:00"),
        ),
        (since(State.CONTACTED), Step.SCREEN, at("18 10:00")),
        (
            since(State.CONTACTED, waits_for=Waits.PAPERWORK, waits_since=at("17 10:00")),
            Step.PAPERWORK,
            at("24 10:00"),
        ),
        (
            since(State.SCREENING, waits_for=Waits.INSURANCE, waits_since=at("17 10:00")),
            Step.INSURANCE,
            at("20 10:00"),
        ),
        (since(State.SCREENING), Step.DECIDE, at("18 10:00")),
        (since(State.OFFERED), Step.OFFER_ANSWER, at("18 10:00")),
        (since(State.BOOKED), Step.VISIT, None),
        (since(State.BOOKED, has_visit=False), Step.BOOK, at("17 10:00")),
        (since(State.ATTENDED), Step.CLOSE_CARE, at("18 10:00")),
        (since(State.CLOSED), None, None),
        (since(State.CLOSED, tells_referrer=True), Step.TELL_REFERRER, at("18 10:00")),
        (
            since(State.CLOSED, tells_referrer=True, reason=Reason.DUPLICATE),
            None,
            None,
        ),
        (
            since(State.CLOSED, tells_referrer=True,
                tries=tried(("17 10:00", P, Result.TOLD_REFERRER)),
            ),
            None,
            None,
        ),
    ],
)  # fmt: skip
def test_next_action(facts: Facts, step: Step | None, until: datetime | None) -> None:
    """One row a situation: what, and until when."""
    found = next_step(facts, POLICY, HOURS, at=at("24 12:00"))
    assert (found.step if found else None, found.due_at if found else None) == (step, until)


def test_waitlist_is_asked_each_month() -> None:
    """Thirty days after it began or after the person was last heard of; tries that fail begin the calls."""
    waits = since(State.WAITLISTED)
    first = next_step(waits, POLICY, HOURS, at=at("24 12:00"))
    assert first is not None
    assert (first.step, first.due_at) == (
        Step.STILL_WANTED,
        HOURS.start(at("16 10:00") + timedelta(30)),
    )
    later = at("16 10:00") + timedelta(days=31)
    asked = since(State.WAITLISTED, tries=(Try(later, P, NO),))
    again = next_step(asked, POLICY, HOURS, at=later)
    assert again is not None
    assert again.step == Step.CALL_BACK
    heard = since(State.WAITLISTED, tries=(Try(later, P, Result.REACHED),))
    quiet = next_step(heard, POLICY, HOURS, at=later)
    assert quiet is not None
    assert quiet.step == Step.STILL_WANTED
    assert quiet.due_at == HOURS.start(later + timedelta(days=30))


def test_urgent_fades_only_after_the_person_was_reached() -> None:
    """A mark that nobody acted on never fades; one that was seen to does, a week later."""
    never = new(urgency="soon")
    assert next_step(never, POLICY, HOURS, at=at("30 12:00")).urgency == "soon"  # type: ignore[union-attr]
    reached = since(State.SCREENING, urgency="soon", tries=tried(("16 10:00", P, Result.REACHED)))
    assert next_step(reached, POLICY, HOURS, at=at("23 09:59")).urgency == "soon"  # type: ignore[union-attr]
    assert next_step(reached, POLICY, HOURS, at=at("23 10:00")).urgency == "routine"  # type: ignore[union-attr]


def test_rules_and_views_are_said_once() -> None:
    """The form, its words and the rule know the same call rules; the API the same views as the page."""
    names = {each.name for each in dataclass_fields(Policy)}
    assert set(CallRulesForm.__struct_fields__) == set(SAID) == names
    assert set(get_args(View)) == {code for code, _ in VIEWS}


def test_a_step_ends_what_was_waited_for() -> None:
    """A wait from before the last step is over; one that began after it counts."""
    before = since(State.SCREENING, waits_for=Waits.PAPERWORK, waits_since=at("15 10:00"))
    assert next_step(before, POLICY, HOURS, at=at("17 10:00")).step == Step.DECIDE  # type: ignore[union-attr]


def test_someone_who_comes_back_is_called_and_not_sent_away() -> None:
    """The hours of an urgent person count from their return; a mark that has faded sends nobody away."""
    rang = Try(at("28 10:00"), P, Result.RANG_BACK, date(2026, 11, 28))
    back = Facts(
        state=State.CONTACTED, state_at=at("28 10:00"), arrived_at=at("02 10:00"),
        urgency="urgent", reason=Reason.CAME_BACK, tries=(rang,),
    )  # fmt: skip
    assert next_step(back, POLICY, HOURS, at=at("28 11:00")).step == Step.CALL_BACK  # type: ignore[union-attr]
    faded = since(State.SCREENING, urgency="urgent", tries=tried(("16 10:00", P, Result.REACHED)))
    assert next_step(faded, POLICY, HOURS, at=at("24 10:00")).step == Step.DECIDE  # type: ignore[union-attr]


def test_every_step_has_words_and_a_lane() -> None:
    """The rule, the list and its lanes know the same steps."""
    assert {each.code for each in STEPS} == set(Step)
    assert {each.lane for each in STEPS} < set(LANES)


MOMENTS = st.integers(0, 60 * 24 * 60).map(lambda m: at("01 09:00") + timedelta(minutes=m))
TRIES = st.builds(
    lambda when, pair, again: Try(when, pair[0], pair[1], again),
    MOMENTS,
    st.sampled_from([(c, r) for c, results in RESULTS.items() for r in results]),
    st.none() | st.dates(date(2026, 11, 1), date(2027, 1, 15)),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Facts, datetime]:
    """A referral's history, and a moment after all of it."""
    tries = sorted(draw(st.lists(TRIES, max_size=8)), key=lambda each: each.at)
    moments = sorted([draw(MOMENTS), draw(MOMENTS)])
    facts = Facts(
        state=draw(st.sampled_from(State)),
        arrived_at=moments[0],
        state_at=moments[1],
        urgency=draw(st.sampled_from(["routine", "soon", "urgent"])),
        tries=tuple(tries),
        waits_for=draw(st.none() | st.sampled_from(Waits)),
        waits_since=moments[1],
        has_other_ways=draw(st.booleans()),
        tells_referrer=draw(st.booleans()),
    )
    latest = max([moments[1], *(each.at for each in tries)])
    return facts, latest + timedelta(minutes=draw(st.integers(0, 10_000)))


@given(histories(), st.floats(0, 1))
def test_time_alone_changes_nothing_before_it_says_so(
    history: tuple[Facts, datetime], share: float
) -> None:
    """Between a decision and its `changes_at` the answer is the same: nobody has to look in between."""
    facts, now = history
    found = next_step(facts, POLICY, HOURS, at=now)
    if found is None:
        return
    until = found.changes_at or now + timedelta(days=400)
    assert until > now
    between = now + (until - now) * min(share, 0.999)
    assert next_step(facts, POLICY, HOURS, at=between) == found


@given(histories())
def test_someone_open_always_has_a_next_action(history: tuple[Facts, datetime]) -> None:
    """Only what is over may have none, and who has a freed time on offer: that offer is on the list."""
    facts, now = history
    found = next_step(facts, POLICY, HOURS, at=now)
    is_offered = facts.state is State.OFFERED and facts.waits_for is Waits.FREED_TIME
    assert found is not None or facts.state in EXITS or is_offered


@given(histories())
def test_ring_back_is_always_answered(history: tuple[Facts, datetime]) -> None:
    """Someone who calls us is to be called back, from whatever state that is not over."""
    facts, now = history
    if facts.state in EXITS:
        return
    rang = Try(now, Channel.PHONE, Result.RANG_BACK, now.astimezone(ZONE).date())
    found = next_step(replace_facts(facts, tries=(*facts.tries, rang)), POLICY, HOURS, at=now)
    assert found is not None
    assert found.step in (Step.CALL_BACK, Step.REDIRECT)


def test_structs_compare_by_value() -> None:
    """The property above can fail: another due date is another answer."""
    found = next_step(RECEIVED, POLICY, HOURS, at=at("24 12:00"))
    assert found is not None
    assert msgspec.structs.replace(found, due_at=None) != found
