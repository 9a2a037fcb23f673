"""Use cases of statements: the worker makes what was asked for, says how far it is, and compares."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from lmhg_contracts.ledger.checkpoint import origin
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.statement_evidence import Month
from lmhg_gateway.features.ledger_review.public import (
    Meter,
    largest_checkpoint,
    read_verifiers,
    size_of,
    telling,
)
from lmhg_gateway.features.statements import comparison, repository
from lmhg_gateway.features.statements.comparison import Comparison
from lmhg_gateway.features.statements.evidence import LEDGERS, READINGS, Answer, answer, gather
from lmhg_gateway.features.statements.models import MonthStatement
from lmhg_gateway.features.statements.rules import STARTS_MAX
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import LmhgError
from lmhg_kit.persistence import Actor, Database, ReadSession

ACTOR = Actor("process: worker")
PURPOSE = "statement.make"
FINDINGS_KEPT = 50
RECEIPTS_STEP = 500
"""Receipts that are looked at together."""

Facts = dict[str, Any]


@dataclass
class Maker:
    """Makes monthly statements in the worker, one after the other.

    One that a crash interrupted begins again, three times at most; then it says so.
    """

    db: Database
    site: str
    keys: Path | None
    clock: Clock = utc_now

    async def step(self) -> int:
        """Make the oldest statement that waits; how many were finished."""
        begun = await self._begin()
        if begun is None:
            return 0
        if begun.starts > STARTS_MAX:
            facts = _refused([_finding("gave_up")])
        else:
            try:
                facts = await self._make(begun)
            except LmhgError as failed:
                facts = _refused([_finding(failed.code)])
        await self._finish(begun.id, facts)
        return 1

    async def _begin(self) -> MonthStatement | None:
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            found = await repository.waiting(tx)
            if found is None:
                return None
            begun = {"starts": found.starts + 1, "permille": 0}
            return await repository.store(tx, found.id, begun, at=self.clock())

    async def _make(self, asked: MonthStatement) -> Facts:
        month = Month.parse(asked.month, asked.zone)
        async with self.db.read(ACTOR, PURPOSE) as tx:
            seen = await self._seen(tx)
            total = sum([await size_of(tx, ledger) for ledger in LEDGERS])
        meter = Meter(total=READINGS * total)
        async with telling(meter, partial(self._tell, asked.id)):
            bundle = await gather(self.db, month, seen=seen, keys=self.keys, meter=meter)
            try:
                found = await asyncio.to_thread(answer, bundle, self.clock())
            finally:
                bundle.close()
            if found.findings:
                return {**_refused(found.findings), "seen": seen}
            compared = await self._compare(found)
        return {
            "outcome": "made",
            "body": found.text,
            "findings": [],
            "compared": msgspec.to_builtins(compared),
            "seen": seen,
        }

    async def _seen(self, tx: ReadSession) -> dict[str, str]:
        """The largest checkpoint of each ledger that the portal signed, before anything is read.

        A ledger only grows, so one that is found smaller afterwards was cut.
        """
        seen: dict[str, str] = {}
        for ledger in LEDGERS:
            note = await largest_checkpoint(tx, origin(self.site, "onprem", ledger))
            if note is not None:
                seen[ledger] = note
        return seen

    async def _compare(self, found: Answer) -> Comparison:
        """Our ledger against the portal's receipts, and those against what is witnessed of its ledger."""
        compared = Comparison()
        comparison.count_nowhere(compared, found.nowhere)
        for first in range(0, len(found.answered), RECEIPTS_STEP):
            answered = found.answered[first : first + RECEIPTS_STEP]
            async with self.db.read(ACTOR, PURPOSE) as tx:
                receipts = await repository.receipts(tx, [each.batch for each in answered])
            comparison.compare(compared, answered, receipts, site=found.site)
        async with self.db.read(ACTOR, PURPOSE) as tx:
            note = await largest_checkpoint(tx, origin(found.site, "cloud", "relay"))
        verifiers = await asyncio.to_thread(read_verifiers, self.keys)
        comparison.close(compared, note, verifiers, site=found.site)
        return compared

    async def _tell(self, statement_id: uuid.UUID, permille: int) -> None:
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            await repository.store(tx, statement_id, {"permille": permille}, at=self.clock())

    async def _finish(self, statement_id: uuid.UUID, facts: Mapping[str, Any]) -> None:
        now = self.clock()
        done = {"finished_at": now, "permille": 1000, **facts}
        async with self.db.uow(ACTOR, PURPOSE) as tx:
            if await repository.store(tx, statement_id, done, at=now) is not None:
                await tx.audit("statement", kind="relay_ledger", outcome=str(facts["outcome"]))


def _refused(findings: Sequence[Finding]) -> Facts:
    return {
        "outcome": "refused",
        "findings": [
            {"code": each.code, "sentence": each.sentence} for each in findings[:FINDINGS_KEPT]
        ],
    }


def _finding(code: str) -> Finding:
    return Finding(code, code.replace("_", " "))
