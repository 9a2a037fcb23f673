"""`python -m lmhg_quality.bench`: measure, and print one table."""

import sys
from collections.abc import Callable, Iterator

from lmhg_quality.bench import (
    catch_up,
    documents,
    duplicates,
    growth,
    intake,
    ledger,
    look_back,
    pages,
    reviews,
    search,
    servers,
    signin,
    statement,
    storm,
    webhooks,
)
from lmhg_quality.bench.ground import machine

PARTS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "pages": pages.measure,
    "intake": intake.measure,
    "servers": servers.measure,
    "webhooks": webhooks.measure,
    "ledger": ledger.measure,
    "signin": signin.measure,
    "reviews": reviews.measure,
    "search": search.measure,
    "duplicates": duplicates.measure,
    "statement": statement.measure,
    "storm": storm.measure,
    "catch_up": catch_up.measure,
    "look_back": look_back.measure,
    "documents": documents.measure,
    "growth": growth.measure,
}


def main() -> None:
    """Run the parts that are named, or all."""
    print(f"machine: {machine()}")
    for name in sys.argv[1:] or PARTS:
        for what, figure in PARTS[name]():
            print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
