"""What holds records up between the office and the portal, in words; and the rows that wait.

The relay names causes by code (`relay.standing_delay`); this is what staff read. `{place}` is the
side that the cause is on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

LATE_ROWS_MAX = 50
"""A record, a removal or an order that is older than two minutes and has not crossed is listed."""
_SOON = text("set local lock_timeout = '500ms'")
PLACES: Mapping[str, str] = {"onprem": "the office", "cloud": "the portal"}

_STANDING = text(
    "select plane, code, who, since, rows as waiting from relay.standing_delay order by since"
)
_LATE = text(
    "select kind, record_id, version, op, created_at, stage, count(*) over () as every"
    " from relay.waiting where created_at < now() - interval '2 minutes'"
    " order by created_at, kind limit :most"
)


class DelayWords(NamedTuple):
    """One cause as people read it: what it is, and what to do next."""

    means: str
    todo: str


_NOTHING_LOST = "Nothing is lost. Everything is kept and goes out on its own afterward."
_CALL = "Ask the people who run your computers"
DELAYS: Mapping[str, DelayWords] = {
    "lock_wait": DelayWords(
        "Someone's open database session at {place} blocks the exchange of records.",
        f"{_CALL} to end the session named here. {_NOTHING_LOST}",
    ),
    "lock_taken": DelayWords(
        "A program at {place} took the place of the one that exchanges records.",
        f"{_CALL} to stop the program named here. If no one knows it, treat it as a break-in.",
    ),
    "half_restarts": DelayWords(
        "The program that exchanges records at {place} keeps stopping with an error.",
        f"{_CALL} to look at its log and follow the runbook “a process is down”. {_NOTHING_LOST}",
    ),
    "database_refuses": DelayWords(
        "The database at {place} refuses the program that exchanges records.",
        f"{_CALL} to check that program's database password and permissions.",
    ),
    "schema_differs": DelayWords(
        "The database at {place} is from another version of the software than the program.",
        f"{_CALL} to update the database, or to install the right version.",
    ),
    "relay_not_running": DelayWords(
        "The program that exchanges records is not running at {place}.",
        f"{_CALL} to start it: runbook “a process is down”. {_NOTHING_LOST}",
    ),
    "broker_away": DelayWords(
        "{place} cannot reach the message server between the office and the portal.",
        f"Check the internet connection, then {_CALL[0].lower()}{_CALL[1:]}: runbook “the message server is"
        f" lost”. {_NOTHING_LOST}",
    ),
    "broker_refuses": DelayWords(
        "The message server refuses the password or the permissions of {place}.",
        f"{_CALL} to check the message server's accounts. {_NOTHING_LOST}",
    ),
    "stream_missing": DelayWords(
        "The message server lost the queue for what {place} sends.",
        f"It is made again on its own where that is allowed. If this stays, {_CALL[0].lower()}"
        f"{_CALL[1:]} to set up the message server again (runbook “the message server is lost”). {_NOTHING_LOST}",
    ),
    "consumer_missing": DelayWords(
        "The message server no longer hands {place} what the other side sent.",
        f"It is made again on its own where that is allowed. If this stays, {_CALL[0].lower()}"
        f"{_CALL[1:]} to set up the message server again (runbook “the message server is lost”). {_NOTHING_LOST}",
    ),
    "peer_silent": DelayWords(
        "{place} hears nothing from the other side.",
        f"Check that the other side is up. If it is, {_CALL[0].lower()}{_CALL[1:]} to follow the"
        " runbook “the message server is lost”.",
    ),
    "peer_does_not_hear": DelayWords(
        "What {place} sends does not reach the other side.",
        f"{_CALL} to look at the other side first. {_NOTHING_LOST}",
    ),
    "receipts_missing": DelayWords(
        "Records left {place}, but the other side has not confirmed them.",
        f"They are sent again on their own. If this stays, {_CALL[0].lower()}{_CALL[1:]}.",
    ),
    "stopped": DelayWords(
        "{place} stopped sending, because the other side's memory does not fit ours.",
        f"Open the Confirmations page, and follow the alarm there. {_NOTHING_LOST}",
    ),
    "resyncing": DelayWords(
        "{place} and the other side are comparing notes after a restore.",
        "This ends on its own. Both sides must be running.",
    ),
    "too_many_open": DelayWords(
        "Too many database sessions at {place} were left open.",
        f"{_CALL} to end sessions that no one uses. {_NOTHING_LOST}",
    ),
    "screening_waits": DelayWords(
        "Texts wait to be checked for client names at {place}.",
        f"{_CALL} to check the background program: runbook “a process is down”.",
    ),
    "object_waits": DelayWords(
        "A document of the library waits at {place}, because its file can't be brought to the portal.",
        f"Everything else goes on. {_CALL} to check the two file stores: runbook “records wait”. {_NOTHING_LOST}",
    ),
    "object_stays": DelayWords(
        "A file that was taken back can't be deleted at {place} yet.",
        f"The record itself is gone there. {_CALL} to check the portal's file store. Until then the removal is"
        " not confirmed.",
    ),
    "ledger_refused": DelayWords(
        "The record of what was shared, kept at {place}, is not the one that was signed last. The"
        " program that exchanges records will not add to it.",
        "Treat it as tampering until you know better: change nothing, and have"
        f" {_CALL[4:]} follow the runbook “verify a ledger”. {_NOTHING_LOST}",
    ),
    "alarm_raised": DelayWords(
        "The program that exchanges records raised an alarm at {place}.",
        "The compliance officer can see it on the Confirmations page.",
    ),
    "rows_wait": DelayWords(
        "Records wait at {place}, and no single cause was found.",
        f"If this lasts over five minutes, {_CALL[0].lower()}{_CALL[1:]}. {_NOTHING_LOST}",
    ),
}
"""Code to words; a test keeps it complete for the codes of the relay."""
RUNBOOK = "records-wait"
"""The runbook that has a heading for each of these codes; the pages name it to anyone who mends."""
UNKNOWN = DelayWords("Records are delayed at {place}.", f"{_CALL}. {_NOTHING_LOST}")
STAGES: Mapping[str, str] = {
    "unscreened": "Waiting to be checked for client names",
    "undecided": "Waiting to be sent",
    "sent": "Sent, not confirmed by the other side",
}
_CAUSES_OF: Mapping[str, tuple[str, ...]] = {
    "unscreened": ("screening_waits", "schema_differs", "relay_not_running", "lock_wait"),
    "undecided": (
        "lock_wait", "lock_taken", "schema_differs", "database_refuses", "half_restarts", "stopped",
        "resyncing", "relay_not_running", "too_many_open", "screening_waits",
        "object_waits", "rows_wait",
    ),
    "sent": (
        "broker_away", "broker_refuses", "stream_missing", "consumer_missing", "peer_silent",
        "relay_not_running", "peer_does_not_hear", "schema_differs", "object_stays", "receipts_missing",
    ),
}  # fmt: skip
"""Which causes hold a row up in which place, the likeliest first."""


Reads = AsyncConnection | AsyncSession


@dataclass(frozen=True, kw_only=True)
class DelayRow:
    """One cause that is open, as a page shows it."""

    code: str
    means: str
    todo: str
    who: str
    since: datetime
    rows: int


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """One record, removal or order that has not crossed for minutes, with its cause."""

    kind: str
    record_id: object
    what: str
    stage: str
    cause: str
    since: datetime


def words_of(code: str, plane: str) -> DelayWords:
    """What a cause means and what to do about it, on the side that it is on."""
    found, place = DELAYS.get(code, UNKNOWN), PLACES.get(plane, "one side")
    means = found.means.format(place=place)
    return DelayWords(means[0].upper() + means[1:], found.todo.format(place=place))


async def open_delays(tx: Reads) -> list[DelayRow]:
    """Every cause that holds records up now, on either side."""
    rows: list[DelayRow] = []
    for row in (await tx.execute(_STANDING)).all():
        words = words_of(row.code, row.plane)
        rows.append(
            DelayRow(
                code=row.code,
                means=words.means,
                todo=words.todo,
                who=row.who,
                since=row.since,
                rows=row.waiting,
            )
        )
    return rows


async def late_rows(tx: Reads, delays: Sequence[DelayRow]) -> tuple[list[LateRow], int]:
    """What waits here for over two minutes, oldest first, each with its cause; and how many in all."""
    try:
        async with tx.begin_nested():
            await tx.execute(_SOON)
            found = (await tx.execute(_LATE, {"most": LATE_ROWS_MAX})).all()
    except DBAPIError:
        return [], 0  # somebody has locked the table: the cause that is open says so
    rows = [
        LateRow(
            kind=row.kind,
            record_id=row.record_id,
            what="Removal" if row.op == "recall" else "Record",
            stage=STAGES[row.stage],
            cause=cause_of(row.stage, delays),
            since=row.created_at,
        )
        for row in found
    ]
    return rows, found[0].every if found else 0


def cause_of(stage: str, delays: Sequence[DelayRow]) -> str:
    """Why a row in this place waits: the likeliest of the causes that are open."""
    for code in _CAUSES_OF[stage]:
        for row in delays:
            if row.code == code:
                return row.means
    return delays[0].means if delays else f"{STAGES[stage]}."
