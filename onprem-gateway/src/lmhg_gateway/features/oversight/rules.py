"""What oversight decides with: words for each difference, and the first sentence of the morning."""

from typing import NamedTuple

DIFFERENCES = {
    "peer_silent": "The portal did not answer, so nothing could be compared.",
    "missing_held": "Sent and confirmed, but the portal does not have it.",
    "missing_arrived": "The portal never confirmed it.",
    "missing_shipped": "The portal has it, but our ledger says we never sent it.",
    "missing_arrived_held": "Sent, but the portal did not confirm it and does not have it.",
    "missing_arrived_shipped": "The portal has it, but neither ledger knows it.",
    "missing_held_shipped": "Confirmed by the portal, but never sent and not there.",
    "version_differs": "The three show different versions.",
    "digest_differs": "The three show different content.",
    "body_changed": "The portal's text is not the one that was signed.",
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
        return Headline(f"No alarms now, but {opened}", "warn")
    return Headline("No alarms and no open incidents.", "ok")
