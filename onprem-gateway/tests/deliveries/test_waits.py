"""The waits of what failed: the same in Python, which tells them, and in SQL, which keeps them."""

from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.deliveries.rules import RETRY
from lmhg_kit.backoff import Backoff
from lmhg_stack.testing import PlaneDatabase

ATTEMPTS = 40


async def test_wait_is_the_same_in_sql(onprem: PlaneDatabase) -> None:
    """The database counts attempts before this one, the code with it: no wait differs by one."""
    for backoff in (RETRY, Backoff(first_s=1, most_s=10**7, attempts_max=3)):
        rows = await onprem.run(
            f"select {backoff.in_sql('n')} as wait from generate_series(0, {ATTEMPTS - 1}) n order by n"
        )
        assert [row["wait"] for row in rows] == [
            backoff.wait(made) for made in range(1, ATTEMPTS + 1)
        ]


@given(st.integers(1, 10_000), st.integers(1, 100_000), st.integers(-3, 10_000))
def test_waits_grow_to_the_longest_and_no_further(first: int, more: int, attempts: int) -> None:
    """Never shorter than the first, never longer than the longest, never less than the one before."""
    backoff = Backoff(first_s=first, most_s=first + more, attempts_max=9)
    wait = backoff.wait(attempts).total_seconds()
    assert first <= wait <= first + more
    assert wait <= backoff.wait(attempts + 1).total_seconds()


def test_twelve_attempts_outlast_a_night_without_intakeq() -> None:
    """A night holds nothing: the waits before the last attempt add up to more than twelve hours."""
    waits = [RETRY.wait(made).total_seconds() for made in range(1, RETRY.attempts_max)]
    assert 12 * 3600 < sum(waits) < 24 * 3600
    assert [RETRY.is_over(made) for made in (RETRY.attempts_max - 1, RETRY.attempts_max)] == [
        False, True,
    ]  # fmt: skip
