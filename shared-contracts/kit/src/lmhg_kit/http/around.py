"""Pages that belong to the shell: search, what waits, and how fresh the other plane is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from lmhg_kit.feature import ANY_APP, HITS_MAX, Asked, Feature, Hit, NavItem, SearchProvider
from lmhg_kit.http.access import needs
from lmhg_kit.http.bell import asked_by
from lmhg_kit.http.door import folded
from lmhg_kit.http.forms import Form, fill, read_form, start
from lmhg_kit.http.page import go, is_part, page, pages_of, part
from lmhg_kit.http.returning import page_before
from lmhg_kit.http.search_text import recall, remember
from lmhg_kit.http.work import reading

AnyRequest = Request[Any, Any, Any]
TEXT_MIN = 2
"""Letters of a search; fewer would find everybody."""


class SearchForm(msgspec.Struct, frozen=True):
    """One box for everything."""

    q: Annotated[str, msgspec.Meta(max_length=100)] = ""


@dataclass(frozen=True)
class Group:
    """What one provider found."""

    label: str
    hits: Sequence[Hit]
    see_all: str = ""
    """Where a form with the same words leads to all of them, where there are more."""


COOKIE = "find"


@get("/search", opt=needs("home.view"), include_in_schema=False)
async def search_page(request: AnyRequest) -> Response[str]:
    """An empty search, or what the one just made finds: so that Back comes to it again."""
    text = recall(request, COOKIE)
    groups = await _found(request, asked_by(request, text)) if text else None
    return await page(
        request, "shell/search.html", form=start(SearchForm, q=text), groups=groups, asked=text
    )


@post("/search", opt=needs("home.view"), include_in_schema=False, status_code=200)
async def search(request: AnyRequest) -> Response[Any]:
    """What the person may see of what the text finds; the text stays out of addresses and logs."""
    form = fill(SearchForm, await read_form(request))
    text = form.data.q if form.data else ""
    if len(text) < TEXT_MIN:
        form.refuse({"q": f"Write at least {TEXT_MIN} letters."})
    is_page = not (is_part(request) or form.errors) and page_before(request)
    if is_page and remember(request, COOKIE, text):
        return go(request, "/search")
    groups = [] if form.errors else await _found(request, asked_by(request, text))
    if is_part(request):
        return part(request, "shell/hits_part.html", form=form, groups=groups, asked=text)
    return await _full(request, form, groups)


@get("/notifications", opt=needs("home.view"), include_in_schema=False)
async def notifications(request: AnyRequest) -> Response[str]:
    """Everything that waits for this person."""
    return await page(request, "shell/notifications.html")


@get("/freshness", opt=needs("home.view", passive=True), include_in_schema=False)
async def freshness(request: AnyRequest) -> Response[str]:
    """When the other plane was last heard: asked by a page that stays open, so no use of a session."""
    pages = pages_of(request)
    probe = pages.shell.freshness if pages else None
    return part(request, "shell/freshness_part.html", freshness=await probe() if probe else None)


async def _full(
    request: AnyRequest, form: Form[SearchForm], groups: Sequence[Group]
) -> Response[str]:
    status = 422 if form.errors else 200
    text = form.data.q if form.data else ""
    return await page(
        request, "shell/search.html", status=status, form=form, groups=groups, asked=text
    )


async def _found(request: AnyRequest, asked: Asked) -> list[Group]:
    """Pages by name, then each provider that this person may ask, in one unit of work."""
    pages = pages_of(request)
    shell = pages.shell if pages else None
    ways = [*shell.nav, *shell.ways] if shell else []
    groups = [Group("Pages", _ways(ways, asked))]
    allowed: list[SearchProvider] = []
    if shell and shell.search:
        allowed = [each for each in shell.search if asked.may(each.permission)]
    if allowed:
        async with reading(request, "search") as tx:
            for provider in allowed:
                hits = await provider.find(tx, asked)
                see_all = provider.see_all if len(hits) >= HITS_MAX else ""
                groups.append(Group(provider.label, hits[:HITS_MAX], see_all))
    return [group for group in groups if group.hits]


def _ways(ways: Sequence[NavItem], asked: Asked) -> list[Hit]:
    wanted = folded(asked.text)
    return [
        Hit(label=way.label, href=way.path, icon=way.icon)
        for way in ways
        if wanted in folded(way.label) and asked.may(way.permission)
    ][:HITS_MAX]


SHELL = Feature(
    name="shell",
    app=ANY_APP,
    no_api="It is the frame around pages; each feature finds its own.",
    pages=(search_page, search, notifications, freshness),
)
