"""What oversight decides with: words for each difference, and the first sentence of the morning."""

from typing import NamedTuple

DIFFERENCES = {
    "peer_silent": "The portal did not answer, so nothing could be compared.",
    "missing_held": "Shipped and receipted, and the portal does not hold it.",
    "missing_arrived": "The portal's receipts do not know it.",
    "missing_shipped": "The portal holds it, and our ledger never shipped it.",
    "missing_arrived_held": "Shipped, and the portal neither receipted nor holds it.",
    "missing_arrived_shipped": "The portal holds it, and neither ledger knows it.",
    "missing_held_shipped": "Receipted only: neither shipped nor held.",
    "version_differs": "The three name different versions.",
    "digest_differs": "The three name different contents.",
    "body_changed": "The text held is not the one that was signed for.",
}
"""What a three-way match found, in words; an unknown finding is shown by its code."""


class Headline(NamedTuple):
    """What the morning page says first, and how loud."""

    said: str
    kind: str


def headline(alarms: int, incidents: int) -> Headline:
    """One sentence about everything below it: calm is claimed only when nothing is open."""
    opened = "1 incident is open." if incidents == 1 else f"{incidents:,} incidents are open."
    if alarms:
        count = "One thing" if alarms == 1 else f"{alarms} things"
        return Headline(f"{count} cannot wait.", "bad")
    if incidents:
        return Headline(f"There is no alarm now, but {opened}", "warn")
    return Headline("There is no alarm, and no incident is open.", "ok")
