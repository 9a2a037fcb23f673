"""Which of our commands can be run yet; goes away when all of them can."""

import os
from importlib.util import find_spec


def is_written(argv: tuple[str, ...]) -> bool:
    """Whether the command's package has come so far."""
    if "LMHG_BARE" in os.environ:
        return not argv[0].rpartition("/")[2].startswith("lmhg-")
    script, act = argv[0].rpartition("/")[2], argv[1]
    package = script.replace("-", "_")
    if not package.startswith("lmhg_"):
        return True
    if find_spec(f"{package}.cli") is None:
        return False
    if package == "lmhg_gateway":
        operator = act not in {"workspace", "identity", "ingress", "worker"}
        return find_spec(f"lmhg_gateway.app.{'operator' if operator else act}") is not None
    return True
