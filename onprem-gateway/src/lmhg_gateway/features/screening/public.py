"""What other features may ask of screening: why a rule holds a record."""

from lmhg_gateway.features.screening.rules import REASONS

__all__ = ["REASONS", "reason_of"]


def reason_of(rule: str) -> str:
    """The reason of a rule in a sentence; an unknown rule says its name."""
    return REASONS.get(rule, rule.replace("_", " ").capitalize() + ".")
