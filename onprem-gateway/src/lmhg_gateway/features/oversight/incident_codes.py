"""What the watch over both planes opens an incident for."""

from lmhg_gateway.web.points import IncidentCode

MATCH_DIFFERS = IncidentCode(
    code="match_differs",
    title="The three-way match found a difference",
    happened="What our ledger says was shipped, what the portal's receipts say arrived, and what the"
    " portal holds are not the same for at least one record.",
    todo="Open the match, follow each difference to its record and its ledger entries, and run the"
    " match again. A difference that stays is for whoever keeps the planes running.",
)
LEDGER_NOT_SOUND = IncidentCode(
    code="ledger_not_sound",
    title="A ledger is not what was signed",
    happened="A verification found that a ledger of this practice was cut, changed or rewritten, or that"
    " the portal has witnessed more of it than is here.",
    todo="Open the verification and read what it found. Keep an export of the ledger as it is now,"
    " let nobody mend it, and have IT follow docs/runbooks/verify-a-ledger.md.",
    red="A ledger was not what was signed, and its incident is still open.",
)
PLANE_RESTORED = IncidentCode(
    code="plane_restored",
    title="One side was restored from a backup",
    happened="The ledger of what was shared says that the office's or the portal's database was put back to"
    " an earlier state, and that both sides agreed on how to go on from there.",
    todo="Ask whoever runs your computers whether they did this, when and why, and write it down here."
    " If nobody did, treat it as tampering: docs/runbooks/verify-a-ledger.md.",
    red="One side was restored from a backup, and the incident is still open.",
)
PORTAL_ALARM = IncidentCode(
    code="portal_alarm",
    title="The portal's side raised an alarm",
    happened="The program that exchanges records at the portal noticed something that should not happen."
    " The code is on the Compliance page, under what holds records up.",
    todo="Read the code there and the page Witness. “fork” means that the portal saw our ledger change"
    " its past: keep an export of it as it is now, and follow docs/runbooks/verify-a-ledger.md.",
    red="The portal's side raised an alarm, and the incident is still open.",
)
CANARY_FOUND = IncidentCode(
    code="canary_found",
    title="A sweep found an invented client outside the wall",
    happened="A token that only an invented client carries stood in a place where no client information"
    " may be. Whatever let it through would let a real client through.",
    todo="Open the sweep for the place and how often. Stop what feeds that place, find the way, and"
    " judge whether real clients took it too: that may be a breach to notify.",
)
SWEEP_LATE = IncidentCode(
    code="sweep_late",
    title="The canary sweep is late",
    happened="For more than 26 hours nobody has looked for invented clients outside the wall, so a leak"
    " would go unseen.",
    todo="See why the timer did not run (runbook: sweep-late), run the sweep by hand, and close this"
    " when one is recorded.",
)
EVENT_SET_ASIDE = IncidentCode(
    code="event_set_aside",
    title="One event could not be written to the access log",
    happened="Something was done and noted, but the note was too long or could not be read, so it is not"
    " a normal line of the access log. A line in its place says so, and the note itself is kept.",
    todo="Show the number below to whoever keeps the planes running: the note is kept under it in the"
    " database (audit.set_aside). Find out which program wrote it; every other line is there.",
)
CODES = (
    MATCH_DIFFERS,
    LEDGER_NOT_SOUND,
    PLANE_RESTORED,
    PORTAL_ALARM,
    CANARY_FOUND,
    SWEEP_LATE,
    EVENT_SET_ASIDE,
)
"""Each of them."""
