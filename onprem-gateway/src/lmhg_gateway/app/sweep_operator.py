"""`lmhg-gateway sweep`: look for invented clients outside the wall, and put the result on record."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from lmhg_gateway.adapters.canary import (
    Place,
    bucket,
    database,
    files,
    line_of,
    look_everywhere,
    pages,
)
from lmhg_gateway.features.oversight.sweeps import Looked, record_sweep
from lmhg_kit.clock import utc_now
from lmhg_kit.errors import Invalid
from lmhg_kit.persistence import Actor, Database

OPERATOR = Actor("process: sweep")


class ReportPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place of a report that was made on another machine: counts alone."""

    items: int
    size: int
    where: dict[str, int] = msgspec.field(default_factory=dict[str, int])


class SweepReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sweep that was made on another machine."""

    tokens: int
    started_at: datetime
    finished_at: datetime
    places: dict[str, ReportPlace]


async def act_on_sweep(db: Database, arguments: argparse.Namespace) -> bool:
    """Sweep, or read a report, and record it; whether it was clean. Raises: Invalid."""
    if arguments.report:
        told = _read(Path(arguments.report))
        found: tuple[int, Mapping[str, Looked]] = (told.tokens, told.places)
        times = (told.started_at, told.finished_at)
    else:
        began = utc_now()
        tokens = _tokens(arguments.tokens_file)
        places = _places(arguments)
        if not places:
            raise Invalid("sweep_without_places")
        try:
            made = await look_everywhere(tokens, places)
        except ValueError:
            raise Invalid("sweep_token_too_short") from None
        found, times = (made.tokens, made.places), (began, utc_now())
    async with db.uow(OPERATOR, "canary sweep") as tx:
        await record_sweep(
            tx,
            tokens=found[0],
            places=found[1],
            started_at=times[0],
            finished_at=times[1],
            by=OPERATOR.id,
        )
    for name, looked in found[1].items():
        counted = sum(looked.where.values())
        print(line_of(name, looked.items, looked.size, counted))  # noqa: T201 - an operator's command
    return not any(looked.where for looked in found[1].values())


def _read(path: Path) -> SweepReport:
    try:
        return msgspec.json.decode(path.read_bytes(), type=SweepReport)
    except (OSError, msgspec.ValidationError, msgspec.DecodeError):
        raise Invalid("sweep_report_unreadable") from None


def _tokens(path: str | None) -> list[str]:
    if path is None:
        raise Invalid("sweep_without_tokens")
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Invalid("sweep_without_tokens") from None
    tokens = [line.strip() for line in lines if line.strip()]
    if not tokens:
        raise Invalid("sweep_without_tokens")
    return tokens


def _places(arguments: argparse.Namespace) -> dict[str, Callable[[], Place]]:
    made: dict[str, Callable[[], Place]] = {}
    for name, url in _named(arguments.database):
        made[name] = lambda url=url: database(url)
    for name, path in _named(arguments.folder):
        made[name] = lambda path=path: files(Path(path))
    secret = _secret(arguments.bucket_secret_file) if arguments.bucket else ""
    for name, url in _named(arguments.bucket):
        made[name] = lambda url=url: bucket(url, secret)
    for name, url in _named(arguments.page):
        made[name] = lambda name=name, url=url: pages({name: url})
    return made


def _secret(path: str | None) -> str:
    try:
        return Path(path or "").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Invalid("sweep_bucket_without_secret") from None


def _named(given: Iterable[str]) -> list[tuple[str, str]]:
    pairs = [each.partition("=") for each in given]
    if any(not name or not value for name, _, value in pairs):
        raise Invalid("sweep_place_unreadable")
    return [(name, value) for name, _, value in pairs]
