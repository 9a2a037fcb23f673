"""The states of a referral, the moves between them, and the reason that each exit needs.

One table: pages, checks, the board and the generated diagram all read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lmhg_gateway.features.clients.public import OTHER_PAYER as OTHER
from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.door import FIRST_DAY


class State(StrEnum):
    """Where a referral is."""

    RECEIVED = "received"
    CONTACTED = "contacted"
    SCREENING = "screening"
    DECLINED = "declined"
    REFERRED_OUT = "referred_out"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    BOOKED = "booked"
    ATTENDED = "attended"
    CLOSED = "closed"


class Reason(StrEnum):
    """Why a referral left the way it was on."""

    UNREACHABLE = "unreachable"
    NOT_INTERESTED = "not_interested"
    DUPLICATE = "duplicate"
    PAYER_NOT_ACCEPTED = "payer_not_accepted"
    OUT_OF_SCOPE = "out_of_scope"
    HIGHER_LEVEL_OF_CARE = "higher_level_of_care"
    NO_CAPACITY = "no_capacity"
    URGENT_REDIRECT = "urgent_redirect"
    OFFER_DECLINED = "offer_declined"
    OFFER_EXPIRED = "offer_expired"
    TIME_TAKEN = "time_taken"
    APPOINTMENT_CANCELED = "appointment_canceled"
    NO_SHOW = "no_show"
    CARE_STARTED = "care_started"
    CAME_BACK = "came_back"
    BY_MISTAKE = "by_mistake"


EXITS = frozenset({State.DECLINED, State.REFERRED_OUT, State.CLOSED})
"""States that end the work on a referral; a move into one needs a reason."""

_GAVE_UP = (Reason.UNREACHABLE, Reason.NOT_INTERESTED, Reason.DUPLICATE)
_NOT_OURS = (
    Reason.PAYER_NOT_ACCEPTED,
    Reason.OUT_OF_SCOPE,
    Reason.HIGHER_LEVEL_OF_CARE,
    Reason.NO_CAPACITY,
)
_AWAY = (*_NOT_OURS, Reason.URGENT_REDIRECT)

Moves = Mapping[State, tuple[Reason, ...]]
"""Where to, with the reasons to choose from; an empty list asks for none."""

TRANSITIONS: Mapping[State, Moves] = {
    State.RECEIVED: {
        State.CONTACTED: (),
        State.REFERRED_OUT: (Reason.URGENT_REDIRECT,),
        State.CLOSED: (*_GAVE_UP, Reason.BY_MISTAKE),
    },
    State.CONTACTED: {
        State.SCREENING: (),
        State.REFERRED_OUT: (Reason.URGENT_REDIRECT,),
        State.CLOSED: _GAVE_UP,
    },
    State.SCREENING: {
        State.WAITLISTED: (),
        State.OFFERED: (),
        State.DECLINED: _NOT_OURS,
        State.REFERRED_OUT: _AWAY,
        State.CLOSED: _GAVE_UP,
    },
    State.WAITLISTED: {
        State.OFFERED: (),
        State.REFERRED_OUT: _AWAY,
        State.CLOSED: _GAVE_UP,
    },
    State.OFFERED: {
        State.BOOKED: (),
        State.WAITLISTED: (Reason.OFFER_DECLINED, Reason.OFFER_EXPIRED, Reason.TIME_TAKEN),
        State.CLOSED: _GAVE_UP,
    },
    State.BOOKED: {
        State.ATTENDED: (),
        State.OFFERED: (Reason.APPOINTMENT_CANCELED, Reason.NO_SHOW),
        State.WAITLISTED: (Reason.APPOINTMENT_CANCELED, Reason.NO_SHOW),
        State.CLOSED: (*_GAVE_UP, Reason.NO_SHOW),
    },
    State.ATTENDED: {State.CLOSED: (Reason.CARE_STARTED, Reason.NOT_INTERESTED)},
    State.DECLINED: {
        State.CONTACTED: (Reason.CAME_BACK,),
        State.CLOSED: (*_NOT_OURS, Reason.NOT_INTERESTED),
    },
    State.REFERRED_OUT: {
        State.CONTACTED: (Reason.CAME_BACK,),
        State.CLOSED: (*_AWAY, Reason.NOT_INTERESTED),
    },
    State.CLOSED: {State.CONTACTED: (Reason.CAME_BACK,)},
}

OPEN_STATES = tuple(state for state in State if state not in EXITS and state is not State.ATTENDED)
"""States in which someone still owes the person a step, in the order of the way."""

SOURCES = (
    "self", "family", "physician", "hospital", "school", "court", "clinician", "insurer", "other",
    "unknown",
)  # fmt: skip
CHANNELS = ("phone", "web_form", "fax", "e_mail", "walk_in", "intake_form", "letter", "unknown")
CONCERNS = (
    "anxiety", "depression", "trauma", "grief", "relationship", "family", "child_behaviour",
    "attention", "substance_use", "eating", "psychosis", "testing", "medication", "other", "unknown",
)  # fmt: skip
URGENCIES = ("routine", "soon", "urgent")
SECOND_REASONS: Mapping[str, str] = {
    "new_concern": "It is about something else",
    "other_service": "It is for another service",
    "other_source": "Someone else referred them too",
}
"""Why a client has another referral while one is open."""
UNDO_FOR = timedelta(minutes=10)
"""How long a step is taken back by the person who took it."""


def check_payer(code: str, *, name: str) -> None:
    """Accept another payer than those we know only by its name. Raises: Invalid."""
    if code == OTHER and not name.strip():
        raise Invalid("payer_name", fields={"payer_name": "Write the name of the plan or insurer."})


def check_received(day: date, *, today: date) -> None:
    """Accept the day that a referral came. Raises: Invalid."""
    if not FIRST_DAY <= day <= today:
        raise Invalid(
            "received_on",
            fields={"received_on": f"Write a date from {FIRST_DAY.year} to today."},
        )


TAKEN_BACK = "taken_back"
"""The reason of a step that only takes another back."""


def waits_since(received_on: date, *, at: datetime, today: date) -> datetime:
    """Since when someone waits: since the day they came, however late it is recorded."""
    return at if received_on >= today else at - (today - received_on)


def check_second(open_since: date | None, *, why: str) -> None:
    """Accept another referral of a client who has an open one only with a reason. Raises: Invalid."""
    if open_since is not None and not why:
        said = f"This client has an open referral from {open_since:%b} {open_since.day}. Say why a second one is needed."
        raise Invalid("referral_open", fields={"why_another": said})


def check_undo(
    state: str, *, moved_to: str, moved_by: str, moved_at: datetime, by: str, at: datetime
) -> None:
    """Accept that someone takes back their own last step, shortly after. Raises: Conflict."""
    if state != moved_to or moved_by != by:
        raise Conflict("referral_moved")
    if at - moved_at > UNDO_FOR:
        raise Conflict("undo_late")


@dataclass(frozen=True)
class Move:
    """A step that the table allows."""

    to: State
    reason: Reason | None


def moves_from(state: State) -> Moves:
    """The moves that a referral in this state may make."""
    return TRANSITIONS[state]


def check_move(state: State, *, to: State, reason: Reason | None) -> Move:
    """Accept a step of the table with a reason it asks for. Raises: Conflict, Invalid."""
    reasons = TRANSITIONS[state].get(to)
    if reasons is None:
        raise Conflict("referral_move")
    if reasons and reason is None:
        raise Invalid("referral_reason", fields={"reason": "Choose a reason."})
    if reason is not None and reason not in reasons:
        raise Invalid("referral_reason", fields={"reason": "This reason does not fit this step."})
    return Move(to, reason)


def diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> received"]
    for state, moves in TRANSITIONS.items():
        for to, reasons in moves.items():
            label = f" : {', '.join(reasons)}" if reasons else ""
            lines.append(f"    {state} --> {to}{label}")
    return "\n".join([*lines, "    closed --> [*]"])


def reference() -> str:
    """The page docs/reference/referral-states.md, generated."""
    rows = [
        f"| {state} | {to} | {', '.join(reasons) or '(none needed)'} |"
        for state, moves in TRANSITIONS.items()
        for to, reasons in moves.items()
    ]
    head = (
        "# Referral states\n\n"
        "Generated from `lmhg_gateway.features.referrals.rules`; a test compares the two.\n\n"
        f"```mermaid\n{diagram()}\n```\n\n"
        "| from | to | reasons |\n| --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"
