"""Security keys: control 15 (origin, rpId, user verification, sign count), each with its refusal."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lmhg_gateway.app import identity
from lmhg_gateway.features.factors.passkeys import CHALLENGE_LIFE, RelyingParty
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    NewPerson,
    NewVisitor,
    Person,
    Visitor,
)
from .soft_key import UP, SoftKey  # noqa: TID252 - beside this file


def options_in(page: httpx.Response) -> dict[str, Any]:
    """What the page asks the browser's key."""
    found = re.search(r'data-options="([^"]+)"', page.text)
    assert found, page.text
    return json.loads(html.unescape(found[1]))


async def add_key(visitor: Visitor, key: SoftKey, name: str = "Blue key") -> httpx.Response:
    """Enrol a key in a signed-in browser."""
    options = options_in(await visitor.get("/enrol/key"))
    return await visitor.post("/enrol/key", name=name, credential=key.create(options))


async def second_step(visitor: Visitor, person: Person) -> dict[str, Any]:
    """Sign in with the password; what the second step asks."""
    assert (await visitor.sign_in(person)).headers["location"] == "/second-factor"
    return options_in(await visitor.get("/second-factor"))


async def answer(visitor: Visitor, credential: str) -> int:
    """The status of a key's answer at the second step."""
    return (await visitor.post("/second-factor/key", credential=credential)).status_code


