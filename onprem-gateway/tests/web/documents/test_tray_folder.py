"""The watched folder: what lies there comes into the tray once, whenever the process dies, and nothing is lost."""

import asyncio
import errno
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray import folder as tray_folder
from lmhg_gateway.features.tray import morning_page
from lmhg_gateway.features.tray.folder import AWAY, Folder, Seen, Watch
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import Signed
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import install, installed
from lmhg_quality.upload_lab import keyring_file
from lmhg_stack.process import base_env
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .trays import OWN, add, fax, texts_of  # noqa: TID252 - beside this file

KILLS = 8
CHILD = Path(__file__).with_name("folder_child.py")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A watched folder."""
    path = tmp_path / "scans"
    path.mkdir()
    return Folder(path)


@pytest.fixture
def watch(worker_db: Database, folder: Folder) -> Watch:
    """What looks into it; a file counts as whole at the second look."""
    return Watch(worker_db, folder, still_s=0)


@pytest.fixture
def taking(intake: Intake, folder: Folder) -> Intake:
    """What takes its files."""
    return Intake(intake.db, intake.spool, intake.store, intake.practice, folder)


async def work(watch: Watch, taking: Intake) -> None:
    """Look and take until there is nothing left to do."""
    async with asyncio.timeout(60):
        while await watch.step() + await taking.check():
            pass


async def titles(desk: Signed) -> str:
    """What the tray shows."""
    return (await desk.get("/tray")).text


async def test_file_comes_in_once_and_is_then_taken_away(
    desk: Signed, folder: Folder, watch: Watch, taking: Intake
) -> None:
    """Its bytes are in the store first; one that is still written, or hidden, is left alone."""
    (folder.path / "fax 41.pdf").write_bytes(fax("From the fax line", "Second page"))
    (folder.path / "scan.pdf.part").write_bytes(b"%PDF-1.7 half")
    (folder.path / ".hidden.pdf").write_bytes(b"%PDF-1.7")
    (folder.path / "deeper").mkdir()
    (folder.path / "link.pdf").symlink_to("/etc/hostname")
    await work(watch, taking)
    left = sorted(each.name for each in folder.path.iterdir())
    assert left == [".hidden.pdf", "deeper", "link.pdf", "scan.pdf.part"]
    assert (await titles(desk)).count(">fax 41<") == 1
    await work(watch, taking)
    assert (await titles(desk)).count(">fax 41<") == 1


async def test_file_whose_name_is_no_text_comes_in_all_the_same(
    desk: Signed, folder: Folder, watch: Watch, taking: Intake
) -> None:
    """A fax line may write names in any bytes; what is no letter is shown as a mark, and the file goes as others do."""
    path = os.fsencode(folder.path) + b"/caf\xe9 fax.pdf"
    await asyncio.to_thread(Path(os.fsdecode(path)).write_bytes, fax("From another machine"))
    await work(watch, taking)
    assert ">caf\ufffd fax<" in await titles(desk)
    assert not os.path.exists(path)  # noqa: PTH110 - a name in bytes


async def test_file_that_grows_is_not_taken_before_it_stops(
    worker_db: Database, folder: Folder, taking: Intake, desk: Signed
) -> None:
    """Each change begins the wait again."""
    now = [0.0]
    watch = Watch(worker_db, folder, clock=lambda: datetime.fromtimestamp(now[0], UTC), still_s=4)
    file = folder.path / "growing scan.pdf"
    for part in range(3):
        file.write_bytes(b"%PDF-1.7" + b"x" * part)
        now[0] += 3
        assert await watch.step() == 0
    assert "growing scan" not in await titles(desk)


async def test_file_that_cannot_be_taken_stays_and_the_page_says_why(
    desk: Signed, folder: Folder, watch: Watch, taking: Intake
) -> None:
    """Once someone removes it, or mends it, nothing is said of it any more."""
    file = folder.path / "macro 77.zip"
    file.write_bytes(papers.archive())
    await work(watch, taking)
    assert file.exists()
    page = await titles(desk)
    assert "macro 77" in page
    assert "Not taken" in page
    own = next(each for each in OWN.findall(page) if "macro 77" in page.partition(each)[2][:80])
    assert "still in the watched folder" in (await desk.get(own)).text
    file.write_bytes(fax("Mended"))
    await work(watch, taking)
    assert not file.exists()
    assert (await desk.get(own)).status_code == 404
    assert "Not taken" not in await titles(desk)


async def test_files_that_cannot_be_taken_do_not_hide_new_ones(
    monkeypatch: pytest.MonkeyPatch,
    worker_db: Database,
    folder: Folder,
    watch: Watch,
    taking: Intake,
) -> None:
    """As many as one look takes stay in the folder; a fax that comes later is still taken."""
    monkeypatch.setattr(tray_folder, "LOOKED_MAX", 5)
    for at in range(7):
        (folder.path / f"notes {at}.xml").write_bytes(b"<scan>%d</scan>" % at)
    await work(watch, taking)
    (folder.path / "real fax.pdf").write_bytes(fax("A real fax"))
    await work(watch, taking)
    assert len(list(folder.path.iterdir())) == 7
    assert not (folder.path / "real fax.pdf").exists()
    async with worker_db.read(tray_folder.ACTOR, "test") as tx:
        now = datetime.now(UTC)
        assert await morning_page.stopped(tx, now) == []
        monkeypatch.setattr(morning_page, "STUCK_MAX", 7)
        assert "7 files" in (await morning_page.stopped(tx, now))[0].sentence


class Sick:
    """An entry of a folder whose facts the disk does not give."""

    name = "sick.pdf"

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:
        """Fail as a share does that lost the file."""
        raise OSError(errno.ESTALE, follow_symlinks)


class SickFolder(Folder):
    """A folder with such an entry, and with a file that can't be read."""

    def _entries(self) -> Iterator[Any]:
        yield Sick()
        yield from super()._entries()

    def _read(self, seen: Seen, most: int) -> bytes | None:
        if seen.name == "unread.pdf":
            raise Unavailable("tray_folder", phase="OSError")
        return super()._read(seen, most)


