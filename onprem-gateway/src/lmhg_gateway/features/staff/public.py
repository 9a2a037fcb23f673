"""What other features may ask of colleagues."""

from lmhg_gateway.features.staff.service import (
    KIND,
    addresses_by_id,
    addresses_of,
    addresses_with,
    colleagues,
    colleagues_with,
    end_profile,
    id_by_email,
    put_profile,
    staff_names,
)
from lmhg_gateway.features.staff.words import is_person, who_words

__all__ = [
    "KIND",
    "addresses_by_id",
    "addresses_of",
    "addresses_with",
    "colleagues",
    "colleagues_with",
    "end_profile",
    "id_by_email",
    "is_person",
    "put_profile",
    "staff_names",
    "who_words",
]
