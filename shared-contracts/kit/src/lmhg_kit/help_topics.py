"""Help inside: a short page for each feature, from the Markdown file that the feature keeps in its folder.

A section whose heading ends with a permission in braces is shown to those who have it. Raw HTML in a
file is shown as text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from lmhg_kit.feature import HITS_MAX, Asked, Hit, SearchProvider
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.door import folded
from lmhg_kit.persistence import ReadSession

GLOSSARY = Path(__file__).parent / "ui" / "glossary.md"
_HEADING = re.compile(r"^## (.+?)(?: \{([a-z_.]+)\})?$", re.MULTILINE)
_TYPED = re.compile(r"\{\s*(\w+)\s*:[^}]*\}")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Section:
    """One part of a page of help; `permission` is whose it is, empty for everyone's."""

    heading: str
    text: str
    permission: str = ""

    @property
    def html(self) -> Markup:
        """The text as HTML; what is no Markdown is escaped."""
        return Markup(_MARKDOWN.render(self.text))  # noqa: S704 - the renderer escapes, and lets no HTML in


@dataclass(frozen=True)
class Topic:
    """One page of help: its name in the address, its title, and its sections."""

    name: str
    title: str
    sections: Sequence[Section]
    permissions: frozenset[str] = frozenset()
    """Anyone who has one of these can open a page of the feature."""

    def is_for(self, allows: Callable[[str], bool]) -> bool:
        """Whether someone with these permissions can use the feature at all."""
        return not self.permissions or any(allows(each) for each in self.permissions)

    def shown(self, allows: Callable[[str], bool]) -> list[Section]:
        """The sections for someone with these permissions."""
        return [each for each in self.sections if not each.permission or allows(each.permission)]


@cache
def read_topic(file: Path, permissions: frozenset[str] = frozenset()) -> Topic:
    """A page of help from its file. Raises: ValueError where the file has no title or no section."""
    title, _, rest = file.read_text().partition("\n")
    found = list(_HEADING.finditer(rest))
    if not title.startswith("# ") or not found:
        message = f"{file} needs a title and sections"
        raise ValueError(message)
    ends = [each.start() for each in found[1:]] + [len(rest)]
    sections = [
        Section(each[1], rest[each.end() : end].strip(), each[2] or "")
        for each, end in zip(found, ends, strict=True)
    ]
    name = "words" if file == GLOSSARY else file.parent.name.replace("_", "-")
    return Topic(name, title.removeprefix("# ").strip(), sections, permissions)


def topics(features: FeatureSet) -> dict[str, Topic]:
    """The pages of help of what an application serves, by name, and the glossary last."""
    made: dict[str, Topic] = {}
    for feature in features.served:
        if feature.help is not None:
            names = frozenset(each.name for each in feature.permissions)
            topic = read_topic(feature.help, names)
            made.setdefault(topic.name, topic)
    glossary = read_topic(GLOSSARY)
    return {**made, glossary.name: glossary}


def topics_by_route(features: FeatureSet) -> Mapping[str, str]:
    """The name of the help for each route of a feature that has some, by the template of its path."""
    return {
        template_of(path): read_topic(
            feature.help, frozenset(each.name for each in feature.permissions)
        ).name
        for feature in features.served
        if feature.help is not None
        for handler in feature.pages
        for path in sorted(getattr(handler, "paths", ()))
    }


def template_of(path: str) -> str:
    """A route's path as a request carries it: `/clients/{client_id}` for `/clients/{client_id:uuid}`."""
    return _TYPED.sub(r"{\1}", path)


def help_search(found: Iterable[Topic]) -> SearchProvider:
    """Help as the search finds it: by a word in a title or in a text."""
    every = tuple(found)

    async def find(_tx: ReadSession, asked: Asked) -> list[Hit]:
        wanted = folded(asked.text)
        return [
            Hit(label=topic.title, detail="Help", href=f"/help/{topic.name}", icon="help")
            for topic in every
            if topic.is_for(asked.may) and wanted in folded(_plain(topic, asked.may))
        ][:HITS_MAX]

    return SearchProvider(label="Help", permission="home.view", find=find)


def _plain(topic: Topic, allows: Callable[[str], bool]) -> str:
    parts = (f"{each.heading} {each.text}" for each in topic.shown(allows))
    return " ".join([topic.title, *parts]).replace("**", "").replace("`", "")
