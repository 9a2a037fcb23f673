"""Templates as they are compiled: margins are for those who read them, lines are kept."""

import jinja2

from lmhg_kit.ui.environment import Unindented


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
