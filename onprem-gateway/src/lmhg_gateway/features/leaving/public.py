"""What an operator's command may ask of exports of everything."""

from lmhg_gateway.features.leaving.places import PlainFolder, SealedFile, recipients_of
from lmhg_gateway.features.leaving.repository import client_ids
from lmhg_gateway.features.leaving.service import approval, audit_clients, finish
from lmhg_gateway.features.leaving.writing import Everything

__all__ = [
    "Everything",
    "PlainFolder",
    "SealedFile",
    "approval",
    "audit_clients",
    "client_ids",
    "finish",
    "recipients_of",
]
