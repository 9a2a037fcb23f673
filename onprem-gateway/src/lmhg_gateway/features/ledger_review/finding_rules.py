"""What a verification finds, in plain words: what it means, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from lmhg_gateway.features.ledger_review.models import LedgerCheck

VERIFY = "docs/runbooks/verify-a-ledger.md"
LEDGER_NAMES = {"relay": "sharing ledger", "access": "access ledger"}
CHANGED = "Treat this as an incident. Export the ledger as it is now, report an incident, and have IT follow {VERIFY}. No one should repair the ledger first."
AGAIN = f"Check again. If you see this again, report an incident and have IT follow {VERIFY}."


class FindingWords(NamedTuple):
    """One finding in plain words; `waits` may mend itself when more is written and witnessed."""

    means: str
    todo: str
    waits: bool = False

    def about(self, ledger: str) -> "FindingWords":
        """The same with the ledger's name in it."""
        return self._replace(means=self.means.format(ledger=LEDGER_NAMES.get(ledger, "ledger")))


FINDINGS: Mapping[str, FindingWords] = {
    "truncated": FindingWords("Entries are missing from the {ledger}.", CHANGED),
    "extended": FindingWords("The {ledger} has entries that were never signed.", CHANGED),
    "edited": FindingWords("An entry of the {ledger} was changed after it was signed.", CHANGED),
    "forked": FindingWords(
        "The {ledger} is not the one that was signed. An entry was changed, or its history was rewritten.",
        CHANGED,
    ),
    "reordered": FindingWords("Entries of the {ledger} were moved or taken out.", CHANGED),
    "misnumbered": FindingWords("An entry of the {ledger} has the wrong number.", CHANGED),
    "malformed": FindingWords("An entry of the {ledger} cannot be read.", CHANGED),
    "not_an_entry": FindingWords(
        "Something signed in the {ledger} does not look like an entry.", CHANGED
    ),
    "stated": FindingWords("A check value next to an entry of the {ledger} was changed.", CHANGED),
    "cut": FindingWords(
        "Entries are missing from the {ledger}. The portal confirmed more entries than are here.",
        CHANGED,
    ),
    "tree_differs": FindingWords(
        "The entries of the {ledger} match their signatures, but the check values stored next to them do not.",
        CHANGED,
    ),
    "word_late": FindingWords(
        "The portal answers, but what it says about the {ledger} does not reach our database.",
        "Someone may be blocking it. Treat this as an incident, and have IT follow {VERIFY} with the checkpoints on the portal.",
    ),
    "wrong_log": FindingWords("What was read is not the {ledger} of this practice.", CHANGED),
    "signature": FindingWords("The {ledger} is missing a signature it should have.", CHANGED),
    "checkpoint": FindingWords(
        "The newest signature of the {ledger} was not made with a published key.",
        "Have IT compare the published keys with the paper copy. If the keys are right, this is an incident: {VERIFY}.",
    ),
    "seen": FindingWords(
        "A saved checkpoint of the {ledger} does not have a valid signature.", CHANGED
    ),
    "other_log": FindingWords("A saved checkpoint belongs to another ledger.", AGAIN),
    "checkpoint_missing": FindingWords(
        "A ledger has no signed checkpoint yet.",
        "The first one comes with the first entry. Check again in an hour.",
        waits=True,
    ),
    "ledger_keys_missing": FindingWords(
        "We can't find the published keys of the ledgers, so nothing can be checked.",
        "Tell IT the setting for the published ledger keys is wrong. Nothing was changed.",
    ),
    "check_failed": FindingWords(
        "The check stopped before it finished.",
        "Tell IT to look at the log of the background program. Then check again.",
    ),
    "ledger_keys_unreadable": FindingWords(
        "We can't read the file of published keys, so nothing can be checked.",
        "Tell IT the file of published ledger keys holds something else.",
    ),
}
"""A finding's code to its words; kept complete by a test."""
NOT_JUDGED = frozenset(
    {"checkpoint_missing", "check_failed", "ledger_keys_missing", "ledger_keys_unreadable"}
)
"""Codes of a verification that could not judge; every other one means that the ledger is not whole."""
UNKNOWN = FindingWords("The {ledger} is not what it should be.", AGAIN)


def finding_words(code: str, ledger: str) -> FindingWords:
    """A finding of a verification in plain words."""
    return FINDINGS.get(code, UNKNOWN).about(ledger)


def shows_tampering(check: LedgerCheck) -> bool:
    """Whether a verification found something, and did not merely fail to judge."""
    codes = {each["code"] for each in check.findings or []}
    return check.is_sound is False and not codes <= NOT_JUDGED
