"""`python -m lmhg_stack.former`: a small dump of this version's demo data, kept with the upgrade tests.

A stack of its own plays a short practice day; what both databases hold then is written, with the keys
that open it. Everybody in it is invented, and the keys open nothing else.
"""

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from lmhg_stack.demo.day import Size
from lmhg_stack.demo.play import play
from lmhg_stack.keys import Keys
from lmhg_stack.postgres import binaries
from lmhg_stack.process import StackError, base_env
from lmhg_stack.repository import ROOT
from lmhg_stack.stack import Stack

FOLDER = ROOT / "infra/tests/upgrade"
PLANES = ("onprem", "cloud")
KEYRING, IDENTITY_KEYRING, VKEYS = "test-keyring.json", "test-identity-keyring.json", "ledgers.vkey"
DAY = Size(intakes=4, appointments=6, announcements=2, tickets=2)
DUMP_MAX = 1_000_000
"""Bytes of one packed dump: more is not small."""


def dump_of(plane: str) -> str:
    """The file name of a plane's dump."""
    return f"{plane}.sql.gz"


def version() -> str:
    """The version that this checkout is."""
    return tomllib.loads((ROOT / "onprem-gateway/pyproject.toml").read_text())["project"]["version"]


def packed(sql: bytes, *, foreign: Sequence[Path]) -> bytes:
    """A dump as it is kept. Raises: StackError for a path of this machine in it, or when it is large."""
    named = [path for path in foreign if str(path).encode() in sql]
    made = gzip.compress(sql, mtime=0)
    if named or len(made) > DUMP_MAX:
        message = f"not kept: {len(made)} bytes, {len(named)} path(s) of this machine in it"
        raise StackError(message)
    return made


def dumped(url: str) -> bytes:
    """All that a database holds, as SQL. Raises: CalledProcessError."""
    argv = [binaries() / "pg_dump", "--no-sync", f"--dbname={url}"]
    return subprocess.run(argv, env=base_env(), capture_output=True, check=True).stdout


def restored(dump: Path, url: str) -> None:
    """Fill an empty database of a cluster that has the roles. Raises: CalledProcessError."""
    argv = [binaries() / "psql", "-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", url]
    sql = gzip.decompress(dump.read_bytes())
    subprocess.run(argv, env=base_env(), input=sql, check=True)


def write(stack: Stack, to: Path) -> Mapping[str, int]:
    """Write dumps and keys of a stack; the bytes of each file. Raises: StackError."""
    databases, keys = stack.facts["databases"], stack.layout.keys
    foreign = (ROOT, stack.layout.folder, Path.home() / "")
    files = {
        dump_of(plane): packed(dumped(databases[plane]["superuser"]), foreign=foreign)
        for plane in PLANES
    }
    files.update(_keys(keys))
    to.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (to / name).write_bytes(content)
    return {name: len(content) for name, content in files.items()}


def _keys(keys: Keys) -> dict[str, bytes]:
    return {
        KEYRING: keys.keyring.read_bytes(),
        IDENTITY_KEYRING: keys.identity_keyring.read_bytes(),
        VKEYS: keys.vkeys.read_bytes(),
    }


def main(argv: Sequence[str]) -> int:
    """Play, write, say what was written; the exit status."""
    parser = argparse.ArgumentParser(prog="lmhg_stack.former", description=__doc__)
    parser.add_argument("--again", action="store_true", help="while the version is not ended yet")
    folder = FOLDER / version()
    if folder.exists() and not parser.parse_args(argv).again:
        print(f"{folder.name} is kept already; a version that has ended is not dumped again")
        return 1
    with (
        tempfile.TemporaryDirectory() as place,
        Stack.private(Path(place) / "lmhg", LMHG_SIM_PLAY="false") as stack,
    ):
        played = play(stack, DAY)
        if not played.is_good:
            print("", *played.lines(), sep="\n")
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        for name, size in write(stack, folder).items():
            print(f"  {folder.name}/{name}: {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
