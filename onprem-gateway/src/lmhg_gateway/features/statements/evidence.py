"""The evidence of a month, and the statement that it makes: the same code as offline."""

import asyncio
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteVerifier, open_note
from lmhg_contracts.ledger.export import read_header
from lmhg_contracts.ledger.statement import Evidence, make_statement
from lmhg_contracts.ledger.statement_evidence import EvidenceMissing, Month, find_stretch
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_contracts.ledger.verify import Finding
from lmhg_gateway.features.ledger_review.public import Counted, Meter, read_verifiers
from lmhg_gateway.features.statements import repository
from lmhg_gateway.features.statements.comparison import Answered, answered_in
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.persistence.ledgers import SPOOL_BYTES, write_ledger

LEDGERS = ("access", "relay")
"""In this order: an access entry may name the relay ledger's size, which must not be older."""
READINGS = 5
"""How often each entry passes until a statement is made: written once, read four times."""
KEYS, README = "ledgers.vkey", "README.txt"


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
    """A statement with what the portal is to be asked about, or every reason why there is none."""

    text: str
    findings: Sequence[Finding]
    answered: Sequence[Answered] = ()
    site: str = ""


async def gather(
    db: Database,
    month: Month,
    *,
    actor: Actor,
    keys: Path | None,
    meter: Meter,
    seen: Mapping[str, str] | None = None,
) -> Bundle:
    """Exports, keys and cosigned checkpoints as they stand now; those of `seen`, where it is given.

    Raises: NotFound, Unavailable.
    """
    verifiers = await asyncio.to_thread(read_verifiers, keys)
    bundle = Bundle(month, {}, dict(seen or {}), verifiers)
    try:
        for ledger in LEDGERS:
            bundle.exports[ledger] = await _export(db, ledger, meter)
            note = None
            if seen is None:
                note = await _covering(db, bundle, ledger, actor=actor)
            if note is not None:
                bundle.seen[ledger] = note
    except BaseException:
        bundle.close()
        raise
    return bundle


async def _export(db: Database, ledger: str, meter: Meter) -> BinaryIO:
    """A ledger's export, counted as it is written and read."""
    file = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - the bundle closes it
    out = cast("BinaryIO", Counted(cast("BinaryIO", file), meter))
    try:
        await write_ledger(db, ledger, out)
    except BaseException:
        out.close()
        raise
    return out


async def _covering(db: Database, bundle: Bundle, ledger: str, *, actor: Actor) -> str | None:
    """The first cosigned checkpoint that covers the month in this ledger."""
    source = bundle.exports[ledger]
    source.seek(0)
    try:
        origin = open_note(read_header(source), bundle.verifiers).origin
    except NoteRefused:
        return None
    stretch = await asyncio.to_thread(find_stretch, source, origin, bundle.month)
    async with db.read(actor, "statement.make") as tx:
        return await repository.covering(tx, origin=origin, stop=stretch.stop, size=stretch.size)


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
    answered = tuple(answered_in(evidence.relay, made.relay))
    return Answer(statement_text(made), (), answered, made.relay.site)


def command(month: Month, seen: Mapping[str, str]) -> str:
    """The very command that makes the statement from the bundle's files."""
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
