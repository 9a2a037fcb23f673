"""Draws a picture again in a process of its own, which has little memory, little time and no secrets."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

PROCESS = (sys.executable, "-I", "-m", "lmhg_gateway.adapters.draw_again")
LIMIT_S = 60.0
"""How long it may take by the clock; its processor time it bounds itself."""
PIECE = 256 * 1024


class PictureBroken(Exception):
    """A picture that cannot be drawn within the bounds."""


@contextmanager
def drawn_again(kind: str, source: BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of the new picture, as they come out. Raises: PictureBroken, on leaving."""
    with subprocess.Popen(  # noqa: S603 - our own module, with a code of ours
        (*PROCESS, kind),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise PictureBroken
        timer = threading.Timer(LIMIT_S, child.kill)
        feeder = threading.Thread(target=_feed, args=(source, child.stdin), daemon=True)
        timer.start()
        feeder.start()
        try:
            yield child.stdout  # pyright: ignore[reportReturnType] - a pipe reads like a file
        finally:
            child.stdout.close()
            feeder.join()
            code = child.wait()
            timer.cancel()
        if code:
            raise PictureBroken


def _feed(source: BinaryIO, pipe: BinaryIO) -> None:
    with suppress(OSError), pipe:
        source.seek(0)
        while piece := source.read(PIECE):
            pipe.write(piece)
