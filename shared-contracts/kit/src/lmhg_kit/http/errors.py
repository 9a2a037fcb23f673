"""One table turns an error class into a status, a code and words for a person.

The words say what happened, what was kept, and what to do next. Nothing of the error's own text
reaches a page, a JSON answer or a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import msgspec
from litestar import Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    ValidationException,
)
from litestar.response import Redirect
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lmhg_kit import errors
from lmhg_kit.http.access import gate_of
from lmhg_kit.http.allow import allowed_methods
from lmhg_kit.http.forms import sent_fields
from lmhg_kit.http.kept import KEEPER, posted, texts
from lmhg_kit.http.page import is_part, pages_of, render_page
from lmhg_kit.http.returning import ANSWERED_BADLY, keep_sent, page_before, refused_back
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.visit import route_of, visit_of
from lmhg_kit.logs import get_logger
from lmhg_kit.wall_errors import WALL_SENTENCES, wall_code

_log = get_logger()


@dataclass(frozen=True)
class Answer:
    """How one class of error is told."""

    status: int
    code: str
    title: str
    happened: str
    kept: str = "Nothing was changed."
    next: str = "Go back and try again, or start from the home page."


TABLE: Mapping[type[Exception], Answer] = {
    errors.NotFound: Answer(
        404, "not_found", "Not found", "There is no page at this address, or you can't see it with your role."
    ),
    errors.Forbidden: Answer(
        403,
        "forbidden",
        "Not allowed",
        "Your role can't open this page.",
        next="Ask an administrator. If you just sent a form, reload the page and send it again.",
    ),
    errors.NotFresh: Answer(
        403,
        "not_fresh",
        "Please confirm that it is you",
        "You signed in more than ten minutes ago, and this step is sensitive.",
        next="Confirm that it is you, then send the form again.",
    ),
    errors.NotSignedIn: Answer(
        401, "not_signed_in", "Please sign in", "You are not signed in, or your session ended."
    ),
    errors.Invalid: Answer(
        422, "invalid", "Please check the form", "Some fields need a second look."
    ),
    errors.Unreadable: Answer(
        400,
        "unreadable",
        "We can't read that",
        "We can't read part of what was sent.",
        next="Check what you typed or pasted, then try again.",
    ),
    errors.Conflict: Answer(
        409,
        "conflict",
        "Someone already changed this",
        "This changed while you were looking at it.",
        next="Open the page again to see what is new, then decide.",
    ),
    errors.PolicyViolation: Answer(
        409, "policy_violation", "Not allowed by policy", "The rules do not allow sharing this record."
    ),
    errors.TooMany: Answer(
        429, "too_many", "Too many attempts", "There were too many tries in a short time.",
        next="Wait a moment, then try again.",
    ),
    errors.Unavailable: Answer(
        503, "unavailable", "Not available right now", "Part of the system does not answer.",
        kept="Everything you saved is safe.",
        next="Try again in a minute. If it lasts, tell IT support.",
    ),
    errors.LmhgError: Answer(400, "error", "That did not work", "We can't do that."),
    Exception: Answer(
        500,
        "failed",
        "Something went wrong",
        "An unexpected error stopped this.",
        kept="Nothing was saved.",
        next="Try again. If it happens twice, give IT support the number below.",
    ),
}  # fmt: skip

STATUSES: Mapping[int, Answer] = {
    400: Answer(400, "bad_request", "We can't read that", "We can't read this address or form."),
    401: TABLE[errors.NotSignedIn],
    403: TABLE[errors.Forbidden],
    404: TABLE[errors.NotFound],
    405: Answer(
        405,
        "method_not_allowed",
        "This does not work here",
        "This address can't be used like that.",
    ),
    413: Answer(413, "too_large", "Too large", "What you sent is too large."),
    415: Answer(
        415, "content_type", "Wrong type of content", "We can't accept this type of content."
    ),
    429: TABLE[errors.TooMany],
}


SENTENCES: Mapping[str, str] = {
    "address_unreadable": "The address has characters that can't be read.",
    "bad_request": "What was sent isn't written the way this page or program expects.",
    "form_unreadable": "The form has characters that can't be read, or too many fields.",
    "number_unreadable": "A number is too large.",
    "text_unreadable": "The text has a character that we can't save. Type it instead of pasting it.",
    "value_unusable": "A number, date or text is too large to save.",
}
"""What was wrong with input that no page looked at, by code."""

OUTAGES = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)
"""What a database that does not answer raises; nothing was lost, and it is worth a retry."""


DATA_ERRORS = "22"
"""The SQLSTATE class of a value that the database could not hold, such as a number out of range."""
COLLISIONS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs of two transactions that wanted the same rows: one of them was undone whole."""


