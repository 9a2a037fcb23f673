"""The summary of a form's errors: first on the page, and by the labels of the fields that come after it."""

from typing import Any

import jinja2
import pytest

from lmhg_kit.http.forms import Form
from lmhg_kit.ui.environment import build_environment
from lmhg_kit.ui.later import drawn_later


@pytest.fixture(scope="module")
def env() -> jinja2.Environment:
    """The environment as the processes build it."""
    return build_environment((), timezone="America/Kentucky/Louisville", static_url="/s/{}".format)


def page(env: jinja2.Environment, source: str, form: Form[Any]) -> str:
    """A template with this form, rendered as pages are."""
    with drawn_later() as places:
        return places.filled(env.from_string(source).render(form=form))


def wrong(**values: str) -> Form[Any]:
    """A form with one field that has to be filled in."""
    return Form(values=dict(values), errors={"received_on": "Choose a date."})


def test_summary_before_its_fields_has_their_labels(env: jinja2.Environment) -> None:
    """The order in a template does not matter: a code is never in the place of a label."""
    source = "{{ ui.error_summary(form) }}<p>Lead</p>{{ ui.field(form, 'received_on', 'Came on') }}"
    found = page(env, source, wrong())
    assert '<a href="#received_on">Came on: Choose a date.</a>' in found
    assert found.index("Came on: Choose") < found.index("Lead")


def test_a_form_has_one_summary(env: jinja2.Environment) -> None:
    """Two places on a page are one: the first; two forms have one each."""
    both = "{{ ui.error_summary(form) }}<hr>{{ ui.error_summary(form) }}"
    found = page(env, both, wrong())
    assert found.count('id="errors"') == 1
    assert found.index('id="errors"') < found.index("<hr>")


def test_what_someone_typed_is_no_place(env: jinja2.Environment) -> None:
    """A mark is new in each rendering, and what is drawn is escaped as ever."""
    source = "{{ ui.error_summary(form) }}{{ ui.field(form, 'received_on', '<Came>') }}{{ typed }}"
    with drawn_later() as places:
        text = env.from_string(source).render(form=wrong(), typed="x")
        [mark] = places.kept
        found = places.filled(text + mark)
    assert "&lt;Came&gt;: Choose" in found
    assert found.count('id="errors"') == 1


def test_a_form_that_is_right_has_no_summary(env: jinja2.Environment) -> None:
    """Nothing stays of its place."""
    assert page(env, "a{{ ui.error_summary(form) }}b", Form()) == "ab"
