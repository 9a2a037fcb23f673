"""Blind-index tokens made again when their scheme or key changed."""

from lmhg_gateway.features.clients.reindexing import Reindexer
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    return [Loop("reindex_clients", Reindexer(worker.db).step, 60.0)]
