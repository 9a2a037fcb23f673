"""Which port is whose: a block from one base, or free ones for a private stack."""

import json
import secrets
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
DEFAULT_BASE = 8400

_FIRST, _LAST = 10_240, 32_000
"""Above what services have by name, below what outgoing connections get."""
_next_port = secrets.SystemRandom().randrange(_FIRST, _LAST)

_OFFSETS = {
    "workspace": 0,
    "identity": 1,
    "ingress": 2,
    "portal": 3,
    "mail": 4,
    "intakeq": 5,
    "smtp": 6,
    "workspace-metrics": 10,
    "identity-metrics": 11,
    "ingress-metrics": 12,
    "worker-metrics": 13,
    "relay-onprem-metrics": 14,
    "portal-metrics": 15,
    "portal-worker-metrics": 16,
    "relay-cloud-metrics": 17,
    "postgres-onprem": 20,
    "postgres-cloud": 21,
    "nats": 22,
    "nats-monitor": 23,
}
S3_PORTS = 10
_S3_OFFSETS = {"s3-onprem": 30, "s3-cloud": 40}
NAMES = frozenset(_OFFSETS) | {f"{name}-{n}" for name in _S3_OFFSETS for n in range(S3_PORTS)}


def is_free(port: int) -> bool:
    """Whether nobody listens there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody holds, side by side, none handed out twice by this process.

    They lie below those that the system gives to outgoing connections, and each process starts at a place
    of its own: between the answer and its use nobody else takes one.
    """
    global _next_port  # noqa: PLW0603 - what this process has handed out
    for _ in range(_LAST - _FIRST):
        if _next_port + count > _LAST:
            _next_port = _FIRST
        block = range(_next_port, _next_port + count)
        _next_port += count
        if all(is_free(port) for port in block):
            return list(block)
    raise RuntimeError("no free ports")


def wanted(base: int = DEFAULT_BASE) -> dict[str, int]:
    """The block of ports from one base; a taken one is replaced by a free one."""
    plan = {name: base + offset for name, offset in _OFFSETS.items()}
    for name, offset in _S3_OFFSETS.items():
        plan.update({f"{name}-{n}": base + offset + n for n in range(S3_PORTS)})
    taken = [name for name, port in plan.items() if not is_free(port)]
    plan.update(zip(taken, free_ports(len(taken)), strict=True))
    return plan


def private() -> dict[str, int]:
    """Free ports for every name: a stack beside another one."""
    names = sorted(NAMES)
    return dict(zip(names, free_ports(len(names)), strict=True))


def remembered(file: Path, *, base: int = DEFAULT_BASE) -> dict[str, int]:
    """The ports this folder's stack has used before, or a new block, written down."""
    if file.exists():
        known = {str(k): int(v) for k, v in json.loads(file.read_text()).items()}
        if known.keys() == NAMES:
            return known
    plan = wanted(base)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(plan, indent=2))
    return plan
