"""Use cases of ledger review: the worker's verification with progress, and saved views."""

import asyncio
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import text

from lmhg_contracts.ledger.checkpoint import NoteVerifier, origin
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.verify import Verdict, verify_export
from lmhg_gateway.features.ledger_review import repository
from lmhg_gateway.features.ledger_review.finding_rules import shows_tampering
from lmhg_gateway.features.ledger_review.fit import misfit
from lmhg_gateway.features.ledger_review.keys import read_verifiers
from lmhg_gateway.features.ledger_review.models import LedgerCheck, SavedView
from lmhg_gateway.features.ledger_review.progress import Counted, Meter, telling
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Conflict, LmhgError, NotFound
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.persistence.ledgers import SPOOL_BYTES, write_ledger

_log = get_logger()
ACTOR = Actor("process: worker")
INDEX_STEP = 5_000
FINDINGS_KEPT = 50
LEDGERS = ("relay", "access")
STARTS_MAX = 3
"""A verification that has ended its process so often is not begun again: others wait behind it."""


@dataclass(frozen=True)
class WhenUnsound:
    """What is to happen in the exact transaction that writes a verdict of tampering."""

    act: Callable[[WriteSession, LedgerCheck], Awaitable[None]]


@dataclass
class Indexer:
    """Gives every ledger entry its row, so that pages find it at once."""

    db: Database
    zone: str

    async def step(self) -> int:
        """Make some rows of each ledger; how many were made."""
        made = 0
        async with self.db.uow(ACTOR, "index for review") as tx:
            for ledger in LEDGERS:
                made += await repository.index(tx, ledger, zone=self.zone, most=INDEX_STEP)
        return made


@dataclass
class Checker:
    """Verifies whole ledgers as an outsider would, in the worker, and says how far it is.

    A check that a crash interrupted begins again: it has no verdict until it is finished.
    """

    db: Database
    site: str
    keys: Path | None
    when_unsound: Sequence[WhenUnsound]

    async def step(self) -> int:
        """Work on the oldest check that waits; how many were finished."""
        async with self.db.uow(ACTOR, "ledger verification") as tx:
            check = await repository.waiting_check(tx)
            if check is None:
                return 0
            begun = {"started_at": utc_now(), "permille": 0, "starts": check.starts + 1}
            await repository.store(tx, check, begun)
        facts = await self._facts(check)
        async with self.db.uow(ACTOR, "ledger verification") as tx:
            found = await repository.check_by_id(tx, check.id)
            if found is not None:
                done = {"finished_at": utc_now(), "permille": 1000, **facts}
                await repository.store(tx, found, done)
                outcome = "sound" if facts["is_sound"] else "not_sound"
                await tx.audit("verify", kind=f"{check.ledger}_ledger", outcome=outcome)
                for each in self.when_unsound if shows_tampering(found) else ():
                    await each.act(tx, found)
        return 1

    async def _facts(self, check: LedgerCheck) -> dict[str, Any]:
        """The verdict on a check, whatever happens, as it is kept."""
        if check.starts > STARTS_MAX:
            return _facts_of(_unjudged("check_failed"))
        try:
            return _facts_of(await self._judge(check))
        except LmhgError as failed:
            return _facts_of(_unjudged(failed.code))
        except Exception as failure:  # noqa: BLE001 - a check that cannot be made keeps no other waiting
            _log.error("ledger.check_failed", exc_info=failure)
            return _facts_of(_unjudged("check_failed"))

    async def _judge(self, check: LedgerCheck) -> Verdict:
        verifiers = await asyncio.to_thread(read_verifiers, self.keys)
        async with self.db.read(ACTOR, "ledger verification") as tx:
            name = origin(self.site, "onprem", check.ledger)
            seen = await repository.kept_checkpoints(tx, name)
            size = await repository.size_of(tx, check.ledger)
        meter = Meter(total=2 * size)
        try:
            verdict = await self._read_all(check, meter, name=name, verifiers=verifiers, seen=seen)
        except NotFound:
            if not seen:
                raise
            sentence = (
                "there is no signed checkpoint any more, and there was one that the portal signed"
            )
            return Verdict(None, 0, frozenset(), (Finding("cut", sentence),))
        return await self._with_tree(verdict, check.ledger, name=name, verifiers=verifiers)

    async def _read_all(
        self,
        check: LedgerCheck,
        meter: Meter,
        *,
        name: str,
        verifiers: Sequence[NoteVerifier],
        seen: Sequence[str],
    ) -> Verdict:
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            counted = cast("BinaryIO", Counted(cast("BinaryIO", file), meter))
            async with telling(meter, partial(self._tell, check.id)):
                await write_ledger(self.db, check.ledger, counted)
                counted.seek(0)
                return await asyncio.to_thread(
                    verify_export, counted, verifiers, seen=seen, log=name
                )

    async def _with_tree(
        self, verdict: Verdict, ledger: str, *, name: str, verifiers: Sequence[NoteVerifier]
    ) -> Verdict:
        """A sound verdict, unless the stored tree that proofs are made from is another one."""
        if not verdict.is_sound:
            return verdict
        async with self.db.engine.connect() as link:
            await link.execute(text("set transaction isolation level repeatable read"))
            if await repository.is_word_late(link, name):
                sentence = "the portal answers, but what it confirmed is not recorded here"
                return replace(verdict, findings=(Finding("word_late", sentence),))
            if await misfit(link, ledger, log=name, shown=None, verifiers=verifiers) is None:
                return verdict
        sentence = "the stored hashes are not those of the entries: no proof can be made from them"
        return replace(verdict, findings=(Finding("tree_differs", sentence),))

    async def _tell(self, check_id: uuid.UUID, permille: int) -> None:
        async with self.db.uow(ACTOR, "ledger verification") as tx:
            check = await repository.check_by_id(tx, check_id)
            if check is not None:
                await repository.store(tx, check, {"permille": permille})


