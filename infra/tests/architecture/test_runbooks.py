"""The runbook for whatever holds records up: a heading for each cause, with what to do and how it ends."""

import re
from pathlib import Path

import pytest

from lmhg_kit.http.delay_words import DELAYS, RUNBOOK
from lmhg_relay.core.delays import CODES

RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
HEADING = re.compile(r"^## `(\w+)`: .+$", re.MULTILINE)
PARTS = ("**Means.** ", "**Do.** ", "**Ends.** ")
LINK = re.compile(r"\]\(([\w-]+\.md)\)")


def sections(page: str) -> dict[str, str]:
    """Code to the text under its heading; a code that comes twice is named twice."""
    found = HEADING.split(page)[1:]
    codes = found[::2]
    assert len(codes) == len(set(codes)), codes
    return dict(zip(codes, found[1::2], strict=True))


def faults(page: str) -> set[str]:
    """Causes without a heading, headings without a cause, and sections that leave something out."""
    made = sections(page)
    bare = {code for code, text in made.items() if not all(part in text for part in PARTS)}
    return bare | (set(made) ^ CODES)


def test_every_cause_of_a_delay_has_its_heading_in_the_runbook() -> None:
    """All that the relay can name, and nothing else; each says what it means, what to do, how it ends."""
    page = (RUNBOOKS / f"{RUNBOOK}.md").read_text("utf-8")
    assert faults(page) == set()
    assert set(sections(page)) == set(DELAYS)
    assert {name for name in LINK.findall(page) if not (RUNBOOKS / name).exists()} == set()


@pytest.mark.parametrize(
    ("cut", "named"),
    [("## `lock_wait`: ", {"lock_wait"}), ("**Ends.** By itself.", {"resyncing"})],
)
def test_a_cause_that_is_left_out_is_seen(cut: str, named: set[str]) -> None:
    """The negative control."""
    page = (RUNBOOKS / f"{RUNBOOK}.md").read_text("utf-8")
    assert faults(page.replace(cut, "", 1)) == named
