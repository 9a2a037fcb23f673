"""The check itself: page by page through IntakeQ's lists, each page one call and one unit of work.

What a line has whole is stored at once; a form or a note is asked for later, by its id. A page that was
read and not written is read again: everything here may be done twice.
"""

from dataclasses import dataclass
from datetime import datetime

from lmhg_gateway.adapters.intakeq import Line, Listed, Person, Visit
from lmhg_gateway.features.appointments.public import (
    client_of_visit,
    forget_visit,
    nearest_of,
    store_visit,
)
from lmhg_gateway.features.clients.public import known_client, linked, store_person, with_ids
from lmhg_gateway.features.deliveries.public import (
    ACTOR,
    Fetcher,
    GoneAt,
    Later,
    Priority,
    record_profile,
)
from lmhg_gateway.features.differences.public import (
    copy_of,
    line_token,
    mark_gone,
    put_copy,
    token_of,
)
from lmhg_gateway.features.intakeq_people.public import (
    PersonHeld,
    record_back,
    record_gone,
    record_move,
    who_is,
)
from lmhg_gateway.features.intakes.public import form_sent_at
from lmhg_gateway.features.notes.public import note_locked_at
from lmhg_gateway.features.reconcile import repository
from lmhg_gateway.features.reconcile.models import IntakeqObject, SyncState
from lmhg_gateway.features.reconcile.rules import (
    TURNS,
    after_page,
    asks_since,
    catches_up,
    is_due,
    near_s,
    page_of,
)
from lmhg_kit.logs import get_logger
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice

_log = get_logger()


@dataclass(frozen=True)
class Lists:
    """Walks through the lists of what changed."""

    fetcher: Fetcher
    practice: Practice

    async def step(self) -> int:
        """Read one page if a check runs and a call is free; how many pages were read."""
        state, now = await self._running()
        if state is None or state.asks_since is None:
            return 0
        today = now.astimezone(self.practice.zone).date()
        wanted = page_of(state.step, state.page, since=state.asks_since, today=today)
        priority = Priority.CATCH_UP if state.is_catch_up else Priority.NIGHTLY
        try:
            listed, began_at = await self.fetcher.call(
                self.fetcher.api.listed, wanted, priority=priority
            )
        except Later:
            return 0
        except GoneAt:
            listed, began_at = Listed(lines=(), left_out=0, is_last=True), now
        await self._take(state, listed, now=now, began_at=began_at, is_deleted=wanted.is_deleted)
        return 1

    async def _running(self) -> tuple[SyncState | None, datetime]:
        """The check that runs, begun if one is due."""
        db, calls = self.fetcher.calls.db, self.fetcher.calls
        async with db.uow(ACTOR, "intakeq check") as tx:
            now = await calls.now(tx)
            state = await repository.locked_state(tx)
            if state.asks_since is None:
                due = is_due(
                    now,
                    zone=self.practice.zone,
                    began_at=state.began_at,
                    wanted_at=state.wanted_at,
                )
                if not due:
                    return None, now
                state.asks_since = asks_since(state.since, today=now.date())
                state.is_catch_up = catches_up(now, ended_at=state.ended_at)
                state.began_at, state.step, state.page = now, 0, 1
                state.looked, state.left_out = 0, 0
        return state, now

    async def _take(
        self,
        seen: SyncState,
        listed: Listed,
        *,
        now: datetime,
        began_at: datetime,
        is_deleted: bool,
    ) -> None:
        """Write one page and go on to the next, unless another worker did."""
        apart = Apart("intakeq_check")
        async with self.fetcher.calls.db.uow(ACTOR, "intakeq check") as tx:
            state = await repository.locked_state(tx)
            if (state.step, state.page, state.began_at) != (seen.step, seen.page, seen.began_at):
                return
            for line in listed.lines:
                async with apart.item(), tx.begin_nested():
                    await self._line(
                        tx, line, state=state, now=now, began_at=began_at, is_deleted=is_deleted
                    )
            state.looked += len(listed.lines)
            state.left_out += listed.left_out + len(apart.failures)
            after = after_page(state.step, state.page, is_last=listed.is_last)
            if after is not None:
                state.step, state.page = after
            elif state.began_at is not None:
                state.since, state.asks_since = state.began_at.date(), None
                state.ended_at = now
                _log.info("intakeq.checked", count=state.looked, waiting=await repository.total(tx))

    async def _line(
        self,
        tx: WriteSession,
        line: Line,
        *,
        state: SyncState,
        now: datetime,
        began_at: datetime,
        is_deleted: bool,
    ) -> None:
        if is_deleted:
            await _gone(tx, line, at=now)
        elif line.what == "client":
            await _client(tx, line, now=now, began_at=began_at)
        elif line.what == "appointment":
            await _visit(tx, line, state=state, now=now)
        elif not await _is_known(tx, line):
            await _wait(tx, line, state=state, now=now)


