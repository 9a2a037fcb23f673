"""Screening measured: recall by way, false holds, speed, and what the index costs.

`python -m lmhg_quality.bench.screening` writes docs/reference/screening.md and its part of figures.md.
"""

import gc
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil

from lmhg_gateway.features.screening.rules import ClientIndex, Hit, Person, hits, screen
from lmhg_quality.bench import families
from lmhg_quality.bench.ground import machine
from lmhg_quality.texts.clients import Known, clients
from lmhg_quality.texts.corpus import Corpus, Text, make
from lmhg_quality.texts.families import FAMILIES
from lmhg_stack.repository import ROOT

TUNED_ON, REPORTED_ON = "tune", "report, third"
GOALS = {"name": 0.99, "phone": 0.99, "e-mail": 0.99, "birth date": 0.99}
FALSE_GOAL = 2.0
SPEED_GOAL = 20_000
SPEED_BEFORE = 35_458
"""Before texts were read in other ways; on the machine of the other figures."""
SPEED_CLIENTS = 5_000
ROUNDS = 5
SHOWN_MAX = 40
PAGE = ROOT / "docs/reference/screening.md"
FIGURES = ROOT / "docs/reference/figures.md"
BEGINS, ENDS = "<!-- screening -->", "<!-- end of screening -->"


def person_of(client: Known) -> Person:
    """A client as the gateway's screener knows one."""
    return Person(
        names=tuple(name for name in (client.legal_name, client.name_used) if name),
        phones=(client.phone,),
        emails=(client.email,),
        birth_date=client.birth_date.isoformat(),
        numbers=(client.number,),
    )


def index_of(corpus: Corpus) -> ClientIndex:
    """The index of a corpus's clients, with its colleagues known."""
    index = ClientIndex()
    for client in corpus.clients:
        index.put(client.id, person_of(client))
    index.mask(staff=[colleague.shown for colleague in corpus.staff])
    return index


@dataclass
class Judged:
    """What screening made of a corpus."""

    asked: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    missed: dict[tuple[str, str], list[Text]] = field(default_factory=lambda: defaultdict(list))
    held: list[tuple[Text, list[Hit]]] = field(default_factory=list[tuple[Text, list[Hit]]])
    clean: int = 0
    unknowable: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])

    def recall(self, subject: str) -> float:
        """The share of texts with this kind of identifier that are held."""
        asked = sum(count for (each, _), count in self.asked.items() if each == subject)
        missed = sum(len(texts) for (each, _), texts in self.missed.items() if each == subject)
        return 1 - missed / asked

    @property
    def false_holds(self) -> float:
        """Clean texts that are held, in a hundred."""
        return 100 * len(self.held) / self.clean


def judge(corpus: Corpus, index: ClientIndex, *, without: frozenset[str] = frozenset()) -> Judged:
    """Screen every text of a corpus; a control leaves rules out."""
    found = Judged(clean=len(corpus.clean))

    def rules_of(text: Text) -> list[Hit]:
        return [hit for hit in hits({"text": text.said}, index) if hit.rule not in without]

    for text in corpus.named:
        found.asked[text.subject, text.way] += 1
        if not rules_of(text):
            found.missed[text.subject, text.way].append(text)
    for text in corpus.clean:
        rules = rules_of(text)
        if rules:
            found.held.append((text, rules))
    asked = Counter(text.way for text in corpus.unknowable)
    held = Counter(text.way for text in corpus.unknowable if rules_of(text))
    found.unknowable = {way: (held[way], asked[way]) for way in sorted(asked)}
    return found