async def test_15_key_enrols_under_a_name_and_opens(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """The good case, with two keys: either opens, and My security lists both."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    blue, green = SoftKey(), SoftKey()
    assert (await add_key(visitor, blue)).headers["location"] == "/security/codes"
    assert (await add_key(visitor, green, "Green key")).status_code == 303
    listed = (await visitor.get("/security")).text
    assert "Blue key" in listed
    assert "Green key" in listed
    for key in (blue, green):
        other = new_visitor()
        options = await second_step(other, person)
        assert options["userVerification"] == "required"
        assert await answer(other, key.get(options)) == 303
        assert (await other.get("/security")).status_code == 200


def moved(**values: object) -> Callable[[SoftKey], None]:
    """A key that is elsewhere, or other than it was."""

    def change(key: SoftKey) -> None:
        for name, value in values.items():
            setattr(key, name, value)

    return change


@pytest.mark.parametrize(
    "change",
    [
        moved(origin="http://id.test.evil.example"),
        moved(origin="http://id.test:8080"),
        moved(origin="https://id.test"),
        moved(rp_id="evil.example"),
        moved(rp_id="test"),
        moved(flags=UP),
        moved(flags=0),
        moved(private=ec.generate_private_key(ec.SECP256R1())),
    ],
    ids=["origin", "port", "scheme", "rp", "parent", "unverified", "absent", "signature"],
)
async def test_15_answer_from_elsewhere_is_refused(
    new_person: NewPerson, new_visitor: NewVisitor, change: Callable[[SoftKey], None]
) -> None:
    """A false origin, name, person or signature opens nothing; unchanged, the same key does."""
    person, visitor, key = await new_person(), new_visitor(), SoftKey()
    await visitor.sign_in(person)
    await add_key(visitor, key)
    good = dict(vars(key))
    attempt = new_visitor()
    change(key)
    assert await answer(attempt, key.get(await second_step(attempt, person))) == 401
    count = key.count
    vars(key).update(good, count=count)
    options = options_in(await attempt.get("/second-factor"))
    assert await answer(attempt, key.get(options)) == 303


@pytest.mark.parametrize(
    "change",
    [moved(origin="http://evil.example"), moved(rp_id="evil.example"), moved(flags=UP)],
    ids=["origin", "rp", "unverified"],
)
async def test_15_key_from_elsewhere_is_not_enrolled(
    new_person: NewPerson, new_visitor: NewVisitor, change: Callable[[SoftKey], None]
) -> None:
    """The same checks hold when a key is added."""
    visitor, key = new_visitor(), SoftKey()
    await visitor.sign_in(await new_person())
    change(key)
    assert (await add_key(visitor, key)).status_code == 422
    assert (await add_key(visitor, SoftKey())).status_code == 303


@pytest.mark.parametrize(("count", "status"), [(5, 401), (6, 303), (3, 401)])
async def test_15_sign_count_does_not_go_back(
    new_person: NewPerson, new_visitor: NewVisitor, count: int, status: int
) -> None:
    """A count that does not move or falls is a copied key; one more is the key itself."""
    person, visitor, key = await new_person(), new_visitor(), SoftKey(count=4)
    await visitor.sign_in(person)
    await add_key(visitor, key)
    first = new_visitor()
    assert await answer(first, key.get(await second_step(first, person))) == 303
    assert key.count == 5
    second = new_visitor()
    key.count = count - 1
    assert await answer(second, key.get(await second_step(second, person))) == status


async def test_15_challenge_answers_once_and_in_time(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """The same answer twice, a late one, and one to another browser's question are refused."""
    person, visitor, key = await new_person(), new_visitor(), SoftKey()
    await visitor.sign_in(person)
    await add_key(visitor, key)
    first, second = new_visitor(), new_visitor()
    asked = await second_step(first, person)
    await second_step(second, person)
    assert await answer(second, key.get(asked)) == 401
    assert await answer(first, key.get(asked)) == 303
    assert await answer(first, key.get(asked)) == 403
    late = new_visitor()
    asked = await second_step(late, person)
    clock.at += CHALLENGE_LIFE
    assert await answer(late, key.get(asked)) == 401


async def test_15_key_of_a_colleague_opens_nothing(
    new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """A key belongs to one account, and cannot be enrolled at a second."""
    ana, ben = await new_person("ana"), await new_person("ben")
    keys = {ana.id: SoftKey(), ben.id: SoftKey()}
    for person in (ana, ben):
        visitor = new_visitor()
        await visitor.sign_in(person)
        await add_key(visitor, keys[person.id])
    attempt = new_visitor()
    assert await answer(attempt, keys[ben.id].get(await second_step(attempt, ana))) == 401
    visitor = new_visitor()
    await visitor.sign_in(await new_person("cem"))
    assert (await add_key(visitor, keys[ana.id])).status_code == 409


@pytest.mark.parametrize(
    "credential", ["", "{}", "no json", '{"response":{"clientDataJSON":"%%"}}']
)
async def test_15_what_is_no_answer_is_refused_in_words(
    new_person: NewPerson, new_visitor: NewVisitor, credential: str
) -> None:
    """Never a crash; without JavaScript the page says what is missing."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    await add_key(visitor, SoftKey())
    attempt = new_visitor()
    await second_step(attempt, person)
    page = await attempt.post("/second-factor/key", credential=credential)
    assert page.status_code == (401 if credential else 422)
    assert "need JavaScript" in page.text


async def test_15_key_confirms_that_it_is_the_same_person(
    new_person: NewPerson, new_visitor: NewVisitor, clock: Hands
) -> None:
    """Step-up by a key alone: it verifies its person."""
    person, visitor, key = await new_person(), new_visitor(), SoftKey()
    await visitor.sign_in(person)
    await add_key(visitor, key)
    clock.turn(minutes=11)
    assert (await visitor.get("/security/password")).status_code == 303
    options = options_in(await visitor.get("/confirm"))
    done = await visitor.post("/confirm/key", credential=key.get(options))
    assert done.status_code == 303
    assert (await visitor.get("/security/password")).status_code == 200


async def test_keys_are_stored_without_anything_that_signs(
    new_person: NewPerson, new_visitor: NewVisitor, onprem: PlaneDatabase
) -> None:
    """A public key, a count and a hash of each open challenge: nothing to steal."""
    person, visitor, key = await new_person(), new_visitor(), SoftKey()
    await visitor.sign_in(person)
    await add_key(visitor, key)
    options = options_in(await visitor.get("/enrol/key"))
    rows = await onprem.run("select challenge_hash as h from identity.challenge")
    assert all(len(row["h"]) == 32 and row["h"].hex() not in options["challenge"] for row in rows)


def test_bare_address_takes_no_keys(settings: IdentitySettings, db: Database) -> None:
    """Browsers offer keys to names only; the pages then say so."""
    assert RelyingParty.at("https://id.example.test", name="x").takes_keys
    assert not RelyingParty.at("http://127.0.0.1:8402", name="x").takes_keys
    assert identity.build(settings, db)
