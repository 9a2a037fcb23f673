"""For tests: people with a live workspace session, so that the database believes who acts.

The secret of a person's session is told by their id, so a test can write it into its SQL.
"""

import uuid

import asyncpg

from lmhg_kit.persistence import Actor
from lmhg_stack.testing import PlaneDatabase

_ACCOUNT = """
do $$ begin
    perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
    insert into identity.user_account (id, email, display_name, roles, active)
        values ('{person}', '{person}@lmhg.test', 'P', '{{{roles}}}', true) on conflict do nothing;
    insert into identity.session
        (id_hash, user_id, application, stage, started_at, last_used_at, ends_at, authenticated_at)
        values (sha256(convert_to('{token}', 'UTF8')), '{person}', 'workspace', 'full', now(), now(),
                now() + interval '1 hour', now()) on conflict do nothing;
end $$
"""


def token_of(person: str | uuid.UUID) -> str:
    """The secret of a person's session."""
    return f"proof of {person}"


def acting(person: str | uuid.UUID) -> str:
    """The settings of a transaction in a person's name, as a select list."""
    return (
        f"set_config('app.actor', '{person}', true), set_config('app.token', '{token_of(person)}', true),"
        " set_config('app.purpose', 'test', true)"
    )


def person_of(person: str | uuid.UUID) -> Actor:
    """A person who acts, with the proof of it."""
    return Actor(str(person), proof=token_of(person))


async def prove(database: PlaneDatabase, *people: str | uuid.UUID, roles: str = "staff") -> None:
    """Give people an account, unless they have one, and a live session."""
    for person in people:
        await database.run(_ACCOUNT.format(person=person, roles=roles, token=token_of(person)))


async def outcome(link: asyncpg.Connection, *statements: str) -> str:
    """The SQLSTATE of a transaction, or `accepted`; nothing of it stays."""
    undone = link.transaction()
    await undone.start()
    try:
        for sql in statements:
            await link.execute(sql)
    except asyncpg.PostgresError as failure:
        return str(getattr(failure, "sqlstate", ""))
    finally:
        await undone.rollback()
    return "accepted"


async def tried(database: PlaneDatabase, role: str, *statements: str) -> str:
    """The outcome of a transaction with a role's bare login."""
    link = await asyncpg.connect(database.url(role))
    try:
        return await outcome(link, *statements)
    finally:
        await link.close()


async def refused(database: PlaneDatabase, role: str, *statements: str) -> str:
    """The SQLSTATE with which a role's transaction fails, or `accepted`: then it stays."""
    link = await asyncpg.connect(database.url(role))
    try:
        async with link.transaction():
            for sql in statements:
                await link.execute(sql)
    except asyncpg.PostgresError as failure:
        return str(getattr(failure, "sqlstate", ""))
    finally:
        await link.close()
    return "accepted"
