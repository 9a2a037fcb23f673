"""The monthly statement: what crossed, what was refused, what was recalled, and who looked.

Made from ledger exports alone, and the same bytes for the same month on every machine and at any
later time, because it speaks only of entries of the month. Without the evidence that the month is
complete there is no statement.
"""

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

import msgspec

from lmhg_contracts.ledger.checkpoint import NoteVerifier
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, timestamp
from lmhg_contracts.ledger.finding import Finding
from lmhg_contracts.ledger.statement_compare import RETURNED, Comparison, compare
from lmhg_contracts.ledger.statement_evidence import (
    EvidenceMissing,
    Month,
    Stretch,
    check_witness,
    entries_in,
    find_head,
    find_stretch,
    moment,
    open_ledger,
    root_at,
)

RECALLS_SHOWN = 40
EXPORTS_SHOWN = 40
DISAGREEMENTS_SHOWN = 20
SET_ASIDE_SHOWN = 20
MISDATED_SHOWN = 20
_relay = msgspec.json.Decoder(RelayEntry)
_access = msgspec.json.Decoder(AccessEntry)


@dataclass(frozen=True)
class Evidence:
    """What a statement is made from; every file must be able to seek."""

    relay: BinaryIO
    access: BinaryIO
    verifiers: Sequence[NoteVerifier]
    seen: Sequence[str] = ()
    """Checkpoints that the other plane cosigned, as notes."""
    portal: BinaryIO | None = None
    """The portal's relay ledger, to compare with."""


@dataclass
class Recall:
    """One recall: when it was sent, answered, and gone from the broker."""

    kind: str
    record_id: str
    version: int
    batch: int | None
    sent_at: str
    answered_at: str = ""
    purged_at: str = ""


@dataclass
class Misdated:
    """Entries of one ledger whose date does not fit their place."""

    dated: int
    """Entries of the whole ledger that are dated in the month."""
    fitting: int = 0
    strangers: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """Number and date of entries of the stretch that are dated outside the month."""
    count: int = 0

    @property
    def elsewhere(self) -> int:
        """Entries dated in the month that stand in another month's stretch."""
        return self.dated - self.fitting

    def take(self, n: int, said: str, month: Month) -> None:
        """The next entry of the stretch."""
        if month.begins <= moment(said) < month.ends:
            self.fitting += 1
            return
        self.count += 1
        if len(self.strangers) < MISDATED_SHOWN:
            self.strangers.append((n, said))


@dataclass
class Totals:
    """What a month's entries add up to."""

    crossed: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    overtaken: Counter[str] = field(default_factory=Counter[str])
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    other: Counter[str] = field(default_factory=Counter[str])
    policies: set[str] = field(default_factory=set[str])
    recalls: list[Recall] = field(default_factory=list[Recall])
    unanswered: dict[int, list[Recall]] = field(default_factory=dict[int, list[Recall]])
    unpurged: dict[int, list[Recall]] = field(default_factory=dict[int, list[Recall]])
    """Recalls by batch; one leaves its list with the first entry that settles it."""
    returned: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    nowhere: int = 0
    """Sent without the number of a batch, so that no receipt can answer for it."""
    batches: set[int] = field(default_factory=set[int])
    answered: set[int] = field(default_factory=set[int])
    acts: Counter[str] = field(default_factory=Counter[str])
    actors: set[str] = field(default_factory=set[str])
    exports: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    misdated: dict[str, Misdated] = field(default_factory=dict[str, "Misdated"])


@dataclass(frozen=True)
class Statement:
    """One month, proven complete, added up."""

    month: Month
    relay: Stretch
    access: Stretch
    portal: Stretch | None
    totals: Totals
    compared: Comparison | None = None
    """With the portal's own ledger, where that was given."""
    is_portal_witnessed: bool = False
    """Whether this plane cosigned the portal's ledger up to the month's end."""

    @property
    def agrees(self) -> bool:
        """Whether sender and receiver say the same, as far as both were heard."""
        return not self.totals.nowhere and not (self.compared and self.compared.differences)


def make_statement(
    evidence: Evidence, month: Month, *, now: datetime, site: str | None = None
) -> Statement:
    """The statement of a month that is over. Raises: EvidenceMissing with every reason."""
    if now < month.ends:
        raise EvidenceMissing([_not_over(month)])
    relay, findings = _ledger(evidence, evidence.relay, month, "relay", wanted="onprem/relay")
    access, more = _ledger(evidence, evidence.access, month, "access", wanted="onprem/access")
    findings += more
    portal: Stretch | None = None
    if evidence.portal is not None:
        portal, more = _ledger(evidence, evidence.portal, month, "portal", wanted="cloud/relay")
        findings += more
    if relay is None or access is None:
        raise EvidenceMissing(findings)
    sites = {found.site for found in (relay, access, portal) if found is not None}
    if len(sites | {site or relay.site}) != 1:
        named = ", ".join(sorted(sites))
        findings.append(Finding("site", f"the files are of other sites than asked for: {named}"))
    findings += _check_ends(evidence, month, relay, access)
    if findings:
        raise EvidenceMissing(findings)
    totals = _add_up(evidence, month, relay, access)
    if evidence.portal is None or portal is None:
        return Statement(month, relay, access, None, totals)
    compared = compare(evidence.relay, relay, evidence.portal, portal)
    is_witnessed = portal.goes_on and not check_witness(
        portal, name="portal", seen=evidence.seen, verifiers=evidence.verifiers
    )
    return Statement(month, relay, access, portal, totals, compared, is_witnessed)


