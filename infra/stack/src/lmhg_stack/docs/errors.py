"""The error classes and the status each becomes."""

from collections.abc import Iterator

from lmhg_kit import errors
from lmhg_kit.errors import LmhgError
from lmhg_kit.wall_errors import WALL_SENTENCES


def classes(base: type[LmhgError] = LmhgError) -> Iterator[type[LmhgError]]:
    """Every error class below a base, by name."""
    for found in sorted(base.__subclasses__(), key=lambda one: one.__name__):
        if found.__module__ == errors.__name__:
            yield found
        yield from classes(found)


def reference() -> str:
    """docs/reference/errors.md."""
    rows = [
        f"| `{found.code}` | `{found.__name__}` | {(found.__doc__ or '').strip().splitlines()[0]} |"
        for found in classes()
    ]
    head = [
        "# Errors",
        "",
        (
            "Codes are stable. A page shows a sentence and the request id; the JSON API and the logs"
            " carry the code. No code or message ever holds a value of a record."
        ),
        "",
        "| code | class | meaning |",
        "| --- | --- | --- |",
    ]
    wall = [f"| `{code}` | {sentence} |" for code, sentence in sorted(WALL_SENTENCES.items())]
    refused = [
        "",
        "## Refused by the database itself",
        "",
        "| code | what a person reads |",
        "| --- | --- |",
    ]
    return "\n".join([*head, *rows, *refused, *wall])
