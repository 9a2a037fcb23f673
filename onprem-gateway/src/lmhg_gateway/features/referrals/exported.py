"""Referrals as a file."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.features.clients.public import Payer, names_of, payer_text
from lmhg_gateway.features.referrals import repository
from lmhg_gateway.web.points import Exportable, ExportRow
from lmhg_kit.persistence import ReadSession
from lmhg_kit.ui.coded import words

HEADS = {
    "record": "Referral",
    "client_record": "Client record",
    "legal_name": "Client",
    "received_on": "Received",
    "channel": "How it came",
    "source_category": "Where from",
    "source": "Source",
    "concern_code": "Concern",
    "concern": "In their words",
    "urgency": "Urgency",
    "payer": "Payer",
    "may_contact": "May contact",
    "may_report_back": "May report back",
    "state": "State",
    "state_reason": "Reason",
    "state_at": "State since",
}
"""Field to head, in the order of the file; an import knows those that it can fill by them."""


async def load(tx: ReadSession, after: uuid.UUID | None, limit: int) -> Sequence[ExportRow]:
    """Some referrals, behind one of them. Reading them is audited."""
    found = await repository.behind(tx, after, limit=limit)
    names = await names_of(tx, [each.client_id for each in found])
    return [
        ExportRow(
            each.id,
            each.client_id,
            [
                str(each.id),
                str(each.client_id),
                names.get(each.client_id, ""),
                each.received_on,
                words(each.channel),
                words(each.source_category),
                each.source or "",
                words(each.concern_code),
                each.concern or "",
                words(each.urgency),
                payer_text(Payer(each.payer, each.payer_name or "")),
                each.may_contact,
                each.may_report_back,
                words(each.state),
                words(each.state_reason) if each.state_reason else "",
                each.state_at,
            ],
        )
        for each in found
    ]


REFERRALS = Exportable(
    kind="referrals",
    title="Referrals",
    permission="referrals.read",
    heads=tuple(HEADS.values()),
    load=load,
)
