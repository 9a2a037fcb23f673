"""`lmhg-portal`: one command a process, and the commands of an operator."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from lmhg_kit.errors import SettingMissing

PROCESSES = ("portal", "worker")


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    root = argparse.ArgumentParser(prog="lmhg-portal", description=__doc__)
    commands = root.add_subparsers(dest="command", required=True)
    for name in PROCESSES:
        commands.add_parser(name, help=f"run the {name} process until it is told to stop")
    commands.add_parser("migrate", help="bring the database to the newest revision, with its wall")
    commands.add_parser("drift", help="compare the live wall with the generated one")
    ledger = commands.add_parser("ledger", help="ledgers of this plane")
    actions = ledger.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="write a ledger for lmhg-verify")
    export.add_argument("--ledger", choices=("relay", "access"), default="relay")
    export.add_argument("--output", required=True, help="the file to write")
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 1 with a sentence on stderr."""
    arguments = parser().parse_args(argv)
    try:
        if arguments.command in PROCESSES:
            process = importlib.import_module(f"lmhg_portal.app.{arguments.command}")
            return int(process.run(os.environ))
        operator = importlib.import_module("lmhg_portal.app.operator")
        return int(operator.run(arguments, os.environ))
    except SettingMissing as missing:
        print(f"lmhg-portal: {missing}", file=sys.stderr)  # noqa: T201 - the boot's only voice
        return 1
