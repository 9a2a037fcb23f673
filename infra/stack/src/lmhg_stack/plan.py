"""The process table of a stack: what runs, with which environment, and how to see it is well."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lmhg_stack.layout import Layout
from lmhg_stack.nats import USERS, Nats
from lmhg_stack.ports import LOOPBACK, S3_PORTS
from lmhg_stack.postgres import SUPERUSER, Postgres
from lmhg_stack.probe import is_ok
from lmhg_stack.process import Command, Server, script
from lmhg_stack.s3 import S3, Grant

TIMEZONE = "America/Kentucky/Louisville"
CALLS_PER_MINUTE = "10"
CALLS_PER_DAY = "500"


@dataclass(frozen=True, kw_only=True)
class Process:
    """One row of the table."""

    command: Command
    is_ready: Callable[[], bool]
    is_server: bool = False

    @property
    def name(self) -> str:
        """Its name, as in `lmhg-stack logs <name>`."""
        return self.command.name

    def with_env(self, more: Mapping[str, str]) -> "Process":
        """The same with some settings changed."""
        return replace(self, command=replace(self.command, env={**self.command.env, **more}))


def answers(url: str) -> Callable[[], bool]:
    """A probe: whether that address says 200."""
    return lambda: is_ok(url)


@dataclass(frozen=True)
class Plan:
    """The servers and processes of one stack, complete but not started."""

    layout: Layout
    ports: Mapping[str, int]
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def at(self, name: str) -> str:
        """`host:port` of a listener."""
        return f"{LOOPBACK}:{self.ports[name]}"

    def url(self, name: str) -> str:
        """The address of a web page or API; sign-in has a name, because security keys need one."""
        host = "localhost" if name == "identity" else LOOPBACK
        return f"http://{host}:{self.ports[name]}"

    def postgres(self, plane: str) -> Postgres:
        """The cluster of a plane."""
        keys = self.layout.keys
        return Postgres(
            folder=self.layout.data / f"postgres-{plane}",
            port=self.ports[f"postgres-{plane}"],
            password=keys.read(keys.password(plane, SUPERUSER)),
            plane=plane,
        )

    def nats(self) -> Nats:
        """The broker."""
        keys = self.layout.keys
        return Nats(
            folder=self.layout.data / "nats",
            port=self.ports["nats"],
            monitor_port=self.ports["nats-monitor"],
            passwords={user: keys.read(keys.password("nats", user)) for user in USERS},
        )

    def s3(self, plane: str) -> S3:
        """The object store of a plane, and who else reads which bucket: relay and portal, no more than that."""
        keys, is_office = self.layout.keys, plane == "onprem"
        reader = "relay" if is_office else "portal"
        shared = f"lmhg-{plane}-shared" if is_office else f"lmhg-{plane}"
        return S3(
            folder=self.layout.data / f"s3-{plane}",
            ports=tuple(self.ports[f"s3-{plane}-{n}"] for n in range(S3_PORTS)),
            bucket=f"lmhg-{plane}",
            access_key=keys.read(keys.password("s3", f"{plane}.access")),
            secret_key=keys.read(keys.password("s3", f"{plane}.secret")),
            plane=plane,
            more_buckets=(shared,) if is_office else (),
            grants=(
                Grant(
                    name=reader,
                    access_key=keys.read(keys.password("s3", f"{reader}.access")),
                    secret_key=keys.read(keys.password("s3", f"{reader}.secret")),
                    bucket=shared,
                ),
            ),
        )

    def servers(self) -> list[Server]:
        """What the planes' processes need, all independent of each other."""
        planes = ("onprem", "cloud")
        return [*map(self.postgres, planes), self.nats(), *map(self.s3, planes)]

    def database_url(self, plane: str, role: str) -> str:
        """The database of a plane as one role."""
        keys = self.layout.keys
        return self.postgres(plane).dsn(role, keys.read(keys.password(plane, role)))

    @property
    def ingress_path(self) -> str:
        """Where IntakeQ posts: unguessable."""
        keys = self.layout.keys
        return f"/hooks/intakeq/{keys.read(keys.ingress_path_secret)}"

    def table(self) -> list[Process]:
        """Every process, servers first."""
        servers = [
            Process(command=server.command(), is_ready=server.is_ready, is_server=True)
            for server in self.servers()
        ]
        ours = [*self._helpers(), *self._onprem(), *self._cloud(), *self._relays()]
        return [*servers, *ours]

    def _common(self, plane: str, role: str, name: str) -> dict[str, str]:
        common: dict[str, str] = {
            "LMHG_ENVIRONMENT": "development",
            "LMHG_SITE": self.layout.site,
            "LMHG_DATABASE_URL": self.database_url(plane, role),
            "LMHG_METRICS_LISTEN": self.at(f"{name}-metrics"),
            "LMHG_LOG_LEVEL": "info",
            "LMHG_TIMEZONE": TIMEZONE,
        }
        return {**common, **self.extra}

    def _web(self, name: str, others: Mapping[str, str]) -> dict[str, str]:
        web = {
            "LMHG_LISTEN": self.at(name),
            "LMHG_PUBLIC_URL": self.url(name),
            "LMHG_APPROVED_NETWORKS": "127.0.0.0/8",
            "LMHG_TRUSTED_PROXIES": "",
        }
        return web | {f"LMHG_{key.upper()}_URL": self.url(value) for key, value in others.items()}

    def _ours(self, name: str, argv: tuple[str, ...], env: Mapping[str, str]) -> Process:
        command = Command(name=name, argv=argv, env=env, cwd=self.layout.folder)
        return Process(
            command=command, is_ready=answers(self.url(f"{name}-metrics") + "/health/ready")
        )

    def _gateway(self, name: str, env: Mapping[str, str]) -> Process:
        settings = {**self._common("onprem", f"gw_{name}", name), **env}
        return self._ours(name, (script("lmhg-gateway"), name), settings)

    def _onprem(self) -> list[Process]:
        keys = self.layout.keys
        keyring = {"LMHG_KEYRING_FILE": str(keys.keyring)}
        verify = {"LMHG_PEER_LEDGER_KEYS_FILE": str(keys.vkeys)}
        documents = self._documents()
        ingress = {
            "LMHG_INGRESS_PATH_SECRET": keys.read(keys.ingress_path_secret),
            "LMHG_INGRESS_SOURCES": "127.0.0.0/8",
            "LMHG_INGRESS_PUBLIC_KEY_FILE": str(keys.ingress_public),
        }
        identity = {
            "LMHG_IDENTITY_KEYRING_FILE": str(keys.identity_keyring),
            "LMHG_OUTBOUND_NETWORKS": "127.0.0.0/8,::1/128",
            "LMHG_SMTP_URL": f"smtp://{self.at('smtp')}",
        }
        worker = {
            "LMHG_INGRESS_PRIVATE_KEY_FILE": str(keys.ingress_private),
            "LMHG_LEDGER_SIGNING_KEY_FILE": str(keys.signing("onprem", "ledger")),
            "LMHG_INTAKEQ_URL": f"{self.url('intakeq')}/api/v1",
            "LMHG_INTAKEQ_API_KEY_FILE": str(keys.intakeq_api_key),
            "LMHG_SMTP_URL": f"smtp://{self.at('smtp')}",
            "LMHG_ALERTS_TO": "compliance@lmhg.test",
            "LMHG_TIMEZONE": TIMEZONE,
            **verify,
            **self._intakeq_limits(),
        }
        tray = {"LMHG_TRAY_FOLDER": str(self.layout.data / "tray")}
        downtime = {"LMHG_DOWNTIME_FOLDER": str(self.layout.data)}
        return [
            self._gateway(
                "workspace",
                self._web("workspace", {"identity": "identity", "portal": "portal"})
                | keyring
                | verify
                | documents,
            ),
            self._gateway(
                "identity",
                self._web("identity", {"workspace": "workspace", "portal": "portal"}) | identity,
            ),
            self._gateway("ingress", self._web("ingress", {}) | ingress),
            self._gateway(
                "worker", keyring | worker | documents | downtime | tray | self._shared_files()
            ),
        ]

    def _documents(self) -> dict[str, str]:
        """Where files are on their way in, and the office's own store."""
        store = self.s3("onprem")
        return {
            "LMHG_SPOOL_FOLDER": str(self.layout.data / "uploads"),
            "LMHG_S3_URL": store.url,
            "LMHG_S3_ACCESS_KEY": store.access_key,
            "LMHG_S3_SECRET_KEY_FILE": str(self.layout.keys.password("s3", "onprem.secret")),
            "LMHG_S3_BUCKET": store.bucket,
        }

    def _shared_files(self) -> dict[str, str]:
        """Where approved files wait for the relay."""
        return {"LMHG_S3_SHARED_BUCKET": self.s3("onprem").more_buckets[0]}

    def _reading(self, plane: str, prefix: str = "") -> dict[str, str]:
        """How the one who only reads a plane's shared bucket reaches it."""
        store, keys = self.s3(plane), self.layout.keys
        grant = store.grants[0]
        return {
            f"LMHG_{prefix}S3_URL": store.url,
            f"LMHG_{prefix}S3_ACCESS_KEY": grant.access_key,
            f"LMHG_{prefix}S3_SECRET_KEY_FILE": str(keys.password("s3", f"{grant.name}.secret")),
            f"LMHG_{prefix}S3_BUCKET": grant.bucket,
        }

    def _cloud(self) -> list[Process]:
        portal = {
            "LMHG_ISSUER_URL": self.url("identity"),
            "LMHG_CLIENT_ID": "portal",
            "LMHG_CLIENT_SECRET_FILE": str(self.layout.keys.client_secret("portal")),
        }
        worker = {
            "LMHG_SMTP_URL": f"smtp://{self.at('smtp')}",
            "LMHG_LEDGER_SIGNING_KEY_FILE": str(self.layout.keys.signing("cloud", "ledger")),
        }
        return [
            self._ours(
                "portal",
                (script("lmhg-portal"), "portal"),
                self._common("cloud", "po_portal", "portal")
                | self._web("portal", {"workspace": "workspace"})
                | portal
                | self._reading("cloud"),
            ),
            self._ours(
                "portal-worker",
                (script("lmhg-portal"), "worker"),
                self._common("cloud", "po_worker", "portal-worker") | worker,
            ),
        ]

    def _relays(self) -> list[Process]:
        return [self._relay("onprem", peer="cloud"), self._relay("cloud", peer="onprem")]

    def _relay(self, plane: str, *, peer: str) -> Process:
        argv = (script("lmhg-relay"), "run", "--plane", plane)
        return self._ours(f"relay-{plane}", argv, self.relay_env(plane, peer=peer))

    def relay_env(self, plane: str, *, peer: str) -> dict[str, str]:
        """The settings of one relay half.

        Files that cross lie in the cloud's bucket; the office's half alone reads the bucket of approved ones,
        and no other of the office.
        """
        keys = self.layout.keys
        store = self.s3("cloud")
        approved = self._reading("onprem", "SHARED_") if plane == "onprem" else {}
        return self._common(plane, "relay", f"relay-{plane}") | {
            "LMHG_PLANE": plane,
            "LMHG_NATS_URL": self.nats().url,
            "LMHG_NATS_USER": plane,
            "LMHG_NATS_PASSWORD_FILE": str(keys.password("nats", plane)),
            "LMHG_RELAY_SIGNING_KEY_FILE": str(keys.signing(plane, "relay")),
            "LMHG_RELAY_PEER_KEY_FILE": str(keys.public(peer, "relay")),
            "LMHG_LEDGER_SIGNING_KEY_FILE": str(keys.signing(plane, "ledger")),
            "LMHG_PEER_LEDGER_KEYS_FILE": str(keys.vkey(peer)),
            "LMHG_S3_URL": store.url,
            "LMHG_S3_ACCESS_KEY": store.access_key,
            "LMHG_S3_SECRET_KEY_FILE": str(keys.password("s3", "cloud.secret")),
            "LMHG_S3_BUCKET": store.bucket,
            **approved,
        }

    def _helpers(self) -> list[Process]:
        keys = self.layout.keys
        simulator = {
            "LMHG_LISTEN": self.at("intakeq"),
            "LMHG_SIM_JOURNAL": str(self.layout.data / "intakeq.jsonl"),
            "LMHG_SIM_WEBHOOK_URL": self.url("ingress") + self.ingress_path,
            "LMHG_INTAKEQ_API_KEY_FILE": str(keys.intakeq_api_key),
            "LMHG_TIMEZONE": TIMEZONE,
            **self._intakeq_limits(),
            **self.extra,
        }
        mail = {
            "LMHG_LISTEN": self.at("mail"),
            "LMHG_SMTP_LISTEN": self.at("smtp"),
            "LMHG_MAIL_FOLDER": str(self.layout.data / "mail"),
        }
        return [
            self._module("mail", "lmhg_stack.mailsink", mail, "/health"),
            self._module("intakeq", "lmhg_stack.intakeq", simulator, "/_sim/health"),
        ]

    def _module(self, name: str, module: str, env: Mapping[str, str], health: str) -> Process:
        command = Command(
            name=name, argv=(sys.executable, "-m", module), env=env, cwd=self.layout.folder
        )
        return Process(command=command, is_ready=answers(self.url(name) + health))

    def _intakeq_limits(self) -> dict[str, str]:
        limits = {
            "LMHG_INTAKEQ_CALLS_PER_MINUTE": CALLS_PER_MINUTE,
            "LMHG_INTAKEQ_CALLS_PER_DAY": CALLS_PER_DAY,
        }
        return limits | {name: self.extra[name] for name in limits if name in self.extra}
