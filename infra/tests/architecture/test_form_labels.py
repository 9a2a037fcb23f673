"""Every form of both planes: each field that can be wrong has a label on the page on which it comes back."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
import msgspec
import pytest
from jinja2 import nodes
from litestar.handlers import HTTPRouteHandler

import lmhg_gateway.features
import lmhg_portal.features
from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_kit.http.faces import back_of
from lmhg_kit.ui.environment import FOLDER
from lmhg_portal.feature_list import FEATURES as PORTAL

PACKAGES = (lmhg_gateway.features, lmhg_portal.features)
ENV = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)
QUIET = re.compile(
    r'<(?:input type="hidden"|button)[^>]*\bname="(\w+)"|\bname="(\w+)"[^>]*type="hidden"',
    re.DOTALL,
)

NOT_TYPED = {
    "version": "ui.form carries it",
    "AttemptForm": "a row's buttons say how and with what result; the page's own form is OutcomeForm",
    "SeenForm": "a row's buttons carry the version that was seen",
    "FilePages": "what the upload left behind",
    "ReferPages": "what the upload left behind",
    "MoveForm on tray/paper.html": "the buttons of a page say which, and where to",
    "PageForm": "the buttons of a page say which",
    "HoldForm": "a program's; a page holds a client or everything",
    "NewClient": "its check draws both where someone is alike, and the form calls neither without",
}
"""Fields, or the rest of a form, that nobody types on the page."""
IN_LOOPS = {
    "AssessForm": "each factor and its level, by the table of factors",
    "CallRulesForm": "each rule, by the table of rules",
    "MergeForm": "each value that differs",
    "WeekForm": "each day of the week",
}
"""Forms whose fields a template draws with the kit's fields in a loop over their names."""


def folders() -> list[Path]:
    """Where templates are, as the planes look for them."""
    return [
        *(each for package in PACKAGES for each in Path(package.__path__[0]).glob("*/templates")),
        FOLDER / "templates",
        FOLDER,
    ]


def texts_of(template: str, *, known: set[str] | None = None) -> Iterator[str]:
    """A template and those that it includes, imports or extends."""
    known = set() if known is None else known
    if template in known:
        return
    known.add(template)
    path = next((each / template for each in folders() if (each / template).exists()), None)
    if path is None:
        return
    text = path.read_text()
    yield text
    for other in re.findall(r'\{%-?\s*(?:include|extends|from|import)\s+"([^"]+)"', text):
        yield from texts_of(other, known=known)


def labelled(text: str) -> set[str]:
    """Fields that a template draws with a label, or calls by one; and those that nobody types in."""
    found = {name for pair in QUIET.findall(text) for name in pair if name}
    for call in ENV.parse(text).find_all(nodes.Call):
        by = call.node
        if not isinstance(by, nodes.Getattr):
            continue
        given = [each.value for each in call.args if isinstance(each, nodes.Const)]
        named = {each.key: each.value for each in call.kwargs}
        if by.attr == "button":
            name = named.get("name")
            found |= {name.value} if isinstance(name, nodes.Const) else set()
        elif given and (by.attr == "call" or isinstance(call.args[0], nodes.Name)):
            found.add(str(given[0]))
    return found


def nameless(handlers: Sequence[object]) -> list[str]:
    """Forms with fields that their page does not label, and which."""
    found = list[str]()
    for handler in handlers:
        back = back_of(handler) if isinstance(handler, HTTPRouteHandler) else None
        if back is None:
            continue
        form, face = back
        has = {name for text in texts_of(face.template) for name in labelled(text)}
        names = [each.name for each in msgspec.structs.fields(form) if each.name != "version"]
        missing = [each for each in names if each not in has]
        if missing:
            found.append(f"{form.__qualname__} on {face.template}: {', '.join(missing)}")
    return found


@pytest.mark.parametrize("features", [GATEWAY, PORTAL], ids=["gateway", "portal"])
def test_every_field_of_every_form_has_a_label(features: Sequence[Feature]) -> None:
    """What is wrong is said by the words that stand above the field, never by its name in the code."""
    found = {each for feature in features for each in nameless(feature.pages)}
    assert sorted(each for each in found if not _excused(each)) == []


def test_no_excuse_is_old() -> None:
    """What is excused would be found without it."""
    found = {each for feature in (*GATEWAY, *PORTAL) for each in nameless(feature.pages)}
    excuses = (NOT_TYPED | IN_LOOPS).keys() - {"version"}
    assert [each for each in excuses if not any(one.startswith(each) for one in found)] == []


def _excused(found: str) -> bool:
    form, _, _ = found.partition(":")
    excuses = NOT_TYPED | IN_LOOPS
    return form in excuses or form.partition(" ")[0] in excuses


def test_field_without_a_label_is_found() -> None:
    """The negative control: a field that is drawn by hand and never called."""
    assert labelled('<input name="odd" />') == set()
    assert labelled('{{ form.call("odd", "Odd") }}') == {"odd"}
    assert labelled('{{ ui.field(form, "odd", "Odd") }}<input type="hidden" name="seen" />') == {
        "odd",
        "seen",
    }
