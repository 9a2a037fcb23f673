"""What each alarm of the relay means, and what to do: a closed list, kept complete by a test."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

WITNESS_LATE = timedelta(hours=1)
SWEEP_LATE = timedelta(hours=26)
_VERIFY, _RESTORE, _BROKER, _KEYS = (
    "verify-a-ledger", "restore-a-database", "broker-lost", "rotate-signing-keys"
)  # fmt: skip


class AlarmWords(NamedTuple):
    """One alarm as an officer reads it."""

    means: str
    todo: str
    runbook: str


_STOPPED = (
    "Nothing leaves in this direction until somebody has looked. Nothing is lost: every record"
    " waits here. Find out whether the portal's database was restored, and follow the runbook."
)
_LIE = (
    "The message was set aside and not applied; nothing was lost, because it is sent again. Once is"
    " noise. If it comes back, somebody else may be writing to the broker, or a key is wrong."
)
ALARMS: Mapping[str, AlarmWords] = {
    "fork": AlarmWords(
        "The other plane showed a ledger that does not continue the one it showed before.",
        "Treat its ledger as rewritten until it is explained. Export it, keep the checkpoints that"
        " are on this page, and compare them with lmhg-verify --seen.",
        _VERIFY,
    ),
    "own_ledger_differs": AlarmWords(
        "The other plane signed a state of our own relay ledger that is not in it.",
        "Treat our ledger as cut or rewritten until it is explained. Keep an export of it as it is now,"
        " and let nobody mend it first.",
        _VERIFY,
    ),
    "checkpoint_refused": AlarmWords(
        "The other plane sent a checkpoint that we could not accept: its signature or its name is wrong.",
        "Check that the published keys of both planes are the ones in use; after a change of keys"
        " this is expected until both sides have them.",
        _KEYS,
    ),
    "cosignature_refused": AlarmWords(
        "The other plane sent our checkpoint back with a signature that is not right.",
        "Our ledger is not witnessed while this lasts. Check the keys of both planes.",
        _KEYS,
    ),
    "peer_restored": AlarmWords(
        "The other plane was restored from a backup and said so; its ledger continues from there.",
        "Expected after a declared restore. If nobody restored anything, treat it as a fork.",
        _RESTORE,
    ),
    "peer_has_newer_generation": AlarmWords(
        "The other plane speaks of a generation of messages that we never began.",
        f"Our own database may be older than it was. {_STOPPED}",
        _RESTORE,
    ),
    "peer_is_ahead": AlarmWords(
        "The other plane says that it applied batches which we never sent.",
        f"Our own database may be older than it was. {_STOPPED}",
        _RESTORE,
    ),
    "peer_is_behind_its_receipts": AlarmWords(
        "The other plane no longer has batches for which it gave us signed receipts.",
        f"Its database was probably restored without saying so. {_STOPPED}",
        _RESTORE,
    ),
    "peer_has_other_hash": AlarmWords(
        "The other plane holds another batch under a number of ours.",
        f"One of the two histories is not the true one. {_STOPPED}",
        _RESTORE,
    ),
    "own_state_is_behind_receipts": AlarmWords(
        "We no longer have batches for which we gave signed receipts.",
        "This plane's database was probably restored without saying so: declare the restore.",
        _RESTORE,
    ),
    "recall_with_body": AlarmWords(
        "A recall arrived that carried a text, which no recall may.",
        "It was set aside. The other plane's software is not what it should be: compare versions.",
        _BROKER,
    ),
    "body_missing": AlarmWords(
        "A record arrived without its text.",
        "It was set aside. The other plane's software is not what it should be: compare versions.",
        _BROKER,
    ),
    "not_home": AlarmWords(
        "A record arrived from a plane that may not send this kind.",
        "It was set aside. The two planes may have different policies: compare their versions.",
        _BROKER,
    ),
    "recalled_before_restore": AlarmWords(
        "A record arrived that had been recalled before a restore.",
        "It was set aside, so it did not come back. Nothing else is needed.",
        _RESTORE,
    ),
    "kind_unknown": AlarmWords(
        "A record of a kind arrived that this plane does not know.",
        "It was set aside. Bring both planes to the same version.",
        _BROKER,
    ),
    "body_too_long": AlarmWords(
        "A record arrived that is longer than its kind allows.", "It was set aside.", _BROKER
    ),
    "body_not_contract": AlarmWords(
        "A record arrived that is not what its contract says.",
        "It was set aside. Bring both planes to the same version.",
        _BROKER,
    ),
    "body_not_json": AlarmWords(
        "A record arrived that cannot be read.", "It was set aside.", _BROKER
    ),
}
"""Code to words."""

FAMILIES: Mapping[str, AlarmWords] = {
    "batch_": AlarmWords("A batch of records arrived that is not acceptable.", _LIE, _BROKER),
    "receipt_": AlarmWords("A receipt arrived that is not acceptable.", _LIE, _BROKER),
    "heartbeat_": AlarmWords("A sign of life of the other plane is not acceptable.", _LIE, _BROKER),
}
"""The first part of a code to words; what follows says what was wrong with the message."""


def alarm_words(code: str) -> AlarmWords | None:
    """Words of a code, or None when nobody has written any."""
    if code in ALARMS:
        return ALARMS[code]
    return next((words for start, words in FAMILIES.items() if code.startswith(start)), None)


UNKNOWN = AlarmWords(
    "An alarm that this page has no words for yet.",
    "Show it to whoever keeps the planes running.",
    "",
)
