"""What a consent covers, how long it counts, and what follows when it ends. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lmhg_gateway.features.work_list.public import Next, Urgency
from lmhg_kit.errors import Conflict
from lmhg_kit.http.door import FIRST_DAY, LAST_DAY


class Scope(StrEnum):
    """What someone agrees to."""

    VOICEMAIL = "voicemail"
    TEXT = "text"
    EMAIL = "email"
    MAIL = "mail"
    TELEHEALTH = "telehealth"
    REPORT_BACK = "report_back"
    RELEASE = "release"
    MINOR = "minor_treatment"


SCOPES: Mapping[Scope, str] = {
    Scope.VOICEMAIL: "Voicemail",
    Scope.TEXT: "Text messages",
    Scope.EMAIL: "Email",
    Scope.MAIL: "Letters by mail",
    Scope.TELEHEALTH: "Telehealth",
    Scope.REPORT_BACK: "Report back to the referrer",
    Scope.RELEASE: "Release to a named party",
    Scope.MINOR: "Treatment of a minor",
}
WAYS: Mapping[Scope, str] = {
    Scope.VOICEMAIL: "may_voicemail",
    Scope.TEXT: "may_text",
    Scope.EMAIL: "may_email",
    Scope.MAIL: "may_mail",
}
"""The way to contact that a consent allows, a field of the client."""
GIVERS: Mapping[str, str] = {
    "client": "The client",
    "guardian": "Parent or guardian",
    "representative": "Other legal representative",
}
HOW: Mapping[str, str] = {
    "signed": "Signed on paper",
    "electronic": "Signed online",
    "spoken": "Spoken",
}
REVOKED, EXPIRED, REPLACED, MISTAKE = "revoked", "expired", "replaced", "mistake"
ENDS: Mapping[str, str] = {
    REVOKED: "Taken back by the person",
    EXPIRED: "Its time was over",
    REPLACED: "Replaced by a newer one",
    MISTAKE: "Recorded by mistake",
}
UNDO_FOR = timedelta(minutes=10)
WARN_DAYS = 30
"""So many days before its end the work list asks for a new one."""
SOON_DAYS = 7
RENEW = "renew_consent"


class Follow(StrEnum):
    """What follows when a consent ends."""

    WAY_OFF = "way_off"
    PLAN_AGAIN = "plan_again"
    REPORT_STOPS = "report_stops"
    ASK_TELEHEALTH = "ask_telehealth"
    RELEASE_STOPS = "release_stops"
    ASK_GUARDIAN = "ask_guardian"
    NOTHING = "nothing"


SAID: Mapping[Follow, str] = {
    Follow.WAY_OFF: "This way to contact is turned off for the client, everywhere.",
    Follow.PLAN_AGAIN: "The work list decides again what is next for this person.",
    Follow.REPORT_STOPS: "The referrer is told nothing more, and that step leaves the work list.",
    Follow.ASK_TELEHEALTH: "Before the next video visit, ask for a new consent.",
    Follow.RELEASE_STOPS: "Nothing more goes to this party. What was given stays in the accounting.",
    Follow.ASK_GUARDIAN: "Before the next visit, ask who may consent. The client's page says so.",
    Follow.NOTHING: "Another consent covers the same, so nothing changes.",
}
FOLLOWS: Mapping[Scope, tuple[Follow, ...]] = {
    **dict.fromkeys(WAYS, (Follow.WAY_OFF, Follow.PLAN_AGAIN)),
    Scope.TELEHEALTH: (Follow.ASK_TELEHEALTH,),
    Scope.REPORT_BACK: (Follow.REPORT_STOPS, Follow.PLAN_AGAIN),
    Scope.RELEASE: (Follow.RELEASE_STOPS,),
    Scope.MINOR: (Follow.ASK_GUARDIAN,),
}


def follows(scope: Scope, *, has_other: bool) -> Sequence[Follow]:
    """What follows when a consent ends; nothing where another one covers the same."""
    return (Follow.NOTHING,) if has_other else FOLLOWS[scope]


def is_over(expires_on: date | None, *, today: date) -> bool:
    """Whether the last day of a consent has passed."""
    return expires_on is not None and expires_on < today


def problems(
    scope: Scope,
    *,
    given_by: str,
    giver: str,
    party: str,
    given_on: date,
    expires_on: date | None,
    today: date,
) -> dict[str, str]:
    """What keeps a consent from being recorded, by field; nothing where all is there."""
    found: dict[str, str] = {}
    if not FIRST_DAY <= given_on <= today:
        found["given_on"] = f"Write a date from {FIRST_DAY.year} to today."
    if expires_on is not None and not max(given_on, today) <= expires_on <= LAST_DAY:
        found["expires_on"] = "Write a date from today on, or leave it empty."
    if scope is Scope.RELEASE and not party:
        found["party"] = "Write to whom it may be released."
    if scope is Scope.MINOR and given_by == "client":
        found["given_by"] = "A parent or guardian must agree to this."
    if given_by != "client" and not giver:
        found["giver"] = "Write who consented."
    return found


def next_of(
    expires_on: date | None, *, given_on: date, is_ended: bool, at: datetime, zone: ZoneInfo
) -> Next | None:
    """Before its end, to ask for a new one; nothing for one that ended or has no end."""
    if expires_on is None or is_ended:
        return None
    begins = _begin(expires_on - timedelta(days=WARN_DAYS), zone)
    ends = _begin(expires_on + timedelta(days=1), zone)
    if not begins <= at < ends:
        return None
    soon = _begin(expires_on - timedelta(days=SOON_DAYS), zone)
    return Next(
        step=RENEW,
        urgency=Urgency.SOON if at >= soon else Urgency.ROUTINE,
        since=max(begins, _begin(given_on, zone)),
        due_at=ends - timedelta(seconds=1),
        changes_at=ends if at >= soon else soon,
    )


def check_undo(ended_at: datetime | None, *, ended_by: str | None, by: str, at: datetime) -> None:
    """Accept that one takes back an end that one recorded, shortly after it. Raises: Conflict."""
    if ended_at is None or ended_by != by or at >= ended_at + UNDO_FOR:
        raise Conflict("consent_undo")


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
