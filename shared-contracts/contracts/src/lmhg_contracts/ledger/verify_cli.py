"""`lmhg-verify`: check a ledger export or a proof file offline."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lmhg_contracts.ledger import statement_cli
from lmhg_contracts.ledger.checkpoint import NoteRefused, NoteVerifier
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
        help="a checkpoint of the same ledger that you kept; may be given several times",
    )
    root.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="NAME",
        help="demand this key's signature, for example the other plane's; several times",
    )
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Print what was found; 0 when it is sound."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == [STATEMENT]:
        return statement_cli.main(given[1:])
    arguments = parser().parse_args(given)
    try:
        verdict = _verify(arguments)
    except (OSError, UnicodeDecodeError, NoteRefused) as failure:
        code = getattr(failure, "code", type(failure).__name__)
        print(f"NOT SOUND  cannot read the input: {code}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    return _report(verdict, demanded=arguments.signer)


def _verify(arguments: argparse.Namespace) -> Verdict:
    lines = arguments.keys.read_text(encoding="utf-8").splitlines()
    verifiers = [NoteVerifier.from_vkey(line) for line in lines if line.strip()]
    with arguments.file.open("rb") as source:
        if source.read(4) != b"c2sp":
            source.seek(0)
            seen = [path.read_text(encoding="utf-8") for path in arguments.seen]
            return verify_export(source, verifiers, seen=seen)
    return verify_proof(arguments.file.read_text(encoding="utf-8"), verifiers)


def _report(verdict: Verdict, *, demanded: Sequence[str]) -> int:
    checkpoint = verdict.checkpoint
    missing = sorted(set(demanded) - verdict.signers)
    lines = [f"NOT SOUND  {finding.code}: {finding.sentence}" for finding in verdict.findings]
    lines += [f"NOT SOUND  signature: {name} did not sign the checkpoint" for name in missing]
    if checkpoint is not None:
        lines.append(f"log        {checkpoint.origin}")
        lines.append(f"size       {checkpoint.size}, root {checkpoint.root.hex()}")
        lines.append(f"signed by  {', '.join(sorted(verdict.signers))}")
    sound = verdict.is_sound and not missing
    if sound:
        lines.insert(0, f"SOUND      {verdict.entries} entries checked")
    print("\n".join(lines), file=sys.stdout if sound else sys.stderr)
    return 0 if sound else 1
