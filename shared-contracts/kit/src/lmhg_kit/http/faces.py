"""The two faces of a feature, a decorator each: pages (`shows`, `acts`) and the JSON API (`answers`, `does`).

What each handler would say again is said here: permission, unit of work with its actor and purpose,
reading the form, and the page that comes back when something is wrong with it. What is decorated gets a
unit of work and what was asked, then the parts of its address by name.
"""

import inspect
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeVar, cast

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.types import Empty

from lmhg_kit.errors import Conflict, Invalid
from lmhg_kit.http.access import may, needs
from lmhg_kit.http.forms import Fields, Form, fill, query_of, read_form, start
from lmhg_kit.http.page import go, page
from lmhg_kit.http.returning import came_back
from lmhg_kit.http.work import actor_of, reading, writing
from lmhg_kit.persistence import Actor, ReadSession
from lmhg_kit.practice import PRACTICE, Practice
from lmhg_kit.ui.formats import short_number

AnyRequest = Request[Any, Any, Any]
P = ParamSpec("P")
T = TypeVar("T", bound=msgspec.Struct)
Context = Mapping[str, object]
_FACE = "face"
_BACK = "back"
_PART = re.compile(r"\{(\w+)")
"""The name of a part of an address."""


@dataclass(frozen=True)
class Ask(Generic[T]):
    """Who asks for what: the request as a feature's own code sees it."""

    request: AnyRequest
    form: Form[T]
    """On a page, the form that it shows; fresh unless one came back."""

    @property
    def query(self) -> dict[str, str]:
        """The filters of the address."""
        return query_of(self.request)

    @property
    def actor(self) -> Actor:
        """The person or program."""
        return actor_of(self.request)

    @property
    def by(self) -> str:
        """Its id."""
        return self.actor.id

    @property
    def practice(self) -> Practice:
        """Where and when this is."""
        return PRACTICE.of(self.request)

    @property
    def at(self) -> datetime:
        """Now."""
        return self.practice.clock()

    def may(self, permission: str) -> bool:
        """Whether who asks has a permission."""
        return may(self.request, permission)


class _Nothing(msgspec.Struct, frozen=True):
    """The form of a step that asks for nothing."""


class Done(NamedTuple):
    """After a step: where to go, what to say there, the form that takes it back, and whose record it was.

    What is said names the record by its short number where it has `{who}`: never by a name, which would be in a cookie.
    """

    path: str
    notice: str = ""
    undo: str = ""
    about: uuid.UUID | None = None


Show = Callable[Concatenate[ReadSession, Ask[Any], P], Awaitable[Context | Response[Any]]]
Act = Callable[..., Awaitable[Done]]
"""A step: unit of work, what is asked, the filled form where there is one, then parts of the address."""
Api = Callable[..., Awaitable[Any]]
"""A route of the JSON API: unit of work, what is asked, then what Litestar is to hand over by name."""
Takes = Callable[[AnyRequest], Awaitable[Fields]]
"""Reads the file that came with a form, and says the fields that stand for it. Raises: Invalid."""
Around = Callable[[AnyRequest, Fields], AbstractAsyncContextManager[None]]
"""Surrounds a step's unit of work, and ends what `takes` kept for it when the step is refused."""
Now = Callable[..., Awaitable[tuple[Mapping[str, Any], int]]]
"""What an edit met: the values that are saved now, and their version."""


@dataclass(frozen=True, kw_only=True)
class Face:
    """One page, to be shown when it is asked for and when its form comes back."""

    show: Callable[..., Awaitable[Context | Response[Any]]]
    template: str
    purpose: str
    form: type[msgspec.Struct] | None

    async def render(
        self, request: AnyRequest, *, form: Form[Any] | None = None, status: int = 200
    ) -> Response[Any]:
        """The page, with a form that is fresh or came back."""
        fresh = start(self.form) if self.form else Form[Any]()
        ask = Ask(request, form or fresh)
        if self.form:
            came_back(request, ask.form)
        async with reading(request, self.purpose) as tx:
            found = await self.show(tx, ask, **_known(self.show, request.path_params))
        if isinstance(found, Response):
            return found
        context: dict[str, Any] = {"form": ask.form, **found}
        return await page(request, self.template, status=status, **context)


