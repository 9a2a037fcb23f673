"""What becomes of a table's rows when a client's record is disposed of: declared beside the table.

A table that names a client or a record of theirs by a foreign key needs to declare nothing: its rows go.
What no foreign key says is declared, and a table about people that neither says fails a test.
"""

from dataclasses import dataclass

DECLARED = "__disposal__"
"""The class attribute of a table that carries one of these."""

STORED_BESIDE = ("", ".pdf", ".pictures")
"""How the names of a file's objects end: the file, the PDF that was made of it, the pictures of its pages."""


@dataclass(frozen=True, kw_only=True)
class Goes:
    """Rows that go with a client. SQL over `r`; `who` is the list of the client's ids."""

    where: str = ""
    """Which rows, where no foreign key leads to the client."""
    last_at: str = ""
    """When a row shows that something was done with the person: the clock starts at the last one."""
    keeps_until: str = ""
    """Until which day a row asks to be kept."""
    is_visit: bool = False
    """Whether a row shows that the person was seen: then they are a client, and no one who only asked."""
    held_by: str = ""
    """When a row, not lifted, keeps everything of its client."""
    moves_when: str = ""
    """SQL over `old`: when a row may name another client though no merge moves it."""
    stored_as: str = ""
    """The name of a row's object in the document store."""
    stored_while: str = ""
    """SQL over `r`: while the row has an object. Any other object of the store belongs to nothing, and is swept away."""
    sent_as: str = ""
    """The name of a row's file among files on their way in."""


@dataclass(frozen=True)
class LetsGo:
    """Rows that stay for others: this column no longer names the record, and sealed text is emptied."""

    column: str


@dataclass(frozen=True)
class Stays:
    """Rows that stay, and why, as the page of a disposal says it."""

    why: str
    stored_as: str = ""
    """The name of a row's object in the document store."""
    stored_while: str = ""
    """SQL over `r`: while the row has an object. Any other object of the store belongs to nothing, and is swept away."""


Disposal = Goes | LetsGo | Stays
