"""What entries of the access log say people did, and with what: the ledger's codes in plain words."""

from collections.abc import Mapping

from lmhg_kit.ui.coded import words
from lmhg_kit.ui.environment import count_of, plural

ACTS: Mapping[str, str] = {
    "account.unlock": "Lifted a sign-in wait",
    "break_glass_end": "Ended emergency access",
    "break_glass_open": "Opened emergency access",
    "break_glass_review": "Reviewed emergency access",
    "clear": "Cleared an alarm",
    "client_secret": "Gave an app a new secret",
    "client_secret.end": "Ended an app's secret",
    "code_replay": "A sign-in code was used twice",
    "counts_differ": "Counts differ from the portal's",
    "delete": "Deleted",
    "device_reset.approve": "Approved a device reset",
    "device_reset.ask": "Reported a lost device",
    "disposal.approved": "Approved a disposal",
    "disposal.certificate": "Certificate of a disposal",
    "disposal.declined": "Declined a disposal",
    "disposal.dropped": "Canceled a disposal",
    "export": "Exported",
    "factor.add": "Added a way to sign in",
    "factor.remove": "Removed a way to sign in",
    "factor_rule.ask": "Asked to change a sign-in rule",
    "factor_rule.decide": "Decided about a sign-in rule",
    "first_people": "Made the first accounts",
    "insert": "Added",
    "invite": "Invited",
    "keep_back": "Kept in the office",
    "keys_rotated": "Changed signing keys",
    "leaving.approved": "Approved an export of everything",
    "leaving.declined": "Declined an export of everything",
    "leaving.dropped": "Canceled an export of everything",
    "ledger_head": "Signed the ledger",
    "lift_kept_back": "Allowed sharing again",
    "list": "Saw in a list",
    "mfa_rule.change": "Changed a sign-in rule",
    "offboard": "Ended someone's access",
    "officer_notice.seen": "Read a notice",
    "packet_made": "Made a weekly packet",
    "packet_signed": "Signed a weekly packet",
    "password.change": "Changed a password",
    "password.invite": "Set a first password",
    "password.reset": "Reset a password",
    "portal_behind": "The portal is behind",
    "read": "Opened",
    "receipt_differs": "A receipt differs",
    "receipt_impossible": "A receipt cannot be right",
    "receipt_missing": "A receipt is missing",
    "receipt_other": "A receipt is for something else",
    "receipt_unreadable": "A receipt cannot be read",
    "refresh_reuse": "An app used old access again",
    "refuse": "Was refused",
    "roles": "Changed roles",
    "roles.ask": "Asked for a role",
    "roles.claim": "Took roles from another sign-in",
    "roles.decide": "Decided about a role",
    "scopes_asked": "Asked for more access for an app",
    "scopes_decided": "Decided about an app's access",
    "session.end": "Ended a session",
    "session.end_all": "Ended all sessions",
    "session.end_others": "Ended the other sessions",
    "sign_in": "Signed in",
    "sign_in_at": "Signed in to an app",
    "sign_out": "Signed out",
    "lock": "Locked the computer",
    "statement": "Made a statement",
    "suspect": "Found a ledger that does not fit",
    "sweep": "Ran a leak check",
    "token": "Got access to the data interface",
    "update": "Changed",
    "verify": "Verified a ledger",
}
"""Acts; each is seen in the code by a test."""

KINDS: Mapping[str, str] = {
    "access_ledger": "access log",
    "access_token": "grant of app access",
    "arrival": "message from the portal",
    "authorization_code": "sign-in code of an app",
    "break_glass": "use of emergency access",
    "calendar_block": "calendar busy time",
    "canary_sweep": "leak check",
    "challenge": "sign-in question",
    "client_change": "change of an app",
    "client_merge": "merge of two records",
    "client_merge_row": "row that a merge moved",
    "client_pair": "possible duplicate",
    "client_indexed": "search entry of a client",
    "client_push": "change of an app",
    "client_secret": "secret of an app",
    "client_token": "search entry of a client",
    "consent": "permission for an app",
    "delivery": "message from IntakeQ",
    "device_reset": "device reset",
    "exemption": "approval to share",
    "exemption_request": "request to share",
    "external_id": "link to IntakeQ",
    "founding": "first account",
    "held_record": "record held for review",
    "kept_back": "record kept in the office",
    "kept_text": "blocked message",
    "known_browser": "known browser",
    "letter": "invitation or password email",
    "look_back_finding": "text found later",
    "look_back_pass": "search of shared texts",
    "mfa_rule": "sign-in rule",
    "note": "treatment note",
    "oauth_client": "connected app",
    "packet": "weekly packet",
    "packet_line": "question of a weekly packet",
    "redaction_order": "order to remove a text",
    "referral_move": "referral step",
    "refresh_token": "grant of app access",
    "relay_ledger": "sharing ledger",
    "revoked_token": "ended grant of app access",
    "scope_request": "request for app access",
    "screening_allowance": "allowed word",
    "seen_event": "message from IntakeQ",
    "staff_tie": "link between a colleague and a client",
    "totp": "authenticator app",
    "trust": "trusted key",
    "user_account": "account",
    "withdrawal": "taken-back approval",
}
"""Kinds of records whose code says less, or something else, than its words."""
_JOINS = (" of ", " from ", " to ", " for ", " held ", " kept ", " between ")
"""Where the noun that is counted ends."""


COLUMNS: Mapping[str, str] = {
    "body": "text",
    "state_at": "since when",
    "withdrawn_at": "when it was taken back",
    "withdrawn_by": "who took it back",
}
"""Fields of records whose code says less, or something else, than its words."""


def column_words(column: str) -> str:
    """A field that was changed: "phone", "since when"."""
    name = column.removesuffix("_sealed")
    return COLUMNS.get(name) or words(name).lower()


def act_words(act: str) -> str:
    """What someone did, such as "Opened"."""
    return ACTS.get(act) or words(act)


def kind_words(kind: str) -> str:
    """One record of a kind, as a sentence has it in its middle: "referral step"."""
    return KINDS.get(kind) or words(kind).lower()


def counted(count: int, kind: str) -> str:
    """So many records of a kind: "1 referral step", "3 messages from IntakeQ"."""
    one = kind_words(kind)
    head, sort, rest = next((cut for cut in map(one.partition, _JOINS) if cut[1]), (one, "", ""))
    return count_of(count, one, f"{plural(head)}{sort}{rest}")