def shows(
    path: str,
    permission: str,
    *,
    template: str,
    purpose: str,
    form: type[msgspec.Struct] | None = None,
    fresh: bool = False,
) -> Callable[[Show[P]], HTTPRouteHandler]:
    """A page: what is decorated gives its template's values, or an answer of its own."""

    def made(show: Show[P]) -> HTTPRouteHandler:
        face = Face(show=show, template=template, purpose=purpose, form=form)

        async def handler(request: AnyRequest) -> Response[Any]:
            return await face.render(request)

        option = {**needs(permission, fresh=fresh), _FACE: face}
        return get(path, opt=option, include_in_schema=False)(_named(handler, show))

    return made


def face_of(handler: HTTPRouteHandler) -> Face:
    """The page behind a handler that `shows` made."""
    return cast("Face", handler.opt[_FACE])


def back_of(handler: HTTPRouteHandler) -> tuple[type[msgspec.Struct], Face] | None:
    """The form of a step that `acts` made, and the page on which it comes back; None where it has none."""
    form, back = handler.opt.get(_BACK, (None, None))
    return (form, back) if form and back else None


def acts(
    path: str,
    permission: str,
    *,
    purpose: str,
    back: HTTPRouteHandler | None = None,
    form: type[msgspec.Struct] | None = None,
    now: Now | None = None,
    fresh: bool = False,
    takes: Takes | None = None,
    around: Around | None = None,
) -> Callable[[Act], HTTPRouteHandler]:
    """A step: what is decorated does it in one unit of work, and says where to go.

    A form that is wrong comes back on the page `back`; a step without a form needs none. An edit that met someone else's comes back with
    both, by what `now` reads. A form with a file is of any size: `takes` reads the file.

    Raises: TypeError where a form has no `back`, or one that asks for a part that the address does not have.
    """
    page_back = face_of(back) if back else None
    _check_back(path, page_back, has_form=form is not None or takes is not None)

    def made(act: Act) -> HTTPRouteHandler:
        async def handler(request: AnyRequest) -> Response[Any]:
            fields, wrong = await _sent(request, takes)
            filled = fill(form or _Nothing, fields, today=PRACTICE.of(request).today())
            if wrong:
                filled.refuse(wrong)
            if filled.data is None and page_back:
                return await page_back.render(request, form=filled, status=422)
            parts = _known(act, request.path_params)
            given = (filled.data,) if form else ()
            try:
                async with (
                    around(request, fields) if around else nullcontext(),
                    writing(request, purpose) as tx,
                ):
                    done = await act(tx, Ask(request, filled), *given, **parts)
            except Invalid as refused:
                if not refused.fields or page_back is None:
                    raise
                filled.refuse(refused.fields)
                return await page_back.render(request, form=filled, status=422)
            except Conflict:
                if now is None or filled.seen is None or page_back is None:
                    raise
                async with reading(request, purpose) as tx:
                    values, version = await now(tx, **parts)
                if version == filled.seen:
                    raise
                filled.merge(values, version=version)
                return await page_back.render(request, form=filled, status=409)
            return _told(request, done)

        option = {**needs(permission, fresh=fresh), _BACK: (form, page_back)}
        most = None if takes else Empty
        verb = post(path, opt=option, include_in_schema=False, request_max_body_size=most)
        return verb(_named(handler, act))

    return made


def _told(request: AnyRequest, done: Done) -> Response[Any]:
    """On to the page that says what was done, and to whose record."""
    about = short_number(done.about, "C") if done.about else ""
    notice, undo = done.notice or None, done.undo or None
    return go(request, done.path, notice=notice, undo=undo, about=about)


