"""What people read is plain American English. Each rule is seen to fail on the sentence that it was made for."""

import pytest

from lmhg_gateway.feature_list import FEATURES as GATEWAY
from lmhg_kit.feature import Feature
from lmhg_kit.help_topics import read_topic
from lmhg_portal.feature_list import FEATURES as PORTAL
from lmhg_quality.words import modules, prose, templates
from lmhg_quality.words.places import applications
from lmhg_quality.words.rules import (
    GRADE_MAX,
    SENTENCE_GRADE_MAX,
    findings,
    grade,
    sentences,
)
from lmhg_quality.words.saying import Saying

APPLICATIONS = applications()
WITHOUT_HELP = {"shell", "help", "gallery"}
"""What is around every page: it has no subject of its own."""


@pytest.mark.parametrize("app", APPLICATIONS)
def test_nothing_that_people_read_is_an_idiom_an_internal_or_a_raw_code(app: str) -> None:
    """One plain word each; what an auditor needs is behind "Technical details"."""
    assert findings(APPLICATIONS[app]) == []


@pytest.mark.parametrize("app", APPLICATIONS)
def test_texts_ask_for_no_more_than_middle_school(app: str) -> None:
    """An application as a whole at most grade 8, a single sentence at most grade 10."""
    found = sentences(APPLICATIONS[app])
    assert [each for each in found if grade(each) > SENTENCE_GRADE_MAX] == []
    assert grade(" ".join(found)) <= GRADE_MAX


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("The client is written down and can be found from now on.", "is saved"),
        ("Somebody was faster", "someone"),
        ("The relay ships it over the broker", "sharing"),
        ("What is exempt may leave this plane", "side"),
        ("Second factor", "two-step"),
        ("The state is waiting_confirmation now", "words for the code"),
        ("As of 14:02 UTC today", "Eastern"),
        ("Times are those of the practice, America/Kentucky", "Eastern"),
        ("Saved on 2026-11-27 by Ana", "Nov 27"),
        ("Your E-mail and its colour", "email"),
        ("The visit was cancelled", "canceled"),
    ],
)
def test_a_text_of_the_old_sort_is_refused(text: str, instead: str) -> None:
    """The sentences that the rules were made for."""
    assert any(instead in each for each in findings([Saying(text, "page.html", 1)]))


def test_technical_details_may_name_what_they_are_about() -> None:
    """The place decides, not a list of sentences; an idiom is one there too."""
    shown = "<p>The relay is late</p>{% call ui.technical() %}<p>The relay is late</p>{% endcall %}"
    first, second = templates.sayings(shown, "page.html")
    assert len(findings([first])) == 1
    assert findings([second]) == []
    assert findings([Saying("Whoever runs it", "page.html", 1, technical=True)])


def test_a_hard_sentence_is_seen() -> None:
    """The measure itself can fail."""
    hard = "Administrative authorization constitutes a prerequisite of institutional participation."
    assert grade(hard) > SENTENCE_GRADE_MAX
    assert sentences([Saying("Too short to grade.", "page.html", 1)]) == []


def test_the_collector_reads_templates_and_modules() -> None:
    """Text between tags, labels, strings for components, joined strings; no docstring, log or query."""
    page = """<h1 title="A label here">Hello <b>{{ name }}</b>, good day</h1>
    {{ ui.banner("You have " ~ n ~ " left to do", tone="warn") }}{{ ui.code("lmhg verify it") }}"""
    assert [each.text for each in templates.sayings(page, "x.html")] == [
        "You have … left to do",
        "A label here",
        "Hello …, good day",
    ]
    module = '''"""Not read."""
log.info("not read either")
rows = text("select this and that")
said = f"Wait {n} seconds" " please"
'''
    assert [each.text for each in modules.sayings(module, "x.py")] == ["Wait … seconds please"]


def test_documents_and_docstrings_have_no_idiom() -> None:
    """The same list holds for README, runbooks, how-tos and docstrings; each idiom is seen."""
    assert prose.findings(prose.written()) == []
    assert prose.in_text("Whoever stands there begins anew; `anew` is code.") == [
        "anew",
        "Whoever",
        "stands",
    ]


def _helpless(features: tuple[Feature, ...]) -> list[str]:
    """Features that have pages and no help."""
    return [
        each.name
        for each in features
        if each.app and each.pages and each.help is None and each.name not in WITHOUT_HELP
    ]


def test_every_feature_with_pages_has_its_help() -> None:
    """A question mark on each page opens what this is, what to do, and what to do when."""
    every = (*GATEWAY, *PORTAL)
    assert _helpless(every) == []
    assert _helpless((Feature(name="bare", app="workspace", pages=(print,)),)) == ["bare"]
    for feature in every:
        if feature.help is not None:
            headings = [section.heading for section in read_topic(feature.help).sections]
            assert headings[0] == "What this is", feature.name
            assert {"What to do", "What to do when"} <= set(headings), feature.name


def test_what_help_says_is_held_to_the_same_rules() -> None:
    """Help is read on the first look; the glossary alone names the field's terms."""
    texts = [
        Saying(line.strip("-# ").replace("**", ""), f"{feature.name}/help.md", n)
        for feature in (*GATEWAY, *PORTAL)
        if feature.help is not None
        for n, line in enumerate(feature.help.read_text().splitlines(), 1)
        if line.strip() and not line.startswith("##")
    ]
    assert findings(texts) == []
    assert [each for each in sentences(texts) if grade(each) > SENTENCE_GRADE_MAX] == []
