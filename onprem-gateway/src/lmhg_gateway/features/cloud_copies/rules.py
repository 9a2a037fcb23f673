"""When a recall is late."""

from datetime import timedelta

RECALL_LATE = timedelta(minutes=5)
"""After this long a recall that is not confirmed is red; while both relays work it takes seconds."""
RECALL_WATCHED = timedelta(days=90)
"""How long the overview goes on looking for it."""
