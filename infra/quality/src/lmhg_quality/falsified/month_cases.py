"""A month's evidence that is not what it claims: what the statement must refuse, or say."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lmhg_quality.falsified.month import (
    ACCESS,
    MONTH,
    NOW,
    PORTAL,
    RELAY,
    ZONE,
    Evidence,
    access,
    at,
    did,
    evidence,
    head,
    note,
    record,
    relay,
    said,
)
from lmhg_quality.falsified.world import KEYS

CLEAN = "the portal's own ledger agrees about 2"
UNSENT = "in the portal's ledger, and never sent by ours"
MISSING = "answered, and not in the portal's ledger"
DIFFERS = "the two ledgers name other contents"
ASIDE = said(2, "quarantined", batch=1, reason="kind_unknown", **record(1, digest=None))
"""The portal's word for a record that it could not take, and ours for the same."""
BACK = said(2, "returned", batch=1, reason="kind_unknown", **record(1, digest=None))
QUIET = RELAY[:-1]


@dataclass(frozen=True)
class MonthCase:
    """Evidence, what is asked, and what must come of it."""

    id: str
    by: str
    what: str
    given: Evidence
    status: int
    findings: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    """What the statement has in it, whole."""
    never: tuple[str, ...] = ()
    """What it has not."""
    month: str = MONTH
    zone: str = ZONE
    now: str = NOW


def month_cases() -> Iterator[MonthCase]:
    """Every case."""
    yield MonthCase("whole", "nobody", "the month as it is", evidence(), 0)
    yield MonthCase("whole-compared", "nobody", "with the portal's ledger, which says the same",
                    evidence(portal_facts=PORTAL), 0, says=(CLEAN,),
                    never=("DISAGREES", "not witnessed"))  # fmt: skip
    yield from _compared()
    yield from _said()
    yield from _ends()
    yield from _markers()
    yield from _asked()


def _compared() -> Iterator[MonthCase]:
    twice = (*RELAY[:2], said(5, "ship", batch=7, **record(1, digest="b" * 64)),
             said(5, "receipted", batch=7), *RELAY[2:])  # fmt: skip
    other = said(2, "applied", batch=1, **record(1, digest="c" * 64))
    extra = said(6, "applied", batch=9, **record(5))
    late = said(1, "applied", month=11, batch=9, **record(5))
    lame = said(2, "ship", **record(1))
    sept = ({**RELAY[0], "at": at(30, 9)}, *RELAY[1:])
    rows: tuple[tuple[str, str, str, Any, Any, tuple[str, ...]], ...] = (
        ("gone", "other key", "an arrival is gone", RELAY, PORTAL[1:], (MISSING,)),
        ("gone-of-two", "other key", "one of two of the same version is gone", twice, PORTAL,
         (MISSING,)),
        ("content-of-two", "other key", "a second arrival of the same version, another content",
         RELAY, (PORTAL[0], other, *PORTAL[1:]), (DIFFERS,)),
        ("content-ahead", "other key", "another content, and the right one after it",
         RELAY, (other, *PORTAL), (DIFFERS,)),
        ("content-unnamed", "other key", "an arrival that names no content", RELAY,
         ({**PORTAL[0], "digest": None}, *PORTAL[1:]), (DIFFERS,)),
        ("recalled-there", "other key", "a put that the portal calls a recall", RELAY,
         ({**PORTAL[0], "decision": "purged"}, *PORTAL[1:]), (DIFFERS,)),
        ("set-aside", "other key", "set aside by the portal, while our ledger calls it answered",
         RELAY, (ASIDE, *PORTAL[1:]), ("set aside by the portal, and our ledger does not say so",)),
        ("set-aside-here", "own key", "our ledger calls it set aside, the portal's does not",
         (*RELAY[:2], BACK, *RELAY[2:]), PORTAL, ("the portal's does not",)),
        ("unsent", "own key", "an arrival that our ledger never sent", RELAY,
         (*PORTAL[:2], extra, PORTAL[2]), (UNSENT,)),
        ("unsent-in-november", "own key", "an arrival of the next month is the next statement's",
         RELAY, (*PORTAL[:2], late, PORTAL[2]), ()),
        ("arrived-twice", "other key", "one sending that arrived twice", RELAY,
         (PORTAL[0], PORTAL[0], *PORTAL[1:]), ("2 times in the portal's ledger, and sent 1 times",)),
        ("sent-in-september", "other key", "sent in September, answered in October, and gone",
         sept, PORTAL[1:], (MISSING,)),
        ("no-batch", "own key", "sent without a batch, so that nothing can answer",
         (lame, *RELAY[2:]), PORTAL[1:], ("1 sent without a batch",)),
    )  # fmt: skip
    for name, by, what, ours, theirs, says in rows:
        given = evidence(ours, portal_facts=theirs)
        said_so = tuple(says) if not says else ("DISAGREES", *says)
        is_all_there = says in ((), (UNSENT,))
        never = (("DISAGREES",) if not says else ()) if is_all_there else (CLEAN,)
        yield MonthCase(f"compared-{name}", by, what, given, int(bool(says)), says=said_so,
                        never=never)  # fmt: skip


