"""By which ways IntakeQ may reach a client: what they allow, and what was agreed with them."""

import uuid

from lmhg_gateway.features.clients.public import reach_of
from lmhg_gateway.features.records_requests.public import Kind, in_force
from lmhg_gateway.features.write_back.rules import NO_WAYS, Ways
from lmhg_kit.persistence import ReadSession


async def ways_of(tx: ReadSession, client_id: uuid.UUID) -> Ways:
    """What IntakeQ may use now. An agreement on how to reach someone leaves it nothing: it knows none of it."""
    reached, force = await tx.together(reach_of(tx, [client_id]), in_force(tx, client_id))
    reach, agreed = reached.get(client_id), {each.kind for each in force}
    if reach is None or Kind.CONFIDENTIAL in agreed:
        return NO_WAYS
    return Ways(email=reach.may_email, text=reach.may_text, phone=True, mail=reach.may_mail)
