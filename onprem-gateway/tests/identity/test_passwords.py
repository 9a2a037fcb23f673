"""Passwords: controls 12 (Argon2id), 13 (length and blocklist), 18 (throttle), 19 (no enumeration)."""

import asyncio
import re
import string
from collections.abc import Awaitable
from typing import Literal

import argon2
import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from lmhg_gateway.features.accounts import passwords
from lmhg_gateway.features.accounts.attempts import (
    ACCOUNT_FREE,
    ADDRESS_FREE,
    Attempts,
    account_subject,
    address_subject,
)
from lmhg_gateway.features.accounts.letters import Letters
from lmhg_gateway.features.accounts.password_rules import COMMON, is_common, judge
from lmhg_gateway.features.accounts.passwords import (
    AT_ONCE,
    MAX_LENGTH,
    PasswordCheck,
    hash_password,
)
from lmhg_gateway.features.accounts.rules import ALONE_MIN, BESIDE_MIN
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    PASSWORD,
    NewPerson,
    NewVisitor,
    Person,
    many,
)

NAMES = ["Elm Street Practice", "Zebulon Quillfeather", "zq@lmhg.test"]
LONG_COMMON = sorted(word for word in COMMON if len(word) >= 8)


def test_12_hashes_have_the_pinned_parameters() -> None:
    """The PHC string says Argon2id, 19 MiB, two passes, one lane, and a salt of its own."""
    found = argon2.extract_parameters(hash_password(PASSWORD))
    assert (found.type, found.memory_cost) == (argon2.Type.ID, 19_456)
    assert (found.time_cost, found.parallelism) == (2, 1)
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


async def test_12_old_hash_is_renewed_at_sign_in(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """A weaker hash becomes today's once its password was right, and not before."""
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    person = await new_person(password_hash=weak)
    query = "select password_hash from identity.user_account where id = $1"
    await new_visitor().sign_in(person, "not the password")
    assert (await onprem.run(query, person.id))[0]["password_hash"] == weak
    await new_visitor().sign_in(person)
    renewed = (await onprem.run(query, person.id))[0]["password_hash"]
    assert argon2.extract_parameters(renewed).memory_cost == 19_456


async def test_12_few_hashes_at_a_time() -> None:
    """However many sign in at once, so many hashes are computed and no more."""

    class Watched(asyncio.Semaphore):
        held, most = 0, 0

        async def acquire(self) -> Literal[True]:
            got = await super().acquire()
            Watched.held += 1
            Watched.most = max(Watched.most, Watched.held)
            return got

        def release(self) -> None:
            Watched.held -= 1
            super().release()

    check = PasswordCheck(Watched(AT_ONCE))
    await many(lambda: check.matches(None, "x"), 12)
    assert Watched.most == AT_ONCE


@example(word="12qw12qw", before="0", after="0", times=2)
@settings(max_examples=60, deadline=None)
@given(
    word=st.sampled_from(LONG_COMMON),
    before=st.text(string.digits + "!?.-_", max_size=6),
    after=st.text(string.digits + "!?.-_", max_size=6),
    times=st.integers(1, 3),
)
def test_13_common_password_in_any_dress_is_refused(
    word: str, before: str, after: str, times: int
) -> None:
    """In capitals, repeated, with digits and signs around it: still refused."""
    for dressed in (before + word * times + after, before + word.upper() * times + after):
        assert judge(dressed, known=NAMES, beside_factor=False).refused


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["quillfeather", "zebulon quillfeather", "elm street practice"]),
    rest=st.text(string.ascii_lowercase + string.digits, max_size=7),
)
def test_13_password_of_known_names_is_refused(name: str, rest: str) -> None:
    """The person's and the practice's names do not count towards a password."""
    assert judge(name + rest, known=NAMES, beside_factor=False).refused


@settings(max_examples=100, deadline=None)
@given(text=st.text(min_size=1, max_size=ALONE_MIN - 1))
def test_13_short_password_is_refused_whatever_is_in_it(text: str) -> None:
    """Fourteen characters are too few alone, eleven beside a second factor."""
    assert judge(text, known=NAMES, beside_factor=False).refused
    if len(text) < BESIDE_MIN:
        assert judge(text, known=NAMES, beside_factor=True).refused


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "harbour violin quartz tundra",
        "ünïcödé wörds îñ ä röw",
        "x9$kQ!v7&zR2@mL",
        "harbour violin quartz tundra " * 8,
    ],
)
def test_13_long_password_is_accepted_whatever_its_letters(password: str) -> None:
    """The negative control: no composition is demanded, and paste brings whatever it brings."""
    assert not judge(password[:MAX_LENGTH], known=NAMES, beside_factor=False).refused


def test_13_twelve_are_enough_beside_a_second_factor() -> None:
    """And only there."""
    password = "stork lamp 7!"
    assert not judge(password, known=NAMES, beside_factor=True).refused
    assert judge(password, known=NAMES, beside_factor=False).refused
    assert not is_common(password)


