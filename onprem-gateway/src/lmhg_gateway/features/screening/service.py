"""Screening of what waits to leave, and of what arrived from the portal."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert

from lmhg_contracts.classification import StoragePolicy
from lmhg_contracts.codec import BodyRefused, decode_body, texts_of
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.compliance.models import HeldRecord, Incident
from lmhg_gateway.features.screening.rules import ClientIndex, Hit, Person, screen
from lmhg_gateway.features.tickets.models import Arrival, KeptText, RedactionOrder
from lmhg_kit.logs import get_logger
from lmhg_kit.persistence import Actor, Database, WriteSession
from lmhg_kit.persistence.standing import standing_id

ACTOR = Actor("process: worker")
BATCH = 1_000
OVERLAP = timedelta(minutes=2)
"""A row is stamped before it commits; no transaction of ours may last this long."""
UNREADABLE = "record"
"""The place of a hit in a body that is not its contract: no field of it can be named."""
ARRIVING = ("ticket", "ticket_message")

REDACTION_REASONS = {
    "client_name": "names_client",
    "client_surname": "names_client",
    "client_phone": "contact_detail",
    "client_email": "contact_detail",
    "client_number": "record_number",
    "record_number": "record_number",
}

_WAITING = text(
    "select distinct on (o.kind, o.record_id, o.version) o.kind, o.record_id, o.version, o.body"
    " from relay.outbox o left join relay.verdict v"
    " on v.kind = o.kind and v.record_id = o.record_id and v.version = o.version"
    " where o.op = 'put' and v.kind is null limit :limit"
)
_VERDICT = text(
    "insert into relay.verdict (kind, record_id, version, outcome, rule, place)"
    " values (:kind, :record_id, :version, :outcome, :rule, :place) on conflict do nothing"
)
_ARRIVED = text(
    "select r.kind, r.record_id, r.version, r.body::text as body"
    " from replica.record r left join practice.arrival a"
    " on a.kind = r.kind and a.record_id = r.record_id and a.version >= r.version"
    " where r.kind = any(:kinds) and not r.purged and a.kind is null limit :limit"
)
_log = get_logger()


@dataclass
class Screener:
    """Keeps the client index fresh and judges texts by it."""

    db: Database
    index: ClientIndex = field(default_factory=ClientIndex)
    _seen: datetime = datetime(1971, 1, 1, tzinfo=UTC)

    async def refresh(self, tx: WriteSession) -> None:
        """Learn every client that changed since the last look, in this very transaction."""
        changed = await tx.scalars(
            select(Client)
            .where(Client.updated_at > self._seen - OVERLAP)
            .order_by(Client.updated_at)
        )
        for client in changed:
            self.index.put(str(client.id), person_of(client))
            self._seen = client.updated_at

    async def screen_waiting(self) -> int:
        """Give a verdict to each outbox row that has none; how many were given."""
        async with self.db.uow(ACTOR, "screening before release") as tx:
            rows = (await tx.execute(_WAITING, {"limit": BATCH})).all()
            if rows:
                await self.refresh(tx)
            verdicts = [
                self._verdict(row.kind, row.record_id, row.version, row.body) for row in rows
            ]
            for verdict in verdicts:
                if verdict["outcome"] == "hold":
                    await _hold(tx, verdict)
            if verdicts:
                await tx.execute(_VERDICT, verdicts)
        return len(rows)

    def _verdict(
        self, kind: str, record_id: uuid.UUID, version: int, body: str
    ) -> dict[str, object]:
        hit = self.judge(kind, body.encode())
        return {
            "kind": kind,
            "record_id": record_id,
            "version": version,
            "outcome": "hold" if hit else "clear",
            "rule": hit.rule if hit else None,
            "place": hit.place if hit else None,
        }

    def judge(self, kind: str, body: bytes) -> Hit | None:
        """The hit in one body; a body that is not its contract is held as such."""
        try:
            texts = texts_of(decode_body(kind, body))
        except BodyRefused as refused:
            return Hit(refused.code, UNREADABLE)
        return screen(texts, self.index)

    async def screen_arrived(self) -> int:
        """Screen portal texts that arrived; a hit is kept here and ordered redacted there."""
        async with self.db.uow(ACTOR, "screening on arrival") as tx:
            found = await tx.execute(_ARRIVED, {"kinds": list(ARRIVING), "limit": BATCH})
            rows = found.all()
            if rows:
                await self.refresh(tx)
            for row in rows:
                hit = self.judge(row.kind, row.body.encode())
                if hit:
                    await _keep(tx, row, hit)
                await _note_arrival(tx, row, hit)
        return len(rows)


def person_of(client: Client) -> Person:
    """What a text could name this client by."""
    return Person(
        names=tuple(name for name in (client.legal_name, client.name_used) if name),
        phones=tuple(phone for phone in (client.phone, client.mobile) if phone),
        emails=(client.email,) if client.email else (),
        birth_date=client.birth_date,
        numbers=(client.intakeq_number,) if client.intakeq_number else (),
    )


async def _hold(tx: WriteSession, verdict: dict[str, object]) -> None:
    keys = ("kind", "record_id", "version", "rule", "place")
    row = {key: verdict[key] for key in keys} | {"id": uuid.uuid4()}
    await tx.execute(insert(HeldRecord).values(row).on_conflict_do_nothing())
    _log.warning("screening.held", kind=verdict["kind"], record_id=verdict["record_id"])


async def _keep(tx: WriteSession, row: Row[Any], hit: Hit) -> None:
    """Keep the original here, open an incident, and order the portal's copy redacted."""
    kind, record_id, version = row.kind, row.record_id, row.version
    texts = texts_of(decode_body(kind, row.body.encode())) if hit.place != UNREADABLE else {}
    kept = KeptText(source_kind=kind, source_id=record_id, source_version=version, rule=hit.rule)
    kept.subject, kept.body = texts.get("subject"), texts.get("body")
    tx.add(kept)
    incident = Incident(code="client_named_in_cloud", subject_kind=kind, subject_id=record_id)
    tx.sync_session.add(incident)
    order = RedactionOrder(
        reason=REDACTION_REASONS.get(hit.rule, "pattern"),
        target_kind=kind,
        target_id=record_id,
        target_version=version,
        exemption_id=standing_id("redaction_order"),
    )
    tx.add(order, storage_policy=StoragePolicy.CLOUD_ALLOWED)
    _log.warning("screening.kept_on_arrival", kind=kind, record_id=record_id, rule=hit.rule)


async def _note_arrival(tx: WriteSession, row: Row[Any], hit: Hit | None) -> None:
    arrival = {
        "kind": row.kind,
        "record_id": row.record_id,
        "version": row.version,
        "outcome": "kept" if hit else "clear",
        "screened_at": datetime.now(UTC),
    }
    statement = insert(Arrival).values(arrival)
    changes = {key: arrival[key] for key in ("version", "outcome", "screened_at")}
    await tx.execute(
        statement.on_conflict_do_update(index_elements=["kind", "record_id"], set_=changes)
    )
