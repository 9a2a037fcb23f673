"""Imports go on as soon as there is something to do, and their files are forgotten in time."""

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.imports.repository import BELL
from lmhg_gateway.features.imports.running import EVERY_S, FORGET_EVERY_S, Importing
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop
from lmhg_kit.practice import Practice


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature; none where the settings name no place for files."""
    folder = worker.settings.spool_folder
    if folder is None:
        return []
    importing = Importing(worker.db, Spool(folder), Practice(worker.settings.timezone))
    return [
        Loop("import_clients", importing.step, EVERY_S, (BELL,)),
        Loop("forget_imports", importing.forget, FORGET_EVERY_S),
    ]
