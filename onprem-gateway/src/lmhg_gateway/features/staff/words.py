"""Who did something, as pages say it: a colleague's name, or what acted instead of a person."""

import uuid
from collections.abc import Mapping

GONE = "A former colleague"
_OTHERS = (
    ("process", "Background program"),
    ("operator", "System operator"),
    ("policy", "Set by policy"),
    ("client", "Connected app"),
)
"""How an actor that is no person begins, and what is said of it."""
_NAMED = frozenset({"process", "client"})
"""Of these it matters which one."""


def who_words(actor: str, names: Mapping[str, str]) -> str:
    """Who acted, never as an id or a code: "Robin Vance", "Background program (worker)"."""
    if known := names.get(actor):
        return known
    sort, _, which = actor.partition(":")
    said = dict(_OTHERS).get(sort.strip())
    if said is None:
        return GONE if _is_id(actor) else actor
    name = which.strip().replace("_", " ")
    return f"{said} ({name})" if name and sort in _NAMED else said


def is_person(actor: str) -> bool:
    """Whether an actor is someone with an account, and no program."""
    return _is_id(actor)


def _is_id(actor: str) -> bool:
    try:
        uuid.UUID(actor)
    except ValueError:
        return False
    return True
