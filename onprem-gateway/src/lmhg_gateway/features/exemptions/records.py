"""What approvals and requests are about: the records, where they are still here."""

import uuid
from collections.abc import Mapping, Sequence

from lmhg_gateway.features.cloud_copies import public as cloud
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_kit.persistence import ReadSession
from lmhg_kit.persistence.exemptions import Exemption


async def records_about(
    tx: ReadSession, found: Sequence[Exemption | ExemptionRequest], names: Mapping[str, str]
) -> dict[uuid.UUID, cloud.CloudRow]:
    """The records of single ones, by id, with exactly what of them would be shared; seeing it is audited."""
    made: dict[uuid.UUID, cloud.CloudRow] = {}
    single = [each for each in found if each.record_id]
    for kind in sorted({each.kind for each in single}):
        ids = [each.record_id for each in single if each.kind == kind and each.record_id]
        rows = await cloud.records_of(tx, kind=kind, record_ids=ids)
        if rows:
            await tx.audit("read", kind=kind, ids=[row.id for row in rows])
        made |= {row.id: row for row in cloud.cloud_rows(kind, rows, names)}
    return made
