"""What a client's record may say, and what an edit may not undo."""

import uuid
from datetime import date

from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.door import FIRST_DAY


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
