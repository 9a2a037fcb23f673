"""The waitlist as pages show it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from lmhg_gateway.features.referrals.public import Referral, payer_said
from lmhg_gateway.features.waitlist.matching_rules import (
    DAYS,
    MEETS,
    PARTS,
    TIMES,
    Match,
    Verdict,
)
from lmhg_gateway.features.waitlist.models import FreedSlot, SlotOffer, WaitWish
from lmhg_gateway.features.waitlist.offer_rules import OfferState, SlotState
from lmhg_gateway.features.waitlist.planning import time_words
from lmhg_kit.practice import Practice
from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of
from lmhg_kit.ui.spans import clock_of

NAMELESS = "(no name on file)"
TIMES_SHOWN = 3
SLOT_WORDS: Mapping[str, tuple[str, str]] = {
    SlotState.PROPOSED: ("Canceled: is it free?", "warn"),
    SlotState.OPEN: ("Free", "accent"),
    SlotState.FILLED: ("Filled", "ok"),
    SlotState.GONE: ("Not free any more", ""),
}
OFFER_WORDS: Mapping[str, tuple[str, str]] = {
    OfferState.WAITING: ("In line", ""),
    OfferState.HELD: ("Asked now", "accent"),
    OfferState.ACCEPTED: ("Accepted", "ok"),
    OfferState.DECLINED: ("Declined", ""),
    OfferState.EXPIRED: ("Passed on", ""),
    OfferState.ENDED: ("Taken: tell them", "bad"),
    OfferState.TOLD: ("Told that it is taken", ""),
    OfferState.NOT_ASKED: ("Not asked", ""),
}
VERDICT_TONES: Mapping[Verdict, str] = {
    Verdict.FITS: "ok",
    Verdict.OPEN: "",
    Verdict.MISSES: "bad",
}


class WaitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the waitlist."""

    id: uuid.UUID
    client: str
    urgency: str
    since: datetime
    days: int
    clinicians: str
    times: str
    meets: str
    payer: str
    is_stale: bool


class SlotRow(msgspec.Struct, frozen=True, kw_only=True):
    """One freed time in a list."""

    id: uuid.UUID
    when: str
    starts_at: datetime
    clinician: str
    minutes: int
    meets: str
    state: str
    state_words: str
    state_tone: str
    asked: str


@dataclass(frozen=True, kw_only=True)
class OfferRow:
    """One offer with its outcome."""

    id: uuid.UUID
    referral_id: uuid.UUID
    client: str
    position: int
    state: str
    state_words: str
    state_tone: str
    until: str
    by: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MatchRow:
    """One person whom a freed time may suit, and why."""

    referral_id: uuid.UUID
    client: str
    urgency: str
    days: int
    fits: bool
    points: tuple[tuple[str, str], ...]


