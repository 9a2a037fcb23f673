"""The broker gives each user what it needs and refuses the rest."""

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import nats.errors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from nats.aio.client import Client

from lmhg_stack.nats import USERS, Nats
from lmhg_stack.ports import free_ports
from lmhg_stack.process import base_env, running, script
from lmhg_stack.repository import INFRA

REFUSAL_S = 3.0


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """A broker of its own, with the configuration of development."""
    folder = tmp_path_factory.mktemp("broker")
    port, monitor_port = free_ports(2)
    words = {user: f"p{user}" for user in USERS}
    made = Nats(folder=folder, port=port, monitor_port=monitor_port, passwords=words)
    with running(made, logs=folder) as server:
        yield server


class Refusals:
    """Collects what the server refuses."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()

    async def record(self, error: Exception) -> None:
        """The client's error callback."""
        await self.said.put(str(error).lower())


async def connect(broker: Nats, user: str, refusals: Refusals) -> Client:
    """A connection as one of the users."""
    return await nats.connect(
        broker.url,
        user=user,
        password=f"p{user}",
        error_cb=refusals.record,
        allow_reconnect=False,
        inbox_prefix="_INBOX" if user == "provision" else f"_I.s1.{user}",
    )


@pytest.fixture
def refusals() -> Refusals:
    """What was refused in this test."""
    return Refusals()


async def test_nobody_comes_in_without_a_name(broker: Nats):
    """Anonymous and wrong passwords are refused."""

    async def quiet(_: Exception) -> None:
        """The refusal is what the test is about."""

    for user, word in ((None, None), ("onprem", "wrong")):
        client = Client()
        with pytest.raises(nats.errors.Error, match=r"(?i)authorization"):
            await client.connect(
                broker.url, user=user, password=word, error_cb=quiet, allow_reconnect=False
            )
        await client.close()


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("onprem", "lmhg.s1.up.batch"),
        ("onprem", "lmhg.s1.down.receipt"),
        ("onprem", "lmhg.s2.down.batch"),
        ("onprem", "$JS.API.STREAM.CREATE.LMHG_s1_up"),
        ("onprem", "$JS.API.STREAM.UPDATE.LMHG_s1_down"),
        ("onprem", "$JS.API.STREAM.DELETE.LMHG_s1_down"),
        ("onprem", "$JS.API.CONSUMER.DURABLE.CREATE.LMHG_s1_down.relay"),
        ("onprem", "$JS.API.CONSUMER.CREATE.LMHG_s1_up.relay"),
        ("onprem", "$JS.API.STREAM.PURGE.LMHG_s1_up"),
        ("onprem", "_I.s1.cloud.forged"),
        ("cloud", "lmhg.s1.down.batch"),
        ("cloud", "lmhg.s1.up.receipt"),
        ("cloud", "$JS.API.STREAM.DELETE.LMHG_s1_down"),
        ("cloud", "$JS.API.STREAM.MSG.GET.LMHG_s1_down"),
        ("provision", "lmhg.s1.down.batch"),
    ],
)
async def test_a_user_may_not_publish(broker: Nats, refusals: Refusals, user: str, subject: str):
    """Not the other half's messages, not another site's, and no stream of the other half is made, none is changed."""
    client = await connect(broker, user, refusals)
    await client.publish(subject, b"{}")
    await client.flush()
    async with asyncio.timeout(REFUSAL_S):
        assert "permissions violation" in await refusals.said.get()
    await client.close()


@pytest.mark.parametrize(
    ("user", "subject"),
    [("onprem", "lmhg.s1.down.batch"), ("onprem", "_I.s1.cloud.>"), ("cloud", "_I.s1.onprem.>"),
     ("cloud", "lmhg.>"), ("provision", "lmhg.>")],
)  # fmt: skip
async def test_a_user_may_not_listen(broker: Nats, refusals: Refusals, user: str, subject: str):
    """Not to the other half's inbox, not to everything."""
    client = await connect(broker, user, refusals)
    await client.subscribe(subject)
    await client.flush()
    async with asyncio.timeout(REFUSAL_S):
        assert "permissions violation" in await refusals.said.get()
    await client.close()


async def test_what_a_half_needs_is_allowed(broker: Nats, refusals: Refusals):
    """The control: the same client, its own subject, no refusal."""
    client = await connect(broker, "onprem", refusals)
    await client.subscribe("lmhg.s1.down.receipt")
    await client.publish("lmhg.s1.down.beat", b"{}")
    await client.flush()
    await client.publish("lmhg.s1.up.batch", b"{}")
    await client.flush()
    async with asyncio.timeout(REFUSAL_S):
        assert "lmhg.s1.up.batch" in await refusals.said.get()
    assert refusals.said.empty()
    await client.close()


def test_the_production_configuration_is_read(tmp_path: Path):
    """`nats-server -t` accepts it, with certificates in the place of a practice's own."""
    for file in (INFRA / "nats").glob("*.conf"):
        text = file.read_text().replace("/etc/lmhg/nats", str(tmp_path))
        (tmp_path / file.name).write_text(text)
    write_certificates(tmp_path)
    words = {f"LMHG_NATS_{user.upper()}_PASSWORD": f"p{user}" for user in USERS}
    env = {**base_env(), **words, "LMHG_NATS_NAME": "n1", "LMHG_NATS_STORE": str(tmp_path)}
    done = subprocess.run(
        [script("nats-server"), "-t", "--config", str(tmp_path / "production.conf")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def write_certificates(folder: Path) -> None:
    """A self-signed certificate that is also its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    (folder / "server.crt").write_bytes(certificate)
    (folder / "clients-ca.crt").write_bytes(certificate)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.key").write_bytes(secret)
