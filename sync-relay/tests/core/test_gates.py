"""The gates: closed unless every one opens; what supersedes what; what a received entry does."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_contracts.wire import Entry, Op, Result
from lmhg_relay.core import gates
from lmhg_relay.core.apply import apply_entries, judge
from lmhg_relay.core.gates import decide, decide_window
from lmhg_relay.core.values import Held, Recall, Row

RECORD = uuid.UUID(int=7)
EXEMPTION = uuid.UUID(int=8)
AT = datetime(2026, 3, 8, tzinfo=UTC)
BODY = json.dumps(
    {
        "busy": "busy",
        "clinician_id": "6b0a7b4e-3f0e-4a5e-9d0c-6c6d68670001",
        "ends_at": "2026-01-02T04:04:05Z",
        "kind": "calendar_block",
        "starts_at": "2026-01-02T03:04:05Z",
    }
)
GOOD = Row(
    11, 1, "calendar_block", RECORD, 1, "put", BODY, 0.0, AT,
    EXEMPTION, "calendar_block", None, False, "clear",  # noqa: FBT003 - a row as SQL gives it
)  # fmt: skip

CASES: dict[str, tuple[dict[str, Any], tuple[str, str | None, str | None]]] = {
    "good": ({}, ("ship", None, None)),
    "unknown kind": ({"kind": "client"}, ("refuse", "kind", "kind_unknown")),
    "other plane's kind": ({"kind": "ticket"}, ("refuse", "kind", "not_home")),
    "no exemption": ({"exemption_id": None}, ("refuse", "record", "exemption_missing")),
    "unknown exemption": ({"exemption_kind": None}, ("refuse", "record", "exemption_missing")),
    "exemption of a kind": ({"exemption_kind": "ticket"}, ("refuse", "record", "exemption_kind")),
    "exemption of a record": (
        {"exemption_record": uuid.UUID(int=9)},
        ("refuse", "record", "exemption_record"),
    ),
    "over": ({"exemption_over": True}, ("refuse", "record", "exemption_over")),
    "unclear whether over": ({"exemption_over": None}, ("refuse", "record", "exemption_over")),
    "no body": ({"body": None}, ("refuse", "field", "body_missing")),
    "stray field": (
        {"body": BODY[:-1] + ',"client":"x"}'},
        ("refuse", "field", "body_not_contract"),
    ),
    "other kind's body": (
        {"body": '{"kind":"ticket"}'},
        ("refuse", "field", "body_not_contract"),
    ),
    "held": ({"verdict": "hold"}, ("refuse", "content", "held")),
    "odd verdict": ({"verdict": "maybe"}, ("refuse", "content", "verdict_unknown")),
    "no verdict yet": ({"verdict": None}, ("wait", None, None)),
    "no verdict in time": (
        {"verdict": None, "age_s": 30.1},
        ("refuse", "content", "verdict_late"),
    ),
    "recall without exemption": (
        {"op": "recall", "body": None, "exemption_id": None, "verdict": None},
        ("ship", None, None),
    ),
    "recall of another's kind": (
        {"op": "recall", "kind": "ticket"},
        ("refuse", "kind", "not_home"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_policy_state_has_its_outcome(name: str) -> None:
    """A table of states; everything but good and recall is refused or waits."""
    changes, outcome = CASES[name]
    assert decide(GOOD._replace(**changes), plane="onprem", verdict_limit_s=30) == outcome


def test_an_error_inside_a_gate_closes_it() -> None:
    """A value that no gate expects refuses, with the gate's name."""
    broken: Any = 5
    outcome = decide(GOOD._replace(body=broken), plane="onprem", verdict_limit_s=30)
    assert outcome == ("refuse", "field", "gate_error")
    broken = []
    outcome = decide(GOOD._replace(kind=broken), plane="onprem", verdict_limit_s=30)
    assert outcome == ("refuse", "kind", "gate_error")


rows = st.builds(
    lambda record, version, op, verdict, is_over: GOOD._replace(
        record_id=uuid.UUID(int=record),
        version=version,
        op=op,
        body=BODY if op == "put" else None,
        verdict=verdict,
        exemption_over=is_over,
    ),
    st.integers(1, 3),
    st.integers(1, 6),
    st.sampled_from(["put", "put", "recall"]),
    st.sampled_from(["clear", "clear", "clear", "hold", None]),
    st.booleans(),
)


