"""The statement as one page of plain text: the same bytes wherever it is made."""

from collections.abc import Iterator
from datetime import UTC, datetime

from lmhg_contracts.ledger.output import plain
from lmhg_contracts.ledger.statement import (
    DISAGREEMENTS_SHOWN,
    EXPORTS_SHOWN,
    RECALLS_SHOWN,
    SET_ASIDE_SHOWN,
    Misdated,
    Recall,
    Statement,
)
from lmhg_contracts.ledger.statement_compare import Comparison
from lmhg_contracts.ledger.statement_evidence import SETTLED_BY, Stretch

RULE = "-" * 72
UNSETTLED = "NOT SETTLED"
"""How the sentence begins that says that the month's end may still move."""


def statement_text(statement: Statement) -> str:
    """The whole statement."""
    return "\n".join(plain(line) for line in _lines(statement)) + "\n"


def _lines(made: Statement) -> Iterator[str]:
    month = made.month
    yield from (f"LMHG statement for {month.text}, site {made.relay.site}", RULE)
    yield f"From {_utc(month.begins)} to {_utc(month.ends)} UTC, the month in {month.zone}."
    yield "Made from the ledgers alone. Each ledger verifies, is witnessed by the other plane,"
    is_settled = made.relay.is_settled and made.access.is_settled
    if is_settled:
        yield "and goes on after the month: no entry of the month is missing."
    else:
        yield "and goes on after the month: none of these entries is missing or changed."
    yield ""
    yield _stretch("Relay ledger", made.relay)
    yield _stretch("Access ledger", made.access)
    yield from _settled(made)
    for ledger, dates in sorted(made.totals.misdated.items()):
        yield from _dates(ledger.capitalize(), dates)
    yield f"Policy in force: {', '.join(sorted(made.totals.policies)) or 'no entry'}"
    yield from _crossed(made)
    yield from _recalls(made)
    yield from _receipts(made)
    yield from _access(made)


def _dates(name: str, dates: Misdated) -> Iterator[str]:
    """What is dated elsewhere than it is; nothing when every date fits."""
    if dates.count:
        yield f"{name} ledger: {dates.count} of these entries are dated outside the month:"
    for n, said in dates.strangers:
        yield f"  DATED {said}: entry {n}"
    if dates.count > len(dates.strangers):
        yield f"  and {dates.count - len(dates.strangers)} more"
    if dates.elsewhere:
        yield f"{name} ledger: {dates.elsewhere} entries dated in this month stand in another's."


def _settled(made: Statement) -> Iterator[str]:
    """Whether later entries may still move the month's end; nothing once they cannot."""
    both = (("relay", made.relay), ("access", made.access))
    names = " and the ".join(name for name, found in both if not found.is_settled)
    if names:
        yield f"{UNSETTLED}: fewer than {SETTLED_BY:,} entries stand beyond the month in the {names}"
        yield "ledger, so its last entry may yet turn out to be another one. Make it again later."


def _stretch(name: str, found: Stretch) -> str:
    span = f"{found.first} to {found.stop - 1}" if found.stop > found.first else "none"
    return f"{name}: entries {span}; root at {found.stop} is {found.root.hex()}"


def _crossed(made: Statement) -> Iterator[str]:
    totals = made.totals
    yield from ("", "Crossed to the portal")
    kinds = sorted({kind for kind, _ in totals.crossed} | set(totals.overtaken))
    for kind in kinds:
        puts, recalls = totals.crossed[kind, "put"], totals.crossed[kind, "recall"]
        late = totals.overtaken[kind]
        yield f"  {kind:<24}{puts:>8} sent {recalls:>8} recalled {late:>8} overtaken"
    if not kinds:
        yield "  nothing"
    yield from ("", "Refused, by gate and reason")
    for (kind, gate, reason), count in sorted(totals.refused.items()):
        yield f"  {kind:<24}{count:>8} {gate}: {reason}"
    if not totals.refused:
        yield "  nothing"
    if totals.returned:
        yield from ("", "Set aside by the portal, by reason")
    for (kind, reason), count in sorted(totals.returned.items()):
        yield f"  {kind:<24}{count:>8} {reason}"
    yield from ("", "Arrived from the portal")
    for (kind, decision), count in sorted(totals.arrived.items()):
        yield f"  {kind:<24}{count:>8} {decision}"
    if not totals.arrived:
        yield "  nothing"
    for decision, count in sorted(totals.other.items()):
        yield f"  {decision:<24}{count:>8}"


def _recalls(made: Statement) -> Iterator[str]:
    recalls = made.totals.recalls
    yield from ("", f"Recalls: {len(recalls)}")
    waiting = [each for each in recalls if not each.answered_at]
    yield f"  unreadable in the cloud within the month: {len(recalls) - len(waiting)}"
    for each in recalls[:RECALLS_SHOWN]:
        yield f"  {_recall(each)}"
    if len(recalls) > RECALLS_SHOWN:
        yield f"  and {len(recalls) - RECALLS_SHOWN} more"


def _recall(each: Recall) -> str:
    gone = each.answered_at or "not by the month's end"
    purged = each.purged_at or "not by the month's end"
    return f"{each.kind} {each.record_id}: sent {each.sent_at}, unreadable {gone}, purged {purged}"


def _receipts(made: Statement) -> Iterator[str]:
    totals = made.totals
    outstanding = sorted(totals.batches - totals.answered)
    yield from ("", "Receipts")
    yield f"  batches sent {len(totals.batches)}, answered {len(totals.answered & totals.batches)}"
    named = ", ".join(str(number) for number in outstanding[:RECALLS_SHOWN]) or "none"
    yield f"  outstanding at the month's end: {named}"
    if totals.nowhere:
        yield f"  DISAGREES {totals.nowhere} sent without a batch: no receipt can answer for them"
    if made.compared is None or made.portal is None:
        yield "  the portal's own ledger was not given, so the two were not compared"
        return
    if not made.is_portal_witnessed:
        yield f"  the portal's own ledger ({made.portal.size} entries) is not witnessed beyond the"
        yield "  month, so there is only its own word that nothing more arrived"
    if made.compared.is_restored:
        yield "  a restore numbered batches anew: what was open then, or came again, is not compared"
    yield from _compared(made.compared)


def _compared(found: Comparison) -> Iterator[str]:
    yield f"  the portal's own ledger agrees about {found.agreed}"
    for sentences, word, most in (
        (found.set_aside, "SET ASIDE", SET_ASIDE_SHOWN),
        (found.differences, "DISAGREES", DISAGREEMENTS_SHOWN),
    ):
        for sentence in sentences[:most]:
            yield f"  {word} {sentence}"
        if len(sentences) > most:
            yield f"  {word} about {len(sentences) - most} more"


def _access(made: Statement) -> Iterator[str]:
    totals = made.totals
    yield from ("", f"Access: {sum(totals.acts.values())} events by {len(totals.actors)} actors")
    for act, count in sorted(totals.acts.items()):
        yield f"  {act:<24}{count:>8}"
    yield from ("", f"Exports: {len(totals.exports)}")
    for at, actor, kind in totals.exports[:EXPORTS_SHOWN]:
        yield f"  {at} {kind} by {actor}"
    if len(totals.exports) > EXPORTS_SHOWN:
        yield f"  and {len(totals.exports) - EXPORTS_SHOWN} more"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
