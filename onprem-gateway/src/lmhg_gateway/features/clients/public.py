"""What other features may ask of clients."""

from lmhg_gateway.features.clients.directory import (
    TOKEN_SCHEME,
    birth_date_of,
    blind_index,
    calls_of,
    changed_since,
    changes_since,
    known_client,
    link,
    linked,
    names_of,
    reindex,
    search,
    search_among_others,
    shown_name,
    store_person,
    tokens_of,
    with_ids,
)
from lmhg_gateway.features.clients.models import Client

__all__ = [
    "TOKEN_SCHEME",
    "Client",
    "birth_date_of",
    "blind_index",
    "calls_of",
    "changed_since",
    "changes_since",
    "known_client",
    "link",
    "linked",
    "names_of",
    "reindex",
    "search",
    "search_among_others",
    "shown_name",
    "store_person",
    "tokens_of",
    "with_ids",
]
