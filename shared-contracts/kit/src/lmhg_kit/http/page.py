"""Rendering: one shell around every page, one set of components inside it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from litestar import Request, Response
from litestar.response import Redirect

from lmhg_kit.feature import BellCount, NavItem
from lmhg_kit.http.access import PRE_COOKIE, Gate, gate_of
from lmhg_kit.http.bell import bell_counts
from lmhg_kit.http.csrf import csrf_token
from lmhg_kit.http.kept import KEEPER, Keeper
from lmhg_kit.http.packing import packed_or_plain
from lmhg_kit.http.returning import Came, came_back, sent_back
from lmhg_kit.http.session import new_token
from lmhg_kit.http.shell import PAGES, Entries, Freshness, Pages, Paths, paths_for
from lmhg_kit.http.state import FEATURES
from lmhg_kit.http.visit import Visit, visit_of
from lmhg_kit.ui.formats import tail_of
from lmhg_kit.ui.later import drawn_later
from lmhg_kit.wall_errors import WALL_SENTENCES

NOTICE_COOKIE = "notice"
UNDO_COOKIE = "undo"
WHO = "{who}"
"""Where a notice says whose record it was."""
_ABOUT = "~"
"""Between a notice's code and that number in its cookie."""
HTML = "text/html; charset=utf-8"

AnyRequest = Request[Any, Any, Any]


class Frame:
    """What a template may ask about its request: `frame` in every page."""

    def __init__(
        self, visit: Visit, *, gate: Gate, pages: Pages, path: str, keeper: Keeper | None = None
    ) -> None:
        self._visit = visit
        self._gate = gate
        self._keeper = keeper
        self.shell = pages.shell
        self._known_paths = pages.paths
        self.path = path
        self.request_id = visit.request_id
        self.notice: str | None = None
        self.undo: str | None = None
        self.freshness: Freshness | None = None
        self.bell: Sequence[BellCount] = ()
        self.came: Came | None = None
        """A form that came back to this page."""
        self.came_says = ""
        self.help_path = ""

    @property
    def person(self) -> str | None:
        """Name of the signed-in person."""
        return self._visit.session.display_name if self._visit.session else None

    @property
    def person_id(self) -> str | None:
        """Account id of the signed-in person."""
        return self._visit.session.account_id if self._visit.session else None

    @property
    def elevated_until(self) -> datetime | None:
        """Until when this person has more access than usual, if so."""
        return self._visit.session.elevated_until if self._visit.session else None

    @property
    def roles(self) -> list[str]:
        """Roles of the signed-in person, sorted; a stage of sign-in is no role."""
        session = self._visit.session
        return sorted(role for role in session.roles if ":" not in role) if session else []

    @property
    def is_fresh(self) -> bool:
        """Whether a sensitive step would be taken at once, or asks for another sign-in first."""
        return self._visit.session is not None and self._gate.is_fresh(self._visit.session)

    @cached_property
    def csrf(self) -> str:
        """The token for all forms of this page; made on first use for an anonymous visitor."""
        if self._visit.token is None:
            self._visit.token = new_token()
            self._visit.set_cookies.append(self._gate.jar.put(PRE_COOKIE, self._visit.token))
        return csrf_token(self._visit.token)

    @cached_property
    def writer(self) -> str:
        """Who writes in the forms of this page, sealed; so that a text is kept for nobody else."""
        session = self._visit.session
        return self._keeper.writer(session.account_id) if session and self._keeper else ""

    def may(self, permission: str) -> bool:
        """Whether the signed-in person has this permission."""
        session = self._visit.session
        return session is not None and self._gate.allows(session.roles, permission)

    @property
    def nav(self) -> "Entries":
        """The entries this person may follow."""
        return self._paths.nav

    @property
    def ways(self) -> "Entries":
        """The navigation and the other pages that this person may open by name."""
        return self._paths.ways

    @property
    def sections(self) -> list[tuple[str, list[NavItem]]]:
        """The tabs on the pages of one subject, by section, for those who may follow them."""
        return self._paths.sections

    @cached_property
    def _paths(self) -> "Paths":
        session = self._visit.session
        roles = session.roles if session else frozenset[str]()
        known = self._known_paths
        if roles not in known:
            known[roles] = paths_for(self.shell, self.may)
        return known[roles]

    @property
    def waiting(self) -> int:
        """How many things wait for this person."""
        return sum(entry.count for entry in self.bell)

    @cached_property
    def current_path(self) -> str:
        """The path of the entry that this page belongs to; empty where it belongs to none."""
        return max((item.path for item in self.nav if self._is_below(item)), key=len, default="")

    def _is_below(self, item: NavItem) -> bool:
        if item.path == self.shell.home_path:
            return self.path == item.path
        return self.path == item.path or self.path.startswith(item.path + "/")


def pages_of(request: AnyRequest) -> Pages | None:
    """The templates of the application, if it has pages at all."""
    return PAGES.of(request)


