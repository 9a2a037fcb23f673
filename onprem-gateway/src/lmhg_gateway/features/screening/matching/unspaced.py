"""Names in scripts that are written without spaces: they stand inside what looks like one word."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from lmhg_gateway.features.screening.matching.counting import count
from lmhg_kit.normalizer import compact, words_of

INSIDE_MIN = 3
"""Letters from which a name is looked for inside other writing; shorter ones must stand alone."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


class UnspacedNames:
    """Whole names in such scripts. Counted, so that one may go and another stay."""

    def __init__(self) -> None:
        self._names: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()
        self._lengths: Counter[int] = Counter()

    def change(self, names: Iterable[str], *, by: int) -> None:
        """Count a client's names in (+1) or out (-1)."""
        for name in names:
            key = compact(name)
            if len(key) < 2 or not all(map(_UNSPACED.match, key)):
                continue
            count(self._names, key, by)
            if len(unicodedata.normalize("NFC", name).replace(" ", "")) >= INSIDE_MIN:
                count(self._inside, key, by)
                count(self._lengths, len(key), by)

    def is_in(self, text: str) -> bool:
        """Whether a normal text has such a name, alone or inside other writing."""
        if not self._names or not _UNSPACED.search(text):
            return False
        return any(self._is_word(word) for word in words_of(text))

    def _is_word(self, word: str) -> bool:
        return word in self._names or any(
            word[at : at + length] in self._inside
            for length in self._lengths
            for at in range(len(word) - length + 1)
        )