async def _sent(request: AnyRequest, takes: Takes | None) -> tuple[Fields, Mapping[str, str]]:
    """The fields of a form, and what was wrong with its file."""
    fields = await read_form(request)
    try:
        return {**fields, **(await takes(request) if takes else {})}, {}
    except Invalid as refused:
        if not refused.fields:
            raise
        return fields, refused.fields


def answers(
    path: str, permission: str, *, purpose: str, tag: str
) -> Callable[[Api], HTTPRouteHandler]:
    """A route of the JSON API that reads."""
    return _api(get, path, permission, purpose=purpose, tag=tag, unit=reading, status=200)


def does(
    path: str, permission: str, *, purpose: str, tag: str, method: str = "POST", status: int = 200
) -> Callable[[Api], HTTPRouteHandler]:
    """A route of the JSON API that changes something."""
    verb = {"POST": post, "PUT": put, "DELETE": delete}[method]
    return _api(verb, path, permission, purpose=purpose, tag=tag, unit=writing, status=status)


def asks(
    path: str, permission: str, *, purpose: str, tag: str
) -> Callable[[Api], HTTPRouteHandler]:
    """A route that reads by a body, because what is asked for may stand in no address."""
    return _api(post, path, permission, purpose=purpose, tag=tag, unit=reading, status=200)


def _api(
    verb: Any,  # noqa: ANN401 - one of Litestar's decorators
    path: str,
    permission: str,
    *,
    purpose: str,
    tag: str,
    unit: Any,  # noqa: ANN401 - reading or writing
    status: int,
) -> Callable[[Api], HTTPRouteHandler]:
    def made(act: Api) -> HTTPRouteHandler:
        async def handler(request: AnyRequest, **given: Any) -> Any:  # noqa: ANN401 - as declared
            async with unit(request, purpose) as tx:
                return await act(tx, Ask(request, Form[Any]()), **given)

        own = inspect.signature(act)
        rest = list(own.parameters.values())[2:]
        first = inspect.Parameter(
            "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=AnyRequest
        )
        keyed = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in rest]
        open_handler: Any = _named(handler, act)
        open_handler.__signature__ = own.replace(parameters=[first, *keyed])
        open_handler.__annotations__ = {
            "request": AnyRequest,
            **{each.name: each.annotation for each in rest},
            "return": own.return_annotation,
        }
        decorated = verb(path, opt=needs(permission), tags=[tag], status_code=status)
        return cast("HTTPRouteHandler", decorated(open_handler))

    return made


def _known(called: Callable[..., object], parts: Mapping[str, object]) -> dict[str, object]:
    """The parts of an address that a function asks for."""
    names = _names_of(called)
    return {name: value for name, value in parts.items() if name in names}


def _check_back(path: str, back: Face | None, *, has_form: bool) -> None:
    """Accept a page on which a form comes back: it asks for no part that the address does not have."""
    if back is None:
        if has_form:
            message = f"{path} has a form, and no page on which it comes back"
            raise TypeError(message)
        return
    missing = _parts_of(back.show) - set(_PART.findall(path))
    if missing:
        message = f"{path} comes back on a page that asks for {', '.join(sorted(missing))}"
        raise TypeError(message)


def _parts_of(show: Callable[..., object]) -> frozenset[str]:
    """The parts of an address without which a page cannot be shown."""
    parameters = list(inspect.signature(show).parameters.values())[2:]
    return frozenset(each.name for each in parameters if each.default is inspect.Parameter.empty)


@cache
def _names_of(called: Callable[..., object]) -> frozenset[str]:
    """What a handler's own function asks for; there are as many as pages."""
    return frozenset(inspect.signature(called).parameters)


def _named(handler: Any, after: Callable[..., object]) -> Any:  # noqa: ANN401 - a function, renamed
    handler.__name__, handler.__qualname__ = after.__name__, after.__qualname__
    handler.__doc__, handler.__module__ = after.__doc__, after.__module__
    return handler
