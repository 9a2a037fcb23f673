"""What each incident means, what to do about it, and why incidents happen: closed lists."""

from collections.abc import Mapping
from typing import NamedTuple


class IncidentWords(NamedTuple):
    """One kind of incident as an officer reads it."""

    title: str
    happened: str
    todo: str


INCIDENTS: Mapping[str, IncidentWords] = {
    "match_differs": IncidentWords(
        "The three-way match found a difference",
        "What our ledger says was shipped, what the portal's receipts say arrived, and what the"
        " portal holds are not the same for at least one record.",
        "Open the match, follow each difference to its record and its ledger entries, and run the"
        " match again. A difference that stays is for whoever keeps the planes running.",
    ),
    "ledger_not_sound": IncidentWords(
        "A ledger is not what was signed",
        "A verification found that a ledger of this practice was cut, changed or rewritten, or that"
        " the portal has witnessed more of it than is here.",
        "Open the verification and read what it found. Keep an export of the ledger as it is now,"
        " let nobody mend it, and have IT follow docs/runbooks/verify-a-ledger.md.",
    ),
    "plane_restored": IncidentWords(
        "One side was restored from a backup",
        "The ledger of what was shared says that the office's or the portal's database was put back to"
        " an earlier state, and that both sides agreed on how to go on from there.",
        "Ask whoever runs your computers whether they did this, when and why, and write it down here."
        " If nobody did, treat it as tampering: docs/runbooks/verify-a-ledger.md.",
    ),
    "portal_alarm": IncidentWords(
        "The portal's side raised an alarm",
        "The program that exchanges records at the portal noticed something that should not happen."
        " The code is on the Compliance page, under what holds records up.",
        "Read the code there and the page Witness. “fork” means that the portal saw our ledger change"
        " its past: keep an export of it as it is now, and follow docs/runbooks/verify-a-ledger.md.",
    ),
    "client_named_in_cloud": IncidentWords(
        "A portal text named a client",
        "Somebody wrote about a client on the portal. The original is kept here, and the portal was"
        " ordered to remove its copy.",
        "Read the kept text, see that the portal's copy is gone (its redaction order has a receipt),"
        " and talk to whoever wrote it.",
    ),
    "client_named_later": IncidentWords(
        "A text on the portal names someone who is a client now",
        "When the text was shared it named no client. Since then that name, number or date became a"
        " client's. The text was taken back or ordered removed at once; nobody wrote it wrongly.",
        "Open Found later: it says since when the text could be read on the portal, and whether it is"
        " gone. Judge whether somebody who read it learned that this person is a client.",
    ),
    "break_glass": IncidentWords(
        "Break-glass was opened",
        "Somebody gave themselves read access to client information for a short time, with a reason.",
        "Review the opening on the Break-glass page: was the reason good, and did they look at no"
        " more than it needed?",
    ),
    "canary_found": IncidentWords(
        "A sweep found an invented client outside the wall",
        "A token that only an invented client carries stood in a place where no client information"
        " may be. Whatever let it through would let a real client through.",
        "Open the sweep for the place and how often. Stop what feeds that place, find the way, and"
        " judge whether real clients took it too: that may be a breach to notify.",
    ),
    "sweep_late": IncidentWords(
        "The canary sweep is late",
        "For more than 26 hours nobody has looked for invented clients outside the wall, so a leak"
        " would go unseen.",
        "See why the timer did not run (runbook: sweep-late), run the sweep by hand, and close this"
        " when one is recorded.",
    ),
    "event_set_aside": IncidentWords(
        "One event could not be written to the access log",
        "Something was done and noted, but the note was too long or could not be read, so it is not"
        " a normal line of the access log. A line in its place says so, and the note itself is kept.",
        "Show the number below to whoever keeps the planes running: the note is kept under it in the"
        " database (audit.set_aside). Find out which program wrote it; every other line is there.",
    ),
    "packet_line": IncidentWords(
        "A line of the weekly packet was judged an incident",
        "While going through the week, an officer found something that needs work.",
        "The officer's comment stands in the packet. Work on it here, and resolve it with its cause.",
    ),
    "reported": IncidentWords(
        "Reported by an officer",
        "Nothing was noticed by itself: somebody saw it and wrote it down.",
        "Read the first comment. If client information may have reached somebody who should not have"
        " it, note the day: the 60 days for notification run from discovery.",
    ),
}
"""Code to words. An incident whose code is not here cannot be opened."""

CAUSES: Mapping[str, str] = {
    "human_error": "Somebody made a mistake",
    "training": "Somebody did not know the rule",
    "software_defect": "The software was wrong",
    "misconfiguration": "A setting was wrong",
    "outage": "Something was down or late",
    "policy_gap": "The policy did not say",
    "allowed": "It was allowed, and right",
    "false_alarm": "Nothing had happened",
    "attack": "Somebody meant harm",
}
"""Why an incident happened; one of these when it is resolved."""

ACTS: Mapping[str, str] = {
    "opened": "Opened",
    "assigned": "Assigned",
    "comment": "Comment",
    "resolved": "Resolved",
    "reopened": "Opened again",
}
"""What may stand in an incident's timeline."""

RECORD_KINDS = frozenset({"ticket", "ticket_message", "announcement", "calendar_block",
                          "staff_profile", "redaction_order"})  # fmt: skip
_PLACES: Mapping[str, str] = {
    "match": "/compliance/match/{}",
    "canary_sweep": "/compliance/sweeps",
    "relay_ledger": "/compliance/ledger/checks/{}",
    "access_ledger": "/compliance/ledger/checks/{}",
    "packet": "/compliance/packets/{}",
    "break_glass": "/break-glass",
    "announcement": "/announcements/{}",
}


def place_of(subject_kind: str, subject_id: object) -> str:
    """The page of what an incident is about, if it has one."""
    place = _PLACES.get(subject_kind, "")
    return place.format(subject_id) if subject_id or "{}" not in place else ""
