"""Tokens of clients made again after the way to make them changed: in bounded batches, any time."""

from dataclasses import dataclass

from lmhg_gateway.features.clients import repository
from lmhg_gateway.features.clients.directory import TOKEN_SCHEME, reindex
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
BATCH = 200
"""Clients in one unit of work: what a stop in between costs at most."""


@dataclass(frozen=True)
class Reindexer:
    """Makes the tokens of clients again that an older version of this code made."""

    db: Database

    async def step(self) -> int:
        """One batch; how many clients it had. It begins again where it stopped, and ends by itself."""
        async with self.db.uow(ACTOR, "search index made anew") as tx:
            clients = await repository.not_indexed(tx, scheme=TOKEN_SCHEME, limit=BATCH)
            for client in clients:
                await reindex(tx, client)
        return len(clients)
