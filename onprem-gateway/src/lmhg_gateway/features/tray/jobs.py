"""Papers are checked and drawn as they come, folder and mailbox are looked into, and what is over is removed."""

from contextlib import suppress
from pathlib import Path

from lmhg_gateway.adapters.mailbox import MailServer
from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray import folder, intake, mail, removing
from lmhg_gateway.features.tray.mail_server import mail_server
from lmhg_gateway.features.tray.mail_state import say_off
from lmhg_gateway.features.tray.repository import BELL
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.clock import utc_now
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice

OFF_EVERY_S = 3600.0


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature; none where the settings name no place for files."""
    settings, store, server = (
        worker.settings,
        store_of(worker.settings),
        mail_server(worker.settings),
    )
    if settings.spool_folder is None or store is None:
        return []
    watched = folder.Folder(settings.tray_folder) if settings.tray_folder else None
    if watched is not None:
        with suppress(OSError):  # the loop says it, again and again, until it is there
            watched.path.mkdir(mode=0o770, exist_ok=True)
    taking = intake.Intake(
        worker.db, Spool(settings.spool_folder), store, Practice(settings.timezone), watched
    )
    made = [
        Loop("check_papers", taking.check, intake.EVERY_S, (BELL,)),
        Loop("remove_papers", removing.Removing(worker.db, store).step, removing.EVERY_S),
    ]
    if watched is not None:
        made.append(Loop("watch_folder", folder.Watch(worker.db, watched).step, folder.EVERY_S))
    made.append(_mailbox(worker, settings.spool_folder, server))
    return made


def _mailbox(worker: Worker, spool_folder: Path, server: MailServer | None) -> Loop:
    if server is None:

        async def off() -> int:
            return await say_off(worker.db, mail.ACTOR, at=utc_now())

        return Loop("mailbox_off", off, OFF_EVERY_S)
    watch = mail.MailWatch(worker.db, Spool(spool_folder), server)
    return Loop("read_mailbox", watch.step, mail.EVERY_S)
