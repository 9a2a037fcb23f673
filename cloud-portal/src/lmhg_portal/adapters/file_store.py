"""The bucket of files that crossed, read-only: a file comes out of it whole and right, or not at all."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Protocol

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from lmhg_kit.errors import Unavailable

CONNECT_S, READ_S = 3.0, 30.0
PIECE = 256 * 1024
IN_MEMORY = 1024 * 1024
"""Bytes of a file that are held in memory; the rest is in a file without a name."""
GONE = frozenset({"NoSuchKey", "NoSuchObject"})
Failed = (MinioException, HTTPError, OSError)


class Missing(Exception):
    """The bucket does not have this file."""


class Damaged(Exception):
    """What lies there is not the file that was shared."""


class StoreSettings(Protocol):
    """The settings of a process that reads the bucket."""

    @property
    def s3_url(self) -> str | None:
        """Where the server is."""
        ...

    @property
    def s3_bucket(self) -> str:
        """Its bucket."""
        ...

    @property
    def s3_access_key(self) -> str:
        """Who we are there."""
        ...

    @property
    def s3_secret_key_file(self) -> Path | None:
        """What proves it."""
        ...


@dataclass(frozen=True)
class FileStore:
    """One bucket. Every call blocks: it is made in a thread."""

    client: Minio
    bucket: str

    def whole(self, name: str, *, sha256: str, size: int) -> "SpooledTemporaryFile[bytes]":
        """A file from its beginning, once all of it was hashed. Raises: Missing, Damaged, Unavailable."""
        held = SpooledTemporaryFile[bytes](max_size=IN_MEMORY)
        try:
            self._copy(name, held, sha256=sha256, size=size)
        except BaseException:
            held.close()
            raise
        held.seek(0)
        return held

    def _copy(
        self, name: str, held: "SpooledTemporaryFile[bytes]", *, sha256: str, size: int
    ) -> None:
        digest, count = hashlib.sha256(), 0
        try:
            answer = self.client.get_object(self.bucket, name)
            try:
                while (piece := answer.read(PIECE)) and count <= size:
                    digest.update(piece)
                    count += len(piece)
                    held.write(piece)
            finally:
                answer.close()
                answer.release_conn()
        except Failed as failure:
            if isinstance(failure, S3Error) and failure.code in GONE:
                raise Missing from None
            raise Unavailable("library_store", phase=type(failure).__name__) from None
        if count != size or digest.hexdigest() != sha256:
            raise Damaged


def store_of(settings: StoreSettings) -> FileStore | None:
    """The store that the settings name, if they name one."""
    if not settings.s3_url or settings.s3_secret_key_file is None:
        return None
    scheme, _, host = settings.s3_url.partition("://")
    timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
    client = Minio(
        host.rstrip("/"),
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key_file.read_text(encoding="utf-8").strip(),
        secure=scheme == "https",
        http_client=urllib3.PoolManager(timeout=timeout, retries=urllib3.Retry(1), maxsize=4),
    )
    return FileStore(client, settings.s3_bucket)
