"""Files that records name, between the planes: into the other plane's bucket, and out of it again.

A file that two people approved waits in a bucket of the office under its hash; the sending half reads it there
(and nowhere else: it has no right to the office's documents) and puts it into the other plane's bucket under a
name that says whose it is (`lmhg_contracts.objects`). An upload that was cut off is repeated without harm, and
a file that lies there already is not sent again. The bytes are hashed before they are sent, and again where they lie.

The receiving half takes out what no record has any more, before it says so in a receipt.
"""

import asyncio
import contextlib
import hashlib
import io
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import structlog
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from lmhg_contracts.kinds.base import OBJECT_BYTES_MAX
from lmhg_contracts.objects import Live, ObjectName, left_behind
from lmhg_relay.core import limits
from lmhg_relay.settings import S3Settings
from lmhg_relay.tasks import ended

log = structlog.get_logger()

CONNECT_S, READ_S = 3.0, 30.0
GONE = frozenset({"NoSuchKey", "NoSuchObject"})
WRONG_MAX = 100
PLACES_MAX = 1_000
"""Files that are remembered to be there; the oldest are looked at again."""


class ObjectRefused(Exception):
    """Bytes that are not the object they are said to be, or none. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


FAILED = (
    MinioException,
    HTTPError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
"""What a server that does not answer, or refuses, raises."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket of an S3 server."""

    client: Minio
    name: str

    @classmethod
    def of(cls, settings: S3Settings | None) -> "Bucket | None":
        """As the settings say; None where they name no server."""
        if settings is None:
            return None
        scheme, _, host = settings.url.partition("://")
        timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
        client = Minio(
            host.rstrip("/"),
            access_key=settings.access_key,
            secret_key=settings.secret_key,
            secure=scheme == "https",
            http_client=urllib3.PoolManager(timeout=timeout, retries=urllib3.Retry(1), maxsize=4),
        )
        return cls(client=client, name=settings.bucket)

    async def get(self, name: str) -> bytes:
        """An object's bytes. Raises: ObjectRefused where it is not there."""
        return await asyncio.to_thread(self._read, name)

    async def put(self, name: str, data: bytes, *, sha256: str) -> bool:
        """Have the object there; whether it had to be sent. Raises: ObjectRefused."""
        if len(data) > OBJECT_BYTES_MAX:
            raise ObjectRefused("object_too_long")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectRefused("object_hash_wrong")
        if await self.has(name, sha256=sha256):
            return False
        stream = io.BytesIO(data)
        await asyncio.to_thread(self.client.put_object, self.name, name, stream, len(data))
        if not await self.has(name, sha256=sha256):
            raise ObjectRefused("object_changed")
        return True

    async def delete(self, name: str) -> None:
        """Have the object not there, whether it was or not."""
        await asyncio.to_thread(self.client.remove_object, self.name, name)

    async def has(self, name: str, *, sha256: str) -> bool:
        """Whether an object of this hash lies there whole: its bytes are read and hashed."""
        try:
            found = await self.get(name)
        except ObjectRefused:
            return False
        return hashlib.sha256(found).hexdigest() == sha256

    async def names(self) -> list[str]:
        """Everything that lies there."""
        return await asyncio.to_thread(self._names)

    def _names(self) -> list[str]:
        listed = self.client.list_objects(self.name, recursive=True)
        return [each.object_name or "" for each in listed]

    def _read(self, name: str) -> bytes:
        try:
            response = self.client.get_object(self.name, name)
        except S3Error as error:
            if error.code in GONE:
                raise ObjectRefused("object_missing") from None
            raise
        try:
            return response.read(OBJECT_BYTES_MAX + 1)
        finally:
            response.close()
            response.release_conn()


