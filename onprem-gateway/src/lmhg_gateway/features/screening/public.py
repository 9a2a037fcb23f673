"""What other features may ask of screening: why a rule holds a record, and its rules about clients."""

from lmhg_gateway.features.screening.allowances import allowed_terms
from lmhg_gateway.features.screening.people import person_of
from lmhg_gateway.features.screening.rules import BEFORE, ClientIndex, Hit, Person, hits

__all__ = [
    "BEFORE",
    "ClientIndex",
    "Hit",
    "Person",
    "allowed_terms",
    "hits",
    "person_of",
]
