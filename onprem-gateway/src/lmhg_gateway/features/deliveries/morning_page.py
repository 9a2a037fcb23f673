"""What turns the morning page red: messages from IntakeQ that are held, or have waited too long."""

from datetime import timedelta

from lmhg_gateway.features.deliveries.status import WAITS_LONG, IntakeStatus
from lmhg_gateway.features.deliveries.views import PATH
from lmhg_gateway.web.points import Said
from lmhg_kit.ages import age_words


def red_lines(status: IntakeStatus) -> list[Said]:
    """What about intake cannot wait: each with the list that it is about."""
    said: list[Said] = []
    held = sum(status.held.values())
    if held:
        subject = "1 message from IntakeQ is" if held == 1 else f"{held} messages from IntakeQ are"
        said.append(Said(f"{subject} held for review.", PATH))
    if status.is_late:
        age = timedelta(seconds=status.oldest_s)
        waited = "more than an hour" if age < 2 * WAITS_LONG else age_words(age)
        said.append(
            Said(f"A message from IntakeQ has waited for {waited}.", f"{PATH}?state=waiting")
        )
    return said
