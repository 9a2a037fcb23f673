"""All SQL of the handoff from the identity process to the workspace."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, literal, select, text

from lmhg_gateway.features.sessions.models import Handoff, SignInSession
from lmhg_kit.persistence import Database

KEEP_USED = timedelta(days=1)


@dataclass(frozen=True)
class Handed:
    """A code that came back, with the browser that brought it."""

    code: str
    state: str
    device: str
    address: str


_REDEEM = text(
    "select parent from identity.redeem(:code, :state, :token_hash, gen_random_uuid(), :ends_by,"
    " :device, :address)"
)


async def put_handoff(
    db: Database, code_hash: bytes, *, session_hash: bytes, ends_at: datetime
) -> None:
    """Keep a fresh code for a full session, and forget those long used or over."""
    origin = select(
        literal(code_hash), SignInSession.user_id, SignInSession.id, literal(ends_at)
    ).where(SignInSession.id_hash == session_hash, SignInSession.stage == "full")
    async with db.engine.begin() as connection:
        await connection.execute(delete(Handoff).where(Handoff.ends_at < ends_at - KEEP_USED))
        columns = ["code_hash", "user_id", "session_id", "ends_at"]
        await connection.execute(insert(Handoff).from_select(columns, origin))


async def redeem(
    db: Database, handed: Handed, *, token_hash: bytes, ends_by: datetime
) -> uuid.UUID | None:
    """Begin a workspace session with a code, once, in time, while the session it is of lives.

    The database itself checks the code and makes the session; the session it came from, if it did.
    """
    given = {
        "code": handed.code,
        "state": handed.state,
        "token_hash": token_hash,
        "ends_by": ends_by,
        "device": handed.device,
        "address": handed.address,
    }
    async with db.engine.begin() as connection:
        return (await connection.execute(_REDEEM, given)).scalar_one_or_none()
