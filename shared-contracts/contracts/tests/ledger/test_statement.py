"""The monthly statement: the same bytes at any later time, and none at all without its evidence."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger import statement_cli, verify_cli
from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.statement import Evidence, Statement, make_statement
from lmhg_contracts.ledger.statement_evidence import (
    HEAD_ACT,
    SETTLED_BY,
    EvidenceMissing,
    Month,
)
from lmhg_contracts.ledger.statement_text import statement_text
from lmhg_contracts.ledger.tree import Frontier, leaf_hash

ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
KEYS = [ONPREM.verifier, CLOUD.verifier]
ZONE = "America/Kentucky/Louisville"
OCTOBER = Month.parse("2026-10", ZONE)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BLOCK, NEWS = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def at(month: int, day: int, hour: int = 12) -> str:
    """A moment of 2026 as entries write it."""
    return timestamp(datetime(2026, month, day, hour, tzinfo=UTC))


def said(moment: str, decision: str, **facts: object) -> dict[str, object]:
    """One relay entry without its number."""
    base = dict.fromkeys(("batch", "digest", "exemption_id", "gate", "kind", "op", "reason",
                          "record_id", "version"))  # fmt: skip
    fixed = {"actor": "relay", "bytes": 0, "fields": (), "policy": "p1"}
    return {**base, **fixed, "at": moment, "decision": decision, **facts}


def did(moment: str, act: str, columns: tuple[str, ...] = ()) -> dict[str, object]:
    """One access entry without its number."""
    return {
        "act": act, "actor": "person-a", "at": moment, "columns": columns, "outcome": "done",
        "purpose": "test", "request_id": "", "subject_ids": (), "subject_kind": "relay_ledger",
        "zone": "inside",
    }  # fmt: skip


PUT = {"kind": "calendar_block", "record_id": BLOCK, "op": "put", "version": 1, "digest": "aa"}
RECALL = {"kind": "calendar_block", "record_id": BLOCK, "op": "recall", "version": 2}
RELAY = [
    said(at(9, 30), "ship", **PUT, batch=1),
    said(at(9, 30), "receipted", batch=1),
    said(at(10, 5), "refuse", kind="announcement", record_id=NEWS, op="put", version=1,
         gate="content", reason="held"),
    said(at(10, 6), "ship", kind="announcement", record_id=NEWS, op="put", version=2, digest="bb",
         batch=2),
    said(at(10, 6), "receipted", batch=2),
    said(at(10, 9), "ship", **RECALL, batch=3),
    said(at(10, 9, 13), "receipted", batch=3),
    said(at(10, 9, 14), "broker_purged", batch=3),
    said(at(10, 31), "ship", kind="announcement", record_id=BLOCK, op="put", version=1, digest="cc",
         batch=4),
    said(at(11, 2), "receipted", batch=4),
]  # fmt: skip
ACCESS = [
    did(at(9, 30), "read"),
    did(at(10, 2), "read"),
    did(at(10, 3), "export"),
    did(at(10, 4), "update"),
    did(at(11, 1, 12), "read"),
]
PORTAL = [
    said(at(10, 6), "applied", kind="announcement", record_id=NEWS, op="put", version=2, digest="bb", batch=2),
    said(at(10, 9), "purged", **RECALL, batch=3),
]  # fmt: skip


def relay(facts: Sequence[dict[str, object]]) -> list[bytes]:
    """Numbered relay entries."""
    return [encode_entry(RelayEntry(n=n, **each)) for n, each in enumerate(facts)]  # type: ignore[arg-type]


def access(facts: Sequence[dict[str, object]]) -> list[bytes]:
    """Numbered access entries."""
    return [encode_entry(AccessEntry(n=n, **each)) for n, each in enumerate(facts)]  # type: ignore[arg-type]


def note(raw: Sequence[bytes], ledger: str, *, plane: str = "onprem", site: str = "s1") -> str:
    """The signed checkpoint of these entries."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(each) for each in raw])
    point = Checkpoint(origin(site, plane, ledger), frontier.size, frontier.root())
    return sign(point, ONPREM if plane == "onprem" else CLOUD)


