"""`python -m lmhg_quality.new_feature --name room --plural rooms --title Rooms`: a feature to start from."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lmhg_quality.new_feature import NewFeatureRefused, names_for, write
from lmhg_stack.repository import ROOT


def main(argv: Sequence[str]) -> int:
    """Write it and say what was written; the exit status."""
    parser = argparse.ArgumentParser(prog="lmhg_quality.new_feature", description=__doc__)
    parser.add_argument("--name", required=True, help="one of them, in small letters: room")
    parser.add_argument("--plural", required=True, help="more of them: rooms")
    parser.add_argument("--title", required=True, help="what people read: Rooms")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to write into")
    asked = parser.parse_args(argv)
    try:
        names = names_for(asked.root, one=asked.name, many=asked.plural, title=asked.title)
        written = write(asked.root, names)
    except NewFeatureRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    print("\n".join(map(str, written)))
    print("next: `make docs`, then docs/CONTRIBUTING.md, Add a feature")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
