"""Letters over a real SMTP server: invitations, resets that keep the second factor, notices."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from lmhg_gateway.app import identity
from lmhg_gateway.features.accounts.letters import LIVES, WORDINGS, Letters
from lmhg_gateway.features.accounts.service import invite
from lmhg_gateway.kernel.settings import IdentitySettings
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import Hands
from lmhg_kit.persistence import Database
from lmhg_stack.ports import free_ports
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

from .conftest import (  # noqa: TID252 - the fixtures of this folder
    PASSWORD,
    NewPerson,
    NewVisitor,
    Person,
    code_at,
)

FRESH = "harbour violin quartz tundra"


@dataclass
class Box:
    """What the SMTP server received; it can be told to refuse."""

    url: str
    refusing: bool = False
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's hook
        """Keep a message, or refuse it for now."""
        if self.refusing:
            return "451 4.3.0 not now"
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        return "250 OK"

    def link_to(self, person: Person) -> str:
        """The token of the newest letter to someone."""
        mine = [mail for mail in self.mails if mail["To"] == person.email]
        found = re.search(r"/letter\?token=([A-Za-z0-9_-]{43})", mine[-1].get_content())
        assert found
        return found[1]


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    """A mail server on loopback."""
    port = free_ports(1)[0]
    made = Box(f"smtp://127.0.0.1:{port}")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(made), "127.0.0.1", port)
    yield made
    server.close()
    await server.wait_closed()


@pytest.fixture
async def letters(
    box: Box, settings: IdentitySettings, db: Database, clock: Hands, onprem: PlaneDatabase
) -> Letters:
    """The loop that mails, with nothing waiting."""
    await onprem.run("delete from identity.letter")
    with_mail = msgspec.structs.replace(settings, smtp_url=box.url)
    return identity.letters_of(with_mail, db, clock=clock)


async def mail_all(letters: Letters) -> None:
    """Run the loop until nothing is due; what was asked for is due by the database's own clock.

    The test's clock may be behind it, on a slow machine by seconds.
    """
    assert isinstance(letters.clock, Hands)
    letters.clock.at = max(letters.clock.at, utc_now())
    while await letters.step():
        pass


async def test_invited_colleague_chooses_a_password(
    new_person: NewPerson,
    new_visitor: NewVisitor,
    letters: Letters,
    box: Box,
    onprem: PlaneDatabase,
) -> None:
    """From the workspace's request over the mail to the first sign-in; the link opens once."""
    person, visitor = await new_person(password_hash=None), new_visitor()
    workspace = Database(onprem.url("gw_workspace"), pool_size=1)
    admin = uuid.UUID(int=0xAD)
    await prove(onprem, admin, roles="admin")
    async with workspace.uow(person_of(admin), "invite") as tx:
        await invite(tx, person.id)
    await workspace.close()
    await mail_all(letters)
    token = box.link_to(person)
    assert "Choose your password" in (await visitor.get(f"/letter?token={token}")).text
    weak = await visitor.post("/letter", token=token, password="ana person ana person")
    assert weak.status_code == 422
    looked = await visitor.post("/letter", token=token, password=FRESH, check="1")
    assert "Strength:" in looked.text
    kept = await visitor.post("/letter", token=token, password=FRESH)
    assert kept.headers["location"] == "/sign-in"
    assert (await visitor.post("/letter", token=token, password=FRESH)).status_code == 410
    assert (await visitor.sign_in(person, FRESH)).headers["location"] == "/security"