def export(raw: Sequence[bytes], ledger: str, **where: str) -> BytesIO:
    """An export of these entries."""
    out = BytesIO()
    write_export(out, note(raw, ledger, **where), raw)
    return out


def witnessed(raw: Sequence[bytes], ledger: str) -> str:
    """The checkpoint with the other plane's signature."""
    return cosign(note(raw, ledger), CLOUD)


def evidence(**changes: object) -> Evidence:
    """Everything that October needs; a test names what is otherwise."""
    relay_raw, access_raw = relay(RELAY), access(ACCESS)
    given: dict[str, object] = {
        "relay": export(relay_raw, "relay"),
        "access": export(access_raw, "access"),
        "verifiers": KEYS,
        "seen": (witnessed(relay_raw, "relay"), witnessed(access_raw, "access")),
    }
    return Evidence(**{**given, **changes})  # type: ignore[arg-type]


def made(**changes: object) -> Statement:
    """October's statement."""
    return make_statement(evidence(**changes), OCTOBER, now=NOW)


def missing(month: Month = OCTOBER, *, site: str | None = None, **changes: object) -> set[str]:
    """Codes of what is missing."""
    with pytest.raises(EvidenceMissing) as refused:
        make_statement(evidence(**changes), month, now=NOW, site=site)
    assert all(found.sentence for found in refused.value.findings)
    return {found.code for found in refused.value.findings}


def test_statement_says_what_the_month_holds() -> None:
    """Counts by kind, gate and act; a recall with its three times; a receipt still out."""
    text = statement_text(made())
    for line in (
        "LMHG statement for 2026-10, site s1",
        "  announcement                   2 sent        0 recalled        0 overtaken",
        "  calendar_block                 0 sent        1 recalled        0 overtaken",
        "  announcement                   1 content: held",
        "  batches sent 3, answered 2",
        "  outstanding at the month's end: 4",
        "  export                         1",
        "Access: 3 events by 1 actors",
    ):
        assert line in text.splitlines()
    assert f"sent {at(10, 9)}, unreadable {at(10, 9, 13)}, purged {at(10, 9, 14)}" in text


def test_same_bytes_when_the_ledgers_have_grown() -> None:
    """What is said about a month does not change with what comes after it."""
    november = [{**each, "at": at(11, 9)} for each in RELAY]
    longer, more = relay([*RELAY, *november]), access([*ACCESS, did(at(11, 9), "export")])
    grown = made(
        relay=export(longer, "relay"),
        access=export(more, "access"),
        seen=(witnessed(longer, "relay"), witnessed(more, "access")),
    )
    assert statement_text(grown) == statement_text(made())


@pytest.mark.found("P3", "one entry with a wrong date moves no other entry out of its month")
@pytest.mark.parametrize("place", range(3, 7))
@pytest.mark.parametrize("date", [at(1, 5), timestamp(datetime(2027, 1, 5, tzinfo=UTC))])
def test_wrong_date_leaves_no_entry_out(place: int, date: str) -> None:
    """A clock that glitched forwards or backwards: the month keeps its entries, and names the date."""
    facts = [{**each, "at": date} if n == place else each for n, each in enumerate(RELAY)]
    facts += [{**RELAY[9], "at": at(11, day)} for day in range(3, 9)]
    raw = relay(facts)
    seen = (witnessed(raw, "relay"), witnessed(access(ACCESS), "access"))
    found = made(relay=export(raw, "relay"), seen=seen)
    assert (found.relay.first, found.relay.stop) == (2, 9)
    assert f"DATED {date}: entry {place}" in statement_text(found)


@pytest.mark.found("P3", "entries dated in a month that stand elsewhere are counted beside it")
def test_entries_of_the_month_that_stand_elsewhere_are_said() -> None:
    """A late entry that is dated back into October belongs to November, and both say so."""
    late = [{**RELAY[9], "at": at(11, day)} for day in range(3, 9)]
    raw = relay([*RELAY, *late, {**RELAY[9], "at": at(10, 20)}, *late])
    seen = (witnessed(raw, "relay"), witnessed(access(ACCESS), "access"))
    found = made(relay=export(raw, "relay"), seen=seen)
    assert found.relay.stop == 9
    assert "Relay ledger: 1 entries dated in this month stand in another's." in statement_text(
        found
    )


