"""The monthly statement on the page: the same code over the same evidence as offline."""

import asyncio
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import text

from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteVerifier, open_note
from lmhg_contracts.ledger.export import read_header
from lmhg_contracts.ledger.statement import Evidence, make_statement
from lmhg_contracts.ledger.statement_evidence import EvidenceMissing, Month, find_stretch
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_contracts.ledger.verify import Finding
from lmhg_gateway.features.ledger_review.public import read_verifiers
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.ledgers import export_spooled

LEDGERS = ("access", "relay")
"""In this order: an access entry may name the relay ledger's size, which must not be older."""
SPOOL_BYTES = 16 * 1024 * 1024
KEYS, README = "ledgers.vkey", "README.txt"

_NOTE = text(
    "select note from relay.cosignature where origin = :origin and size >= :stop"
    " and size <= :size order by size, seq limit 1"
)


@dataclass(frozen=True)
class Bundle:
    """Everything that a month's statement is made from."""

    month: Month
    exports: dict[str, BinaryIO]
    seen: dict[str, str]
    """Ledger to the first checkpoint that covers the month and that the other plane cosigned."""
    verifiers: Sequence[NoteVerifier]

    def close(self) -> None:
        """Give the files back."""
        for source in self.exports.values():
            source.close()


@dataclass(frozen=True)
class Answer:
    """A statement, or every reason why there is none."""

    text: str
    findings: Sequence[Finding]


async def gather(db: Database, month: Month, *, keys: Path | None) -> Bundle:
    """Exports, keys and cosigned checkpoints as they stand now. Raises: NotFound, Unavailable."""
    verifiers = await asyncio.to_thread(read_verifiers, keys)
    exports: dict[str, BinaryIO] = {}
    seen: dict[str, str] = {}
    bundle = Bundle(month, exports, seen, verifiers)
    try:
        for ledger in LEDGERS:
            exports[ledger] = await export_spooled(db, ledger)
            note = await _covering(db, exports[ledger], bundle)
            if note is not None:
                seen[ledger] = note
    except BaseException:
        bundle.close()
        raise
    return bundle


async def _covering(db: Database, source: BinaryIO, bundle: Bundle) -> str | None:
    """The first cosigned checkpoint that covers the month in this ledger."""
    source.seek(0)
    try:
        origin = open_note(read_header(source), bundle.verifiers).origin
    except NoteRefused:
        return None
    stretch = await asyncio.to_thread(find_stretch, source, origin, bundle.month)
    given = {"origin": origin, "stop": stretch.stop, "size": stretch.size}
    async with db.engine.connect() as link:
        return (await link.execute(_NOTE, given)).scalar_one_or_none()


def answer(bundle: Bundle) -> Answer:
    """The statement from a bundle, or why there is none; safe to run in a thread."""
    evidence = Evidence(
        relay=bundle.exports["relay"],
        access=bundle.exports["access"],
        verifiers=bundle.verifiers,
        seen=tuple(bundle.seen.values()),
    )
    try:
        made = make_statement(evidence, bundle.month)
    except EvidenceMissing as missing:
        return Answer("", missing.findings)
    return Answer(statement_text(made), ())


def command(bundle: Bundle) -> str:
    """The very command that makes the statement from the bundle's files."""
    month = bundle.month
    parts = [f"lmhg-verify statement --month {month.text} --timezone {month.zone}"]
    parts += [f"--{ledger} {ledger}.lmhg-ledger" for ledger in sorted(bundle.exports)]
    parts += [f"--keys {KEYS}"]
    parts += [f"--seen seen-{ledger}.note" for ledger in sorted(bundle.seen)]
    return " ".join(parts)


def pack(bundle: Bundle) -> BinaryIO:
    """The bundle as a zip file, at its start; safe to run in a thread."""
    made = answer(bundle)
    out = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the caller closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for ledger, source in sorted(bundle.exports.items()):
            source.seek(0)
            with archive.open(f"{ledger}.lmhg-ledger", "w") as part:
                while piece := source.read(1 << 20):
                    part.write(piece)
        for ledger, note in sorted(bundle.seen.items()):
            archive.writestr(f"seen-{ledger}.note", note)
        archive.writestr(KEYS, "".join(f"{each.vkey}\n" for each in bundle.verifiers))
        archive.writestr(README, f"{command(bundle)}\n")
        if made.text:
            archive.writestr(f"statement-{bundle.month.text}.txt", made.text)
    out.seek(0)
    return out  # type: ignore[return-value]


def parse_month(said: str, zone: str) -> Month:
    """The month that a page was asked for. Raises: NotFound."""
    try:
        return Month.parse(said, zone)
    except ValueError:
        raise NotFound("month") from None
