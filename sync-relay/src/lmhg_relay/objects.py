"""Objects that a record names by SHA-256: into the other plane's bucket, and out of it again.

An object's name is its hash, so an upload that was cut off is repeated without harm, and what is
there already is not sent again. The bytes are checked on the way in and, by size and recorded
hash, where they lie.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass

from minio import Minio
from minio.error import S3Error

from lmhg_relay.settings import Environment

MAX_OBJECT_BYTES = 64 * 1024 * 1024
HASH_KEY = "x-amz-meta-sha256"
GONE = frozenset({"NoSuchKey", "NoSuchObject"})


class ObjectRefused(Exception):
    """Bytes that are not the object they are said to be. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket of an S3 server."""

    client: Minio
    name: str

    @classmethod
    def read(cls, env: Environment) -> "Bucket":
        """From the settings S3_URL, S3_ACCESS_KEY, S3_SECRET_KEY_FILE and S3_BUCKET."""
        scheme, _, host = env.get("S3_URL").partition("://")
        client = Minio(
            host.rstrip("/"),
            access_key=env.get("S3_ACCESS_KEY"),
            secret_key=env.secret("S3_SECRET_KEY_FILE"),
            secure=scheme == "https",
        )
        return cls(client=client, name=env.get("S3_BUCKET"))

    async def put(self, digest: str, data: bytes) -> bool:
        """Have the object there; whether it had to be sent. Raises: ObjectRefused."""
        if len(data) > MAX_OBJECT_BYTES:
            raise ObjectRefused("object_too_long")
        if hashlib.sha256(data).hexdigest() != digest:
            raise ObjectRefused("object_hash_wrong")
        if await self.has(digest):
            return False
        await asyncio.to_thread(
            self.client.put_object,
            self.name,
            digest,
            io.BytesIO(data),
            len(data),
            metadata={HASH_KEY: digest},
        )
        return True

    async def delete(self, digest: str) -> None:
        """Have the object not there, whether it was or not."""
        await asyncio.to_thread(self.client.remove_object, self.name, digest)

    async def has(self, digest: str) -> bool:
        """Whether an object of this hash lies there whole: its bytes are read and hashed."""
        try:
            found = await asyncio.to_thread(self._read, digest)
        except S3Error as error:
            if error.code in GONE:
                return False
            raise
        return hashlib.sha256(found).hexdigest() == digest

    def _read(self, digest: str) -> bytes:
        response = self.client.get_object(self.name, digest)
        try:
            return response.read(MAX_OBJECT_BYTES + 1)
        finally:
            response.close()
            response.release_conn()
