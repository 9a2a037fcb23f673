"""docs/reference/words-*.md: every text of an application in one list, which is also what a reviewer reads."""

from collections.abc import Iterator
from itertools import groupby

from lmhg_quality.words.places import applications
from lmhg_quality.words.rules import grade, sentences
from lmhg_quality.words.saying import Saying
from lmhg_stack.docs.written import Document

ABOUT = (
    "Every text that people read in the {app}, in the order of the source; `…` is where a value stands."
    " Written by `make docs`; how we write is in [how-to/write-words.md](../how-to/write-words.md)."
)
SHARED = "parts that every application has"


def documents() -> Iterator[Document]:
    """One page an application."""
    for app, said in applications().items():
        yield Document(f"docs/reference/words-{app}.md", page(app, said))


def page(app: str, said: list[Saying]) -> str:
    """The texts of one application, under the file that has them."""
    asked = grade(" ".join(sentences(said)))
    lines = [
        f"# Words: {SHARED if app == 'shared' else app}",
        "",
        ABOUT.format(app=SHARED if app == "shared" else app),
        "",
        f"{len(said):,} texts; school grade {asked:.1f} (Flesch-Kincaid, sentences of eight words or more).",
    ]
    for file, found in groupby(said, key=lambda each: each.file):
        texts = dict.fromkeys(_shown(each) for each in found)
        lines += ["", f"## {_short(file)}", "", *(f"* {text}" for text in texts)]
    return "\n".join(lines)


def _shown(saying: Saying) -> str:
    text = saying.text.replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
    return f"{text} *(technical)*" if saying.technical else text


def _short(file: str) -> str:
    """A file's name without the package around it."""
    return file.partition("/src/")[2].partition("/")[2]
