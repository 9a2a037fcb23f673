"""The sweep of the embedded stack: every place that the gateway's own sweep knows, and the bucket.

Places: the cloud database (every column of every table), the broker's files, the cloud's bucket,
the log of every process, the metrics pages, the mails. The result is recorded on the officer's
Sweeps page as a production sweep's is.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import urllib3
from minio import Minio

from lmhg_gateway.adapters.canary import (
    Looked,
    Place,
    Report,
    database,
    files,
    look_everywhere,
    pages,
)
from lmhg_gateway.features.compliance.public import record_sweep
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database

__all__ = ["Looked", "Report", "record", "store_client", "sweep"]

OPERATOR = Actor("operator: sweep")


async def sweep(facts: Mapping[str, Any], tokens: Iterable[str]) -> Report:
    """Look everywhere for these tokens; `facts` is what stack.json says."""
    metrics = {name: f"{address}/metrics" for name, address in facts["metrics"].items()}
    places: dict[str, Callable[[], Place]] = {
        "cloud database": lambda: database(facts["databases"]["cloud"]["superuser"]),
        "broker": lambda: files(Path(facts["folders"]["nats_store"])),
        "cloud bucket": lambda: bucket(facts, "cloud"),
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


async def bucket(facts: Mapping[str, Any], plane: str) -> Place:
    """Every object of a plane's bucket, its name and its bytes."""
    name = facts["buckets"][plane]["bucket"]
    with store_client(facts, plane) as client:
        for found in client.list_objects(name, recursive=True):
            key = found.object_name or ""
            answer = client.get_object(name, key)
            try:
                yield key, key.encode() + b"\n" + answer.read()
            finally:
                answer.close()
                answer.release_conn()


@contextlib.contextmanager
def store_client(facts: Mapping[str, Any], plane: str) -> Iterator[Minio]:
    """A client of one plane's object store, with that plane's credential."""
    access = facts["buckets"][plane]
    with urllib3.PoolManager() as pool:
        yield Minio(
            facts["addresses"][f"s3_{plane}"].removeprefix("http://"),
            access_key=access["access_key"],
            secret_key=Path(access["secret_key_file"]).read_text().strip(),
            secure=False,
            http_client=pool,
        )
