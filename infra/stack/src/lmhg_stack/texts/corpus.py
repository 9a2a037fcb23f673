"""Texts to measure screening on: half name a client in a labelled way, half name nobody."""

from dataclasses import dataclass
from random import Random

from lmhg_stack.texts.clients import Colleague, Known, clients, staff
from lmhg_stack.texts.sentences import CARRIERS, CLEAN, fill
from lmhg_stack.texts.writing import SHARES, UNKNOWABLE, WAYS, Pen

STAFF = 18
TARGET_CHARS = (60, 300)


@dataclass(frozen=True)
class Text:
    """One text: what it says, and in which way it names somebody, if it does."""

    said: str
    subject: str = ""
    """name, phone, e-mail, birth date, record number; empty in a clean text."""
    way: str = ""
    written: str = ""
    """What stands in the text for the client, as the pen wrote it."""
    client: str = ""


@dataclass(frozen=True)
class Corpus:
    """Invented clients and colleagues, and texts about work with them."""

    clients: list[Known]
    staff: list[Colleague]
    named: list[Text]
    clean: list[Text]
    unknowable: list[Text]


def make(*, seed: str, people: int = 2_000, texts: int = 6_000) -> Corpus:
    """The corpus of a seed: the same seed, the same texts."""
    known = clients(people, seed=seed)
    colleagues = staff(STAFF, known, seed=seed)
    taken = {f"{client.given} {client.surname}" for client in known}
    random = Random(f"texts {seed}")

    def clean_sentence() -> str:
        return fill(random.choice(CLEAN), random, colleagues, taken)

    def padded(core: str) -> str:
        wanted = random.randint(*TARGET_CHARS)
        parts = [core]
        while sum(map(len, parts)) < wanted:
            parts.insert(random.choice((0, len(parts))), clean_sentence())
        return random.choice((" ", " ", "\n")).join(parts)

    named = [
        _named(random, subject, pens=WAYS[subject], known=known, padded=padded)
        for subject, share in SHARES.items()
        for _ in range(texts * share // 200)
    ]
    unknowable = [
        _named(random, "name", pens=UNKNOWABLE, known=known, padded=padded)
        for _ in range(texts // 20)
    ]
    clean = [Text(padded(clean_sentence())) for _ in range(texts // 2)]
    return Corpus(known, colleagues, named, clean, unknowable)


def _named(
    random: Random, subject: str, *, pens: dict[str, Pen], known: list[Known], padded: object
) -> Text:
    pad = padded
    while True:
        way = random.choice(list(pens))
        client = random.choice(known)
        written = pens[way](random, client)
        if written:
            break
    carrier = random.choice(CARRIERS[subject].splitlines())
    said = carrier.format(x=written)
    return Text(pad(said) if callable(pad) else said, subject, way, written, client.id)
