"""From an event to records: fetch the object from IntakeQ, then let each feature write its part.

Two halves: `Fetcher` calls IntakeQ, each call taken from the budget, and `store` writes in the
caller's unit of work and calls nobody, so no transaction waits for the network.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

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
from lmhg_gateway.features.appointments.public import (
    client_of_visit,
    forget_visit,
    store_visit,
)
from lmhg_gateway.features.clients.public import (
    Client,
    blind_index,
    known_client,
    store_person,
)
from lmhg_gateway.features.deliveries import repository
from lmhg_gateway.features.deliveries.calls import ACTOR, Calls, Later
from lmhg_gateway.features.deliveries.events import PRIORITY, Event
from lmhg_gateway.features.deliveries.priorities import Priority
from lmhg_gateway.features.intakeq_people.public import record_move, who_is
from lmhg_gateway.features.intakes.public import client_of_form, store_form
from lmhg_gateway.features.notes.public import store_note
from lmhg_gateway.features.referrals.public import receive_intake
from lmhg_gateway.features.risk_answers.public import holds_risk, look_for_risk
from lmhg_kit.persistence import WriteSession
from lmhg_kit.practice import Practice

A = TypeVar("A")
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

    async def fetch(
        self, event: Event, *, since: datetime | None, priority: Priority | None = None
    ) -> Fetched:
        """The object of an event, and its client's profile where ours is from before `since`.

        Without `since` a client whom we know is current: the list of clients told of each change.

        One or two calls, of the event's class unless another is named. Raises: Later, Retry, Unusable.
        """
        why = PRIORITY[event.subject] if priority is None else priority
        asks: dict[str, Callable[[str], Awaitable[Found]]] = {
            "appointment": self.api.visit,
            "intake": self.api.form,
            "note": self.api.note,
        }
        try:
            found, began_at = await self.call(asks[event.subject], event.object_id, priority=why)
        except GoneAt as gone:
            return Fetched(subject=None, person=None, began_at=gone.began_at)
        client, fresh = await self._known(found.client_number, since)
        if client is not None and fresh:
            return Fetched(subject=found, person=None, began_at=began_at)
        try:
            person, asked_at = await self.call(self.api.person, found.client_number, priority=why)
        except GoneAt as gone:
            # A profile that is missing says nothing about the object, which IntakeQ just showed.
            if client is None:
                raise Retry("client_gone") from None
            person, asked_at = None, gone.began_at
        return Fetched(subject=found, person=person, began_at=began_at, person_began_at=asked_at)

    async def call(
        self, ask: Callable[[A], Awaitable[T]], what: A, *, priority: Priority
    ) -> tuple[T, datetime]:
        """One call of the budget, whatever comes of it. Raises: Later, Retry, GoneAt, Unusable."""
        taken = await self.calls.take(priority)
        try:
            found = await ask(what)
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

    async def _known(self, number: str, since: datetime | None) -> tuple[uuid.UUID | None, bool]:
        async with self.calls.db.read(ACTOR, "intakeq event") as tx:
            client = await known_client(tx, number)
            fresh = since is None or await repository.is_profile_fresh(
                tx, profile_token(number), received_at=since
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


async def record_profile(tx: WriteSession, number: str, *, began_at: datetime) -> None:
    """A client's profile was asked for: what came before needs no second call."""
    await repository.record_profile(tx, profile_token(number), began_at=began_at)


async def store(
    tx: WriteSession,
    event: Event,
    fetched: Fetched,
    *,
    now: datetime,
    practice: Practice,
    may_add: bool = True,
) -> str:
    """Write what was fetched; the result code of the delivery.

    Without `may_add` a client who looks like someone on record is held for a person. Raises: PersonHeld.
    """
    subject = fetched.subject
    if subject is None:
        known = event.subject == "appointment" and await forget_visit(tx, event.object_id)
        return "appointment_deleted" if known else "object_gone"
    is_urgent = isinstance(subject, Form) and await holds_risk(tx, subject.answers)
    client = await _client(tx, subject.client_number, fetched, may_add=may_add or is_urgent)
    if isinstance(subject, Visit):
        await _record_move(tx, await client_of_visit(tx, subject.id), client)
        return await store_visit(tx, subject, client_id=client.id, part2=client.part2)
    if isinstance(subject, LockedNote):
        return await store_note(tx, subject, client_id=client.id)
    await _record_move(tx, await client_of_form(tx, subject.id), client)
    intake, is_new = await store_form(tx, subject, client_id=client.id)
    await look_for_risk(
        tx, subject.answers, client_id=client.id, intake_id=intake.id, practice=practice
    )
    if not is_new:
        return "intake_updated"
    await receive_intake(tx, client.id, received_at=subject.submitted_at or now, practice=practice)
    return "intake_created"


async def _record_move(tx: WriteSession, before: uuid.UUID | None, client: Client) -> None:
    """Something that named another client until now may tell of a merge in IntakeQ."""
    if before is not None:
        await record_move(tx, before, client.id)


async def _client(tx: WriteSession, number: str, fetched: Fetched, *, may_add: bool) -> Client:
    if fetched.person_began_at is not None:
        await record_profile(tx, number, began_at=fetched.person_began_at)
    if fetched.person is not None:
        if await known_client(tx, fetched.person.number):
            return await store_person(tx, fetched.person)
        return await who_is(tx, fetched.person, may_add=may_add)
    known = await known_client(tx, number)
    client = await tx.get(Client, known) if known else None
    if client is None:
        raise Retry("client_gone")
    return client
