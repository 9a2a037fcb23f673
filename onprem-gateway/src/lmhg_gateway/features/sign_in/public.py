"""What other features may ask of sign-in."""

from lmhg_gateway.features.sign_in import door
from lmhg_gateway.features.sign_in.device_resets import (
    RESETS_OF_OTHERS,
    approve_device_reset,
    ask_device_reset,
    open_device_resets,
)
from lmhg_gateway.features.sign_in.door import Door, Onward
from lmhg_gateway.features.sign_in.persons import Person, current_person, person_by_id, sign_in_url

__all__ = [
    "RESETS_OF_OTHERS",
    "Door",
    "Onward",
    "Person",
    "approve_device_reset",
    "ask_device_reset",
    "current_person",
    "door",
    "open_device_resets",
    "person_by_id",
    "sign_in_url",
]
