"""`lmhg-verify`: check a ledger export or a proof file offline."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lmhg_contracts.ledger import statement_cli
from lmhg_contracts.ledger.checkpoint import MAX_NOTE_BYTES
from lmhg_contracts.ledger.export import PROOF_MAX_BYTES
from lmhg_contracts.ledger.key_file import FileRefused, read_keys, read_text
from lmhg_contracts.ledger.output import in_utf8, plain, unreadable
from lmhg_contracts.ledger.verify import Verdict, verify_export, verify_proof

DESCRIPTION = "Check an LMHG ledger offline: a whole export, or one entry's proof file."
EPILOG = (
    "Exit status: 0 sound, 1 not sound or not readable. Needs no network and no database."
    " `lmhg-verify statement --help` is about a month's statement."
)
STATEMENT = "statement"


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    root = argparse.ArgumentParser(prog="lmhg-verify", description=DESCRIPTION, epilog=EPILOG)
    root.add_argument("file", type=Path, help="an export or a proof file")
    root.add_argument(
        "--keys",
        type=Path,
        required=True,
        help="the planes' published keys: a text file, one vkey a line",
    )
    root.add_argument(
        "--seen",
        type=Path,
        action="append",
        default=[],
        metavar="NOTE",
        help="a checkpoint of the same ledger that you kept; one of more entries than the file shows"
        " means that it was cut; may be given several times",
    )
    root.add_argument(
        "--log",
        metavar="ORIGIN",
        help="demand that the file is of this ledger, such as lmhg/s1/onprem/relay",
    )
    root.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="NAME",
        help="demand this key's signature, for example the other plane's; several times",
    )
    return root


def main(
    argv: Sequence[str] | None = None, *, clock: Callable[[], datetime] = statement_cli.utc_now
) -> int:
    """Print what was found; 0 when it is sound."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == [STATEMENT]:
        return statement_cli.main(given[1:], clock=clock)
    arguments = parser().parse_args(given)
    return in_utf8(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    try:
        verdict = _verify(arguments)
    except FileRefused as refused:
        return _complain(str(refused))
    except OSError as failure:
        return _complain(unreadable(failure))
    return _report(verdict)


def _complain(sentence: str) -> int:
    said = plain(f"NOT SOUND  cannot read the input: {sentence}")
    print(said, file=sys.stderr)  # noqa: T201 - a command
    return 1


def _verify(arguments: argparse.Namespace) -> Verdict:
    verifiers = read_keys(arguments.keys)
    seen = [read_text(path, most=MAX_NOTE_BYTES) for path in arguments.seen]
    demanded: dict[str, Any] = {"log": arguments.log, "signers": arguments.signer}
    with arguments.file.open("rb") as source:
        if source.read(4) != b"c2sp":
            source.seek(0)
            return verify_export(source, verifiers, seen=seen, **demanded)
    text = read_text(arguments.file, most=PROOF_MAX_BYTES)
    return verify_proof(text, verifiers, seen=seen, **demanded)


def _report(verdict: Verdict) -> int:
    checkpoint = verdict.checkpoint
    lines = [f"NOT SOUND  {finding.code}: {finding.sentence}" for finding in verdict.findings]
    lines += [f"NOTE       {remark.code}: {remark.sentence}" for remark in verdict.remarks]
    if checkpoint is not None:
        lines.append(f"log        {checkpoint.origin}")
        lines.append(f"size       {checkpoint.size}, root {checkpoint.root.hex()}")
        lines.append(f"signed by  {', '.join(sorted(verdict.signers))}")
    sound = verdict.is_sound
    if sound:
        lines.insert(0, f"SOUND      {verdict.entries} entries checked")
    print("\n".join(plain(line) for line in lines), file=sys.stdout if sound else sys.stderr)
    return 0 if sound else 1
