"""The document store of the office: an S3 bucket that holds ciphertext under names that say nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from lmhg_gateway.kernel.sealed_chunks import sealed_span
from lmhg_kit.errors import Unavailable

CONNECT_S, READ_S = 3.0, 30.0
PART_BYTES = 8 * 1024 * 1024
"""Bytes of one part of a long upload; one is in memory at a time."""
GONE = frozenset({"NoSuchKey", "NoSuchObject"})
Failed = (MinioException, HTTPError, OSError)


class StoreSettings(Protocol):
    """The settings of a process that reaches the store."""

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


class StoredName(NamedTuple):
    """One object by its name, and when it was last written."""

    name: str
    at: datetime | None


@dataclass(frozen=True)
class ObjectStore:
    """One bucket. Every call blocks: it is made in a thread."""

    client: Minio
    bucket: str

    def put(self, name: str, data: BinaryIO) -> None:
        """Store an object under a name, over what was there. Raises: Unavailable."""
        try:
            self.client.put_object(
                self.bucket, name, data, length=-1, part_size=PART_BYTES, num_parallel_uploads=1
            )
        except Failed as failure:
            raise Unavailable("store_unreachable", phase=type(failure).__name__) from None

    def delete(self, name: str) -> None:
        """Have the object not there, whether it was or not. Raises: Unavailable."""
        try:
            self.client.remove_object(self.bucket, name)
        except Failed as failure:
            raise Unavailable("store_unreachable", phase=type(failure).__name__) from None

    def names(self, *, most: int) -> list[str]:
        """What the bucket holds, at most so many. Raises: Unavailable."""
        try:
            listed = self.client.list_objects(self.bucket, recursive=True)
            return [each.object_name or "" for each in islice(listed, most)]
        except Failed as failure:
            raise Unavailable("store_unreachable", phase=type(failure).__name__) from None

    def listed(self, *, after: str, most: int) -> list[StoredName]:
        """The next objects behind a name, in the order of their names, at most so many. Raises: Unavailable."""
        try:
            found = self.client.list_objects(self.bucket, recursive=True, start_after=after or None)
            return [
                StoredName(each.object_name or "", each.last_modified)
                for each in islice(found, most)
            ]
        except Failed as failure:
            raise Unavailable("store_unreachable", phase=type(failure).__name__) from None

    def drop_unfinished(self, *, before: datetime, most: int) -> int:
        """End long uploads that began before and were never finished: their parts are in no list; how many.

        Raises: Unavailable.
        """
        try:
            # minio has no public call for these two.
            begun: Any = getattr(self.client, "_list_multipart_uploads")  # noqa: B009 - not ours to name
            end: Any = getattr(self.client, "_abort_multipart_upload")  # noqa: B009 - not ours to name
            open_ones = begun(self.bucket, max_uploads=most).uploads
            old = [
                each for each in open_ones if each.initiated_time and each.initiated_time < before
            ]
            for each in old:
                end(self.bucket, each.object_name, each.upload_id or "")
        except Failed as failure:
            raise Unavailable("store_unreachable", phase=type(failure).__name__) from None
        return len(old)

    def chunks(self, name: str, *, size: int, first: int, last: int) -> Iterator[bytes]:
        """Sealed chunks of a file of so many plain bytes, from one number to another. Raises: Unavailable."""
        start, _ = sealed_span(first, size=size)
        end, length = sealed_span(last, size=size)
        try:
            answer = self.client.get_object(
                self.bucket, name, offset=start, length=end + length - start
            )
        except Failed as failure:
            raise _absent(failure) from None
        try:
            for number in range(first, last + 1):
                yield answer.read(sealed_span(number, size=size)[1])
        except Failed as failure:
            raise _absent(failure) from None
        finally:
            answer.close()
            answer.release_conn()


def _absent(failure: Exception) -> Unavailable:
    is_gone = isinstance(failure, S3Error) and failure.code in GONE
    return Unavailable("object_missing" if is_gone else "store_unreachable")


def is_down(failure: Exception) -> bool:
    """Whether the store itself does not answer: other objects would only wait for it too."""
    return isinstance(failure, Unavailable) and failure.code in {
        "store_unreachable",
        "store_missing",
    }


def store_of(settings: StoreSettings) -> ObjectStore | None:
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
    return ObjectStore(client, settings.s3_bucket)
