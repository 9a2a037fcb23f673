"""What follows when a canceled appointment takes place after all: a cancellation that waits is not sent."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.write_back import service
from lmhg_gateway.web.cancel_points import CancelEffect, Effect
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice


async def _find(tx: ReadSession, appointment_id: uuid.UUID) -> Sequence[Effect]:
    """Nothing by itself: sending it to IntakeQ is asked for on a page of its own."""
    del tx, appointment_id
    return ()


async def _nothing(tx: WriteSession, appointment_id: uuid.UUID, practice: Practice) -> None:
    del tx, appointment_id, practice


async def _take_back(tx: WriteSession, appointment_id: uuid.UUID, practice: Practice) -> bool:
    """A cancellation that was not sent yet is not sent; whether one may have been."""
    del practice
    return await service.keep_from_canceling(tx, appointment_id, at=utc_now())


EFFECT = CancelEffect(find=_find, act=_nothing, undo=_take_back)