def _not_over(month: Month) -> Finding:
    ends = timestamp(month.ends)
    sentence = f"{month.text} is not over: by the practice's clock it ends at {ends}"
    return Finding("not_over", sentence)


def _ledger(
    evidence: Evidence, source: BinaryIO, month: Month, name: str, *, wanted: str
) -> tuple[Stretch | None, list[Finding]]:
    origin, findings = open_ledger(
        source, name=name, verifiers=evidence.verifiers, seen=evidence.seen
    )
    if findings:
        return None, findings
    if origin.split("/", 2)[2] != wanted:
        sentence = f"this is the log {origin}, and the {name} ledger of {wanted} is wanted"
        return None, [Finding(f"{name}_origin", sentence)]
    stretch = find_stretch(source, origin, month)
    if name == "portal":
        return stretch, []
    return stretch, check_witness(
        stretch, name=name, seen=evidence.seen, verifiers=evidence.verifiers
    )


def _check_ends(evidence: Evidence, month: Month, relay: Stretch, access: Stretch) -> list[Finding]:
    """Whether anything shows that both ledgers were not cut before the month's end."""
    findings: list[Finding] = []
    if not access.goes_on:
        sentence = f"the access ledger ends before {month.text} does: nothing in it is later"
        findings.append(Finding("access_ends_early", sentence))
    if relay.goes_on:
        return findings
    head = find_head(evidence.access, access, month) if access.goes_on else None
    if head is None:
        sentence = (
            f"the relay ledger has no entry after {month.text}, and no later access entry names its"
            " size: it cannot be shown that none is missing"
        )
        findings.append(Finding("relay_ends_early", sentence))
        return findings
    root = root_at(evidence.relay, head.size)
    if root is None:
        sentence = (
            f"the relay ledger was cut: access entry {head.n} names {head.size} entries, the"
            f" export has {relay.size}"
        )
        findings.append(Finding("relay_cut", sentence))
    else:
        findings += check_witness(
            access, name="access", seen=evidence.seen, verifiers=evidence.verifiers, upto=head.n
        )
    if root is not None and base64.urlsafe_b64encode(root).decode().rstrip("=") != head.root:
        sentence = (
            f"at size {head.size} the relay ledger is not the one that access entry {head.n} names"
        )
        findings.append(Finding("relay_forked", sentence))
    return findings


def _add_up(evidence: Evidence, month: Month, relay: Stretch, access: Stretch) -> Totals:
    totals = Totals()
    relay_dates, access_dates = Misdated(relay.dated), Misdated(access.dated)
    totals.misdated = {"relay": relay_dates, "access": access_dates}
    for raw in entries_in(evidence.relay, relay):
        decision = _relay.decode(raw)
        relay_dates.take(decision.n, decision.at, month)
        take_relay(totals, decision)
    for raw in entries_in(evidence.access, access):
        entry = _access.decode(raw)
        access_dates.take(entry.n, entry.at, month)
        totals.acts[entry.act] += 1
        totals.actors.add(entry.actor)
        if entry.act == "export":
            totals.exports.append((entry.at, entry.actor, entry.subject_kind))
    return totals


def take_relay(totals: Totals, entry: RelayEntry) -> None:
    """Add one relay entry of the month."""
    totals.policies.add(entry.policy)
    kind = entry.kind or ""
    if entry.decision == "ship":
        _ship(totals, entry)
    elif entry.decision == "refuse":
        totals.refused[kind, entry.gate or "", entry.reason or ""] += 1
    elif entry.decision == "supersede":
        totals.overtaken[kind] += 1
    elif entry.decision == RETURNED:
        totals.returned[kind, entry.reason or ""] += 1
    elif entry.decision in ("receipted", "broker_purged"):
        _answer(totals, entry)
    elif kind:
        totals.arrived[kind, entry.decision] += 1
    else:
        totals.other[entry.decision] += 1


def _ship(totals: Totals, entry: RelayEntry) -> None:
    kind, op = entry.kind or "", entry.op or ""
    totals.crossed[kind, op] += 1
    recall = Recall(kind, entry.record_id or "", entry.version or 0, entry.batch, entry.at)
    if op == "recall":
        totals.recalls.append(recall)
    if entry.batch is None:
        totals.nowhere += 1
        return
    totals.batches.add(entry.batch)
    if op == "recall":
        totals.unanswered.setdefault(entry.batch, []).append(recall)
        totals.unpurged.setdefault(entry.batch, []).append(recall)


def _answer(totals: Totals, entry: RelayEntry) -> None:
    """What an answer settles leaves its list: however many answers there are, it is looked at once."""
    if entry.batch is None:
        return
    if entry.decision == "receipted":
        totals.answered.add(entry.batch)
        for recall in totals.unanswered.pop(entry.batch, ()):
            recall.answered_at = entry.at
    else:
        for recall in totals.unpurged.pop(entry.batch, ()):
            recall.purged_at = entry.at