def test_month_that_has_turned_turns_nowhere_else() -> None:
    """However many entries with old dates come after so many with new ones."""
    november = [{**RELAY[9], "at": at(11, 9)}] * SETTLED_BY
    longer = relay([*RELAY, *november, *[RELAY[5]] * (2 * SETTLED_BY)])
    seen = (witnessed(longer, "relay"), witnessed(access(ACCESS), "access"))
    assert made(relay=export(longer, "relay"), seen=seen).relay.stop == 9


def test_months_share_no_entry_and_miss_none() -> None:
    """Where one ends the next begins, by the practice's clock and not by UTC."""
    september = make_statement(evidence(), Month.parse("2026-09", ZONE), now=NOW)
    assert (september.relay.first, september.relay.stop) == (0, 2)
    assert (made().relay.first, made().relay.stop) == (2, 9)
    assert OCTOBER.begins == datetime(2026, 10, 1, 4, tzinfo=UTC)
    assert OCTOBER.ends == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert Month.parse("2026-12", ZONE).ends == datetime(2027, 1, 1, 5, tzinfo=UTC)


def test_receiver_that_agrees_is_counted_and_one_that_does_not_is_named() -> None:
    """The portal's ledger: missing there, or another content."""
    fine = made(portal=export(relay(PORTAL), "relay", plane="cloud"))
    assert fine.agrees
    assert "the portal's own ledger agrees about 2" in statement_text(fine)
    gone = made(portal=export(relay(PORTAL[1:]), "relay", plane="cloud"))
    assert "not in the portal's ledger" in statement_text(gone)
    other = [{**PORTAL[0], "digest": "ff"}, PORTAL[1]]
    changed = made(portal=export(relay(other), "relay", plane="cloud"))
    assert not changed.agrees
    assert "DISAGREES announcement" in statement_text(changed)


def test_removed_and_edited_entries_are_named() -> None:
    """The ledger itself is not sound: removed, edited, or cut from the file."""
    raw = relay(RELAY)
    signed = note(raw, "relay")
    edited = [*raw[:3], raw[3].replace(b'"ship"', b'"shop"'), *raw[4:]]
    for entries, code in ((raw[:4] + raw[5:], "relay_reordered"), (raw[:-1], "relay_truncated")):
        out = BytesIO()
        write_export(out, signed, entries)
        assert missing(relay=out) == {code}
    out = BytesIO()
    write_export(out, signed, edited)
    assert missing(relay=out) == {"relay_forked"}


def test_month_that_was_cut_and_signed_again_is_found_by_the_witness() -> None:
    """The plane's own key signs a shorter ledger: the other plane had cosigned the longer one."""
    shorter = relay(RELAY[:6])
    assert missing(relay=export(shorter, "relay")) == {"relay_cut"}


def test_history_that_was_rewritten_and_signed_again_is_found_by_the_witness() -> None:
    """As long as before, and another at the size that was cosigned."""
    other = relay([{**each, "policy": "p2"} for each in RELAY])
    assert missing(relay=export(other, "relay")) == {"relay_forked"}


def test_month_without_the_witness_is_none() -> None:
    """No cosignature, one that ends within the month, or one of the own key alone."""
    relay_raw, access_raw = relay(RELAY), access(ACCESS)
    fine = witnessed(access_raw, "access")
    for seen in (
        (fine,),
        (fine, witnessed(relay_raw[:5], "relay")),
        (fine, note(relay_raw, "relay")),
    ):
        assert missing(seen=seen) == {"relay_not_witnessed"}


def test_wrong_key_opens_nothing() -> None:
    """A stranger's key in place of the plane's."""
    stranger = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"9" * 32))
    found = missing(verifiers=[stranger.verifier, CLOUD.verifier])
    assert "relay_checkpoint" in found or "relay_seen" in found


