"""What a client's record may say, and what an edit may not undo."""

import uuid
from datetime import date

from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.door import FIRST_DAY

WAYS = ("may_voicemail", "may_text", "may_email", "may_mail")
"""Ways to contact. Each is safe, not safe, or was never asked: which nobody may take for safe."""


def way_of(value: object) -> bool | None:
    """What a form, a file or a program says of a way: yes, no, or not asked."""
    return {"1": True, "0": False}.get(way_said(value))


def way_said(value: object) -> str:
    """An answer about a way as a form has it: 1, 0, or nothing where no one asked."""
    if value in (None, ""):
        return ""
    return "1" if value in (True, "1") else "0"


def safest(*said: bool | None) -> bool | None:
    """One answer of several: an answer beats none, and no beats yes."""
    return False if False in said else True if True in said else None


def check_part2(*, before: bool, after: bool) -> None:
    """Accept a change of the 42 CFR Part 2 flag: on stays on. Raises: Invalid."""
    if before and not after:
        raise Invalid(
            "part2_locked",
            fields={"part2": "This protection stays on; compliance can explain why."},
        )


def check_birth(day: date | None, *, today: date) -> None:
    """Accept a birth date of someone who may live now. Raises: Invalid."""
    if day is not None and not FIRST_DAY <= day <= today:
        raise Invalid(
            "birth_date", fields={"birth_date": f"Write a date from {FIRST_DAY.year} to today."}
        )


def check_version(saved: int, *, seen: int) -> None:
    """Accept an edit of the newest version. Raises: Conflict."""
    if saved != seen:
        raise Conflict("client_changed")


def check_goes_on(merged_into: uuid.UUID | None) -> None:
    """Accept a change of a record that was not merged into another. Raises: Conflict."""
    if merged_into is not None:
        raise Conflict("client_merged")
