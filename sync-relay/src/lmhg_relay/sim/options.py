"""What a run of the simulation may contain, and which rule it leaves out on purpose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Defaults are the product. Each of the last ten takes one rule away: a negative control."""

    length_s: float = 60.0
    heal_s: float = 240.0
    is_unfenced: bool = False
    closes_on_broker_ack: bool = False
    has_no_tombstones: bool = False
    is_order_by_sequence: bool = False
    gates_are_open: bool = False
    forgets_recalls: bool = False
    forgets_passed: bool = False
    waits_for_all: bool = False
    ships_without_file: bool = False
    forgets_moving: bool = False