async def test_file_that_cannot_be_looked_at_or_read_holds_up_no_other(
    worker_db: Database, intake: Intake, folder: Folder, desk: Signed, onprem: PlaneDatabase
) -> None:
    """Neither in the folder nor among those that someone adds; the loops still say that something is wrong."""
    sick = SickFolder(folder.path)
    watch = Watch(worker_db, sick, still_s=0)
    taking = Intake(intake.db, intake.spool, intake.store, intake.practice, sick)
    (folder.path / "unread.pdf").write_bytes(fax("The disk does not give it"))
    for _ in range(2):
        with pytest.raises(Unavailable, match="tray_folder"):
            await watch.step()
    (folder.path / "sound.pdf").write_bytes(fax("From the fax line"))
    for _ in range(2):
        with pytest.raises(Unavailable, match="tray_folder"):
            await watch.step()
    with pytest.raises(Unavailable, match="tray_folder"):
        await taking.check()
    with pytest.raises(Unavailable, match="tray_folder"):
        await watch.step()
    assert [each.name for each in folder.path.iterdir()] == ["unread.pdf"]
    with pytest.raises(Unavailable, match="tray_folder"):
        await add(desk, taking, ("photo.png", papers.picture("PNG", size=(80, 60))))
    [row] = await onprem.run(
        "select state from practice.paper_file where source = 'upload' order by received_at desc limit 1"
    )
    assert row["state"] == "stored"
    (folder.path / "unread.pdf").unlink()
    await taking.check()


async def test_new_file_under_the_name_of_one_that_is_taken_away_stays(
    folder: Folder, watch: Watch, taking: Intake
) -> None:
    """The name is freed by a rename, and what is renamed is looked at again."""
    file = folder.path / "scan.pdf"
    file.write_bytes(fax("The first one"))
    [seen] = folder.look().files
    file.unlink()
    file.write_bytes(fax("The second one"))
    assert not folder.take_away(seen)
    assert texts_of(file.read_bytes()) == ["The second one"]
    file.rename(folder.path / f"{AWAY}scan.pdf")
    await watch.step()
    assert file.exists()


async def test_folder_that_is_not_there_is_said(worker_db: Database, tmp_path: Path) -> None:
    """The loop fails, and the worker's health says so."""
    with pytest.raises(Unavailable, match="tray_folder"):
        await Watch(worker_db, Folder(tmp_path / "nowhere")).step()


async def kill_again_and_again(env: dict[str, str]) -> int:
    """Begin workers and kill each at some moment; how many were still at work."""
    dice, killed = random.Random(12), 0  # noqa: S311 - moments to kill at
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    for _ in range(KILLS):
        child.stdin.write(b"\n")
        pid = int(await child.stdout.readline())
        over = asyncio.ensure_future(child.stdout.readline())
        done, _ = await asyncio.wait([over], timeout=dice.random() * 0.5)
        if not done:
            os.kill(pid, signal.SIGKILL)
            killed += 1
        assert await over == b"over\n"
    child.stdin.close()
    await child.wait()
    return killed


async def test_worker_that_is_killed_at_any_moment_loses_nothing_and_takes_nothing_twice(  # noqa: PLR0917 - fixtures
    onprem: PlaneDatabase,
    desk: Signed,
    settings: WorkspaceSettings,
    spool: Spool,
    folder: Folder,
    watch: Watch,
    taking: Intake,
    tmp_path: Path,
) -> None:
    """A real process, killed again and again while it takes a dozen files."""
    names = [f"killed {n:02}" for n in range(KILLS)]
    sent = {name: fax(name, f"{name} again") for name in names}
    for name, data in sent.items():
        (folder.path / f"{name}.pdf").write_bytes(data)
    before = installed()
    keyring = keyring_file(tmp_path)
    install(Keyring.from_file(keyring))
    env = base_env() | {
        "DATABASE": onprem.url("gw_worker"),
        "KEYRING": str(keyring),
        "FOLDER": str(folder.path),
        "SPOOL": str(spool.folder),
        "S3_URL": settings.s3_url or "",
        "S3_SECRET": str(settings.s3_secret_key_file),
        "S3_ACCESS": settings.s3_access_key,
        "S3_BUCKET": settings.s3_bucket,
    }
    try:
        killed = await kill_again_and_again(env)
        await work(watch, taking)
        assert killed > KILLS // 2
        rows = await onprem.run(
            "select f.id from practice.paper_file f where f.source = 'folder' and f.state = 'stored'"
            " and f.left_folder_at is not null"
        )
        assert not list(folder.path.iterdir())
        kept = [(await desk.get(f"/tray/files/{row['id']}/original")).content for row in rows]
        for data in sent.values():
            assert kept.count(data) == 1
    finally:
        install(before)
