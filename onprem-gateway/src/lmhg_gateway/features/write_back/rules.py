"""What is sent to IntakeQ, and how it is known that it arrived. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from lmhg_gateway.adapters.intakeq import Visit

PREFIX = "lmhg-"
CALLED_OFF = frozenset({"canceled", "declined", "deleted"})


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What someone asked for, beyond which record it is about."""

    start: datetime | None = None
    clinician: str = ""
    """Their email address."""
    service: str = ""
    reason: str = ""


class NotBookable(ValueError):
    """IntakeQ has no such clinician, service or place; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def external_id(client_id: uuid.UUID) -> str:
    """The id of ours that IntakeQ keeps with a client, by which it is found again."""
    return f"{PREFIX}{client_id}"


def millis(moment: datetime) -> int:
    """Epoch milliseconds."""
    return int(moment.timestamp() * 1000)


class Ways(NamedTuple):
    """By which ways IntakeQ may reach a client."""

    email: bool
    text: bool
    phone: bool
    mail: bool


NO_WAYS = Ways(email=False, text=False, phone=False, mail=False)


def client_order(
    client_id: uuid.UUID, told: Mapping[str, str | None], *, number: str | None, ways: Ways
) -> dict[str, Any]:
    """A client as IntakeQ takes one. What is empty here is not sent, and stays there.

    IntakeQ reminds people by whatever it knows, so it is told no way that the client does not allow.
    """
    born = told.get("birth_date")
    day = datetime.combine(date.fromisoformat(born), datetime.min.time(), UTC) if born else None
    said = {
        "ClientId": int(number) if number else None,
        "Name": told.get("legal_name"),
        "Email": told.get("email") if ways.email else None,
        "Phone": told.get("phone") if ways.phone else None,
        "MobilePhone": told.get("mobile") if ways.text else None,
        "Address": told.get("address") if ways.mail else None,
        "DateOfBirth": millis(day) if day else None,
        "ExternalClientId": external_id(client_id),
    }
    return {name: value for name, value in said.items() if value is not None}


def reminder_of(ways: Ways) -> str:
    """How IntakeQ reminds the client, in its own words."""
    return "Email" if ways.email else "Sms" if ways.text else "OptOut"


def book_order(
    order: Order, bookable: Mapping[str, Any], *, number: str, ways: Ways
) -> dict[str, Any]:
    """An appointment as IntakeQ takes one; it tells the client by what they allow. Raises: NotBookable."""
    if order.start is None:
        raise NotBookable("time_missing")
    people = {_text(each, "Email").casefold(): each for each in _rows(bookable, "Practitioners")}
    services = {_text(each, "Name").casefold(): each for each in _rows(bookable, "Services")}
    places = _rows(bookable, "Locations")
    if order.clinician.casefold() not in people:
        raise NotBookable("clinician_unknown")
    if order.service.casefold() not in services:
        raise NotBookable("service_unknown")
    if not places:
        raise NotBookable("place_unknown")
    return {
        "PractitionerId": people[order.clinician.casefold()].get("Id"),
        "ServiceId": services[order.service.casefold()].get("Id"),
        "LocationId": places[0].get("Id"),
        "ClientId": int(number),
        "Status": "Confirmed",
        "UtcDateTime": millis(order.start),
        "SendClientEmailNotification": ways.email,
        "ReminderType": reminder_of(ways),
    }


def booked(visits: Iterable[Visit], *, order: Order, number: str) -> Visit | None:
    """The appointment that a call made whose answer never came, if there is one."""
    return next(
        (
            each
            for each in visits
            if each.client_number == number
            and each.starts_at == order.start
            and each.clinician_email == order.clinician.casefold()
            and each.status not in CALLED_OFF
        ),
        None,
    )


def _rows(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = found.get(name)
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
