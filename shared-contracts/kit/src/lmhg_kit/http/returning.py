"""Forms that come back to their page: by a redirect after a refusal, by a link after signing in again."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response
from litestar.response import Redirect

from lmhg_kit.http.access import gate_of
from lmhg_kit.http.allow import allowed_methods
from lmhg_kit.http.forms import Fields, Form, sent_fields
from lmhg_kit.http.kept import (
    KEEPER,
    WRITER,
    Typed,
    drop_lines,
    held,
    posted,
    put_back,
    texts,
)
from lmhg_kit.http.visit import visit_of

AnyRequest = Request[Any, Any, Any]
ANSWERED_BADLY = frozenset({409, 422})
_CAME = "lmhg_came"


@dataclass(frozen=True)
class Came:
    """What a page says about the form that came back to it."""

    why: str
    code: str
    rest: list[str]
    """Texts that no field of the page takes back."""


def page_before(request: AnyRequest) -> str:
    """The page of ours, with its query, from which a form was sent; empty where there is none."""
    try:
        found = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    is_ours = found.netloc == request.headers.get("host", "") and found.path.startswith("/")
    if not is_ours or found.path.startswith(("//", "/\\")) or not found.path.isprintable():
        return ""
    if "GET" not in allowed_methods(request.app, found.path):
        return ""
    return found.path + (f"?{found.query}" if found.query else "")


def sent_back(request: AnyRequest, *, status: int, form: object) -> Response[Any] | None:
    """The redirect to a form's own page with what was wrong; None where the answer is a page itself."""
    if status not in ANSWERED_BADLY or not isinstance(form, Form):
        return None
    found = cast("Form[Any]", form)
    if not found.errors and found.conflict is None:
        return None
    typed = Typed(
        path="",
        why="conflict" if found.conflict else "wrong",
        values=held(found),
        errors=dict(found.errors),
        conflict=found.conflict,
        seen=found.seen,
        base=found.base,
    )
    return _redirect(request, typed)


def refused_back(request: AnyRequest, *, code: str, fields: dict[str, str]) -> Response[Any] | None:
    """The redirect to the page of a form that was refused as a whole."""
    typed = Typed(
        path="", why="refused", values=posted(sent_fields(request)), errors=fields, code=code
    )
    return _redirect(request, typed)


def _redirect(request: AnyRequest, typed: Typed) -> Response[Any] | None:
    visit = visit_of(request)
    target = page_before(request)
    if request.method != "POST" or visit.session is None or not target:
        return None
    if not keep(request, typed, path=target, writer=visit.session.account_id):
        return None
    return Redirect(target, status_code=303)


def keep_sent(request: AnyRequest, *, why: str) -> tuple[str, bool]:
    """Keep a form that came without a session that counts; its page, and whether it is kept."""
    fields, target = sent_fields(request), page_before(request)
    keeper = KEEPER.of(request)
    writer = keeper.writer_of(next(iter(fields.get(WRITER, [])), "")) if keeper else None
    if writer is None or not target:
        return target, False
    typed = Typed(path="", why=why, values=posted(fields), **_edit(fields))
    return target, keep(request, typed, path=target, writer=writer)


def _edit(fields: Fields) -> dict[str, Any]:
    """Version and first values of an edit, as its form carried them."""
    form = Form[Any].edit_of(fields)
    return {"seen": form.seen, "base": form.base}


def keep(request: AnyRequest, typed: Typed, *, path: str, writer: str) -> bool:
    """Keep a form with the browser; False where it cannot be."""
    keeper = KEEPER.of(request)
    if keeper is None:
        return False
    there = msgspec.structs.replace(typed, path=path.partition("?")[0])
    lines = keeper.keep(gate_of(request).jar, there, writer=writer)
    if lines is None:
        return False
    visit_of(request).set_cookies.extend(lines)
    return True


def came_back(request: AnyRequest, form: object) -> Came | None:
    """Fill the page's form with what this person typed before, if it is on this page; once."""
    state = request.scope["state"]
    if _CAME not in state:
        state[_CAME] = _came_back(request, form)
    return cast("Came | None", state[_CAME])


def _came_back(request: AnyRequest, form: object) -> Came | None:
    session, keeper = visit_of(request).session, KEEPER.of(request)
    jar, header = gate_of(request).jar, request.headers.get("cookie", "")
    if keeper is None or session is None or request.method != "GET":
        return None
    if not jar.read(header, "typed0"):
        return None
    typed = keeper.find(jar, header, writer=session.account_id)
    if typed is not None and typed.path != request.url.path:
        return None
    visit_of(request).set_cookies.extend(drop_lines(jar))
    if typed is None:
        return None
    if isinstance(form, Form):
        return Came(typed.why, typed.code, texts(put_back(form, typed)))
    # A page without a form, such as a list with buttons, has no place for what was wrong: it is said above.
    why = "refused" if typed.why in {"wrong", "conflict"} else typed.why
    return Came(why, typed.code, texts(typed.values))
