"""What the database's own triggers refuse, in words.

A trigger raises its code by name, under a state of ours: `raise exception 'two_persons' using errcode =
'LM012'`. The name comes with the error, so no list of states is kept; a test compares these sentences
with every function of both planes.
"""

import re
from collections.abc import Mapping

_STATE = re.compile(r"LM[0-9]{3}")
_NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")
UNNAMED = "policy_violation"

WALL_SENTENCES: Mapping[str, str] = {
    "actor_missing": "We could not tell who is making this change, so nothing was saved. Sign in again, then try once more.",
    "actor_unproved": "We could not match this change to your sign-in, so nothing was saved. Sign in again, then try once more.",
    "asker_left": "The person who asked has left, so this cannot be approved. Ask again.",
    "append_only": "This record is final. No one can change or delete it.",
    "consent_stands": "What a consent says can't change. End it, and record another one.",
    "delivery_stands": "Only a message that is held or set aside can be changed here.",
    "disclosure_stands": "A recorded disclosure cannot change. Add a new one instead.",
    "document_held": "This document is on legal hold, so it can't be deleted.",
    "document_held_already": "This document is already on hold.",
    "document_hold_stands": "This hold can't change like that. An administrator can end it once.",
    "client_merged": "This record was merged into another one, so it stays as it was. Open the client to see where it went.",
    "disposal_stands": "This part of a disposal can't change now. Open it again to see what is new.",
    "legal_hold": "This client's records are on legal hold, so nothing of them can be deleted.",
    "legal_hold_stands": "This hold can't change like that. End it, and place another one.",
    "merge_incomplete": "Something filed under this record cannot move now, so nothing was merged. Ask an administrator.",
    "document_stands": "This part of a document can't change.",
    "document_unapproved": "A second person has to approve exactly this file before it can be shared.",
    "exemption_missing": "Sharing this is not approved. Ask for approval first.",
    "exemption_one_way": "This approval was taken back for good. Ask for a new one.",
    "glass_already_open": "Your access is open already. End it before you open it again.",
    "glass_stands": "Emergency access can't be changed like that. Another officer reviews it once.",
    "hold_stands": "Someone already decided this, or someone else must decide it.",
    "kept_back_stands": "This record is not shared for now. Two people must agree before it is shared again.",
    "new_holder": "One of you got a role through the other less than a month ago, so you two cannot"
    " approve for each other yet. Ask someone else to decide.",
    "packet_stands": "A signed weekly packet can't change.",
    "paper_stands": "What came in stays as it is. Pages move only between papers in the tray.",
    "part2": "This client's records are under stricter rules (42 CFR Part 2). Nothing about them can"
    " be shared.",
    "power_address": "This person has the admin or compliance role, so the email can't change. Take the"
    " role away first.",
    "replica_backwards": "A newer version is already here.",
    "request_stands": "A request is extended once, and keeps the day on which it came.",
    "shared_file_stands": "A file in the library can't change once it is stored. Add a newer version.",
    "stays_with_client": "This belongs to another client's record and stays there. Merge the two records if they are one person's.",
    "text_approved": "This text was approved as it was, so it cannot be changed while it is shared. Take it"
    " back first, change it, then ask for approval again.",
    "two_officers": "Two compliance officers have to agree to this, each with a reason.",
    "two_persons": "Two different people have to agree to this, and both need the right role.",
    "upload_stands": "This upload can't change like that.",
}
"""Code to sentence; a feature may say it better in its own messages."""


def wall_code(error: BaseException) -> str | None:
    """The code of a refusal by the wall in the database, if the error is one."""
    cause = getattr(error, "orig", None)
    state = getattr(cause, "sqlstate", None)
    if not isinstance(state, str) or not _STATE.fullmatch(state):
        return None
    name = getattr(getattr(cause, "__cause__", None), "message", None)
    return name if isinstance(name, str) and _NAME.fullmatch(name) else UNNAMED
