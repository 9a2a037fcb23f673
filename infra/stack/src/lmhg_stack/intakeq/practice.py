"""The simulated practice: its people and what happens to them, kept in a journal.

Each act changes the objects and returns the webhook that IntakeQ would send for it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lmhg_stack.canary.tokens import Canary, Person
from lmhg_stack.intakeq import objects
from lmhg_stack.intakeq.objects import PRACTICE_ID, Object

KINDS = ("client", "appointment", "intake", "note")
OPENS = time(8, 0)
SLOTS_A_DAY = 18
SLOT_MIN = 30
DAYS_AROUND = (0, 1, -1, 2, -2, 0, 3, -3, 4, -7, 5, 1, -4, -8, 6, -14)
"""Days from today on which appointments are made, in turn."""
MISSED_EVERY, UNSURE_EVERY = 9, 6


@dataclass(frozen=True)
class Webhook:
    """What is posted to the configured address: the body, exactly, and what it is about."""

    event: str
    body: Object


class Unknown(LookupError):
    """No object of that id."""


class Practice:
    """Every object of the practice, by kind and id. A journal makes it survive a restart."""

    def __init__(self, canary: Canary, *, zone: ZoneInfo, journal: Path | None = None) -> None:
        self.canary = canary
        self.zone = zone
        self._journal = journal
        self._objects: dict[str, dict[str, Object]] = {kind: {} for kind in KINDS}
        if journal is not None and journal.exists():
            self._load(journal)

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind, oldest first."""
        return list(self._objects[kind].values())

    def get(self, kind: str, key: str) -> Object:
        """One object. Raises: Unknown."""
        try:
            return self._objects[kind][key]
        except KeyError:
            raise Unknown(key) from None

    def people(self) -> list[Person]:
        """The invented people who are clients here."""
        return [self._person_of(profile) for profile in self.all("client")]

    def tokens(self) -> list[str]:
        """Every canary of every person, and the ids that only this practice knows."""
        found = [token for person in self.people() for token in person.tokens()]
        for kind in ("appointment", "intake", "note"):
            found.extend(self._objects[kind])
        return found

    def new_client(self, *, at: datetime | None = None) -> Object:
        """One more client, perhaps of some weeks ago. IntakeQ has no webhook for it."""
        person = self.canary.person(len(self._objects["client"]))
        made = objects.client(person, now=at or _now())
        self._put("client", str(made["ClientId"]), made)
        return made

    def submit_intake(
        self, client_id: int, *, at: datetime | None = None, risk: int = 0
    ) -> Webhook:
        """A client submits the questionnaire, or did so some time ago."""
        person, number = self._person(client_id), len(self._objects["intake"])
        made = objects.intake(person, number=number, now=at or _now(), risk=risk)
        self._put("intake", made["Id"], made)
        self._touch(client_id)
        return Webhook("Intake Submitted", self._intake_body(made))

    def book(self, client_id: int, *, start: datetime | None = None) -> Webhook:
        """An appointment is made, by default in the next free slot."""
        person = self._person(client_id)
        number = len(self._objects["appointment"])
        begins = start or self._slot(number)
        made = objects.appointment(person, number=number, start=begins, now=_now(), zone=self.zone)
        if start is None:
            made["Status"] = self._status(number, begins)
        self._put("appointment", made["Id"], made)
        self._touch(client_id)
        return self._appointment_event("AppointmentCreated", made)

    def reschedule(self, appointment_id: str, *, start: datetime | None = None) -> Webhook:
        """An appointment moves, by default a day later."""
        made = self.get("appointment", appointment_id)
        later = datetime.fromtimestamp(made["StartDate"] / 1000, UTC) + timedelta(days=1)
        objects.move(made, start or later, now=_now(), zone=self.zone)
        self._put("appointment", appointment_id, made)
        return self._appointment_event("AppointmentRescheduled", made)

    def cancel(self, appointment_id: str, *, british: bool = False) -> Webhook:
        """An appointment is called off; IntakeQ spells that in two ways."""
        made = self.get("appointment", appointment_id)
        now = objects.millis(_now())
        made.update(Status="Canceled", CancellationDate=now, LastModified=now)
        made.update(AttendanceConfirmationResponse="Cancelled", FullCancellationReason="Client")
        self._put("appointment", appointment_id, made)
        event = "AppointmentCancelled" if british else "AppointmentCanceled"
        return self._appointment_event(event, made)

    def lock_note(self, client_id: int, *, appointment_id: str | None = None) -> Webhook:
        """A treatment note is written and locked."""
        person = self._person(client_id)
        number = len(self._objects["note"])
        made = objects.note(person, number=number, now=_now(), appointment_id=appointment_id)
        self._put("note", made["Id"], made)
        return self._note_body(made)

    def relock_note(self, note_id: str, *, changed: bool) -> Webhook:
        """A note is unlocked and locked again: the webhook is identical either way."""
        made = self.get("note", note_id)
        if changed:
            made["Questions"][0]["Answer"] += " (amended)"
            self._put("note", note_id, made)
        return self._note_body(made)

    def wipe(self) -> None:
        """Forget everybody."""
        self._objects = {kind: {} for kind in KINDS}
        if self._journal is not None:
            self._journal.unlink(missing_ok=True)

    def _person(self, client_id: int) -> Person:
        return self._person_of(self.get("client", str(client_id)))

    def _person_of(self, profile: Object) -> Person:
        return self.canary.person(profile["ClientId"] - objects.FIRST_CLIENT_ID)

    def _touch(self, client_id: int) -> None:
        profile = self.get("client", str(client_id))
        profile.update(LastUpdateDate=objects.millis(_now()))
        self._put("client", str(client_id), profile)

    def _slot(self, number: int) -> datetime:
        """An hour of this week, the next, or one of the two before: today first, then all around it.

        So a calendar that was begun a minute ago has a past. The weekend has its hours too.
        """
        turn, days = divmod(number, len(DAYS_AROUND))
        day = _now().astimezone(self.zone).date() + timedelta(days=DAYS_AROUND[days])
        slot = (turn * 3 + days * 5) % SLOTS_A_DAY
        opening = datetime.combine(day, OPENS, self.zone)
        return (opening + timedelta(minutes=SLOT_MIN * slot)).astimezone(UTC)

    @staticmethod
    def _status(number: int, begins: datetime) -> str:
        """What became of it: over and attended, now and then missed, or still to come."""
        if begins < _now():
            return "Missed" if number % MISSED_EVERY == 0 else "Attended"
        return "WaitingConfirmation" if number % UNSURE_EVERY == 0 else "Confirmed"

    @staticmethod
    def _intake_body(made: Object) -> Object:
        return {
            "IntakeId": made["Id"],
            "Type": "Intake Submitted",
            "ClientId": made["ClientId"],
            "ExternalClientId": made["ExternalClientId"],
            "PracticeId": PRACTICE_ID,
            "ExternalPracticeId": None,
        }

    @staticmethod
    def _appointment_event(event: str, made: Object) -> Webhook:
        body = {
            "EventType": event,
            "ActionPerformedByClient": False,
            "ClientId": made["ClientId"],
            "PracticeId": PRACTICE_ID,
            "ExternalPracticeId": None,
            "ExternalClientId": None,
            "Appointment": dict(made),
        }
        return Webhook(event, body)

    @staticmethod
    def _note_body(made: Object) -> Webhook:
        body = {"NoteId": made["Id"], "Type": "Note Locked", "ClientId": made["ClientId"]}
        return Webhook("Note Locked", body)

    def _put(self, kind: str, key: str, made: Object) -> None:
        self._objects[kind][key] = made
        if self._journal is not None:
            with self._journal.open("a") as out:
                out.write(json.dumps([kind, key, made]) + "\n")

    def _load(self, journal: Path) -> None:
        for kind, key, made in _records(journal.read_text().splitlines()):
            self._objects[kind][key] = made


def _records(lines: Iterable[str]) -> Iterable[tuple[str, str, Object]]:
    for line in lines:
        try:
            kind, key, made = json.loads(line)
        except ValueError:
            return  # a torn last line: the process was killed while writing it
        yield kind, key, made


def _now() -> datetime:
    return datetime.now(UTC)
