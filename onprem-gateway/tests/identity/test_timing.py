"""Control 19, by the clock: an unknown account is answered as slowly as a known one."""

import random
import time
from collections.abc import Sequence
from statistics import median

import pytest

from lmhg_gateway.features.accounts.passwords import PasswordCheck
from lmhg_gateway.features.sign_in.door import Door
from lmhg_gateway.features.sign_in.signin import Place, SignInForm
from lmhg_kit.errors import NotSignedIn

from .conftest import NewPerson  # noqa: TID252 - the fixtures of this folder

ATTEMPTS = 40
SHUFFLES = 4000
ALPHA = 0.001
"""A run in a thousand fails by chance; the difference that the control makes is far beyond it."""


def chance_of(first: Sequence[float], second: Sequence[float]) -> float:
    """How often two medians differ so much when who is who was drawn by lot (permutation test)."""
    seen = abs(median(first) - median(second))
    together, count, draw = [*first, *second], 0, random.Random(1)  # noqa: S311 - statistics
    for _ in range(SHUFFLES):
        draw.shuffle(together)
        one, other = together[: len(first)], together[len(first) :]
        count += abs(median(one) - median(other)) >= seen
    return (count + 1) / (SHUFFLES + 1)


async def seconds(door: Door, email: str, number: int) -> float:
    """How long one wrong password takes, from a network of its own."""
    place = Place(f"10.{number // 250}.{number % 250}.1", "a browser", "r")
    form = SignInForm(email=email, password="not the password of anybody")
    began = time.perf_counter()
    with pytest.raises(NotSignedIn):
        await door.sign_in.check(form, place=place)
    return time.perf_counter() - began


async def both(door: Door, new_person: NewPerson) -> tuple[list[float], list[float]]:
    """Times of known and of unknown accounts, in an order drawn by lot."""
    emails = [((await new_person()).email, True) for _ in range(ATTEMPTS)]
    emails += [(f"nobody-{number}@lmhg.test", False) for number in range(ATTEMPTS)]
    random.Random(7).shuffle(emails)  # noqa: S311 - statistics
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, (email, is_known) in enumerate(emails):
        times[is_known].append(await seconds(door, email, number))
    return times[True], times[False]


async def test_19_time_does_not_tell_whether_an_account_exists(
    door: Door, new_person: NewPerson
) -> None:
    """Forty of each: no difference that chance would not make."""
    assert chance_of(*await both(door, new_person)) > ALPHA


async def test_19_the_clock_would_tell_if_the_hash_were_skipped(
    door: Door, new_person: NewPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the hash for nobody the same test sees the difference."""
    honest = PasswordCheck.matches

    async def hasty(self: PasswordCheck, stored: str | None, password: str) -> bool:
        return False if stored is None else await honest(self, stored, password)

    monkeypatch.setattr(PasswordCheck, "matches", hasty)
    assert chance_of(*await both(door, new_person)) <= ALPHA
