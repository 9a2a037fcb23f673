"""What a verification finds, in plain words: what it means, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

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
}
"""A finding's code to its words; kept complete by a test."""
UNKNOWN = FindingWords("The {ledger} is not what it should be.", AGAIN)


def finding_words(code: str, ledger: str) -> FindingWords:
    """A finding of a verification in plain words."""
    return FINDINGS.get(code, UNKNOWN).about(ledger)
