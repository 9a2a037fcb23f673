"""What a statement compares and says, purely: each difference is found, each finding has its words."""

import hashlib
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lmhg_contracts.ledger import statement, statement_evidence, verify
from lmhg_contracts.ledger.checkpoint import Checkpoint, cosign, origin, sign
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.statement_evidence import Month, Stretch
from lmhg_contracts.wire import Result
from lmhg_gateway.features.packets.rules import weeks_in
from lmhg_gateway.features.statements import rules
from lmhg_gateway.features.statements.comparison import (
    Answered,
    Comparison,
    answered_in,
    close,
    compare,
    count_nowhere,
)
from lmhg_gateway.features.statements.rules import PROBLEMS, words_of

from .month import CLOUD, IN_BATCH, ONPREM, receipt_of, relay_entries  # noqa: TID252 - beside this file

ZONE = "America/Kentucky/Louisville"
KEYS = [ONPREM.verifier, CLOUD.verifier]


def compared(raw: bytes | None, *, digest: str = "", sent: int | None = IN_BATCH) -> Comparison:
    """One batch, held against what is kept of it."""
    found = Comparison()
    named = digest or hashlib.sha256(raw or b"").hexdigest()
    compare(found, [Answered(1, named, sent)], {1: [raw]} if raw else {}, site="s1")
    return found


def codes(found: Comparison) -> list[str]:
    """The differences that were found."""
    return [each.code for each in found.problems]


def test_receipt_that_fits_is_counted_by_what_became_of_each_record() -> None:
    """Four stored, one removed, and nothing to complain about."""
    found = compared(receipt_of(1))
    assert (found.batches, found.stored, found.removed, found.agrees) == (1, 4, 1, True)
    assert found.records == found.reaches == IN_BATCH


@pytest.mark.parametrize(
    ("raw", "facts", "code"),
    [
        (None, {}, "receipt_missing"),
        (receipt_of(1), {"digest": "ab" * 32}, "receipt_differs"),
        (b"no receipt", {}, "receipt_unreadable"),
        (receipt_of(1, results=b"\x09"), {}, "receipt_unreadable"),
        (receipt_of(2), {}, "receipt_other"),
        (receipt_of(1, site="s2"), {}, "receipt_other"),
        (receipt_of(1, direction="up"), {}, "receipt_other"),
        (receipt_of(1), {"sent": IN_BATCH + 1}, "counts_differ"),
    ],
)
def test_each_difference_is_found(raw: bytes | None, facts: dict[str, Any], code: str) -> None:
    """Every receipt that is not the one for exactly these records."""
    found = compared(raw, **facts)
    assert codes(found) == [code]
    assert not found.agrees


def test_what_cannot_be_counted_is_not_called_a_difference() -> None:
    """A batch that a restore numbered again."""
    assert compared(receipt_of(1), sent=None).agrees


def exported(raw: list[bytes]) -> io.BytesIO:
    """An export of these entries, as far as its reader looks."""
    out = io.BytesIO()
    write_export(out, "note", raw)
    return out


def test_batches_are_those_that_were_answered_in_the_month() -> None:
    """What left before the month is counted with what left in it; a restore begins a new count."""
    raw = relay_entries()
    stretch = Stretch("lmhg/s1/onprem/relay", 8, len(raw), b"", len(raw), goes_on=False, dated=0)
    found = list(answered_in(exported(raw), stretch))
    assert [(each.batch, each.sent) for each in found] == [(2, 5), (3, 5), (4, 5)]
    assert found[0].digest == hashlib.sha256(receipt_of(2)).hexdigest()
    raw[7] = raw[7].replace(b'"ship"', b'"restored"')
    again = list(answered_in(exported(raw), stretch))
    assert [(each.batch, each.sent) for each in again] == [(2, 3), (3, 5), (4, 5)]
    raw[10] = raw[10].replace(b'"ship"', b'"restored"')
    assert [each.sent for each in answered_in(exported(raw), stretch)] == [None, 5, 5]


def test_portal_that_shows_less_than_its_receipts_name_is_a_difference() -> None:
    """Only a checkpoint of its relay ledger with both signatures counts."""
    theirs = Checkpoint(origin("s1", "cloud", "relay"), IN_BATCH, b"\1" * 32)
    signed = sign(theirs, CLOUD)
    other = sign(Checkpoint(origin("s1", "cloud", "access"), 99, b"\1" * 32), CLOUD)
    for note, agrees in ((cosign(signed, ONPREM), True), (signed, False), (None, False),
                         ("no note", False), (cosign(other, ONPREM), False)):  # fmt: skip
        found = compared(receipt_of(1))
        close(found, note, KEYS, site="s1")
        assert found.agrees is agrees
        assert codes(found) == ([] if agrees else ["portal_behind"])


def test_what_was_sent_outside_of_any_batch_is_a_difference() -> None:
    """No receipt can answer for it, so the page does not call the month complete."""
    found = Comparison()
    count_nowhere(found, 0)
    assert found.agrees
    count_nowhere(found, 3)
    assert codes(found) == ["receipt_impossible"]


def test_many_differences_are_counted_and_some_are_named() -> None:
    """A page stays a page."""
    found = Comparison()
    compare(found, [Answered(n, "", None) for n in range(100)], {}, site="s1")
    assert (found.wrong, len(found.problems)) == (100, 40)


def test_each_difference_has_its_words() -> None:
    """What the comparison can note, the page can say."""
    source = Path(str(compare.__code__.co_filename)).read_text(encoding="utf-8")
    noted = set(re.findall(r'"((?:receipt|counts|portal)_[a-z]+)"', source))
    assert noted == set(PROBLEMS)
    assert set(Result) == {0, 1, 2, 3}


def test_each_finding_of_the_rule_has_plain_words() -> None:
    """What the contracts can find, and what the worker adds: means and todo, and the ledger's name."""
    found: set[str] = set()
    for module in (statement, statement_evidence, verify):
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        found |= set(
            re.findall(r'(?:Finding|report|_refused)\(\s*f?"(?:\{name\}_)?([a-z_]+)"', source)
        )
    assert {"truncated", "relay_ends_early", "not_witnessed", "site", "checkpoint"} <= found
    for code in found - {"proof", "not_included"}:
        named = (
            code if code == "site" or code.startswith(("relay_", "access_")) else f"relay_{code}"
        )
        assert "not what it should be" not in words_of(named).means, named
        assert "{" not in words_of(named).means
    assert words_of("access_cut").means.startswith("Entries are missing from the access ledger")
    assert words_of("never_heard_of").means == "The ledger is not what it should be."


def test_month_is_early_for_three_hours_only() -> None:
    """Afterwards what is missing does not come by itself."""
    month = Month.parse("2026-10", ZONE)
    assert rules.is_early(month, at=datetime(2026, 11, 1, 6, 59, tzinfo=UTC))
    assert not rules.is_early(month, at=datetime(2026, 11, 1, 7, 0, tzinfo=UTC))


def test_weeks_of_a_month_are_those_that_end_in_it() -> None:
    """A week over a month's end belongs to the month of its Sunday."""
    assert rules.days_of("2026-10") == (date(2026, 10, 1), date(2026, 10, 31))
    assert rules.days_of("2028-02")[1] == date(2028, 2, 29)
    weeks = weeks_in(*rules.days_of("2026-10"), ZONE)
    assert [week.first for week in weeks] == [
        date(2026, 9, 28), date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19),
    ]  # fmt: skip
    assert weeks_in(*rules.days_of("2026-11"), ZONE)[-1].last == date(2026, 11, 29)
