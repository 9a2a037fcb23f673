"""Files of the library are checked as they come, and approved ones are put where the relay reads them."""

from dataclasses import replace

from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.library.filing import CHECK_EVERY_S, PLACE_EVERY_S, Placing, Shelving
from lmhg_gateway.features.library.repository import BELL
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature; none where the settings name no place for files."""
    folder, store = worker.settings.spool_folder, store_of(worker.settings)
    if folder is None or store is None:
        return []
    shelving = Shelving(worker.db, Spool(folder), store)
    placing = Placing(worker.db, store, replace(store, bucket=worker.settings.s3_shared_bucket))
    return [
        Loop("check_library", shelving.check, CHECK_EVERY_S, (BELL,)),
        Loop("place_library", placing.place, PLACE_EVERY_S, ("relay_outbox",)),
    ]
