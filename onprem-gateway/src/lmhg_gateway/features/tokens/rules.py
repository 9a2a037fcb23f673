"""How long a token lives, and how far clocks may differ."""

from datetime import timedelta

TOKEN_LIFE = timedelta(minutes=10)
SKEW = timedelta(minutes=2)
