"""Clients in Hydra mode: what is registered here is at Hydra too, however long that takes.

Nothing is queued that could be lost: a client's registration is compared with the one that Hydra
is known to have, and the difference is told until Hydra has taken it. Telling it twice changes
nothing. Only a new secret waits as itself, sealed, because we keep no more than its hash.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from sqlalchemy import case, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_gateway.adapters.hydra import Client, Hydra, HydraRefused
from lmhg_gateway.features.oauth_clients.models import ClientPush, OAuthClient
from lmhg_gateway.features.oauth_clients.repository import listed
from lmhg_gateway.features.oauth_clients.rules import KINDS, ClientKind
from lmhg_kit.backoff import Backoff
from lmhg_kit.errors import KeyUnknown, SealBroken
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession
from lmhg_kit.persistence.sealing import installed

BELL = "identity_client"
EVERY_S = 5.0
BATCH = 20
RETRY = Backoff(first_s=2, most_s=300, attempts_max=1_000_000)
"""It is tried for ever: a program that cannot be told is a problem on the program's page."""
"""The wait doubles up to five minutes, and never ends: a registration is not given up."""
ACTOR = Actor("process: hydra_clients")
NOTHING = "none"
"""A grant, an answer and a scope that mean nothing; an empty one would mean Hydra's default."""
_RING = text("select pg_notify(:bell, '')")
_log = get_logger()


def registration(client: OAuthClient, *, audience: str) -> Client:
    """A client as Hydra should have it. A disabled one stays there, so that its secret does."""
    kind = ClientKind(client.kind)
    known = Client(
        client_id=client.client_id,
        client_name=client.name,
        skip_consent=client.first_party,
        token_endpoint_auth_method="client_secret_basic" if KINDS[kind].confidential else "none",
        grant_types=[NOTHING],
        response_types=[NOTHING],
        scope=NOTHING,
    )
    if not client.active:
        return known
    is_service = kind is ClientKind.SERVICE
    return msgspec.structs.replace(
        known,
        redirect_uris=list(client.redirect_uris),
        post_logout_redirect_uris=list(client.post_logout_uris),
        backchannel_logout_uri=client.backchannel_uri or "",
        backchannel_logout_session_required=bool(client.backchannel_uri),
        scope=" ".join(sorted(client.scopes)) or NOTHING,
        grant_types=sorted(KINDS[kind].grants),
        response_types=[NOTHING] if is_service else ["code"],
        audience=[audience] if is_service and audience else [],
    )


def digest_of(client: Client) -> str:
    """What says whether two registrations are the same."""
    return hashlib.sha256(msgspec.json.encode(client, order="deterministic")).hexdigest()


class HydraState(NamedTuple):
    """How a client is at Hydra."""

    is_there: bool
    """Whether Hydra has all that is registered here."""
    row: ClientPush | None

    @property
    def attempts(self) -> int:
        """How often Hydra did not take what waits."""
        return self.row.attempts if self.row else 0

    @property
    def has_secret(self) -> bool:
        """Whether Hydra got a secret of ours, or will."""
        return bool(self.row and (self.row.secret_at or self.row.secret_sealed))


async def hydra_states(
    tx: ReadSession, clients: Iterable[OAuthClient], *, audience: str
) -> Mapping[uuid.UUID, HydraState]:
    """How these clients are at Hydra."""
    wanted = list(clients)
    query = select(ClientPush).where(ClientPush.client.in_([each.id for each in wanted]))
    rows = {row.client: row for row in (await tx.scalars(query)).all()}
    return {each.id: _hydra_state(each, rows.get(each.id), audience) for each in wanted}


def _hydra_state(client: OAuthClient, row: ClientPush | None, audience: str) -> HydraState:
    if row is None or row.secret_sealed is not None:
        return HydraState(is_there=False, row=row)
    return HydraState(row.digest == digest_of(registration(client, audience=audience)), row)


async def keep_secret(tx: WriteSession, client: uuid.UUID, secret: str) -> None:
    """A new secret, sealed until Hydra has it; it takes the place of one that still waits."""
    sealed = installed().seal(secret.encode(), place=_place(client))
    now = {"secret_sealed": sealed, "attempts": 0, "next_at": func.now()}
    await tx.execute(
        upsert(ClientPush)
        .values(client=client, **now)
        .on_conflict_do_update(index_elements=[ClientPush.client], set_=now)
    )
    await tx.execute(_RING, {"bell": BELL})


