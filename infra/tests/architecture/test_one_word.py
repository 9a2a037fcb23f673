"""A word of ours means one thing: `kind` is a sort of record, `tone` what colours a thing on a page."""

import ast
import re
from collections.abc import Iterator

import pytest

from lmhg_kit.ui.environment import component_names
from lmhg_stack.repository import ROOT

PLACES = ("shared-contracts/kit/src", "onprem-gateway/src", "cloud-portal/src")
TONES = frozenset({"ok", "warn", "bad", "info", "accent", "quiet", "primary", "danger"})
KIND = re.compile(r"(?:^|_)kind$")
MACRO = re.compile(r"macro \w+\(([^)]*)\)")
ARGUMENT = re.compile(r"\bkind\s*=(?!=)|\"kind\":\s*\"(?:" + "|".join(sorted(TONES)) + r")\"")


def _is_tone(value: ast.expr | None) -> bool:
    if isinstance(value, ast.IfExp):
        return _is_tone(value.body) or _is_tone(value.orelse)
    return isinstance(value, ast.Constant) and value.value in TONES


def misnamed(source: str) -> Iterator[int]:
    """The lines of a module that call a tone a kind: in a field's default, an argument or a key."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and KIND.search(node.arg or "") and _is_tone(node.value):
            yield node.value.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            if KIND.search(node.target.id) and _is_tone(node.value):
                yield node.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "kind" and _is_tone(value):
                    yield value.lineno


def misnamed_in_template(source: str) -> Iterator[str]:
    """A macro's parameter `kind`, an argument `kind=`, and a tone under the key `kind`."""
    for found in MACRO.finditer(source):
        if re.search(r"\bkind\b", found[1]):
            yield found[0]
    yield from (found[0] for found in ARGUMENT.finditer(source.replace("?kind=", "")))


def test_no_tone_is_called_a_kind() -> None:
    """Two meanings of one word are read wrongly by the next person."""
    found: list[str] = []
    for path in (path for place in PLACES for path in sorted((ROOT / place).rglob("*"))):
        where = path.relative_to(ROOT)
        if path.suffix == ".py":
            found += [f"{where}:{line}" for line in misnamed(path.read_text("utf-8"))]
        elif path.suffix == ".html":
            found += [f"{where}: {each}" for each in misnamed_in_template(path.read_text("utf-8"))]
    assert found == []
    assert len(component_names()) > 40


@pytest.mark.parametrize(
    "text",
    [
        'Tag(label="Late", kind="bad")',
        'Row(state_kind="ok" if done else "")',
        'class Tag:\n    kind: str = "info"',
        'step = {"kind": "warn"}',
    ],
)
def test_the_scan_sees_a_tone_in_python(text: str) -> None:
    """In each of the ways in which one is given."""
    assert list(misnamed(text))


@pytest.mark.parametrize(
    "text",
    [
        '{% macro badge(label, kind="") %}{% endmacro %}',
        '{{ ui.button("Save", kind="primary") }}',
        '{% set items = [{"title": "Sent", "kind": "ok"}] %}',
    ],
)
def test_the_scan_sees_a_tone_in_a_template(text: str) -> None:
    """In each of the ways in which one is given."""
    assert list(misnamed_in_template(text))


def test_a_kind_of_record_is_left_alone() -> None:
    """The word is taken: by what crosses, by the audit, by the relay."""
    assert not list(misnamed('await tx.audit("read", kind="client")'))
    assert not list(misnamed_in_template('<a href="/compliance/cloud?kind={{ row.kind }}">'))
