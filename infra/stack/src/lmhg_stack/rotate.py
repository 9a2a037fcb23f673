"""`make rotate-keys`: the operator's own command for signing keys, on a running stack."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lmhg_gateway.cli import main as gateway
from lmhg_stack.layout import DEFAULT_FOLDER, Layout


def main(argv: Sequence[str] | None = None) -> int:
    """Rotate the issuer's signing keys; and print the keys there are then."""
    arguments = argparse.ArgumentParser(prog="lmhg_stack.rotate", description=__doc__)
    arguments.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    arguments.add_argument("--leaked", action="store_true")
    given = arguments.parse_args(argv)
    file = Layout(given.folder).stack_file
    if not file.exists():
        print("the stack is down: `make up` first", file=sys.stderr)
        return 1
    facts = json.loads(file.read_text())
    os.environ["LMHG_DATABASE_URL"] = facts["databases"]["onprem"]["lmhg_migrator"]
    os.environ["LMHG_IDENTITY_KEYRING_FILE"] = facts["keys"]["identity_keyring"]
    return gateway(["keys", "rotate", *(["--leaked"] if given.leaked else [])])


if __name__ == "__main__":
    sys.exit(main())
