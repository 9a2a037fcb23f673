"""Finds tokens in bytes, whatever their case, also inside base64 and hexadecimal."""

import base64
from collections.abc import Iterable, Iterator

import ahocorasick

OVERLAP = 256
SHORTEST = 8


class Needles:
    """Every spelling of every token, searched at once.

    Raises: ValueError for a token so short that it would be found by chance.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        self.count = 0
        for token in set(tokens):
            if len(token) < SHORTEST:
                message = f"a token of {len(token)} characters is found by chance"
                raise ValueError(message)
            self.count += 1
            for spelling in spellings(token):
                self._automaton.add_word(spelling, token)
        self._automaton.make_automaton()

    def find(self, content: bytes) -> set[str]:
        """The tokens in some bytes."""
        if not self.count:
            return set()
        text = content.decode("latin-1").lower()
        return {token for _, token in self._automaton.iter(text)}

    def find_in(self, chunks: Iterable[bytes]) -> set[str]:
        """The tokens in a stream, also across its joints."""
        found: set[str] = set()
        tail = b""
        for chunk in chunks:
            joined = tail + chunk
            found |= self.find(joined)
            tail = joined[-OVERLAP:]
        return found


def spellings(token: str) -> Iterator[str]:
    """How a token may stand in bytes, in lower case."""
    raw = token.encode()
    yield token.lower()
    yield raw.hex()
    for shift in range(3):
        yield _base64_core(raw, shift).lower()


def _base64_core(raw: bytes, shift: int) -> str:
    """The characters that are the same wherever `raw` is at this offset modulo three."""
    encoded = base64.b64encode(b"\0" * shift + raw).decode()
    first = (0, 2, 3)[shift]
    whole = (shift + len(raw)) // 3 * 4
    return encoded[first:whole]
