"""The watched folder: files that another program puts there, such as a fax line or a scanner.

A file is known by its mark: its place on the disk, its size and its time. It counts as whole once it stayed
the same for a while. It is read where it lies; only when its bytes are in the store and its row says so is it
taken away. So whenever the process dies, the file is in the folder, or in the store, or in both under one
mark, and never taken twice. A file that cannot be taken stays where it is.
"""

import asyncio
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lmhg_gateway.adapters.draw_pages import PaperRefused
from lmhg_gateway.features.tray import repository, service
from lmhg_gateway.features.tray.models import PaperFile
from lmhg_gateway.features.tray.rules import FileState, Source, State
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.door import text_of
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database

ACTOR = Actor("process: worker")
EVERY_S = 2.0
STILL_S = 4.0
"""How long a file stays the same before it counts as whole."""
LOOKED_MAX = 500
"""New files taken in one go, and stored ones taken away; more wait their turn."""
AWAY = ".lmhg-away-"
"""What the name of a file begins with while it is taken away."""
NAME_KEPT = 60
"""Letters of its own name behind that: no file system's limit is reached by them."""
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
"""How programs call a file that they still write."""


class Seen(NamedTuple):
    """One file as a look into the folder finds it."""

    mark: str
    name: str
    is_away: bool


class Look(NamedTuple):
    """What a look into the folder finds: its files, the oldest first, and those whose facts can't be read."""

    files: Sequence[Seen]
    failures: Sequence[OSError]


def mark_of(found: os.stat_result) -> str:
    """What tells a file from every other one, and from itself after a change."""
    return f"{found.st_dev:x}-{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}"


def shown_name(name: str) -> str:
    """A file's name as text; each byte of it that is no letter is a mark."""
    return text_of(os.fsencode(name).decode(errors="replace")).strip()[:200] or "Paper"


