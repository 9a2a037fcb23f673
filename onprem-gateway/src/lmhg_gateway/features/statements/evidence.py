"""The evidence of a month, and the statement that it makes: the same code as offline."""

import asyncio
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from lmhg_contracts.ledger.checkpoint import NoteVerifier
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.statement import Evidence, make_statement
from lmhg_contracts.ledger.statement_evidence import EvidenceMissing, Month
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_gateway.features.ledger_review.public import Counted, Meter, read_verifiers
from lmhg_gateway.features.statements.comparison import Answered, answered_in
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.ledgers import SPOOL_BYTES, write_ledger

LEDGERS = ("access", "relay")
"""In this order: an access entry may name the relay ledger's size, which must not be older."""
READINGS = 5
"""How often each entry passes until a statement is made: written once, read four times or so."""
KEYS, README = "ledgers.vkey", "README.txt"


@dataclass(frozen=True)
class Bundle:
    """Everything that a month's statement is made from."""

    month: Month
    exports: dict[str, BinaryIO]
    seen: Mapping[str, str]
    """Ledger to the largest checkpoint that the other plane cosigned before the export was made."""
    verifiers: Sequence[NoteVerifier]

    def close(self) -> None:
        """Give the files back."""
        for source in self.exports.values():
            source.close()


@dataclass(frozen=True)
class Answer:
    """A statement with what the portal is to be asked about, or every reason why there is none."""

    text: str
    findings: Sequence[Finding]
    answered: Sequence[Answered] = ()
    site: str = ""
    nowhere: int = 0
    """Records that our ledger sent without a batch."""


async def gather(
    db: Database, month: Month, *, seen: Mapping[str, str], keys: Path | None, meter: Meter
) -> Bundle:
    """Exports and keys as they stand now, beside checkpoints that were seen before.

    Raises: NotFound, Unavailable.
    """
    verifiers = await asyncio.to_thread(read_verifiers, keys)
    bundle = Bundle(month, {}, seen, verifiers)
    try:
        for ledger in LEDGERS:
            bundle.exports[ledger] = await _export(db, ledger, meter)
    except BaseException:
        bundle.close()
        raise
    return bundle


async def _export(db: Database, ledger: str, meter: Meter) -> BinaryIO:
    """A ledger's export in a file that is gone when closed, counted as it is written and read."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the bundle closes it
    out = cast("BinaryIO", Counted(cast("BinaryIO", file), meter))
    try:
        await write_ledger(db, ledger, out)
    except BaseException:
        out.close()
        raise
    return out


def answer(bundle: Bundle, now: datetime) -> Answer:
    """The statement from a bundle, or why there is none; safe to run in a thread."""
    evidence = Evidence(
        relay=bundle.exports["relay"],
        access=bundle.exports["access"],
        verifiers=bundle.verifiers,
        seen=tuple(bundle.seen.values()),
    )
    try:
        made = make_statement(evidence, bundle.month, now=now)
    except EvidenceMissing as missing:
        return Answer("", missing.findings)
    answered = tuple(answered_in(evidence.relay, made.relay))
    return Answer(statement_text(made), (), answered, made.relay.site, made.totals.nowhere)


def command(month: Month, seen: Mapping[str, str]) -> str:
    """The exact command that makes the statement from the bundle's files."""
    parts = [f"lmhg-verify statement --month {month.text} --timezone {month.zone}"]
    parts += [f"--{ledger} {ledger}.lmhg-ledger" for ledger in LEDGERS]
    parts += [f"--keys {KEYS}"]
    parts += [f"--seen seen-{ledger}.note" for ledger in sorted(seen)]
    return " ".join(parts)


def pack(bundle: Bundle, text: str) -> BinaryIO:
    """The bundle as a zip file, at its start, with the statement; safe to run in a thread."""
    spooled = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the caller closes it
    out = cast("BinaryIO", spooled)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for ledger, source in sorted(bundle.exports.items()):
            source.seek(0)
            with archive.open(f"{ledger}.lmhg-ledger", "w") as part:
                while piece := source.read(1 << 20):
                    part.write(piece)
        for ledger, note in sorted(bundle.seen.items()):
            archive.writestr(f"seen-{ledger}.note", note)
        archive.writestr(KEYS, "".join(f"{each.vkey}\n" for each in bundle.verifiers))
        archive.writestr(README, f"{command(bundle.month, bundle.seen)}\n")
        if text:
            archive.writestr(f"statement-{bundle.month.text}.txt", text)
    out.seek(0)
    return out