def test_month_that_is_not_over_is_none() -> None:
    """Neither ledger goes on after it."""
    assert missing(Month.parse("2026-11", ZONE)) == {"access_ends_early", "relay_ends_early"}


def head(raw: Sequence[bytes]) -> dict[str, object]:
    """An access entry after October that names the relay ledger's head."""
    frontier = Frontier()
    frontier.append_many([leaf_hash(each) for each in raw])
    root = base64.urlsafe_b64encode(frontier.root()).decode().rstrip("=")
    return did(at(11, 1, 13), HEAD_ACT, (f"root:{root}", f"size:{frontier.size}"))


def test_quiet_relay_is_complete_when_the_access_ledger_names_its_head() -> None:
    """Without a later relay entry the marker counts; one that names more, or other, entries does not."""
    quiet = relay(RELAY[:9])

    def with_head(*said: dict[str, object]) -> dict[str, Any]:
        raw = access([*ACCESS, *said])
        seen = (witnessed(quiet, "relay"), witnessed(raw, "access"))
        return {"relay": export(quiet, "relay"), "access": export(raw, "access"), "seen": seen}

    assert missing(**with_head()) == {"relay_ends_early"}
    assert made(**with_head(head(quiet))).relay.stop == 9
    assert missing(**with_head(head(relay(RELAY)))) == {"relay_cut"}
    other = relay([{**each, "policy": "p2"} for each in RELAY[:9]])
    assert missing(**with_head(head(other))) == {"relay_forked"}


def test_files_of_another_log_or_site_are_refused() -> None:
    """Swapped, of the other plane, or of another practice."""
    assert missing(relay=export(access(ACCESS), "access")) >= {"relay_origin"}
    assert missing(site="s2") == {"site"}
    assert missing(portal=export(relay(RELAY), "relay")) == {"portal_origin"}


def test_gap_in_the_numbers_is_found_even_when_it_is_signed() -> None:
    """The key signs what it is given: the numbers tell."""
    raw = [encode_entry(RelayEntry(n=n + (n > 4), **each)) for n, each in enumerate(RELAY)]  # type: ignore[arg-type]
    seen = (witnessed(raw, "relay"), witnessed(access(ACCESS), "access"))
    assert missing(relay=export(raw, "relay"), seen=seen) == {"relay_misnumbered"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The evidence as files, and the command's arguments."""
    given = evidence()
    (tmp_path / "relay").write_bytes(given.relay.getvalue())  # type: ignore[attr-defined]
    (tmp_path / "access").write_bytes(given.access.getvalue())  # type: ignore[attr-defined]
    (tmp_path / "keys").write_text("".join(f"{each.vkey}\n" for each in KEYS))
    arguments = ["statement", "--month", "2026-10", "--timezone", ZONE]
    for name in ("relay", "access", "keys"):
        arguments += [f"--{name}", str(tmp_path / name)]
    for n, text in enumerate(given.seen):
        (tmp_path / f"seen-{n}").write_text(text)
        arguments += ["--seen", str(tmp_path / f"seen-{n}")]
    return arguments


def test_command_prints_the_same_bytes(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 0 and the statement, to the byte."""
    assert verify_cli.main(files, clock=lambda: NOW) == 0
    assert capsys.readouterr().out == statement_text(made())


def test_command_fails_loudly(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, the reason on stderr, and not a line of a statement."""
    assert verify_cli.main(files[:-2], clock=lambda: NOW) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "NO STATEMENT access_not_witnessed" in said.err
    wrong = [each if each != "2026-10" else "october" for each in files]
    assert verify_cli.main(wrong, clock=lambda: NOW) == 1
    assert "NO STATEMENT cannot read the input" in capsys.readouterr().err


def test_command_names_a_disagreement_in_its_status(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The statement is there, and the status is 1."""
    (tmp_path / "portal").write_bytes(export(relay(PORTAL[1:]), "relay", plane="cloud").getvalue())
    assert (
        statement_cli.main(
            [*files[1:], "--portal-relay", str(tmp_path / "portal")], clock=lambda: NOW
        )
        == 1
    )
    said = capsys.readouterr()
    assert "DISAGREES" in said.out
    assert "DISAGREES" in said.err
