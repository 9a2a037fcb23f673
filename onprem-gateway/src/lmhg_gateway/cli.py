"""`lmhg-gateway`: one command a process, and the commands of an operator."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from datetime import date

from lmhg_kit.errors import SettingMissing

PROCESSES = ("workspace", "identity", "ingress", "worker")


def parser() -> argparse.ArgumentParser:
    """The arguments of every command."""
    root = argparse.ArgumentParser(prog="lmhg-gateway", description=__doc__)
    commands = root.add_subparsers(dest="command", required=True)
    for name in PROCESSES:
        commands.add_parser(name, help=f"run the {name} process until it is told to stop")
    commands.add_parser("migrate", help="bring the database to the newest revision, with its wall")
    commands.add_parser("drift", help="compare the live wall with the generated one")
    _account(commands.add_parser("account", help="create an account, or change it"))
    _first_people(
        commands.add_parser(
            "first-people", help="make the first two people; only while nobody administers"
        )
    )
    _standing(commands.add_parser("standing", help="put a standing approval on record"))
    _client(commands.add_parser("client", help="OAuth clients of the issuer"))
    _keys(commands.add_parser("keys", help="signing keys of the issuer"))
    _sweep(commands.add_parser("sweep", help="look for invented clients outside the wall"))
    _intake(commands.add_parser("intake", help="held messages from IntakeQ"))
    leave = commands.add_parser(
        "export-everything", help="write all that the practice owns, once two people approved it"
    )
    leave.add_argument(
        "--to",
        required=True,
        metavar="PATH",
        help="a folder, or with --encrypt-to a file, not there yet",
    )
    leave.add_argument(
        "--encrypt-to",
        action="append",
        default=[],
        metavar="RECIPIENT",
        help="public key of age, age1...; what is written is one file that only such keys open; may be repeated",
    )
    ledger = commands.add_parser("ledger", help="ledgers of this plane")
    actions = ledger.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="write a ledger for lmhg-verify")
    export.add_argument("--ledger", choices=("relay", "access"), default="relay")
    export.add_argument("--output", required=True, help="the file to write")
    return root


def _sweep(sweep: argparse.ArgumentParser) -> None:
    sweep.add_argument("--tokens-file", help="tokens of the invented clients, one a line")
    for name, what in (("database", "URL"), ("bucket", "URL"), ("folder", "PATH"), ("page", "URL")):
        sweep.add_argument(
            f"--{name}", action="append", default=[], metavar=f"NAME={what}", help="may be repeated"
        )
    sweep.add_argument("--bucket-secret-file", help="secret key of the buckets' access key")
    sweep.add_argument("--report", help="record this JSON report of another machine instead")


def _account(account: argparse.ArgumentParser) -> None:
    account.add_argument("--email", required=True)
    account.add_argument("--name", required=True, help="name that colleagues see")
    account.add_argument("--roles", required=True, help="comma-separated")
    account.add_argument("--password-file", required=True)
    account.add_argument("--id", help="the account's id; a new one when absent")


def _first_people(first: argparse.ArgumentParser) -> None:
    for which in ("first", "second"):
        first.add_argument(f"--{which}-email", required=True)
        first.add_argument(f"--{which}-name", required=True, help="name that colleagues see")
        first.add_argument(
            f"--{which}-roles", required=True, help="comma-separated; admin or compliance is one"
        )
        first.add_argument(f"--{which}-password-file", required=True)
        first.add_argument(f"--{which}-id", help="the account's id; a new one when absent")
    first.add_argument(
        "--two-step-by",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="day from which everybody needs two-step sign-in",
    )


def _standing(standing: argparse.ArgumentParser) -> None:
    standing.add_argument("--kind", required=True)
    standing.add_argument("--requested-by", required=True, help="account id of who asks")
    standing.add_argument("--approved-by", required=True, help="account id of who approves")


def _intake(intake: argparse.ArgumentParser) -> None:
    actions = intake.add_subparsers(dest="action", required=True)
    retry = actions.add_parser("retry", help="have held messages tried again from the beginning")
    aside = actions.add_parser("set-aside", help="end held messages; their bodies are kept")
    for action in (retry, aside):
        action.add_argument("--code", default="", help="only those held for this reason")


def _client(client: argparse.ArgumentParser) -> None:
    actions = client.add_subparsers(dest="action", required=True)
    hydra = actions.add_parser(
        "hydra", help="in Hydra mode: programs prove themselves to Hydra, so the database trusts it"
    )
    hydra.add_argument("--end", action="store_true", help="trust it no longer")
    put = actions.add_parser("put", help="register a client, or bring it up to date")
    put.add_argument("--id", required=True, help="its public name: small letters and hyphens")
    put.add_argument("--name", required=True, help="name that people see")
    put.add_argument("--kind", choices=("web", "public", "service"), default="web")
    put.add_argument("--redirect-uri", action="append", default=[], help="may be repeated")
    put.add_argument("--post-logout-uri", action="append", default=[], help="may be repeated")
    put.add_argument("--backchannel-uri", default="", help="where it hears of sign-outs")
    put.add_argument("--secret-file", help="file with its secret, 32 characters or more")
    put.add_argument("--first-party", action="store_true", help="nobody is asked for consent")
    put.add_argument("--hydra-admin-url", help="in Hydra mode: register it there too, or nowhere")


def _keys(keys: argparse.ArgumentParser) -> None:
    actions = keys.add_subparsers(dest="action", required=True)
    rotate = actions.add_parser("rotate", help="publish a new signing key; the old ones run out")
    rotate.add_argument(
        "--leaked", action="store_true", help="believe the old keys no longer, from now on"
    )
    rotate.add_argument("--hydra-admin-url", help="in Hydra mode: rotate there first")
    actions.add_parser("list", help="the signing keys with their times")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, or 1 with a sentence on stderr."""
    arguments = parser().parse_args(argv)
    try:
        if arguments.command in PROCESSES:
            process = importlib.import_module(f"lmhg_gateway.app.{arguments.command}")
            return int(process.run(os.environ))
        operator = importlib.import_module("lmhg_gateway.app.operator")
        return int(operator.run(arguments, os.environ))
    except SettingMissing as missing:
        print(f"lmhg-gateway: {missing}", file=sys.stderr)  # noqa: T201 - the boot's only voice
        return 1
