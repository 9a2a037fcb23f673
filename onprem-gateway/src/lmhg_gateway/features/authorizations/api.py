"""Authorizations for programs: listed by referral, added, counted, ended."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.authorizations import repository, service
from lmhg_gateway.features.authorizations.forms import AuthorizationForm, CountForm
from lmhg_gateway.features.authorizations.models import VisitAuthorization
from lmhg_gateway.features.authorizations.rules import Level, standing
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

OF_REFERRAL = "/api/v1/referrals/{referral_id:uuid}/authorizations"
ONE = "/api/v1/authorizations/{authorization_id:uuid}"


class AuthorizationOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is allowed, and what came of it; `used` counts attended visits too."""

    id: uuid.UUID
    referral_id: uuid.UUID
    granted_by: str
    number: str
    units: int | None
    used: int
    booked: int
    left: int | None
    valid_until: date | None
    level: Level
    asked_on: date | None
    ended: bool
    version: int


class AuthorizationsOut(msgspec.Struct, frozen=True, kw_only=True):
    """A referral's authorizations, those that hold first."""

    authorizations: list[AuthorizationOut]


async def _out(
    tx: ReadSession, ask: Ask[Any], rows: Sequence[VisitAuthorization]
) -> list[AuthorizationOut]:
    allowed = await service.allowed_of(tx, rows, ask.practice)
    made: list[AuthorizationOut] = []
    for each in rows:
        known = allowed[each.id]
        found = standing(known, today=ask.practice.today())
        made.append(
            AuthorizationOut(
                id=each.id,
                referral_id=each.referral_id,
                granted_by=each.granted_by,
                number=each.number or "",
                units=each.units,
                used=known.used,
                booked=known.booked,
                left=found.left,
                valid_until=each.valid_until,
                level=found.level,
                asked_on=each.asked_on,
                ended=each.ended_at is not None,
                version=each.version,
            )
        )
    return made


@answers(OF_REFERRAL, "authorizations.read", purpose="authorizations.list", tag="authorizations")
async def list_authorizations(
    tx: ReadSession, ask: Ask[Any], referral_id: FromPath[uuid.UUID]
) -> AuthorizationsOut:
    """What a referral and its insurer allow."""
    if await repository.referral(tx, referral_id) is None:
        raise NotFound("referral")
    return AuthorizationsOut(
        authorizations=await _out(tx, ask, await repository.of_referral(tx, referral_id))
    )


@does(
    OF_REFERRAL,
    "authorizations.write",
    purpose="authorization.add",
    tag="authorizations",
    status=201,
)
async def create_authorization(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[AuthorizationForm],
) -> AuthorizationOut:
    """Put down what is allowed."""
    made = await service.add(tx, referral_id, data, practice=ask.practice)
    return (await _out(tx, ask, [made]))[0]


@does(ONE + "/count", "authorizations.write", purpose="authorization.count", tag="authorizations")
async def count_authorization(
    tx: WriteSession,
    ask: Ask[Any],
    authorization_id: FromPath[uuid.UUID],
    data: JSONBody[CountForm],
) -> AuthorizationOut:
    """Count one visit more or less by hand; with `seen`, only if nobody changed it since."""
    row = await service.count(tx, authorization_id, data, practice=ask.practice)
    return (await _out(tx, ask, [row]))[0]


@does(ONE + "/asked", "authorizations.write", purpose="authorization.asked", tag="authorizations")
async def ask_authorization(
    tx: WriteSession, ask: Ask[Any], authorization_id: FromPath[uuid.UUID]
) -> AuthorizationOut:
    """Note that someone asked for more."""
    row = await service.asked(tx, authorization_id, practice=ask.practice)
    return (await _out(tx, ask, [row]))[0]


@does(ONE + "/end", "authorizations.write", purpose="authorization.end", tag="authorizations")
async def close_authorization(
    tx: WriteSession, ask: Ask[Any], authorization_id: FromPath[uuid.UUID]
) -> AuthorizationOut:
    """It holds no more."""
    row = await service.end(tx, authorization_id, by=ask.by, practice=ask.practice)
    return (await _out(tx, ask, [row]))[0]


HANDLERS = (
    list_authorizations,
    create_authorization,
    count_authorization,
    ask_authorization,
    close_authorization,
)
