"""`lmhg-stack`: the embedded stack from the command line; the Makefile calls it."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lmhg_stack.demo.day import Size
from lmhg_stack.demo.opening import open_practice
from lmhg_stack.demo.play import look, play, real_limits
from lmhg_stack.layout import DEFAULT_FOLDER
from lmhg_stack.process import StackError
from lmhg_stack.stack import Stack
from lmhg_stack.welcome import status_text, welcome_text

TAIL_LINES = 40


def main(argv: Sequence[str] | None = None) -> int:
    """Do one act; the exit status is 0 when it succeeded."""
    arguments = parser().parse_args(argv)
    stack = Stack.at(arguments.folder)
    try:
        return int(_ACTS[arguments.act](stack, arguments))
    except StackError as error:
        print(f"lmhg-stack: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="lmhg-stack", description="The embedded stack of LMHG.")
    top.add_argument(
        "--folder", type=Path, default=DEFAULT_FOLDER, help="where the stack keeps everything"
    )
    acts = top.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("up", help="start everything and print addresses and logins")
    acts.add_parser("down", help="stop everything; data stays")
    acts.add_parser("status", help="what runs and how it is")
    logs = acts.add_parser("logs", help="print the last lines of the logs")
    logs.add_argument("names", nargs="*", help="processes; all when none is named")
    logs.add_argument("-n", "--lines", type=int, default=TAIL_LINES)
    acts.add_parser("reset", help="stop everything and delete its data and keys")
    demo = acts.add_parser("demo", help="play a practice day on the running stack")
    demo.add_argument("--intakes", type=int, default=20)
    demo.add_argument("--appointments", type=int, default=60)
    demo.add_argument(
        "--real-limits",
        action="store_true",
        help="keep to IntakeQ's 10 calls a minute and 500 a day: slow, and says what it waits for",
    )
    acts.add_parser("sweep", help="look for canary tokens where none may be")
    return top


def _say_phase(phase: str) -> None:
    print(f"  {phase} ...", flush=True)


def _up(stack: Stack, _: argparse.Namespace) -> int:
    began = time.monotonic()
    stack.up(say=_say_phase)
    open_practice(stack, say=_say_phase)
    print(welcome_text(stack.facts))
    print(f"Ready in {time.monotonic() - began:.1f} s. `make down` stops, `make logs` shows logs.")
    return os.EX_OK


def _down(stack: Stack, _: argparse.Namespace) -> int:
    stack.down()
    print("Stopped. Data stays in", stack.layout.folder)
    return os.EX_OK


def _status(stack: Stack, _: argparse.Namespace) -> int:
    text, well = status_text(stack)
    print(text)
    return os.EX_OK if well else 1


def _logs(stack: Stack, arguments: argparse.Namespace) -> int:
    names = arguments.names or [file.stem for file in sorted(stack.layout.logs.glob("*.log"))]
    for name in names:
        lines = stack.layout.log(name).read_text(errors="replace").splitlines()
        print(f"== {name}", *lines[-arguments.lines :], sep="\n")
    return os.EX_OK


def _reset(stack: Stack, _: argparse.Namespace) -> int:
    stack.reset()
    print("Everything of the stack is gone.")
    return os.EX_OK


def _demo(stack: Stack, arguments: argparse.Namespace) -> int:
    size = Size(intakes=arguments.intakes, appointments=arguments.appointments)
    if arguments.real_limits:
        print("A practice day under IntakeQ's own call limits: 10 a minute, 500 a day.")
        played = play(stack, size, limits=real_limits)
    else:
        print("A practice day; IntakeQ's call limits are raised while it lasts.")
        played = play(stack, size)
    print("", *played.lines(), sep="\n")
    return os.EX_OK if played.is_good else 1


def _sweep(stack: Stack, _: argparse.Namespace) -> int:
    report = look(stack.facts)
    print(f"Leak check for {report.tokens} tokens", *report.lines(), sep="\n  ")
    return os.EX_OK if report.is_clean else 1


_ACTS = {
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "reset": _reset,
    "demo": _demo,
    "sweep": _sweep,
}

if __name__ == "__main__":
    sys.exit(main())
