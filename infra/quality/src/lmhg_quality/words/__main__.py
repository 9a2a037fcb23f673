"""`python -m lmhg_quality.words` writes the catalogues; with `--check` it compares and reads the prose."""

import sys

from lmhg_quality.words import prose
from lmhg_quality.words.catalogue import documents
from lmhg_stack.docs.written import settle

if __name__ == "__main__":
    is_check = "--check" in sys.argv[1:]
    idioms = prose.findings(prose.written()) if is_check else []
    for each in idioms:
        sys.stderr.write(f"an idiom: {each}\n")
    settled = settle(documents(), is_check=is_check, command="make docs")
    sys.exit(settled or bool(idioms))
