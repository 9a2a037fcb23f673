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
DELETED = {kind: f"deleted_{kind}" for kind in ("client", "appointment")}
"""Where an object is kept that was deleted: IntakeQ lists it for ten days and brings it back."""
EVERY = (*KINDS, *DELETED.values(), "merge")
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
        self._objects: dict[str, dict[str, Object]] = {kind: {} for kind in EVERY}
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

    def new_client(self, *, at: datetime | None = None, like: int | None = None) -> Object:
        """One more client, perhaps of some weeks ago. IntakeQ has no webhook for it.

        `like` a client: the booking widget did not find them and made a second one.
        """
        number = len(self._objects["client"]) + len(self._objects[DELETED["client"]])
        made = objects.client(self.canary.person(number), now=at or _now())
        if like is not None:
            first = self.get("client", str(like))
            made.update({name: first[name] for name in objects.SAME_PERSON}, DateOfBirth=None)
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

    def delete(self, appointment_id: str) -> Webhook:
        """An appointment is deleted."""
        made = self.get("appointment", appointment_id)
        made.update(LastModified=objects.millis(_now()))
        self._move("appointment", DELETED["appointment"], appointment_id)
        return self._appointment_event("AppointmentDeleted", made)

    def change_client(self, client_id: int, **parts: object) -> Object:
        """Someone edits a client there. IntakeQ sends nothing."""
        profile = self.get("client", str(client_id))
        profile.update(parts)
        self._touch(client_id)
        return profile

    def merge(self, client_id: int, into: int) -> Object:
        """One client is deleted, and what they had names another. IntakeQ sends nothing."""
        other = self.get("client", str(into))
        moved: dict[str, list[str]] = {}
        for kind in ("appointment", "intake", "note"):
            mine = [each for each in self.all(kind) if each["ClientId"] == client_id]
            moved[kind] = [each["Id"] for each in mine]
            self._give(kind, moved[kind], other)
        self._touch(client_id)
        self._move("client", DELETED["client"], str(client_id))
        self._touch(into)
        made: Object = {"Id": str(client_id), "Into": into, "Moved": moved}
        self._put("merge", str(client_id), made)
        return made

    def unmerge(self, client_id: int) -> Object:
        """The deleted client is there again, with what they had."""
        made = self.get("merge", str(client_id))
        self._move(DELETED["client"], "client", str(client_id))
        self._touch(client_id)
        profile = self.get("client", str(client_id))
        for kind, keys in made["Moved"].items():
            self._give(kind, keys, profile)
        self._put("merge", str(client_id), None)
        return made

    def event_of(self, appointment_id: str) -> Webhook:
        """What IntakeQ would send of an appointment as it is."""
        return self._appointment_event(
            "AppointmentRescheduled", self.get("appointment", appointment_id)
        )

    def save_client(self, wanted: Object) -> Object:
        """A client as a program wants it: changed where it names one, else a new one."""
        if wanted.get("ClientId"):
            key = int(wanted["ClientId"])
            return self.change_client(key, **{k: v for k, v in wanted.items() if k != "ClientId"})
        made = self.new_client()
        return self.change_client(
            made["ClientId"], **{k: v for k, v in wanted.items() if k != "ClientId"}
        )

    def save_appointment(self, wanted: Object) -> Object:
        """An appointment as a program wants it: moved where it names one, else a new one."""
        start = datetime.fromtimestamp(int(wanted["UtcDateTime"]) / 1000, UTC)
        if wanted.get("Id"):
            self.reschedule(str(wanted["Id"]), start=start)
            return self.get("appointment", str(wanted["Id"]))
        body = self.book(int(wanted["ClientId"]), start=start).body["Appointment"]
        made = self.get("appointment", body["Id"])
        for row in objects.CLINICIANS:
            if row[0] == wanted.get("PractitionerId"):
                made.update(
                    PractitionerId=row[0], PractitionerName=row[1], PractitionerEmail=row[2]
                )
        for row in objects.SERVICES:
            if row[0] == wanted.get("ServiceId"):
                made.update(ServiceId=row[0], ServiceName=row[1], Duration=row[2])
        objects.move(made, start, now=_now(), zone=self.zone)
        self._put("appointment", made["Id"], made)
        return made

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
        self._objects = {kind: {} for kind in EVERY}
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

    def _give(self, kind: str, keys: Iterable[str], profile: Object) -> None:
        """Objects name another client from now on."""
        now = objects.millis(_now())
        for key in keys:
            if key in self._objects[kind]:
                made = self._objects[kind][key]
                made.update(
                    ClientId=profile["ClientId"],
                    ClientName=profile["Name"],
                    ClientEmail=profile["Email"],
                    LastModified=now,
                )
                self._put(kind, key, made)

    def _move(self, kind: str, to: str, key: str) -> None:
        """An object is deleted, or there again."""
        made = self.get(kind, key)
        self._put(kind, key, None)
        self._put(to, key, made)

    def _put(self, kind: str, key: str, made: Object | None) -> None:
        self._keep(kind, key, made)
        if self._journal is not None:
            with self._journal.open("a") as out:
                out.write(json.dumps([kind, key, made]) + "\n")

    def _keep(self, kind: str, key: str, made: Object | None) -> None:
        if made is None:
            self._objects[kind].pop(key, None)
        else:
            self._objects[kind][key] = made

    def _load(self, journal: Path) -> None:
        for kind, key, made in _records(journal.read_text().splitlines()):
            self._keep(kind, key, made)


def _records(lines: Iterable[str]) -> Iterable[tuple[str, str, Object | None]]:
    for line in lines:
        try:
            kind, key, made = json.loads(line)
        except ValueError:
            return  # a torn last line: the process was killed while writing it
        yield kind, key, made


def _now() -> datetime:
    return datetime.now(UTC)
