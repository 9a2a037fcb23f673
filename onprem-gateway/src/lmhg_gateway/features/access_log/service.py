"""Use cases of the access log: ties of colleagues to clients, and the accounting of disclosures."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from lmhg_gateway.features.access_log import repository
from lmhg_gateway.features.access_log.forms import NewDisclosure
from lmhg_gateway.features.access_log.models import Disclosure
from lmhg_gateway.features.access_log.rules import (
    VIEWS,
    Named,
    check_disclosed,
    named,
    practice_hours,
    tie_of,
)
from lmhg_gateway.features.clients.public import changed_since, record_ids
from lmhg_gateway.features.staff.public import colleagues
from lmhg_kit.errors import NotFound
from lmhg_kit.http.visit import Visit
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession

ACTOR = Actor("process: worker")
OVERLAP = timedelta(minutes=2)
"""A row is stamped before it commits; no transaction of ours may last this long."""


@dataclass
class Ties:
    """Knows which colleagues are clients too, or share a client's surname, by id alone."""

    db: Database
    _clients: dict[uuid.UUID, Named] = field(default_factory=dict[uuid.UUID, Named])
    _staff: dict[str, Named] = field(default_factory=dict[str, Named])
    _seen: datetime = datetime(1971, 1, 1, tzinfo=UTC)

    async def step(self) -> int:
        """Bring the ties up to date; how many changed."""
        async with self.db.uow(ACTOR, "ties of colleagues to clients") as tx:
            staff = {
                each.id: named(each.display_name, email=each.email) for each in await colleagues(tx)
            }
            fresh = await changed_since(tx, self._seen - OVERLAP)
            known = {
                client.id: named(client.legal_name, client.name_used, email=client.email)
                for client in fresh
            }
            if staff == self._staff and known.items() <= self._clients.items():
                return 0
            self._staff, self._clients = staff, self._clients | known
            self._seen = max([self._seen, *(client.updated_at for client in fresh)])
            held, wanted = await repository.ties(tx), self._wanted()
            await repository.put_ties(tx, gone=held - wanted, fresh=wanted - held)
            return len(held ^ wanted)

    def _wanted(self) -> set[tuple[str, uuid.UUID, str]]:
        return {
            (account_id, client_id, tie)
            for account_id, colleague in self._staff.items()
            for client_id, client in self._clients.items()
            if (tie := tie_of(colleague, client))
        }


async def record_disclosure(
    tx: WriteSession, client_id: uuid.UUID, form: NewDisclosure, *, by: str, today: date
) -> Disclosure:
    """Put one disclosure on record, for good. Raises: Invalid, NotFound."""
    check_disclosed(form.disclosed_on, today=today)
    if form.corrects is not None:
        corrected = await repository.disclosure_by_id(tx, form.corrects)
        if corrected is None or corrected.client_id not in await record_ids(tx, client_id):
            raise NotFound("disclosure")
    made = Disclosure(
        id=uuid.uuid4(),
        client_id=client_id,
        disclosed_on=form.disclosed_on,
        basis=form.basis,
        corrects=form.corrects,
        recorded_by=by,
    )
    made.recipient, made.address = form.recipient, form.address
    made.what, made.why = form.what, form.why
    tx.add(made)
    await tx.flush()
    return made


@dataclass(frozen=True)
class Refusals:
    """Puts on record that a colleague tried what their role does not allow."""

    db: Database

    async def audit(self, visit: Visit, permission: str) -> None:
        """One entry of the access ledger: who, and which permission was missing."""
        if visit.session is None:
            return
        actor = Actor(visit.session.account_id, visit.session.roles, proof=visit.token or "")
        async with self.db.uow(
            actor, "role missing", zone=visit.zone, request_id=visit.request_id
        ) as tx:
            await tx.audit("refuse", kind=permission[:60], outcome="refused")


async def view_counts(tx: ReadSession, *, hours: str, first: date, last: date) -> dict[str, int]:
    """How many entries each view finds in a range of days; bulk counts people and hours.

    Raises: HoursUnreadable.
    """
    at_work = practice_hours(hours)
    found = {
        view: await repository.count_view(tx, view, hours=at_work, first=first, last=last)
        for view in VIEWS
        if view != "bulk"
    }
    groups = await repository.bulk(tx, first=first, last=last)
    return {**found, "bulk": len(groups)}
