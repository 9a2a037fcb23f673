"""The mailbox: files of emails that a fax line, a scanner or a colleague sends there become papers.

The mailbox itself is the list of what is to be done. An email is read, and each of its attachments gets a row
under its mark: a keyed hash of the email's id and of the file's bytes. Its bytes are sealed and on the disk
before that. Once each of them is stored or refused the email is moved, to the folder for what was taken or to
the one for what was not. So whenever the process dies, and however often an email is delivered or gets
another number, each attachment is in the mailbox, or in the tray, or in both under one mark.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, ParamSpec, TypeVar

from lmhg_gateway.adapters.mailbox import Listed, Mailbox, MailServer
from lmhg_gateway.adapters.spool import Spool, SpoolKey
from lmhg_gateway.features.clients.public import blind_index
from lmhg_gateway.features.tray import repository, service
from lmhg_gateway.features.tray.mail_parts import (
    MAIL_BYTES_MAX,
    Fate,
    Mail,
    Part,
    read_head,
    read_mail,
)
from lmhg_gateway.features.tray.mail_state import say
from lmhg_gateway.features.tray.models import PaperFile
from lmhg_gateway.features.tray.rules import PENDING, FileState, Source, State
from lmhg_gateway.features.uploads.public import add_spooled, spooled
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
EVERY_S = 30.0
LOOKED_MAX = 50
"""New emails that are read in one go; more wait their turn."""
MOVED_MAX = 200
CALL_MAX_S = 300.0
"""For one answer of the server, however slowly it comes."""
HEAD_BYTES = 32 * 1024
"""What is read of an email that is too large."""
AFTER_REFUSAL = timedelta(minutes=5)
"""How long to wait after a server refused our password: one that counts wrong ones locks us out."""
REFUSALS = frozenset({"login", "password", "outside"})
P = ParamSpec("P")
T = TypeVar("T")
Number = tuple[str, str]
"""What the server calls an email: for as long as the first part stays, the second is of this one."""


class Read(NamedTuple):
    """An email that was read: how long it was, and the marks of all that the tray has of it."""

    size: int
    marks: Sequence[str]


def mark_of(said: str) -> str:
    """What tells an attachment from every other; without the practice's key it says nothing."""
    index = blind_index()
    return (index.token("tray_mail", said) + index.token("tray_mail_more", said)).hex()


