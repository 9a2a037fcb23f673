"""When an announcement may be edited."""

from lmhg_kit.errors import Conflict


def check_editable(*, is_released: bool, is_proposed: bool) -> None:
    """Accept an edit of a text that nobody approved or is asked to approve. Raises: Conflict.

    An approval is for the text that the second person read, not for a later one: who edits what was
    approved and held takes the approval back first.
    """
    if is_released:
        raise Conflict("announcement_released")
    if is_proposed:
        raise Conflict("announcement_proposed")


def can_rewrite(*, is_held: bool, author_id: str, by: str) -> bool:
    """Whether someone may take an approval back by editing: the author, of a text that never left."""
    return is_held and author_id == by
