"""What other features may ask of clients."""

from lmhg_gateway.features.clients.alike import (
    Records,
    candidates,
    mark_checked,
    records_of,
    to_check,
)
from lmhg_gateway.features.clients.alike_keys import (
    LAST,
    formal_names,
    name_words,
    phone_number,
    swapped,
    zip_of,
)
from lmhg_gateway.features.clients.directory import (
    TOKEN_SCHEME,
    Reach,
    birth_date_of,
    blind_index,
    calls_of,
    changed_since,
    changes_since,
    link,
    linked,
    names_of,
    reach_of,
    reindex,
    search,
    search_among_others,
    shown_name,
    tokens_of,
    traits_of,
    with_ids,
)
from lmhg_gateway.features.clients.exported import HEADS
from lmhg_gateway.features.clients.forms import (
    SHOWN_MAX,
    ClientForm,
    NewClient,
    Phone,
    typed_traits,
)
from lmhg_gateway.features.clients.imported import (
    held_at,
    remove_unused,
    write_new,
    write_over,
)
from lmhg_gateway.features.clients.merged import (
    Pair,
    held_clients,
    held_pair,
    join,
    part_again,
    record_ids,
)
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.clients.payers import OTHER as OTHER_PAYER
from lmhg_gateway.features.clients.payers import (
    PAYER_WORDS,
    PAYERS,
    Payer,
    payer_of,
    payer_text,
)
from lmhg_gateway.features.clients.profiles import known_client, store_person, traits_of_profile
from lmhg_gateway.features.clients.rules import WAYS, check_birth, safest, way_of, way_said
from lmhg_gateway.features.clients.search_rules import search_groups
from lmhg_gateway.features.clients.service import create as create_client
from lmhg_gateway.features.clients.service import set_way
from lmhg_gateway.features.clients.synced import SYNCED
from lmhg_gateway.features.clients.views import card, form_values, saved_values

__all__ = [
    "HEADS",
    "LAST",
    "OTHER_PAYER",
    "PAYERS",
    "PAYER_WORDS",
    "SHOWN_MAX",
    "SYNCED",
    "TOKEN_SCHEME",
    "WAYS",
    "Client",
    "ClientForm",
    "NewClient",
    "Pair",
    "Payer",
    "Phone",
    "Reach",
    "Records",
    "birth_date_of",
    "blind_index",
    "calls_of",
    "candidates",
    "card",
    "changed_since",
    "changes_since",
    "check_birth",
    "create_client",
    "form_values",
    "formal_names",
    "held_at",
    "held_clients",
    "held_pair",
    "join",
    "known_client",
    "link",
    "linked",
    "mark_checked",
    "name_words",
    "names_of",
    "part_again",
    "payer_of",
    "payer_text",
    "phone_number",
    "reach_of",
    "record_ids",
    "records_of",
    "reindex",
    "remove_unused",
    "safest",
    "saved_values",
    "search",
    "search_among_others",
    "search_groups",
    "set_way",
    "shown_name",
    "store_person",
    "swapped",
    "to_check",
    "tokens_of",
    "traits_of",
    "traits_of_profile",
    "typed_traits",
    "way_of",
    "way_said",
    "with_ids",
    "write_new",
    "write_over",
    "zip_of",
]
