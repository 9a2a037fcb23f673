"""`python -m lmhg_quality.falsified` writes the falsified ledgers; with `--check` it only compares."""

import sys

from lmhg_quality.falsified.data import files
from lmhg_stack.docs.written import Document, settle

if __name__ == "__main__":
    written = (Document(path, text) for path, text in files())
    sys.exit(settle(written, is_check="--check" in sys.argv[1:], command="make docs"))
