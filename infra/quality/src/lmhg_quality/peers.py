"""`python -m lmhg_quality.peers`: real identity providers and a mail server, fetched once into `.peers/`.

`fetch` brings Keycloak and GreenMail by Maven and builds Hydra with Go; what exists already stays. `test` runs
the tests that are marked `peer`, which `make test` leaves out. A name means only that one.

Kratos is not fetched: our adapter asks for `external_id`, and the newest version that Go can fetch,
1.3.1, has none. Its tests run where `LMHG_KRATOS_BIN` names a newer program.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lmhg_stack.repository import INFRA, ROOT

HOME = ROOT / ".peers"
KEYCLOAK = "26.7.3"
GREENMAIL = "2.1.5"
PLACES = (
    "onprem-gateway/tests/providers",
    "onprem-gateway/tests/web/documents/test_mailbox_greenmail.py",
)
"""Where the tests of peers are."""


def _keycloak(into: Path) -> None:
    """The distribution as Maven has it, unpacked."""
    archive = f"keycloak-quarkus-dist-{KEYCLOAK}.zip"
    artifact = f"org.keycloak:keycloak-quarkus-dist:{KEYCLOAK}:zip"
    _run("mvn", "-q", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={HOME}")
    shutil.unpack_archive(HOME / archive, HOME / "unpacked")
    (HOME / archive).unlink()
    (HOME / "unpacked" / f"keycloak-{KEYCLOAK}").rename(into)
    (HOME / "unpacked").rmdir()
    (into / "bin/kc.sh").chmod(0o755)


def _hydra(into: Path) -> None:
    """The program, at the version that its go.mod here names."""
    module = INFRA / "quality/peers/hydra"
    _run("go", "build", "-tags", "sqlite", "-o", str(into), "github.com/ory/hydra/v2", cwd=module)


def _greenmail(into: Path) -> None:
    """The mail server that Maven has as one file."""
    artifact = f"com.icegreen:greenmail-standalone:{GREENMAIL}:jar"
    _run("mvn", "-q", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={HOME}")
    (HOME / f"greenmail-standalone-{GREENMAIL}.jar").rename(into)


@dataclass(frozen=True)
class Peer:
    """A program that is not ours: where its tests look for it, and how it is brought."""

    variable: str
    fetch: Callable[[Path], None]


PEERS: Mapping[str, Peer] = {
    "keycloak": Peer("LMHG_KEYCLOAK", _keycloak),
    "hydra": Peer("LMHG_HYDRA_BIN", _hydra),
    "greenmail": Peer("LMHG_GREENMAIL", _greenmail),
}


def _run(*argv: str, cwd: Path = ROOT) -> None:
    if shutil.which(argv[0]) is None:
        message = f"{argv[0]} is not on this machine; `make peers` needs Java 17, Maven and Go"
        raise SystemExit(message)
    subprocess.run(argv, cwd=cwd, check=True)


def environment() -> dict[str, str]:
    """Where each peer is; a variable that is set already is."""
    return {peer.variable: str(HOME / name) for name, peer in PEERS.items()} | dict(os.environ)


def fetch(names: Sequence[str]) -> int:
    """Bring what is not there."""
    HOME.mkdir(exist_ok=True)
    for name in names:
        if not (HOME / name).exists():
            print(f"{name}: the first time this takes minutes", flush=True)
            PEERS[name].fetch(HOME / name)
    return 0


def test(names: Sequence[str]) -> int:
    """Run the tests of these peers, and Kratos's where one is named by hand."""
    chosen = [*names, "kratos"] if "LMHG_KRATOS_BIN" in os.environ else names
    argv = [
        sys.executable, "-m", "pytest", "-m", "peer", "-k", " or ".join(chosen), *PLACES,
    ]  # fmt: skip
    return subprocess.run(argv, cwd=ROOT, env=environment(), check=False).returncode


def main() -> int:
    """The command line."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("act", choices=("fetch", "test"))
    arguments.add_argument("names", nargs="*", choices=[*PEERS, []], default=list(PEERS))
    given = arguments.parse_args()
    return (fetch if given.act == "fetch" else test)(given.names)


if __name__ == "__main__":
    sys.exit(main())
