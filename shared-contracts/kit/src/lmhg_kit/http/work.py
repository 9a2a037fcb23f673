"""The unit of work of a request: its person, its purpose, its zone and its id."""

import uuid
from contextlib import AbstractAsyncContextManager
from typing import Any

from litestar import Request

from lmhg_kit.errors import NotSignedIn
from lmhg_kit.http.state import Key
from lmhg_kit.http.visit import visit_of
from lmhg_kit.persistence import Actor, Database, ReadSession, WriteSession

AnyRequest = Request[Any, Any, Any]
DATABASE: Key[Database] = Key("database")


def actor_of(request: AnyRequest) -> Actor:
    """Who acts in this request. Raises: NotSignedIn."""
    visit = visit_of(request)
    if visit.bearer:
        return Actor(visit.bearer.actor, proof=visit.bearer.token)
    session = visit.session
    if session is None:
        raise NotSignedIn
    return Actor(session.account_id, session.roles, proof=visit.token or "")


def database_of(request: AnyRequest) -> Database:
    """The database of this application."""
    return DATABASE.of(request)


def about_of(request: AnyRequest) -> frozenset[uuid.UUID]:
    """The records that a request names in its address: those that it opens; others it lists."""
    return frozenset(each for each in request.path_params.values() if isinstance(each, uuid.UUID))


def reading(
    request: AnyRequest, purpose: str, *, whole: bool = False
) -> AbstractAsyncContextManager[ReadSession]:
    """A unit of work that reads for this request; `whole`: with a transaction around all of it."""
    visit, db = visit_of(request), database_of(request)
    unit = db.read if whole else db.look
    return unit(
        actor_of(request),
        purpose,
        zone=visit.zone,
        request_id=visit.request_id,
        about=about_of(request),
    )


def writing(request: AnyRequest, purpose: str) -> AbstractAsyncContextManager[WriteSession]:
    """A unit of work that writes for this request; it commits on a clean exit."""
    visit = visit_of(request)
    return database_of(request).uow(
        actor_of(request),
        purpose,
        zone=visit.zone,
        request_id=visit.request_id,
        about=about_of(request),
    )
