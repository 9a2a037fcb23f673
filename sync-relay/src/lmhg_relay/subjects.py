"""Names on the broker."""

from lmhg_contracts.wire import Direction

CONSUMER = "relay"
BATCH = "batch"
BEAT = "beat"


def stream_name(site: str, direction: Direction) -> str:
    """The stream that carries one direction's batches."""
    return f"LMHG_{site}_{direction}"


def subject(site: str, direction: Direction, what: str) -> str:
    """The subject of one kind of message about one direction."""
    return f"lmhg.{site}.{direction}.{what}"
