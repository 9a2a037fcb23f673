"""Screening on invented texts: the goals of recall and of false holds, and controls that fail them."""

from functools import cache

import pytest

from lmhg_gateway.features.screening.rules import ClientIndex, Person, hits
from lmhg_quality.bench.families import RECALL_GOAL, Families, judge_families
from lmhg_quality.bench.screening import (
    FALSE_GOAL,
    GOALS,
    Judged,
    cost,
    index_of,
    judge,
    page,
)
from lmhg_quality.texts.corpus import Corpus, make
from lmhg_quality.texts.families import FAMILIES, cases
from lmhg_quality.texts.writing import WAYS

RULES = {
    "name": frozenset(("client_name", "client_surname", "client_initial")),
    "phone": frozenset(("client_phone",)),
    "e-mail": frozenset(("client_email",)),
    "birth date": frozenset(("client_birth_date",)),
}


@cache
def corpus() -> Corpus:
    """Two thousand texts about eight hundred people."""
    return make(seed="test", people=800, texts=2_000, unseen=True)


@cache
def judged(without: frozenset[str] = frozenset()) -> Judged:
    """What screening makes of them."""
    return judge(corpus(), index_of(corpus()), without=without)


@pytest.mark.parametrize("subject", list(GOALS))
def test_recall_meets_its_goal_and_falls_without_its_rules(subject: str) -> None:
    """Each kind of identifier is found; with its own rules left out it is not."""
    assert judged().recall(subject) >= GOALS[subject]
    assert judged(RULES[subject]).recall(subject) < GOALS[subject]


@cache
def of_families() -> Families:
    """What screening makes of the families of disguises."""
    return judge_families(corpus(), index_of(corpus()), seed="test", texts=120)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_each_family_of_disguises_is_held(family: str) -> None:
    """None may hide behind the others' average."""
    assert of_families().asked[family] == 120
    assert of_families().recall(family) >= RECALL_GOAL


def test_clean_texts_that_look_like_disguises_pass() -> None:
    """What disguises are made of is in everyday IT talk as well."""
    assert of_families().false_holds <= FALSE_GOAL


def test_a_family_is_not_held_when_the_client_is_another() -> None:
    """The control: it is the client on record who is found, not the way to write."""
    stranger = ClientIndex()
    stranger.put("1", Person(names=("Wilhelmina Thistlewood",)))
    for family in ("guardians", "compound names", "scripts without spaces", "encodings"):
        (case,) = cases(family, 1, seed="test", filler=lambda: "The printer is broken.")
        assert not list(hits(case.fields, stranger))


def test_clean_texts_pass_and_would_not_without_knowing_colleagues() -> None:
    """At most two in a hundred are held; with colleagues unknown more are."""
    assert judged().false_holds <= FALSE_GOAL
    unknown = Corpus(corpus().clients, [], [], corpus().clean, [])
    assert judge(unknown, index_of(unknown)).false_holds > FALSE_GOAL


def test_the_corpus_is_the_same_for_the_same_seed_and_covers_every_way() -> None:
    """Figures can be compared only when everybody measures the same texts."""
    again = make(seed="test", people=800, texts=2_000, unseen=True)
    assert again == corpus()
    assert make(seed="other", people=800, texts=2_000) != again
    ways = {(subject, way) for subject, pens in WAYS.items() for way in pens}
    assert {(text.subject, text.way) for text in make(seed="all").named} == ways


def test_the_report_lists_each_miss_and_each_false_hold() -> None:
    """A page of figures that leaves out what was missed would be an advertisement."""
    broken = judged(RULES["phone"])
    shown = "\n".join(page(judged(), broken, corpus(), of_families()))
    assert f"| recall: phone | at least 0.99 | {broken.recall('phone'):.4f} |" in shown
    for (subject, way), texts in broken.missed.items():
        asked = broken.asked[subject, way]
        assert f"| {subject} | {way.replace('*', '')} | {asked - len(texts)} of {asked} |" in shown
    assert len(broken.missed) > 10


def test_a_change_of_one_client_costs_the_same_in_a_large_practice() -> None:
    """Nothing is built again, so the worker does not stall: a hundredfold index, no tenfold change."""
    small, large = cost(200), cost(4_000)
    assert large.change_us < 10 * max(small.change_us, 50)
