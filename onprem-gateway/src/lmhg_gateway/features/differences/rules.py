"""What becomes of a field that IntakeQ and the office both have. Pure.

Three texts decide: what both had when they agreed last, what the office has, what IntakeQ has now. Where
one side alone changed a field that is its to change, the other follows. What both changed, or the side
whose field it is not, is a difference that a person decides; a suggestion says what the rule would do.
"""

from typing import Literal, NamedTuple

Side = Literal["theirs", "ours"]
Owner = Literal["theirs", "ours", "both"]
Changed = Literal["theirs", "ours", "both", "first"]


class Verdict(NamedTuple):
    """What to do with one field."""

    take: bool = False
    """Whether the office follows IntakeQ."""
    agree: bool = False
    """Whether what IntakeQ has is what both have from now on."""
    changed: Changed | None = None
    """Whose change makes a difference; None where there is none."""
    suggests: Side = "theirs"


SAME = Verdict(agree=True)
FOLLOW = Verdict(take=True, agree=True)
NOTHING = Verdict()


def judge(
    owner: Owner,
    *,
    agreed: str | None,
    ours: str | None,
    theirs: str | None,
    is_first: bool = False,
) -> Verdict:
    """What becomes of one field; `is_first` where the two never agreed on it."""
    if theirs == ours:
        return SAME
    if is_first:
        return _first(owner, ours=ours)
    their_change, our_change = theirs != agreed, ours != agreed
    if owner == "ours":
        # What the office writes is never replaced: IntakeQ's new text is only shown beside it.
        return Verdict(changed="both", suggests="ours") if their_change and ours else NOTHING
    if their_change and not our_change:
        return FOLLOW
    suggests: Side = "ours" if owner == "both" and not their_change else "theirs"
    changed: Changed = "both" if their_change else "ours"
    return Verdict(changed=changed, suggests=suggests)


def _first(owner: Owner, *, ours: str | None) -> Verdict:
    """The first time that both are held against each other."""
    if owner == "ours":
        return Verdict(agree=True)
    if owner == "theirs" or not ours:
        return FOLLOW
    return Verdict(changed="first", suggests="theirs")
