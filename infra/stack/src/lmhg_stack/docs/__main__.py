"""`python -m lmhg_stack.docs` writes the generated documents; with `--check` it only compares."""

import sys
from collections.abc import Sequence

from lmhg_stack.docs.documents import documents
from lmhg_stack.repository import ROOT


def main(argv: Sequence[str]) -> int:
    """Write what differs, or with `--check` name it and fail."""
    is_check = "--check" in argv
    different: list[str] = []
    for document in documents():
        file = ROOT / document.path
        text = document.text.rstrip() + "\n"
        if file.exists() and file.read_text() == text:
            continue
        different.append(document.path)
        if not is_check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    for path in different:
        print(f"{'differs' if is_check else 'written'}: {path}")
    if is_check and different:
        print("run `make docs` and commit what it writes")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
