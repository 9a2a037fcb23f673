"""Every bound of the relay, with its name."""

READ_ROWS_MAX = 4_000
"""Outbox rows of one read."""
DELAY_S = 10.0
"""What holds records up for so long is named."""
UNHEARD_S = 20.0
"""Four signs of life without an answer: the peer does not hear us."""
RECEIPT_LATE_S = 20.0
DELAYS_MAX = 16
READ_ROWS_FIRST = 500
READ_ROWS_MIN = 32
READ_BYTES_GOAL = 2 * 1024 * 1024
"""The next read asks for about so many bytes of bodies."""
PASSED_MAX = 1_000
"""Running transactions that the cursor passes by; behind more of them the sender waits, and says so."""
ASIDE_MAX = 200
"""Rows that wait for their files while others pass; behind more of them the sender waits."""
OPEN_BATCHES_MAX = 24
"""Batches without a receipt; beyond them the sender does not read."""
APPLY_BATCHES_MAX = 8
"""Batches of one receiving transaction."""
HEARTBEAT_S = 5.0
SILENCE_S = 15.0
"""Without a heartbeat for so long the peer counts as away: only the oldest batch is repeated."""
AWAY_REPEAT_S = 30.0
REPEAT_MAX_S = 10.0
ASK_EVERY_S = 0.25
"""How often a gap is asked about, and how soon an asked batch is repeated again."""
WITNESS_EVERY_S = 20.0
NONCES_MAX = 64
PURGE_EVERY_S = 5.0
PURGE_FOR_S = 30.0
"""How long after the last close the stream is still purged of late copies."""
RECALL_PURGE_EVERY_S = 1.0
LATE_COPY_S = 10.0
"""A published batch that was never acknowledged counts as lost after so long."""
ALARM_STANDS_S = 24 * 3600
"""An alarm that nobody cleared is told to the other plane for so long after it was last raised."""
QUARANTINES_PER_TICK = 20
"""Ledger entries about refused messages between two ticks; beyond them they are only counted."""
OBJECT_RETRY_S = 5.0
"""How soon a file that could not be brought is tried again."""
OBJECT_CHECK_S = 3600.0
"""How often the bytes of a file that came are hashed again where they lie."""
OBJECT_SWEEP_S = 60.0
"""How often the bucket is looked through for what no record has any more."""
