"""The sweep of the embedded stack: every place that the gateway's own sweep knows.

Places: the cloud database (every column of every table), the broker's files, the cloud's bucket,
the log of every process, the metrics pages, the mails. The result is recorded on the officer's
Sweeps page as a production sweep's is.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lmhg_gateway.adapters.canary import (
    Looked,
    Place,
    Report,
    bucket,
    database,
    files,
    look_everywhere,
    pages,
)
from lmhg_gateway.features.oversight.sweeps import record_sweep
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database

__all__ = ["Looked", "Report", "record", "store", "sweep"]

OPERATOR = Actor("process: sweep")


async def sweep(facts: Mapping[str, Any], tokens: Iterable[str]) -> Report:
    """Look everywhere for these tokens; `facts` is what stack.json says."""
    metrics = {name: f"{address}/metrics" for name, address in facts["metrics"].items()}
    places: dict[str, Callable[[], Place]] = {
        "cloud database": lambda: database(facts["databases"]["cloud"]["superuser"]),
        "broker": lambda: files(Path(facts["folders"]["nats_store"])),
        "cloud bucket": lambda: bucket(*store(facts, "cloud")),
        "logs": lambda: files(Path(facts["folders"]["logs"])),
        "metrics": lambda: pages(metrics),
        "mail": lambda: files(Path(facts["folders"]["mail"])),
    }
    return await look_everywhere(tokens, places)


async def record(facts: Mapping[str, Any], report: Report, *, began: datetime) -> None:
    """Put a sweep on the officer's page."""
    db = Database(facts["databases"]["onprem"]["gw_worker"], pool_size=1)
    try:
        async with db.uow(OPERATOR, "canary sweep") as tx:
            await record_sweep(
                tx,
                tokens=report.tokens,
                places=report.places,
                started_at=began,
                finished_at=utc_now(),
                by=OPERATOR.id,
            )
    finally:
        await db.close()


def store(facts: Mapping[str, Any], plane: str) -> tuple[str, str]:
    """Address and secret key of a plane's bucket, with that plane's credential."""
    access = facts["buckets"][plane]
    scheme, _, host = facts["addresses"][f"s3_{plane}"].partition("://")
    secret_key = Path(access["secret_key_file"]).read_text().strip()
    return f"{scheme}://{access['access_key']}@{host}/{access['bucket']}", secret_key
