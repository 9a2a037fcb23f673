"""From an event to records: fetch the object from IntakeQ, then let each feature write its part.

Two halves: `Fetcher` calls IntakeQ, each call taken from the budget, and `store` writes in the
caller's unit of work and calls nobody, so no transaction waits for the network.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Row

from lmhg_gateway.adapters.intakeq import (
    Form,
    Gone,
    IntakeQ,
    LockedNote,
    Person,
    Retry,
    Unusable,
    Visit,
)
from lmhg_gateway.features.appointments.public import forget_visit, store_visit
from lmhg_gateway.features.clients.public import (
    Client,
    blind_index,
    known_client,
    store_person,
    traits_of_profile,
)
from lmhg_gateway.features.deliveries import repository
from lmhg_gateway.features.deliveries.calls import ACTOR, Calls, Later
from lmhg_gateway.features.deliveries.events import Event
from lmhg_gateway.features.duplicates.public import certain
from lmhg_gateway.features.intakes.public import store_form
from lmhg_gateway.features.notes.public import store_note
from lmhg_gateway.features.referrals.public import receive_intake
from lmhg_gateway.features.risk_answers.public import look_for_risk
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice

T = TypeVar("T")
Found = Visit | Form | LockedNote


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What IntakeQ said about one event.

    `subject` None means that the object is gone, `person` None that the client we have is current,
    or that IntakeQ has no profile for it any more.
    """

    subject: Found | None
    person: Person | None
    began_at: datetime
    person_began_at: datetime | None = None

    @property
    def left_out(self) -> tuple[str, ...]:
        """Parts that could not be used, of the object and of the profile."""
        parts = (self.subject, self.person)
        return tuple(note for part in parts if part is not None for note in part.left_out)


@dataclass(frozen=True)
class Fetcher:
    """Asks IntakeQ, within the budget."""

    api: IntakeQ
    calls: Calls

    async def fetch(self, event: Event, claimed: Row[Any]) -> Fetched:
        """The object of an event, and its client's profile where ours may be older.

        One or two calls. Raises: Later, Retry, Unusable.
        """
        asks: dict[str, Callable[[str], Awaitable[Found]]] = {
            "appointment": self.api.visit,
            "intake": self.api.form,
            "note": self.api.note,
        }
        try:
            found, began_at = await self._call(asks[event.subject], event.object_id)
        except GoneAt as gone:
            return Fetched(subject=None, person=None, began_at=gone.began_at)
        client, fresh = await self._known(found.client_number, claimed)
        if client is not None and fresh:
            return Fetched(subject=found, person=None, began_at=began_at)
        try:
            person, asked_at = await self._call(self.api.person, found.client_number)
        except GoneAt as gone:
            # A profile that is missing says nothing about the object, which IntakeQ just showed.
            if client is None:
                raise Retry("client_gone") from None
            person, asked_at = None, gone.began_at
        return Fetched(subject=found, person=person, began_at=began_at, person_began_at=asked_at)

    async def _call(self, ask: Callable[[str], Awaitable[T]], key: str) -> tuple[T, datetime]:
        """One call of the budget, whatever comes of it. Raises: Later, Retry, GoneAt, Unusable."""
        taken = await self.calls.take()
        try:
            found = await ask(key)
        except Gone:
            raise GoneAt(taken.began_at) from None
        except Retry as retry:
            if retry.phase == "budget":
                raise Later(await self.calls.refused(retry.after_s), "server_limit") from None
            await self.calls.failed()
            raise
        except Unusable as unusable:
            raise UnusableAt(unusable.code, taken.began_at) from None
        finally:
            await self.calls.ended(taken)
        await self.calls.well()
        return found, taken.began_at

    async def _known(self, number: str, claimed: Row[Any]) -> tuple[uuid.UUID | None, bool]:
        async with self.calls.db.read(ACTOR, "intakeq event") as tx:
            client = await known_client(tx, number)
            fresh = await repository.is_profile_fresh(
                tx, profile_token(number), received_at=claimed.received_at
            )
        return client, fresh


class GoneAt(Exception):
    """IntakeQ does not have it; `began_at` is when we asked."""

    def __init__(self, began_at: datetime) -> None:
        super().__init__("gone")
        self.began_at = began_at


class UnusableAt(Unusable):
    """An answer that cannot be used; `began_at` is when we asked."""

    def __init__(self, code: str, began_at: datetime) -> None:
        super().__init__(code)
        self.began_at = began_at


def profile_token(number: str) -> bytes:
    """The keyed token under which a client's last profile call is remembered."""
    return blind_index().token("profile", number)


async def store(
    tx: WriteSession, event: Event, fetched: Fetched, *, now: datetime, practice: Practice
) -> str:
    """Write what was fetched; the result code of the delivery."""
    if fetched.subject is None:
        known = event.subject == "appointment" and await forget_visit(tx, event.object_id)
        return "appointment_deleted" if known else "object_gone"
    client = await _client(tx, fetched.subject.client_number, fetched)
    if isinstance(fetched.subject, Visit):
        return await store_visit(tx, fetched.subject, client_id=client.id, part2=client.part2)
    if isinstance(fetched.subject, LockedNote):
        return await store_note(tx, fetched.subject, client_id=client.id)
    intake, is_new = await store_form(tx, fetched.subject, client_id=client.id)
    await look_for_risk(
        tx, fetched.subject.answers, client_id=client.id, intake_id=intake.id, practice=practice
    )
    if not is_new:
        return "intake_updated"
    received_at = fetched.subject.submitted_at or now
    await receive_intake(tx, client.id, received_at=received_at, practice=practice)
    return "intake_created"


async def _client(tx: WriteSession, number: str, fetched: Fetched) -> Client:
    if fetched.person_began_at is not None:
        token = profile_token(number)
        await repository.note_profile(tx, token, began_at=fetched.person_began_at)
    if fetched.person is not None:
        known = await known_client(tx, fetched.person.number)
        same_as = None if known else await certain(tx, traits_of_profile(fetched.person))
        return await store_person(tx, fetched.person, same_as=same_as)
    known = await known_client(tx, number)
    client = await tx.get(Client, known) if known else None
    if client is None:
        raise Retry("client_gone")
    return client
