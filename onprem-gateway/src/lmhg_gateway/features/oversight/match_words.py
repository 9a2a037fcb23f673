"""What each difference of the three-way match means."""

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
