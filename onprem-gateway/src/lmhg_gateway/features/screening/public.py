"""What other features may ask of screening: why a rule holds a record, and its rules about clients."""

from lmhg_gateway.features.screening.allowances import allowed_terms
from lmhg_gateway.features.screening.files import PLACE as IN_FILE
from lmhg_gateway.features.screening.files import hits_in, pages_of
from lmhg_gateway.features.screening.people import person_of
from lmhg_gateway.features.screening.rules import BEFORE, ClientIndex, Hit, Person, hits

__all__ = [
    "BEFORE",
    "IN_FILE",
    "ClientIndex",
    "Hit",
    "Person",
    "allowed_terms",
    "hits",
    "hits_in",
    "pages_of",
    "person_of",
]