def sqlstate_of(error: Exception) -> str | None:
    """The SQLSTATE of what the database refused, if it is that."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state if isinstance(state, str) else None


def answer_for(error: Exception) -> Answer:
    """The row of this error: its class or the nearest base, or its HTTP status."""
    if isinstance(error, HTTPException) and error.status_code < 500:
        return STATUSES.get(error.status_code, STATUSES[400])
    if wall_code(error):
        return TABLE[errors.PolicyViolation]
    if (sqlstate_of(error) or "").startswith(DATA_ERRORS):
        return TABLE[errors.Unreadable]
    if isinstance(error, OUTAGES) or sqlstate_of(error) in COLLISIONS:
        return TABLE[errors.Unavailable]
    for parent in type(error).__mro__:
        if parent in TABLE:
            return TABLE[parent]
    return TABLE[Exception]


class Problem(msgspec.Struct, frozen=True):
    """What a JSON client is told."""

    code: str
    message: str
    request_id: str
    fields: dict[str, str]


def respond(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to a failed request, as page or JSON. Never raises for what the error holds."""
    answer, visit = answer_for(error), visit_of(request)
    code = error.code if isinstance(error, errors.LmhgError) else wall_code(error) or answer.code
    code = "value_unusable" if (sqlstate_of(error) or "").startswith(DATA_ERRORS) else code
    _log_answer(error, answer=answer, code=code, request=request)
    headers = _headers(error, request)
    sentence = _sentence(request, code, answer)
    if wants_json(request) or pages_of(request) is None:
        problem = Problem(code, sentence, visit.request_id, _fields(error))
        return Response({"error": problem}, status_code=answer.status, headers=headers)
    if isinstance(error, errors.NotSignedIn) and is_part(request):
        return Response("", status_code=401)
    found = _elsewhere(request, error, answer=answer, code=code)
    if found is not None:
        return found
    return render_page(
        request,
        "errors/error.html",
        status=answer.status,
        headers=headers,
        answer=answer,
        happened=sentence,
        code=code,
        fields=_fields(error),
        back=page_before(request) if request.method != "GET" else "",
    )


def _elsewhere(
    request: Request[Any, Any, Any], error: Exception, *, answer: Answer, code: str
) -> Response[Any] | None:
    """Where a refused request leads: to sign in, to its own page with all that was typed, or nowhere."""
    is_ended, is_old = isinstance(error, errors.NotSignedIn), isinstance(error, errors.NotFresh)
    if request.method == "GET":
        if is_ended or is_old:
            _return_to(request, request.url.path)
            return Redirect(_sign_in_path(request, fresh=is_old), status_code=303)
        return None
    if is_ended and KEEPER.of(request) is None:
        return Redirect(_sign_in_path(request), status_code=303)
    if is_ended or is_old or code == "csrf_token":
        why = "ended" if is_ended else "fresh" if is_old else "moved"
        return _ask_again(request, answer, why=why)
    if answer.status in ANSWERED_BADLY:
        return refused_back(request, code=code, fields=_fields(error))
    return None


def _ask_again(request: Request[Any, Any, Any], answer: Answer, *, why: str) -> Response[Any]:
    """The page that keeps a form while its writer signs in, or goes back to it.

    It is a page with a link, not a redirect: a form of ours leads to no other origin.
    """
    target, is_kept = keep_sent(request, why=why)
    onward = target or "/"
    if why != "moved":
        _return_to(request, onward.partition("?")[0])
        onward = _sign_in_path(request, fresh=why == "fresh")
    typed = texts(posted(sent_fields(request))) if KEEPER.of(request) else []
    return render_page(
        request,
        "errors/again.html",
        status=answer.status,
        why=why,
        onward=onward,
        is_kept=is_kept,
        typed=[] if is_kept else typed,
    )


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Whether the client is a program: by the address, or by what it accepts."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or (
        "application/json" in accept and "text/html" not in accept
    )


def _log_answer(
    error: Exception, *, answer: Answer, code: str, request: Request[Any, Any, Any]
) -> None:
    facts = {
        "request_id": visit_of(request).request_id,
        "route": route_of(request.scope),
        "code": code,
    }
    if answer.status >= 500:
        _log.error("http.failed", exc_info=error, **facts)
    else:
        _log.info("http.refused", status=answer.status, **facts)


def _sign_in_path(request: Request[Any, Any, Any], *, fresh: bool = False) -> str:
    """Where a person signs in, or confirms who they are; afterwards they are back where they were."""
    pages = pages_of(request)
    path = pages.shell.sign_in_path if pages else "/sign-in"
    return f"{path}?fresh=1" if fresh else path


def _return_to(request: Request[Any, Any, Any], path: str) -> None:
    jar = gate_of(request).jar
    kept = jar.put("next", quote(path, safe="/"), max_age_s=600)
    visit_of(request).set_cookies.append(kept)


def _headers(error: Exception, request: Request[Any, Any, Any]) -> dict[str, str]:
    if isinstance(error, MethodNotAllowedException):
        return {"allow": allowed_methods(request.app, request.url.path)}
    if isinstance(error, errors.TooMany):
        return {"retry-after": str(error.retry_after_s)}
    return {}


def _fields(error: Exception) -> dict[str, str]:
    if isinstance(error, errors.Invalid):
        return dict(error.fields)
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        parts = cast("list[dict[str, Any]]", error.extra)
        return {str(part.get("key", "")): "This value does not work." for part in parts}
    return {}


def _sentence(request: Request[Any, Any, Any], code: str, answer: Answer) -> str:
    messages = FEATURES.of(request).messages
    known = messages.get(code) or SENTENCES.get(code)
    return known or WALL_SENTENCES.get(code, answer.happened)
