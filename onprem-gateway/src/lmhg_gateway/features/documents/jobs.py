"""Files are checked and stored as they come, and removed when their time to be brought back is over."""

from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.filing import CHECK_EVERY_S, REMOVE_EVERY_S, Filing
from lmhg_gateway.features.documents.repository import BELL
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature; none where the settings name no place for files."""
    folder, store = worker.settings.spool_folder, store_of(worker.settings)
    if folder is None or store is None:
        return []
    filing = Filing(worker.db, Spool(folder), store)
    return [
        Loop("check_documents", filing.check, CHECK_EVERY_S, (BELL,)),
        Loop("remove_documents", filing.remove, REMOVE_EVERY_S),
    ]