def _facts_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict as it is kept."""
    checkpoint = verdict.checkpoint
    return {
        "size": checkpoint.size if checkpoint else verdict.entries,
        "root": checkpoint.root.hex() if checkpoint else None,
        "is_sound": verdict.is_sound,
        "signers": sorted(verdict.signers),
        "findings": [
            {"code": each.code, "sentence": each.sentence}
            for each in verdict.findings[:FINDINGS_KEPT]
        ],
    }


def _unjudged(code: str) -> Verdict:
    """The verdict when nothing could be judged: not sound, and why."""
    sentence = f"nothing could be verified: {code.replace('_', ' ')}"
    return Verdict(None, 0, frozenset(), (Finding(code, sentence),))


async def ask_check(tx: WriteSession, ledger: str, *, by: str, why: str = "asked") -> LedgerCheck:
    """Ask for a verification; the one that waits already, if there is one."""
    waiting = await repository.waiting_check(tx, ledger=ledger)
    if waiting is not None:
        return waiting
    check = LedgerCheck(id=uuid.uuid4(), ledger=ledger, asked_by=by, why=why)
    tx.add(check)
    await tx.flush()
    return check


async def keep_view(tx: WriteSession, *, owner: str, page: str, name: str, query: str) -> SavedView:
    """Keep a filter under a name of its own. Raises: Conflict for a name in use, and beyond 40."""
    found = await repository.saved_view_named(tx, owner=owner, page=page, name=name)
    if found is not None:
        raise Conflict("view_name_taken")
    held: Sequence[SavedView] = await repository.saved_views(tx, owner=owner, page=page)
    if len(held) >= repository.VIEWS_MAX:
        raise Conflict("views_full")
    view = SavedView(id=uuid.uuid4(), owner=owner, page=page, name=name, query=query)
    tx.add(view)
    await tx.flush()
    return view


async def forget_view(tx: WriteSession, view_id: uuid.UUID, *, owner: str) -> str:
    """Remove one's own view; the page it was of. Raises: NotFound."""
    page = await repository.forget_view(tx, view_id, owner=owner)
    if page is None:
        raise NotFound("saved_view")
    return page