async def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """A rendered page in its shell, with the freshness of the other plane and what waits.

    A form that was wrong goes back to its own page by a redirect, with what was typed.
    """
    form = context.get("form")
    if (back := sent_back(request, status=status, form=form)) is not None:
        return back
    pages, visit = pages_of(request), visit_of(request)
    freshness, bell = None, list[BellCount]()
    if visit.session and pages:
        freshness = await pages.shell.freshness() if pages.shell.freshness else None
        bell = bell_counts(pages.shell.bell or (), visit.session.waits)
    frame = _frame(request)
    frame.freshness, frame.bell = freshness, bell
    frame.came = came_back(request, form)
    if frame.came and frame.came.code:
        frame.came_says = sentence_of(request, frame.came.code)
    return _render(request, template, frame, status=status, headers=headers, context=context)


def render_page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> Response[str]:
    """A rendered page in its shell, from what is at hand."""
    frame = _frame(request)
    return _render(request, template, frame, status=status, headers=headers, context=context)


def part(request: AnyRequest, template: str, **context: object) -> Response[str]:
    """A fragment that htmx puts into a page which is there already; the full page includes it too."""
    return _render(request, template, _frame(request), status=200, headers=None, context=context)


def is_part(request: AnyRequest) -> bool:
    """Whether htmx asks, which wants a fragment where anybody else gets the page around it."""
    return request.headers.get("hx-request") == "true"


def sentence_of(request: AnyRequest, code: str) -> str:
    """What a code says to people; empty where it has no sentence of its own."""
    return FEATURES.of(request).messages.get(code) or WALL_SENTENCES.get(code, "")


def _frame(request: AnyRequest) -> Frame:
    pages = pages_of(request)
    if pages is None:
        message = "this application has no pages"
        raise TypeError(message)
    frame = Frame(
        visit_of(request),
        gate=gate_of(request),
        pages=pages,
        path=request.url.path,
        keeper=KEEPER.of(request),
    )
    if pages.topics:
        topic = pages.topic_of.get(request.scope.get("path_template", ""), "")
        frame.help_path = f"/help/{topic}" if topic else "/help"
    if not is_part(request):
        frame.notice, frame.undo = _take_notice(request, pages=pages)
    return frame


def _render(
    request: AnyRequest,
    template: str,
    frame: Frame,
    *,
    status: int,
    headers: Mapping[str, str] | None,
    context: Mapping[str, object],
) -> Response[Any]:
    env = cast("Pages", pages_of(request)).env
    with drawn_later() as places:
        html = env.get_template(template).render({**context, "frame": frame})
        html = places.filled(html)
    body, says = packed_or_plain(html.encode(), request.headers)
    return Response(body, status_code=status, media_type=HTML, headers={**(headers or {}), **says})


def go(
    request: AnyRequest,
    path: str,
    *,
    notice: str | None = None,
    undo: str | None = None,
    about: str = "",
) -> Redirect:
    """After a successful step: on to the next page, which says what was done.

    `undo` is the path of a form that takes the step back; the next page offers it beside the notice.
    `about` is the short number of the record that it was about.
    """
    visit, jar = visit_of(request), gate_of(request).jar
    if notice and about:
        notice = f"{notice}{_ABOUT}{about}"
    for name, value in ((NOTICE_COOKIE, notice), (UNDO_COOKIE, undo)) if notice else ():
        # A notice without an undo also takes the one of the step before away: it is of another step.
        visit.set_cookies.append(jar.put(name, value, max_age_s=60) if value else jar.drop(name))
    return Redirect(path, status_code=303)


def safe_path(path: str | None, *, otherwise: str = "/") -> str:
    """A path of our own to go to, never another site's address."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return otherwise
    return path if path.isprintable() and " " not in path else otherwise


def told(sentence: str | None, about: str) -> str | None:
    """What was done, with the short number of whose record it was; without one it names no one."""
    if sentence is None or about:
        return sentence and sentence.replace(WHO, about)
    return sentence.replace(f" for {WHO}", "").replace(WHO, "This client")


def _take_notice(request: AnyRequest, *, pages: Pages) -> tuple[str | None, str | None]:
    """The sentence about the step before this page, and the path that takes it back."""
    jar, header = gate_of(request).jar, request.headers.get("cookie", "")
    code, undo = jar.read(header, NOTICE_COOKIE), jar.read(header, UNDO_COOKIE)
    if code is None or request.method != "GET":
        return None, None
    names = (NOTICE_COOKIE, UNDO_COOKIE) if undo else (NOTICE_COOKIE,)
    visit_of(request).set_cookies.extend(jar.drop(name) for name in names)
    code, _, about = code.partition(_ABOUT)
    sentence = told(pages.notices.get(code), about if tail_of(about) else "")
    return sentence, safe_path(undo, otherwise="") or None if sentence else None
