"""Makes the packet of the hour: reads two days of visits, seals them, and puts the page where it is found."""

import asyncio
import os
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from lmhg_gateway.features.appointments.public import Appointment, is_confirmed, taking_place
from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.downtime import repository
from lmhg_gateway.features.downtime.models import DowntimeKey, DowntimePacket
from lmhg_gateway.features.downtime.rules import DAYS, EVERY, KEPT
from lmhg_gateway.features.downtime.sealing import Day, VisitLine, page_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.practice import Practice
from lmhg_kit.ui.formats import LocalTimes, long_day, phone

ACTOR = Actor("process: worker")
FILE = "downtime-packet.html"
_log = get_logger()


def allowed(reach: Reach) -> str:
    """What a person allows, in words; a call is always allowed where there is a number."""
    said = [("voicemail", reach.may_voicemail), ("text", reach.may_text)]
    may = [word for word, yes in said if yes]
    never = [word for word, yes in said if not yes]
    parts = ([f"{' and '.join(may)} allowed"] if may else []) + (
        [f"no {' and no '.join(never)}"] if never else []
    )
    return ", ".join(parts).capitalize()


def line(
    visit: Appointment, reach: Reach | None, names: Mapping[str, str], times: LocalTimes
) -> VisitLine:
    """One visit as the packet says it."""
    numbers = (
        dict.fromkeys(phone(each) for each in (reach.mobile, reach.phone) if each) if reach else {}
    )
    return VisitLine(
        time=f"{times.clock(visit.starts_at)} to {times.clock(visit.ends_at)}",
        state="" if is_confirmed(visit.status) else "Not confirmed",
        clinician=names.get(str(visit.clinician_id), "No clinician"),
        name=reach.name if reach else "Unknown",
        phones=list(numbers),
        may=allowed(reach) if reach else "",
    )


@dataclass(frozen=True)
class Making:
    """What the worker does each hour."""

    db: Database
    practice: Practice
    folder: Path | None = None

    async def step(self) -> int:
        """Make the packet when it is due and a key was printed; 1 if one was made."""
        now = self.practice.clock()
        async with self.db.uow(ACTOR, "downtime.make") as tx:
            key, last = await repository.newest_key(tx), await repository.last_made(tx)
            if key is None or (last is not None and not _is_due(key, *last, now=now)):
                return 0
            await self._make(tx, key, now=now)
            await repository.drop_older(tx, now - KEPT)
        return 1

    async def _make(self, tx: WriteSession, key: DowntimeKey, *, now: datetime) -> None:
        first = self.practice.day_of(now)
        begins, ends = self.practice.bounds(first, days=DAYS)
        visits = await taking_place(tx, begins, ends)
        reaches = await reach_of(tx, {each.client_id for each in visits})
        names, times = (
            await staff_names(tx),
            LocalTimes(self.practice.timezone, self.practice.clock),
        )
        lines: dict[date, list[VisitLine]] = {first + timedelta(days=at): [] for at in range(DAYS)}
        for each in visits:
            said = line(each, reaches.get(each.client_id), names, times)
            lines[self.practice.day_of(each.starts_at)].append(said)
        page = page_of(
            [Day(title=long_day(day), visits=found) for day, found in lines.items()],
            code=key.code or "",
            number=key.number,
            made_at=now,
            made_words=times.moment(now),
        )
        packet = DowntimePacket(
            made_at=now,
            key_number=key.number,
            visits=len(visits),
            folder=await self._put(page),
            client_ids=_ids(visits),
            page=page,
        )
        await repository.add(tx, packet)

    async def _put(self, page: bytes) -> str:
        if self.folder is None:
            return "none"
        try:
            await asyncio.to_thread(_write, self.folder / FILE, page)
        except OSError as failure:
            _log.error("downtime.folder_failed", exc_info=failure)
            return "failed"
        return "written"


def _ids(visits: Sequence[Appointment]) -> list[uuid.UUID]:
    return sorted({each.client_id for each in visits})


def _is_due(key: DowntimeKey, made_at: datetime, number: int, *, now: datetime) -> bool:
    """Each hour, and at once by a new key: the paper with the former one may be gone."""
    return now - made_at >= EVERY or number != key.number


def _write(path: Path, data: bytes) -> None:
    """Put a file in its place whole, or not at all; no link that lies in its folder is followed. Raises: OSError."""
    draft = path.with_name(f"{path.stem}-{secrets.token_hex(8)}.part")
    made = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        with os.fdopen(made, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
