"""What happens once before the planes' processes start: roles, migrations, streams, people."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from lmhg_stack.bootstrap import ROLES, bootstrap
from lmhg_stack.keys import keep
from lmhg_stack.people import DEMO_PASSWORD
from lmhg_stack.plan import Plan
from lmhg_stack.process import Command, StackError, base_env, script

STEP_LIMIT_S = 120
TAIL = 2000


def run_step(plan: Plan, command: Command) -> None:
    """Run a command to its end, its output in the log `setup`. Raises: StackError."""
    log = plan.layout.log("setup")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        done = subprocess.run(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**base_env(), **command.env},
            cwd=command.cwd,
            timeout=STEP_LIMIT_S,
            check=False,
        )
    if done.returncode:
        message = f"{command.name} failed ({done.returncode}); see {log}\n{_tail(log.read_bytes())}"
        raise StackError(message)


def prepare_all(plan: Plan) -> None:
    """Bring databases, streams and demo people up to date; a second call changes nothing."""
    steps: list[Callable[[], None]] = [
        lambda: _prepare_plane(plan, "onprem"),
        lambda: _prepare_plane(plan, "cloud"),
        lambda: provision(plan),
    ]
    with ThreadPoolExecutor(len(steps)) as pool:
        for done in [pool.submit(step) for step in steps]:
            done.result()
    _register_portal(plan)
    _seed(plan)


def _register_portal(plan: Plan) -> None:
    """Make the portal known to the issuer, with the addresses and the secret of this stack."""
    portal = plan.url("portal")
    env = {
        "LMHG_SITE": plan.layout.site,
        "LMHG_DATABASE_URL": plan.database_url("onprem", "lmhg_migrator"),
    }
    argv = (
        "lmhg-gateway", "client", "put", "--id=portal", "--name=LMHG portal", "--kind=web",
        "--first-party",
        f"--redirect-uri={portal}/sign-in/callback",
        f"--post-logout-uri={portal}/signed-out",
        f"--backchannel-uri={portal}/sign-out/back-channel",
        f"--secret-file={plan.layout.keys.client_secret('portal')}",
    )  # fmt: skip
    _step(plan, "the portal as a client", argv, env)


def _prepare_plane(plan: Plan, plane: str) -> None:
    keys = plan.layout.keys
    passwords = {role: keys.read(keys.password(plane, role)) for role in ROLES[plane]}
    asyncio.run(bootstrap(plan.postgres(plane), passwords))
    package = "gateway" if plane == "onprem" else "portal"
    env = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": plan.layout.site,
        "LMHG_PLANE": plane,
        "LMHG_DATABASE_URL": plan.database_url(plane, "lmhg_migrator"),
    }
    _step(plan, f"relay migrations ({plane})", ("lmhg-relay", "migrate", "--plane", plane), env)
    _step(plan, f"{package} migrations", (f"lmhg-{package}", "migrate"), env)


def provision(plan: Plan) -> None:
    """Create the broker's streams where they are missing, with the credential made for it."""
    keys = plan.layout.keys
    env = plan.relay_env("onprem", peer="cloud") | {
        "LMHG_NATS_USER": "provision",
        "LMHG_NATS_PASSWORD_FILE": str(keys.password("nats", "provision")),
    }
    _step(plan, "streams", ("lmhg-relay", "provision"), env)


def _seed(plan: Plan) -> None:
    """Create the demo staff, once."""
    mark = plan.layout.data / "seeded"
    if mark.exists():
        return
    password = plan.layout.keys.folder / "demo.password"
    keep(password, lambda: DEMO_PASSWORD)
    env = {
        "LMHG_ENVIRONMENT": "development",
        "LMHG_SITE": plan.layout.site,
        "LMHG_PASSWORD_FILE": str(password),
        "LMHG_DATABASE_URL": plan.database_url("onprem", "lmhg_migrator"),
        "LMHG_IDENTITY_KEYRING_FILE": str(plan.layout.keys.identity_keyring),
        "LMHG_KEYRING_FILE": str(plan.layout.keys.keyring),
    }
    argv = (sys.executable, "-m", "lmhg_stack.seed")
    run_step(plan, Command(name="demo staff", argv=argv, env=env, cwd=plan.layout.folder))
    mark.touch()


def _step(plan: Plan, name: str, argv: tuple[str, ...], env: Mapping[str, str]) -> None:
    settings = {name: value for name, value in os.environ.items() if name == "LMHG_LOG_LEVEL"}
    command = Command(
        name=name,
        argv=(script(argv[0]), *argv[1:]),
        env={**settings, **env},
        cwd=plan.layout.folder,
    )
    run_step(plan, command)


def _tail(log: bytes) -> str:
    return log[-TAIL:].decode(errors="replace")
