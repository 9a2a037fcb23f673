"""Rows, verifications and the regular look at our ledgers."""

from lmhg_gateway.features.ledger_review.guard import EVERY_S, Guard
from lmhg_gateway.features.ledger_review.service import Checker, Indexer, WhenUnsound
from lmhg_gateway.kernel.process import Worker
from lmhg_kit.loops import Loop


def loops(worker: Worker) -> list[Loop]:
    """The background loops of this feature."""
    db, settings = worker.db, worker.settings
    told = worker.features.contributions(WhenUnsound)
    checker = Checker(db, settings.site, settings.peer_ledger_keys_file, when_unsound=told)
    guard = Guard(db, settings.site, settings.peer_ledger_keys_file)
    return [
        Loop("index_ledgers", Indexer(db, settings.timezone).step, 2.0),
        Loop("check_ledgers", checker.step, 1.0),
        Loop("guard_ledgers", guard.step, EVERY_S),
    ]