async def _gone(tx: WriteSession, line: Line, *, at: datetime) -> None:
    """IntakeQ has it no more."""
    if line.what == "appointment":
        await forget_visit(tx, line.id)
        return
    known = await linked(tx, "client", line.id)
    if known is None:
        return
    if await copy_of(tx, "client", token_of("client", line.id)) is None:
        await put_copy(tx, "client", line.id, known)
    if await mark_gone(tx, "client", line.id, at=at):
        await record_gone(tx, known)


async def _client(tx: WriteSession, line: Line, *, now: datetime, began_at: datetime) -> None:
    """A client with their profile: brought up to date, added, or held where they look like someone."""
    if not isinstance(line.subject, Person):
        return
    await record_profile(tx, line.id, began_at=began_at)
    known = await linked(tx, "client", line.id)
    if known is None:
        try:
            await who_is(tx, line.subject, may_add=False)
        except PersonHeld:
            return
        return
    copy = await copy_of(tx, "client", token_of("client", line.id))
    is_back = copy is not None and copy.gone_at is not None
    await store_person(tx, line.subject)
    if is_back:
        await put_copy(tx, "client", line.id, known)
        await record_back(tx, known, at=now)


async def _visit(tx: WriteSession, line: Line, *, state: SyncState, now: datetime) -> None:
    """An appointment: stored at once where its client is known."""
    known = await known_client(tx, line.number)
    if known is None or not isinstance(line.subject, Visit):
        await _wait(tx, line, state=state, now=now)
        return
    before = await client_of_visit(tx, line.id)
    if before is not None:
        await record_move(tx, before, known)
    (client,) = await with_ids(tx, [known])
    await store_visit(tx, line.subject, client_id=known, part2=client.part2)


async def _is_known(tx: WriteSession, line: Line) -> bool:
    """Whether a form or a note is as it was when it was last taken."""
    token = line_token(line.text)
    copy = await copy_of(tx, line.what, token_of(line.what, line.id))
    if copy is not None and copy.row_token is not None:
        return copy.row_token == token
    ask = form_sent_at if line.what == "intake" else note_locked_at
    at = await ask(tx, line.id)
    if at is None or at != line.at:
        return False
    record = await linked(tx, line.what, line.id)
    if record is not None:
        await put_copy(tx, line.what, line.id, record, line=token)
    return True


async def _wait(tx: WriteSession, line: Line, *, state: SyncState, now: datetime) -> None:
    """Have it asked for by its id, the nearest appointment first."""
    token = token_of(line.what, line.id)
    at = line.subject.starts_at if isinstance(line.subject, Visit) else None
    if at is None:
        client = await known_client(tx, line.number)
        at = (await nearest_of(tx, [client], at=now)).get(client) if client else None
    said = {
        "line_token": line_token(line.text),
        "number_token": token_of("client", line.number),
        "near_s": near_s(at, now=now),
        "found_at": now,
        "due_at": now,
        "attempts": 0,
        "held_code": None,
    }
    row = await repository.waiting_one(tx, line.what, token)
    if row is None:
        made = IntakeqObject(
            kind=line.what,
            token=token,
            turn=TURNS[line.what],
            is_catch_up=state.is_catch_up,
            remote_id=line.id,
            **said,
        )
        await repository.add(tx, made)
    elif row.line_token != said["line_token"]:
        for name, value in said.items():
            setattr(row, name, value)
