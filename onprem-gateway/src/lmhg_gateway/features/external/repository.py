"""All SQL of sign-ins under way at the external issuer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert

from lmhg_gateway.features.external.models import PATH_MAX, ExternalRequest
from lmhg_kit.http.openid import Question
from lmhg_kit.persistence import Database

REQUEST_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class Begun:
    """A sign-in under way: what its answer is held against, and where it leads."""

    question: Question
    handoff_state: str
    next_path: str
    fresh: bool


async def put_request(db: Database, bound_to: bytes, begun: Begun, *, at: datetime) -> None:
    """Keep a sign-in that begins; those nobody came back from go."""
    path = begun.next_path
    row = {
        "state_hash": bound_to,
        "nonce": begun.question.nonce,
        "verifier": begun.question.verifier,
        "handoff_state": begun.handoff_state,
        "next_path": path if len(path) <= PATH_MAX else "",
        "fresh": begun.fresh,
        "ends_at": at + REQUEST_LIFE,
    }
    async with db.engine.begin() as connection:
        await connection.execute(delete(ExternalRequest).where(ExternalRequest.ends_at < at))
        await connection.execute(insert(ExternalRequest).values(row))


async def take_request(db: Database, bound_to: bytes, *, state: str, at: datetime) -> Begun | None:
    """The sign-in of this state and browser, once: taking it removes it."""
    table = ExternalRequest
    taken = (
        delete(table)
        .where(table.state_hash == bound_to)
        .returning(
            table.nonce,
            table.verifier,
            table.handoff_state,
            table.next_path,
            table.fresh,
            table.ends_at,
        )
    )
    async with db.engine.begin() as connection:
        row = (await connection.execute(taken)).one_or_none()
    if row is None or row.ends_at <= at:
        return None
    question = Question(state, row.nonce, row.verifier)
    return Begun(question, row.handoff_state, row.next_path, row.fresh)
