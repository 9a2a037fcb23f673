"""Invented people whose every PHI field is recognizable, the same for the same seed.

A token is a name that nobody has: syllables that can be said aloud, such as Marovendale. A person's
phone, birth date and record numbers are as unlikely anywhere else. All of it is made up.
"""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

_BEGIN = (
    "Bra", "Cala", "Dori", "Elmi", "Faro", "Gale", "Hali", "Iro", "Jora", "Keli", "Lumi", "Maro", "Nori",
    "Odra", "Peli", "Quia", "Rova", "Sela", "Tavo", "Uli", "Vela", "Wyno", "Yara", "Zeno", "Bero", "Cori",
    "Dela", "Fenna", "Gori", "Hazo", "Jella", "Kiva", "Lota", "Mika", "Neva", "Ori", "Pavo", "Riva", "Sanno",
    "Tilla", "Vano", "Willa", "Yori", "Zella", "Anno", "Brio", "Clea", "Drew",
)  # fmt: skip
_MIDDLE = (
    "ba", "ben", "bri", "da", "del", "do", "fa", "fen", "ga", "gri", "ka", "kel", "la", "len", "lo", "ma",
    "mel", "mi", "na", "nel", "no", "pa", "ra", "ren", "ri", "sa", "sel", "ta", "tel", "va", "ven", "vi",
    "mar", "sho", "thi", "wen", "bel", "cor", "lin", "ves",
)  # fmt: skip
_END = (
    "beth", "blin", "dale", "drin", "ford", "garth", "hame", "kesh", "land", "lock", "mere", "mont", "nard",
    "nock", "plin", "quist", "rick", "rand", "rond", "sand", "shaw", "stel", "stone", "thorn", "trand", "vale",
    "vard", "veld", "wick", "wald", "wood", "worth", "brook", "combe", "field", "grave", "holm", "hurst",
    "leigh", "marsh", "pool", "ridge", "sted", "thwaite", "wall", "yard", "ston", "berg",
)  # fmt: skip
SYLLABLES = (_BEGIN, _MIDDLE, _END)
SHORTEST_WORD = 9
_OLDEST = date(1931, 1, 1)
_BIRTH_DAYS = 27_000
SHORTEST_NUMBER = 11

# Each field of a person that a token fills. A field without one could leak unseen.
FIELDS = (
    "first", "last", "mail", "street", "policy", "note", "client-note", "practitioner-note",
    "concern", "referrer", "contact", "assessment",
)  # fmt: skip


@dataclass(frozen=True)
class Canary:
    """A source of tokens: `Canary("seed").word("client", "7", "last")` is always the same."""

    seed: str

    def digest(self, *what: str) -> bytes:
        """Thirty-two bytes for a purpose."""
        return hmac.digest(self.seed.encode(), "/".join(what).encode(), "sha256")

    def word(self, *what: str) -> str:
        """A token made of syllables, fit to be a name; never shorter than chance could write."""
        drawn = zip(SYLLABLES, self.digest(*what), strict=False)
        return "".join(choices[byte % len(choices)] for choices, byte in drawn)

    def digits(self, count: int, *what: str) -> str:
        """So many digits."""
        return str(int.from_bytes(self.digest(*what)))[-count:]

    def person(self, number: int) -> "Person":
        """One invented client."""
        return Person(canary=self, number=number)


@dataclass(frozen=True)
class Person:
    """One invented client; every property is PHI and made of tokens."""

    canary: Canary
    number: int

    def word(self, what: str) -> str:
        """The token of one of FIELDS."""
        if what not in FIELDS:
            raise KeyError(what)
        return self.canary.word("person", str(self.number), what)

    @cached_property
    def first(self) -> str:
        """Given name."""
        return self.word("first")

    @cached_property
    def last(self) -> str:
        """Family name."""
        return self.word("last")

    @property
    def name(self) -> str:
        """Full name."""
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        """Address in a domain that cannot exist."""
        return f"{self.word('mail').lower()}@example.test"

    @cached_property
    def phone_digits(self) -> str:
        """Ten digits of an area code that is not given out."""
        return "555" + self.canary.digits(7, "person", str(self.number), "phone")

    @property
    def phone(self) -> str:
        """The phone as IntakeQ writes it."""
        digits = self.phone_digits
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"

    @cached_property
    def birth(self) -> date:
        """Birth date; many before 1970, where the epoch is negative."""
        days = int.from_bytes(self.canary.digest("person", str(self.number), "birth")[:4])
        return _OLDEST + timedelta(days=days % _BIRTH_DAYS)

    @property
    def birth_ms(self) -> int:
        """Birth date as IntakeQ's client object has it: epoch milliseconds."""
        return int(datetime.combine(self.birth, datetime.min.time(), UTC).timestamp() * 1000)

    @property
    def street(self) -> str:
        """Street address."""
        return f"{self.number + 1} {self.word('street')} Way"

    @property
    def policy_number(self) -> str:
        """Insurance policy number."""
        return self.word("policy").upper()

    def tokens(self) -> Iterator[str]:
        """Whatever of this person may be in no place of the cloud, in each spelling."""
        yield from (self.word(field) for field in FIELDS)
        yield from (self.phone_digits, self.phone, self.birth.isoformat())
        if len(str(abs(self.birth_ms))) >= SHORTEST_NUMBER:
            yield str(self.birth_ms)
