"""Every secret of a stack, each in its own file that only its owner can read.

Made once, kept until `reset`. The same layout serves production: docs/how-to/keys.md.
"""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from lmhg_contracts.ledger.checkpoint import NoteSigner
from lmhg_stack.bootstrap import ROLES
from lmhg_stack.nats import USERS
from lmhg_stack.postgres import SUPERUSER

PLANES = ("onprem", "cloud")
WORD_BYTES = 20
KEY_BYTES = 32


def word() -> str:
    """A password that is a bare word everywhere: a letter, then hexadecimal."""
    return f"k{secrets.token_hex(WORD_BYTES)}"


def keep(file: Path, make: Callable[[], str]) -> str:
    """The text of a secret file, made with mode 0600 when it is not there yet."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f"{file.name}.fresh")
        fresh.touch(mode=0o600)
        fresh.write_text(make())
        fresh.rename(file)
    return file.read_text().strip()


@dataclass(frozen=True)
class Keys:
    """The key folder of one stack."""

    folder: Path
    site: str = "s1"

    def password(self, *name: str) -> Path:
        """The file of one password, e.g. `password("onprem", "gw_worker")`."""
        return self.folder.joinpath("passwords", *name)

    def signing(self, plane: str, what: str) -> Path:
        """An Ed25519 private key of a plane: `relay` signs batches, `ledger` checkpoints."""
        return self.folder / plane / f"{what}.pem"

    def public(self, plane: str, what: str) -> Path:
        """The public half, PEM."""
        return self.folder / plane / f"{what}.public.pem"

    def vkey(self, plane: str) -> Path:
        """The published form of a plane's ledger key, one line."""
        return self.folder / plane / "ledger.vkey"

    @property
    def vkeys(self) -> Path:
        """Both planes' ledger keys in their published form: what a verifier needs."""
        return self.folder / "ledgers.vkey"

    @property
    def ingress_private(self) -> Path:
        """X25519: opens deliveries; the worker alone has it."""
        return self.folder / "onprem" / "ingress.pem"

    @property
    def ingress_public(self) -> Path:
        """X25519: seals deliveries; all that the ingress process has."""
        return self.folder / "onprem" / "ingress.public.pem"

    @property
    def keyring(self) -> Path:
        """The keyring of the sealed columns."""
        return self.folder / "onprem" / "keyring.json"

    @property
    def identity_keyring(self) -> Path:
        """The keyring of the identity process: second factors and signing keys."""
        return self.folder / "onprem" / "identity-keyring.json"

    def client_secret(self, client: str) -> Path:
        """What a first-party client shows to the issuer: both sides read this file."""
        return self.folder / "clients" / f"{client}.secret"

    @property
    def intakeq_api_key(self) -> Path:
        """The key that the simulator asks of its callers."""
        return self.folder / "onprem" / "intakeq.key"

    @property
    def ingress_path_secret(self) -> Path:
        """The part of the webhook address that nobody can guess."""
        return self.folder / "onprem" / "ingress.path"

    def read(self, file: Path) -> str:
        """The text of one of these files."""
        return file.read_text().strip()

    def create(self) -> None:
        """Make whatever is missing; a second call changes nothing."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for plane in PLANES:
            for role in (*ROLES[plane], SUPERUSER):
                keep(self.password(plane, role), word)
            keep(self.password("s3", f"{plane}.access"), word)
            keep(self.password("s3", f"{plane}.secret"), word)
            reader = "relay" if plane == "onprem" else "portal"
            keep(self.password("s3", f"{reader}.access"), word)
            keep(self.password("s3", f"{reader}.secret"), word)
            for what in ("relay", "ledger"):
                self._pair(plane, what)
            keep(self.vkey(plane), lambda plane=plane: self._vkey(plane))
        keep(self.vkeys, lambda: "\n".join(self.read(self.vkey(plane)) for plane in PLANES) + "\n")
        for user in USERS:
            keep(self.password("nats", user), word)
        keep(self.ingress_private, lambda: private_pem(X25519PrivateKey.generate()))
        keep(self.ingress_public, lambda: _public_pem(_load(self.ingress_private)))
        keep(self.keyring, new_keyring)
        keep(self.identity_keyring, new_keyring)
        keep(self.client_secret("portal"), word)
        keep(self.intakeq_api_key, word)
        keep(self.ingress_path_secret, word)

    def _pair(self, plane: str, what: str) -> None:
        private = self.signing(plane, what)
        keep(private, lambda: private_pem(Ed25519PrivateKey.generate()))
        keep(self.public(plane, what), lambda: _public_pem(_load(private)))

    def _vkey(self, plane: str) -> str:
        key = _load(self.signing(plane, "ledger"))
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(plane)
        return NoteSigner(f"lmhg-{self.site}-{plane}", key).vkey + "\n"


def new_keyring() -> str:
    """A keyring with one data key and the blind-index key."""
    data, index = (base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for _ in range(2))
    return json.dumps({"current": "k1", "keys": {"k1": data}, "index": index})


def private_pem(key: Ed25519PrivateKey | X25519PrivateKey) -> str:
    """PKCS 8, unencrypted: the file's mode is its lock."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_pem(key: Ed25519PrivateKey | X25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _load(file: Path) -> Ed25519PrivateKey | X25519PrivateKey:
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey | X25519PrivateKey):
        raise TypeError(file.name)
    return key
