"""Forms of the handoff."""

from typing import Annotated

import msgspec

from lmhg_gateway.features.handoff.models import NOTE_MAX


class NoteForm(msgspec.Struct, frozen=True, kw_only=True):
    """What someone leaves for the next shift."""

    note: Annotated[str, msgspec.Meta(min_length=2, max_length=NOTE_MAX)]
