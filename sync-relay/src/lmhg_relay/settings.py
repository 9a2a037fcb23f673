"""The relay's settings, read once from the environment. A missing one stops the boot by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from lmhg_contracts.ledger.checkpoint import NoteSigner, NoteVerifier
from lmhg_contracts.ledger.key_file import FileRefused, read_keys
from lmhg_contracts.wire import PlaneName
from lmhg_relay.core.context import Identity

PREFIX = "LMHG_"
EXAMPLES = {
    "PLANE": "onprem",
    "SITE": "s1",
    "DATABASE_URL": "postgresql://relay:secret@127.0.0.1:5432/lmhg",
    "NATS_URL": "nats://127.0.0.1:4222",
    "RELAY_SIGNING_KEY_FILE": "/etc/lmhg/relay.pem",
    "RELAY_PEER_KEY_FILE": "/etc/lmhg/peer.pub.pem",
    "LEDGER_SIGNING_KEY_FILE": "/etc/lmhg/ledger.pem",
    "PEER_LEDGER_KEYS_FILE": "/etc/lmhg/peer-ledger.vkeys",
    "S3_ACCESS_KEY": "lmhg-relay",
    "S3_SECRET_KEY_FILE": "/etc/lmhg/s3.secret",
    "S3_BUCKET": "lmhg-cloud",
    "SHARED_S3_ACCESS_KEY": "lmhg-relay",
    "SHARED_S3_SECRET_KEY_FILE": "/etc/lmhg/shared-s3.secret",
    "SHARED_S3_BUCKET": "lmhg-shared",
}


class SettingMissing(Exception):
    """A setting that has no default is not set; the text names it with an example."""


class SettingWrong(Exception):
    """A setting has a value that it cannot have; the text names it."""


class Environment:
    """Reads settings by their short names."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def get(self, name: str, default: str | None = None) -> str:
        """The value, or its default. Raises: SettingMissing."""
        value = self._values.get(PREFIX + name) or default
        if value is None:
            example = EXAMPLES.get(name, "…")
            message = f"{PREFIX}{name} is not set (example: {example})"
            raise SettingMissing(message)
        return value

    def number(self, name: str, default: int) -> int:
        """A whole number of at least 0. Raises: SettingWrong."""
        value = self.get(name, str(default))
        if not value.isdigit():
            message = f"{PREFIX}{name} is not a whole number"
            raise SettingWrong(message)
        return int(value)

    def plane(self) -> PlaneName:
        """Which plane this is. Raises: SettingMissing, SettingWrong."""
        value = self.get("PLANE")
        if value not in ("onprem", "cloud"):
            message = f"{PREFIX}PLANE is neither onprem nor cloud"
            raise SettingWrong(message)
        return value

    def secret(self, name: str) -> str | None:
        """The content of a secret's file, if one is named."""
        path = self._values.get(PREFIX + name)
        return Path(path).read_text(encoding="utf-8").strip() if path else None


@dataclass(frozen=True, kw_only=True)
class NatsSettings:
    """Where the broker is, and who we are there."""

    url: str
    user: str | None
    password: str | None

    @classmethod
    def read(cls, env: Environment) -> "NatsSettings":
        """From the environment."""
        return cls(
            url=env.get("NATS_URL"),
            user=env.get("NATS_USER", "") or None,
            password=env.secret("NATS_PASSWORD_FILE"),
        )


@dataclass(frozen=True)
class S3Settings:
    """A bucket of an S3 server, and who we are there."""

    url: str
    access_key: str
    secret_key: str
    bucket: str

    @classmethod
    def read(cls, env: Environment, prefix: str = "") -> "S3Settings | None":
        """From the environment; None where no server is named. Raises: SettingMissing."""
        url = env.get(f"{prefix}S3_URL", "")
        if not url:
            return None
        env.get(f"{prefix}S3_SECRET_KEY_FILE")
        return cls(
            url=url,
            access_key=env.get(f"{prefix}S3_ACCESS_KEY"),
            secret_key=env.secret(f"{prefix}S3_SECRET_KEY_FILE") or "",
            bucket=env.get(f"{prefix}S3_BUCKET"),
        )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a running half is told."""

    identity: Identity
    database_url: str
    nats: NatsSettings
    s3: S3Settings | None
    """The cloud's bucket of files that crossed, for both halves."""
    shared_s3: S3Settings | None
    """The office's bucket of approved files, for the half that sends them."""
    metrics_listen: tuple[str, int] | None
    poll_interval_s: float
    log_level: str


def _private(path: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(Path(path).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        message = f"{path} holds no Ed25519 private key"
        raise SettingWrong(message)
    return key


def _public(path: str) -> Ed25519PublicKey:
    key = load_pem_public_key(Path(path).read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        message = f"{path} holds no Ed25519 public key"
        raise SettingWrong(message)
    return key


def _listen(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        message = f"{PREFIX}METRICS_LISTEN is not host:port"
        raise SettingWrong(message)
    return host, int(port)


def _ledger_keys(path: Path) -> list[NoteVerifier]:
    try:
        return read_keys(path)
    except FileRefused as refused:
        raise SettingWrong(str(refused)) from None


def read_identity(env: Environment) -> Identity:
    """Site, plane, keys and time limits. Raises: SettingMissing, SettingWrong."""
    plane, site = env.plane(), env.get("SITE")
    former = env.get("LEDGER_FORMER_KEYS_FILE", "")
    return Identity(
        site=site,
        plane=plane,
        key=_private(env.get("RELAY_SIGNING_KEY_FILE")),
        peer_key=_public(env.get("RELAY_PEER_KEY_FILE")),
        ledger_signer=NoteSigner(
            f"lmhg-{site}-{plane}", _private(env.get("LEDGER_SIGNING_KEY_FILE"))
        ),
        peer_ledger_keys=_ledger_keys(Path(env.get("PEER_LEDGER_KEYS_FILE"))),
        former_ledger_keys=_ledger_keys(Path(former)) if former else (),
        verdict_limit_s=env.number("VERDICT_LIMIT_S", 30),
        receipt_timeout_s=env.number("RECEIPT_TIMEOUT_MS", 2000) / 1000,
    )


def read_settings(values: Mapping[str, str]) -> Settings:
    """The settings of `lmhg-relay run`. Raises: SettingMissing, SettingWrong."""
    env = Environment(values)
    return Settings(
        identity=read_identity(env),
        database_url=env.get("DATABASE_URL"),
        nats=NatsSettings.read(env),
        s3=S3Settings.read(env),
        shared_s3=S3Settings.read(env, "SHARED_"),
        metrics_listen=_listen(env.get("METRICS_LISTEN", "")),
        poll_interval_s=env.number("POLL_INTERVAL_MS", 200) / 1000,
        log_level=env.get("LOG_LEVEL", "info"),
    )
