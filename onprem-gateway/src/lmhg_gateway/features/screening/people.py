"""What a text could name a client by, from the client's record."""

from lmhg_gateway.features.clients.public import Client
from lmhg_gateway.features.screening.matching.guardians import guardian_of
from lmhg_gateway.features.screening.rules import Person


def person_of(client: Client) -> Person:
    """What a text could name this client by: every field on record that tells who someone is."""
    guardians = guardian_of(client.guardian or "")
    return Person(
        names=tuple(name for name in (client.legal_name, client.name_used) if name),
        others=guardians.names,
        addresses=(client.address,) if client.address else (),
        phones=(*(phone for phone in (client.phone, client.mobile) if phone), *guardians.phones),
        emails=(*((client.email,) if client.email else ()), *guardians.emails),
        birth_date=client.birth_date,
        numbers=(client.intakeq_number,) if client.intakeq_number else (),
    )
