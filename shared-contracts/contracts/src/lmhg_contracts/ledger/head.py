"""The head of a ledger, before it is signed on: only what its own key has signed is continued."""

from collections.abc import Iterable

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteRefused, NoteVerifier, open_own
from lmhg_contracts.ledger.tree import Frontier

HEAD_REFUSALS = frozenset({"head_unsigned", "head_differs", "head_went_back"})


class HeadRefused(Exception):
    """What is stored is not what this ledger's key signed last. `code` is one of HEAD_REFUSALS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_head(
    frontier: Frontier,
    note: str | None,
    *,
    origin: str,
    own: Iterable[NoteVerifier],
    newest: Checkpoint | None = None,
) -> None:
    """Accept a stored frontier to append to.

    Anyone who can write to the database has no key, so nobody can make the one that holds it sign
    what they put there. `own` are the ledger's key and its former ones; `newest` is what this
    process signed last. Raises: HeadRefused.
    """
    size = frontier.size
    if newest is not None and size < newest.size:
        raise HeadRefused("head_went_back")
    if note is None:
        if size:
            raise HeadRefused("head_unsigned")
        return
    try:
        signed = open_own(note, own)
    except NoteRefused:
        raise HeadRefused("head_unsigned") from None
    if signed != Checkpoint(origin, size, frontier.root()):
        raise HeadRefused("head_differs")
    if newest is not None and size == newest.size and signed.root != newest.root:
        raise HeadRefused("head_differs")