def speed(texts: Sequence[str], index: ClientIndex) -> float:
    """Texts a second of processor time on one core: the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for text in texts:
            screen({"text": text}, index)
        best = min(best, time.process_time() - start)
    return len(texts) / best


@dataclass(frozen=True)
class Cost:
    """What an index of some size costs: seconds for all, microseconds for one change, megabytes."""

    people: int
    load_s: float
    change_us: float
    memory_mb: float


def cost(people: int) -> Cost:
    """Fill an index from nothing, then change clients in it."""
    known = clients(people, seed="cost")
    persons = [(client.id, person_of(client)) for client in known]
    index, process = ClientIndex(), psutil.Process()
    gc.collect()
    before, start = process.memory_info().rss, time.process_time()
    for key, person in persons:
        index.put(key, person)
    load = time.process_time() - start
    memory = process.memory_info().rss - before
    start = time.process_time()
    for key, _ in persons[:1_000]:
        index.put(key, persons[-1][1])
    return Cost(people, load, (time.process_time() - start) * 1e6 / 1_000, memory / 2**20)


def page(
    tuned: Judged, reported: Judged, corpus: Corpus, of_families: families.Families
) -> Iterator[str]:
    """The page of docs/reference."""
    yield "# Screening, measured"
    yield ""
    yield (
        "Written by `python -m lmhg_quality.bench.screening`. All people and texts are invented by"
        " `lmhg_quality.texts`, which shares no code and no word list with the rules."
        f" The rules were tuned on the corpus `{TUNED_ON}`; the figures are of the corpus"
        f" `{REPORTED_ON}`, with other people, other numbers, and other sentences."
        " These sentences are not unseen: they were looked at twice before, with other people, and the"
        " rules were mended by what was found. At the first look 2.80 of 100 clean"
        " texts were held, because a colleague's first name may be a client's surname; at the second"
        ' 3 of 390 e-mail addresses were missed, where an "at" stood before them.'
    )
    yield ""
    yield (
        f"{len(corpus.clients):,} clients, {len(corpus.staff)} colleagues, {len(corpus.named):,} texts"
        f" that name a client, {len(corpus.clean):,} that name nobody."
    )
    yield ""
    yield "| what | goal | figure | on the tuned corpus |"
    yield "| --- | --- | --- | --- |"
    for subject in dict.fromkeys(subject for subject, _ in reported.asked):
        goal = f"at least {GOALS[subject]:.2f}" if subject in GOALS else ""
        yield f"| recall: {subject} | {goal} | {reported.recall(subject):.4f} | {tuned.recall(subject):.4f} |"
    yield (
        f"| false holds in 100 clean texts | at most {FALSE_GOAL:g} | {reported.false_holds:.2f}"
        f" | {tuned.false_holds:.2f} |"
    )
    yield ""
    yield from families.page(of_families, clients=len(corpus.clients) + families.JOINED_MAX)
    yield "## Recall by way of writing"
    yield ""
    yield "| what | way | held | missed as |"
    yield "| --- | --- | --- | --- |"
    for (subject, way), asked in sorted(reported.asked.items()):
        missed = reported.missed.get((subject, way), [])
        shown = ", ".join(f"`{_shown(text.written)}`" for text in missed[:8])
        yield f"| {subject} | {_shown(way)} | {asked - len(missed)} of {asked} | {shown} |"
    yield ""
    yield "## What cannot be known"
    yield ""
    yield "Outside the goal: no list of clients tells these from everyday words. So often they are held all the same:"
    yield ""
    yield "| way | held |"
    yield "| --- | --- |"
    for way, (held, asked) in reported.unknowable.items():
        yield f"| {way} | {held} of {asked} |"
    yield ""
    yield from _false_holds(reported)


def _false_holds(reported: Judged) -> Iterator[str]:
    yield "## False holds"
    yield ""
    yield "| rule | clean texts held |"
    yield "| --- | --- |"
    for rule, count in Counter(
        hit.rule for _, found in reported.held for hit in found
    ).most_common():
        yield f"| {rule} | {count} |"
    yield ""
    yield f"The first {min(SHOWN_MAX, len(reported.held))} of {len(reported.held)}:"
    yield ""
    for text, found in reported.held[:SHOWN_MAX]:
        rules = ", ".join(hit.rule for hit in found)
        yield f"* {rules}: {_shown(text.said)}"


def _shown(text: str) -> str:
    plain = text.replace("\n", " ⏎ ").replace("\t", " ⇥ ").replace("|", "/").replace("*", "\\*")
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in plain)


def figures(reported: Judged, corpus: Corpus, of_families: families.Families) -> Iterator[str]:
    """The part of figures.md."""
    known = clients(SPEED_CLIENTS, seed="speed")
    index = index_of(Corpus(known, corpus.staff, [], [], []))
    clean = [text.said for text in corpus.clean]
    named = [text.said for text in corpus.named]
    yield "## Screening (`python -m lmhg_quality.bench.screening`)"
    yield ""
    yield f"On {datetime.now(UTC):%Y-%m-%d}, {machine()}. More on it in screening.md."
    yield ""
    yield "| what | figure | goal |"
    yield "| --- | --- | --- |"
    for subject, goal in GOALS.items():
        yield f"| recall: {subject} | {reported.recall(subject):.4f} | {goal:.2f} |"
    yield f"| false holds in 100 clean texts | {reported.false_holds:.2f} | {FALSE_GOAL:g} |"
    worst = min(families.BEFORE, key=families.BEFORE.__getitem__)
    yield (
        f"| recall of each family of disguises (screening.md lists them, and their misses), before | "
        f"{families.BEFORE[worst]:.4f} to {max(families.BEFORE.values()):.4f} | {families.RECALL_GOAL:.2f} |"
    )
    lowest = min(FAMILIES, key=of_families.recall)
    yield (
        f"| the lowest recall of {len(FAMILIES)} families of disguises: {lowest}"
        f" | {of_families.recall(lowest):.4f} | {families.RECALL_GOAL:.2f} |"
    )
    yield f"| false holds in 100 clean texts of IT talk | {of_families.false_holds:.2f} | {FALSE_GOAL:g} |"
    letters = sum(map(len, clean)) / len(clean)
    yield (
        f"| clean texts of {letters:.0f} letters, {SPEED_CLIENTS:,} clients, texts/s of processor time"
        f" on one core, best of {ROUNDS} | {speed(clean, index):,.0f} | {SPEED_GOAL:,} |"
    )
    yield f"| the same with the code of 2026-11-23, measured on 2026-11-28 | {SPEED_BEFORE:,} | |"
    yield f"| texts that name somebody, the same | {speed(named, index):,.0f} | |"
    for size in (5_000, 50_000):
        found = cost(size)
        yield (
            f"| an index of {size:,} clients: filled from nothing, processor time / one change / memory"
            f" | {found.load_s:.2f} s / {found.change_us:.0f} µs / {found.memory_mb:.0f} MB | |"
        )


def main() -> int:
    """Measure and write; the exit status says whether every goal of recall and false holds is met."""
    tuning = make(seed=TUNED_ON)
    tuned = judge(tuning, index_of(tuning))
    corpus = make(seed=REPORTED_ON, unseen=True)
    reported = judge(corpus, index_of(corpus))
    others = make(seed=families.SEED, unseen=True)
    found = families.judge_families(others, index_of(others), seed=families.SEED)
    PAGE.write_text("\n".join(page(tuned, reported, corpus, found)).rstrip() + "\n", "utf-8")
    part = "\n".join(figures(reported, corpus, found))
    before, _, rest = FIGURES.read_text("utf-8").partition(BEGINS)
    after = rest.partition(ENDS)[2]
    FIGURES.write_text(
        f"{before.rstrip()}\n\n{BEGINS}\n{part}\n{ENDS}\n{after.lstrip()}".rstrip() + "\n", "utf-8"
    )
    print(part)
    is_met = all(reported.recall(subject) >= goal for subject, goal in GOALS.items())
    is_met &= all(found.recall(each) >= families.RECALL_GOAL for each in FAMILIES)
    false_holds = max(reported.false_holds, found.false_holds)
    return 0 if is_met and false_holds <= FALSE_GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
