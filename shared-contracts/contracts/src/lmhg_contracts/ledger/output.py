"""How the commands write: UTF-8 whatever the machine's locale is, and no line that a value can end."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path


def plain(line: str) -> str:
    """A line that no value can end early or paint: what is not printable is written as its code."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in line)


def unreadable(failure: OSError) -> str:
    """Why an input cannot be read, in one sentence."""
    if isinstance(failure, io.UnsupportedOperation):
        return "a pipe is read once only, and this is read again from its start: give a file"
    named = Path(failure.filename or "")
    return f"{named.name or named}: {failure.strerror or type(failure).__name__}"


def in_utf8(command: Callable[[], int]) -> int:
    """Run a command with output in UTF-8; 1 when the output cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    try:
        status = command()
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as failure:
        return _unwritten(failure)
    return status


def _unwritten(failure: OSError) -> int:
    """Say it where that still can be read, and leave nothing for the exit to trip over."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    reason = failure.strerror or type(failure).__name__
    print(f"cannot write the output: {reason}", file=sys.stderr)  # noqa: T201 - a command
    return 1
