"""Reads a table in a process of its own, which has little memory, little time and no secrets."""

import subprocess
import sys
from typing import Annotated

import msgspec

from lmhg_gateway.adapters.read_table import COLUMNS_MAX, HEAD_ROWS, ROWS_MAX, TableRefused

PROCESS = (sys.executable, "-I", "-m", "lmhg_gateway.adapters.read_table")
LIMIT_S = 60.0
"""How long it may take by the clock; its processor time it bounds itself."""
ANSWER_MAX = 96 * 1024 * 1024
Cells = Annotated[list[str], msgspec.Meta(max_length=COLUMNS_MAX)]


class _Answer(msgspec.Struct, frozen=True):
    rows: Annotated[list[Cells], msgspec.Meta(max_length=ROWS_MAX + HEAD_ROWS)] = []
    refused: Annotated[str, msgspec.Meta(max_length=40)] = ""


def read_table(data: bytes) -> list[list[str]]:
    """The rows of a file's table, its heads first. Raises: TableRefused."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            PROCESS, input=data, capture_output=True, timeout=LIMIT_S, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        raise TableRefused("table_unreadable") from None
    if done.returncode or len(done.stdout) > ANSWER_MAX:
        raise TableRefused("table_unreadable")
    try:
        answer = msgspec.json.decode(done.stdout, type=_Answer)
    except (msgspec.DecodeError, ValueError):
        raise TableRefused("table_unreadable") from None
    if answer.refused:
        raise TableRefused(answer.refused)
    return answer.rows
