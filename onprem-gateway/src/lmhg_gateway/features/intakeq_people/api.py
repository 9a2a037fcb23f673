"""Clients that IntakeQ has twice or merged, for programs that a person signed in to."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar.params import FromPath

from lmhg_gateway.features.intakeq_people import repository, service
from lmhg_gateway.features.intakeq_people.models import IntakeqArrival, IntakeqMerge
from lmhg_gateway.features.intakeq_people.pages import DECIDE
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

PATH = "/api/v1/intake/people"


class ArrivalOut(msgspec.Struct, frozen=True, kw_only=True):
    """A client who is new in IntakeQ and looks like a client on record."""

    id: uuid.UUID
    client_id: uuid.UUID
    level: str
    reasons: list[str]
    state: str
    found_at: datetime


class IntakeqMergeOut(msgspec.Struct, frozen=True, kw_only=True):
    """Two clients that IntakeQ merged, or took apart again."""

    id: uuid.UUID
    gone_id: uuid.UUID
    into_id: uuid.UUID
    moved: int
    state: str
    found_at: datetime
    undone_at: datetime | None


class IntakeqPeopleOut(msgspec.Struct, frozen=True, kw_only=True):
    """A hundred of each that wait, oldest first, and how many came in seven days."""

    arrivals: list[ArrivalOut]
    merges: list[IntakeqMergeOut]
    this_week: int


def _arrival(each: IntakeqArrival) -> ArrivalOut:
    return msgspec.convert(each, ArrivalOut, from_attributes=True)


def _merge(each: IntakeqMerge) -> IntakeqMergeOut:
    return msgspec.convert(each, IntakeqMergeOut, from_attributes=True)


@answers(PATH, DECIDE, purpose="intakeq_people.list", tag="intake")
async def list_intakeq_people(tx: ReadSession, ask: Ask[Any]) -> IntakeqPeopleOut:
    """Who waits for a decision, and which merges of IntakeQ's can be followed."""
    return IntakeqPeopleOut(
        arrivals=[_arrival(each) for each in await repository.waiting(tx)],
        merges=[_merge(each) for each in await repository.to_follow(tx)],
        this_week=await repository.count_since(tx, ask.at - timedelta(days=7)),
    )


@does(f"{PATH}/{{arrival_id:uuid}}/same", DECIDE, purpose="intakeq_people.decide", tag="intake")
async def arrival_is_same(
    tx: WriteSession, ask: Ask[Any], arrival_id: FromPath[uuid.UUID]
) -> ArrivalOut:
    """Say that it is the person on record."""
    return _arrival(await service.decide_same(tx, arrival_id, by=ask.by, at=ask.at))


@does(f"{PATH}/{{arrival_id:uuid}}/other", DECIDE, purpose="intakeq_people.decide", tag="intake")
async def arrival_is_other(
    tx: WriteSession, ask: Ask[Any], arrival_id: FromPath[uuid.UUID]
) -> ArrivalOut:
    """Say that it is someone else, who gets a record of their own."""
    return _arrival(await service.decide_other(tx, arrival_id, by=ask.by, at=ask.at))


@does(
    f"{PATH}/merges/{{merge_id:uuid}}/leave",
    DECIDE,
    purpose="intakeq_people.decide",
    tag="intake",
)
async def leave_intakeq_merge(
    tx: WriteSession, ask: Ask[Any], merge_id: FromPath[uuid.UUID]
) -> IntakeqMergeOut:
    """Do not follow a merge of IntakeQ's."""
    return _merge(await service.leave_apart(tx, merge_id, by=ask.by, at=ask.at))


@does(
    f"{PATH}/merges/{{merge_id:uuid}}/ask-again",
    DECIDE,
    purpose="intakeq_people.decide",
    tag="intake",
)
async def ask_intakeq_merge_again(
    tx: WriteSession, _ask: Ask[Any], merge_id: FromPath[uuid.UUID]
) -> IntakeqMergeOut:
    """Ask again whether to follow it."""
    return _merge(await service.ask_again(tx, merge_id))


HANDLERS = (
    list_intakeq_people,
    arrival_is_same,
    arrival_is_other,
    leave_intakeq_merge,
    ask_intakeq_merge_again,
)
