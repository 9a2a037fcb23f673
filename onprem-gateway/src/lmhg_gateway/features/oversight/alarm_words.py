"""What each alarm of the relay means, and what to do: a closed list, kept complete by a test.

When something is late enough to be an alarm is in `alarm_rules.py`.
"""

from collections.abc import Mapping
from typing import NamedTuple

_VERIFY, _RESTORE, _BROKER, _KEYS, _WAIT = (
    "verify-a-ledger", "restore-a-database", "broker-lost", "rotate-signing-keys", "records-wait"
)  # fmt: skip


class AlarmWords(NamedTuple):
    """One alarm as an officer reads it."""

    means: str
    todo: str
    runbook: str


_STOPPED = "Sharing has stopped in this direction. Nothing is lost: every record is kept. Find out if the portal's database was restored, and follow the runbook."
_LIE = "The message was set aside. Nothing is lost, because it is sent again. Once can happen. If it comes back, someone else may be sending messages, or a key is wrong."
ALARMS: Mapping[str, AlarmWords] = {
    "fork": AlarmWords(
        "The other side showed a ledger that does not match the one it showed before.",
        "Treat its ledger as rewritten until it is explained. Export it, keep the checkpoints on this page, and have IT compare them.",
        _VERIFY,
    ),
    "own_ledger_differs": AlarmWords(
        "The other side signed a state of our sharing ledger that we do not have.",
        "Treat our ledger as cut or rewritten until it is explained. Export it as it is now. No one should repair it first.",
        _VERIFY,
    ),
    "checkpoint_refused": AlarmWords(
        "The other side sent a checkpoint with a wrong signature or name.",
        "Check that the published keys of both sides are the ones in use. After a change of keys this is normal until both sides have them.",
        _KEYS,
    ),
    "cosignature_refused": AlarmWords(
        "The other side sent our checkpoint back with a wrong signature.",
        "Our ledger is not confirmed until this ends. Check the keys of both sides.",
        _KEYS,
    ),
    "peer_restored": AlarmWords(
        "The other side was restored from a backup and said so. Its ledger continues from there.",
        "This is normal after a declared restore. If no one restored anything, treat it as a rewritten ledger.",
        _RESTORE,
    ),
    "peer_has_newer_generation": AlarmWords(
        "The other side answers to messages from a time that we do not know.",
        f"Our own database may have been set back to an older state. {_STOPPED}",
        _RESTORE,
    ),
    "peer_is_ahead": AlarmWords(
        "The other side says it received records that we never sent.",
        f"Our own database may have been set back to an older state. {_STOPPED}",
        _RESTORE,
    ),
    "peer_is_behind_its_receipts": AlarmWords(
        "The other side lost records that it confirmed to us.",
        f"Its database may have been restored without a notice. {_STOPPED}",
        _RESTORE,
    ),
    "peer_has_other_hash": AlarmWords(
        "The other side has different records under a number of ours.",
        f"One of the two histories is not true. {_STOPPED}",
        _RESTORE,
    ),
    "own_state_is_behind_receipts": AlarmWords(
        "We lost records that we confirmed to the other side.",
        "Our database may have been restored without a notice. Declare the restore.",
        _RESTORE,
    ),
    "object_wrong": AlarmWords(
        "A file of the library is not in the portal's file store, or is not the one that was shared.",
        "The portal does not hand it over. Take the document back and share it again. Find out who can write in that store.",
        _WAIT,
    ),
    "recall_with_body": AlarmWords(
        "An order to take a record back arrived with a text in it. That is not allowed.",
        "It was set aside. The other side's software is not what it should be. Compare the versions.",
        _BROKER,
    ),
    "body_missing": AlarmWords(
        "A record arrived without its text.",
        "It was set aside. The other side's software is not what it should be. Compare the versions.",
        _BROKER,
    ),
    "not_home": AlarmWords(
        "A record arrived from a side that may not send this type.",
        "It was set aside. The two sides may have different policies. Compare the versions.",
        _BROKER,
    ),
    "recalled_before_restore": AlarmWords(
        "A record arrived that was taken back before a restore.",
        "It was set aside. You do not need to do anything.",
        _RESTORE,
    ),
    "kind_unknown": AlarmWords(
        "A record of an unknown type arrived.",
        "It was set aside. Install the same version on both sides.",
        _BROKER,
    ),
    "body_too_long": AlarmWords("A record arrived that is too long.", "It was set aside.", _BROKER),
    "body_not_contract": AlarmWords(
        "A record arrived that does not have the expected form.",
        "It was set aside. Install the same version on both sides.",
        _BROKER,
    ),
    "body_not_json": AlarmWords(
        "A record arrived that cannot be read.", "It was set aside.", _BROKER
    ),
}
"""Code to words."""

FAMILIES: Mapping[str, AlarmWords] = {
    "batch_": AlarmWords("A group of records arrived that we cannot accept.", _LIE, _BROKER),
    "receipt_": AlarmWords("A confirmation arrived that we cannot accept.", _LIE, _BROKER),
    "heartbeat_": AlarmWords("A message from the other side is not valid.", _LIE, _BROKER),
}
"""The first part of a code to words; what follows says what was wrong with the message."""


def alarm_words(code: str) -> AlarmWords | None:
    """Words of a code, or None when nobody has written any."""
    if code in ALARMS:
        return ALARMS[code]
    return next((words for start, words in FAMILIES.items() if code.startswith(start)), None)


UNKNOWN = AlarmWords(
    "An unknown alarm.",
    "Show this to the people who run your computers.",
    "",
)