async def test_reset_keeps_the_second_factor_and_ends_every_session(
    new_person: NewPerson, new_visitor: NewVisitor, letters: Letters, box: Box, clock: Hands
) -> None:
    """Who has the mailbox has the password, and still not the account."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    secret = await visitor.enrol_app(clock)
    clock.turn(minutes=1)
    stranger = new_visitor()
    await stranger.post("/forgot", email=person.email)
    await mail_all(letters)
    kept = await stranger.post("/letter", token=box.link_to(person), password=FRESH)
    assert kept.status_code == 303
    assert (await visitor.get("/security")).status_code == 303
    assert (await stranger.sign_in(person)).status_code == 401
    assert (await stranger.sign_in(person, FRESH)).headers["location"] == "/second-factor"
    assert (await stranger.get("/security")).status_code == 403
    code = code_at(secret, clock.at)
    assert (await stranger.post("/second-factor", code=code)).status_code == 303


@pytest.mark.found(
    "A9", "asking for a second reset link takes nothing from the first; using one ends the other"
)
async def test_link_ends_by_time_by_the_use_of_another_and_by_a_password_change(
    new_person: NewPerson, new_visitor: NewVisitor, letters: Letters, box: Box, clock: Hands
) -> None:
    """Each of the three makes an open link worthless; that someone asks for another does not."""
    person, visitor = await new_person(), new_visitor()

    async def fresh_link() -> str:
        await new_visitor().post("/forgot", email=person.email)
        clock.turn(seconds=2)
        await mail_all(letters)
        return box.link_to(person)

    async def opens(token: str) -> bool:
        return (await visitor.get(f"/letter?token={token}")).status_code == 200

    first = await fresh_link()
    assert await opens(first)
    second = await fresh_link()
    assert (await opens(first), await opens(second)) == (True, True)
    assert (await visitor.post("/letter", token=first, password=FRESH)).status_code == 303
    assert (await opens(first), await opens(second)) == (False, False)
    second = await fresh_link()
    clock.at += LIVES["reset"] + timedelta(seconds=1)
    assert not await opens(second)
    third = await fresh_link()
    assert await opens(third)
    inside = new_visitor()
    await inside.sign_in(person, FRESH)
    assert (await inside.post("/security/password", password=FRESH + "!")).status_code == 303
    assert not await opens(third)


async def test_no_token_is_stored(
    new_person: NewPerson,
    new_visitor: NewVisitor,
    letters: Letters,
    box: Box,
    onprem: PlaneDatabase,
) -> None:
    """Before the mail there is no token; after it there is its hash alone."""
    person = await new_person()
    await new_visitor().post("/forgot", email=person.email)
    query = "select token_hash, t::text as whole from identity.letter t where user_id = $1"
    assert (await onprem.run(query, person.id))[0]["token_hash"] is None
    await mail_all(letters)
    row = (await onprem.run(query, person.id))[0]
    assert len(row["token_hash"]) == 32
    assert box.link_to(person) not in row["whole"]


async def test_refused_mail_waits_longer_each_time_and_then_goes(
    new_person: NewPerson, new_visitor: NewVisitor, letters: Letters, box: Box, clock: Hands
) -> None:
    """A mail server that says no is asked again, later and later; nothing is lost."""
    person = await new_person()
    await new_visitor().post("/forgot", email=person.email)
    box.refusing = True
    waits: list[int] = []
    for _ in range(4):
        began = clock.at
        while not await letters.step():
            clock.turn(seconds=1)
        waits.append(round((clock.at - began).total_seconds()))
    assert waits == sorted(waits)
    assert waits[-1] >= 4 * 10
    box.refusing = False
    clock.turn(hours=1)
    await mail_all(letters)
    assert len([mail for mail in box.mails if mail["To"] == person.email]) == 1


async def test_owner_is_told_of_every_change(
    new_person: NewPerson, new_visitor: NewVisitor, letters: Letters, box: Box, clock: Hands
) -> None:
    """A factor added, a password changed: a letter each, which asks for nothing."""
    person, visitor = await new_person(), new_visitor()
    await visitor.sign_in(person)
    await visitor.enrol_app(clock)
    await visitor.post("/security/password", password=FRESH)
    clock.turn(seconds=2)
    await mail_all(letters)
    subjects = {mail["Subject"] for mail in box.mails if mail["To"] == person.email}
    assert subjects == {"Two-step sign-in was added", "Your password was changed"}


def test_letters_name_nobody() -> None:
    """Every wording is filled from the practice's name and a link, and from nothing else."""
    for wording in WORDINGS.values():
        for text in wording:
            assert set(re.findall(r"\{(\w+)\}", text)) <= {"practice", "link"}
    assert set(LIVES) <= set(WORDINGS)


async def test_closed_account_gets_no_letter(
    new_person: NewPerson,
    new_visitor: NewVisitor,
    letters: Letters,
    box: Box,
    onprem: PlaneDatabase,
) -> None:
    """An account that was switched off cannot be opened by mail; before, it could."""
    person = await new_person()
    await new_visitor().post("/forgot", email=person.email)
    await mail_all(letters)
    token = box.link_to(person)
    visitor = new_visitor()
    assert (await visitor.get(f"/letter?token={token}")).status_code == 200
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true),"
        " set_config('app.purpose', 't', true);"
        f" update identity.user_account set active = false where id = '{person.id}'; end $$"
    )
    assert (await visitor.get(f"/letter?token={token}")).status_code == 410
    assert (await visitor.sign_in(person, PASSWORD)).status_code == 401
