"""`lmhg-verify statement`: the monthly statement from ledger exports, offline, or why there is none."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from lmhg_contracts.ledger.checkpoint import MAX_NOTE_BYTES
from lmhg_contracts.ledger.key_file import FileRefused, read_keys, read_text
from lmhg_contracts.ledger.output import in_utf8, plain, unreadable
from lmhg_contracts.ledger.statement import Evidence, Statement, make_statement
from lmhg_contracts.ledger.statement_evidence import EvidenceMissing, Month
from lmhg_contracts.ledger.statement_text import statement_text

DESCRIPTION = "Make a month's statement from ledger exports, offline."
EPILOG = (
    "Exit status: 0 with the statement; 1 with every reason why the month cannot be shown to be"
    " complete, or when sender and receiver disagree. The same evidence gives the same bytes."
)


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    root = argparse.ArgumentParser(
        prog="lmhg-verify statement", description=DESCRIPTION, epilog=EPILOG
    )
    root.add_argument("--month", required=True, help="such as 2026-10")
    root.add_argument("--timezone", required=True, help="the practice's, as its settings say")
    root.add_argument(
        "--relay", type=Path, required=True, help="export of the on-prem relay ledger"
    )
    root.add_argument("--access", type=Path, required=True, help="export of the access ledger")
    root.add_argument("--portal-relay", type=Path, help="export of the portal's relay ledger")
    root.add_argument("--keys", type=Path, required=True, help="both planes' keys, one vkey a line")
    root.add_argument(
        "--seen",
        type=Path,
        action="append",
        default=[],
        metavar="NOTE",
        help="a checkpoint that the other plane cosigned; one for each ledger at least",
    )
    root.add_argument("--site", help="demand that the ledgers are this site's")
    return root


def utc_now() -> datetime:
    """This machine's clock."""
    return datetime.now(UTC)


def main(argv: Sequence[str] | None = None, *, clock: Callable[[], datetime] = utc_now) -> int:
    """Print the statement; 0 when there is one and nothing disagrees."""
    arguments = parser().parse_args(argv)
    return in_utf8(lambda: _run(arguments, clock()))


def _run(arguments: argparse.Namespace, now: datetime) -> int:
    try:
        made = _make(arguments, now)
    except EvidenceMissing as missing:
        for found in missing.findings:
            _complain(f"{found.code}: {found.sentence}")
        return 1
    except FileRefused as refused:
        _complain(f"cannot read the input: {refused}")
        return 1
    except OSError as failure:
        _complain(f"cannot read the input: {unreadable(failure)}")
        return 1
    sys.stdout.write(statement_text(made))
    if not made.agrees:
        print("DISAGREES    sender and receiver do not say the same", file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0


def _make(arguments: argparse.Namespace, now: datetime) -> Statement:
    month = _month(arguments)
    verifiers = read_keys(arguments.keys)
    seen = [read_text(path, most=MAX_NOTE_BYTES) for path in arguments.seen]
    with ExitStack() as files:
        portal = arguments.portal_relay
        evidence = Evidence(
            relay=files.enter_context(arguments.relay.open("rb")),
            access=files.enter_context(arguments.access.open("rb")),
            portal=files.enter_context(portal.open("rb")) if portal else None,
            verifiers=verifiers,
            seen=seen,
        )
        return make_statement(evidence, month, now=now, site=arguments.site)


def _month(arguments: argparse.Namespace) -> Month:
    try:
        return Month.parse(arguments.month, arguments.timezone)
    except ValueError:
        message = (
            "--month reads 2026-10, and --timezone is a name of the IANA's list such as"
            " America/New_York"
        )
        raise FileRefused(message) from None


def _complain(sentence: str) -> None:
    print(plain(f"NO STATEMENT {sentence}"), file=sys.stderr)  # noqa: T201 - a command
