"""The gallery: each component rendered with its own fixtures, in development only."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import jinja2
import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath
from markupsafe import Markup

from lmhg_kit.edit_conflict import EditConflict
from lmhg_kit.errors import NotFound
from lmhg_kit.feature import ANY_APP, Feature
from lmhg_kit.http.access import public
from lmhg_kit.http.forms import Form
from lmhg_kit.http.page import page, pages_of
from lmhg_kit.ui.environment import COMPONENTS, component_names


@dataclass(frozen=True)
class Example:
    """One component in one state."""

    name: str
    html: Markup


@dataclass(frozen=True)
class Group:
    """One component in all its states."""

    name: str
    about: str
    examples: list[Example]


def gallery_group(env: jinja2.Environment, name: str) -> Group:
    """One component in the state of each of its fixtures."""
    fixtures = _read((COMPONENTS / name / "fixtures.json").read_bytes())
    examples = [_example(env, name, each) for each in fixtures]
    return Group(name, about_component(name), examples)


def golden_text(group: Group) -> str:
    """A component's markup as it is kept beside its fixtures, to see what a change changes."""
    parts = (f"<!-- {each.name} -->\n{_tidy(each.html)}\n" for each in group.examples)
    return "\n".join(parts)


def _tidy(html: str) -> str:
    """Without the blank ends and empty lines that templates leave."""
    lines = (" ".join(line.split()) for line in html.splitlines())
    return "\n".join(line for line in lines if line)


def about_component(name: str) -> str:
    """The first comment of a component's macro: what it is for, and how it is called."""
    opening = (COMPONENTS / name / "macro.html").read_text().partition("#}")[0]
    return " ".join(opening.removeprefix("{#").split())


def _example(env: jinja2.Environment, name: str, fixture: dict[str, Any]) -> Example:
    """One fixture; its `inside`, a template of ours, is what the macro is called around.

    `with` are the values that `inside` asks for; `files` names arguments that are static files of ours.
    """
    files = {key: env.globals["static_url"](file) for key, file in fixture.get("files", {}).items()}
    inside = fixture.get("inside")
    call = f"ui.{name}(**args)"
    body = f"{{% call {call} %}}{inside}{{% endcall %}}" if inside else f"{{{{ {call} }}}}"
    html = env.from_string(body).render(
        args={**fixture["args"], **files}, **fixture.get("with", {})
    )
    return Example(fixture["name"], Markup(html))  # noqa: S704 - rendered by the escaping environment


@get("/gallery", opt=public(), include_in_schema=False)
async def gallery(request: Request[Any, Any, Any]) -> Response[str]:
    """The index of all components."""
    return await page(request, "gallery/index.html", components=_index())


@get("/gallery/{name:str}", opt=public(), include_in_schema=False)
async def gallery_page(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[str]:
    """One component in every state. Raises: NotFound."""
    pages, names = pages_of(request), component_names()
    if pages is None or name not in names:
        raise NotFound("component")
    group = gallery_group(pages.env, name)
    at = names.index(name)
    return await page(
        request,
        "gallery/component.html",
        group=group,
        before=names[at - 1],
        after=names[(at + 1) % len(names)],
    )


GALLERY = Feature(name="gallery", app=ANY_APP, pages=(gallery, gallery_page))


def _index() -> list[tuple[str, str]]:
    return [(name, about_component(name).partition(". ")[0]) for name in component_names()]


def _read(text: bytes) -> list[dict[str, Any]]:
    return [_with_moments(each) for each in msgspec.json.decode(text, type=list[dict[str, Any]])]


def _with_moments(value: Any) -> Any:  # noqa: ANN401 - fixtures are any JSON
    """Fixtures with their moments and days read, and their forms as forms."""
    if isinstance(value, dict):
        if value.keys() >= {"values", "errors"}:
            return Form(**{name: _part_of_form(name, part) for name, part in value.items()})
        pairs = value.items()
        return {key: _read_as(key, part) for key, part in pairs}
    return [_with_moments(part) for part in value] if isinstance(value, list) else value


def _part_of_form(name: str, value: Any) -> Any:  # noqa: ANN401 - fixtures are any JSON
    return msgspec.convert(value, EditConflict) if name == "conflict" else value


def _read_as(key: str, value: Any) -> Any:  # noqa: ANN401 - fixtures are any JSON
    if key == "at" or key.endswith("_at"):
        return _moment(value)
    if key == "rows":
        return _as_cells(value)
    if key in {"day", "today", "run_ends"}:
        return date.fromisoformat(value) if value else None
    return _with_moments(value)


def _as_cells(value: Any) -> Any:  # noqa: ANN401 - fixtures are any JSON
    """Rows whose links and words in a color are objects, as in lists."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _as_cells(part) for key, part in value.items()})
    return [_as_cells(part) for part in value] if isinstance(value, list) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
