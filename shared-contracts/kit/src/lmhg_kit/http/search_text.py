"""The text of a search: kept with the session and out of addresses, which end up in histories (ADR 0011)."""

from typing import Any

from litestar import Request

from lmhg_kit.http.access import gate_of
from lmhg_kit.http.kept import KEEPER
from lmhg_kit.http.visit import visit_of

AnyRequest = Request[Any, Any, Any]
SEARCH_S = 900


def remember(request: AnyRequest, name: str, text: str) -> bool:
    """Keep a search with this session's browser, sealed: addresses end up in histories.

    False where the application keeps nothing.
    """
    keeper = KEEPER.of(request)
    if keeper is None:
        return False
    jar = gate_of(request).jar
    sealed = keeper.hide(text, place=_search_place(request, name)) if text else ""
    visit_of(request).set_cookies.append(jar.put(name, sealed, max_age_s=SEARCH_S if sealed else 0))
    return True


def recall(request: AnyRequest, name: str) -> str:
    """The search kept with this session; nothing when it was another session's."""
    keeper = KEEPER.of(request)
    kept = gate_of(request).jar.read(request.headers.get("cookie", ""), name)
    return keeper.show(kept, place=_search_place(request, name)) if keeper and kept else ""


def _search_place(request: AnyRequest, name: str) -> str:
    session = visit_of(request).session
    return f"cookie|{name}|{session.token_hash.hex() if session else ''}"
