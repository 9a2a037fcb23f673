"""What ends with a session or a person: tokens at once, and a notice for every client that listens."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, text

from lmhg_gateway.features.oauth_clients.public import with_backchannel
from lmhg_gateway.features.tokens import repository
from lmhg_gateway.features.tokens.models import LogoutNotice, SessionClient
from lmhg_kit.clock import new_id, utc_now
from lmhg_kit.persistence import WriteSession

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(7142, 0)")
_UNHEARD = text(
    "select k.session_id, k.client, k.user_id from identity.session_client k"
    " join identity.oauth_client c on c.id = k.client"
    " where c.active and c.backchannel_uri is not null"
    " and not exists (select 1 from identity.session s where s.id = k.session_id)"
    " and not exists (select 1 from identity.logout_notice n where n.client = k.client"
    " and n.user_id = k.user_id"
    " and (n.sid = k.session_id or (n.sid is null and n.made_at >= k.at)))"
    " order by k.at limit :limit"
)
BATCH = 50


async def queue_logout(tx: WriteSession, *, session_ids: Iterable[uuid.UUID]) -> int:
    """These sessions end: their tokens now, and a notice for each client; how many notices."""
    wanted = list(session_ids)
    if not wanted:
        return 0
    at = utc_now()
    families = await repository.families_of(tx, session_ids=wanted)
    await repository.revoke_families(tx, families, at=at)
    query = select(SessionClient.session_id, SessionClient.client, SessionClient.user_id)
    rows = (await tx.execute(query.where(SessionClient.session_id.in_(wanted)))).all()
    listening = set(await with_backchannel(tx))
    return await _queue(
        tx,
        [
            {"client": row.client, "user_id": row.user_id, "sid": row.session_id}
            for row in rows
            if row.client in listening
        ],
    )


async def queue_unheard(tx: WriteSession) -> int:
    """What `queue_logout` does, for sessions that are gone without it; how many notices.

    A session that ended by its limit has nobody who ends it. It is known by what it left behind:
    a client that it signed someone in at, and no word to that client.
    """
    await tx.execute(_ONE_AT_A_TIME)
    rows = (await tx.execute(_UNHEARD, {"limit": BATCH})).all()
    found = [{"client": row.client, "user_id": row.user_id, "sid": row.session_id} for row in rows]
    ended = sorted({row.session_id for row in rows})
    families = await repository.families_of(tx, session_ids=ended)
    await repository.revoke_families(tx, families, at=utc_now())
    return await _queue(tx, found)


async def revoke_of_user(tx: WriteSession, user_id: uuid.UUID) -> int:
    """Everything of a person ends: tokens now, and a notice without a session for every client."""
    families = await repository.families_of(tx, user_id=user_id)
    await repository.revoke_families(tx, families, at=utc_now())
    listening = await with_backchannel(tx)
    return await _queue(
        tx, [{"client": each, "user_id": user_id, "sid": None} for each in listening]
    )


async def _queue(tx: WriteSession, rows: Sequence[dict[str, uuid.UUID | None]]) -> int:
    if rows:
        await tx.execute(insert(LogoutNotice), [{"id": new_id(), **row} for row in rows])
    return len(rows)
