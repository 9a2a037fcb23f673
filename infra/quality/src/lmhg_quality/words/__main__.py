"""`python -m lmhg_quality.words` writes the catalogues; with `--check` it only compares."""

import sys

from lmhg_quality.words.catalogue import documents
from lmhg_stack.docs.written import settle

if __name__ == "__main__":
    sys.exit(settle(documents(), is_check="--check" in sys.argv[1:], command="make docs"))
