"""Handing a signed-in person from the identity process to the workspace."""

import re
from datetime import datetime, timedelta

from lmhg_gateway.features.sessions import handoff_repository as repository
from lmhg_gateway.features.sessions.handoff_repository import Handed
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.session import hash_token, new_token
from lmhg_kit.persistence import Database

CODE_LIFE = timedelta(seconds=60)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def is_token(text: str | None) -> bool:
    """Whether a text has the shape of our random tokens."""
    return bool(text and _TOKEN.fullmatch(text))


async def issue_code(
    db: Database, *, session_hash: bytes, state: str, clock: Clock = utc_now
) -> str:
    """A code that opens the workspace once, within a minute, in the browser that asked.

    What is stored is a hash of code and state together: the code alone, read over a shoulder or
    planted on someone, opens nothing.
    """
    code = new_token()
    await repository.put_handoff(
        db, hash_token(code + state), session_hash=session_hash, ends_at=clock() + CODE_LIFE
    )
    return code


async def redeem_code(db: Database, handed: Handed, *, ends_by: datetime) -> str:
    """A new workspace session's secret for a code that was handed out. Raises: NotSignedIn."""
    token = new_token()
    parent = await repository.redeem(db, handed, token_hash=hash_token(token), ends_by=ends_by)
    if parent is None:
        raise NotSignedIn("code_spent")
    return token