async def test_13_strength_is_shown_without_keeping_anything(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """The look is one button; the page says it in words and asks to paste again."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    shown = await visitor.post("/security/password", password="password1234567", check="1")
    assert "Strength:" in shown.text
    assert "common passwords" in shown.text
    assert "password1234567" not in shown.text
    assert 'autocomplete="new-password"' in shown.text
    kept = await visitor.post("/security/password", password="password1234567")
    assert kept.status_code == 422
    assert (await new_visitor().sign_in(person)).status_code == 303


async def test_18_throttle_cannot_be_dodged_by_a_header(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """X-Forwarded-For is not believed from a stranger, so the network is slowed down all the same."""
    people = [await new_person(f"p{number}") for number in range(3)]
    statuses: list[int] = []
    peer = "198.51.100.77"
    for number in range(ADDRESS_FREE + 5):
        visitor = new_visitor(peer, **{"x-forwarded-for": f"203.0.113.{number}"})
        unknown = Person(f"ghost{number}")
        who = people[number % 3] if number < 3 else unknown
        statuses.append((await visitor.sign_in(who, "wrong password here")).status_code)
    assert statuses[: ADDRESS_FREE - 1] == [401] * (ADDRESS_FREE - 1)
    assert statuses[-1] == 429
    assert (await new_visitor().sign_in(people[0], "wrong again here")).status_code == 401


def test_18_an_ipv6_site_is_one_place() -> None:
    """Anyone who has a whole network of addresses is still one place; the next network is another."""
    assert address_subject("2001:db8::1") == address_subject("2001:db8::ffff")
    assert address_subject("2001:db8::1") != address_subject("2001:db8:0:1::1")
    assert address_subject("192.0.2.1") != address_subject("192.0.2.2")


async def test_18_at_most_a_hundred_failures_a_day(db: Database, clock: Hands) -> None:
    """An attacker who waits exactly as told gets about a hundred tries in a day, then still waits."""
    end, tried = clock.at.timestamp() + 86_400, 0
    store, subject = Attempts(db), account_subject("patient@lmhg.test")
    while clock.at.timestamp() < end:
        waits = await store.admit(subject, at=clock.at)
        if waits is None:
            tried += 1
        else:
            clock.at = waits
    assert ACCOUNT_FREE < tried <= 110


async def statements_of(db: Database, act: Awaitable[object]) -> list[str]:
    """The statements that something runs, without their values."""
    seen: list[str] = []

    def record(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(re.sub(r"\s+", " ", statement))

    event.listen(db.engine.sync_engine, "before_cursor_execute", record)
    try:
        await act
    finally:
        event.remove(db.engine.sync_engine, "before_cursor_execute", record)
    return seen


def comparable(answer: httpx.Response, person: Person) -> str:
    """A page without what differs in every answer."""
    text = answer.text.replace(person.email, "X")
    return re.sub(r"[0-9a-f]{32,64}", "H", text)


@pytest.mark.parametrize("what", ["sign_in", "forgot"])
async def test_19_unknown_account_is_answered_with_the_same_page_and_work(
    new_person: NewPerson, new_visitor: NewVisitor, db: Database, what: str
) -> None:
    """The same text, the same statements, one hash each: whether the account exists, is off or not."""
    known, unknown, invited = (
        await new_person(),
        Person("ghost"),
        await new_person("ivy", password_hash=None),
    )
    seen: list[tuple[int, str, list[str]]] = []
    for person in (known, unknown, invited):
        visitor = new_visitor()
        await visitor.get("/sign-in")
        if what == "forgot":
            act = asyncio.ensure_future(visitor.post("/forgot", email=person.email))
        else:
            act = asyncio.ensure_future(visitor.sign_in(person, "wrong password here"))
        statements = await statements_of(db, act)
        answer = act.result()
        seen.append((answer.status_code, comparable(answer, person), statements))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][2]) >= 3


async def test_19_the_comparison_sees_a_difference(
    new_person: NewPerson, new_visitor: NewVisitor, db: Database
) -> None:
    """The negative control: a right password runs other statements than a wrong one."""
    person = await new_person()
    right, wrong = new_visitor(), new_visitor()
    await right.get("/sign-in")
    await wrong.get("/sign-in")
    first = await statements_of(db, right.sign_in(person))
    second = await statements_of(db, wrong.sign_in(person, "wrong password here"))
    assert first != second


async def test_19_unknown_account_costs_one_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stored hash a stand-in is verified, and never matches."""
    verified: list[str] = []
    real = passwords.verify_hash

    def count(stored: str, password: str) -> bool:
        verified.append(stored)
        return real(stored, password)

    monkeypatch.setattr(passwords, "verify_hash", count)
    check = PasswordCheck()
    assert not await check.matches(None, "no account has this password")
    assert await check.matches(hash_password("x"), "x")
    assert len(verified) == 2


async def test_19_letter_for_nobody_is_done_with_and_mailed_to_nobody(
    new_visitor: NewVisitor, db: Database, onprem: PlaneDatabase
) -> None:
    """The work for an unknown address happens later, in the loop, and ends there."""
    sent: list[str] = []

    async def send(to: str, **_: str) -> None:
        sent.append(to)

    ghost = Person("ghost")
    await new_visitor().post("/forgot", email=ghost.email)
    letters = Letters(db, send, "http://id.test", "Elm Street Practice")
    while await letters.step():
        pass
    assert ghost.email not in sent
    waiting = await onprem.run("select 1 from identity.letter where sent_at is null")
    assert not waiting
