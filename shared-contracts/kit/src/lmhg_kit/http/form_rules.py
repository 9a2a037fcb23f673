"""Rules of a form beyond its fields' own types: asked with the fields, so that all errors come in one round.

A form's struct that has a class method `wrong_in` is asked what its rules say of the fields that are good.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol, cast

from lmhg_kit.errors import Invalid

Good = Mapping[str, Any]
"""The fields of a form that are good by themselves, as the struct would have them."""


class _Ruled(Protocol):
    @classmethod
    def wrong_in(cls, good: Good, *, today: date) -> Mapping[str, str]:
        """What else is wrong, by field. A field may be missing: then nothing is said of it."""
        ...


def wrong_by_rules(struct: type[Any], good: Good, *, today: date) -> Mapping[str, str]:
    """What a form's own rules say of its good fields, by field; nothing where it has no rules."""
    return cast("_Ruled", struct).wrong_in(good, today=today) if hasattr(struct, "wrong_in") else {}


def refused_by(check: Callable[[], object]) -> Mapping[str, str]:
    """What a rule that raises Invalid says, by field; nothing where it accepts."""
    try:
        check()
    except Invalid as refused:
        return refused.fields
    return {}
