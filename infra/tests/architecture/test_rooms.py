"""A feature is a room: declared once, met through its public.py alone, in no circle with others."""

import ast
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

import grimp
import pytest

import lmhg_gateway.features
import lmhg_portal.features
from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_kit.persistence import Base
from lmhg_portal.feature_list import FEATURES as PORTAL

PLANES = ((lmhg_gateway.features, GATEWAY), (lmhg_portal.features, PORTAL))
"""Each plane's folder of features with its list."""
NO_FEATURE = {
    "hydra": "another server's answer to sign-in: the identity process puts it in as a provider"
}
"""Folders without a feature of their own, and why."""
WALL_POINTS_TO = ("`__access__` in\n-- models.py", "{generated,release}_triggers.py")
"""What the first comment of a wall.sql names: where the rest of a table's rules is decided."""
OUTSIDE = frozenset({"sqlalchemy", "litestar", "asyncpg", "nats", "httpx", "jinja2"})
"""What a file of rules does not import."""


def folder_of(package: ModuleType) -> Path:
    """Where the features of a plane stand."""
    return Path(package.__path__[0])


def rooms_of(package: ModuleType) -> list[str]:
    """The folders of a plane's features."""
    return sorted(each.parent.name for each in folder_of(package).glob("*/__init__.py"))


def more_than_names(text: str) -> list[int]:
    """Lines of a public.py that are neither its docstring, an import nor `__all__`."""
    tree = ast.parse(text)
    rest = tree.body[1:] if ast.get_docstring(tree) else tree.body
    return [each.lineno for each in rest if not _is_name(each)]


def _is_name(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True
    return isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__"


def unlisted(package: ModuleType, features: Iterable[Feature]) -> list[str]:
    """Folders whose FEATURE is not in the list of their plane."""
    listed = [id(each) for each in features]
    return [
        room
        for room in rooms_of(package)
        if room not in NO_FEATURE
        and id(import_module(f"{package.__name__}.{room}").FEATURE) not in listed
    ]


def tables_apart(package: ModuleType, features: Sequence[Feature]) -> list[str]:
    """Tables that stand in a feature's folder and not in its `models`."""
    declared = {each: feature.name for feature in features for each in feature.models}
    prefix = f"{package.__name__}."
    mine = [
        each.class_ for each in Base.registry.mappers if each.class_.__module__.startswith(prefix)
    ]
    return sorted(
        each.__name__
        for each in mine
        if declared.get(each) != each.__module__.removeprefix(prefix).split(".")[0]
    )


def outside_of_rules(text: str) -> list[str]:
    """Libraries that rules import although they reach outside."""
    named = [
        each.module or "" for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ImportFrom)
    ]
    named += [
        alias.name
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.Import)
        for alias in each.names
    ]
    return sorted({name.split(".")[0] for name in named} & OUTSIDE)


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_features_form_no_circle(package: ModuleType, features: Sequence[Feature]) -> None:
    """Not through public.py either; and the detector finds one that is put in."""
    graph = grimp.build_graph(package.__name__.split(".")[0], cache_dir=None)
    assert graph.nominate_cycle_breakers(package.__name__) == set()
    above, below = f"{package.__name__}.home", f"{package.__name__}.{features[-1].name}"
    graph.add_import(importer=above, imported=below)
    graph.add_import(importer=below, imported=above)
    assert graph.nominate_cycle_breakers(package.__name__) != set()


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_public_has_names_alone(package: ModuleType, features: Sequence[Feature]) -> None:
    """What others may call is written elsewhere in the folder."""
    found = {
        path.parent.name: lines
        for path in folder_of(package).glob("*/public.py")
        if (lines := more_than_names(path.read_text()))
    }
    assert found == {}, features


def test_code_in_public_is_found() -> None:
    """The negative control."""
    assert more_than_names('"""Names."""\n\nfrom a import b\n\n__all__ = ["b"]\n') == []
    assert more_than_names('"""Names."""\n\nfrom a import b\n\n\ndef c():\n    return b\n') == [6]
    assert more_than_names("LIMIT = 3\n") == [1]


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_every_folder_has_its_feature_in_the_list(
    package: ModuleType, features: Sequence[Feature]
) -> None:
    """And a list that forgets one is found out."""
    assert unlisted(package, features) == []
    assert unlisted(package, features[:-1]) == [features[-1].name]


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_every_table_is_declared_by_its_feature(
    package: ModuleType, features: Sequence[Feature]
) -> None:
    """Its grants, triggers and words follow from that; a list without the features has none."""
    assert tables_apart(package, features) == []
    assert len(tables_apart(package, ())) >= 2


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_rules_reach_nothing_outside(package: ModuleType, features: Sequence[Feature]) -> None:
    """Neither `rules.py` nor any file whose name ends so, nor what screening matches by."""
    files = [
        path
        for path in folder_of(package).rglob("*.py")
        if path.stem == "rules" or path.stem.endswith("_rules") or path.parent.name == "matching"
    ]
    assert len(files) >= 1, features
    found = {str(path): said for path in files if (said := outside_of_rules(path.read_text()))}
    assert found == {}


def test_rules_that_reach_outside_are_found() -> None:
    """The negative control."""
    assert outside_of_rules("from sqlalchemy import text\nimport httpx\nimport json\n") == [
        "httpx",
        "sqlalchemy",
    ]


def without_pointers(text: str) -> list[str]:
    """What the first comment of a wall.sql does not name."""
    first = text.partition("\n\n")[0]
    return [each for each in WALL_POINTS_TO if each not in first]


@pytest.mark.parametrize(("package", "features"), PLANES)
def test_wall_says_where_rights_and_common_triggers_are(
    package: ModuleType, features: Sequence[Feature]
) -> None:
    """A reader who looks for them in a wall.sql is led on; one without the comment is found."""
    files = list(folder_of(package).glob("*/wall.sql"))
    assert files, features
    assert [str(path) for path in files if without_pointers(path.read_text())] == []
    assert without_pointers("-- Two people give a power.\n") == list(WALL_POINTS_TO)
