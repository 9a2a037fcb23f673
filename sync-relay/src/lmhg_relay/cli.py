"""`lmhg-relay`: run a half, migrate its schemas, provision the broker, declare a restore."""

import argparse
import asyncio
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import asyncpg
import structlog
import uvloop

from lmhg_contracts.ledger.export import append_entry, whole_file, write_export
from lmhg_relay import statements as sql
from lmhg_relay.loop import Runner
from lmhg_relay.migrate import GAVE_UP, GaveUp, drift, upgrade
from lmhg_relay.observe import configure_logs
from lmhg_relay.provision import provision
from lmhg_relay.settings import (
    Environment,
    NatsSettings,
    SettingMissing,
    SettingWrong,
    read_settings,
)
from lmhg_relay.store import connect

log = structlog.get_logger()

EXPORT_PAGE = 10_000
MATCH_LIMIT_S = 300.0
MATCH_POLL_S = 0.25


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lmhg-relay", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("run", "run one half until SIGTERM"),
        ("migrate", "bring schemas relay and replica to the newest revision"),
        ("drift", "compare the live wall of relay and replica with the one that is installed"),
        ("provision", "create the broker's streams and consumers"),
        ("restored", "declare that this plane's database comes from a backup"),
        ("match", "compare ledger, receipts and replica; exit status 1 on a difference"),
    ):
        command = commands.add_parser(name, help=text)
        if name != "provision":
            command.add_argument("--plane", choices=("onprem", "cloud"), help="default: LMHG_PLANE")
    ledger = commands.add_parser("ledger", help="this plane's relay ledger, for lmhg-verify")
    ledger.add_argument("act", choices=("export",))
    ledger.add_argument("file", type=Path, help="where to write the export")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The console script. Exit status 2 names a setting that is missing or wrong."""
    arguments = _parser().parse_args(argv)
    values = dict(os.environ)
    if getattr(arguments, "plane", None):
        values["LMHG_PLANE"] = arguments.plane
    configure_logs(values.get("LMHG_LOG_LEVEL", "info"))
    actions = {
        "run": _run,
        "migrate": _migrate,
        "drift": _drift,
        "provision": _provision,
        "restored": _restored,
        "match": _match,
        "ledger": lambda values: _export(values, arguments.file),
    }
    try:
        return actions[arguments.command](values)
    except (SettingMissing, SettingWrong) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2


def _run(values: dict[str, str]) -> int:
    settings = read_settings(values)

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stop.set)
        await Runner(settings).run(stop)

    try:
        uvloop.run(serve())
    except Exception as failure:  # noqa: BLE001 - a traceback may repeat values; its place does not
        log.error("relay.fell", code=type(failure).__name__, at=_place(failure))  # noqa: TRY400 - as above
        return 1
    return 0


def _place(failure: BaseException) -> str:
    """Where it was raised: a function of a file, without a value."""
    frames = traceback.extract_tb(failure.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""


def _migrate(values: dict[str, str]) -> int:
    try:
        upgrade(Environment(values).get("DATABASE_URL"))
    except GaveUp:
        sys.stderr.write(f"lmhg-relay: {GAVE_UP}\n")
        return 1
    log.info("relay.migrated")
    return 0


def _drift(values: dict[str, str]) -> int:
    found = asyncio.run(drift(Environment(values).get("DATABASE_URL")))
    for name in found:
        sys.stdout.write(f"differs from the installed wall: {name}\n")
    return 1 if found else 0


def _provision(values: dict[str, str]) -> int:
    env = Environment(values)
    created = asyncio.run(provision(env.get("SITE"), NatsSettings.read(env)))
    log.info("relay.provisioned", created=created)
    return 0


def _restored(values: dict[str, str]) -> int:
    env = Environment(values)
    plane, url = env.plane(), env.get("DATABASE_URL")

    async def declare() -> bool:
        connection = await connect(url)
        try:
            return (await connection.execute(sql.DECLARE_RESTORED, plane)).endswith(" 1")
        finally:
            await connection.close()

    is_done = asyncio.run(declare())
    log.warning("relay.restore_declared" if is_done else "relay.never_ran", plane=plane)
    return 0 if is_done else 1


def _export(values: dict[str, str], file: Path) -> int:
    """Write the ledger's export at its newest checkpoint."""
    url = Environment(values).get("DATABASE_URL")

    async def export() -> int | None:
        connection = await connect(url)
        try:
            head = await connection.fetchrow(sql.READ_HEAD)
            if head is None or head[1] is None:
                return None
            with whole_file(file) as out:
                return await _write_export(connection, out, size=int(head[0]), note=str(head[1]))
        finally:
            await connection.close()

    count = asyncio.run(export())
    if count is None:
        log.error("relay.no_checkpoint_yet", file="none written")
        return 1
    log.info("relay.ledger_exported", entries=count)
    return 0


async def _write_export(
    connection: asyncpg.Connection, out: BinaryIO, *, size: int, note: str
) -> int:
    write_export(out, note, ())
    for first in range(0, size, EXPORT_PAGE):
        upto = min(first + EXPORT_PAGE, size)
        for row in await connection.fetch(sql.READ_ENTRIES, first, upto):
            append_entry(out, row[0])
    return size


def _match(values: dict[str, str]) -> int:
    """Ask the running relay of this plane for a match, and print its result."""
    url = Environment(values).get("DATABASE_URL")

    async def ask() -> str | None:
        connection = await connect(url)
        try:
            return await _await_match(connection)
        finally:
            await connection.close()

    result = asyncio.run(ask())
    sys.stdout.write(f"{result or 'no answer from the running relay'}\n")
    return 0 if result == "clean" else 1


async def _await_match(connection: asyncpg.Connection) -> str | None:
    """`clean`, or the differences as JSON; None when nothing came in time."""
    request = await connection.fetchrow(sql.REQUEST_MATCH, "cli")
    if request is None:
        return None
    for _ in range(int(MATCH_LIMIT_S / MATCH_POLL_S)):
        row = await connection.fetchrow(sql.READ_MATCH, request[0])
        if row is not None:
            return "clean" if row[0] else str(row[1])
        await asyncio.sleep(MATCH_POLL_S)
    return None