@dataclass
class Ferry:
    """Brings files to the other plane's bucket, one at a time, beside the hot path."""

    source: Bucket | None
    target: Bucket | None
    wake: Callable[[], None]
    fault: str = ""
    """Why the file that was tried last is not there."""
    moving: ObjectName | None = None
    _there: dict[ObjectName, None] = field(default_factory=dict[ObjectName, None])
    _wanted: dict[ObjectName, float] = field(default_factory=dict[ObjectName, float])
    """Each file that a row waits for, and from when on it may be tried."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def is_there(self, name: ObjectName) -> bool:
        """Whether this process has seen the file whole where it belongs."""
        return name in self._there

    def is_moving(self, record_id: UUID) -> bool:
        """Whether a file of this record is on its way at this moment."""
        return self.moving is not None and self.moving.record_id == record_id

    def bring(self, name: ObjectName) -> None:
        """A row waits for this file."""
        if name not in self._wanted and name not in self._there:
            self._wanted[name] = 0.0
            self._news.set()

    def keep_only(self, names: set[ObjectName]) -> None:
        """Forget what no row waits for any more."""
        for name in self._wanted.keys() - names:
            del self._wanted[name]
        if not self._wanted:
            self.fault = ""

    async def run(self) -> None:
        """Bring what is wanted for as long as the process lives."""
        clock = asyncio.get_running_loop().time
        while True:
            self._news.clear()
            due = [name for name, at in self._wanted.items() if at <= clock()]
            for name in due:
                await self._try(name)
            wait_s = limits.OBJECT_RETRY_S if self._wanted else None
            if not due or all(at > clock() for at in self._wanted.values()):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._news.wait()

    async def _try(self, name: ObjectName) -> None:
        if name not in self._wanted:
            return
        self.moving = name
        try:
            await self._bring(name)
        except ObjectRefused as refused:
            self._failed(name, refused.code)
        except FAILED as failure:
            self._failed(name, "store_unreachable")
            log.warning("relay.store_unreachable", code=type(failure).__name__)
        else:
            self._wanted.pop(name, None)
            self._there[name] = None
            while len(self._there) > PLACES_MAX:
                self._there.pop(next(iter(self._there)))
            self.fault = self.fault if self._wanted else ""
        finally:
            self.moving = None
            self.wake()

    def _failed(self, name: ObjectName, code: str) -> None:
        self.fault = code
        if name in self._wanted:
            at = asyncio.get_running_loop().time() + limits.OBJECT_RETRY_S
            self._wanted[name] = at

    async def _bring(self, name: ObjectName) -> None:
        """Read, hash, put, read again. Raises: ObjectRefused, and what the servers' libraries raise."""
        if self.source is None or self.target is None:
            raise ObjectRefused("store_missing")
        if await self.target.has(str(name), sha256=name.sha256):
            return
        data = await self.source.get(name.sha256)
        await self.target.put(str(name), data, sha256=name.sha256)


ReadLive = Callable[[], Awaitable[tuple[Mapping[UUID, Live], int]]]
"""What the replica has of records with files, and the receiver's generation."""


@dataclass
class Shelf:
    """This plane's bucket of files that came: what no record has any more goes, before a receipt says so."""

    bucket: Bucket | None
    read_live: ReadLive
    wake: Callable[[], None]
    fault: str = ""
    is_settled: bool = False
    """Whether nothing lies there that a record of ours has given up; unknown when a process starts."""
    wrong: deque[UUID] = field(default_factory=lambda: deque[UUID](maxlen=WRONG_MAX))
    """Records whose file is not there or is another one, to be told."""
    _checked: dict[str, float] = field(default_factory=dict[str, float])
    _task: "asyncio.Task[None] | None" = None
    _at: float = float("-inf")

    def unsettle(self) -> None:
        """A record has changed that may have had a file."""
        self.is_settled = False
        self._at = float("-inf")

    def look(self) -> None:
        """Look through the bucket beside the hot path, where it is due."""
        now = asyncio.get_running_loop().time()
        wait_s = limits.OBJECT_SWEEP_S if self.is_settled else limits.OBJECT_RETRY_S
        if (self._task is None or self._task.done()) and now - self._at >= wait_s:
            self._at = now
            self._task = asyncio.create_task(self._sweep())

    async def close(self) -> None:
        """End a look that has begun."""
        if self._task is not None:
            await ended(self._task)

    async def _sweep(self) -> None:
        mark = self._at
        try:
            await self.sweep()
        except ObjectRefused as refused:
            self.fault = refused.code
        except FAILED as failure:
            self.fault = "store_unreachable"
            log.warning("relay.store_unreachable", code=type(failure).__name__)
        else:
            self.fault = ""
            self.is_settled = self.is_settled or mark == self._at
        finally:
            self.wake()

    async def sweep(self) -> None:
        """Take out what is left behind, and see that it is gone. Raises: ObjectRefused."""
        held, generation = await self.read_live()
        if self.bucket is None:
            if held:
                raise ObjectRefused("store_missing")
            return
        for name in left_behind(await self.bucket.names(), held, generation=generation):
            await self.bucket.delete(name)
            log.info("relay.object_deleted")
        if left_behind(await self.bucket.names(), held, generation=generation):
            raise ObjectRefused("object_stays")
        await self._check(held)

    async def _check(self, held: Mapping[UUID, Live]) -> None:
        """Hash the files of records again where they lie, each now and then."""
        if self.bucket is None:
            return
        now = asyncio.get_running_loop().time()
        due: dict[str, float] = {}
        for record_id, live in held.items():
            if live.is_purged:
                continue
            name = str(ObjectName(record_id, live.generation, live.version, live.sha256))
            due[name] = self._checked.get(name, float("-inf"))
            if now - due[name] >= limits.OBJECT_CHECK_S:
                due[name] = now
                if not await self.bucket.has(name, sha256=live.sha256):
                    self.wrong.append(record_id)
        self._checked = due
