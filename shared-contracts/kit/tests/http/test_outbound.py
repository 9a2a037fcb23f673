"""Calls to typed addresses: a table of what is inside, and real exchanges with what is not."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lmhg_kit.http.outbound import Guarded, Refused, check_addresses, guarded_client, is_public

PUBLIC = ("93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e")
INNER = {
    "127.0.0.1": "loopback",
    "127.8.8.8": "loopback",
    "0.0.0.0": "this host",  # noqa: S104 - an address to refuse, bound by nobody
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "metadata of Alibaba",
    "169.254.169.254": "metadata of AWS, Azure, Google",
    "169.254.170.2": "metadata of ECS",
    "168.63.129.16": "Azure's wire server",
    "192.0.0.192": "metadata of Oracle",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4 relay",
    "198.18.0.1": "benchmarks",
    "203.0.113.9": "documentation",
    "224.0.0.1": "multicast",
    "239.1.2.3": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "this host",
    "::1": "loopback",
    "::7f00:1": "IPv4-compatible loopback",
    "::ffff:127.0.0.1": "mapped loopback",
    "::ffff:10.0.0.1": "mapped private",
    "::ffff:169.254.169.254": "mapped metadata",
    "64:ff9b::7f00:1": "NAT64 of loopback",
    "64:ff9b::a9fe:a9fe": "NAT64 of metadata",
    "64:ff9b:1::1": "local NAT64",
    "2002:7f00:1::1": "6to4 of loopback",
    "2002:a00:1::1": "6to4 of private",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe": "Teredo of private",
    "fc00::1": "unique local",
    "fd00:ec2::254": "metadata of AWS",
    "fe80::1": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "2001:db8::1": "documentation",
    "100::1": "discard",
}


@pytest.mark.found(
    "A7", "no typed address leads to a private, loopback, link-local or metadata host"
)
@pytest.mark.parametrize("text", INNER)
def test_inner_address_is_not_public(text: str) -> None:
    """In each of its writings; and one among public ones spoils them all."""
    address = ip_address(text)
    assert not is_public(address), INNER[text]
    with pytest.raises(Refused):
        check_addresses([ip_address("1.1.1.1"), address], allowed=())


@pytest.mark.parametrize("text", PUBLIC)
def test_public_address_is_public(text: str) -> None:
    """The control: the guard does not refuse everything."""
    assert check_addresses([ip_address(text)], allowed=()) == ip_address(text)


def test_inner_network_is_allowed_by_name_only() -> None:
    """A setting opens what it names, in IPv4's own writing or the mapped one, and nothing beside it."""
    allowed = (ip_network("10.20.0.0/24"),)
    for text in ("10.20.0.9", "::ffff:10.20.0.9"):
        assert check_addresses([ip_address(text)], allowed=allowed)
    for text in ("10.20.1.9", "127.0.0.1", "64:ff9b::a14:9"):
        with pytest.raises(Refused):
            check_addresses([ip_address(text)], allowed=allowed)


def test_no_address_and_far_too_many_are_refused() -> None:
    """Neither is an answer to call."""
    for found in ([], [ip_address("1.1.1.1")] * 17):
        with pytest.raises(Refused):
            check_addresses(found, allowed=())


Answering = Callable[[bytes], bytes]
LOOPBACK = (ip_network("127.0.0.0/8"),)


class Server:
    """A web server on loopback that keeps what it heard."""

    def __init__(self, answer: bytes) -> None:
        self.heard: list[bytes] = []
        self.names: list[str | None] = []
        self.answer = answer
        self.port = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One exchange."""
        self.heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self.answer)
        await writer.drain()
        writer.close()


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


@pytest.fixture
async def serving() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Starts servers; with a context they speak TLS and note the name that was asked for."""
    open_servers: list[asyncio.Server] = []

    async def start(answer: bytes = OK, context: ssl.SSLContext | None = None) -> Server:
        made = Server(answer)
        if context is not None:
            context.sni_callback = lambda _socket, name, _context: made.names.append(name)
        server = await asyncio.start_server(made.take, "127.0.0.1", 0, ssl=context)
        made.port = server.sockets[0].getsockname()[1]
        open_servers.append(server)
        return made

    yield start
    for server in open_servers:
        server.close()


def names_lead(monkeypatch: pytest.MonkeyPatch, **answers: list[str]) -> list[str]:
    """A resolver that gives these answers, the last one for ever; the names it was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        key = str(host).replace(".", "_")
        if key not in answers:
            return real(host, port, *rest, **more)
        asked.append(str(host))
        found = answers[key].pop(0) if len(answers[key]) > 1 else answers[key][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


async def test_name_that_leads_inside_is_not_called(
    serving: Callable[..., Awaitable[Server]],
) -> None:
    """Nothing is sent; with the setting it is."""
    server = await serving()
    url = f"http://localhost:{server.port}/x"
    async with guarded_client(Guarded()) as client:
        with pytest.raises(Refused):
            await client.post(url, data={"a": "b"})
    assert server.heard == []
    allowed = (*LOOPBACK, ip_network("::1/128"))
    async with guarded_client(Guarded(allowed=allowed)) as client:
        assert (await client.post(url, data={"a": "b"})).status_code == 200
    assert f"host: localhost:{server.port}".encode() in server.heard[0].lower()


async def test_second_lookup_changes_nothing(
    serving: Callable[..., Awaitable[Server]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time is asked once, and that answer is called."""
    server = await serving()
    asked = names_lead(monkeypatch, rebinding_test=["127.0.0.1", "169.254.169.254"])
    async with guarded_client(Guarded(allowed=LOOPBACK)) as client:
        answer = await client.post(f"http://rebinding.test:{server.port}/", data={"a": "b"})
    assert answer.status_code == 200
    assert asked == ["rebinding.test"]


async def test_redirect_is_not_followed(
    serving: Callable[..., Awaitable[Server]],
) -> None:
    """An address that sends us on has not been heard."""
    inner = await serving()
    moved = (
        f"HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:{inner.port}/\r\ncontent-length: 0\r\n\r\n"
    )
    server = await serving(moved.encode())
    async with guarded_client(Guarded(allowed=LOOPBACK)) as client:
        answer = await client.post(f"http://127.0.0.1:{server.port}/", data={"a": "b"})
    assert answer.status_code == 307
    assert inner.heard == []


def certificate(tmp_path: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows for this name, and what a client needs to believe it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*files)
    return server, ssl.create_default_context(cafile=str(files[0]))


async def test_tls_is_held_to_the_name_that_was_typed(
    serving: Callable[..., Awaitable[Server]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The name goes into TLS and is compared with the certificate, though a number is called."""
    shown, believed = certificate(tmp_path, "rp.test")
    server = await serving(context=shown)
    names_lead(monkeypatch, rp_test=["127.0.0.1"], other_test=["127.0.0.1"])
    inner = httpx.AsyncHTTPTransport(verify=believed)
    async with guarded_client(Guarded(allowed=LOOPBACK, inner=inner)) as client:
        answer = await client.post(f"https://rp.test:{server.port}/", data={"a": "b"})
        assert answer.status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.post(f"https://other.test:{server.port}/", data={"a": "b"})
    assert server.names == ["rp.test", "other.test"]
    assert len(server.heard) == 1
