"""What turns the morning page red: a finding that is still open, or a search that is late."""

from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.look_back import repository
from lmhg_gateway.features.look_back.rules import FINDING_LATE, is_late
from lmhg_gateway.features.look_back.views import open_sentence, proof_sentence
from lmhg_gateway.web.points import Said
from lmhg_kit.persistence import ReadSession

PATH = "/compliance/found-later"


async def red_lines(tx: ReadSession, at: datetime) -> Sequence[Said]:
    """What cannot wait: a sentence with its age, and the page that says what to do."""
    red: list[Said] = []
    count, oldest = await repository.still_open(tx, before=at - FINDING_LATE)
    if oldest is not None:
        red.append(Said(open_sentence(count, oldest, at=at), PATH))
    last = await repository.last_whole(tx)
    if is_late(last and last.finished_at, at):
        red.append(Said(proof_sentence(last and last.finished_at, at=at), PATH))
    return red
