"""The gates: may this row leave this plane? Pure; closed unless every gate opens."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from lmhg_contracts.codec import BodyRefused, decode_body
from lmhg_contracts.registry import KINDS
from lmhg_contracts.wire import PlaneName
from lmhg_relay.core import limits
from lmhg_relay.core.values import Row

Gate = Literal["kind", "record", "field", "content", "object"]


class Outcome(NamedTuple):
    """What a row may do. A refusal names its gate and a reason code."""

    decision: Literal["ship", "refuse", "supersede", "wait", "aside"]
    gate: Gate | None = None
    reason: str | None = None


SHIP = Outcome("ship")
WAIT = Outcome("wait")
ASIDE = Outcome("aside")
"""Its file is not on the other plane yet: others pass."""
SUPERSEDE = Outcome("supersede")
VERDICTS = {"clear": SHIP, "hold": Outcome("refuse", "content", "held")}
VERDICT_UNKNOWN = Outcome("refuse", "content", "verdict_unknown")
VERDICT_LATE = Outcome("refuse", "content", "verdict_late")


def kind_gate(row: Row, plane: PlaneName) -> str | None:
    """Why the registry does not let this kind leave this plane, or None."""
    kind = KINDS.get(row.kind)
    if kind is None:
        return "kind_unknown"
    return None if kind.home == plane else "not_home"


def record_gate(row: Row) -> str | None:
    """Why the exemption that the row names does not allow it, or None."""
    if row.exemption_id is None or row.exemption_kind is None:
        return "exemption_missing"
    if row.exemption_kind != row.kind:
        return "exemption_kind"
    if row.exemption_record is not None and row.exemption_record != row.record_id:
        return "exemption_record"
    return None if row.exemption_over is False else "exemption_over"


def field_gate(row: Row) -> str | None:
    """Why the body is not its contract, or None."""
    if row.body is None:
        return "body_missing"
    try:
        decode_body(row.kind, row.body.encode())
    except BodyRefused as refused:
        return refused.code
    return None


def content_gate(row: Row, verdict_limit_s: float) -> Outcome:
    """Whether the plane's screening has cleared the text; waits for it, within its limit."""
    if KINDS[row.kind].screening == "arrival":
        return SHIP
    if row.verdict is None:
        return WAIT if row.age_s <= verdict_limit_s else VERDICT_LATE
    return VERDICTS.get(row.verdict, VERDICT_UNKNOWN)


def object_gate(row: Row) -> Outcome:
    """Whether the file that the body names is on the other plane already; who names none passes."""
    if not KINDS[row.kind].object_field:
        return SHIP
    if row.object is None:
        return Outcome("refuse", "object", "object_unnamed")
    return SHIP if row.is_there else ASIDE


def decide(row: Row, *, plane: PlaneName, verdict_limit_s: float) -> Outcome:
    """The row's outcome. A recall passes the kind gate alone; an error inside a gate refuses."""
    gate: Gate = "kind"
    try:
        reason = kind_gate(row, plane)
        if reason is None and row.op == "recall":
            return SHIP
        if reason is None:
            gate = "record"
            reason = record_gate(row)
        if reason is None:
            gate = "field"
            reason = field_gate(row)
        if reason is not None:
            return Outcome("refuse", gate, reason)
        gate = "content"
        outcome = content_gate(row, verdict_limit_s)
        gate = "object"
        return object_gate(row) if outcome is SHIP else outcome
    except Exception:  # noqa: BLE001 - whatever goes wrong inside a gate closes it
        return Outcome("refuse", gate, "gate_error")


def decide_window(
    rows: Sequence[Row], *, plane: PlaneName, verdict_limit_s: float
) -> list[Outcome]:
    """One outcome a row, up to the first that must wait: order is total.

    A put is superseded only by a newer version that ships or waits for its file in the same window; a recall
    never is. While a file of a record is on its way, nothing newer of that record passes: it would be followed
    by a file that nobody names any more.
    """
    outcomes: list[Outcome] = []
    newest: dict[tuple[str, object], int] = {}
    room = limits.ASIDE_MAX
    for row in rows:
        outcome = decide(row, plane=plane, verdict_limit_s=verdict_limit_s)
        if row.is_moving and outcome is SHIP:
            outcome = ASIDE
        room -= outcome is ASIDE
        if outcome is WAIT or room < 0:
            break
        outcomes.append(outcome)
        if outcome is SHIP or outcome is ASIDE:
            key = (row.kind, row.record_id)
            newest[key] = max(newest.get(key, 0), row.version)
    if len(newest) == len(outcomes):
        return outcomes
    return [
        SUPERSEDE
        if outcome in (SHIP, ASIDE)
        and row.op == "put"
        and row.version < newest[row.kind, row.record_id]
        else outcome
        for row, outcome in zip(rows, outcomes, strict=False)
    ]
