"""What an edit may not undo."""

from lmhg_kit.errors import Invalid


def check_part2(*, before: bool, after: bool) -> None:
    """Accept a change of the 42 CFR Part 2 flag: on stays on. Raises: Invalid."""
    if before and not after:
        raise Invalid(
            "part2_locked",
            fields={"part2": "This protection stays on; compliance can explain why."},
        )
