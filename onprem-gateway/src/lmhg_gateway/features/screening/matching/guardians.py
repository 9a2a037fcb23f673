"""What the field for a guardian says: names, and how to reach them, as people write it in one line."""

import re
from typing import NamedTuple

NAMES_MAX = 6
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-]{5,}\d")
_EMAIL = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]+")
_BETWEEN = re.compile(r"[,;/&()\n|]|\band\b|\bor\b|\s-\s")
_RELATION = re.compile(
    r"(?i)\b(?:mother|father|mom|dad|mum|parents?|guardians?|grand(?:mother|father|ma|pa|parents?)"
    r"|aunt|uncle|sister|brother|spouse|husband|wife|partner|foster|step|legal|court|appointed|in|loco"
    r"|parentis|power of attorney|poa|custody|joint|sole|cell|mobile|home|work|phone|tel|e-?mail|her|his|the)\b[:.]?"
)


class Guardians(NamedTuple):
    """Whole names, phones and e-mail addresses of guardians."""

    names: tuple[str, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]


def guardian_of(field: str) -> Guardians:
    """The people in a field; of a name, two words or more: one word alone is a first name."""
    emails, phones = tuple(_EMAIL.findall(field)), tuple(_PHONE.findall(field))
    rest = _PHONE.sub(" , ", _EMAIL.sub(" , ", field))
    parts = [" ".join(_RELATION.sub(" ", part).split()) for part in _BETWEEN.split(rest)]
    names = [part for part in parts if " " in part and any(map(str.isalpha, part))]
    return Guardians(tuple(names[:NAMES_MAX]), phones, emails)
