"""How people, and the end of their access, are shown."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row

from lmhg_gateway.features.factors.public import MfaStatus
from lmhg_gateway.features.people.models import Offboarding
from lmhg_gateway.features.people.rules import GOAL, account_state, seconds_between


class PersonRow(msgspec.Struct, frozen=True):
    """One person in the list."""

    id: str
    name: str
    email: str
    roles: list[str]
    active: bool
    state: str
    state_tone: str
    factor: str
    factor_tone: str
    required_from: datetime | None
    last_sign_in: datetime | None
    delayed_until: datetime | None
    ended_at: datetime | None


class Ending(msgspec.Struct, frozen=True):
    """One thing that an offboarding ends, and how long that took."""

    title: str
    at: datetime | None
    seconds: float | None
    tone: str
    note: str = ""


class Progress(msgspec.Struct, frozen=True):
    """An offboarding as it is."""

    at: datetime
    endings: list[Ending]
    seconds: float | None
    """How long all of it took, or None while something is missing."""
    portal_ends_by: datetime | None

    @property
    def is_done(self) -> bool:
        """Whether everything has ended on both planes."""
        return self.seconds is not None

    @property
    def is_in_time(self) -> bool:
        """Whether it took no longer than promised."""
        return self.seconds is not None and self.seconds < GOAL.total_seconds()


def person_rows(
    found: Sequence[Row[Any]], statuses: Mapping[uuid.UUID, MfaStatus]
) -> list[PersonRow]:
    """People with how they sign in."""
    return [person_row(row, statuses[row.id]) for row in found]


def person_row(row: Row[Any], status: MfaStatus) -> PersonRow:
    """One person with how they sign in."""
    state, tone = account_state(
        is_active=row.active,
        is_invited=status.invited_at is not None and status.last_sign_in is None,
    )
    factor, factor_tone = _factor(status)
    return PersonRow(
        id=str(row.id),
        name=row.display_name,
        email=row.email,
        roles=sorted(row.roles),
        active=row.active,
        state=state,
        state_tone=tone,
        factor=factor,
        factor_tone=factor_tone,
        required_from=status.required_from,
        last_sign_in=status.last_sign_in,
        delayed_until=status.delayed_until,
        ended_at=row.ended_at,
    )


def _factor(status: MfaStatus) -> tuple[str, str]:
    parts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((status.apps, "app"), (status.keys, "key"))
        if count
    ]
    if parts:
        return " and ".join(parts), "ok"
    return ("None yet", "warn") if status.required_from else ("None", "")


def progress(
    made: Offboarding,
    *,
    notices: Sequence[Row[Any]],
    received_at: datetime | None,
    portal_ends_by: datetime | None,
) -> Progress:
    """What ended when, and whether all of it has."""
    here = f"{made.sessions} sessions, {made.tokens} tokens, {made.letters} unused emails, {made.clients} connected apps, {made.secrets} app secrets, {made.requests} open requests"
    endings = [Ending("Account, sessions and tokens in the office", made.at, 0.0, "ok", here)]
    endings += _noticed(notices, since=made.at)
    if made.profile_version is not None:
        endings.append(_ending("The portal has the profile, marked as left", made.at, received_at))
    missing = any(ending.at is None for ending in endings)
    longest = max(ending.seconds or 0.0 for ending in endings)
    return Progress(made.at, endings, None if missing else longest, portal_ends_by)


def _noticed(notices: Sequence[Row[Any]], *, since: datetime) -> list[Ending]:
    """One line a relying party: told when the last of its notices was answered."""
    by_name: dict[str, list[Row[Any]]] = {}
    for row in notices:
        by_name.setdefault(row.name, []).append(row)
    found: list[Ending] = []
    for name, rows in by_name.items():
        answers = [row.sent_at for row in rows]
        tries = max(row.attempts for row in rows)
        told = None if None in answers else max(answers)
        note = f"Tried {tries} times" if told is None and tries > 1 else ""
        found.append(_ending(f"{name} ended its sessions", since, told, note=note))
    return found


def _ending(title: str, since: datetime, at: datetime | None, *, note: str = "") -> Ending:
    return Ending(title, at, seconds_between(since, at), "ok" if at else "warn", note)
