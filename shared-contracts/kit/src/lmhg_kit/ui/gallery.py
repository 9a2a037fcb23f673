"""The gallery: each component rendered with its own fixtures, in development only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jinja2
import msgspec
from litestar import Request, Response, get
from markupsafe import Markup

from lmhg_kit.http.access import public
from lmhg_kit.http.feature import Feature
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


def gallery_groups(env: jinja2.Environment) -> list[Group]:
    """Every component that has fixtures, rendered."""
    groups: list[Group] = []
    for name in component_names():
        path = COMPONENTS / name / "fixtures.json"
        if path.exists():
            fixtures = _read(path.read_bytes())
            examples = [_example(env, name, each) for each in fixtures]
            groups.append(Group(name, about_component(name), examples))
    return groups


def about_component(name: str) -> str:
    """The first comment of a component's macro: what it is for, and how it is called."""
    opening = (COMPONENTS / name / "macro.html").read_text().partition("#}")[0]
    return " ".join(opening.removeprefix("{#").split())


def _example(env: jinja2.Environment, name: str, fixture: dict[str, Any]) -> Example:
    """One fixture; its `inside`, a template of ours, is what the macro is called around.

    `with` are the values that `inside` asks for.
    """
    inside = fixture.get("inside")
    call = f"ui.{name}(**args)"
    body = f"{{% call {call} %}}{inside}{{% endcall %}}" if inside else f"{{{{ {call} }}}}"
    html = env.from_string(body).render(args=fixture["args"], **fixture.get("with", {}))
    return Example(fixture["name"], Markup(html))  # noqa: S704 - rendered by the escaping environment


@get("/gallery", opt=public(), include_in_schema=False)
async def gallery(request: Request[Any, Any, Any]) -> Response[str]:
    """Every component in every state."""
    pages = pages_of(request)
    groups = gallery_groups(pages.env) if pages else []
    return await page(request, "gallery/gallery.html", groups=groups)


GALLERY = Feature(name="gallery", handlers=(gallery,))


def _read(text: bytes) -> list[dict[str, Any]]:
    return [_with_moments(each) for each in msgspec.json.decode(text, type=list[dict[str, Any]])]


def _with_moments(value: Any) -> Any:  # noqa: ANN401 - fixtures are any JSON
    """Fixtures with their `at` texts as moments and their forms as forms."""
    if isinstance(value, dict):
        if value.keys() == {"values", "errors"}:
            return Form(values=value["values"], errors=value["errors"])
        pairs = value.items()
        return {key: _moment(part) if key == "at" else _with_moments(part) for key, part in pairs}
    return [_with_moments(part) for part in value] if isinstance(value, list) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
