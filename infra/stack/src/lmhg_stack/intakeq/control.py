"""The strings behind the simulator, for the demo and tests: make things happen, read what did.

Nothing of this exists in IntakeQ. It listens on loopback only, like the rest of the stack.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.params import FromPath, JSONBody

from lmhg_stack.intakeq.faults import Faults
from lmhg_stack.intakeq.limits import CallLimits
from lmhg_stack.intakeq.objects import Object
from lmhg_stack.intakeq.practice import Practice, Unknown, Webhook
from lmhg_stack.intakeq.webhooks import Sender

MOST_COPIES = 50


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """What to do: which object, for when, when it was done, how often to send the webhook."""

    id: str = ""
    client_id: int | None = None
    start: datetime | None = None
    at: datetime | None = None
    copies: Annotated[int, msgspec.Meta(ge=0, le=MOST_COPIES)] = 1
    risk: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    into: int | None = None
    phone: str = ""
    british: bool = False
    changed: bool = False


class Faulty(msgspec.Struct, forbid_unknown_fields=True):
    """What goes wrong next: so many answers with a status, so many webhooks lost, all of them late."""

    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500
    answers: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    lost: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    late_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    """Call limits; each is optional."""

    per_minute: int | None = None
    per_day: int | None = None
    reset: bool = True


def _client_id(state: State, order: Order) -> int:
    """The client meant: the one named, or a new one."""
    if order.client_id is not None:
        return order.client_id
    return state.practice.new_client(at=order.at)["ClientId"]


async def _send(state: State, webhook: Webhook, copies: int) -> Object:
    for _ in range(copies):
        await state.sender.send(webhook)
    body = webhook.body
    key = body.get("IntakeId") or body.get("NoteId") or body["Appointment"]["Id"]
    return {"id": key, "event": webhook.event, "client_id": body["ClientId"]}


@post("/clients")
async def new_client(state: State) -> Object:
    """Create a client; its full profile comes back."""
    return state.practice.new_client()


@post("/second")
async def second_client(state: State, data: JSONBody[Order]) -> Object:
    """Create a second client of someone, as the booking page does that does not find the first."""
    return state.practice.new_client(like=_named(data))


@post("/edit", status_code=200)
async def edit_client(state: State, data: JSONBody[Order]) -> Object:
    """Give a client another phone number; nothing is sent."""
    practice: Practice = state.practice
    return practice.change_client(_named(data), Phone=data.phone, MobilePhone=data.phone)


@post("/merge", status_code=200)
async def merge(state: State, data: JSONBody[Order]) -> Object:
    """Merge one client into another; nothing is sent."""
    if data.into is None or data.into == data.client_id:
        raise Unknown("into")
    return state.practice.merge(_named(data), data.into)


@post("/unmerge", status_code=200)
async def unmerge(state: State, data: JSONBody[Order]) -> Object:
    """Take a merge apart again; nothing is sent."""
    return state.practice.unmerge(_named(data))


@post("/delete")
async def delete(state: State, data: JSONBody[Order]) -> Object:
    """Delete an appointment."""
    return await _send(state, state.practice.delete(data.id), data.copies)


@post("/resend")
async def resend(state: State, data: JSONBody[Order]) -> Object:
    """Send the webhook of an appointment again, as it is."""
    return await _send(state, state.practice.event_of(data.id), data.copies)


@post("/faults", status_code=200)
async def set_faults(state: State, data: JSONBody[Faulty]) -> Object:
    """Say what goes wrong next; without anything, all is well."""
    faults: Faults = state.faults
    faults.status, faults.answers = data.status, data.answers
    faults.lost, faults.late_s = data.lost, data.late_s
    return asdict(faults)


def _named(order: Order) -> int:
    if order.client_id is None:
        raise Unknown("client_id")
    return order.client_id


@post("/intakes")
async def submit(state: State, data: JSONBody[Order]) -> Object:
    """Submit an intake, for a new client when none is named."""
    webhook = state.practice.submit_intake(_client_id(state, data), at=data.at, risk=data.risk)
    return await _send(state, webhook, data.copies)


@post("/appointments")
async def book(state: State, data: JSONBody[Order]) -> Object:
    """Book an appointment."""
    webhook = state.practice.book(_client_id(state, data), start=data.start)
    return await _send(state, webhook, data.copies)


@post("/reschedule")
async def reschedule(state: State, data: JSONBody[Order]) -> Object:
    """Move an appointment."""
    return await _send(state, state.practice.reschedule(data.id, start=data.start), data.copies)


@post("/cancel")
async def cancel(state: State, data: JSONBody[Order]) -> Object:
    """Call an appointment off."""
    return await _send(state, state.practice.cancel(data.id, british=data.british), data.copies)


@post("/notes")
async def lock_note(state: State, data: JSONBody[Order]) -> Object:
    """Write and lock a note."""
    return await _send(state, state.practice.lock_note(_client_id(state, data)), data.copies)


@post("/relock")
async def relock(state: State, data: JSONBody[Order]) -> Object:
    """Unlock a note and lock it again; the webhook says the same, changed or not."""
    webhook = state.practice.relock_note(data.id, changed=data.changed)
    return await _send(state, webhook, data.copies)


@post("/limits", status_code=200)
async def set_limits(state: State, data: JSONBody[Limits]) -> Object:
    """Raise, lower or reset the call limits."""
    limits: CallLimits = state.limits
    limits.per_minute = data.per_minute or limits.per_minute
    limits.per_day = data.per_day or limits.per_day
    if data.reset:
        limits.reset()
    return {"per_minute": limits.per_minute, "per_day": limits.per_day}


@post("/play", status_code=200)
async def play(state: State, data: JSONBody[dict[str, bool]]) -> Object:
    """Let the practice live by itself, or stop it."""
    await state.player.set(data.get("on", True))
    return {"on": state.player.is_on}


@post("/settle", status_code=200)
async def settle(state: State) -> Object:
    """Answer when no webhook waits any more."""
    await state.sender.settle()
    return {"waiting": 0}


@get("/status")
async def status(state: State) -> Object:
    """Counts: objects, webhooks by status, calls used and refused."""
    practice: Practice = state.practice
    sender: Sender = state.sender
    limits: CallLimits = state.limits
    return {
        "objects": {k: len(practice.all(k)) for k in ("client", "appointment", "intake", "note")},
        "webhooks": {str(status): count for status, count in sender.statuses.items()},
        "waiting": sender.waiting,
        "recent": [asdict(sent) for sent in sender.recent],
        "calls": {"today": limits.used_today, "refused": limits.refused},
        "limits": {"per_minute": limits.per_minute, "per_day": limits.per_day},
        "faults": asdict(state.faults),
        "play": state.player.is_on,
    }


@get("/canaries")
async def canaries(state: State) -> list[str]:
    """Every token that may be in no place of the cloud."""
    return state.practice.tokens()


@get("/objects/{kind:str}")
async def objects(state: State, kind: FromPath[str]) -> list[Object]:
    """Every object of a kind, past the limits."""
    try:
        return state.practice.all(kind)
    except KeyError:
        raise HTTPException(status_code=404, detail="no such kind") from None


@get("/health")
async def health() -> dict[str, Any]:
    """That it runs."""
    return {"ready": True}


def unknown_object(_: object, error: Unknown) -> Response[Object]:
    """404 for an id that no object has."""
    return Response({"detail": f"no object {error}"}, status_code=404)


ROUTER = Router(
    path="/_sim",
    route_handlers=[
        new_client, second_client, edit_client, merge, unmerge, delete, resend, set_faults, submit,
        book, reschedule, cancel, lock_note, relock,
        set_limits, play, settle, status, canaries, objects, health,
    ],
)  # fmt: skip
