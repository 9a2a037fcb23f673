"""Codes as people read them: what the ledger and the tables call by the field's terms is said plainly here."""

from functools import lru_cache

CODES_MAX = 1024
"""Codes whose words are kept; there are fewer."""
_SAID = {
    "admin": "Administrator",
    "compliance": "Compliance officer",
    "it_support": "IT support",
    "calendar_block": "Calendar busy time",
    "portal_event": "Portal activity",
    "redaction_order": "Order to remove a text",
    "ship": "Sent",
    "refuse": "Not sent",
    "supersede": "Replaced",
    "receipted": "Confirmed",
    "broker_purged": "Deleted in transit",
    "swept": "Cleared away",
    "applied": "Arrived",
    "purged": "Removed",
    "stale": "Arrived late",
    "quarantined": "Set aside",
    "refused_message": "Message turned away",
    "kind": "Type",
    "e_mail": "Email",
    "photo_id": "Photo ID",
    "estimate": "Good-faith estimate",
    "walk_in": "Walk-in",
    "child_behaviour": "Child behavior",
    "exemption_missing": "No approval",
    "exemption_kind": "Approval for another type",
    "exemption_record": "Approval for another record",
    "exemption_over": "Approval ended",
    "kind_unknown": "Unknown type",
    "not_home": "Belongs to the portal",
    "verdict_late": "Check took too long",
    "verdict_unknown": "Unknown check result",
    "author_id": "Author",
    "clinician_id": "Clinician",
    "assignee_id": "Assigned to",
    "appointment_id": "Appointment",
    "exemption_id": "Approval",
    "starts_at": "Starts",
    "ends_at": "Ends",
    "published_at": "Published",
    "filed_at": "Sent",
    "filed_by": "Sent by",
    "created_at": "Created",
    "updated_at": "Changed",
    "hipaa_exempt": "Shared with the portal",
    "storage_policy": "Where it may be kept",
    "unknown": "Not known yet",
    "relay": "Sharing",
    "onprem": "Office",
    "cloud": "Portal",
}


@lru_cache(CODES_MAX)
def words(code: str) -> str:
    """A code as words: `referred_out` reads "Referred out"."""
    return _SAID.get(code) or code.replace("_", " ").replace(".", " ").capitalize()
