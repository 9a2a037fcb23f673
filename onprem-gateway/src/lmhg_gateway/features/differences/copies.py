"""What IntakeQ and the office agreed on last: held against what IntakeQ has now, field by field."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from lmhg_gateway.features.differences import repository
from lmhg_gateway.features.differences.models import VALUE_MAX, IntakeqCopy, IntakeqDifference
from lmhg_gateway.features.differences.rules import Owner, Verdict, judge
from lmhg_gateway.web.sync_points import Told
from lmhg_kit.persistence import WriteSession
from lmhg_kit.persistence.blind_index import BlindIndex
from lmhg_kit.persistence.sealing import installed

OPEN, GONE = "open", "gone"


def token_of(kind: str, remote_id: str) -> bytes:
    """The keyed token of an id of IntakeQ's."""
    return BlindIndex(installed().index_key).token(f"copy_{kind}", remote_id)


def line_token(line: bytes) -> bytes:
    """The keyed token of a line in a list."""
    return BlindIndex(installed().index_key).token("copy_line", line.hex())


async def put_copy(
    tx: WriteSession,
    kind: str,
    remote_id: str,
    record_id: uuid.UUID,
    *,
    line: bytes | None = None,
) -> IntakeqCopy:
    """Remember that IntakeQ has this record, just now; `line` is the token of its line in a list."""
    token = token_of(kind, remote_id)
    found = await repository.locked_copy(tx, kind, token)
    if found is None:
        found = IntakeqCopy(kind=kind, token=token, record_id=record_id, remote_id=remote_id)
        await repository.add(tx, found)
    found.record_id, found.seen_at, found.gone_at = record_id, datetime.now(UTC), None
    if line is not None:
        found.row_token = line
    return found


async def mark_gone(tx: WriteSession, kind: str, remote_id: str, *, at: datetime) -> bool:
    """IntakeQ has it no more; whether that is new."""
    found = await repository.locked_copy(tx, kind, token_of(kind, remote_id))
    if found is None or found.gone_at is not None:
        return False
    found.gone_at = at
    return True


async def close_open(tx: WriteSession, kind: str, remote_id: str) -> None:
    """IntakeQ has the record no more: nothing of it is left to decide."""
    copy = await repository.locked_copy(tx, kind, token_of(kind, remote_id))
    for each in await repository.known(tx, copy.id) if copy else ():
        if each.state == OPEN:
            each.state = GONE


async def meet(
    tx: WriteSession,
    kind: str,
    remote_id: str,
    *,
    record_id: uuid.UUID,
    client_id: uuid.UUID,
    owners: Mapping[str, Owner],
    theirs: Told,
    ours: Told,
) -> dict[str, str | None]:
    """Hold what IntakeQ has against what the office has: the fields that the office takes over.

    What is not in `theirs` is not compared. A difference is kept for a person to decide.
    """
    copy = await put_copy(tx, kind, remote_id, record_id)
    agreed: dict[str, str | None] = agreed_of(copy)
    after, taken = dict(agreed), dict[str, str | None]()
    verdicts: dict[str, Verdict] = {}
    for name, text in theirs.items():
        found = judge(
            owners[name],
            agreed=agreed.get(name),
            ours=ours.get(name),
            theirs=text,
            is_first=name not in agreed,
        )
        verdicts[name] = found
        if found.agree:
            after[name] = text
        if found.take:
            taken[name] = text
    if after != agreed:
        copy.agreed = msgspec.json.encode(after).decode()
    await _refresh(tx, copy, verdicts, client_id=client_id, theirs=theirs, ours=ours, agreed=agreed)
    return taken


def agreed_of(copy: IntakeqCopy) -> dict[str, str | None]:
    """What both had when they agreed last."""
    return msgspec.json.decode(copy.agreed or "{}", type=dict[str, str | None])


async def _refresh(
    tx: WriteSession,
    copy: IntakeqCopy,
    verdicts: Mapping[str, Verdict],
    *,
    client_id: uuid.UUID,
    theirs: Told,
    ours: Told,
    agreed: Told,
) -> None:
    """Bring the differences of one record up to date: a decision holds while both texts stay."""
    before = await repository.known(tx, copy.id)
    for name, verdict in verdicts.items():
        known = [each for each in before if each.field == name]
        waits = next((each for each in known if each.state == OPEN), None)
        if verdict.changed is None:
            if waits is not None:
                waits.state = GONE
            continue
        said, here = _cut(theirs.get(name)), _cut(ours.get(name))
        pair = line_token(msgspec.json.encode([name, said, here]))
        if any(each.pair_token == pair and each.state != OPEN for each in known):
            continue
        row = waits or IntakeqDifference(
            copy_id=copy.id, client_id=client_id, kind=copy.kind, field=name
        )
        row.client_id, row.changed, row.suggests = client_id, verdict.changed, verdict.suggests
        if row.pair_token != pair:
            row.pair_token = pair
            row.theirs, row.ours, row.agreed = said, here, _cut(agreed.get(name))
        if waits is None:
            await repository.add(tx, row)


def _cut(text: str | None) -> str | None:
    return text[:VALUE_MAX] if text else None
