"""Who is fully signed in at the identity process, and where someone signs in."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request
from sqlalchemy import select

from lmhg_gateway.features.accounts.public import (
    FULL,
    UserAccount,
    stage_of,
)
from lmhg_gateway.features.sign_in import door
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.visit import visit_of
from lmhg_kit.http.work import database_of

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Person:
    """Who is fully signed in at the identity process."""

    id: uuid.UUID
    email: str
    display_name: str
    roles: frozenset[str]
    session_id: uuid.UUID
    authenticated_at: datetime
    methods: frozenset[str]


async def current_person(request: AnyRequest) -> Person:
    """Who is fully signed in here. Raises: NotSignedIn, also for a half sign-in."""
    session = visit_of(request).session
    if session is None or stage_of(session.roles) != FULL or session.authenticated_at is None:
        raise NotSignedIn
    email = select(UserAccount.email).where(UserAccount.id == uuid.UUID(session.account_id))
    async with database_of(request).engine.connect() as link:
        found = (await link.execute(email)).scalar_one()
    return Person(
        id=uuid.UUID(session.account_id),
        email=found,
        display_name=session.display_name,
        roles=frozenset(role for role in session.roles if ":" not in role),
        session_id=uuid.UUID(session.id),
        authenticated_at=session.authenticated_at,
        methods=session.methods,
    )


async def person_by_id(request: AnyRequest, account_id: str) -> Person | None:
    """An active colleague whom another server vouches for; None for anybody else."""
    try:
        user_id = uuid.UUID(account_id)
    except ValueError:
        return None
    account = UserAccount
    query = select(account.email, account.display_name, account.roles).where(
        account.id == user_id, account.active
    )
    async with database_of(request).engine.connect() as link:
        row = (await link.execute(query)).one_or_none()
    if row is None:
        return None
    return Person(
        id=user_id,
        email=row.email,
        display_name=row.display_name,
        roles=frozenset(row.roles),
        session_id=user_id,
        authenticated_at=utc_now(),
        methods=frozenset(),
    )


def sign_in_url(next_path: str, *, again: bool = False) -> str:
    """Where someone signs in at the identity process, to come back to an own path afterwards.

    With `again`, someone who is signed in proves once more who they are, however recent it is.
    """
    more = f"&fresh={door.AGAIN}" if again else ""
    return f"/sign-in?next={quote(next_path, safe='')}{more}"
