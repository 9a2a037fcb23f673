"""Which clinical notes were locked, and when; never their text."""

from lmhg_gateway.features.notes.models import Note
from lmhg_gateway.web.merge_rows import rows_by
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="notes",
    models=(Note,),
    contributes=(rows_by(Note.client_id, noun="treatment note"),),
)
