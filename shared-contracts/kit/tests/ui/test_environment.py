"""Templates as they are compiled: margins are for those who read them, lines are kept."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.runtime import Macro
from markupsafe import Markup

from lmhg_kit.ui.environment import COMPONENTS, KEPT, Unindented, build_environment
from lmhg_kit.ui.escaping import Escaping


def rendered(source: str, **values: str) -> str:
    """A template through the same extension and the same trimming as ours."""
    env = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=[Unindented]
    )
    return env.from_string(source).render(**values)


def test_a_margin_is_one_space() -> None:
    """Words that only a margin kept apart stay apart; the margin itself does not travel."""
    assert rendered("<p>\n        One\n</p>") == "<p>\n One\n</p>"
    text = "<p>\n    {% if true %}<b>One</b>{% endif %}\n        two</p>"
    assert rendered(text) == "<p>\n<b>One</b> two</p>"


def test_a_value_keeps_its_lines_and_margins() -> None:
    """What someone wrote is theirs."""
    kept = "one\n    two\n\n\tthree"
    assert rendered("<pre>{{ text }}</pre>", text=kept) == f"<pre>{kept}</pre>"


TEXTS = st.text() | st.integers() | st.none() | st.booleans() | st.text().map(Markup)


@given(TEXTS)
def test_an_output_is_escaped_as_jinja_escapes_it(value: object) -> None:
    """Whatever is put out; markup stays, everything else loses its meaning."""
    ours = Escaping(autoescape=True).from_string("<p>{{ value }}</p>")
    jinjas = jinja2.Environment(autoescape=True).from_string("<p>{{ value }}</p>")
    assert ours.render(value=value) == jinjas.render(value=value)


def test_without_escaping_nothing_of_ours_is_compiled() -> None:
    """The control: the environment decides, and the template without it shows the difference."""
    plain = Escaping(autoescape=False).from_string("{{ value }}")
    assert plain.render(value="<b>") == "<b>"
    assert Escaping(autoescape=True).from_string("{{ value }}").render(value="<b>") != "<b>"


def test_what_is_kept_tells_text_from_markup() -> None:
    """A component that was drawn for markup is drawn again for the same letters as text."""
    env = build_environment([], timezone="America/Kentucky/Louisville", static_url=str)
    ui: Any = env.globals["ui"]
    first = ui.badge(Markup("<b>Open</b>"))
    second = ui.badge("<b>Open</b>")
    assert "<b>" in first
    assert "<b>" not in second
    assert ui.badge(Markup("<b>Open</b>")) is first


def test_a_moment_that_is_kept_reads_as_it_does_this_year() -> None:
    """What was drawn on New Year's Eve is drawn again when the year is another."""
    clock = [datetime(2026, 12, 31, 20, tzinfo=UTC)]
    env = build_environment(
        [], timezone="America/Kentucky/Louisville", static_url=str, now=lambda: clock[0]
    )
    page = env.from_string("{{ ui.moment(at) }}")
    at = datetime(2026, 11, 27, 20, 49, tzinfo=UTC)
    assert ">Fri, Nov 27, 3:49 PM<" in page.render(at=at)
    clock[0] = datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert ">Nov 27, 2026, 3:49 PM<" in page.render(at=at)


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_kept_component_asks_nothing_but_its_arguments(name: str) -> None:
    """Its macro names no frame, no form and no request: then it may be drawn once for everybody."""
    source = (COMPONENTS / name / "macro.html").read_text()
    code = source[source.index("#}") :]
    assert not {"frame", "form", "request", "csrf"} & set(re.findall(r"[a-z_]+", code))


def test_a_macro_that_is_kept_is_drawn_once_an_hour() -> None:
    """For the same arguments the same markup; for others, and an hour later, it is drawn again."""
    clock = [datetime(2026, 11, 28, 20, 59, tzinfo=UTC)]
    env = build_environment(
        [], timezone="America/Kentucky/Louisville", static_url=str, now=lambda: clock[0]
    )
    drawn: list[str] = []
    page = env.from_string(
        "{% macro row(text) %}{% do drawn.append(text) %}<b>{{ text }}</b>{% endmacro %}"
        "{{ kept(row, '<i>') }}{{ kept(row, '<i>') }}{{ kept(row, 'x') }}{{ kept(row, ['y']) }}"
    )
    module: Any = page.make_module({"drawn": drawn})
    assert str(module) == "<b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>x</b><b>[&#39;y&#39;]</b>"
    assert drawn == ["<i>", "x", ["y"]]
    kept: Any = env.globals["kept"]
    kept(module.row, "<i>")
    clock[0] = datetime(2026, 11, 28, 21, tzinfo=UTC)
    kept(module.row, "<i>")
    assert drawn == ["<i>", "x", ["y"], "<i>"]


def test_cells_of_a_row_are_escaped_whatever_they_are() -> None:
    """Text, a link with its address and tags, a word in a color, a head; what is empty says so."""
    at = datetime(2026, 11, 27, 20, 49, tzinfo=UTC)
    env = build_environment(
        [], timezone="America/Kentucky/Louisville", static_url=str, now=lambda: at
    )
    bad = "<b>&\"'"
    tag = SimpleNamespace(label=bad, tone=bad)
    link = SimpleNamespace(label=bad, href=f"/x?{bad}", tags=(tag,))
    columns = [(bad, bad), ("", ""), ("None", "end"), ("", ""), ("", ""), ("", "")]
    row = [bad, link, None, tag, 7]
    drawn = env.from_string("{{ rows | rows(columns) }}")
    said = drawn.render(rows=[[*row, at], [*row, ""]], columns=columns)
    assert "<b>" not in said
    assert said.count("&lt;b&gt;") == 18
    assert said.count("<tr>") == said.count("</tr>") == 2
    assert '<td class="end none" data-label="None">—</td>' in said
    assert '<td class="" data-label="">7</td>' in said
    assert "Fri, Nov 27" in said
    assert 'datetime="2026-11-27T20:49:00+00:00"' in said
    day = drawn.render(rows=[[date(2026, 11, 27)]], columns=[("", "")])
    assert day == '<tr>\n<td class="" data-label="">Fri, Nov 27</td>\n</tr>\n'


def wanting(found: dict[str, Any]) -> list[str]:
    """Functions that want Jinja's context or environment given, which a plain call does not give."""
    named = {**found, **{f"ui.{name}": each for name, each in vars(found["ui"]).items()}}
    return sorted(
        name
        for name, each in named.items()
        if callable(each) and not isinstance(each, Macro) and hasattr(each, "jinja_pass_arg")
    )


def test_no_function_of_a_template_wants_the_context() -> None:
    """Templates compile a call to a plain call; a function that wants more is seen."""
    env = build_environment([], timezone="America/Kentucky/Louisville", static_url=str)
    assert wanting(env.globals) == []
    assert wanting({**env.globals, "greedy": jinja2.pass_context(lambda context: context)}) == [
        "greedy"
    ]
    macro = "{% macro both(a, b='B') %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}"
    called = "{% call both('<', b='&') %}{% for one in [1, 2] %}{{ loop.cycle('x', 'y') }}{% endfor %}{% endcall %}"
    assert env.from_string(macro + called).render() == "&lt;&amp;xy"
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ unknown() }}").render()