def _said() -> Iterator[MonthCase]:
    """What is no difference, and has to be said all the same."""
    yield MonthCase(
        "compared-both-set-aside", "nobody", "set aside, as both say: named, and no agreement",
        evidence((*RELAY[:2], BACK, *RELAY[2:]), portal_facts=(ASIDE, *PORTAL[1:])), 0,
        says=("SET ASIDE announcement", "the portal's own ledger agrees about 1"),
    )  # fmt: skip
    hidden = (RELAY[0], said(2, "restored", batch=0), *RELAY[1:])
    yield MonthCase(
        "compared-restored", "own key", "a restore between sending and answer hides an arrival: said",
        evidence(hidden, portal_facts=PORTAL[1:]), 0,
        says=("a restore numbered batches anew", "the portal's own ledger agrees about 1"),
    )  # fmt: skip
    ahead = (*RELAY[:2], said(3, "heard", month=11))
    yield MonthCase(
        "cut-behind-a-wrong-clock", "superuser",
        "cut behind an entry whose clock ran ahead: not called whole",
        evidence(ahead), 0, says=("NOT SETTLED",), never=("no entry of the month is missing",),
    )  # fmt: skip
    yield MonthCase(
        "compared-cut", "other key", "the portal's ledger ends within the month: it is said",
        evidence(portal_facts=PORTAL[:2]), 0, says=("is not witnessed beyond the",),
    )  # fmt: skip


def _ends() -> Iterator[MonthCase]:
    ours, audit = relay(RELAY), access(ACCESS)
    fine = note(audit, "onprem", "access")
    alone = note(ours, "onprem", "relay", KEYS["onprem"])
    within = note(ours[:4], "onprem", "relay")
    theirs = note(ours, "onprem", "relay", KEYS["cloud"])
    for name, what, by, seen, codes in (
        ("none", "nothing witnesses the relay ledger", "own key", (fine,), ("relay_not_witnessed",)),
        ("alone", "its own key alone", "own key", (fine, alone), ("relay_not_witnessed",)),
        ("within", "a former checkpoint, of the month's last entry", "superuser", (fine, within),
         ("relay_not_witnessed",)),
        ("other-alone", "the other plane's key alone", "other key", (fine, theirs),
         ("relay_seen", "access_seen")),
        ("access", "nothing witnesses the access ledger", "own key",
         (note(ours, "onprem", "relay"),), ("access_not_witnessed",)),
    ):  # fmt: skip
        given = evidence(seen=seen)
        yield MonthCase(f"end-{name}", by, what, given, 1, codes)
    few = "NOT SETTLED: fewer than 1,000 entries stand beyond the month in the relay and the access"
    yield MonthCase("end-unsettled", "nobody", "few entries beyond the month: it is said",
                    evidence(), 0, says=(few,))  # fmt: skip


def _markers() -> Iterator[MonthCase]:
    quiet = relay(QUIET)
    other = relay([{**each, "policy": "p2"} for each in QUIET])
    good, noise = head(quiet), did(2, "ledger_head", month=11, columns=("root:x",))
    early = ("relay_ends_early",)
    rows: tuple[tuple[str, str, tuple[Any, ...], tuple[str, ...]], ...] = (
        ("good", "a quiet ledger, and a marker names it", (good,), ()),
        ("none", "no marker", (), early),
        ("noise", "a marker with one column", (noise,), early),
        ("noise-then-good", "a marker that cannot be read, and a good one after it",
         (noise, good), ()),
        ("digits", "a size of 5,000 digits", (head(quiet, size="9" * 5_000),), early),
        ("zeros", "a size with a zero in front", (head(quiet, size="04"),), early),
        ("sign", "a negative size", (head(quiet, size="-4"),), early),
        ("letters", "a size in other digits", (head(quiet, size="\u0664"),), early),
        ("larger", "a marker that names more than there is", (head(relay(RELAY)),), ("relay_cut",)),
        ("other", "a marker of another history", (head(other),), ("relay_forked",)),
        ("of-october", "a marker of the month itself, behind an entry whose clock ran ahead",
         (head(quiet, 30, month=10),), early),
    )  # fmt: skip
    for name, what, markers, codes in rows:
        given = evidence(QUIET, (*ACCESS, *markers))
        yield MonthCase(f"marker-{name}", "own key", what, given, int(bool(codes)), codes)


def _asked() -> Iterator[MonthCase]:
    whole = evidence()
    yield MonthCase("open", "nobody", "a month that is not over: none, whatever the dates say",
                    whole, 1, ("not_over",), now=at(20))  # fmt: skip
    yield MonthCase("open-by-its-clock", "nobody", "over in UTC, and not by the practice's clock",
                    whole, 1, ("not_over",), now="2026-11-01T03:59:59.000000Z")  # fmt: skip
    for zone in ("localtime", "posixrules", "posix/America/New_York", "right/UTC", "America",
                 "/etc/localtime", "../zoneinfo/UTC", "iso3166.tab", "utc", "", "Mars/Olympus"):  # fmt: skip
        name = zone.strip("./").replace("/", "-").lower() or "none"
        yield MonthCase(f"zone-{name}", "nobody", f"the time zone {zone!r}", whole, 1, ("input",),
                        zone=zone)  # fmt: skip
    for month in ("2026-13", "2026-1", "26-10", "2026-W4", "\u0662026-10", "9999-12", "2026-10-01"):
        yield MonthCase(f"month-{ascii(month)[1:-1]}", "nobody", f"the month {month}", whole, 1,
                        ("input",), month=month)  # fmt: skip


def as_data(case: MonthCase) -> dict[str, object]:
    """A case as other programs read it; files in base64."""
    portal = case.given.portal
    return {
        "id": case.id,
        "by": case.by,
        "what": case.what,
        "relay": _base64(case.given.relay),
        "access": _base64(case.given.access),
        "portal": None if portal is None else _base64(portal),
        "seen": [_base64(each.encode()) for each in case.given.seen],
        "month": case.month,
        "timezone": case.zone,
        "now": case.now,
        "verdict": {
            "status": case.status,
            "findings": list(case.findings),
            "says": list(case.says),
            "never": list(case.never),
        },
    }


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
