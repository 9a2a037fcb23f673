"""What a verification finds, in plain words: what it means, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

from lmhg_gateway.features.ledger_review.models import LedgerCheck

VERIFY = "docs/runbooks/verify-a-ledger.md"
LEDGER_NAMES = {"relay": "relay ledger", "access": "access ledger"}
CHANGED = (
    "Treat this as an incident: keep an export of the ledger as it is now, open an incident, and"
    f" have IT follow {VERIFY}. Nobody should mend the ledger first."
)
AGAIN = f"Ask for it again. If it says so again, open an incident and have IT follow {VERIFY}."


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
    "extended": FindingWords("The {ledger} has entries that nothing signed for.", CHANGED),
    "edited": FindingWords("An entry of the {ledger} was changed after it was signed.", CHANGED),
    "forked": FindingWords(
        "The {ledger} is not the one that was signed for: an entry was changed, or its history was"
        " rewritten.",
        CHANGED,
    ),
    "reordered": FindingWords("Entries of the {ledger} were moved or taken out.", CHANGED),
    "misnumbered": FindingWords("An entry of the {ledger} bears a wrong number.", CHANGED),
    "malformed": FindingWords("An entry of the {ledger} cannot be read.", CHANGED),
    "not_an_entry": FindingWords(
        "Something in the {ledger} is signed and is not written as its entries are.", CHANGED
    ),
    "stated": FindingWords("A hash beside an entry of the {ledger} was changed.", CHANGED),
    "cut": FindingWords(
        "Entries are missing from the {ledger}: the portal has witnessed more of it than is here.",
        CHANGED,
    ),
    "tree_differs": FindingWords(
        "The entries of the {ledger} are as they were signed, and the hashes stored beside them are"
        " not.",
        CHANGED,
    ),
    "word_late": FindingWords(
        "The portal is heard, and what it says about the {ledger} does not arrive in our database.",
        "Somebody may be keeping it out. Treat this as an incident, and have IT follow"
        f" {VERIFY} with the checkpoints that the portal keeps.",
    ),
    "wrong_log": FindingWords("What was read is not the {ledger} of this practice.", CHANGED),
    "signature": FindingWords(
        "The {ledger} does not carry a signature that was asked for.", CHANGED
    ),
    "checkpoint": FindingWords(
        "The signature at the head of the {ledger} is not one of the published keys'.",
        "Have IT compare the published keys with what was handed over on paper. If they are right,"
        f" it is an incident: {VERIFY}.",
    ),
    "seen": FindingWords(
        "A checkpoint of the {ledger} that was kept does not carry a good signature.", CHANGED
    ),
    "other_log": FindingWords("A checkpoint that was kept is of another ledger.", AGAIN),
    "checkpoint_missing": FindingWords(
        "A ledger has no signed checkpoint yet.",
        "The first one is written with its first entry. Ask again in an hour.",
        waits=True,
    ),
    "ledger_keys_missing": FindingWords(
        "The published keys of the ledgers are not where the settings say, so nothing can be"
        " verified.",
        "Tell IT: LMHG_PEER_LEDGER_KEYS_FILE of the worker. Nothing was changed.",
    ),
    "check_failed": FindingWords(
        "The verification broke off, so nothing was found out.",
        "Tell IT: the worker's log says why. Then ask for it again.",
    ),
    "ledger_keys_unreadable": FindingWords(
        "The file of published keys cannot be read, so nothing can be verified.",
        "Tell IT: LMHG_PEER_LEDGER_KEYS_FILE of the worker holds something else than keys.",
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
