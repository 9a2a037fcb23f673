"""What a consent covers and what follows its end: for each scope and any day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.consents import rules
from lmhg_gateway.features.consents.rules import Follow, Scope, follows, is_over, next_of, problems

ZONE = ZoneInfo("America/New_York")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_each_scope_says_what_follows() -> None:
    """None is forgotten, and each thing that follows has its words."""
    assert set(Scope) == set(rules.SCOPES) == set(rules.FOLLOWS)
    assert set(Follow) == set(rules.SAID)
    assert {each for named in rules.FOLLOWS.values() for each in named} | {Follow.NOTHING} == set(
        Follow
    )


@given(scope=st.sampled_from(Scope), has_other=st.booleans())
def test_nothing_follows_where_another_consent_covers_it(*, scope: Scope, has_other: bool) -> None:
    """And a way to contact is turned off exactly by the end of the last one."""
    found = follows(scope, has_other=has_other)
    assert (Follow.NOTHING in found) == has_other
    assert (Follow.WAY_OFF in found) == (scope in rules.WAYS and not has_other)


@given(
    given_on=DAYS, lasts=st.integers(0, 400), passed=st.integers(-3, 450), is_ended=st.booleans()
)
def test_new_one_is_asked_for_in_the_last_thirty_days(
    *, given_on: date, lasts: int, passed: int, is_ended: bool
) -> None:
    """Not before, not after, never for one that ended; due by the end of its last day."""
    expires_on, today = given_on + timedelta(days=lasts), given_on + timedelta(days=passed)
    at = datetime(today.year, today.month, today.day, 12, tzinfo=ZONE).astimezone(UTC)
    found = next_of(expires_on, given_on=given_on, is_ended=is_ended, at=at, zone=ZONE)
    wanted = not is_ended and 0 <= (expires_on - today).days <= rules.WARN_DAYS
    assert (found is not None) == wanted
    if found:
        assert found.due_at is not None
        assert found.due_at >= at
        assert found.changes_at is not None
        assert found.changes_at > at
    assert is_over(expires_on, today=today) == (today > expires_on)
    assert next_of(None, given_on=given_on, is_ended=False, at=at, zone=ZONE) is None


@given(
    scope=st.sampled_from(Scope),
    given_by=st.sampled_from(sorted(rules.GIVERS)),
    giver=st.sampled_from(["", "Maeve Emberwick"]),
    party=st.sampled_from(["", "Dr. Okafor"]),
    ago=st.integers(-2, 30),
    lasts=st.none() | st.integers(-40, 400),
)
def test_consent_names_who_and_for_whom(
    *, scope: Scope, given_by: str, giver: str, party: str, ago: int, lasts: int | None
) -> None:
    """A release has its party, a minor's consent no minor's word, anyone else their name."""
    today = date(2026, 11, 28)
    given_on = today - timedelta(days=ago)
    expires_on = None if lasts is None else today + timedelta(days=lasts)
    wrong = problems(
        scope,
        given_by=given_by,
        giver=giver,
        party=party,
        given_on=given_on,
        expires_on=expires_on,
        today=today,
    )
    assert ("party" in wrong) == (scope is Scope.RELEASE and not party)
    assert ("given_by" in wrong) == (scope is Scope.MINOR and given_by == "client")
    assert ("giver" in wrong) == (given_by != "client" and not giver)
    assert ("given_on" in wrong) == (ago < 0)
    if not wrong and expires_on is not None:
        assert today <= expires_on
        assert given_on <= expires_on
