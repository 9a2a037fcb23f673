"""Texts to measure screening on: half name a client in a labelled way, half name nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from lmhg_quality.texts import held_out, sentences
from lmhg_quality.texts.clients import Colleague, Known, clients, staff
from lmhg_quality.texts.writing import SHARES, UNKNOWABLE, WAYS, Pen

STAFF = 18
TARGET_CHARS = (60, 300)


@dataclass(frozen=True)
class Text:
    """One text: what it says, and in which way it names someone, if it does."""

    said: str
    subject: str = ""
    """name, phone, e-mail, birth date, record number; empty in a clean text."""
    way: str = ""
    written: str = ""
    """What is in the text for the client, as the pen wrote it."""
    client: str = ""


@dataclass(frozen=True)
class Corpus:
    """Invented clients and colleagues, and texts about work with them."""

    clients: list[Known]
    staff: list[Colleague]
    named: list[Text]
    clean: list[Text]
    unknowable: list[Text]


@dataclass(frozen=True)
class _Writer:
    """Writes texts of one corpus, all from one stream of chance."""

    random: Random
    known: list[Known]
    carriers: Mapping[str, str]
    sentence: Callable[[], str]

    def padded(self, core: str) -> str:
        """A sentence among others, about as long as people write."""
        wanted = self.random.randint(*TARGET_CHARS)
        parts = [core]
        while sum(map(len, parts)) < wanted:
            parts.insert(self.random.choice((0, len(parts))), self.sentence())
        return self.random.choice((" ", " ", "\n")).join(parts)

    def named(self, subject: str, pens: Mapping[str, Pen]) -> Text:
        """A text that names some client in some way."""
        while True:
            way, client = self.random.choice(list(pens)), self.random.choice(self.known)
            written = pens[way](self.random, client)
            if written:
                break
        carrier = self.random.choice(self.carriers[subject].splitlines())
        return Text(self.padded(carrier.format(x=written)), subject, way, written, client.id)


def make(*, seed: str, people: int = 2_000, texts: int = 6_000, unseen: bool = False) -> Corpus:
    """The corpus of a seed: the same seed, the same texts. An unseen one has sentences of its own."""
    known = clients(people, seed=seed)
    colleagues = staff(STAFF, known, seed=seed)
    taken = {f"{client.given} {client.surname}" for client in known}
    random = Random(f"texts {seed}")
    clean = held_out.CLEAN if unseen else sentences.CLEAN

    def sentence() -> str:
        return sentences.fill(random.choice(clean), random, colleagues, taken)

    carriers = held_out.CARRIERS if unseen else sentences.CARRIERS
    writer = _Writer(random, known, carriers, sentence)
    return Corpus(
        known,
        colleagues,
        named=[
            writer.named(subject, WAYS[subject])
            for subject, share in SHARES.items()
            for _ in range(texts * share // 200)
        ],
        clean=[Text(writer.padded(sentence())) for _ in range(texts // 2)],
        unknowable=[writer.named("name", UNKNOWABLE) for _ in range(texts // 20)],
    )