@given(st.lists(rows, max_size=12))
def test_a_window_never_loses_the_newest_nor_a_recall(window: list[Row]) -> None:
    """What is superseded is an older put than one that ships; nothing after a waiting row is decided."""
    outcomes = decide_window(window, plane="onprem", verdict_limit_s=30)
    alone = [decide(row, plane="onprem", verdict_limit_s=30) for row in window]
    waits = [index for index, outcome in enumerate(alone) if outcome is gates.WAIT]
    assert len(outcomes) == (waits[0] if waits else len(window))
    shipped = {
        (row.record_id, row.version)
        for row, outcome in zip(window, outcomes, strict=False)
        if outcome is gates.SHIP
    }
    for row, outcome, single in zip(window, outcomes, alone, strict=False):
        if outcome is gates.SUPERSEDE:
            assert row.op == "put"
            assert single is gates.SHIP
            assert any(key[0] == row.record_id and key[1] > row.version for key in shipped)
        else:
            assert outcome == single


def entry(version: int, op: Op = "put") -> Entry:
    """A received entry of one record."""
    return Entry(
        0, "calendar_block", RECORD.bytes, version, op, BODY.encode() if op == "put" else None
    )


LIVE_1, LIVE_2, LIVE_5, LIVE_9 = (
    Held(generation=0, version=version, purged=False) for version in (1, 2, 5, 9)
)
GONE_2 = Held(generation=0, version=2, purged=True)
NEWER_2 = Held(generation=1, version=2, purged=False)

FATES = [
    (entry(1), None, 0, Result.APPLIED),
    (entry(2), LIVE_1, 0, Result.APPLIED),
    (entry(1), LIVE_1, 0, Result.STALE),
    (entry(1), GONE_2, 0, Result.STALE),
    (entry(3), GONE_2, 0, Result.APPLIED),
    (entry(1), LIVE_5, 1, Result.APPLIED),
    (entry(9), GONE_2, 1, Result.QUARANTINED),
    (entry(9), NEWER_2, 0, Result.STALE),
    (entry(2, "recall"), LIVE_1, 0, Result.PURGED),
    (entry(2, "recall"), None, 0, Result.PURGED),
    (entry(1, "recall"), LIVE_2, 0, Result.STALE),
    (entry(1, "recall"), GONE_2, 0, Result.PURGED),
    (entry(1, "recall"), LIVE_9, 1, Result.PURGED),
]  # fmt: skip


@pytest.mark.parametrize(("received", "held", "generation", "result"), FATES)
def test_each_state_of_the_replica_has_its_fate(
    received: Entry, held: Held | None, generation: int, result: Result
) -> None:
    """Newer by generation and version; a tombstone outlives a restore."""
    assert judge(received, held, generation).result is result


KNOWN = [
    ((0, 2), Result.APPLIED),
    ((1, 1), Result.APPLIED),
    ((0, 3), Result.APPLIED),
    ((0, 1), Result.QUARANTINED),
    (None, Result.QUARANTINED),
]


@pytest.mark.parametrize(("recalled", "result"), KNOWN)
def test_a_tombstone_that_the_home_knows_makes_way_after_a_restore(
    recalled: Recall | None, result: Result
) -> None:
    """What the home knows of is the home's to bring back; what its backup forgot stays away."""
    assert judge(entry(9), GONE_2, 1, recalled).result is result
    assert judge(entry(1), GONE_2, 0, (0, 2)).result is Result.STALE


def test_a_sweep_is_no_recall() -> None:
    """What the home did not name after a restore may come again after the next one."""
    swept = Held(generation=1, version=0, purged=True)
    assert judge(entry(1), swept, 2).result is Result.APPLIED


def test_entries_of_one_batch_see_each_other() -> None:
    """A put after its recall in the same batch is stale; only the last state is written."""
    writes: dict[Any, Any] = {}
    fates = apply_entries(
        [entry(1), entry(3, "recall"), entry(2)], {}, generation=0, home="onprem", writes=writes
    )
    assert [fate.result for fate in fates] == [Result.APPLIED, Result.PURGED, Result.STALE]
    assert [(write.version, write.body) for write in writes.values()] == [(3, None)]


def test_an_entry_that_cannot_apply_is_named_and_the_rest_applies() -> None:
    """Foreign kinds, missing bodies and broken contracts are results, not errors."""
    odd = [
        Entry(0, "client", RECORD.bytes, 1, "put", b"{}"),
        Entry(0, "ticket", RECORD.bytes, 1, "put", b"{}"),
        Entry(0, "calendar_block", RECORD.bytes, 1, "put", None),
        Entry(0, "calendar_block", RECORD.bytes, 1, "put", b'{"kind":"calendar_block"}'),
        Entry(0, "calendar_block", RECORD.bytes, 1, "recall", b"x"),
        entry(1),
    ]
    fates = apply_entries(odd, {}, generation=0, home="onprem", writes={})
    assert [fate.reason for fate in fates] == [
        "kind_unknown",
        "not_home",
        "body_missing",
        "body_not_contract",
        "recall_with_body",
        None,
    ]
