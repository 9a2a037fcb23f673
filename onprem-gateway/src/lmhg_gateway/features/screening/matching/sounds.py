"""How first names sound: their consonants, so that spellings of one name are one.

A surname must stand beside, so a name that merely sounds alike costs a false hold of a namesake.
"""

import re
from functools import lru_cache

SOUND_MIN = 3
"""Consonants below which different names sound alike too often."""
_KNOWN_MAX = 100_000
"""Words whose sound is remembered: texts repeat themselves."""
_SAME = (
    (re.compile(r"^(?:x|j|y(?=[aeiou]))"), "j"), (re.compile(r"sch|sh|tch|ch(?=[aeiouy])"), "s"), (re.compile(r"ph|v|w"), "f"),
    (re.compile(r"c(?=[eiy])|z"), "s"), (re.compile(r"ck|c|q"), "k"), (re.compile(r"ks|x"), "ks"), (re.compile(r"^ge"), "je"),
)  # fmt: skip
_FIRST_VOWEL = re.compile(r"^[aeiouy]+")
_SILENT = re.compile(r"[aeiouyh]+")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=_KNOWN_MAX)
def sound_of(name: str) -> str:
    """The consonants of a first name, and whether it begins with a vowel; nothing for a short one."""
    plain = name
    for same, letters in _SAME:
        plain = same.sub(letters, plain)
    heard = _TWICE.sub(r"\1", _SILENT.sub("", _FIRST_VOWEL.sub("*", plain)))
    return heard if len(heard) >= SOUND_MIN and name.isalpha() else ""
