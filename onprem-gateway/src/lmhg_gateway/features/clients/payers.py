"""Who pays for someone's visits: one of the kinds that the practice knows, or another one by its name.

A client's record keeps it as text, because IntakeQ and files say it so; a referral keeps the kind and the name.
Both are read by the same rule, and both forms ask for it alike. Pure.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

UNKNOWN, OTHER = "unknown", "other"
PAYERS = (
    "unknown",
    "self_pay",
    "medicaid",
    "medicare",
    "commercial",
    "sliding_scale",
    "none",
    OTHER,
)
PAYER_WORDS: Mapping[str, str] = {
    UNKNOWN: "Not known yet",
    "self_pay": "Self pay",
    "medicaid": "Medicaid",
    "medicare": "Medicare",
    "commercial": "Commercial",
    "sliding_scale": "Sliding scale",
    "none": "None",
    OTHER: "Other: write the name",
}
"""Each kind, in the words of its choice."""
UNNAMED = frozenset({UNKNOWN, "self_pay", "sliding_scale", "none"})
"""Kinds that have no plan or insurer to name."""
_ALSO = {
    "self pay": "self_pay", "selfpay": "self_pay", "private pay": "self_pay", "cash": "self_pay",
    "out of pocket": "self_pay", "private": "commercial", "private insurance": "commercial",
    "commercial insurance": "commercial", "no insurance": "none", "uninsured": "none",
    "not known": UNKNOWN, "unknown": UNKNOWN, "other": OTHER,
}  # fmt: skip


class Payer(NamedTuple):
    """A kind of payer, and the plan's or insurer's name where it has one."""

    code: str = UNKNOWN
    name: str = ""


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


_KNOWN = {
    **{_folded(words): code for code, words in PAYER_WORDS.items() if code != OTHER},
    **{_folded(code): code for code in PAYERS},
    **_ALSO,
}


def payer_of(text: str | None, name: str = "") -> Payer:
    """Who pays, by a kind or by any text that someone, a file or IntakeQ wrote; `name` is the plan's beside it."""
    said, plan = (text or "").strip(), name.strip()
    first, colon, rest = said.partition(":")
    if colon and not plan and _folded(first) in _KNOWN:
        said, plan = first, rest.strip()
    code = _KNOWN.get(_folded(said)) if said else UNKNOWN
    if code is None:
        return Payer(OTHER, plan or said)
    if code in UNNAMED:
        return Payer(OTHER, plan) if code == UNKNOWN and plan else Payer(code)
    return Payer(code, plan) if plan or code != OTHER else Payer()


def payer_text(payer: Payer) -> str:
    """The same as a record of a client keeps it; nothing where it is not known."""
    if payer.code == UNKNOWN:
        return ""
    if payer.code == OTHER:
        return payer.name
    said = PAYER_WORDS[payer.code]
    return f"{said}: {payer.name}" if payer.name else said
