"""What other features may ask of the access log: counts of its views, for the weekly packet."""

from dataclasses import dataclass
from datetime import date

from lmhg_gateway.features.access_log import repository
from lmhg_gateway.features.access_log.rules import VIEWS, practice_hours
from lmhg_kit.http.visit import Visit
from lmhg_kit.persistence import Actor, Database, ReadSession

__all__ = ["VIEWS", "Refusals", "view_counts"]


@dataclass(frozen=True)
class Refusals:
    """Puts on record that a colleague tried what their role does not allow."""

    db: Database

    async def note(self, visit: Visit, permission: str) -> None:
        """One entry of the access ledger: who, and which permission was missing."""
        if visit.session is None:
            return
        actor = Actor(visit.session.account_id, visit.session.roles, proof=visit.token or "")
        async with self.db.uow(
            actor, "role missing", zone=visit.zone, request_id=visit.request_id
        ) as tx:
            await tx.note("refuse", kind=permission[:60], outcome="refused")


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