def times_words(codes: Sequence[str]) -> str:
    """Times of the week in their order, the first few by name."""
    said = [name for code, name in TIMES.items() if code in set(codes)]
    if not said:
        return "Any time"
    more = len(said) - TIMES_SHOWN
    shown = ", ".join(said[:TIMES_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def wait_row(
    referral: Referral,
    wish: WaitWish | None,
    *,
    client: str,
    staff: Mapping[str, str],
    at: datetime,
    is_stale: bool,
) -> WaitRow:
    """One person on the waitlist, with what they wish for."""
    since = referral.arrived_at or referral.created_at
    names = [staff.get(str(each), "") for each in wish.clinicians] if wish else []
    return WaitRow(
        id=referral.id,
        client=client,
        urgency=referral.urgency,
        since=since,
        days=max((at - since).days, 0),
        clinicians=", ".join(sorted(filter(None, names))) or "Any clinician",
        times=times_words(wish.times if wish else ()),
        meets=MEETS.get(wish.meets, "Either") if wish else "Either",
        payer=words(wish.payer) if wish and wish.payer else payer_said(referral),
        is_stale=is_stale,
    )


def slot_row(
    slot: FreedSlot, *, staff: Mapping[str, str], asked: tuple[int, int], practice: Practice
) -> SlotRow:
    """One freed time, with how many are asked and how many wait for their turn."""
    said, tone = SLOT_WORDS[slot.state]
    held, waiting = asked
    parts = [f"{held} asked" if held else "", f"{waiting} in line" if waiting else ""]
    return SlotRow(
        id=slot.id,
        when=time_words(slot, practice),
        starts_at=slot.starts_at,
        clinician=staff.get(str(slot.clinician_id), "Someone who left"),
        minutes=slot.minutes,
        meets=MEETS[slot.meets],
        state=slot.state,
        state_words=said,
        state_tone=tone,
        asked=", ".join(filter(None, parts)),
    )


FILLED_WORDS: Mapping[str, str] = {
    "offer": "This time was filled by an offer.",
    "hand": "This time was filled by hand.",
    "visit": "This time is taken: the clinician has another visit then.",
}
"""How a freed time was filled."""


def banner_of(slot: FreedSlot, offers: Sequence[SlotOffer]) -> tuple[str, str]:
    """What comes first on a freed time's page, and how it looks; nothing where nothing has to be said."""
    to_tell = sum(each.state == OfferState.ENDED for each in offers)
    tell = (
        f" {count_of(to_tell, 'person')} who had an offer still have to be told." if to_tell else ""
    )
    if to_tell == 1:
        tell = " One person who had an offer still has to be told."
    if slot.state == SlotState.FILLED:
        return f"{FILLED_WORDS[slot.filled_by]}{tell}", "warn" if to_tell else "ok"
    if slot.state == SlotState.GONE:
        return f"This time is not free any more.{tell}", "warn"
    if slot.state == SlotState.PROPOSED:
        return "An appointment at this time was canceled. Is the time really free?", "info"
    return "", ""


def offer_row(
    one: SlotOffer, *, client: str, staff: Mapping[str, str], practice: Practice
) -> OfferRow:
    """One offer, with until when it holds."""
    said, tone = OFFER_WORDS[one.state]
    until = ""
    if one.state == OfferState.HELD and one.holds_until:
        there = one.holds_until.astimezone(practice.zone)
        is_today = there.date() == practice.today()
        until = f"until {clock_of(there)}" if is_today else f"until {there:%a} {clock_of(there)}"
    return OfferRow(
        id=one.id,
        referral_id=one.referral_id,
        client=client,
        position=one.position,
        state=one.state,
        state_words=said,
        state_tone=tone,
        until=until,
        by=staff.get(one.answered_by or "", ""),
        at=one.answered_at or one.offered_at,
    )


def match_row(made: Match, referral: Referral, *, client: str, at: datetime) -> MatchRow:
    """One person, with each point in words."""
    since = referral.arrived_at or referral.created_at
    return MatchRow(
        referral_id=referral.id,
        client=client,
        urgency=referral.urgency if referral.urgency != "routine" else "",
        days=max((at - since).days, 0),
        fits=made.fits,
        points=tuple((each.said, VERDICT_TONES[each.verdict]) for each in made.points),
    )


class TimeLine(NamedTuple):
    """One day of the week with its parts, for a form."""

    day: str
    parts: Sequence[tuple[str, str]]


WEEK = [
    TimeLine(name, [(f"{day}_{part}", said.capitalize()) for part, said in PARTS.items()])
    for day, name in DAYS.items()
]


def wish_facts(
    referral: Referral, wish: WaitWish | None, *, staff: Mapping[str, str]
) -> list[tuple[str, str]]:
    """What someone wishes for, in words."""
    row = wait_row(referral, wish, client="", staff=staff, at=referral.created_at, is_stale=False)
    return [
        ("Clinician", row.clinicians),
        ("Times", row.times),
        ("Format", row.meets),
        ("Payer", row.payer),
        ("State", wish.state if wish and wish.state else "Not known yet"),
    ]
