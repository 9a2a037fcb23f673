"""Rules of the tray: whatever is done with pages, each is in one paper; and who a text is about."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmhg_gateway.adapters.draw_pages import TEXT_MAX
from lmhg_gateway.features.tray.guess import about
from lmhg_gateway.features.tray.rules import (
    ASIDE_WORDS,
    SOURCE_WORDS,
    UNDO_FOR,
    Act,
    Aside,
    Source,
    Spot,
    State,
    arrangement,
    changed,
    check_return,
    check_undo,
    joined,
    moved,
    numbered,
    packed,
    split,
    turned,
    unpacked,
)
from lmhg_gateway.features.tray.views import ACT_WORDS, STATE_WORDS
from lmhg_kit.errors import Conflict, Invalid

TODAY = date(2026, 11, 29)
Papers = dict[uuid.UUID, list[Spot]]


Ids = Iterator[uuid.UUID]


def ids() -> Ids:
    """Ids, the same ones in each try."""
    return (uuid.UUID(int=each) for each in count(1))


def paper(pages: int, new: Ids) -> list[Spot]:
    """A paper with so many pages."""
    paper_id = next(new)
    return numbered([Spot(next(new), paper_id, 0, 0) for _ in range(pages)])


def pages_in(papers: Papers) -> list[Spot]:
    """Every page of every paper."""
    return [each for spots in papers.values() for each in spots]


def put(papers: Papers, spots: list[Spot]) -> None:
    """Have pages be where a step says."""
    now = {each.page_id: each for each in pages_in(papers)} | {each.page_id: each for each in spots}
    papers.clear()
    for each in sorted(now.values(), key=lambda spot: (str(spot.paper_id), spot.place)):
        papers.setdefault(each.paper_id, []).append(each)


def step(papers: Papers, data: st.DataObject, new: Ids) -> tuple[list[Spot], list[Spot]]:
    """One step that someone may take: where its pages were, and where they are."""
    paper_id = data.draw(st.sampled_from(sorted(papers, key=str)))
    spots = papers[paper_id]
    page = data.draw(st.sampled_from(spots)).page_id
    act = data.draw(st.sampled_from([Act.TURNED, Act.MOVED, Act.SPLIT, Act.JOINED]))
    before, after = list(spots), list(spots)
    if act == Act.TURNED:
        after = turned(spots, page)
    elif act == Act.MOVED:
        after = moved(spots, page, by=data.draw(st.integers(-4, 4)))
    elif act == Act.SPLIT and len(spots) > 1:
        starts = data.draw(st.lists(st.sampled_from(spots[1:]), min_size=1, unique=True))
        begins = [each.page_id for each in starts]
        after = split(spots, begins, [next(new) for _ in begins])
    elif act == Act.JOINED and len(papers) > 1:
        other = data.draw(
            st.sampled_from([each for each in sorted(papers, key=str) if each != paper_id])
        )
        before = [*spots, *papers[other]]
        after = joined(spots, [papers[other]])
    return changed(before, after)


@settings(max_examples=150)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.data())
def test_pages_are_conserved_by_every_step_and_every_undo(
    counts: list[int], data: st.DataObject
) -> None:
    """Each page that came is in exactly one paper, in an order without gaps; undone, all is as it was."""
    papers: Papers = {}
    new = ids()
    for pages in counts:
        spots = paper(pages, new)
        papers[spots[0].paper_id] = spots
    came = {each.page_id for each in pages_in(papers)}
    steps: list[tuple[list[Spot], list[Spot]]] = []
    first = {each.page_id: each for each in pages_in(papers)}
    for _ in range(data.draw(st.integers(1, 8))):
        before, after = step(papers, data, new)
        put(papers, after)
        steps.append((before, unpacked(packed(after))))
        found = pages_in(papers)
        assert len(found) == len(came)
        assert {each.page_id for each in found} == came
        for spots in papers.values():
            assert [each.place for each in spots] == list(range(1, len(spots) + 1))
    for before, after in reversed(steps):
        concerned = {each.paper_id for each in (*before, *after)}
        now = [each for each in pages_in(papers) if each.paper_id in concerned]
        check_undo(now, before=before, after=after)
        put(papers, before)
    assert {each.page_id: each for each in pages_in(papers)} == first


def test_step_is_not_taken_back_once_its_pages_went_on() -> None:
    """The later step first."""
    spots = paper(3, ids())
    made = moved(spots, spots[0].page_id, by=1)
    before, after = changed(spots, made)
    check_undo(made, before=before, after=after)
    with pytest.raises(Conflict):
        check_undo(turned(made, after[0].page_id), before=before, after=after)


def test_split_is_not_taken_back_onto_pages_that_came_since() -> None:
    """Another paper was joined to what it left: its pages have the places by now."""
    new = ids()
    spots, others = paper(3, new), paper(2, new)
    parts = split(spots, [spots[1].page_id], [next(new)])
    before, after = changed(spots, parts)
    check_undo(parts, before=before, after=after)
    now = [*joined(parts[:1], [others]), *parts[1:]]
    with pytest.raises(Conflict):
        check_undo(now, before=before, after=after)


def test_arrangement_tells_what_was_put_together() -> None:
    """A paper whose pages were turned, moved or taken meanwhile is not filed as it was."""
    spots = paper(3, ids())
    page = spots[0].page_id
    others = [turned(spots, page), moved(spots, page, by=1), spots[:2]]
    assert len({arrangement(each) for each in (spots, *others)}) == 4
    assert arrangement(spots) == arrangement(list(spots))


def test_split_and_join_of_nothing_are_refused() -> None:
    """The first page begins its own paper already."""
    spots = paper(2, ids())
    for wrong in ([], [spots[0].page_id]):
        with pytest.raises(Invalid):
            split(spots, wrong, [uuid.uuid4()])
    with pytest.raises(Invalid):
        joined(spots, [])
    with pytest.raises(Conflict):
        turned(spots, uuid.uuid4())


def test_paper_comes_back_for_a_week() -> None:
    """Not after that, and not one that is in the tray."""
    at = datetime(2026, 11, 29, 12, tzinfo=UTC)
    check_return(State.FILED, at - UNDO_FOR + timedelta(seconds=1), at=at)
    with pytest.raises(Conflict, match="paper_late"):
        check_return(State.ASIDE, at - UNDO_FOR, at=at)
    with pytest.raises(Conflict, match="paper_here"):
        check_return(State.OPEN, None, at=at)


def test_everything_has_words() -> None:
    """Each source, reason, act and state that people see."""
    assert set(SOURCE_WORDS) == set(Source)
    assert set(ASIDE_WORDS) == set(Aside)
    assert set(ACT_WORDS) == set(Act)
    assert set(STATE_WORDS) == set(State) - {State.GONE}


def test_first_page_with_a_name_says_who_it_is_about() -> None:
    """Not the birth date of someone on another page."""
    pages = [
        "Fax cover",
        "Patient: Ottoline Brackenfen",
        "Client: Ansgar Follywater DOB: 05/05/1990",
    ]
    assert about(pages, today=TODAY) == ("Ottoline Brackenfen", None)


@pytest.mark.parametrize(
    ("text", "name", "born"),
    [
        (
            "Patient Name: Ottoline Brackenfen\nDOB: 03/31/1984",
            "Ottoline Brackenfen",
            date(1984, 3, 31),
        ),
        ("Patient: Brackenfen, Ottoline  DOB 3-31-84", "Ottoline Brackenfen", date(1984, 3, 31)),
        ("RE: Ottoline M. O'Brackenfen", "Ottoline M. O'Brackenfen", None),
        (
            "Client's name: Zoë Brackenfen-Moss, born 12/01/31",
            "Zoë Brackenfen-Moss",
            date(1931, 12, 1),
        ),
        ("Date of Birth: 1984-03-31", "", date(1984, 3, 31)),
        ("DOB: 13/45/1984", "", None),
        ("DOB: 03/31/2031", "", None),
        ("Client: Ansgar Savage (age 36)", "Ansgar Savage", None),
        ("Fax cover\n- - > Re: Ottoline Brackenfen", "Ottoline Brackenfen", None),
        ("Name: 555 0142", "", None),
        ("Fax from the clinic of Dr. Okafor", "", None),
        ("", "", None),
    ],
)
def test_text_says_who_it_is_about(text: str, name: str, born: date | None) -> None:
    """A name and a birth date beside the words that announce them, and nothing else."""
    assert about([text], today=TODAY) == (name, born)


@pytest.mark.parametrize(
    "line",
    [
        ".\n",
        ".",
        "\n",
        " ",
        "born" + " " * 21,
        "name: a" + " " * 118 + "\n",
        "re: " + " ," * 60 + "\n",
    ],
)
def test_any_page_is_read_in_no_time_that_others_feel(line: str) -> None:
    """Twenty pages that a bad line or a border of dots makes, of the two hundred that a fax may have."""
    page = (line * TEXT_MAX)[:TEXT_MAX]
    began = time.process_time()
    about([page] * 20, today=TODAY)
    assert time.process_time() - began < 1.0


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    """Whatever comes out of a PDF."""
    found = about([text], today=TODAY)
    assert len(found.name) <= 80
    assert found.born is None or found.born <= TODAY