@dataclass(frozen=True)
class Folder:
    """The folder, by its path; nothing below it, and no link, is ever followed."""

    path: Path

    def look(self) -> Look:
        """The files that lie there; one whose facts can't be read hides no other. Raises: Unavailable."""
        found: list[tuple[int, Seen]] = []
        failures: list[OSError] = []
        try:
            for entry in self._entries():
                try:
                    facts = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # it went between the two looks
                    continue
                except OSError as failure:
                    failures.append(failure)
                    continue
                if stat.S_ISREG(facts.st_mode):
                    seen = Seen(mark_of(facts), entry.name, entry.name.startswith(AWAY))
                    found.append((facts.st_mtime_ns, seen))
        except OSError as failure:
            raise Unavailable("tray_folder", phase=type(failure).__name__) from None
        found.sort(key=lambda each: each[0])
        return Look([seen for _, seen in found], failures)

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        with os.scandir(self.path) as entries:
            for entry in entries:
                is_hidden = entry.name.startswith((".", "~"))
                if entry.name.startswith(AWAY) or not (
                    is_hidden or entry.name.lower().endswith(UNFINISHED)
                ):
                    yield entry

    def read(self, mark: str, *, most: int) -> bytes | None:
        """The bytes of the file with this mark, one more than `most` at most; None where there is none now.

        Raises: Unavailable.
        """
        for seen in self.look().files:
            if seen.mark == mark:
                return self._read(seen, most)
        return None

    def _read(self, seen: Seen, most: int) -> bytes | None:
        try:
            handle = os.open(self.path / seen.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except PermissionError:
            raise PaperRefused("paper_shut") from None
        except OSError as failure:
            raise Unavailable("tray_folder", phase=type(failure).__name__) from None
        with os.fdopen(handle, "rb") as source:
            data = source.read(most + 1)
            return data if mark_of(os.fstat(source.fileno())) == seen.mark else None

    def take_away(self, seen: Seen) -> bool:
        """Remove a file that is in the store; whether it is gone.

        It is renamed first, then looked at again: another program that wrote a new file under the name
        meanwhile finds it there again.
        """
        name = seen.name if seen.is_away else AWAY + seen.name[-NAME_KEPT:]
        here, away = self.path / seen.name, self.path / name
        try:
            if not seen.is_away:
                os.rename(here, away)  # noqa: PTH104 - beside the calls that pathlib has no word for
            if mark_of(os.lstat(away)) == seen.mark:
                away.unlink()
                return True
        except OSError:
            return False
        self.give_back(Seen(seen.mark, name, is_away=True))
        return False

    def give_back(self, seen: Seen) -> None:
        """Give a file its own name again, unless another one has it."""
        with suppress(OSError):
            os.link(
                self.path / seen.name,
                self.path / seen.name.removeprefix(AWAY),
                follow_symlinks=False,
            )
            (self.path / seen.name).unlink()


@dataclass
class Watch:
    """Finds files in the folder, makes papers of them, and takes away those that are stored."""

    db: Database
    folder: Folder
    clock: Clock = utc_now
    still_s: float = STILL_S
    _since: dict[str, float] = field(default_factory=dict[str, float])
    """When each file that is there was seen first as it is now."""

    async def step(self) -> int:
        """Look once; how many files were found or taken away.

        A file that stays, because it can't be taken, or not be taken away, counts against no other.
        Raises: Unavailable; the first failure of one file, once the others are done.
        """
        look, apart = await asyncio.to_thread(self.folder.look), Apart("watch_folder")
        now = self.clock().timestamp()
        self._since = {each.mark: self._since.get(each.mark, now) for each in look.files}
        async with self.db.read(ACTOR, "tray.watch") as tx:
            refused = await repository.refused_in_folder(tx)
            stays = {each.folder_mark for each in refused}
            rest = [each for each in look.files if each.mark not in stays]
            known = await repository.with_marks(tx, [each.mark for each in rest])
        kept = [each for each in rest if each.mark in known][:LOOKED_MAX]
        new = [each for each in rest if each.mark not in known][:LOOKED_MAX]
        done = 0
        for each in (*kept, *new):
            async with apart.item(each.mark):
                done += await self._one(each, known.get(each.mark), now=now)
        for failure in look.failures:
            async with apart.item():
                raise Unavailable("tray_folder", phase=type(failure).__name__)
        if not look.failures:
            await self._left(refused)
        apart.tell()
        return done

    async def _one(self, seen: Seen, file: PaperFile | None, *, now: float) -> int:
        if file is not None and file.state == FileState.STORED:
            return await self._take_away(seen, file)
        if seen.is_away:
            await asyncio.to_thread(self.folder.give_back, seen)
        elif now - self._since[seen.mark] < self.still_s:
            return 0
        elif file is None:
            await self._found(seen)
            return 1
        elif file.state == FileState.GONE:
            await self._again(file)
            return 1
        return 0

    async def _found(self, seen: Seen) -> None:
        at, name = self.clock(), shown_name(seen.name)
        async with self.db.uow(ACTOR, "tray.watch") as tx:
            paper = await service.new_paper(tx, name, source=Source.FOLDER, by=ACTOR.id, at=at)
            file = PaperFile(
                paper_id=paper.id,
                ordinal=0,
                source=Source.FOLDER.value,
                folder_mark=seen.mark,
                state=FileState.CHECKING.value,
                added_by=ACTOR.id,
                received_at=at,
            )
            file.file_name = name
            await repository.add(tx, file)
            await repository.ring(tx)

    async def _again(self, file: PaperFile) -> None:
        """A file that was away and is there again, the same one."""
        async with self.db.uow(ACTOR, "tray.watch") as tx:
            found = await repository.locked_file(tx, file.id)
            paper = (await repository.locked(tx, [file.paper_id])).get(file.paper_id)
            if found is not None and paper is not None and found.state == FileState.GONE:
                found.state, found.refused_why = FileState.CHECKING.value, None
                paper.state = State.READING.value
                await repository.ring(tx)

    async def _take_away(self, seen: Seen, file: PaperFile) -> int:
        if not await asyncio.to_thread(self.folder.take_away, seen):
            return 0
        async with self.db.uow(ACTOR, "tray.watch") as tx:
            found = await repository.locked_file(tx, file.id)
            if found is not None:
                found.left_folder_at = self.clock()
        return 1

    async def _left(self, refused: Sequence[PaperFile]) -> None:
        """Files that could not be taken and that someone took out of the folder: nothing is said of them any more."""
        gone = [each for each in refused if (each.folder_mark or "") not in self._since]
        for each in gone:
            async with self.db.uow(ACTOR, "tray.watch") as tx:
                found = await repository.locked_file(tx, each.id)
                paper = (await repository.locked(tx, [each.paper_id])).get(each.paper_id)
                if found is not None and paper is not None and paper.state == State.REFUSED:
                    found.state, paper.state = FileState.GONE.value, State.GONE.value
