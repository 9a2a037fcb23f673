"""Sends changes to IntakeQ, each once: it looks before it asks again.

IntakeQ has no key that makes a repetition harmless. So that one tries is written before the call, and a
change of which an earlier try may have arrived is looked for first: a client by our id, an appointment
by its client, clinician and time, a move and a cancellation by how the appointment is.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from lmhg_gateway.adapters.intakeq import ListPage, Person, Visit
from lmhg_gateway.features.appointments.public import store_visit
from lmhg_gateway.features.clients.public import SYNCED, link, linked, store_person, with_ids
from lmhg_gateway.features.deliveries.public import (
    ACTOR,
    CALLS_PER_EVENT,
    RETRY,
    WORK_MAX_S,
    Fetcher,
    GoneAt,
    Later,
    Priority,
    UnusableAt,
)
from lmhg_gateway.features.differences.public import copies_of_record
from lmhg_gateway.features.write_back import repository
from lmhg_gateway.features.write_back.models import IntakeqChange
from lmhg_gateway.features.write_back.rules import (
    CALLED_OFF,
    NotBookable,
    Order,
    book_order,
    booked,
    client_order,
    external_id,
    millis,
)
from lmhg_gateway.features.write_back.service import order_of
from lmhg_gateway.features.write_back.ways import ways_of
from lmhg_kit.logs import get_logger

A = TypeVar("A")
T = TypeVar("T")
_log = get_logger()
LOOK_BACK = timedelta(days=90)
"""How far back a look goes for what an earlier change of the same thing may have made."""


class Unwanted(Exception):
    """Someone took it back before a call was made."""


@dataclass(frozen=True)
class Sending:
    """Works off what staff asked for."""

    fetcher: Fetcher

    async def step(self) -> int:
        """Send the change whose turn it is, if calls are free; how many were sent or looked for."""
        calls = self.fetcher.calls
        now, at, _ = await calls.free_at(CALLS_PER_EVENT, Priority.PERSON)
        if at > now:
            return 0
        async with calls.db.uow(ACTOR, "intakeq change") as tx:
            claimed = await repository.claim(tx, now=now)
        if claimed is None:
            return 0
        await self._guarded(*claimed)
        return 1

    async def _guarded(self, row: IntakeqChange, was_called: bool) -> None:  # noqa: FBT001 - as claimed
        try:
            async with asyncio.timeout(WORK_MAX_S):
                found = await self._send(row, order_of(row), was_called=was_called)
            await self._done(row, found)
        except Later as later:
            # Some of its calls may have been made: what was sent is looked for the next time.
            await self._later(row, at=later)
        except Unwanted:
            await self._taken_back(row)
        except GoneAt:
            await self._hold(row, "gone")
        except NotBookable as missing:
            await self._hold(row, missing.code)
        except UnusableAt as unusable:
            await self._hold(row, unusable.code)
        except Exception as failure:  # noqa: BLE001 - every failure counts, whatever its class
            if RETRY.is_over(row.attempts):
                phase = getattr(failure, "phase", None) or type(failure).__name__
                await self._hold(row, f"attempts_{phase}"[:60])
            _log.error("intakeq.change_failed", record_id=row.id, exc_info=failure)

    async def _send(self, row: IntakeqChange, order: Order, *, was_called: bool) -> Person | Visit:
        """Do it, or find that it is done."""
        if row.act == "client":
            return await self._client(row, was_called=was_called)
        if row.act == "book":
            return await self._book(row, order, was_called=was_called)
        key = await self._remote_id("appointment", row.subject_id)
        visit, _ = await self._call(self.fetcher.api.visit, key)
        if row.act == "move":
            if visit.starts_at == order.start or order.start is None:
                return visit
            body = {"Id": key, "UtcDateTime": millis(order.start)}
            await self._check_wanted(row)
            return (await self._call(self.fetcher.api.move, body))[0]
        if visit.status in CALLED_OFF:
            return visit

        async def cancel(visit_id: str) -> None:
            await self.fetcher.api.cancel(visit_id, reason=order.reason)

        await self._check_wanted(row)
        await self._call(cancel, key)
        return (await self._call(self.fetcher.api.visit, key))[0]

    async def _client(self, row: IntakeqChange, *, was_called: bool) -> Person:
        async with self.fetcher.calls.db.read(ACTOR, "intakeq change") as tx:
            (client,) = await with_ids(tx, [row.client_id])
            told = await SYNCED.ours(tx, row.client_id)
            ways = await ways_of(tx, row.client_id)
        number = client.intakeq_number
        if number is None and was_called:
            found, _ = await self._call(self.fetcher.api.find_client, external_id(row.client_id))
            number = found.number if found else None
        body = client_order(row.client_id, told, number=number, ways=ways)
        await self._check_wanted(row)
        return (await self._call(self.fetcher.api.save_client, body))[0]

    async def _book(self, row: IntakeqChange, order: Order, *, was_called: bool) -> Visit:
        number = await self._remote_id("client", row.client_id)
        if was_called and order.start is not None:
            day = order.start.date()
            wanted = ListPage(
                what="appointment",
                since=row.asked_at.date() - LOOK_BACK,
                first_day=day - timedelta(days=1),
                last_day=day + timedelta(days=1),
            )
            listed, _ = await self._call(self.fetcher.api.listed, wanted)
            visits = [each.subject for each in listed.lines if isinstance(each.subject, Visit)]
            found = booked(visits, order=order, number=number)
            if found is not None:
                return found

        async def ask_bookable(_: str) -> Mapping[str, Any]:
            return await self.fetcher.api.bookable()

        bookable, _ = await self._call(ask_bookable, "")
        async with self.fetcher.calls.db.read(ACTOR, "intakeq change") as tx:
            ways = await ways_of(tx, row.client_id)
        body = book_order(order, bookable, number=number, ways=ways)
        await self._check_wanted(row)
        return (await self._call(self.fetcher.api.book, body))[0]

    async def _remote_id(self, kind: str, record_id: uuid.UUID) -> str:
        """The id there of a record of ours. Raises: NotBookable."""
        async with self.fetcher.calls.db.read(ACTOR, "intakeq change") as tx:
            copies = await copies_of_record(tx, kind, record_id)
            there = [each.remote_id for each in copies if each.gone_at is None and each.remote_id]
        if not there:
            code = f"{kind}_not_there"
            raise NotBookable(code)
        return there[0]

    async def _call(self, ask: Callable[[A], Awaitable[T]], what: A) -> tuple[T, datetime]:
        return await self.fetcher.call(ask, what, priority=Priority.PERSON)

    async def _done(self, row: IntakeqChange, found: Person | Visit) -> None:
        """Write what IntakeQ has now, and that it is done, in one unit of work."""
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq change") as tx:
            kept = await repository.locked(tx, row.id)
            if kept is None or kept.state != "waiting":
                return
            if isinstance(found, Person):
                if await linked(tx, "client", found.number) is None:
                    await link(tx, "client", found.number, kept.client_id)
                await store_person(tx, found)
            else:
                (client,) = await with_ids(tx, [kept.client_id])
                await store_visit(tx, found, client_id=client.id, part2=client.part2)
            # In one statement: a change that is done is never changed again.
            now = await self.fetcher.calls.now(tx)
            kept.state, kept.code, kept.done_at = "done", None, now
        _log.info("intakeq.change_done", record_id=row.id)

    async def _check_wanted(self, row: IntakeqChange) -> None:
        """Right before a call that changes something there. Raises: Unwanted."""
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq change") as tx:
            kept = await repository.locked(tx, row.id)
            if kept is None or kept.state != "waiting" or kept.unwanted_at is not None:
                raise Unwanted

    async def _taken_back(self, row: IntakeqChange) -> None:
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq change") as tx:
            kept = await repository.locked(tx, row.id)
            if kept is not None and kept.state == "waiting":
                now = await self.fetcher.calls.now(tx)
                kept.state, kept.done_at = "taken_back", now
        _log.info("intakeq.change_taken_back", record_id=row.id)

    async def _later(self, row: IntakeqChange, *, at: Later) -> None:
        async with self.fetcher.calls.db.uow(ACTOR, "no call is free") as tx:
            kept = await repository.locked(tx, row.id)
            if kept is not None:
                kept.attempts, kept.due_at = max(0, kept.attempts - 1), at.at

    async def _hold(self, row: IntakeqChange, code: str) -> None:
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq change held") as tx:
            kept = await repository.locked(tx, row.id)
            if kept is not None and kept.state == "waiting":
                kept.state, kept.code = "held", code
        _log.info("intakeq.change_held", record_id=row.id, code=code)
