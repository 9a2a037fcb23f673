"""The portal's word about our ledger arrives by the real broker, and nobody here can take it back."""

from typing import Any

import pytest

from lmhg_contracts.ledger.checkpoint import NoteVerifier, open_note, signed_by
from lmhg_relay.core.limits import WITNESS_EVERY_S
from lmhg_stack.testing import PlaneDatabase

WITNESSED_S = 4 * WITNESS_EVERY_S
"""A first offer may meet a peer that has only just started, and is then repeated after an interval."""
CUT = """
do $$ begin
    alter table relay.ledger disable trigger all;
    alter table relay.cosignature disable trigger all;
    delete from relay.ledger where n >= 1;
    delete from relay.cosignature;
    delete from relay.shown_checkpoint;
    alter table relay.ledger enable trigger all;
    alter table relay.cosignature enable trigger all;
end $$
"""


@pytest.mark.found("P1", "what the portal has witnessed is here again with its next heartbeat")
async def test_deleted_word_of_the_portal_comes_back(rig: Any) -> None:
    """A superuser deletes the tail, every cosignature and the word itself; the relay is not asked."""
    rig.start()
    await rig.put()
    await rig.until(rig.is_settled)
    database: PlaneDatabase = rig.databases["onprem"]

    async def shown() -> int:
        rows = await database.run(
            "select size from relay.shown_checkpoint where origin like '%/onprem/relay'"
        )
        return rows[0]["size"] if rows else 0

    await rig.until(shown, "the first word", wait_s=WITNESSED_S)
    size = await shown()
    note = (await database.run("select note from relay.shown_checkpoint"))[0]["note"]
    keys = [
        NoteVerifier.from_vkey((rig.keys / f"{plane}.vkey").read_text())
        for plane in ("onprem", "cloud")
    ]
    assert len(signed_by(note, keys)) == 2
    assert open_note(note, keys).size == size
    await database.run(CUT)

    async def is_back() -> bool:
        return await shown() >= size

    await rig.until(is_back, "the word again")
    left = (await database.run("select count(*) as n from relay.ledger"))[0]["n"]
    assert left < size