async def tell_now(
    tx: WriteSession, client: OAuthClient, *, hydra: Hydra, secret: str | None
) -> None:
    """Tell Hydra inside this unit: an operator registers in both places or in neither.

    Raises: HydraRefused. The audience is not known here; the workspace's loop adds it.
    """
    told = registration(client, audience="")
    await hydra.put_client(msgspec.structs.replace(told, client_secret=secret))
    now: dict[str, object] = {"digest": digest_of(told), "told_at": func.now(), "problem": None}
    if secret is not None:
        now |= {"secret_at": func.now(), "secret_sealed": None}
    await tx.execute(
        upsert(ClientPush)
        .values(client=client.id, **now)
        .on_conflict_do_update(index_elements=[ClientPush.client], set_=now)
    )


class _Task(NamedTuple):
    """One client that this process tells Hydra about now."""

    client: uuid.UUID
    told: Client
    active: bool
    sealed: bytes | None
    attempts: int


@dataclass
class Pusher:
    """Tells Hydra what changed; one step of a loop of the workspace."""

    db: Database
    hydra: Hydra
    audience: str

    async def step(self) -> int:
        """Tell a batch; how many clients Hydra has taken. A Hydra that is away ends the step."""
        for told in range(BATCH):
            task = await self._claim()
            if task is None:
                return told
            problem = await self._tell(task)
            await self._finish(task, problem=problem)
            if problem:
                _log.warning(
                    "hydra.not_told",
                    record_id=str(task.client),
                    reason=problem,
                    attempt=task.attempts,
                )
                return told
        return BATCH

    async def _claim(self) -> _Task | None:
        """What differs and is due, for this process alone until its wait is over.

        Who was refused least comes first, so a client that Hydra never takes holds up nobody.
        """
        async with self.db.uow(ACTOR, "oauth_client.push") as tx:
            clients = await listed(tx)
            found = await hydra_states(tx, clients, audience=self.audience)
            late = [each for each in clients if not found[each.id].is_there]
            for each in sorted(late, key=lambda one: found[one.id].attempts):
                row = await _take(tx, each.id)
                if row is not None:
                    told = registration(each, audience=self.audience)
                    return _Task(each.id, told, each.active, row[0], row[1])
        return None

    async def _tell(self, task: _Task) -> str:
        """Tell Hydra; the step that failed, or nothing."""
        try:
            secret = _open(task)
        except (KeyUnknown, SealBroken):
            return "secret"
        try:
            await self.hydra.put_client(msgspec.structs.replace(task.told, client_secret=secret))
            if not task.active:
                await self.hydra.end_tokens(task.told.client_id)
        except HydraRefused as refused:
            return refused.phase or "client"
        return ""

    async def _finish(self, task: _Task, *, problem: str) -> None:
        row = ClientPush
        values: dict[str, object] = {"problem": problem}
        if not problem:
            values = {
                "problem": None,
                "digest": digest_of(task.told),
                "told_at": func.now(),
                "attempts": 0,
                "next_at": func.now(),
            }
        if not problem and task.sealed is not None:
            # A secret that was made meanwhile still waits.
            other = row.secret_sealed.is_distinct_from(task.sealed)
            values |= {
                "secret_sealed": case((other, row.secret_sealed), else_=None),
                "secret_at": func.now(),
            }
        async with self.db.uow(ACTOR, "oauth_client.push") as tx:
            await tx.execute(update(row).where(row.client == task.client).values(values))


async def _take(tx: WriteSession, client: uuid.UUID) -> tuple[bytes | None, int] | None:
    """Claim a client on the database's clock: its waiting secret, and the attempt's number."""
    row = ClientPush
    await tx.execute(upsert(row).values(client=client).on_conflict_do_nothing())
    wait = literal_column(RETRY.in_sql("client_push.attempts"))
    claim = (
        update(row)
        .where(row.client == client, row.next_at <= func.now())
        .values(
            attempts=row.attempts + 1,
            next_at=func.now() + wait,
        )
        .returning(row.secret_sealed, row.attempts)
    )
    found = (await tx.execute(claim)).one_or_none()
    return (found[0], found[1]) if found else None


def _open(task: _Task) -> str | None:
    if task.sealed is None:
        return None
    return installed().open(task.sealed, place=_place(task.client)).decode()


def _place(client: uuid.UUID) -> str:
    return f"identity.client_push|secret|{client}"