@dataclass
class MailWatch:
    """Reads the mailbox, makes papers of what is in it, and moves what is done with."""

    db: Database
    spool: Spool
    server: MailServer
    clock: Clock = utc_now
    _read: dict[Number, Read] = field(default_factory=dict[Number, Read])
    """What was read and is still there: nothing is fetched twice."""
    _failed: dict[Number, int] = field(default_factory=dict[Number, int])
    """How often an email could not be taken: those that never failed come first."""
    _refused: tuple[datetime, str] | None = None
    """When the server refused us, and why."""

    async def step(self) -> int:
        """Look once; how many emails were read or moved.

        Raises: Unavailable, with the cause as its phase; the first failure of one email, once the others are done.
        """
        self._check_rest()
        box = Mailbox(self.server)
        try:
            done = await self._visit(box)
        except Exception as failure:
            cause = _cause_of(failure)
            self._refused = (self.clock(), cause) if cause in REFUSALS else None
            await say(self.db, ACTOR, cause=cause, at=self.clock())
            raise
        finally:
            await asyncio.to_thread(box.close)
        self._refused = None
        await say(self.db, ACTOR, cause=None, at=self.clock())
        return done

    def _check_rest(self) -> None:
        if self._refused is not None:
            since, cause = self._refused
            if self.clock() < since + AFTER_REFUSAL:
                raise Unavailable("tray_mailbox", phase=cause)

    async def _visit(self, box: Mailbox) -> int:
        validity = await ask_server(box, box.open)
        uids = await ask_server(box, box.uids)
        here = {(validity, uid) for uid in uids}
        self._read = {each: read for each, read in self._read.items() if each in here}
        self._failed = {each: count for each, count in self._failed.items() if each in here}
        done = await self._move(box, validity)
        new = [uid for uid in uids if (validity, uid) not in self._read]
        new.sort(key=lambda uid: (self._failed.get((validity, uid), 0), int(uid)))
        apart = Apart("read_mailbox")
        for each in await ask_server(box, box.sizes, new[:LOOKED_MAX]):
            async with apart.item(each.uid):
                done += await self._take(box, (validity, each.uid), each)
            if any(isinstance(failure, Unavailable) for failure in apart.failures):
                break
        apart.tell()
        return done

    async def _take(self, box: Mailbox, number: Number, listed: Listed) -> int:
        self._failed[number] = self._failed.get(number, 0) + 1
        mail = await self._fetch(box, listed)
        if mail is None:  # someone took it out meanwhile
            return 0
        marked = [(mark_of(said), part) for said, part in mail.kept]
        async with self.db.read(ACTOR, "tray.mailbox") as tx:
            known = await repository.with_mail_marks(tx, [mark for mark, _ in marked])
        for mark, part in marked:
            if mark not in known:
                await self._keep(mail, part, mark)
        self._read[number] = Read(listed.size, [mark for mark, _ in marked])
        del self._failed[number]
        return 1

    async def _fetch(self, box: Mailbox, listed: Listed) -> Mail | None:
        if listed.size <= MAIL_BYTES_MAX:
            raw = await ask_server(box, lambda: box.message(listed.uid, most=MAIL_BYTES_MAX))
            if raw is None:
                return None
            if len(raw) <= MAIL_BYTES_MAX:
                return await asyncio.to_thread(read_mail, raw)
        head = await ask_server(box, lambda: box.head(listed.uid, most=HEAD_BYTES))
        return None if head is None else read_head(head, size=listed.size)

    async def _keep(self, mail: Mail, part: Part, mark: str) -> None:
        """Make a paper of an attachment; its bytes are on the disk for good before its row is there."""
        if part.fate is Fate.REFUSED:
            await self._add(mail, part, mark, None)
            return
        await self._add(mail, part, mark, await asyncio.to_thread(spooled, self.spool, part.data))

    async def _add(self, mail: Mail, part: Part, mark: str, kept: SpoolKey | None) -> None:
        at = self.clock()
        async with self.db.uow(ACTOR, "tray.mailbox") as tx:
            if kept is not None:
                await add_spooled(tx, kept, owner=ACTOR.id, name=part.name, at=at)
            paper = await service.new_paper(
                tx, part.name, source=Source.MAILBOX, by=ACTOR.id, at=at
            )
            file = PaperFile(
                paper_id=paper.id,
                ordinal=0,
                source=Source.MAILBOX.value,
                upload_id=kept.id if kept else None,
                mail_mark=mark,
                state=FileState.CHECKING.value,
                added_by=ACTOR.id,
                received_at=at,
            )
            file.file_name = part.name
            file.sender, file.subject = mail.sender or None, mail.subject or None
            await repository.add(tx, file)
            if kept is None:
                file.state, file.refused_why = FileState.REFUSED.value, part.why
                paper.state = State.REFUSED.value
            else:
                await repository.ring(tx)

    async def _move(self, box: Mailbox, validity: str) -> int:
        """Move emails of which each attachment is stored or refused."""
        read = {uid: each for (said, uid), each in self._read.items() if said == validity}
        async with self.db.read(ACTOR, "tray.mailbox") as tx:
            states = await repository.with_mail_marks(
                tx, {mark for each in read.values() for mark in each.marks}
            )
        ends = {uid: _end_of(each, states) for uid, each in read.items()}
        for uid, end in ends.items():
            if end is None:  # its rows were disposed of: it is read again
                del self._read[validity, uid]
        wanted = [uid for uid, end in ends.items() if end not in {None, FileState.CHECKING}]
        if not (wanted := wanted[:MOVED_MAX]):
            return 0
        # A server that gives a number a second time must not have another email moved.
        there = await ask_server(box, box.sizes, wanted)
        same = [each.uid for each in there if each.size == read[each.uid].size]
        for end, folder in (
            (FileState.STORED, self.server.taken_folder),
            (FileState.REFUSED, self.server.refused_folder),
        ):
            if uids := [uid for uid in same if ends[uid] == end]:
                await ask_server(box, box.move, uids, folder)
        return len(same)


def _end_of(read: Read, states: Mapping[str, str]) -> FileState | None:
    """What became of an email: taken, refused in a part, still looked at, or not known any more."""
    found = [states.get(mark) for mark in read.marks]
    if None in found:
        return None
    if any(each in PENDING for each in found):
        return FileState.CHECKING
    return FileState.REFUSED if FileState.REFUSED in found else FileState.STORED


def _cause_of(failure: Exception) -> str:
    if isinstance(failure, Unavailable):
        return (failure.phase or "read") if failure.code == "tray_mailbox" else failure.code
    return "email"


async def ask_server(box: Mailbox, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Ask the server in a thread, and end the thread when nobody waits any more. Raises: Unavailable."""
    try:
        async with asyncio.timeout(CALL_MAX_S):
            return await asyncio.to_thread(ask, *args, **kwargs)
    except TimeoutError:
        box.abort()
        raise Unavailable("tray_mailbox", phase="read") from None
    except asyncio.CancelledError:
        box.abort()
        raise
