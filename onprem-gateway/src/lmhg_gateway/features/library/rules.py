"""When a version of a document may be added, shared and approved."""

from collections.abc import Sequence
from enum import StrEnum

from lmhg_contracts.kinds.base import OBJECT_BYTES_MAX
from lmhg_kit.errors import Conflict, Forbidden, Invalid

CATEGORIES = ("handbook", "policy", "form", "training_material", "other")
"""What a document is, as the portal sorts them."""
REVISIONS_MAX = 10_000
MOST_MB = OBJECT_BYTES_MAX // (1024 * 1024)


class State(StrEnum):
    """Where the file of a version is."""

    CHECKING = "checking"
    """It arrived, and is checked and stored."""
    WAITING = "waiting"
    """It arrived, and waits until the store answers."""
    STORED = "stored"
    REFUSED = "refused"


PENDING = frozenset({State.CHECKING, State.WAITING})


class Basis(StrEnum):
    """By what someone knows what is in a file."""

    TEXT_CHECKED = "text_checked"
    """The program read all of it, and found no client information."""
    EVERY_PAGE_READ = "every_page_read"
    """The person read every page, because the program could not."""


def check_size(size: int) -> None:
    """Accept a file that can cross. Raises: Invalid."""
    if size > OBJECT_BYTES_MAX:
        said = f"A file in the library may have {MOST_MB} MB. Send a smaller one."
        raise Invalid("file_long", fields={"file": said})


def next_revision(newest: int) -> int:
    """The number of the next version. Raises: Conflict."""
    if newest >= REVISIONS_MAX:
        raise Conflict("shared_versions")
    return newest + 1


def check_ready(
    *, state: str, is_looked_at: bool, found: Sequence[object], is_newest: bool
) -> None:
    """Accept that a file is asked for or approved: stored, checked, with nothing found. Raises: Conflict."""
    if state == State.REFUSED:
        raise Conflict("shared_file_refused")
    if state != State.STORED:
        raise Conflict("shared_file")
    if not is_newest:
        raise Conflict("shared_newer")
    if not is_looked_at:
        raise Conflict("shared_file_unchecked")
    if found:
        raise Conflict("shared_file_named")


def check_basis(basis: Basis, *, is_whole: bool) -> None:
    """Accept an approval that rests on what can be known of a file. Raises: Conflict.

    Where the program could not read all of it, only a person's own statement will do.
    """
    if basis is Basis.TEXT_CHECKED and not is_whole:
        raise Conflict("shared_file_unread")


def check_second(*, author: str, by: str) -> None:
    """Accept an approval by someone else than who added the file. Raises: Forbidden."""
    if author == by:
        raise Forbidden("shared_author")
