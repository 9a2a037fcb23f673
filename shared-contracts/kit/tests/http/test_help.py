"""Help inside: a page for each feature, for anyone who reads it, and nothing that a file could smuggle in."""

from pathlib import Path

import pytest
from litestar import Litestar, get

from lmhg_kit.feature import Asked, Feature, Permission
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.help_topics import help_search, read_topic, topics, topics_by_route

TEXT = """# Notes

## What this is
A **list** of notes. <script>alert(1)</script> [x](javascript:alert(1))

## Write one {notes.write}
Press New.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A feature's help."""
    folder = tmp_path / "some_notes"
    folder.mkdir()
    (folder / "help.md").write_text(TEXT)
    return folder / "help.md"


def test_sections_are_for_those_who_have_the_permission(file: Path) -> None:
    """A heading that ends with a permission is not everyone's."""
    topic = read_topic(file)
    assert (topic.name, topic.title) == ("some-notes", "Notes")
    assert [each.heading for each in topic.shown(lambda _: False)] == ["What this is"]
    assert [each.heading for each in topic.shown(lambda _: True)] == ["What this is", "Write one"]


def test_html_in_a_file_is_shown_as_text(file: Path) -> None:
    """No tag and no script address of a file reaches the page."""
    html = read_topic(file).sections[0].html
    assert "<strong>list</strong>" in html
    assert "<script" not in html
    assert "<a href" not in html


def test_a_file_without_title_or_section_is_refused(tmp_path: Path) -> None:
    """It would be an empty page."""
    bad = tmp_path / "help.md"
    bad.write_text("no title\n")
    with pytest.raises(ValueError, match="needs a title"):
        read_topic(bad)


async def test_search_finds_help_by_its_words_for_those_who_can_use_the_feature(file: Path) -> None:
    """Someone without the feature does not hear of it; the glossary is everyone's."""
    notes = Feature(
        name="notes",
        app="demo",
        help=file,
        permissions=(Permission(name="notes.read", roles=frozenset({"a"})),),
    )
    found = topics(FeatureSet([notes], app="demo"))
    assert list(found) == ["some-notes", "words"]
    assert topics_by_route(FeatureSet([notes], app="demo")) == {}
    find = help_search(found.values()).find

    async def labels(*, may: bool) -> list[str]:
        hits = await find(None, Asked(person_id="1", may=lambda _: may, text="LIST of"))  # type: ignore[arg-type] - help reads no table
        return [hit.label for hit in hits]

    assert "Notes" in await labels(may=True)
    assert "Notes" not in await labels(may=False)


def test_routes_lead_to_their_topic_as_a_request_names_them(file: Path) -> None:
    """A request's template has no types in it: with them, no page with an id in its address had help."""

    @get(["/notes", "/notes/{note_id:uuid}/parts/{part:int}"])
    async def shown() -> None:
        """A page."""

    notes = Feature(name="notes", app="demo", help=file, pages=(shown,), no_api="A test.")
    led = topics_by_route(FeatureSet([notes], app="demo"))
    assert led == {"/notes": "some-notes", "/notes/{note_id}/parts/{part}": "some-notes"}
    assert led.keys() == {
        route.path_format for route in Litestar([shown], openapi_config=None).routes
    }
