"""Objects in a real bucket: by hash, whole or not at all, and gone when recalled."""

import hashlib
from collections.abc import Iterator

import pytest

from lmhg_relay.objects import Bucket, ObjectRefused
from lmhg_relay.settings import Environment
from lmhg_stack.ports import S3_PORTS, free_ports
from lmhg_stack.process import running
from lmhg_stack.s3 import S3

DATA = b"a lesson" * 1000
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """A bucket of its own, as a half reads it from the environment."""
    folder = tmp_path_factory.mktemp("s3")
    secret = folder / "secret"
    secret.write_text("secretword")
    server = S3(
        folder=folder,
        ports=tuple(free_ports(S3_PORTS)),
        bucket="objects",
        access_key="accessword",
        secret_key="secretword",
    )
    with running(server, logs=folder):
        values = {
            "LMHG_S3_URL": server.url,
            "LMHG_S3_ACCESS_KEY": server.access_key,
            "LMHG_S3_SECRET_KEY_FILE": str(secret),
            "LMHG_S3_BUCKET": server.bucket,
        }
        yield Bucket.read(Environment(values))


async def test_an_object_is_sent_once_and_gone_when_recalled(bucket: Bucket) -> None:
    """The second put finds it there; after the recall it is not there any more."""
    assert await bucket.put(DIGEST, DATA) is True
    assert await bucket.put(DIGEST, DATA) is False
    assert await bucket.has(DIGEST)
    await bucket.delete(DIGEST)
    assert not await bucket.has(DIGEST)
    await bucket.delete(DIGEST)


async def test_bytes_that_are_not_the_object_refuse(bucket: Bucket) -> None:
    """Nothing is sent under a name that is not its hash."""
    with pytest.raises(ObjectRefused, match="object_hash_wrong"):
        await bucket.put(DIGEST, DATA + b"x")
    assert not await bucket.has(DIGEST)


async def test_what_was_changed_where_it_lies_is_sent_again(bucket: Bucket) -> None:
    """A changed object is none; the next put makes it whole."""
    import io

    bucket.client.put_object(bucket.name, DIGEST, io.BytesIO(b"other"), 5)
    assert not await bucket.has(DIGEST)
    assert await bucket.put(DIGEST, DATA) is True
    assert await bucket.has(DIGEST)
    await bucket.delete(DIGEST)
