"""The certificate of a disposal as a plain page: what, how many, by whom, and whether the ledger has its hash."""

import re
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_gateway.features.access_log.public import LedgerEntry
from lmhg_gateway.features.retention.certificate import halves, sha256_of
from lmhg_gateway.features.retention.certificate_views import facts
from lmhg_gateway.features.retention.jobs import Disposal
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .test_retention import CLINIC, OWN, WHY, agree, person, worker  # noqa: TID252 - beside this file

__all__ = ["worker"]
PRACTICE = Practice(CLINIC)
SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"4" * 32))


async def test_page_says_what_went_by_whom_and_that_the_ledger_has_the_hash(
    as_role: AsRole, onprem: PlaneDatabase, worker: Disposal
) -> None:
    """By line and kind with counts, what was left out and why, and until when backups have it; no client's name."""
    admin, officer, desk = [await as_role(r) for r in ("admin", "compliance", "front_desk")]
    await agree(admin, officer, "inquiries", 7)
    gone, out = await person(onprem, year=2010), await person(onprem, year=2011)
    assert await worker.propose() == 1
    own = re.findall(rf'href="({OWN}/batches/[0-9a-f-]+)"', (await admin.get(OWN)).text)[0]
    [item] = await onprem.run("select id from compliance.disposal_item where client_id = $1", out)
    await admin.follow(f"{own}/items/{item['id']}/leave-out", left_out_why="dispute")
    await admin.follow(f"{own}/ask", why=WHY)
    await officer.follow(f"{own}/approve")
    assert (await officer.get(f"{own}/certificate/print")).status_code == 409
    while await worker.step():
        pass
    assert f'href="{own}/certificate/print"' in (await officer.get(own)).text
    page = (await officer.get(f"{own}/certificate/print")).text
    assert "1 record disposed of" in page
    assert "A complaint, claim or audit" in page
    assert "Not in the access ledger yet" in page
    body = (await officer.get(f"{own}/certificate")).content
    assert sha256_of(body) in page
    until = worker.practice.day_of(utc_now()) + timedelta(days=worker.backup_days)
    assert f"from {until:%b} {until.day}, {until.year}." in page
    for no_one in (str(gone), str(out)):
        assert no_one not in page
    assert (await desk.get(f"{own}/certificate/print")).status_code == 403
    await Sequencer(worker.db, origin("s1", "onprem", "access"), SIGNER).step()
    await onprem.run("select compliance.index_access($1, 100000)", CLINIC)
    page = (await officer.get(f"{own}/certificate/print")).text
    assert "The access ledger has this hash" in page


def test_page_says_when_the_ledger_has_another_hash() -> None:
    """A certificate that is not the one of the entry, by one byte."""
    body = CERTIFICATE.encode()
    right, wrong = halves(sha256_of(body)), halves(sha256_of(body + b"\n"))
    assert facts(body, {}, entry=LedgerEntry(7, right), practice=PRACTICE)["is_in_ledger"]
    assert not facts(body, {}, entry=LedgerEntry(7, wrong), practice=PRACTICE)["is_in_ledger"]
    assert not facts(body, {}, entry=None, practice=PRACTICE)["is_in_ledger"]


CERTIFICATE = """{"asked_by": {"id": "a", "name": null}, "approved_by": {"id": "b", "name": "Robin Vance"},
"proposed_at": "2026-01-02T03:04:05Z", "asked_at": "2026-01-02T03:04:05Z", "approved_at": "2026-01-02T03:04:05Z",
"done_at": "2026-01-02T03:04:05Z", "schedule": [{"line": "clients", "years": 7, "records": 2}], "records": 2,
"left_out": [{"hash": "0", "why": "birth_date"}], "rows": {"referral": 2}, "files": 0, "messages_before": null,
"messages_left_out": null, "backups_until": "2026-02-02"}"""
