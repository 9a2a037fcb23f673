"""Use cases of a batch that was approved: each record decided once more, taken away, and the end with its certificate."""

import uuid
from datetime import date, datetime

from lmhg_gateway.features.clients.public import birth_date_of, with_ids
from lmhg_gateway.features.retention import repository
from lmhg_gateway.features.retention.certificate import (
    Ended,
    certificate_of,
    halves,
    sha256_of,
)
from lmhg_gateway.features.retention.models import DisposalCertificate
from lmhg_gateway.features.retention.rules import NotDue, State, why_not_due
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

BATCH = "disposal_batch"


async def dispose(tx: WriteSession, item_id: uuid.UUID, practice: Practice) -> str:
    """Decide on a record by what is so now, then take its rows away or leave it out; what came of it.

    Who would change what it is decided by waits until this unit of work ends. Raises: SealBroken.
    """
    facts = await repository.facts(tx, item_id)
    if facts is None:
        return await repository.dispose(tx, item_id, years=0, not_due=NotDue.NOT_THERE)
    [client] = await with_ids(tx, [facts.client_id])
    years = await repository.years(tx)
    why = why_not_due(
        practice.day_of(facts.last_at),
        born=birth_date_of(client),
        kept_until=facts.kept_until,
        was_seen=facts.was_seen,
        line=facts.line,
        years=years,
        today=practice.today(),
    )
    return await repository.dispose(tx, item_id, years=years.get(facts.line, 0), not_due=why)


async def finish(
    tx: WriteSession, batch_id: uuid.UUID, *, at: datetime, backups_until: date
) -> str:
    """End a batch of which nothing is left, and keep its certificate; the hash, which is in the ledger too.

    Raises: NotFound, Conflict.
    """
    batch = await repository.locked_batch(tx, batch_id)
    if batch is None:
        raise NotFound(BATCH)
    messages_kept = await repository.messages_kept(tx, batch_id)
    batch.state, batch.done_at = State.DONE.value, at
    await tx.flush()
    await tx.refresh(batch)
    body = certificate_of(
        batch,
        await repository.items(tx, batch_id),
        await repository.counts(tx, batch_id),
        Ended(
            files=await repository.file_count(tx, batch_id),
            backups_until=backups_until,
            messages_kept=messages_kept,
        ),
    )
    found = sha256_of(body)
    made = DisposalCertificate(batch_id=batch_id, sha256=found, body=body)
    await repository.add(tx, made)
    await tx.audit("disposal.certificate", kind=BATCH, ids=[batch_id], columns=halves(found))
    return found


async def certificate(tx: ReadSession, batch_id: uuid.UUID) -> bytes:
    """The certificate of a batch, byte for byte as it was when the batch was done. Raises: Conflict."""
    found = await repository.certificate(tx, batch_id)
    if found is None:
        raise Conflict("disposal_not_done")
    return bytes(found.body)
