"""What two records become as one, and what becomes of that when it is undone.

Pure. A merge changes some fields of the record that goes on; what each was before and is after is
remembered. Undone, a field returns where nobody changed it since; where a later merge built on it, the
later one takes over what this one had replaced.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lmhg_gateway.features.clients.public import safest, way_of

Value = str | bool | None
Values = Mapping[str, Value]
Fields = Mapping[str, tuple[Value, Value]]
"""Field to what it was before a merge and is after it."""

TEXTS: Mapping[str, str] = {
    "legal_name": "Legal name",
    "name_used": "Name used",
    "pronouns": "Pronouns",
    "birth_date": "Birth date",
    "mobile": "Mobile",
    "phone": "Other phone",
    "email": "Email",
    "address": "Address",
    "guardian": "Guardian or emergency contact",
    "payer": "Payer",
    "language": "Language",
}
"""Fields to choose from, with their labels."""
FILLED = ("intakeq_number",)
"""Fields that are only filled: the number of the record that goes on stays."""
FLAGS: Mapping[str, str] = {
    "may_voicemail": "Voicemail is safe",
    "may_text": "Text messages are safe",
    "may_email": "Email is safe",
    "may_mail": "Letters are safe",
}
"""Ways to contact: an answer beats none, and no beats yes."""
LOCKED = "part2"
"""On for either, and for good."""
LABELS: Mapping[str, str] = {
    **TEXTS,
    **FLAGS,
    "intakeq_number": "IntakeQ number",
    LOCKED: "42 CFR Part 2",
}
FIELDS = (*TEXTS, *FILLED, *FLAGS, LOCKED)


def joined(survivor: Values, other: Values, *, of_other: frozenset[str]) -> dict[str, Value]:
    """Every field as it is after a merge; `of_other` names the texts to take from the other record."""
    found: dict[str, Value] = {}
    for name in (*TEXTS, *FILLED):
        chosen = other[name] if name in of_other and name in TEXTS else survivor[name]
        found[name] = chosen or survivor[name] or other[name] or None
    for name in FLAGS:
        found[name] = safest(way_of(survivor[name]), way_of(other[name]))
    found[LOCKED] = bool(survivor[LOCKED] or other[LOCKED])
    return found


def changed(before: Values, after: Values) -> dict[str, tuple[Value, Value]]:
    """The fields that a merge changes."""
    return {
        name: (before[name], after[name])
        for name in FIELDS
        if (
            before[name] is not after[name]
            if name in FLAGS
            else (before[name] or None) != (after[name] or None)
        )
    }


class Later(NamedTuple):
    """A merge into the same record that still holds, and what the record that was merged says."""

    fields: Fields
    other: Values
    is_after: bool


class Undone(NamedTuple):
    """What an undo does to the record that goes on."""

    values: dict[str, Value]
    """Fields that return to what they were."""
    stayed: tuple[str, ...]
    """Fields that were changed since, and stay."""
    others: Sequence[Fields]
    """What each other merge has replaced from now on, in their order."""


def undone(fields: Fields, now: Values, others: Sequence[Later]) -> Undone:
    """What becomes of the fields that a merge changed. `others`: the merges that hold, oldest first."""
    values: dict[str, Value] = {}
    stayed: list[str] = []
    kept = [dict(each.fields) for each in others]
    for name, (before, after) in fields.items():
        built = next(
            (at for at, each in enumerate(others) if each.is_after and name in kept[at]), None
        )
        if name == LOCKED:
            stayed.append(name)
        elif built is not None:
            if not _take_over(kept[built], name, before=before, after=after):
                stayed.append(name)
        elif now[name] != after:
            stayed.append(name)
        elif (
            name in FLAGS
            and (rest := _said_by_rest(others, name, before=before)).holder is not None
        ):
            kept[rest.holder][name] = (before, rest.answer)
            if rest.answer is not after:
                values[name] = rest.answer
        else:
            values[name] = before
    return Undone(values, tuple(stayed), kept)


def _take_over(
    kept: dict[str, tuple[Value, Value]], name: str, *, before: Value, after: Value
) -> bool:
    """Let a later merge have replaced what this one had; not where someone changed it in between."""
    was, is_now = kept[name]
    if was != after:
        return False
    kept[name] = (before, is_now)
    if before == is_now:
        del kept[name]
    return True


class _Rest(NamedTuple):
    """What a way to contact is without a merge, and the last merge that makes it so."""

    answer: Value
    holder: int | None


def _said_by_rest(others: Sequence[Later], name: str, *, before: Value) -> _Rest:
    """The answer that is left when one merge is gone, by the records of those that hold."""
    said = [way_of(each.other[name]) for each in others]
    answer = safest(way_of(before), *said)
    if answer is way_of(before):
        return _Rest(answer, None)
    return _Rest(answer, max(at for at, each in enumerate(said) if each is answer))
